"""Has two dossiers of the citizen decided by the clerk of a running server, the first of them rated, so that there is something to rate
and to be told of. Prints the id of the second.

    python3 tests/browser/dossiers.py https://127.0.0.1:PORT FOLDER"""
import http.client
import json
import re
import ssl
import sys
import urllib.parse

base, work = sys.argv[1:]
with open(f'{work}/sign-ins.json', encoding='utf-8') as f:
    secrets = {a['login']: a['secret'] for a in json.load(f)['accounts']}
host = urllib.parse.urlsplit(base)


def send(method, path, body=None, **headers):
    c = http.client.HTTPSConnection(host.hostname, host.port, timeout=30, context=ssl._create_unverified_context())
    c.request(method, path, body, {k.replace('_', '-'): v for k, v in headers.items()})
    r = c.getresponse()
    return r, r.read().decode()


def sign_in(name):
    r, page = send('GET', '/sign-in')
    cookies = '; '.join(h.split(';')[0] for k, h in r.getheaders() if k.lower() == 'set-cookie')
    form = urllib.parse.urlencode({'name': name, 'password': secrets[name], 'csrf': re.search('name="csrf" value="([^"]+)"', page)[1]})
    r, _ = send('POST', '/sign-in', form, Cookie=cookies, Content_Type='application/x-www-form-urlencoded')
    return next(re.search('session=([^;]+)', h)[1] for k, h in r.getheaders() if k.lower() == 'set-cookie' and 'session=' in h)


def call(token, path, **body):
    r, text = send('POST', path, json.dumps(body), Authorization=f'Bearer {token}', Content_Type='application/json')
    if r.status != 200:
        sys.exit(f'{path}: {r.status} {text}')
    return json.loads(text)


citizen, clerk = sign_in('citizen'), sign_in('clerk')
for rated in (True, False):
    now = call(citizen, '/api/v1/dossiers', procedure='marital-status')['now']
    now = call(citizen, '/api/v1/dossiers/submit', dossier=now['dossier'], expected_version=now['version'], answers=[{'key': 'purpose', 'value': 'property'}])['now']
    for path, more in (('accept', {}), ('take', {}), ('decide', {'grant': True})):
        now = call(clerk, f'/api/v1/dossiers/{path}', dossier=now['dossier'], expected_version=now['version'], **more)['now']
    if rated:
        call(citizen, '/api/v1/ratings', dossier=now['dossier'], level=2, reason='Phải chờ lâu ở quầy')
print(now['dossier'])
