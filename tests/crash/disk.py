"""A disk that is really full: the data folder lies on a small tmpfs beside a file that takes the rest of its room."""
import os
import pathlib
import subprocess
import time

import evidence
import world

SIZE, TITLE, DEADLINE_S = '64m', 'a full disk', 30
PURPOSE = 'authority/civil-status'


def part(tap, bench, sound):
    why = 'its disk is PostgreSQL\'s own' if bench.pg else None
    if not why and os.geteuid() != 0:
        why = 'only root may mount a tmpfs'
    place = bench.folder / 'small-disk'
    place.mkdir()
    if not why:
        done = subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={SIZE},mode=0700', 'dancu-crash', str(place)], capture_output=True, text=True)
        why = f'no tmpfs can be mounted here: {done.stderr.strip()}' if done.returncode else None
    if why:
        tap.skip(TITLE, why)
        return
    w = None
    try:
        w = bench.world('2000', parent=place)
        Disk(tap, w, place, sound).run()
    finally:
        if w:
            w.close()
        subprocess.run(['umount', '-l', str(place)], check=False)


class Disk:
    def __init__(self, tap, w, place, sound):
        self.tap, self.w, self.sound, self.ballast = tap, w, sound, pathlib.Path(place) / 'ballast'
        self.people = [p for p in w.people if p['number'] and p['state'] == 'active']
        self.acknowledged = 0

    def fill(self):
        with open(self.ballast, 'wb', buffering=0) as f:
            try:
                while True:
                    f.write(b'\0' * 65536)
            except OSError:
                pass

    def verify(self):
        p = self.people[self.acknowledged % len(self.people)]
        r = self.w.call('lan', 'person.verify', {'number': p['number'], 'name': p['name']}, PURPOSE)
        self.acknowledged += r.status == 200
        return r

    def until(self, wanted):
        """Verifies until the reply is the wanted one; what came instead when it never does."""
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            r = self.verify()
            if r.status == wanted:
                return []
        return [f'still {r.status} {r.text[:200]} after {DEADLINE_S} s']

    def run(self):
        self.w.user('lan', 'officer', '--unit', self.people[11]['unit'])
        self.w.user('mai', 'coordinator', '--unit', '08@new')
        self.w.token('lan')
        self.w.token('mai')
        self.tap.point('with room, a verify call is answered', self.until(200))
        self.fill()
        self.tap.point('without room, it is refused as DISK_FULL with 507', self.until(507) or self.refused())
        self.tap.point('without room, a list is refused the same way and nothing of it is kept', self.list_refused())
        self.tap.point('without room, what leaves no entry is still answered', self.reads())
        self.ballast.unlink()
        self.tap.point('with room again, service goes on without a restart', self.until(200))
        self.fill()
        self.tap.point('full again', self.until(507))
        self.w.kill()
        self.ballast.unlink()
        self.w.start()
        self.tap.point('killed while it was full, it serves again once there is room', self.until(200))
        self.tap.point('a list is worked off', self.list_done())
        self.w.stop()
        self.tap.point('the ledger holds every acknowledged call, and none that was refused', self.entries() + self.sound(self.w))

    def refused(self):
        r = self.w.last
        good = r.json['code'] == 'DISK_FULL' and r.json['status'] == 507 and r.json['title'] and r.json['detail']
        return [] if good else [r.text]

    def hand_in(self, rows):
        text = 'STT,Họ và tên,Ngày sinh,Số định danh\n' + ''.join(
            f'{i},{p["name"]},{p["birth"]},{p["number"]}\n' for i, p in enumerate((self.people * rows)[:rows], 1))
        return self.w.call('mai', 'list.import', {'file': text.encode(), 'name': 'danh-sach.csv', 'source': 'hoi-nong-dan'}, 'delivery/hoi-nong-dan')

    def list_refused(self):
        wrong = []
        for rows in (200, 60000):  # in memory, and spooled on its way in
            r = self.hand_in(rows)
            if r.status != 507 or r.json['code'] != 'DISK_FULL':
                wrong.append(f'a list of {rows} rows: {r.status} {r.text[:200]}')
        if self.w.call('mai', 'list.recent', {}).json['lists']:
            wrong.append('a refused list stands among those taken in')
        left = [f.name for f in (self.w.data / 'deliveries').glob('*')]
        return wrong + ([f'left over: {left}'] if left else [])

    def reads(self):
        wrong = []
        for path in ('/health', '/ready', '/', '/sign-in', '/metrics', '/api/v1/openapi.json'):
            r = self.w.send('GET', path)
            if r.status != 200:
                wrong.append(f'{path}: {r.status}')
        r = self.w.call('mai', 'list.recent', {})
        return wrong + ([] if r.status == 200 else [f'list.recent: {r.status}'])

    def list_done(self):
        try:
            self.hand_in(200)
            return [] if self.w.wait_list('mai').status == 200 else [self.w.last.text[:200]]
        except (world.Wrong, KeyError, TypeError) as e:
            return [f'{e} {self.w.last.text[:200]}']

    def entries(self):
        noted = sum(e.operation == 'person.verify' for e in evidence.Store(self.w).entries())
        return [] if noted == self.acknowledged else [f'{self.acknowledged} acknowledged, {noted} in the ledger']
