"""`dancu import` of a messy list: CSV and XLSX, only compared and into a sector register, from the file to the written report.
Rows a second of the wall and of the CPU: on a shared machine the latter tells more. Fails when a list does not end well; a goal
that is missed is marked and no failure.

    python3 bench/import.py DANCU FOLDER

BENCH_IMPORT_PEOPLE (160,000) and BENCH_IMPORT_ROWS (100,000) may be set; 2,650,000 and 1,800,000 make the list of a province. A
list takes at most two thirds of the people, since children are in none. Everything is kept in FOLDER and made again when its
sources change; each run works on a copy of the store."""

import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import population

PEOPLE, ROWS = int(os.environ.get('BENCH_IMPORT_PEOPLE', '160000')), int(os.environ.get('BENCH_IMPORT_ROWS', '100000'))
REGISTER, SEED = 'farmers', '3'
XLSX_ROWS_MAX = 1000000
GOAL_S = 60 * ROWS / 1800000 if ROWS > 200000 else 8


def made(base, dancu, name):
    """The list, kept beside the people it was drawn from."""
    place = base.folder / f'{ROWS}-{name}'
    if not base.kept or not place.exists():
        subprocess.run([dancu, 'synth', 'list', '--from', base.people, '--rows', str(ROWS), '--seed', SEED, '--register', REGISTER, '--out', place],
                       check=True, stdout=subprocess.DEVNULL)
    return place


def taken(dancu, base, work, place, into):
    """Wall and CPU seconds and the bytes that the store grew by."""
    data = pathlib.Path(work) / 'data'
    shutil.rmtree(data, ignore_errors=True)
    base.copy(data)
    subprocess.run([dancu, 'init', '--data', data], check=True, stdout=subprocess.DEVNULL)
    account = json.loads(subprocess.run([dancu, 'account', 'create', '--data', data, '--login', 'mai', '--kind', 'coordinator', '--unit', '08@new'],
                                        check=True, capture_output=True, text=True).stdout)
    before, began, bytes_before = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), population.bytes_in(data)
    done = subprocess.run([dancu, 'import', place, '--data', data, '--as', 'mai', '--purpose', 'authority/reconciliation', '--source', 'bench', *into],
                          env={**os.environ, 'DANCU_PASSWORD': account['password']}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise SystemExit(f'import: {done.stderr[-400:]}')
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, population.bytes_in(data) - bytes_before


def main():
    dancu, folder = sys.argv[1], pathlib.Path(sys.argv[2]) / f'import-{PEOPLE}'
    base = population.Population(dancu, PEOPLE, folder)
    print(f'{ROWS:,} rows against a register of {PEOPLE:,} people, SQLite, goal {GOAL_S:.0f} s')
    print('list  into a register   wall s    CPU s   rows/s  rows/CPU s  store B/row')
    with tempfile.TemporaryDirectory(prefix='dancu-bench-', dir=folder) as work:
        for name in ['list.csv'] + (['list.xlsx'] if ROWS <= XLSX_ROWS_MAX else []):
            place = made(base, dancu, name)
            for into in ([], ['--register', REGISTER]):
                wall, cpu, grown = taken(dancu, base, work, place, into)
                missed = '' if wall <= GOAL_S else '  beyond the goal'
                print(f'{name[5:]:<5} {"yes" if into else "no":<16} {wall:>8.1f} {cpu:>8.1f} {ROWS / wall:>8.0f} {ROWS / cpu:>11.0f} {grown / ROWS:>12.0f}{missed}',
                      flush=True)


if __name__ == '__main__':
    main()
