#!/usr/bin/env python3
"""Notices that leave: a mail server and an agency's web server that answer, refuse, are slow, drop the line or are not there, and a
server of ours that is killed (kill -9) in between.

  sinks.py BINARY [--dossiers 20] [--kills 4] [--seed 1]

Each event has its notice once in the program; each letter and each webhook arrives at least once, always under the number that it had at
the first try; no letter holds a personal number or a name; what is refused for good is shown to operators. Prints TAP.
"""
import argparse
import base64
import email
import http.server
import json
import pathlib
import random
import re
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'scenario'))
import contract  # noqa: E402
import world  # noqa: E402

DER_OF_KEY = bytes.fromhex('302a300506032b6570032100')  # RFC 8410
UNIT = re.compile(r'\b\d{12}\b')


class Mail:
    """An SMTP server with moods. A letter counts once its end was acknowledged to the sender, or could have been."""

    def __init__(self, rng):
        self.letters, self.rng, self.bad, self.lock, self.refuse = [], rng, 0.0, threading.Lock(), ''
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            timeout = 20

            def say(self, text):
                self.wfile.write(text.encode() + b'\r\n')

            def handle(self):
                try:
                    sink.talk(self)
                except (OSError, ValueError):
                    pass

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads, allow_reuse_address = True, True

        self.server = Server(('127.0.0.1', 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def mood(self):
        with self.lock:
            return self.rng.choice(['drop', 'busy', 'slow', 'lost answer']) if self.rng.random() < self.bad else 'good'

    def talk(self, c):
        mood, to = self.mood(), ''
        if mood == 'drop':
            return
        c.say('220 sink')
        while line := c.rfile.readline().decode().strip():
            word = line.upper()
            if word.startswith(('EHLO', 'HELO')):
                c.say('250 sink')
            elif word.startswith('RCPT'):
                to = re.search('<(.*)>', line)[1]
                if to == self.refuse:
                    c.say('550 no such user')
                else:
                    c.say('451 later' if mood == 'busy' else '250 ok')
            elif word == 'DATA':
                c.say('354 go on')
                self.take(c, to, mood)
                if mood == 'lost answer':
                    return
                c.say('250 taken')
            elif word == 'QUIT':
                c.say('221 bye')
                return
            else:
                c.say('250 ok')

    def take(self, c, to, mood):
        lines = []
        while (line := c.rfile.readline()) not in (b'.\r\n', b''):
            lines.append(line)
        if mood == 'slow':
            time.sleep(2)
        with self.lock:
            self.letters.append((to, email.message_from_bytes(b''.join(lines))))


class Web:
    """An agency's receiver, with moods; it checks the signature of what it takes."""

    def __init__(self, rng):
        self.taken, self.wrong, self.rng, self.bad, self.lock, self.key = [], [], rng, 0.0, threading.Lock(), None
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                answer = sink.take(self.headers, body)
                if answer:
                    self.send_response(answer)
                    if answer == 302:
                        self.send_header('Location', 'http://127.0.0.1:1/')
                    self.send_header('Content-Length', '0')
                    self.end_headers()
                self.close_connection = True

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(('127.0.0.1', 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, headers, body):
        with self.lock:
            mood = self.rng.choice([0, 503, 302, 'slow', 'lost']) if self.rng.random() < self.bad else 200
            if mood in (0, 503, 302):
                return mood
            text = b'dancu notice 1\nbhxh\n' + headers['Dancu-Time'].encode() + b'\n' + body
            if not self.signed(text, headers['Dancu-Signature']):
                self.wrong.append('a signature does not fit')
            self.taken.append((headers['Idempotency-Key'], json.loads(body)))
        if mood == 'slow':
            time.sleep(2)
        return 0 if mood == 'lost' else 200

    def signed(self, text, signature):
        if not self.key:
            return True
        raw = base64.urlsafe_b64decode(signature + '==')
        with tempfile.TemporaryDirectory() as folder:
            at = pathlib.Path(folder)
            (at / 'k').write_bytes(DER_OF_KEY + base64.urlsafe_b64decode(self.key + '='))
            (at / 's').write_bytes(raw)
            (at / 't').write_bytes(text)
            done = subprocess.run(['openssl', 'pkeyutl', '-verify', '-pubin', '-keyform', 'DER', '-inkey', str(at / 'k'), '-rawin', '-in', str(at / 't'),
                                   '-sigfile', str(at / 's')], capture_output=True)
        return done.returncode == 0


def definitions(w, mail, web, give_up_s=600):
    folder = w.data / 'definitions'
    folder.mkdir(exist_ok=True)
    (folder / 'channels.yaml').write_text(
        f'retry: {{first_s: 1, most_s: 2, give_up_s: {give_up_s}}}\nsms: spool\nsite: https://dvc.example.vn\n'
        f'mail: {{server: "smtp://127.0.0.1:{mail.port}", from: khong-tra-loi@example.vn}}\n'
        f'receivers: [{{name: bhxh, organisation: G12, url: "http://127.0.0.1:{web.port}/notices", events: [dossier.submit, dossier.accept, dossier.grant]}}]\n',
        encoding='utf-8')


def until(what, seconds):
    end = time.time() + seconds
    while time.time() < end:
        if what():
            return True
        time.sleep(0.2)
    return False


class Test:
    def __init__(self, args):
        self.rng = random.Random(args.seed)
        self.number, self.failed = 0, 0
        self.args = args

    def point(self, text, wrong):
        self.number += 1
        self.failed += bool(wrong)
        print(f'{"not ok" if wrong else "ok"} {self.number} - {text}', flush=True)
        for line in (wrong or [])[:10]:
            print(f'# {line}')

    def good(self, w, user, operation, fields):
        """Asks again after a kill, under the same command id, so that it is done once."""
        command = f'{operation}-{self.rng.random()}'
        for _ in range(20):
            try:
                r = w.call(user, operation, fields, command=command)
                if r.status == 200:
                    return r.json
                raise world.Wrong(f'{operation}: {r.text}')
            except world.Wrong as e:
                if 'no reply' not in str(e) and 'did not start' not in str(e):
                    raise
        raise world.Wrong(f'{operation}: never answered')

    def address(self, w, mail, address):
        """Gives an address and confirms it by the code that came there."""
        self.good(w, 'mai', 'contact.set', {'channel': 'mail', 'address': address})
        if not until(lambda: any(to == address for to, _ in mail.letters), 30):
            return ['no letter with a code came']
        text = [m.get_payload(decode=True).decode() for to, m in mail.letters if to == address][-1]
        wrong = self.good(w, 'mai', 'contact.confirm', {'channel': 'mail', 'code': '000000'})
        right = self.good(w, 'mai', 'contact.confirm', {'channel': 'mail', 'code': re.search(r'\b\d{6}\b', text)[0]})
        return [] if right['holds'] and not wrong['holds'] else [f'{wrong} {right}']

    def lives(self, w, mail, web):
        """Dossiers with kills between; the events that happened."""
        happened = 0
        kills = sorted(self.rng.sample(range(self.args.dossiers * 3), self.args.kills))
        step = 0
        for i in range(self.args.dossiers):
            d = self.good(w, 'mai', 'dossier.create', {'procedure': 'marital-status'})['now']
            fields = {'answers': [{'key': 'purpose', 'value': 'property'}]}
            for user, operation in (('mai', 'dossier.submit'), ('lan', 'dossier.accept'), ('lan', 'dossier.take'), ('lan', 'dossier.decide')):
                if operation == 'dossier.decide':
                    fields = {'grant': True}
                if user == 'lan' and 'lan' not in w.users:
                    w.user('lan', 'officer', '--unit', w.person(12)['unit'], '--organisation', self.office)
                r = self.good(w, user, operation, {'dossier': d['dossier'], 'expected_version': d['version'], **fields})
                self.office = r.get('organisation', getattr(self, 'office', ''))
                d, fields = r['now'], {}
                happened += operation != 'dossier.take'
                if step in kills:
                    w.kill()
                step += operation != 'dossier.take'
        return happened

    def box(self, w):
        out, before = [], None
        while True:
            r = self.good(w, 'mai', 'notice.list', {'limit': 50, **({'before': before} if before else {})})
            out += r['notices']
            if not r['next']:
                return out
            before = r['next']

    def check_box(self, w, happened):
        """Each event of the applicant's once, and no other."""
        seen = [(n['about'], n['event']) for n in self.box(w)]
        wrong = [f'{happened} events, {len(seen)} notices'] if len(seen) != happened else []
        return wrong + [f'twice: {x}' for x in set(seen) if seen.count(x) > 1]

    def check_letters(self, w, letters, happened):
        """Under each number one text; none with a number of a person or a name."""
        by_id, wrong = {}, []
        person = w.person(12)
        for _, m in letters:
            text = m.get_payload(decode=True).decode()
            if UNIT.search(text) or person['name'].lower() in text.lower() or person['number'] in str(m):
                wrong.append('a letter holds personal data')
            if by_id.setdefault(m['Message-ID'], text) != text:
                wrong.append('one number, two texts')
        return wrong + ([f'{happened} events, {len(by_id)} letters'] if len(by_id) != happened else [])

    def part_moods(self, w, mail, web):
        mail.bad = web.bad = 0.5
        happened = self.lives(w, mail, web)
        mail.bad = web.bad = 0.3
        state = lambda: self.good(w, 'boss', 'notice.state', {})  # noqa: E731
        gone = until(lambda: state()['waiting'] == 0, 240)
        self.point(f'{happened} events, {self.args.kills} kills, servers with moods: the outbox becomes empty', [] if gone else [f'{state()["waiting"]} wait'])
        self.point('each event has its notice once', self.check_box(w, happened))
        letters = [x for x in mail.letters if b'notice.' in x[1].as_bytes() and 'H' in (x[1].get_payload(decode=True).decode())]
        letters = [x for x in letters if not re.search(r'\b\d{6}\. ', x[1].get_payload(decode=True).decode())]
        self.point(f'each letter arrived ({len(letters)} times in all), each under its number', self.check_letters(w, letters, happened))
        keys = {k for k, _ in web.taken}
        told = {(b['about'], b['event']) for _, b in web.taken}
        wrong = web.wrong + ([f'{happened} events, {len(keys)} numbers, {len(told)} events told'] if not len(keys) == len(told) == happened else [])
        self.point(f'each webhook arrived ({len(web.taken)} times in all), each under its number, each signed', wrong)
        self.point('nothing was given up', [str(state())] if state()['given_up'] else [])

    def part_refused(self, w, mail):
        mail.bad, mail.refuse = 0, 'an@example.vn'
        d = self.good(w, 'mai', 'dossier.create', {'procedure': 'marital-status'})['now']
        self.good(w, 'mai', 'dossier.submit', {'dossier': d['dossier'], 'expected_version': d['version'], 'answers': [{'key': 'purpose', 'value': 'property'}]})
        shown = until(lambda: self.good(w, 'boss', 'notice.state', {})['given_up'] == 1, 20)
        item = (self.good(w, 'boss', 'notice.state', {})['deliveries'] or [{}])[0]
        self.point('an address that is refused for good is given up at once and shown', [] if shown and (item['fault'], item['fault_code']) == ('refused', 550) else [str(item)])
        mail.refuse, before = '', len(mail.letters)
        self.good(w, 'root', 'notice.retry', {'delivery': item['delivery']})
        self.point('sent again, it arrives', [] if until(lambda: len(mail.letters) > before, 20) else ['it does not'])

    def part_offer(self, w, mail):
        """A citizen's offer that is refused: one letter, without the value."""
        before = len(mail.letters)
        w.user('hoa', 'coordinator')
        self.good(w, 'mai', 'offer.make', {'topic': 'utilities', 'value': 'PC0112233', 'evidence': 'hợp đồng 15'})
        now = self.good(w, 'hoa', 'case.queue', {'kind': 'offer'})['cases'][0]['now']
        self.good(w, 'hoa', 'case.adjudicate', {'id': now['id'], 'expected_version': now['version'], 'choice': 'refuse', 'reason': 'không thấy hợp đồng'})
        came = until(lambda: len(mail.letters) > before, 20)
        texts = [m.get_payload(decode=True).decode() for _, m in mail.letters[before:]]
        good = came and 'was not accepted' in texts[0] and 'Code:' not in texts[0] and 'PC0112233' not in texts[0]
        self.point('what became of an offer comes by letter, without what was offered', [] if good else texts or ['no letter'])

    def part_away(self, w, mail, web):
        mail.server.shutdown(), mail.server.server_close()
        w.stop()
        definitions(w, mail, web, give_up_s=3)
        d = self.good(w, 'mai', 'dossier.create', {'procedure': 'marital-status'})['now']
        self.good(w, 'mai', 'dossier.submit', {'dossier': d['dossier'], 'expected_version': d['version'], 'answers': [{'key': 'purpose', 'value': 'property'}]})
        shown = until(lambda: self.good(w, 'boss', 'notice.state', {})['given_up'] == 1, 40)
        item = (self.good(w, 'boss', 'notice.state', {})['deliveries'] or [{}])[0]
        self.point('with no mail server there, it is given up after its time', [] if shown and item['fault'] == 'connect' and item['tries'] > 1 else [str(item)])

    def part_texts(self, w):
        self.good(w, 'mai', 'contact.set', {'channel': 'sms', 'address': '0912345678'})
        folder = w.data / 'sms'
        laid = until(lambda: list(folder.glob('*.json')), 20)
        text = json.loads(next(folder.glob('*.json')).read_text(encoding='utf-8')) if laid else {}
        right = laid and self.good(w, 'mai', 'contact.confirm', {'channel': 'sms', 'code': re.search(r'\b\d{6}\b', text['text'])[0]})['holds']
        self.point('a text message is laid down for a gateway', [] if right and text['to'] == '0912345678' else [str(text)])

    def run(self, folder):
        binary = str(pathlib.Path(self.args.binary).resolve())
        populations = world.Populations(binary, folder, None)
        (folder / 'world').mkdir()
        w = world.World(binary, folder / 'world', populations, None, contract.Contract(binary))
        mail, web = Mail(self.rng), Web(self.rng)
        w.populate('2000', '7')
        definitions(w, mail, web)
        try:
            w.start()
            w.user('mai', 'citizen', '--person', w.person(12)['number'])
            w.user('boss', 'auditor')
            w.user('root', 'operator')
            self.point('an address is confirmed by the code that came there, and by no other', self.address(w, mail, 'an@example.vn'))
            web.key = self.good(w, 'boss', 'notice.state', {})['key']
            self.part_moods(w, mail, web)
            self.part_refused(w, mail)
            self.part_offer(w, mail)
            self.part_texts(w)
            self.part_away(w, mail, web)
        finally:
            w.close()


def main():
    p = argparse.ArgumentParser()
    p.add_argument('binary')
    p.add_argument('--dossiers', type=int, default=20)
    p.add_argument('--kills', type=int, default=4)
    p.add_argument('--seed', type=int, default=1)
    test = Test(p.parse_args())
    with tempfile.TemporaryDirectory(prefix='dancu-notice-') as folder:
        test.run(pathlib.Path(folder))
    print(f'1..{test.number}')
    return 1 if test.failed else 0


if __name__ == '__main__':
    sys.exit(main())
