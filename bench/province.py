"""The program with 1.8 million people, beside the bare HTTP library in the same run: verify calls, pages, ledger entries, making
and loading the people. Prints one table; fails on any error, on a verify call that is not in the ledger, and on a stall. A
goal that is missed is marked and no failure: the machine may be shared, and CPU a request tells more there than a rate.

    tests/pg-run --durable python3 bench/province.py DANCU LOAD FLOOR LEDGER_BENCH FOLDER

People and their SQLite store are kept in FOLDER and made again, and timed again, when what makes them changes. Each run
works on a copy. BENCH_PEOPLE, BENCH_SECONDS, BENCH_ROUNDS may be set; without DANCU_TEST_PG PostgreSQL is left out."""

import http.client
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

import edge
import population

SECONDS, ROUNDS = int(os.environ.get('BENCH_SECONDS', '4')), int(os.environ.get('BENCH_ROUNDS', '3'))
VERIFY, GROUND = '/api/v1/persons/verify', 'Purpose: agreement/AG-2025-001'
COUNTS = (64, 256)
COLUMNS = 'what                                    connections     req/s  of bare  CPU us  p50 ms  p99 ms  max ms  errors  goal'


REST_WITHIN_S, REST_CPU_S = 180, 0.05


class Served:
    """`dancu serve` on a store, from its ready line to a polite end."""

    def __init__(self, dancu, where):
        self.process = subprocess.Popen([dancu, 'serve', *where, '--plain', '--port', '0'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        found = re.match(r'ready http://[^:]+:(\d+)', self.process.stdout.readline())
        if not found:
            raise SystemExit('province: the server did not start')
        self.port = int(found[1])

    def __enter__(self):
        """Comes when the server is at rest: at its first start of a day it judges all records anew."""
        spent, until = -1.0, time.time() + REST_WITHIN_S
        while time.time() < until and self.cpu_s() - spent > REST_CPU_S:
            spent = self.cpu_s()
            time.sleep(1)
        return self

    def cpu_s(self):
        fields = pathlib.Path(f'/proc/{self.process.pid}/stat').read_text().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def __exit__(self, *what):
        self.process.terminate()
        if self.process.wait(60) != 0:
            raise SystemExit(f'province: the server ended with {self.process.returncode}')

    def verify_replies(self):
        """How many verify calls it answered, the warm-up too, and those whose caller had gone."""
        c = http.client.HTTPConnection('127.0.0.1', self.port)
        before, now = -1, 0
        while before != now:
            time.sleep(0.1)
            c.request('GET', '/metrics')
            found = re.search(r'dancu_operations_total\{operation="person.verify",outcome="ok"\} (\d+)', c.getresponse().read().decode())
            before, now = now, int(found[1]) if found else 0
        return now

    def session(self, login, password):
        """The cookie of who signs in by the page."""
        c = http.client.HTTPConnection('127.0.0.1', self.port)
        c.request('GET', '/sign-in')
        page = c.getresponse()
        before = '; '.join(v.split(';')[0] for k, v in page.getheaders() if k.lower() == 'set-cookie')
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.read().decode())
        form = urllib.parse.urlencode({'name': login, 'password': password, 'csrf': csrf[1] if csrf else ''})
        c.request('POST', '/sign-in', form, {'Content-Type': 'application/x-www-form-urlencoded', 'Cookie': before})
        reply = c.getresponse()
        reply.read()
        for name, value in reply.getheaders():
            if name.lower() == 'set-cookie' and 'session=' in value:
                return value.split(';')[0]
        raise SystemExit(f'province: sign-in was answered with {reply.status}')


class Bench:
    def __init__(self, dancu, load, floor, people, work):
        self.dancu, self.load, self.floor, self.people, self.work = dancu, load, floor, people, pathlib.Path(work)
        self.bodies = self.work / 'bodies'
        self.citizen = people.sample(self.bodies)
        self.wrong = []

    def verb(self, where, *words):
        return json.loads(subprocess.run([self.dancu, *words, *where], check=True, capture_output=True, text=True).stdout)

    def entries(self, where, url):
        """Entries in the ledger, counted without the program."""
        sql = 'SELECT coalesce(sum(entries), 0) FROM ledger_batch'
        if url:
            return int(subprocess.run(['psql', '-X', '-At', '-d', url, '-c', sql], check=True, capture_output=True, text=True).stdout)
        base = sqlite3.connect(pathlib.Path(where[1]) / 'dancu.db')
        try:
            return base.execute(sql).fetchone()[0]
        finally:
            base.close()

    def accounts(self, where):
        self.verb(where, 'account', 'create', '--login', 'hospital', '--kind', 'system', '--organisation', 'benhvien-tinh')
        made = self.verb(where, 'account', 'create', '--login', 'citizen', '--kind', 'citizen', '--person', self.citizen['number'])
        self.password = made['password']
        self.bearer = 'Authorization: Bearer ' + self.verb(where, 'account', 'token', '--login', 'hospital')['token']

    def bare(self, count):
        return edge.measure_fresh(self.load, [self.floor, '0'], count, SECONDS)

    def verify(self, server, count):
        return edge.measure(self.load, server.process.pid, server.port, count, SECONDS, VERIFY, str(self.bodies), (self.bearer, GROUND))

    def page(self, server, path, *heads):
        return edge.measure(self.load, server.process.pid, server.port, 64, SECONDS, path, '-', heads)

    def warm(self, where):
        """Reads the file once: the machine may have put pages aside that were not asked for lately."""
        with open(pathlib.Path(where[1]) / 'dancu.db', 'rb') as f:
            while f.read(1 << 20):
                pass

    def rounds(self, name, where, url=None):
        """Bare library and verify calls in turn; then the ledger has to hold one entry for each reply."""
        got = {('bare library, a constant', n): [] for n in COUNTS} | {(name, n): [] for n in COUNTS}
        before, replies = self.entries(where, url), 0
        for _ in range(ROUNDS):
            for n in COUNTS:
                got['bare library, a constant', n].append(self.bare(n))
                if not url:
                    self.warm(where)
                with Served(self.dancu, where) as server:
                    got[name, n].append(self.verify(server, n))
                    replies += server.verify_replies()
        noted = self.entries(where, url) - before
        if noted != replies:
            self.wrong.append(f'{name}: {replies} replies, {noted} entries in the ledger')
        return got, f'{name}: {replies} replies, {noted} entries in the ledger'

    def pages(self, where):
        got = {}
        self.warm(where)
        with Served(self.dancu, where) as server:
            cookie = 'Cookie: ' + server.session('citizen', self.password)
            # All with the cookie: strangers of one address are slowed down.
            for name, path in (('page: home', '/'), ('page: services', '/services'), ('page: my record, in the ledger', '/me')):
                got[name, 64] = [self.page(server, path, cookie) for _ in range(ROUNDS)]
        return got


def goal(name, count, share, p99_us):
    if not name.startswith('verify') or 'PostgreSQL' in name:
        return ''
    kept = share >= 0.5 and p99_us < 10000 if count == 64 else share > 0
    return ('>= 0.5, p99 < 10 ms' if count == 64 else 'no stall') + (': yes' if kept else ': MISSED')


def print_table(bench, tables):
    bare = {n: edge.median(runs, 'per_second') for t in tables for (name, n), runs in t.items() if name.startswith('bare')}
    print(COLUMNS)
    for (name, n), runs in ((key, runs) for t in tables for key, runs in t.items()):
        rate, p99, errors = edge.median(runs, 'per_second'), edge.median(runs, 'p99_us'), sum(run['errors'] for run in runs)
        share = rate / bare[n]
        print(f'{name:38} {n:12} {rate:9.0f}  {share:7.2f}  {edge.median(runs, "cpu_us"):6.1f}  {edge.median(runs, "p50_us") / 1000:6.1f}'
              f'  {p99 / 1000:6.1f}  {max(run["max_us"] for run in runs) / 1000:6.0f}  {errors:6}  {goal(name, n, share, p99)}')
        if errors or any(not run['requests'] for run in runs):
            bench.wrong.append(f'{name} at {n} connections: {errors} errors')
        if n == 256 and rate < 0.3 * edge.median(next(t[name, 64] for t in tables if (name, 64) in t), 'per_second'):
            bench.wrong.append(f'{name} stalls at 256 connections')


def print_making(people, pg):
    m, n = people.made, people.count
    when = 'when they were made' if people.kept else 'now'
    print(f'\n{n} people ({when})                      seconds   limit  bytes a person')
    for name, key, limit in (('synth', 'synth', 15), ('load into SQLite', 'load', 45)):
        print(f'{name:44} {m[key + "_s"]:8.1f}  {limit:6}  {m[key + "_bytes"]:14.0f}')
    if pg:
        print(f'{"load into PostgreSQL":44} {pg["seconds"]:8.1f}  {45:6}  {pg["bytes"]:14.0f}')


def ledger_lines(ledger_bench, work):
    out = subprocess.run([ledger_bench, f'sqlite:{work}/ledger.db', '2'], check=True, capture_output=True, text=True).stdout
    print('\nledger, entries durable (goal: >= 50000 a second, grouped)')
    print(out, end='')


def postgresql(bench, url, work):
    """A database of its own on the tests' server; figures of the load, and the rounds."""
    subprocess.run(['psql', '-X', '-q', '-d', url, '-c', 'DROP DATABASE IF EXISTS dancu_bench', '-c', 'CREATE DATABASE dancu_bench'], check=True)
    own = re.sub(r'^(\w+://[^/]*/)[^?]*', r'\1dancu_bench', url)
    where = ['--data', str(work / 'pg'), '--store', own]
    seconds = bench.people.load_into(own, work / 'pg')
    size = int(subprocess.run(['psql', '-X', '-At', '-d', own, '-c', 'SELECT pg_database_size(current_database())'],
                              check=True, capture_output=True, text=True).stdout)
    bench.accounts(where)
    table, line = bench.rounds('verify, PostgreSQL', where, own)
    return {'seconds': seconds, 'bytes': size / bench.people.count}, {key: runs for key, runs in table.items() if not key[0].startswith('bare')}, line


def main(dancu, load, floor, ledger_bench, folder):
    people = population.Population(dancu, population.people_wanted(), folder)
    url, pg = os.environ.get('DANCU_TEST_PG'), None
    with tempfile.TemporaryDirectory(prefix='run-', dir=folder) as work:
        work = pathlib.Path(work)
        people.copy(work / 'data')
        bench, where = Bench(dancu, load, floor, people, work), ['--data', str(work / 'data')]
        bench.accounts(where)
        table, line = bench.rounds('verify', where)
        tables, lines = [table, bench.pages(where)], [line]
        if url:
            pg, table, line = postgresql(bench, url, work)
            tables.append(table)
            lines.append(line)
        print_table(bench, tables)
        print('\n'.join(lines))
        print_making(people, pg)
        ledger_lines(ledger_bench, work)
    for line in bench.wrong:
        print(f'FAILED: {line}')
    return 1 if bench.wrong else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
