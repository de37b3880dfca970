#!/usr/bin/env python3
"""Life events over two nodes: real processes, one for the communes, one for social insurance, and between them a proxy that drops,
doubles, delays and so reorders a third of all messages, while either node is killed (kill -9) every few seconds.

  two_nodes.py BINARY [--bundles 200] [--seed 1] [--kills 4] [--seconds 600]

Births end with a health card or are refused; deaths end with an allowance, are found wrong and are taken back over both nodes. In the
end every event has ended as it should, each effect is there once, and nothing waits in either outbox. Prints TAP.
"""
import argparse
import base64
import csv
import http.client
import http.server
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.parse

DER_OF_SEED = bytes.fromhex('302e020100300506032b657004220420')
REACHABLE_S = 30
CLERKS_THERE = 3


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Lines:
    """To one port, a connection kept for each thread; one that failed is not used again."""

    def __init__(self, port):
        self.port, self.own = port, threading.local()

    def ask(self, method, path, body, headers):
        """None: no answer came."""
        c = getattr(self.own, 'connection', None) or http.client.HTTPConnection('127.0.0.1', self.port, timeout=REACHABLE_S)
        self.own.connection = None
        try:
            c.request(method, path, body, headers)
            r = c.getresponse()
            got = r.status, dict((k.lower(), v) for k, v in r.getheaders()), r.read()
        except (OSError, http.client.HTTPException):
            c.close()
            return None
        if not r.will_close:
            self.own.connection = c
        return got


class Proxy:
    """Passes messages on, two thirds of them as they should be."""

    def __init__(self, target, seed):
        self.lines, self.port, self.random, self.lock = Lines(target), free_port(), random.Random(seed), threading.Lock()
        self.counts = dict.fromkeys(['passed', 'dropped', 'answer dropped', 'doubled', 'delayed'], 0)
        self.calm = False
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                reply = proxy.carry(self.path, body, self.headers.get('Authorization', ''))
                if reply is None:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(reply[0])
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(reply[1])))
                self.end_headers()
                self.wfile.write(reply[1])

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_):
                pass

        self.server = Server(('127.0.0.1', self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def forward(self, path, body, shown):
        got = self.lines.ask('POST', path, body, {'Content-Type': 'application/json', 'Authorization': shown})
        return got and (got[0], got[2])

    def carry(self, path, body, shown):
        with self.lock:
            what = self.random.choice(['dropped', 'answer dropped', 'doubled', 'delayed']) if not self.calm and self.random.random() < 1 / 3 else 'passed'
            pause = self.random.uniform(0.01, 0.15)
            self.counts[what] += 1
        if what == 'dropped':
            return None
        if what == 'delayed':
            time.sleep(pause)
        first = self.forward(path, body, shown)
        if what == 'doubled':
            first = self.forward(path, body, shown)
        return None if what == 'answer dropped' else first


class Node:
    def __init__(self, binary, folder, name):
        self.binary, self.folder, self.name, self.port = binary, folder, name, free_port()
        self.lines, self.data, self.process, self.tokens, self.passwords = Lines(self.port), folder / name, None, {}, {}
        self.log = open(folder / f'{name}.log', 'ab')
        self.gate = threading.RLock()
        self.kills = 0

    def key(self):
        """The public half of a key made here, as the node will find it."""
        self.data.mkdir(exist_ok=True)
        seed = os.urandom(32)
        path = self.data / 'post.key'
        path.touch(0o600)
        path.write_bytes(seed)
        public = subprocess.run(['openssl', 'pkey', '-inform', 'DER', '-pubout', '-outform', 'DER'], input=DER_OF_SEED + seed, capture_output=True, check=True).stdout
        return base64.urlsafe_b64encode(public[-32:]).decode().rstrip('=')

    def peers(self, text):
        (self.data / 'definitions').mkdir(exist_ok=True)
        (self.data / 'definitions' / 'peers.yaml').write_text(text)

    def account(self, login, kind, *options):
        out = subprocess.run([self.binary, 'account', 'create', '--login', login, '--kind', kind, *options, '--data', self.data],
                             capture_output=True, text=True, check=True).stdout
        self.passwords[login] = json.loads(out)['password']

    def start(self):
        self.process = subprocess.Popen([self.binary, 'serve', '--data', self.data, '--port', str(self.port), '--plain'],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        if not self.process.stdout.readline().startswith('ready'):
            raise SystemExit(f'{self.name} did not start: {(self.folder / (self.name + ".log")).read_text()[-800:]}')

    def kill(self):
        with self.gate:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.kills += 1
            self.start()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def raw(self, method, path, body=None, headers=None):
        until = time.time() + REACHABLE_S
        while True:
            got = self.lines.ask(method, path, body, headers or {})
            if got:
                return got
            if time.time() > until:
                raise OSError(f'{self.name} does not answer')
            time.sleep(0.05)

    def sign_in(self, login):
        _, headers, page = self.raw('GET', '/sign-in')
        cookies = '; '.join(re.findall(r'(?m)^([^=;]+=[^;]+)', headers.get('set-cookie', '')))
        csrf = re.search(rb'name="csrf" value="([^"]+)"', page)[1].decode()
        body = urllib.parse.urlencode({'name': login, 'password': self.passwords[login], 'csrf': csrf})
        _, headers, _ = self.raw('POST', '/sign-in', body, {'Content-Type': 'application/x-www-form-urlencoded', 'Cookie': cookies})
        self.tokens[login] = re.search(r'session=([^;]+)', headers['set-cookie'])[1]

    def call(self, login, path, fields=None, command=None, purpose=None):
        """A command has an id, so that one whose answer was lost can be sent again."""
        headers = {'Authorization': f'Bearer {self.tokens[login]}', 'Accept-Language': 'en'}
        if command:
            headers['Idempotency-Key'] = command
        if purpose:
            headers['Purpose'] = purpose
        body = None
        if fields is not None:
            body, headers['Content-Type'] = json.dumps(fields).encode(), 'application/json'
        while True:
            status, _, text = self.raw('POST' if body else 'GET', f'/api/v1/{path}', body, headers)
            reply = json.loads(text)
            if status == 200 or reply.get('code') not in ('VERSION_CONFLICT', 'STORE_BUSY', 'STOPPING', 'OVERLOADED'):
                return status, reply
            if reply['code'] == 'VERSION_CONFLICT':
                return status, reply
            time.sleep(0.02)

    def must(self, *args, **more):
        status, reply = self.call(*args, **more)
        if status != 200:
            raise AssertionError(f'{self.name} {args[1]}: {reply}')
        return reply


def letters(n):
    out = ''
    while True:
        n, rest = divmod(n, 26)
        out = chr(97 + rest) + out
        if n == 0:
            return out.capitalize()
        n -= 1


class Story:
    """What is done at the desks, and what has to come out."""

    def __init__(self, home, there, people, bundles, seed):
        self.home, self.there, self.random = home, there, random.Random(seed)
        by_unit = {}
        for row in people:
            by_unit.setdefault(row['unit'], []).append(row)
        self.unit, here = max(by_unit.items(), key=lambda kv: sum(r['relation'] == 'spouse' for r in kv[1]))
        by_id = {r['id']: r for r in people}
        alive = [r for r in here if r['state'] == 'active' and r['number']]
        self.couples = [(r, by_id[r['spouse']]) for r in alive if r['sex'] == '2' and r['relation'] == 'spouse' and r['spouse']
                        and by_id[r['spouse']]['state'] == 'active' and r['birth'] > '1950']
        self.mortals = [r for r in alive if r['relation'] == 'head' and not r['spouse']][:max(3, bundles // 10)]
        self.births, self.refusals, self.deaths, self.wrong = [], [], [], []

    def leg(self, bundle, key):
        event = self.home.must('police', f'life/{bundle}')
        return next(leg for leg in event['legs'] if leg['key'] == key)

    def do(self, node, login, bundle, key, version, verb='complete', reason=None):
        taken = node.must(login, 'life/take', {'bundle': bundle, 'leg': key, 'expected_version': version}, f't-{bundle}-{key}')
        more = {'reason': reason} if reason else {}
        return node.must(login, f'life/{verb}', {'bundle': bundle, 'leg': key, 'expected_version': taken['leg']['version'], **more}, f'c-{bundle}-{key}')

    def apply(self, n, procedure, applicant, answers):
        made = self.home.must('justice', 'dossiers', {'procedure': procedure, 'applicant': applicant}, f'o-{n}')['now']
        fields = {'dossier': made['dossier'], 'expected_version': made['version'], 'answers': [{'key': k, 'value': v} for k, v in answers.items()]}
        self.home.must('justice', 'dossiers/submit', fields, f's-{n}')
        return made['dossier']

    def birth(self, n, refuse):
        mother, father = self.couples[n % len(self.couples)]
        bundle = self.apply(n, 'birth-linked', mother['number'], {
            'child_name': f'Ma Thị {letters(n)}', 'child_sex': 'female', 'child_birth': '2026-06-25', 'mother_number': mother['number'],
            'father_number': father['number'], 'registered_at': f'{self.unit}'})
        if refuse:
            self.do(self.home, 'justice', bundle, 'register', 2, 'refuse', 'Giấy chứng sinh không hợp lệ')
            self.refusals.append(bundle)
            return
        self.do(self.home, 'justice', bundle, 'register', 2)
        self.do(self.home, 'police', bundle, 'residence', self.leg(bundle, 'residence')['version'])
        self.births.append((bundle, f'Ma Thị {letters(n)}'))

    def death(self, n, dead):
        mother, _ = self.couples[n % len(self.couples)]
        bundle = self.apply(n, 'death-linked', mother['number'], {
            'deceased_number': dead['number'], 'death_day': '2026-06-30', 'relation': 'other', 'allowance': 'insurance', 'registered_at': f'{self.unit}'})
        self.do(self.home, 'justice', bundle, 'register', 2)
        self.do(self.home, 'police', bundle, 'residence', self.leg(bundle, 'residence')['version'])
        self.deaths.append(bundle)

    def reverse(self, bundle):
        for _ in range(50):
            version = self.home.must('justice', f'life/{bundle}')['now']['version']
            status, reply = self.home.call('justice', 'life/reverse', {'bundle': bundle, 'expected_version': version, 'reason': 'Nhầm người'}, f'r-{bundle}-{version}')
            if status == 200:
                return
            if reply['code'] == 'LEG_STATE':  # the answer of an earlier try was lost
                return
        raise AssertionError(reply)


def social_insurance(story, share, stop, failures):
    """An officer there does whatever comes of his share."""
    there, done = story.there, set()
    try:
        while not stop.is_set():
            busy = False
            for state in ('acknowledged', 'processing'):
                for task in there.must('insurance', f'life/queue?state={state}')['tasks']:
                    if task['bundle'] % CLERKS_THERE != share or (task['bundle'], task['leg']) in done:
                        continue
                    busy = True
                    status, reply = there.call('insurance', 'life/take', {'bundle': task['bundle'], 'leg': task['leg'], 'expected_version': task['version']})
                    if status == 200:
                        status, reply = there.call('insurance', 'life/complete', {'bundle': task['bundle'], 'leg': task['leg'],
                                                                                  'expected_version': reply['leg']['version']})
                    if status == 200:
                        done.add((task['bundle'], task['leg']))
            if not busy:
                time.sleep(0.05)
    except Exception as e:  # noqa: BLE001 told by the main thread
        failures.append(f'social insurance: {e!r}')


def set_up(binary, folder, seed):
    synth = folder / 'synth'
    subprocess.run([binary, 'synth', '--people', '2000', '--seed', '7', '--unit', '08@new', '--out', synth], check=True, capture_output=True)
    home, there = Node(binary, folder, 'commune'), Node(binary, folder, 'insurance')
    subprocess.run([binary, 'load', '--data', home.data, synth], check=True, capture_output=True)
    shutil.copytree(home.data, there.data)
    to_there, to_home = Proxy(there.port, seed), Proxy(home.port, seed + 1)
    keys = {n.name: n.key() for n in (home, there)}
    home.peers(f'self: commune\npeers:\n  - {{node: insurance, url: "http://127.0.0.1:{to_there.port}", key: "{keys["insurance"]}", holds: [social_insurance]}}\n')
    there.peers(f'self: insurance\npeers:\n  - {{node: commune, url: "http://127.0.0.1:{to_home.port}", key: "{keys["commune"]}", holds: [justice, police, province_police, home_affairs]}}\n')
    with open(synth / 'people.csv', encoding='utf-8') as f:
        people = list(csv.DictReader(f))
    return home, there, [to_there, to_home], people


def officers(story, home, there):
    code = story.unit.split('@')[0]
    home.account('justice', 'officer', '--unit', story.unit, '--organisation', f'H60.{code}.TP')
    home.account('police', 'officer', '--unit', story.unit, '--organisation', f'G01.H60.{code}')
    there.account('insurance', 'officer', '--unit', story.unit, '--organisation', 'G12.BH.H60')
    for node in (home, there):
        node.account('operator', 'operator')
        node.account('coordinator', 'coordinator', '--unit', '08@new')
        node.start()
    for node, login in ((home, 'justice'), (home, 'police'), (there, 'insurance'), (home, 'operator'), (there, 'operator'), (there, 'coordinator'), (home, 'coordinator')):
        node.sign_in(login)


def killer(nodes, kills, done, seed, stop):
    r = random.Random(seed)
    for k in range(kills):
        due = (k + 1) / (kills + 1)
        while done() < due and not stop.is_set():
            time.sleep(0.05)
        if stop.is_set():
            return
        time.sleep(r.uniform(0, 0.3))
        nodes[k % len(nodes)].kill()


def work(story, bundles, workers, progress, failures):
    jobs = []
    mortals = list(story.mortals)
    for n in range(bundles):
        if mortals and n % 8 == 7:
            jobs.append((story.death, n, mortals.pop()))
        else:
            jobs.append((story.birth, n, n % 11 == 10))
    lock, position = threading.Lock(), [0]

    def worker():
        while not failures:
            with lock:
                if position[0] == len(jobs):
                    return
                job = jobs[position[0]]
                position[0] += 1
            try:
                job[0](*job[1:])
            except Exception as e:  # noqa: BLE001 told by the main thread
                failures.append(f'{job[0].__name__} {job[1]}: {e!r}')
                return
            progress[0] += 1

    threads = [threading.Thread(target=worker) for _ in range(workers)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def states_of(node):
    """Read from the file, beside the server: (bundle -> state), (bundle, leg) -> state."""
    with sqlite3.connect(f'file:{next(node.data.glob("*.db"))}?mode=ro', uri=True, timeout=30) as db:
        bundles = dict(db.execute('SELECT id, state FROM life_bundle'))
        legs = {(b, k): s for b, k, s in db.execute('SELECT bundle, leg, state FROM life_leg')}
        waiting = db.execute('SELECT COUNT(*) FROM post_out').fetchone()[0]
    return bundles, legs, waiting


def settled(story, wanted, until):
    while time.time() < until:
        bundles, _, waiting = states_of(story.home)
        _, _, back = states_of(story.there)
        if waiting == back == 0 and all(bundles[b] in wanted for b in bundles):
            return True
        time.sleep(0.2)
    return False


def rows(node, register, only):
    out, after = [], 0
    while True:
        fields = {'code': register, 'only': only, 'limit': 200, **({'after': after} if after else {})}
        page = node.must('coordinator', 'registers/rows', fields, purpose=f'register/{register}')
        out += page['rows']
        after = page['next']
        if not after:
            return out


def effects(story):
    """What stands in the registers of both nodes, against what the desks did."""
    wrong = []
    with sqlite3.connect(f'file:{next(story.home.data.glob("*.db"))}?mode=ro', uri=True) as db:
        names = [n for (n,) in db.execute("SELECT name FROM person WHERE name LIKE 'Ma Thị %'")]
        restored = db.execute('SELECT COUNT(*) FROM person_event WHERE kind = 16').fetchone()[0]
    for _, name in story.births:
        if names.count(name) != 1:
            wrong.append(f'{name} is in the register {names.count(name)} times')
    cards = [r for r in rows(story.there, 'health-insurance', 'all') if r['source'] == 'G12.BH.H60']
    if len(cards) != len(story.births):
        wrong.append(f'{len(cards)} cards for {len(story.births)} births')
    live, ended = len(rows(story.there, 'funeral-allowances', 'all')), len(rows(story.there, 'funeral-allowances', 'ended'))
    recoveries = len(rows(story.there, 'recoveries', 'all'))
    if (live, ended, recoveries) != (len(story.deaths) - len(story.wrong), len(story.wrong), 0): # nothing was paid yet
        wrong.append(f'{live} allowances, {ended} ended, {recoveries} recoveries for {len(story.deaths)} deaths, {len(story.wrong)} of them wrong')
    if restored < len(story.wrong):
        wrong.append(f'{restored} lives given back for {len(story.wrong)} wrong deaths')
    return wrong


DONE, PARTLY, REFUSED, REVERSED = 1, 2, 3, 5


def run(a, folder):
    started, failures, progress, stop = time.time(), [], [0], threading.Event()
    home, there, proxies, people = set_up(a.binary, folder, a.seed)
    story = Story(home, there, people, a.bundles, a.seed)
    officers(story, home, there)
    threads = [threading.Thread(target=social_insurance, args=(story, share, stop, failures)) for share in range(CLERKS_THERE)]
    threads.append(threading.Thread(target=killer, args=([home, there], a.kills, lambda: progress[0] / a.bundles, a.seed, stop)))
    for t in threads:
        t.start()
    work(story, a.bundles, a.workers, progress, failures)
    ended = not failures and settled(story, {DONE, REFUSED}, started + a.seconds)
    story.wrong = story.deaths[::2]
    for bundle in story.wrong if ended else []:
        story.reverse(bundle)
    reversed_all = ended and settled(story, {DONE, REFUSED, REVERSED}, started + a.seconds)
    bundles, legs, waiting = states_of(home)
    for p in proxies:
        p.calm = True
    missed = [b for b, _ in story.births if bundles[b] != DONE] + [b for b in story.refusals if bundles[b] != REFUSED]
    missed += [b for b in story.deaths if bundles[b] != (REVERSED if b in story.wrong else DONE)]
    wrong = effects(story) if reversed_all else ['not looked at']
    stop.set()
    for t in threads:
        t.join()
    stopped = [home.stop(), there.stop()]
    results = [('the desks worked through kills and a bad line', failures[:3]),
               (f'{a.bundles} events ended', [] if reversed_all else [f'{waiting} messages wait, states {sorted(set(bundles.values()))}']),
               ('each ended as it should', missed[:3]), ('every effect is there once', wrong),
               ('both nodes stop in order', [] if stopped == [0, 0] else [str(stopped)])]
    print(f'1..{len(results)}')
    for n, (title, bad) in enumerate(results, 1):
        print(f'{"not ok" if bad else "ok"} {n} - {title}')
        for line in bad:
            print(f'# {line}')
    carried = {k: sum(p.counts[k] for p in proxies) for k in proxies[0].counts}
    print(f'# {time.time() - started:.1f} s; births {len(story.births)}, refusals {len(story.refusals)}, deaths {len(story.deaths)}, of these wrong '
          f'{len(story.wrong)}; messages {carried}; kills {home.kills + there.kills}')
    return 1 if any(bad for _, bad in results) else 0


def main():
    p = argparse.ArgumentParser()
    p.add_argument('binary', type=lambda s: str(pathlib.Path(s).resolve()))
    p.add_argument('--bundles', type=int, default=200)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--kills', type=int, default=4)
    p.add_argument('--workers', type=int, default=4)
    p.add_argument('--seconds', type=int, default=600)
    a = p.parse_args()
    with tempfile.TemporaryDirectory(prefix='dancu-nodes-') as folder:
        return run(a, pathlib.Path(folder))


if __name__ == '__main__':
    raise SystemExit(main())
