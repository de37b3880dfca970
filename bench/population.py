"""The people of the benchmarks: made by `dancu synth`, loaded by `dancu load`, kept in var/bench and timed when they are made.
What is kept is used while the sources that shape it are the same."""

import csv
import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHAPED_BY = ('src/synth/*.[ch]', 'src/synth/*.def', 'src/register/load*', 'src/store/load.c', 'src/*/*.schema.sql')
BODIES, SEED = 200000, 7


def fingerprint(people):
    h = hashlib.sha256(f'{people} {SEED}'.encode())
    for pattern in SHAPED_BY:
        for path in sorted(ROOT.glob(pattern)):
            h.update(path.read_bytes())
    return h.hexdigest()


def timed(*command):
    began = time.monotonic()
    done = subprocess.run(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit(f'{command[0]} {command[1]}: {done.stderr[-500:]}')
    return time.monotonic() - began


def bytes_in(folder):
    return sum(f.stat().st_size for f in folder.iterdir())


class Population:
    """folder/people: the CSV files; folder/loaded: the SQLite store; made: the figures of their making."""

    def __init__(self, dancu, people, folder):
        self.dancu, self.count, self.folder = dancu, people, pathlib.Path(folder)
        self.people, self.loaded = self.folder / 'people', self.folder / 'loaded'
        self.stamp, mark = self.folder / 'made.json', fingerprint(people)
        try:
            self.made = json.loads(self.stamp.read_text())
        except (OSError, ValueError):
            self.made = {}
        self.kept = self.made.get('fingerprint') == mark
        if not self.kept:
            self.make(mark)

    def make(self, mark):
        for old in (self.people, self.loaded):
            shutil.rmtree(old, ignore_errors=True)
        self.stamp.unlink(missing_ok=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        synth = timed(self.dancu, 'synth', '--people', self.count, '--seed', SEED, '--out', self.people)
        load = timed(self.dancu, 'load', '--data', self.loaded, self.people)
        self.made = {'fingerprint': mark, 'synth_s': synth, 'synth_bytes': bytes_in(self.people) / self.count,
                     'load_s': load, 'load_bytes': bytes_in(self.loaded) / self.count}
        self.stamp.write_text(json.dumps(self.made))

    def load_into(self, url, data):
        """Into another store; seconds."""
        return timed(self.dancu, 'load', '--data', data, '--store', url, self.people)

    def copy(self, place):
        subprocess.run(['cp', '-r', '--reflink=auto', str(self.loaded), str(place)], check=True)

    def sample(self, place):
        """Bodies of verify calls, each about another person picked at random, in a file: number, name, birth."""
        rng, rows = random.Random(SEED), []
        share = min(1.0, 1.2 * BODIES / self.count)
        with open(self.people / 'people.csv', encoding='utf-8', newline='') as f:
            for row in csv.DictReader(f):
                if row['number'] and rng.random() < share:
                    rows.append(row)
        rng.shuffle(rows)
        with open(place, 'w', encoding='utf-8') as out:
            for row in rows[:BODIES]:
                out.write(json.dumps({'number': row['number'], 'name': row['name'], 'birth': row['birth']}, ensure_ascii=False) + '\n')
        return next(row for row in rows if row['state'] == 'active' and int(row['birth'][:4]) < 2000)


def people_wanted():
    return int(os.environ.get('BENCH_PEOPLE', '1800000'))
