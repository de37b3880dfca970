"""Has three deaths in the clerk's commune go through the offices of the demonstration, so that the paying office has an allowance to order, one
to approve and one to send to the bank. Prints the dossier of the citizen, who applied for the first.

    python3 tests/browser/benefits.py https://127.0.0.1:PORT FOLDER"""
import csv
import datetime
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools'))
from door import Door, User  # noqa: E402

base, work = sys.argv[1:]
with open(f'{work}/sign-ins.json', encoding='utf-8') as f:
    secrets = {a['login']: a['secret'] for a in json.load(f)['accounts']}
door = Door(base)
citizen, clerk, police, insurer, approver, coordinator = (User(door, login, secrets[login])
                                                          for login in ('citizen', 'clerk', 'officer', 'insurer', 'approver', 'coordinator'))
with open(f'{work}/synth/people.csv', encoding='utf-8') as f:
    people = {p['id']: p for p in csv.DictReader(f)}
with open(f'{work}/families.json', encoding='utf-8') as f:
    walking = {number for one in json.load(f) for number in (one['number'], one['other'])}  # something else happens to them
facts = {f['field']: f['value'] for f in citizen.get('/me/record')['facts']}
home = next(p for p in people.values() if p['number'] == facts['number'])
couples = [(p, people[p['spouse']]) for p in people.values()
           if p['unit'] == home['unit'] and p['spouse'] in people and p['state'] == people[p['spouse']]['state'] == 'active' and p['sex'] == '1'
           and p['number'] and people[p['spouse']]['number'] and not walking & {p['number'], people[p['spouse']]['number']}
           and home['id'] not in (p['id'], p['spouse']) and p['birth'] < '1975' and len(p['birth']) == 10]
today = datetime.date.today()
dossiers = []
for n, (gone, widow) in enumerate(couples[:3]):
    who, applicant = (clerk, {'applicant': widow['number']}) if n else (citizen, {})
    if n:
        cells = {'benefit': 'funeral', 'bank': 'Ngân hàng A', 'account_no': f'10000000000{n}', 'holder': widow['name']}
        coordinator.post('/registers/put', ground='register/benefit-accounts', code='benefit-accounts',
                         rows=[{'number': widow['number'], 'cells': [{'field': k, 'value': v} for k, v in cells.items()]}])
    now = who.post('/dossiers', procedure='death-linked', **applicant)['now']
    told = {'deceased_number': gone['number'], 'death_day': str(today - datetime.timedelta(days=1)), 'relation': 'spouse' if n else 'other', 'allowance': 'insurance',
            'registered_at': gone['unit']}
    dossiers.append(who.post('/dossiers/submit', dossier=now['dossier'], expected_version=now['version'],
                             answers=[{'key': k, 'value': v} for k, v in told.items()])['now']['dossier'])
for desk in (clerk, police, insurer):
    for task in desk.get('/life/queue', state='sent')['tasks']:
        leg = desk.post('/life/take', expected_version=task['version'], bundle=task['bundle'], leg=task['leg'])['leg']
        desk.post('/life/complete', expected_version=leg['version'], bundle=task['bundle'], leg=task['leg'])
for n, dossier in enumerate(dossiers[1:]):
    order = clerk.get(f'/dossiers/{dossier}/benefits')['orders'][0]
    order = insurer.post('/benefits/order', row=order['row'])['item']
    if n:
        approver.post('/benefits/approve', order=order['order'], expected_version=order['version'])
print(dossiers[0])
