"""A list of two million against the index of a register, cold, and single look-ups: synthetic people by `dancu synth pairs`. Prints
how long the index took, its size, the list's seconds and peak memory, look-ups a second, and F1.

    python3 bench/index.py DANCU FOLDER

BENCH_INDEX_PEOPLE (20,000,000; `make bench-national` takes 100,000,000), BENCH_INDEX_LIST (2,000,000) may be set. A hundred million people
take some 16 GB for the register's file, as much again while it is made, and some 25 GB for the index with its scratch file. The file is
kept in FOLDER and made again when what shapes it changes; the index is made each time. Fails on any error; goals are marked, since the
machine may be shared."""

import csv
import os
import pathlib
import re
import shutil
import sys

from linkage import made, measured

PEOPLE, LIST = int(os.environ.get('BENCH_INDEX_PEOPLE', '20000000')), int(os.environ.get('BENCH_INDEX_LIST', '2000000'))
LOOKUPS = int(os.environ.get('BENCH_INDEX_LOOKUPS', '200000'))
NATIONAL, COLD_SECONDS = 100000000, 60


def forget(path):
    """Out of the page cache: what is read next comes from the disk."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(fd)


def judged(folder, pairs):
    with open(folder / 'truth.csv', encoding='utf-8') as file:
        next(file)
        truth = {line.rstrip('\n') for line in file}
    with open(pairs, encoding='utf-8') as file:
        found = {f"{row['id_right']},{row['id_left']}" for row in csv.DictReader(file) if row['class'] == 'match'}
    right = len(found & truth)
    return right / max(1, len(found)), right / max(1, len(truth)), 2 * right / max(1, len(found) + len(truth))


def main(dancu, folder):
    share = min(.97, LIST / PEOPLE)
    files = made(dancu, folder / f'index-{PEOPLE}', '--people', str(PEOPLE), '--rates-first', 'absent=0.01', '--rates-second', f'absent={1 - share - .01:.6f}')
    index = files / 'register.index'
    shutil.rmtree(index, ignore_errors=True)
    roles = ['--roles', files / 'roles.yaml', '--lang', 'en']
    cost, out = measured([dancu, 'index', 'build', files / 'A.csv', *roles, '--out', index])
    size = sum(path.stat().st_size for path in index.iterdir())
    records = int(re.match(r'([\d,]+) records', out).group(1).replace(',', ''))
    print(f'build   {records} records: {cost.wall:.1f} s, {cost.cpu:.1f} CPU s, {cost.mb:.0f} MB; the index {size / 1e9:.2f} GB, {size / records:.0f} bytes a record')
    for path in (index / '1.segment', files / 'B.csv'):
        forget(path)
    cost, out = measured([dancu, 'link', files / 'B.csv', *roles, '--index', index, '--pairs', files / 'pairs.csv'])
    rows = out.split(' ', 1)[0]
    print(f'link    {rows} records, cold: {cost.wall:.1f} s, {cost.cpu:.1f} CPU s, {cost.mb:.0f} MB')
    if PEOPLE >= NATIONAL:
        print(f'        goal {COLD_SECONDS} s: {"yes" if cost.wall <= COLD_SECONDS else "MISSED"}')
    print('        precision {:.4f}, recall {:.4f}, F1 {:.4f}'.format(*judged(files, files / 'pairs.csv')))
    _, out = measured([dancu, 'index', 'bench', index, files / 'B.csv', *roles, '--lookups', str(LOOKUPS)])
    print('single  ' + out.replace('\n', '; ').rstrip('; '))
    shutil.rmtree(index)


if __name__ == '__main__':
    main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]))
