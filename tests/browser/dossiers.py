"""Has two dossiers of the citizen decided by the clerk of a running server, the first of them rated, so that there is something to rate
and to be told of. Prints the id of the second.

    python3 tests/browser/dossiers.py https://127.0.0.1:PORT FOLDER"""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'tools'))
from door import Door, User  # noqa: E402

base, work = sys.argv[1:]
with open(f'{work}/sign-ins.json', encoding='utf-8') as f:
    secrets = {a['login']: a['secret'] for a in json.load(f)['accounts']}
door = Door(base)
citizen, clerk = (User(door, login, secrets[login]) for login in ('citizen', 'clerk'))
for rated in (True, False):
    now = citizen.post('/dossiers', procedure='marital-status')['now']
    now = citizen.post('/dossiers/submit', dossier=now['dossier'], expected_version=now['version'], answers=[{'key': 'purpose', 'value': 'property'}])['now']
    for path, more in (('accept', {}), ('take', {}), ('decide', {'grant': True})):
        now = clerk.post(f'/dossiers/{path}', dossier=now['dossier'], expected_version=now['version'], **more)['now']
    if rated:
        citizen.post('/ratings', dossier=now['dossier'], level=2, reason='Phải chờ lâu ở quầy')
print(now['dossier'])
