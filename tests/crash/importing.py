"""An import into a register that is killed again and again, beside the same import left alone."""
import collections
import json
import os
import signal
import subprocess
import threading
import time

import evidence
import world

PEOPLE, ROWS, LIST_SEED = '20000', 12000, 11
PAUSE_S = 1  # how long a new process waits before it takes up what was left
STATES = ('waiting', 'running', 'done', 'failed')
DONE, FAILED = 'done', 'failed'
SOURCE, REGISTER = 'hoi-nong-dan', 'farmers'
DEADLINE_S = 120
RESULT = {  # what an import leaves behind, without ids and times
    'rows': 'SELECT place, line, outcome, reason, repairs, warnings, differs, person, candidates, duplicate_of, number, name, birth, sex '
            'FROM list_row ORDER BY place',
    'figures': 'SELECT figure, item, row_count FROM delivery_figure ORDER BY figure, item',
    'deliveries': 'SELECT state, rows_done, rows_total, matched, error FROM delivery',
    'sector rows': 'SELECT code, person, why_not, unit, row_key, state, version, broken, effective, source, doc FROM sector_row ORDER BY code, row_key',
    'sector events': 'SELECT code, seq, kind, effective, source, person, why_not, unit, doc FROM sector_event ORDER BY code, person, doc, seq',
    'sector figures': 'SELECT code, unit, link, broken, row_count FROM sector_tally WHERE row_count <> 0 AND code <> \'population\' ORDER BY code, unit, link, broken',
    'sector deliveries': 'SELECT code, source, done, rows_new, rows_changed, rows_same, rows_gone, rows_keyless, rows_outside FROM sector_delivery',
    'people': 'SELECT id, version, number, name, birth, sex, unit, state FROM person ORDER BY id',
}


class Imports:
    def __init__(self, bench, rng):
        self.bench, self.rng, self.rows, self.wrong = bench, rng, ROWS, []
        base, _ = bench.populations.get(PEOPLE, '7')
        self.list = bench.folder / 'list.csv'
        world.run([bench.binary, 'synth', 'list', '--from', str(base / 'synth'), '--rows', str(ROWS), '--seed', str(LIST_SEED),
                   '--encoding', 'tcvn3', '--register', REGISTER, '--out', str(self.list)])
        self.expected, self.seconds = self.undisturbed()

    def world(self):
        w = self.bench.world(PEOPLE)
        w.user('mai', 'coordinator', '--unit', '08@new')
        return w

    def undisturbed(self):
        w = self.world()
        try:
            w.token('mai')
            began = time.monotonic()
            self.hand_in(w)
            w.wait_list('mai')
            seconds = time.monotonic() - began
            report = self.report(w)
            w.stop()
            return {**self.left_behind(w), 'report': report}, seconds
        finally:
            w.close()

    def hand_in(self, w):
        w.call('mai', 'list.import', {'file': self.list.read_bytes(), 'name': 'danh-sach.csv', 'source': SOURCE, 'into': REGISTER}, f'delivery/{SOURCE}')
        if w.last.status != 200:
            raise world.Wrong(f'list.import: {w.last.text[:200]}')

    def report(self, w):
        """The report of the only delivery, without its id, name and times."""
        delivery = evidence.Store(w).one('SELECT id FROM delivery')
        got = w.call('mai', 'list.report', {'delivery': delivery}).json
        item = {k: v for k, v in got.pop('item').items() if k not in ('delivery', 'name', 'created', 'finished')}
        return json.dumps({**got, 'item': item}, sort_keys=True)

    def left_behind(self, w):
        store = evidence.Store(w)
        noted = collections.Counter((e.person, e.fields) for e in store.entries() if e.operation == 'list.match')
        return {**{name: store.digest(sql) for name, sql in RESULT.items()}, 'entries': sorted(noted.items())}

    def life(self, by, kills):
        """One delivery with up to this many kills, then left in peace. How many fell in time, and what is wrong."""
        w = self.world()
        w.token('mai')
        try:
            one = self.kill_server if by == 'server' else self.kill_verb
            fallen = sum(one(w) for _ in range(kills))
            self.finish(w, by)
            report = self.report(w)
            w.stop()
            got = {**self.left_behind(w), 'report': report}
            wrong = [f'{name} differ from the undisturbed run' for name in got if got[name] != self.expected[name]]
            return fallen, wrong + self.verify(w)
        except world.Wrong as e:
            return 0, [str(e)]
        finally:
            w.close()

    def verify(self, w):
        try:
            w.verb('ledger', 'verify')
            return []
        except world.Wrong as e:
            return [str(e)]

    def kill_server(self, w):
        """Kills the server while it takes the list in or works it off; False when it had ended before."""
        w.start()
        fresh = self.state_served(w) is None
        after = self.rng.uniform(0.01, self.seconds + (0 if fresh else PAUSE_S))
        timer = threading.Timer(after, w.server.kill)
        timer.start()
        if fresh:
            try:
                self.hand_in(w)
            except (world.Wrong, AssertionError):
                pass  # it died before it could answer, or in the middle of its answer
        timer.join()
        w.kill()
        return self.state_left(w) not in (DONE, FAILED)

    def state_served(self, w):
        """As the server tells it; None before it took the list in."""
        lists = w.call('mai', 'list.recent', {}).json['lists']
        return lists[0]['state'] if lists else None

    def state_left(self, w):
        """As a dead process left it."""
        got = evidence.Store(w).rows('SELECT state FROM delivery')
        return STATES[int(got[0][0])] if got else None

    def command(self, w):
        return [w.binary, 'import', str(self.list), '--source', SOURCE, '--register', REGISTER, '--as', 'mai', *w.where()]

    def kill_verb(self, w):
        w.stop()
        env = {**os.environ, 'DANCU_PASSWORD': w.users['mai']['password']}
        p = subprocess.Popen(self.command(w), env=env, stdout=w.log, stderr=w.log)
        try:
            p.wait(self.rng.uniform(0.01, self.seconds + PAUSE_S))
        except subprocess.TimeoutExpired:
            p.send_signal(signal.SIGKILL)
            p.wait()
        return p.returncode == -signal.SIGKILL and self.state_left(w) not in (DONE, FAILED)

    def finish(self, w, by):
        if by == 'server':
            w.start()
            if self.state_served(w) is None:
                self.hand_in(w)
            self.wait_done(w)
        else:
            world.run(self.command(w), env={**os.environ, 'DANCU_PASSWORD': w.users['mai']['password']})
            w.start()

    def wait_done(self, w):
        until = time.monotonic() + DEADLINE_S
        while self.state_served(w) not in (DONE, FAILED):
            if time.monotonic() > until:
                raise world.Wrong('the import does not end')
            time.sleep(0.1)

