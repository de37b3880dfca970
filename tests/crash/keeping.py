"""Files of dossiers handed in until the server is killed: a call lays its file into the vault first and commits afterwards."""
import collections
import http.client
import json
import random
import time
import urllib.parse

import clients
import dossier_steps
import evidence
import world

CLIENTS, COMPONENT, BYTES_MAX = 3, 'birth_attestation', 200_000


class Files(clients.Clients):
    """Citizens, each with a dossier, and what they handed in: the digest of a file → its bytes, once acknowledged."""

    def __init__(self, bench, people, rng):
        super().__init__()
        self.w, self.rng = bench.world(people), rng
        self.store, self.kept = evidence.Store(self.w), {}
        self.names = [f'client{i}' for i in range(CLIENTS)]
        able = [p for p in self.w.people if p['number'] and p['state'] == 'active' and p['birth'] < '1990']
        for name, person in zip(self.names, able):
            self.w.user(name, 'citizen', '--person', person['number'])

    def start(self):
        """Everybody opens a dossier and begins; the seeds are drawn here, so that a seed gives the same files."""
        works = []
        for name in self.names:
            made = self.w.call(name, 'dossier.create', {'procedure': 'birth'})
            if made.status != 200:
                raise world.Wrong(f'dossier.create: {made.text[:200]}')
            works.append((self.hand_in, self.w.token(name), int(made.json['now']['dossier']), random.Random(self.rng.random())))
        self.begin(works)

    def hand_in(self, token, dossier, rng):
        c = http.client.HTTPConnection('127.0.0.1', self.w.port, timeout=20)
        heads = {'Authorization': f'Bearer {token}', 'Content-Type': 'application/octet-stream'}
        path = '/api/v1/attachments?' + urllib.parse.urlencode({'dossier': dossier, 'component': COMPONENT})
        while not self.ending:
            pdf = dossier_steps.PDF
            file = pdf[:9] + b'%% %d\n' % rng.getrandbits(60) + b'x' * rng.randrange(BYTES_MAX) + b'\n' + pdf
            try:
                c.request('POST', path, file, heads)
                reply = c.getresponse()
                status, text = reply.status, reply.read()
            except (OSError, http.client.HTTPException):
                break
            with self.lock:
                if status == 200:
                    item = json.loads(text)['attachment']
                    self.kept[int(item['attachment'])] = (dossier, token, file)
                else:
                    self.wrong.append(f'attachment.add: {status} {text[:200]}')
                    break
        c.close()

    def check(self):
        """What the store and the vault hold against what the clients were told; and how many files nobody names."""
        rows = {int(i): (file, int(size)) for i, file, size in self.store.rows('SELECT id, file, bytes FROM attachment')}
        there = {p.name: p.stat().st_size for p in (self.w.data / 'vault').glob('*/*')}
        noted = collections.Counter(e.operation for e in self.store.entries())['attachment.add']
        wrong, self.wrong = self.wrong, []
        lost = [i for i in self.kept if i not in rows]
        wrong += [f'{len(lost)} acknowledged files have no row'] if lost else []
        dangling = [file for file, size in rows.values() if there.get(file, 0) <= size]  # sealed, it is longer
        wrong += [f'{len(dangling)} rows name a file that is not there, or not whole'] if dangling else []
        wrong += [f'{noted} entries for {len(rows)} files'] if noted != len(rows) else []
        return wrong, len(there.keys() - {file for file, _ in rows.values()})

    def read_back(self):
        wrong = 0
        for i, (dossier, token, file) in self.kept.items():
            path = f'/api/v1/dossiers/{dossier}/attachments/{i}'
            got = self.w.send('GET', path, headers={'Authorization': f'Bearer {token}'})
            wrong += got.status != 200 or got.body != file
        return [f'{wrong} files did not come back as they were handed in'] if wrong else []


def part(tap, bench, people, rounds, rng, sound):
    files = Files(bench, people, rng)
    try:
        for i in range(1, rounds + 1):
            files.w.start()
            files.start()
            after = rng.uniform(0.02, 0.4)
            time.sleep(after)
            files.w.kill()
            files.join()
            wrong, orphans = files.check()
            tap.point(f'kill {i} while files are handed in, after {after * 1000:.0f} ms: {len(files.kept)} acknowledged, {orphans} that no row names', wrong)
        tap.point('kills fell between the vault and the commit', [] if orphans else ['none did'])
        files.w.start()
        wrong = files.read_back()
        files.w.stop()
        tap.point('every file comes back as it was handed in, and the ledger is sound', wrong + sound(files.w))
    finally:
        files.w.close()
