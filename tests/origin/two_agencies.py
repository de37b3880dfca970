#!/usr/bin/env python3
"""A register that lives elsewhere: two real processes over TLS, one the agency that keeps it, one the centre that asks.

  two_agencies.py BINARY

The agency changes a record, ends it, is stopped, comes back, shows another certificate, and takes the centre for the keeper. Each
time the centre's answer is compared with what the definition says it has to be. Prints TAP.
"""
import argparse
import csv
import http.client
import json
import pathlib
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
DEFINITION = (HERE / 'driving-licences.yaml').read_text()
GROUND = 'register/driving-licences'
MEMBER = 'G01'
AGREEMENT = f'''agreements:
  - code: AG-2026-011
    member: {MEMBER}
    title: {{vi: Tra cứu giấy phép lái xe, en: Asking about driving licences}}
    law: "NĐ 47/2020/NĐ-CP Đ34"
    operations: [sector.find]
    fields: [number, name, birth, sex, shared]
    registers: [driving-licences]
    from: 2026-01-01
'''


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Node:
    def __init__(self, binary, folder, name):
        self.binary, self.name, self.data, self.port = binary, name, folder / name, free_port()
        self.folder, self.process, self.tokens = folder, None, {}
        self.log = open(folder / f'{name}.log', 'ab')
        self.certificate('first')

    def certificate(self, which):
        self.cert, self.key = self.folder / f'{self.name}-{which}.pem', self.folder / f'{self.name}-{which}.key'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=test',
                        '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', self.key, '-out', self.cert], check=True, capture_output=True)

    def define(self, name, text):
        path = self.data / 'definitions' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')

    def start(self):
        self.process = subprocess.Popen([self.binary, 'serve', '--data', self.data, '--port', str(self.port), '--tls-cert', self.cert, '--tls-key', self.key],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        if not self.process.stdout.readline().startswith('ready'):
            raise SystemExit(f'{self.name} did not start: {(self.folder / (self.name + ".log")).read_text()[-800:]}')

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def restart(self):
        self.stop()
        self.start()

    def operator(self, *words, **fields):
        """As whoever runs the machine, beside the server or before it."""
        run = subprocess.run([self.binary, *words, '--data', self.data, *[x for k, v in fields.items() for x in (f'--{k}', v)]],
                             capture_output=True, text=True, check=True)
        return json.loads(run.stdout)

    def account(self, login, kind, **fields):
        made = self.operator('account', 'create', login=login, kind=kind, **fields)
        given = self.operator('account', 'token', login=login)['token'] if kind == 'system' else None
        self.tokens[login] = given or made['password']

    def call(self, login, path, fields=None, purpose=GROUND):
        context = ssl.create_default_context(cafile=str(self.cert))
        c = http.client.HTTPSConnection('127.0.0.1', self.port, timeout=30, context=context)
        headers = {'Authorization': f'Bearer {self.tokens[login]}', 'Accept-Language': 'en', 'Purpose': purpose}
        body = None
        if fields is not None:
            body, headers['Content-Type'] = json.dumps(fields).encode(), 'application/json'
        c.request('POST' if body else 'GET', f'/api/v1/{path}', body, headers)
        reply = c.getresponse()
        status, text = reply.status, reply.read()
        c.close()
        return status, json.loads(text)

    def sql(self, text, *values):
        with sqlite3.connect(next(self.data.glob('*.db')), timeout=30) as db:
            return db.execute(text, values).fetchall()


def find(centre, fields, seconds=30):
    """As a client does it: asks, and comes back until there is an answer."""
    until = time.time() + seconds
    while True:
        status, reply = centre.call('centre', 'registers/find', {'code': 'driving-licences', **fields})
        if status != 200 or reply['state'] != 'asking':
            return status, reply
        if time.time() > until:
            raise AssertionError('no answer in time')
        time.sleep(reply['retry_ms'] / 1000)


def value(reply, field, row=0):
    return next((c['value'] for c in reply['rows'][row]['cells'] if c['field'] == field), None)


class Story:
    def __init__(self, binary, folder):
        self.results = []
        synth = folder / 'synth'
        subprocess.run([binary, 'synth', '--people', '1000', '--seed', '7', '--unit', '08@new', '--out', synth], check=True, capture_output=True)
        self.agency, self.centre = Node(binary, folder, 'agency'), Node(binary, folder, 'centre')
        subprocess.run([binary, 'load', '--data', self.agency.data, synth], check=True, capture_output=True)
        shutil.copytree(self.agency.data, self.centre.data)
        with open(synth / 'people.csv', encoding='utf-8') as f:
            self.people = [r for r in csv.DictReader(f) if r['state'] == 'active' and r['number'] and '1960' < r['birth'] < '2000']
        self.agency.define('agreements/origin.yaml', AGREEMENT)
        self.agency.account('centre', 'system', organisation=MEMBER)
        self.origin('stale', '24h')
        secrets = self.centre.data / 'origins'
        secrets.mkdir()
        (secrets / 'csgt.token').write_text(self.agency.tokens['centre'] + '\n')
        shutil.copy(self.agency.cert, secrets / 'csgt.pem')
        self.agency.start()
        self.centre.start()
        for node in (self.agency, self.centre):
            self.sign_in(node)

    def origin(self, silent, fresh):
        text = DEFINITION.replace('ADDRESS', f'127.0.0.1:{self.agency.port}').replace('silent: stale', f'silent: {silent}').replace('fresh: 24h', f'fresh: {fresh}')
        self.centre.define('register/driving-licences.yaml', text.replace('timeout: 5s', 'timeout: 2s'))

    def sign_in(self, node):
        """Coordinators as partner systems are: by a token; the role is what counts here."""
        node.tokens['keeper'] = node.tokens.get('keeper') or self.session(node, 'keeper')
        node.tokens['centre'] = node.tokens.get('centre') or self.session(node, 'centre')

    def session(self, node, login):
        import re
        import urllib.parse
        made = node.operator('account', 'create', login=login, kind='coordinator', unit='08@new')
        context = ssl.create_default_context(cafile=str(node.cert))

        def ask(method, body=None, headers=None):
            c = http.client.HTTPSConnection('127.0.0.1', node.port, timeout=30, context=context)
            c.request(method, '/sign-in', body, headers or {})
            r = c.getresponse()
            return r.read(), '; '.join(v.split(';')[0] for k, v in r.getheaders() if k.lower() == 'set-cookie')
        page, cookies = ask('GET')
        csrf = re.search(rb'name="csrf" value="([^"]+)"', page)[1].decode()
        _, cookies = ask('POST', urllib.parse.urlencode({'name': login, 'password': made['password'], 'csrf': csrf}),
                         {'Content-Type': 'application/x-www-form-urlencoded', 'Cookie': cookies})
        return re.search(r'session=([^;]+)', cookies)[1]

    def put(self, person, no, licence, until):
        cells = {'licence_no': no, 'class': licence, 'issued': '2015-01-01', 'until': until}
        row = {'number': person['number'], 'cells': [{'field': k, 'value': v} for k, v in cells.items()]}
        status, reply = self.agency.call('keeper', 'registers/put', {'code': 'driving-licences', 'rows': [row]})
        assert status == 200, reply
        return reply['rows'][0]['row']

    def check(self, title, *facts):
        bad = [str(f) for f in facts if f is not True]
        self.results.append((title, bad))

    def state(self):
        return self.centre.call('centre', 'registers/driving-licences/origin')[1]

    # --- chapters -------------------------------------------------------------------------------------------------------

    def fetched(self):
        a, b, c = self.people[:3]
        self.row = self.put(a, '790123456789', 'B', '2030-01-01')
        self.put(b, '790123456790', 'C', '2020-01-01')
        status, one = find(self.centre, {'number': a['number']})
        self.check('a record is fetched by number, with its age', status == 200 or one, one['state'] == 'fresh' or one, value(one, 'class') == 'B' or one,
                   one['rows'][0]['link'] == 'linked' or one, one['rows'][0]['stale'] is False, one.get('as_of') is not None)
        status, two = find(self.centre, {'cells': [{'field': 'licence_no', 'value': '790123456790'}]})
        self.check('and by its key', status == 200 or two, two['state'] == 'fresh' or two, two['rows'][0]['broken'] == ['valid'] or two)
        status, none = find(self.centre, {'number': c['number']})
        self.check('that there is none is an answer too', status == 200 or none, none['state'] == 'fresh' or none, none['rows'] == [] or none)
        status, figures = self.centre.call('centre', 'registers/driving-licences/figures')
        self.check('quality counts the copies', figures['total']['rows'] == 2 or figures, figures['total']['live'] == 1 or figures)
        status, refused = self.centre.call('centre', 'registers/put', {'code': 'driving-licences', 'rows': []})
        self.check('nobody writes into a copy', refused.get('code') == 'REGISTER_ELSEWHERE' or refused)

    def reconciled(self):
        status, run = self.centre.call('centre', 'runs/plan', {'code': 'driving-licences'}, 'authority/reconciliation')
        until = time.time() + 60
        while status == 200 and time.time() < until:
            now = self.centre.call('centre', f'runs/{run["run"]}')[1]
            if 'scored' in json.dumps(now.get('run', now)):
                break
            time.sleep(0.1)
        self.check('a run reconciles the copies', status == 200 or run, '"scored"' in json.dumps(now) or now)

    def traced(self):
        asked = self.centre.sql('SELECT COUNT(*) FROM origin_ask WHERE ground = ? AND account <> 0', GROUND)[0][0]
        self.check('each question has its ground', asked == 3 or asked)

    def aged(self):
        self.put(self.people[0], '790123456789', 'C', '2031-01-01')
        _, before = find(self.centre, {'number': self.people[0]['number']})
        self.origin('stale', '1s')
        self.centre.restart()
        time.sleep(1.1)
        _, after = find(self.centre, {'number': self.people[0]['number']})
        self.check('a fresh copy is not asked for again, an old one is', value(before, 'class') == 'B' or before, value(after, 'class') == 'C' or after)

    def silent(self):
        number = self.people[0]['number']
        self.agency.stop()
        time.sleep(1.1)
        status, old = find(self.centre, {'number': number})
        self.check('while the agency is silent the old copy comes with its age', status == 200 or old, old['state'] == 'stale' or old, old['rows'][0]['stale'] is True,
                   value(old, 'class') == 'C' or old)
        for person in self.people[5:9]:
            find(self.centre, {'number': person['number']})
        started = time.time()
        status, reply = find(self.centre, {'number': self.people[20]['number']})
        state = self.state()
        self.check('an agency that fails is left alone for a while', time.time() - started < 0.5 or time.time() - started, reply.get('code') == 'ORIGIN_SILENT' or reply,
                   'open_until' in state or state, state['failures'] >= 5 or state, state['reason'] == 'silent' or state)
        self.origin('refuse', '1s')
        self.centre.restart()
        status, reply = find(self.centre, {'number': number})
        _, rows = self.centre.call('centre', 'registers/rows', {'code': 'driving-licences'})
        self.check('or nothing is shown, if the definition says so', status == 503 or status, reply.get('code') == 'ORIGIN_SILENT' or reply,
                   all(r['cells'] == [] and r['stale'] for r in rows['rows']) or rows)

    def back(self):
        self.agency.start()
        self.centre.sql('UPDATE origin_line SET open_until_us = 0')
        self.centre.sql('UPDATE origin_ask SET ended_us = 0 WHERE state = 4')
        self.agency.call('keeper', 'registers/end', {'code': 'driving-licences', 'row': self.row})
        status, reply = find(self.centre, {'number': self.people[0]['number']})
        _, ended = self.centre.call('centre', 'registers/rows', {'code': 'driving-licences', 'only': 'ended'})
        self.check('what ended there ends here', status == 200 or reply, reply['rows'] == [] or reply, len(ended['rows']) == 1 or ended, self.state()['failures'] == 0 or self.state())
        status, reply = self.centre.call('centre', 'registers/refresh', {'code': 'driving-licences'})
        self.check('old copies are asked for together', reply.get('asked') == 1 or reply)

    def untrusted(self):
        self.agency.stop()
        self.agency.certificate('second')
        self.agency.start()
        status, reply = find(self.centre, {'number': self.people[30]['number']})
        self.check('another certificate is not believed', status == 503 or status, self.state()['reason'] == 'untrusted' or self.state())
        shutil.copy(self.agency.cert, self.centre.data / 'origins' / 'csgt.pem')

    def in_a_circle(self):
        """The agency takes the centre for the keeper, as the centre takes the agency."""
        text = DEFINITION.replace('ADDRESS', f'127.0.0.1:{self.centre.port}')
        self.centre.define('agreements/origin.yaml', AGREEMENT)
        self.centre.account('ring', 'system', organisation=MEMBER)
        (self.agency.data / 'origins').mkdir()
        (self.agency.data / 'origins' / 'csgt.token').write_text(self.centre.tokens['ring'])
        shutil.copy(self.centre.cert, self.agency.data / 'origins' / 'csgt.pem')
        self.agency.define('register/driving-licences.yaml', text)
        self.agency.restart()
        self.centre.sql('UPDATE origin_line SET open_until_us = 0, failures = 0')
        self.centre.restart()
        status, reply = find(self.centre, {'number': self.people[40]['number']})
        until = time.time() + 10
        reasons = set()
        while time.time() < until and 7 not in reasons:
            reasons = {r for (r,) in self.agency.sql('SELECT reason FROM origin_ask')}
            time.sleep(0.1)
        self.check('a question that comes back is refused', status in (502, 503) or status, 7 in reasons or sorted(reasons))


def main():
    p = argparse.ArgumentParser()
    p.add_argument('binary', type=lambda s: str(pathlib.Path(s).resolve()))
    a = p.parse_args()
    with tempfile.TemporaryDirectory(prefix='dancu-origin-') as folder:
        story = Story(a.binary, pathlib.Path(folder))
        try:
            for chapter in (story.fetched, story.reconciled, story.traced, story.aged, story.silent, story.back, story.untrusted, story.in_a_circle):
                chapter()
        finally:
            stopped = [n.stop() for n in (story.agency, story.centre) if n.process.poll() is None]
        story.check('both stop in order', stopped == [0, 0] or stopped)
    print(f'1..{len(story.results)}')
    for n, (title, bad) in enumerate(story.results, 1):
        print(f'{"not ok" if bad else "ok"} {n} - {title}')
        for line in bad:
            print(f'# {line[:600]}')
    return 1 if any(bad for _, bad in story.results) else 0


if __name__ == '__main__':
    sys.exit(main())
