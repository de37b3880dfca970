"""A list of two million against the index of a register, cold, and single look-ups: synthetic people by `dancu synth pairs`. Prints
how long the index took, its size, the list's seconds and peak memory, look-ups a second, and F1.

    python3 bench/index.py DANCU FOLDER

BENCH_INDEX_PEOPLE (20,000,000; `make bench-national` takes 100,000,000), BENCH_INDEX_LIST (2,000,000) may be set. Says first how much
disk, memory and CPU time it takes, and stops there when the disk has less: a hundred million people take 50 GB while the index is made
(their file 16, the index 13, its scratch file 12, and room to spare), and some 12 minutes on two idle cores. Nothing is kept: FOLDER's
files go when the run ends, the register's as soon as the index stands. Fails on any error; goals are marked, since the machine may be
shared. One in twenty of the list stands in no register."""

import csv
import os
import pathlib
import re
import shutil
import sys
import time

from linkage import SEED, measured

PEOPLE, LIST = int(os.environ.get('BENCH_INDEX_PEOPLE', '20000000')), int(os.environ.get('BENCH_INDEX_LIST', '2000000'))
LOOKUPS = int(os.environ.get('BENCH_INDEX_LOOKUPS', '200000'))
NATIONAL, COLD_SECONDS, STRANGERS = 100000000, 60, 0.05
# Of a person, measured: bytes of a row, of the index and of its scratch file while it is made; microseconds of CPU for making the row
# and for the index. Of a row of the list: bytes with its pairs and its answers, microseconds.
ROW, INDEX, SCRATCH, MAKE_US, BUILD_US, LISTED, LINK_US = 164, 130, 110, 5.0, 2.2, 250, 20.0
MEMORY_MB, SPARE = 2500, 1.15


def needs():
    """Bytes of disk at the worst moment, megabytes of memory, CPU seconds."""
    people = PEOPLE * (ROW + INDEX + SCRATCH)
    return SPARE * (people + LIST * LISTED), MEMORY_MB, (PEOPLE * (MAKE_US + BUILD_US) + LIST * LINK_US) / 1e6


def room_check(folder):
    disk, memory, cpu = needs()
    free = shutil.disk_usage(folder).free
    print(f'{PEOPLE:,} people, a list of {LIST:,}: {disk / 1e9:.1f} GB of disk ({free / 1e9:.1f} free), {memory / 1000:.1f} GB of memory, '
          f'some {cpu / 60:.1f} minutes of CPU', flush=True)
    if free < disk:
        raise SystemExit(f'index: {folder} has {free / 1e9:.1f} GB free and {disk / 1e9:.1f} GB are needed; name another folder, '
                         f'or set BENCH_INDEX_PEOPLE to {int(PEOPLE * free / disk)} at most')


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


def people_make(dancu, files):
    share = min(1, LIST / PEOPLE)
    cost, _ = measured([dancu, 'synth', 'pairs', '--seed', str(SEED), '--out', files, '--people', str(PEOPLE),
                        '--rates-first', f'absent={share * STRANGERS:.6f}', '--rates-second', f'absent={1 - share:.6f}'])
    print(f'people  {cost.wall:.1f} s, {cost.cpu:.1f} CPU s, {cost.mb:.0f} MB', flush=True)


def index_make(dancu, files, roles):
    index = files / 'register.index'
    cost, out = measured([dancu, 'index', 'build', files / 'A.csv', *roles, '--out', index])
    size = sum(path.stat().st_size for path in index.iterdir())
    records = int(re.match(r'([\d,]+) records', out).group(1).replace(',', ''))
    print(f'build   {records:,} records: {cost.wall:.1f} s, {cost.cpu:.1f} CPU s, {cost.mb:.0f} MB; the index {size / 1e9:.2f} GB, '
          f'{size / records:.0f} bytes a record', flush=True)
    (files / 'A.csv').unlink()
    return index


def list_link(dancu, files, roles, index):
    for path in (index / '1.segment', files / 'B.csv'):
        forget(path)
    cost, out = measured([dancu, 'link', files / 'B.csv', *roles, '--index', index, '--pairs', files / 'pairs.csv'])
    print(f'link    {out.split(" ", 1)[0]} records, cold: {cost.wall:.1f} s, {cost.cpu:.1f} CPU s, {cost.mb:.0f} MB')
    if PEOPLE >= NATIONAL:
        print(f'        goal {COLD_SECONDS} s: {"yes" if cost.wall <= COLD_SECONDS else "MISSED"}')
    print('        precision {:.4f}, recall {:.4f}, F1 {:.4f}'.format(*judged(files, files / 'pairs.csv')), flush=True)


def main(dancu, folder):
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    room_check(folder)
    files = folder / f'index-{PEOPLE}'
    shutil.rmtree(files, ignore_errors=True)
    try:
        people_make(dancu, files)
        roles = ['--roles', files / 'roles.yaml', '--lang', 'en']
        index = index_make(dancu, files, roles)
        list_link(dancu, files, roles, index)
        _, out = measured([dancu, 'index', 'bench', index, files / 'B.csv', *roles, '--lookups', str(LOOKUPS)])
        print('single  ' + out.replace('\n', '; ').rstrip('; '))
    finally:
        shutil.rmtree(files, ignore_errors=True)
    print(f'all     {time.monotonic() - began:.0f} s')


if __name__ == '__main__':
    main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]))
