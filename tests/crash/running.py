"""A reconciliation run, and the opening of its cases, killed again and again, beside the same run left alone."""
import collections
import threading
import time

import evidence
import importing
import world

PUBLISHED = 5  # as stored
PAUSE_S, DEADLINE_S = 1, 120
RECONCILES = 'authority/reconciliation'


class Runs:
    """One world in which every run repeats the first one's snapshot."""

    def __init__(self, imports, rng):
        self.rng, self.w = rng, imports.world()
        self.store, self.noted = evidence.Store(self.w), collections.Counter()
        self.w.token('mai')
        imports.hand_in(self.w)
        self.w.wait_list('mai')
        began = time.monotonic()
        self.whole = self.plan({'code': importing.REGISTER})
        self.wait(self.whole, 'scored')
        self.seconds = time.monotonic() - began
        self.w.stop()
        self.expected = self.left_behind(self.whole)

    def plan(self, what):
        got = self.w.call('mai', 'run.plan', what, RECONCILES)
        if got.status != 200:
            raise world.Wrong(f'run.plan: {got.text[:200]}')
        return int(got.json['run'])

    def wait(self, run, state):
        until = time.monotonic() + DEADLINE_S
        while (got := self.w.call('mai', 'run.status', {'run': run}).json['item']['state']) != state:
            if time.monotonic() > until or got == 'failed':
                raise world.Wrong(f'run {run} is {got}, not {state}')
            time.sleep(0.1)

    def store_state(self, run):
        return self.store.one(f'SELECT state FROM recon_run WHERE id = {run}')

    def left_behind(self, run):
        """What a run leaves, without its id, and whom the ledger says it compared."""
        row = self.store.rows(f'SELECT digest, rows_kept, matched FROM recon_run WHERE id = {run}')
        rows = self.store.digest(f'SELECT outcome, unit, row_id, person, differs, compared, percent, candidates, duplicate_of FROM recon_row '
                                 f'WHERE run = {run} ORDER BY row_id')
        figures = self.store.digest(f'SELECT unit, figure, item, amount FROM recon_figure WHERE run = {run} ORDER BY unit, figure, item')
        noted = collections.Counter((e.person, e.fields) for e in self.store.entries() if e.operation == 'run.match' and e.fields)  # cases leave entries without fields
        for key in self.noted:
            noted[key] -= self.noted[key]
        self.noted.update(noted)
        return {'run': row, 'rows': rows, 'figures': figures, 'entries': sorted((k, n) for k, n in noted.items() if n)}

    def life(self, kills):
        """A repeated run with up to so many kills, then left in peace. How many fell in time, and what is wrong."""
        before = self.store.one('SELECT count(*) FROM case_item')
        self.w.start()
        run, fallen = self.plan({'repeat': self.whole, 'publish': True}), 0
        for _ in range(kills):
            timer = threading.Timer(self.rng.uniform(0.01, 2 * self.seconds + (PAUSE_S if fallen else 0)), self.w.server.kill)
            timer.start()
            timer.join()
            self.w.kill()
            fallen += self.store_state(run) < PUBLISHED
            self.w.start()
        self.wait(run, 'published')
        self.w.stop()
        got = self.left_behind(run)
        wrong = [f'{name} differ from the run left alone' for name in got if got[name] != self.expected[name]]
        return fallen, wrong + self.cases_wrong(run, before)

    def cases_wrong(self, run, before):
        """Every run finds the cases of the first that was published."""
        told, there = self.store.one(f'SELECT case_count FROM recon_run WHERE id = {run}'), self.store.one('SELECT count(*) FROM case_item')
        twice = self.store.one('SELECT count(*) - count(DISTINCT print) FROM case_item')
        opened = self.store.one('SELECT count(*) FROM case_event WHERE seq = 1')
        wrong = [] if told == there == opened and there > 0 else [f'{told} cases told, {there} there, {opened} opened']
        wrong += [f'{twice} cases stand twice'] if twice else []
        return wrong + ([f'{there - before} more cases than before'] if before and there != before else [])

    def close(self):
        self.w.close()


def part(tap, imports, rounds, rng, sound):
    runs = Runs(imports, rng)
    try:
        tap.point(f'a run of {imports.rows} rows left alone takes {runs.seconds:.1f} s', [])
        kills = life = 0
        while kills < rounds and life < 4 * rounds:
            life += 1
            fallen, wrong = runs.life(min(rounds - kills, rng.randint(2, 5)))
            kills += fallen
            if fallen or wrong:
                tap.point(f'{fallen} kills in one run: resumed, its digest the same, each case once ({kills} of {rounds})', wrong)
        wrong = [] if kills >= rounds else [f'only {kills} did']
        tap.point(f'{rounds} kills fall into a run, and the ledger is sound', wrong + sound(runs.w))
    finally:
        runs.close()
