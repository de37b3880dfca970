"""Chooses, among the people of the citizen's commune, those whom the walks happen to, and gives them accounts: for each of the four
ways of looking (language, with and without scripts) a couple whose child the hospital tells of, a couple of whom it tells a
death, and somebody who opens a household business. Adds their sign-ins to FOLDER/sign-ins.json as mother-vi-desk and so on.

    python3 tests/browser/families.py build/dancu FOLDER            before the server starts: chooses, opens accounts
    python3 tests/browser/families.py https://127.0.0.1:PORT FOLDER  when it runs: the hospital's notices"""
import csv
import datetime
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools'))
from door import Door, User  # noqa: E402

WAYS = ('vi-desk', 'vi-phone', 'en-desk', 'en-phone')
where, work = sys.argv[1:]
with open(f'{work}/sign-ins.json', encoding='utf-8') as f:
    demo = json.load(f)
secrets = {a['login']: a['secret'] for a in demo['accounts']}


def choose():
    with open(f'{work}/synth/people.csv', encoding='utf-8') as f:
        people = {p['id']: p for p in csv.DictReader(f)}
    mine = next(p for p in people.values() if p['sex'] == '2' and p['state'] == 'active' and p['number'] and p['spouse'] and '1982' <= p['birth'] < '2003')
    living = [p for p in people.values() if p['unit'] == mine['unit'] and p['state'] == 'active' and p['number'] and p['household'] != mine['household']]
    taken, chosen = set(), {'mother': [], 'widow': [], 'owner': []}

    def take(kind, p, other, right):
        if len(chosen[kind]) < len(WAYS) and p['household'] not in taken and right:
            taken.add(p['household'])
            chosen[kind].append((p, other))

    for p in living:
        other = people.get(p['spouse'])
        couple = bool(other) and other['state'] == 'active' and bool(other['number']) and other['household'] == p['household']
        take('mother', p, other, couple and p['sex'] == '2' and '1980' < p['birth'] and other['relation'] == 'head')
        take('widow', p, other, couple and p['birth'] < '1980' and other['relation'] == 'head')
    for p in living:
        take('owner', p, None, '1960' < p['birth'] < '2000')
    return chosen


def open_accounts(dancu):
    chosen = choose()
    told = []
    for kind, pairs in chosen.items():
        if len(pairs) < len(WAYS):
            sys.exit(f'too few people for {kind}: {len(pairs)}')
        for way, (p, other) in zip(WAYS, pairs):
            login = f'{kind}-{way}'
            made = subprocess.run([dancu, 'account', 'create', '--data', f'{work}/data', '--login', login, '--kind', 'citizen', '--person', p['number']],
                                  capture_output=True, text=True, check=True)
            demo['accounts'].append({'login': login, 'kind': login, 'secret': json.loads(made.stdout)['password']})
            told.append({'login': login, 'number': p['number'], 'other': other and other['number']})
    with open(f'{work}/sign-ins.json', 'w', encoding='utf-8') as f:
        json.dump(demo, f)
    with open(f'{work}/families.json', 'w', encoding='utf-8') as f:
        json.dump(told, f)


def notices(base):
    hospital = User(Door(base), 'system', token=secrets['system'])
    yesterday = str(datetime.date.today() - datetime.timedelta(days=1))
    with open(f'{work}/families.json', encoding='utf-8') as f:
        told = json.load(f)
    for n, one in enumerate(told, 1):
        kind = one['login'].split('-')[0]
        if kind == 'mother':
            hospital.post('/life/notice', ground='agreement/AG-2025-003', event='birth', number=one['number'], day=yesterday, sex='female', paper=f'GCS-{n:04}')
        elif kind == 'widow':
            hospital.post('/life/notice', ground='agreement/AG-2025-003', event='death', number=one['other'], day=yesterday, paper=f'GBT-{n:04}')


notices(where) if where.startswith('https:') else open_accounts(where)
