#!/usr/bin/env python3
"""Holds whether runs ask officers what they should: people and an agency's list with stated faults by `dancu synth`, taken into a
register, reconciled and published, and the cases held against the truth file.

    cases.py DANCU FOLDER [--people N] [--rows N] [--seed N]

Right: of the faults that contradict the register (CONFLICTS), those that became a case of the right kind, about the right field and
person. Where a row leaves open who is meant, asking just that, with the right person among the candidates, is right as well; such are
counted apart. Bothered: of the rows that contradict nothing, those that became any case. Exits 1 when a goal is missed: 99 % right,
0.1 % bothered. Prints TAP, the table as remarks."""
import argparse
import collections
import csv
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys

RIGHT_GOAL, BOTHERED_GOAL = 0.99, 0.001
REGISTER = 'farmers'
KINDS = ('conflict', 'ambiguous', 'duplicate', 'same_person', 'deceased', 'moved', 'cancelled')
CONFLICTS = {'number_wrong': ('conflict', 'number'), 'day_wrong': ('conflict', 'birth'), 'day_swapped': ('conflict', 'birth'),
             'name_typo': ('conflict', 'name'), 'name_order': ('conflict', 'name'), 'dead': ('deceased', '')}
EXAMPLES_SHOWN = 6


def run(*command, **kw):
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True, **kw).stdout


def reconciled(dancu, folder, o):
    """The truth, by row, and the store with the cases."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    people, data, lst = folder / 'people', folder / 'data', folder / 'list.csv'
    run(dancu, 'synth', '--people', o.people, '--seed', o.seed, '--out', people)
    run(dancu, 'load', '--data', data, people)
    run(dancu, 'init', '--data', data)
    run(dancu, 'synth', 'list', '--from', people, '--rows', o.rows, '--seed', o.seed + 1, '--register', REGISTER, '--out', lst)
    password = json.loads(run(dancu, 'account', 'create', '--data', data, '--login', 'mai', '--kind', 'coordinator', '--unit', '08@new'))['password']
    env, who = {**os.environ, 'DANCU_PASSWORD': password}, ['--data', data, '--as', 'mai']
    run(dancu, 'import', lst, *who, '--purpose', 'authority/reconciliation', '--source', 'truth', '--register', REGISTER, env=env)
    number = json.loads(run(dancu, 'run', 'plan', *who, '--purpose', 'authority/reconciliation', '--code', REGISTER, '--publish', 'true', env=env))['run']
    run(dancu, 'run', 'watch', number, *who, env=env)
    with open(f'{lst}.truth.csv', encoding='utf-8', newline='') as f:
        truth = list(csv.DictReader(f))
    return truth, sqlite3.connect(data / 'dancu.db')


class Cases:
    """Cases by the row of the list that they came from."""

    def __init__(self, db):
        rows = db.execute('SELECT id, person, row_key, doc FROM sector_row WHERE code = ?', (REGISTER,)).fetchall()
        self.by_person = {person: row for row, person, _, _ in rows if person}
        self.by_card, self.by_key = {}, {key: row for row, _, key, _ in rows}
        for row, _, _, doc in rows:
            at = doc.find(b'HND-')
            if at >= 0:
                self.by_card[doc[at:at + 10].decode()] = row
        self.of_row = collections.defaultdict(list)
        for row, kind, attribute, person, doc in db.execute('SELECT row_id, kind, attribute, person, doc FROM case_item WHERE register_code = ?', (REGISTER,)):
            candidates = {int(line.split()[0]) for line in doc.decode().splitlines() if line}
            self.of_row[row].append((KINDS[kind], attribute, person, candidates))
        self.people = {place: (person, f'{number:012d}') for place, person, number in db.execute('SELECT place, person, number FROM list_row')}

    def of(self, place, person):
        found, number = self.people[place]
        row = self.by_card.get(f'HND-{place:06d}') or self.by_person.get(found or person) or self.by_key.get(number)
        return None if row is None else self.of_row.get(row, [])


def judged(truth, cases):
    """Counts by fault, and of the rows without any; what went wrong, for a reader."""
    counts, examples, clean, bothered = collections.defaultdict(collections.Counter), collections.defaultdict(list), 0, 0
    for t in truth:
        place, person, faults = int(t['row']), int(t['person']), set(filter(None, t['faults'].split('|')))
        if 'duplicate' in faults or 'stranger' in faults:
            continue
        got, injected = cases.of(place, person), faults & CONFLICTS.keys()
        if not injected:
            clean += 1
            if got:
                bothered += 1
                examples['bothered'].append((place, faults, got))
            continue
        for fault in injected:
            kind, field = CONFLICTS[fault]
            if got is None:
                how = 'no row'
            elif any(k == kind and a == field and p == person for k, a, p, _ in got) or (fault != 'dead' and 'dead' in faults and any(k == 'deceased' and p == person for k, a, p, _ in got)):
                how = 'right'
            elif any(k == 'ambiguous' and person in candidates for k, _, _, candidates in got):
                how = 'asked who'
            else:
                how = 'no case' if not got else 'wrong'
            counts[fault][how] += 1
            if how not in ('right', 'asked who'):
                examples[fault].append((place, how, faults, got))
    return counts, examples, clean, bothered


def main():
    p = argparse.ArgumentParser()
    p.add_argument('dancu')
    p.add_argument('folder', type=pathlib.Path)
    p.add_argument('--people', type=int, default=40000)
    p.add_argument('--rows', type=int, default=20000)
    p.add_argument('--seed', type=int, default=5)
    o = p.parse_args()
    truth, db = reconciled(o.dancu, o.folder, o)
    counts, examples, clean, bothered = judged(truth, Cases(db))
    print('1..2')
    print(f'# {"fault":<16} {"rows":>7} {"right":>8} {"asked who":>10} {"wrong":>6} {"no case":>8} {"no row":>7}')
    for fault, c in sorted(counts.items()):
        print(f'# {fault:<16} {sum(c.values()):>7} {c["right"]:>8} {c["asked who"]:>10} {c["wrong"]:>6} {c["no case"]:>8} {c["no row"]:>7}')
    for what, list_ in examples.items():
        for e in list_[:EXAMPLES_SHOWN]:
            print(f'# {what}:', *e)
    rows = sum(sum(c.values()) for c in counts.values())
    right = sum(c['right'] + c['asked who'] for c in counts.values())
    ok = [right >= RIGHT_GOAL * rows, bothered <= BOTHERED_GOAL * clean]
    print(f'{"ok" if ok[0] else "not ok"} 1 - {right} of {rows} conflicts became the right case: {100 * right / rows:.2f} %')
    print(f'{"ok" if ok[1] else "not ok"} 2 - {bothered} of {clean} rows without one were bothered: {100 * bothered / clean:.3f} %')
    shutil.rmtree(o.folder)
    sys.exit(not all(ok))


if __name__ == '__main__':
    main()
