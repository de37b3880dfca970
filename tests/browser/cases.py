"""Opens cases in the data of the browser's tests: names on papers that differ, some of which are settled by keys, and two men who may be one.

    python3 tests/browser/cases.py build/dancu FOLDER"""
import csv
import json
import os
import subprocess
import sys

dancu, work = sys.argv[1:]
with open(f'{work}/synth/people.csv', encoding='utf-8') as f:
    men = [p for p in csv.DictReader(f) if p['sex'] == '1' and p['state'] == 'active' and p['number'] and p['birth'] < '1990']
with open(f'{work}/sign-ins.json', encoding='utf-8') as f:
    secret = next(a['secret'] for a in json.load(f)['accounts'] if a['login'] == 'coordinator')


def report(*options):
    subprocess.run([dancu, 'case', 'report', '--data', f'{work}/data', '--as', 'coordinator', '--source', 'giấy tờ của công dân', *options], check=True,
                   env={**os.environ, 'DANCU_PASSWORD': secret})


first = men[0]
for man in [first, *men[10:15]]:
    report('--number', man['number'], '--attribute', 'name', '--said', man['name'].rsplit(' ', 1)[0] + ' Thử')
second = next(p for p in men[1:] if p['household'] != first['household'] and p['father'] != first['id'])
report('--number', first['number'], '--other', second['number'])
