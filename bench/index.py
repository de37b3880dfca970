"""A list of two million against the index of a register, cold, and single look-ups: synthetic people by `dancu synth pairs`. Prints
how long the index took, its size, the list's seconds and peak memory, look-ups a second, and F1.

    python3 bench/index.py DANCU FOLDER

BENCH_INDEX_PEOPLE (20,000,000; `make bench-national` takes 100,000,000), BENCH_INDEX_LIST (2,000,000) may be set. Says first how much
disk, memory and CPU time it takes, and stops there when the machine has less: a hundred million people take 50 GB while the index is
made (their file 16, the index 13, its scratch file 12, and room to spare), 2.5 GB of memory and some 12 minutes on two idle cores. A
run that was broken off goes on after the last step that it ended (people, index, link, single); after the last one all files go.
Fails on any error; goals are marked, since the machine may be shared. One in twenty of the list stands in no register."""

import csv
import json
import os
import pathlib
import re
import shutil
import sys
import time

from linkage import SEED, fingerprint, measured

PEOPLE, LIST = int(os.environ.get('BENCH_INDEX_PEOPLE', '20000000')), int(os.environ.get('BENCH_INDEX_LIST', '2000000'))
LOOKUPS = int(os.environ.get('BENCH_INDEX_LOOKUPS', '200000'))
NATIONAL, COLD_SECONDS, STRANGERS = 100000000, 60, 0.05
# Of a person, measured: bytes of a row, of the index and of its scratch file while it is made; microseconds of CPU for making the row
# and for the index. Of a row of the list: bytes with its pairs and its answers, microseconds.
ROW, INDEX, SCRATCH, MAKE_US, BUILD_US, LISTED, LINK_US = 164, 130, 110, 5.0, 2.2, 250, 20.0
MEMORY_MB, SPARE = 2500, 1.15


def needs(done):
    """Bytes of disk that are still to be written at the worst moment, and CPU seconds; without the steps that are done."""
    left = {'people': (ROW, MAKE_US), 'index': (INDEX + SCRATCH, BUILD_US)}
    each = [cost for step, cost in left.items() if step not in done]
    return (SPARE * (PEOPLE * sum(disk for disk, _ in each) + LIST * LISTED),
            (PEOPLE * sum(cpu for _, cpu in each) + LIST * LINK_US) / 1e6)


def memory_free():
    with open('/proc/meminfo', encoding='ascii') as file:
        return next(int(line.split()[1]) for line in file if line.startswith('MemAvailable')) / 1024


def room_check(folder, done):
    disk, cpu = needs(done)
    free, memory = shutil.disk_usage(folder).free, memory_free()
    print(f'{PEOPLE:,} people, a list of {LIST:,}: {disk / 1e9:.1f} GB of disk ({free / 1e9:.1f} free), {MEMORY_MB / 1000:.1f} GB of memory '
          f'({memory / 1000:.1f} free), some {cpu / 60:.1f} minutes of CPU', flush=True)
    if free < disk:
        raise SystemExit(f'index: {folder} has {free / 1e9:.1f} GB free and {disk / 1e9:.1f} GB are needed; name another folder, '
                         f'or set BENCH_INDEX_PEOPLE to {int(PEOPLE * free / disk)} at most')
    if memory < MEMORY_MB:
        raise SystemExit(f'index: {memory / 1000:.1f} GB of memory are free and {MEMORY_MB / 1000:.1f} GB are needed')


class Steps:
    """What a run has ended, with what it printed: {step: text}, in a file that is replaced as a whole."""

    def __init__(self, files):
        self.path, self.mark = files / 'steps.json', fingerprint([str(PEOPLE), str(LIST), str(LOOKUPS)])
        kept = json.loads(self.path.read_text()) if self.path.is_file() else {}
        self.done = kept['done'] if kept.get('mark') == self.mark else {}
        if not self.done:
            shutil.rmtree(files, ignore_errors=True)

    def run(self, name, work):
        if name in self.done:
            print(f'{self.done[name]}   (kept from an earlier run)', flush=True)
            return
        text = work()
        print(text, flush=True)
        self.done[name] = text
        draft = self.path.with_suffix('.new')
        draft.write_text(json.dumps({'mark': self.mark, 'done': self.done}))
        draft.rename(self.path)


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
    shutil.rmtree(files, ignore_errors=True)
    cost, _ = measured([dancu, 'synth', 'pairs', '--seed', str(SEED), '--out', files, '--people', str(PEOPLE),
                        '--rates-first', f'absent={share * STRANGERS:.6f}', '--rates-second', f'absent={1 - share:.6f}'])
    return f'people  {cost.wall:.1f} s, {cost.cpu:.1f} CPU s, {cost.mb:.0f} MB'


def index_make(dancu, files, roles, index):
    shutil.rmtree(index, ignore_errors=True)
    cost, out = measured([dancu, 'index', 'build', files / 'A.csv', *roles, '--out', index])
    size = sum(path.stat().st_size for path in index.iterdir())
    records = int(re.match(r'([\d,]+) records', out).group(1).replace(',', ''))
    return (f'build   {records:,} records: {cost.wall:.1f} s, {cost.cpu:.1f} CPU s, {cost.mb:.0f} MB; the index {size / 1e9:.2f} GB, '
            f'{size / records:.0f} bytes a record')


def list_link(dancu, files, roles, index):
    for path in (index / '1.segment', files / 'B.csv'):
        forget(path)
    cost, out = measured([dancu, 'link', files / 'B.csv', *roles, '--index', index, '--pairs', files / 'pairs.csv'])
    lines = [f'link    {out.split(" ", 1)[0]} records, cold: {cost.wall:.1f} s, {cost.cpu:.1f} CPU s, {cost.mb:.0f} MB']
    if PEOPLE >= NATIONAL:
        lines.append(f'        goal {COLD_SECONDS} s: {"yes" if cost.wall <= COLD_SECONDS else "MISSED"}')
    lines.append('        precision {:.4f}, recall {:.4f}, F1 {:.4f}'.format(*judged(files, files / 'pairs.csv')))
    return '\n'.join(lines)


def singles_find(dancu, files, roles, index):
    _, out = measured([dancu, 'index', 'bench', index, files / 'B.csv', *roles, '--lookups', str(LOOKUPS)])
    return 'single  ' + out.replace('\n', '; ').rstrip('; ')


def main(dancu, folder):
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    files = folder / f'index-{PEOPLE}'
    steps = Steps(files)
    room_check(folder, steps.done)
    index, roles = files / 'register.index', ['--roles', files / 'roles.yaml', '--lang', 'en']
    steps.run('people', lambda: people_make(dancu, files))
    steps.run('index', lambda: index_make(dancu, files, roles, index))
    (files / 'A.csv').unlink(missing_ok=True)
    steps.run('link', lambda: list_link(dancu, files, roles, index))
    steps.run('single', lambda: singles_find(dancu, files, roles, index))
    shutil.rmtree(files)
    print(f'all     {time.monotonic() - began:.0f} s')


if __name__ == '__main__':
    main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]))
