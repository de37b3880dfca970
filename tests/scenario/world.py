"""What a scenario works in: a folder of its own, a store, the real binary, and HTTP over real sockets.

A population is made and loaded once a run for each (size, seed) and copied for each scenario. On PostgreSQL every
scenario gets a database of its own, made from a template.
"""
import csv
import datetime
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse
import uuid

WAIT_S = 30
DATABASE = re.compile(r'^(postgres(?:ql)?://[^/]*/)([^?]*)')


class Wrong(Exception):
    """An expectation that did not hold, or a step that could not be done."""


def run(args, **more):
    done = subprocess.run(args, capture_output=True, text=True, timeout=300, **more)
    if done.returncode != 0:
        raise Wrong(f'{" ".join(map(str, args))}: exit {done.returncode}: {done.stderr.strip()[-400:]}')
    return done.stdout


class Populations:
    """Made once, used by many scenarios."""

    def __init__(self, binary, folder, pg):
        self.binary, self.folder, self.pg, self.made = binary, pathlib.Path(folder), pg, {}

    def get(self, people, seed):
        key = (people, seed)
        if key not in self.made:
            base = self.folder / f'people-{people}-{seed}'
            run([self.binary, 'synth', '--people', people, '--seed', seed, '--unit', '08@new', '--out', str(base / 'synth')]) if not (base / 'synth').exists() else None
            store = self.database(f'tpl_{people}_{seed}', None) if self.pg else None
            load = [self.binary, 'load', '--data', str(base / 'data'), str(base / 'synth')]
            run(load + (['--store', store] if store else []))
            with open(base / 'synth' / 'people.csv', encoding='utf-8') as f:
                rows = list(csv.DictReader(f))
            self.made[key] = (base, rows)
        return self.made[key]

    def database(self, name, template):
        """Makes a database on the tests' PostgreSQL; gives its URL."""
        full = f'dancu_scenario_{name}'.lower()
        make = f'CREATE DATABASE {full}' + (f' TEMPLATE dancu_scenario_{template}' if template else '')
        run(['psql', '-X', '-q', '-d', self.pg, '-c', f'DROP DATABASE IF EXISTS {full}', '-c', make])
        return DATABASE.sub(lambda m: m[1] + full, self.pg)

    def drop(self, url):
        name = DATABASE.search(url)[2]
        run(['psql', '-X', '-q', '-d', self.pg, '-c', f'DROP DATABASE IF EXISTS {name} WITH (FORCE)'])


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.text = body.decode('utf-8', 'replace')
        self.json = None
        if 'json' in headers.get('content-type', ''):
            self.json = json.loads(self.text)

    @property
    def code(self):
        return 'OK' if self.status == 200 else (self.json or {}).get('code', f'HTTP {self.status}')


class World:
    def __init__(self, binary, folder, populations, pg, record):
        self.binary, self.folder, self.populations, self.pg, self.record = binary, pathlib.Path(folder), populations, pg, record
        self.people, self.users, self.server, self.port = [], {}, None, None
        self.data, self.store, self.clock, self.last, self.page, self.marks = self.folder / 'data', None, None, None, None, {}
        self.log = open(self.folder / 'server.log', 'ab')
        self.extra, self.env = [], {}

    # --- the store and the server

    def populate(self, people, seed):
        base, self.people = self.populations.get(people, seed)
        shutil.copytree(base / 'data', self.data)
        if self.pg:
            self.store = self.populations.database(f's{uuid.uuid4().hex[:10]}', f'tpl_{people}_{seed}')

    def where(self):
        return ['--data', str(self.data)] + (['--store', self.store] if self.store else [])

    def verb(self, *words):
        clock = ['--debug', '--clock', self.clock] if self.clock and words[0] != 'synth' else []
        where = self.where() if words[0] != 'synth' else []
        return run([self.binary, *map(str, words), *where, *clock, '--lang', 'en'])

    def start(self):
        if self.server:
            return
        if self.pg and not self.store:
            self.store = self.populations.database(f's{uuid.uuid4().hex[:10]}', None)
        clock = ['--clock', self.clock] if self.clock else []
        self.server = subprocess.Popen([self.binary, 'serve', *self.where(), '--port', '0', '--plain', '--debug', *clock, *self.extra],
                                       stdout=subprocess.PIPE, stderr=self.log, text=True, env={**os.environ, **self.env})
        line = self.server.stdout.readline()
        found = re.match(r'ready http://[^:]+:(\d+)', line)
        if not found:
            self.server.wait(5)
            tail = (self.folder / 'server.log').read_text(errors='replace')[-500:]
            self.server = None
            raise Wrong(f'the server did not start: {line} {tail}')
        self.port = int(found[1])

    def kill(self):
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()
        self.server = None

    def stop(self):
        if self.server:
            self.server.send_signal(signal.SIGTERM)
            if self.server.wait(20) != 0:
                raise Wrong(f'the server stopped with {self.server.returncode}')
            self.server = None

    def close(self):
        if self.server:
            self.server.kill()
            self.server.wait()
        self.log.close()
        if self.store:
            self.populations.drop(self.store)

    def later(self, seconds):
        at = datetime.datetime.strptime(self.clock, '%Y-%m-%dT%H:%M:%SZ') + datetime.timedelta(seconds=int(seconds))
        return at.strftime('%Y-%m-%dT%H:%M:%SZ')

    # --- HTTP

    def send(self, method, path, body=None, headers=None):
        self.start()
        c = http.client.HTTPConnection('127.0.0.1', self.port, timeout=WAIT_S)
        try:
            c.request(method, path, body=body, headers=headers or {})
            r = c.getresponse()
            return Reply(r.status, {k.lower(): v for k, v in r.getheaders()}, r.read())
        except (ConnectionError, http.client.HTTPException, socket.timeout, TimeoutError) as e:
            raise Wrong(f'{method} {path}: no reply ({e.__class__.__name__})') from e
        finally:
            c.close()

    def debug(self, what, body=''):
        r = self.send('POST', f'/debug/{what}', body)
        if r.status != 200:
            raise Wrong(f'debug {what}: {r.text}')
        return r.text.strip()

    def call(self, user, operation, fields, purpose=None, command=None):
        """One operation as this user; keeps the reply in self.last and has it checked against the OpenAPI document."""
        op = self.record.operation(self, operation)
        headers = {'Accept-Language': 'en'}
        if user:
            headers['Authorization'] = f'Bearer {self.token(user)}'
        if purpose:
            headers['Purpose'] = purpose
        if command:
            headers['Idempotency-Key'] = command
        path, body, fields = op.path, None, dict(fields)
        for name in re.findall(r'{(\w+)}', path):
            path = path.replace(f'{{{name}}}', urllib.parse.quote(str(fields.pop(name)), safe=''))
        if op.consumes != 'application/json' and op.method == 'POST':
            body, headers['Content-Type'] = fields.pop('file'), op.consumes
            body = body.encode() if isinstance(body, str) else body
        elif op.method == 'POST':
            body, headers['Content-Type'] = json.dumps(fields, ensure_ascii=False).encode(), 'application/json'
            fields = {}
        if fields:
            path += '?' + urllib.parse.urlencode({k: str(v).lower() if isinstance(v, bool) else v for k, v in fields.items()})
        self.last = self.send(op.method, path, body, headers)
        self.record.check(op, self.last)
        return self.last

    # --- people and users

    def person(self, n):
        if not 1 <= n <= len(self.people):
            raise Wrong(f'there is no person {n}')
        return self.people[n - 1]

    def user(self, name, kind, *options):
        if name in self.users:
            raise Wrong(f'{name} exists already')
        made = json.loads(self.verb('account', 'create', '--login', name, '--kind', kind, *options))
        self.users[name] = {'kind': kind, 'password': made['password'], 'token': None}
        if kind == 'system':
            self.users[name]['token'] = json.loads(self.verb('account', 'token', '--login', name))['token']

    def form(self, path, cookies):
        page = self.send('GET', path, headers={'Cookie': cookies, 'Accept-Language': 'vi'})
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        got = re.findall(r'(?m)^([^=;]+=[^;]+)', page.headers.get('set-cookie', ''))
        return page, csrf and csrf[1], '; '.join(filter(None, [cookies] + got))

    def sign_in(self, name, password=None):
        user = self.users.setdefault(name, {'kind': None, 'password': 'x' * 12, 'token': None})
        _, csrf, cookies = self.form('/sign-in', '')
        body = urllib.parse.urlencode({'name': name, 'password': password or user['password'], 'csrf': csrf or ''})
        r = self.send('POST', '/sign-in', body, {'Content-Type': 'application/x-www-form-urlencoded', 'Cookie': cookies})
        found = re.search(r'(?:__Host-)?session=([^;]+)', r.headers.get('set-cookie', ''))
        self.page = self.last = r
        user['token'] = found[1] if r.status in (302, 303) and found else None
        return user['token'] is not None

    def token(self, name):
        user = self.users.get(name)
        if user is None:
            raise Wrong(f'nobody is called {name}')
        if user['token'] is None and user['kind'] != 'system' and not self.sign_in(name):
            raise Wrong(f'{name} could not sign in')
        return user['token']

    def metric(self, series):
        for line in self.send('GET', '/metrics').text.splitlines():
            if line.startswith(series + ' '):
                return float(line.rsplit(' ', 1)[1])
        return 0.0

    def wait_run(self, user, run):
        """Until this run is scored, published, stopped or failed."""
        until = time.time() + WAIT_S
        while time.time() < until:
            state = self.call(user, 'run.status', {'run': run}).json
            if state['item']['state'] in ('scored', 'published', 'cancelled', 'failed'):
                return self.last
            time.sleep(0.05)
        raise Wrong('the run does not end in time')

    def wait_list(self, user):
        """Until the delivery that `user` handed in last is done."""
        number = self.last.json['delivery']
        until = time.time() + WAIT_S
        while time.time() < until:
            state = self.call(user, 'list.status', {'delivery': number}).json
            if state['item']['state'] in ('done', 'failed'):
                return self.call(user, 'list.report', {'delivery': number})
            time.sleep(0.05)
        raise Wrong('the list is not done in time')


def environment():
    return {k: v for k, v in os.environ.items() if k.startswith('DANCU')}
