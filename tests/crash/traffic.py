"""Clients that ask until the server dies, and remember what it acknowledged."""
import datetime
import http.client
import json

import clients

VERIFIERS = 8
PURPOSE = 'authority/civil-status'


class Traffic(clients.Clients):
    """Verify calls on keep-alive connections, and births one after the other as commands that are repeated until acknowledged."""

    def __init__(self, world, officer):
        super().__init__()
        self.world, self.officer = world, officer
        self.acknowledged, self.sent = [], 0
        self.births = {}  # command → number, once acknowledged
        self.next_birth = 0

    def start(self):
        token = self.world.token(self.officer)
        self.heads = {'Authorization': f'Bearer {token}', 'Purpose': PURPOSE, 'Content-Type': 'application/json'}
        self.begin([(self.verify, i) for i in range(VERIFIERS)] + [(self.bear,)])

    def ask(self, connection, path, fields, more=None):
        """The reply, or None when the connection broke: then nothing was acknowledged."""
        try:
            connection.request('POST', path, json.dumps(fields).encode(), {**self.heads, **(more or {})})
            reply = connection.getresponse()
            return reply.status, reply.headers, json.loads(reply.read())
        except (OSError, http.client.HTTPException, ValueError):
            return None

    def verify(self, which):
        people, at = self.world.people, which
        c = http.client.HTTPConnection('127.0.0.1', self.world.port, timeout=20)
        while not self.ending:
            person = people[at % len(people)]
            at += VERIFIERS
            with self.lock:
                self.sent += 1
            got = self.ask(c, '/api/v1/persons/verify', {'number': person['number'], 'name': person['name'], 'birth': person['birth']})
            if got is None:
                break
            self.note_verified(*got)
        c.close()

    def note_verified(self, status, headers, reply):
        with self.lock:
            if status == 200 and reply.get('holds') is True:
                self.acknowledged.append(int(headers['X-Request-Id'], 16))
            else:
                self.wrong.append(f'verify: {status} {reply}')

    def bear(self):
        c = http.client.HTTPConnection('127.0.0.1', self.world.port, timeout=20)
        yesterday = (datetime.date.today() - datetime.timedelta(days=1)).isoformat()
        while not self.ending:
            command = f'birth-{self.next_birth}'
            got = self.ask(c, '/api/v1/persons/birth',
                           {'name': 'Nguyễn Thị An', 'sex': 'female', 'birth': yesterday, 'registered_at': self.world.people[11]['unit']},
                           {'Idempotency-Key': command})
            if got is None:
                break
            if got[0] != 200:
                self.wrong.append(f'{command}: {got[0]} {got[2]}')
                break
            self.births[command] = got[2]['number']
            self.next_birth += 1
        c.close()
