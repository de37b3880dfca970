"""Dossiers in volume, through the real server: durable commands a second (drafts, submissions, receipts, takings and decisions, of citizens
and officers in turn), a page of the queue of one office among millions of dossiers, the server's time for one birth over three
agencies, and bytes a dossier. Prints one table; fails on any error. A goal that is missed is marked and no failure: the machine may
be shared, and CPU a command tells more there than a rate.

    tests/pg-run --durable python3 bench/dossier.py DANCU LOAD FOLDER

BENCH_DOSSIERS (10,000,000 in the queue's store), BENCH_SECONDS (6), BENCH_BIRTHS (100) may be set; without DANCU_TEST_PG PostgreSQL is
left out. The many dossiers are written by SQL, copies of no one: they have applicants of the register and states, and no events."""

import atexit
import csv
import http.client
import json
import os
import pathlib
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

import edge

SECONDS, BIRTHS = int(os.environ.get('BENCH_SECONDS', '6')), int(os.environ.get('BENCH_BIRTHS', '100'))
MANY = int(os.environ.get('BENCH_DOSSIERS', '10000000'))
PEOPLE, CITIZENS, OFFICERS, PAGES, NATION = 20000, 8, 4, 300, 177e6
COUNTS = (64, 256)
PROCESSING, DECIDED, RETURNED = 4, 9, 10  # states as the store has them
MANY_SQL = '''
INSERT INTO dossier SELECT 0, 4503599627370496 + n, 4, CASE WHEN n % 4 = 0 THEN {processing} ELSE {returned} END, 1, 'marital-status', 20261101,
  'B-' || n, CAST(p.id AS BIGINT), 0, 2, CASE WHEN n % 100 < 50 THEN '{office}' ELSE 'B' || n % 3000 END, {unit}, 0, 0, 1790000000000000 + n,
  1790000000000000 + n, 1790000000000000 + n % 1000000 * 1000000, 0, 0, 0, 0, 0, p.empty
FROM ({series}) AS s JOIN bench_person AS p ON p.place = s.n % {people}'''


class Node:
    """A store of its own, and the server on it."""

    def __init__(self, dancu, work, url):
        self.dancu, self.url, self.data, self.process, self.tokens = dancu, url, work / ('pg' if url else 'data'), None, {}
        self.where = ['--data', str(self.data), *(['--store', url] if url else [])]
        self.people = work / 'people'
        if not self.people.exists():
            self.verb('synth', '--people', str(PEOPLE), '--seed', '7', '--unit', '08@new', '--out', str(self.people), where=())
        self.verb('load', str(self.people))

    def verb(self, *words, where=None):
        return subprocess.run([self.dancu, *words, *(self.where if where is None else where)], check=True, capture_output=True, text=True).stdout

    def sql(self, text):
        if self.url:
            out = subprocess.run(['psql', '-X', '-q', '-At', '-d', self.url, '-c', text], check=True, capture_output=True, text=True).stdout
            return [line.split('|') for line in out.splitlines()]
        base = sqlite3.connect(self.data / 'dancu.db')
        try:
            with base:
                base.execute('PRAGMA cache_size = -1000000')
                return base.execute(text).fetchall()
        finally:
            base.close()

    def bytes(self):
        if self.url:
            return int(self.sql('SELECT pg_database_size(current_database())')[0][0])
        return sum(f.stat().st_size for f in self.data.rglob('*') if f.is_file())

    def start(self):
        self.process = subprocess.Popen([self.dancu, 'serve', *self.where, '--plain', '--port', '0'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        atexit.register(self.process.kill)  # if this ends in the middle; nothing happens to one that has been waited for
        self.port = int(re.match(r'ready http://[^:]+:(\d+)', self.process.stdout.readline())[1])
        self.connection = http.client.HTTPConnection('127.0.0.1', self.port)
        spent = -1.0
        while self.cpu_s() - spent > 0.05:  # at its first start of a day it judges all records anew
            spent = self.cpu_s()
            time.sleep(1)

    def stop(self):
        self.process.terminate()
        if self.process.wait(120) != 0:
            raise SystemExit(f'dossier: the server ended with {self.process.returncode}')

    def cpu_s(self):
        return edge.cpu_seconds(self.process.pid)

    def ask(self, method, path, body=None, **heads):
        self.connection.request(method, path, body, heads)
        r = self.connection.getresponse()
        return r, r.read()

    def account(self, login, *options):
        made = json.loads(self.verb('account', 'create', '--login', login, *options))
        self.tokens[login] = made['password']

    def sign_in(self, login):
        page, text = self.ask('GET', '/sign-in')
        cookies = '; '.join(re.findall(r'(?m)^([^=;]+=[^;]+)', page.getheader('set-cookie') or ''))
        csrf = re.search(rb'name="csrf" value="([^"]+)"', text)[1].decode()
        form = urllib.parse.urlencode({'name': login, 'password': self.tokens[login], 'csrf': csrf})
        reply, _ = self.ask('POST', '/sign-in', form, **{'Content-Type': 'application/x-www-form-urlencoded', 'Cookie': cookies})
        self.tokens[login] = re.search(r'session=([^;]+)', reply.getheader('set-cookie'))[1]

    def must(self, login, path, fields=None):
        heads = {'Authorization': f'Bearer {self.tokens[login]}'}
        if fields is not None:
            heads['Content-Type'] = 'application/json'
        reply, text = self.ask('GET' if fields is None else 'POST', f'/api/v1/{path}', None if fields is None else json.dumps(fields), **heads)
        if reply.status != 200:
            raise SystemExit(f'dossier: {path}: {text.decode()[:300]}')
        return json.loads(text)


class Bench:
    def __init__(self, dancu, load, work, url=None):
        self.node, self.load, self.work = Node(dancu, work, url), load, work
        rows = list(csv.DictReader(open(self.node.people / 'people.csv', encoding='utf-8')))
        self.by_id, by_unit = {r['id']: r for r in rows}, {}
        for r in rows:
            if r['number'] and r['state'] == 'active':
                by_unit.setdefault(r['unit'], []).append(r)
        self.unit, self.here = max(by_unit.items(), key=lambda kv: len(kv[1]))
        self.code = self.unit.split('@')[0]
        self.office = f'H60.{self.code}.TP'

    def officers(self):
        """Made once, before the first start; signed in after it."""
        for n in range(OFFICERS):
            self.node.account(f'justice{n}', '--kind', 'officer', '--unit', self.unit, '--organisation', self.office)
        self.node.account('police', '--kind', 'officer', '--unit', self.unit, '--organisation', f'G01.H60.{self.code}')
        self.node.account('insurance', '--kind', 'officer', '--unit', self.unit, '--organisation', 'G12.BH.H60')
        adults = [r for r in self.here if r['birth'] < '2000']
        for n in range(CITIZENS):
            self.node.account(f'citizen{n}', '--kind', 'citizen', '--person', adults[n]['number'])
        self.node.start()
        for login in list(self.node.tokens):
            self.node.sign_in(login)

    def commands(self, count):
        """One run of the load; figures and the server's CPU a command."""
        actors = self.work / 'actors'
        actors.write_text(''.join(f'{"citizen" if login.startswith("citizen") else "officer"} {token}\n' for login, token in self.node.tokens.items()
                                  if login.startswith(('citizen', 'justice'))))
        before = self.node.cpu_s()
        out = subprocess.run([self.load, str(self.node.port), str(count), str(SECONDS), str(actors)], check=True, capture_output=True, text=True)
        figures = json.loads(out.stdout)
        if figures['errors']:
            raise SystemExit(f'dossier: {figures["errors"]} errors; {out.stderr}')
        figures['cpu_us'] = (self.node.cpu_s() - before) * 1e6 / max(figures['requests'] / 0.9, 1)
        return figures

    def leg(self, login, bundle, key):
        event = self.node.must(login, f'life/{bundle}')
        version = next(leg for leg in event['legs'] if leg['key'] == key)['version']
        taken = self.node.must(login, 'life/take', {'bundle': bundle, 'leg': key, 'expected_version': version})
        self.node.must(login, 'life/complete', {'bundle': bundle, 'leg': key, 'expected_version': taken['leg']['version']})

    def births(self):
        """From the counter to the health card: wall and CPU ms of the server each."""
        couples = [r for r in self.here if r['sex'] == '2' and r['relation'] == 'spouse' and r['spouse'] and self.by_id[r['spouse']]['state'] == 'active'
                   and r['birth'] > '1960']
        before, began = self.node.cpu_s(), time.monotonic()
        for n in range(BIRTHS):
            mother = couples[n % len(couples)]
            answers = {'child_name': 'Ma Thị ' + ''.join(chr(97 + (n // 26 ** k) % 26) for k in range(3)).capitalize(), 'child_sex': 'female', 'child_birth': '2026-06-25',
                       'mother_number': mother['number'], 'father_number': self.by_id[mother['spouse']]['number'], 'registered_at': self.unit}
            made = self.node.must('justice0', 'dossiers', {'procedure': 'birth-linked', 'applicant': mother['number']})['now']
            self.node.must('justice0', 'dossiers/submit', {'dossier': made['dossier'], 'expected_version': made['version'],
                                                           'answers': [{'key': k, 'value': v} for k, v in answers.items()]})
            for login, key in (('justice0', 'register'), ('police', 'residence'), ('insurance', 'health_card')):
                self.leg(login, made['dossier'], key)
        return (time.monotonic() - began) * 1000 / BIRTHS, (self.node.cpu_s() - before) * 1000 / BIRTHS

    def fill(self):
        """MANY dossiers, half of them of the one office, a quarter of them under way; seconds."""
        began, pg = time.monotonic(), bool(self.node.url)
        series = (f'SELECT n FROM generate_series(0::bigint, {MANY - 1}) AS n' if pg else
                  f'WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n + 1 < {MANY}) SELECT n FROM c')
        indexes = self.node.sql("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'dossier' AND indexname NOT LIKE '%_pkey'" if pg else
                                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'dossier' AND sql IS NOT NULL")
        for name, _ in indexes:  # written anew in the end, in their order
            self.node.sql(f'DROP INDEX {name}')
        if not pg:  # so much at once would be written twice
            self.node.sql('PRAGMA journal_mode = MEMORY')
        people = int(self.node.sql('SELECT COUNT(*) FROM person')[0][0])
        rank = 'ROW_NUMBER() OVER (ORDER BY id) - 1'
        self.node.sql(f'CREATE TABLE bench_person AS SELECT {rank} AS place, id, (SELECT answers FROM dossier LIMIT 1) AS empty FROM person')
        self.node.sql('CREATE UNIQUE INDEX bench_person_place ON bench_person (place)')
        self.node.sql(MANY_SQL.format(processing=PROCESSING, returned=RETURNED, office=self.office, unit=0, series=series, people=people))
        for _, how in indexes:
            self.node.sql(how)
        self.node.sql('DELETE FROM dossier_figure')
        self.node.sql('INSERT INTO dossier_figure SELECT shard, organisation, state, COUNT(*) FROM dossier WHERE organisation <> \'\' GROUP BY shard, organisation, state')
        self.node.sql('DROP TABLE bench_person')
        self.node.sql('ANALYZE dossier' if pg else 'PRAGMA journal_mode = WAL')
        return time.monotonic() - began

    def queue(self, path, cookie):
        """p50 and p95 in ms of pages anywhere in the queue, one after the other."""
        rng, took = random.Random(5), []
        heads = {'Cookie': f'session={self.node.tokens["justice0"]}'} if cookie else {'Authorization': f'Bearer {self.node.tokens["justice0"]}'}
        for n in range(PAGES):
            due = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(1790000000 + rng.randrange(int(min(MANY, 1000000) * 0.9))))
            began = time.monotonic()
            reply, text = self.node.ask('GET', path + (f'&after_due={due}&after_dossier=0' if n else ''), **heads)
            took.append((time.monotonic() - began) * 1000)
            if reply.status != 200 or len(re.findall(rb'>B-\d|TP-2\d|"B-\d', text)) < 50:
                raise SystemExit(f'dossier: {path}: {reply.status}, not 50 dossiers')
        took.sort()
        return statistics.median(took), took[int(len(took) * 0.95)]


def measure(dancu, load, work, url):
    b = Bench(dancu, load, work, url)
    name = 'PostgreSQL' if url else 'SQLite'
    b.officers()
    b.node.stop()
    empty = b.node.bytes()
    b.node.start()
    rate = 0
    for count in COUNTS:
        f = b.commands(count)
        rate = max(rate, f['per_second'])
        print(f'{name:11} commands, {count:3} connections   {f["per_second"]:8.0f} /s   {f["cpu_us"]:6.1f} us CPU   p50 {f["p50_us"] / 1000:.1f} ms, p99 {f["p99_us"] / 1000:.1f} ms', flush=True)
    goal = '' if url else f'   goal 5000 a second: {"yes" if rate >= 5000 else "MISSED"}'
    b.node.stop()
    dossiers = int(b.node.sql('SELECT COUNT(*) FROM dossier')[0][0])
    each = (b.node.bytes() - empty) / dossiers
    print(f'{name:11} {dossiers} dossiers: {each:.0f} bytes each with events, claims and ledger; 177 million: {each * NATION / 1e9:.0f} GB{goal}', flush=True)
    b.node.start()
    wall, cpu = b.births()
    print(f'{name:11} a birth, 11 calls of three agencies: {wall:.1f} ms, {cpu:.1f} ms of server CPU', flush=True)
    b.node.stop()
    took = b.fill()
    b.node.start()
    for what, path, cookie in (('queue, API', '/api/v1/desk/queue?state=processing', False), ('queue, page', '/desk?state=processing', True)):
        p50, p95 = b.queue(path, cookie)
        print(f'{name:11} {what} of 50 among {MANY} dossiers (made in {took:.0f} s): p50 {p50:.1f} ms, p95 {p95:.1f} ms   goal 50: {"yes" if p95 < 50 else "MISSED"}', flush=True)
    b.node.stop()


def main(dancu, load, folder):
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    url = os.environ.get('DANCU_TEST_PG')
    with tempfile.TemporaryDirectory(prefix='dossier-', dir=folder) as work:
        measure(dancu, load, pathlib.Path(work), None)
        if url:
            subprocess.run(['psql', '-X', '-q', '-d', url, '-c', 'DROP DATABASE IF EXISTS dancu_dossier', '-c', 'CREATE DATABASE dancu_dossier'], check=True)
            measure(dancu, load, pathlib.Path(work), re.sub(r'^(\w+://[^/]*/)[^?]*', r'\1dancu_dossier', url))
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
