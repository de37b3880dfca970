#!/usr/bin/env python3
"""Kills the server, imports and runs again and again and fills its disk; prints TAP.

  crash.py BINARY [--store sqlite|postgresql] [--rounds N] [--seed S]

Half of the N (50) kills fall into verify traffic, half into an import, 20 more into a run, and 20 into files that are handed in. After each:
nothing that was acknowledged is missing, nothing stands twice, no row names a file that is not there; in the end the ledger is sound and the import's rows, figures, report and entries are those
of an undisturbed run, and so are the digest, results and figures of a run, each of its cases there once. The disk is a small tmpfs, for which one has to be root. A kill leaves what the kernel has
taken over: loss of power is not shown here.
"""
import argparse
import collections
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'scenario'))

import contract  # noqa: E402
import disk  # noqa: E402
import evidence  # noqa: E402
import importing  # noqa: E402
import keeping  # noqa: E402
import running  # noqa: E402
import traffic  # noqa: E402
import world  # noqa: E402

PEOPLE, SEED, LEDGER_CHECK_EVERY = '2000', '7', 5


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def point(self, title, wrong):
        self.count += 1
        self.failed += bool(wrong)
        print(f'{"not ok" if wrong else "ok"} {self.count} - {title}')
        for line in wrong[:20]:
            print(f'# {line}')
        sys.stdout.flush()

    def skip(self, title, why):
        self.count += 1
        print(f'ok {self.count} - {title} # SKIP {why}', flush=True)


class Bench:
    """Makes worlds: each has a folder and a store of its own."""

    def __init__(self, binary, folder, pg):
        self.binary, self.folder, self.pg = binary, pathlib.Path(folder), pg
        self.record = contract.Contract(binary)
        self.populations = world.Populations(binary, self.folder, pg)
        self.made = 0

    def world(self, people, parent=None):
        self.made += 1
        own = pathlib.Path(parent or self.folder) / f'world-{self.made}'
        own.mkdir()
        w = world.World(self.binary, own, self.populations, self.pg, self.record)
        if people:
            w.populate(people, SEED)
        return w


def sound(w):
    """dancu ledger verify, by a process of its own."""
    try:
        w.verb('ledger', 'verify')
        return []
    except world.Wrong as e:
        return [str(e)]


def check_traffic(t, store, people_before):
    """What the store holds against what the clients were told."""
    entries = store.entries()
    requests = collections.Counter(e.request for e in entries if e.operation == 'person.verify')
    wrong = list(t.wrong)
    missing = [r for r in t.acknowledged if not requests[r]]
    twice = [r for r, n in requests.items() if n > 1]
    if missing:
        wrong.append(f'{len(missing)} acknowledged verify calls are not in the ledger, such as {missing[0]:016x}')
    if twice:
        wrong.append(f'{len(twice)} verify calls stand twice in the ledger')
    if sum(requests.values()) > t.sent:
        wrong.append(f'{sum(requests.values())} entries for {t.sent} calls')
    born = store.one('SELECT count(*) FROM person') - people_before
    if not len(t.births) <= born <= len(t.births) + 1:
        wrong.append(f'{len(t.births)} births were acknowledged, {born} are registered')
    if len(set(t.births.values())) != len(t.births):
        wrong.append('a number was given twice')
    known = {int(number) for (number,) in store.rows('SELECT number FROM person_number')}
    lost = [number for number in t.births.values() if int(number) not in known]
    if lost:
        wrong.append(f'{len(lost)} numbers of acknowledged births are unknown')
    return wrong, sum(requests.values())


def traffic_part(tap, bench, rounds, rng):
    w = bench.world(PEOPLE)
    w.people = [p for p in w.people if p['number'] and p['state'] == 'active']
    w.user('lan', 'officer', '--unit', w.people[11]['unit'])
    store, t = evidence.Store(w), traffic.Traffic(w, 'lan')
    before = store.one('SELECT count(*) FROM person')
    try:
        for i in range(1, rounds + 1):
            w.start()
            t.start()
            after = rng.uniform(0.02, 0.8)
            time.sleep(after)
            w.kill()
            t.join()
            wrong, entries = check_traffic(t, store, before)
            if i % LEDGER_CHECK_EVERY == 0 or i == rounds:
                wrong += sound(w)
            tap.point(f'kill {i} in verify traffic after {after * 1000:.0f} ms: {len(t.acknowledged)} acknowledged, {entries} in the ledger, '
                      f'{len(t.births)} births', wrong)
        w.start()
        t.start()
        time.sleep(0.5)
        t.join()
        w.stop()
        wrong, _ = check_traffic(t, store, before)
        tap.point('after the last kill it serves and stops as ever', wrong + sound(w))
    finally:
        w.close()


def import_part(tap, imports, rounds, rng):
    """The kills are shared out to deliveries by the server and by `dancu import`."""
    tap.point(f'an undisturbed import of {imports.rows} rows takes {imports.seconds:.1f} s', imports.wrong)
    kills = life = 0
    while kills < rounds and life < 4 * rounds:
        life += 1
        by = 'server' if life % 2 else 'dancu import'
        fallen, wrong = imports.life(by, min(rounds - kills, rng.randint(2, 6)))
        kills += fallen
        if fallen or wrong:
            tap.point(f'{fallen} kills in one import by {by}: resumed, and the same in the end ({kills} of {rounds})', wrong)
    if kills < rounds:
        tap.point(f'{rounds} kills fall into an import', [f'only {kills} did'])


def main():
    p = argparse.ArgumentParser()
    p.add_argument('binary')
    p.add_argument('--store', choices=['sqlite', 'postgresql'], default='sqlite')
    p.add_argument('--rounds', type=int, default=50)
    p.add_argument('--seed', type=int, default=20261121)
    a = p.parse_args()
    pg = os.environ.get('DANCU_TEST_PG') if a.store == 'postgresql' else None
    if a.store == 'postgresql' and not pg:
        print('1..0 # SKIP DANCU_TEST_PG names no server')
        return 0
    tap, rng = Tap(), random.Random(a.seed)
    print(f'# seed {a.seed}, store {a.store}')
    with tempfile.TemporaryDirectory(prefix='dancu-crash-') as folder:
        bench = Bench(str(pathlib.Path(a.binary).resolve()), folder, pg)
        traffic_part(tap, bench, a.rounds // 2, rng)
        imports = importing.Imports(bench, rng)
        import_part(tap, imports, a.rounds - a.rounds // 2, rng)
        running.part(tap, imports, 2 * a.rounds // 5, rng, sound)
        keeping.part(tap, bench, PEOPLE, 2 * a.rounds // 5, rng, sound)
        disk.part(tap, bench, sound)
    print(f'1..{tap.count}')
    return 1 if tap.failed else 0


if __name__ == '__main__':
    sys.exit(main())
