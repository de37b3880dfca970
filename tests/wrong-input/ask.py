"""How an answer is got and read: over a socket, by a page, by a verb; each in the language asked for."""
import csv
import html
import json
import os
import re
import socket
import subprocess
import urllib.parse

from world import Reply, Wrong

VERB_S = 120


class Answer:
    """`status`: HTTP status, or exit code of a verb; `code`: the name of the error, '' on a page, which shows none."""

    def __init__(self, status, code, message, remedy, place=''):
        self.status, self.code, self.message, self.remedy, self.place = status, code, message, remedy, place


def of_reply(r):
    if not r.headers.get('content-type', '').startswith('application/problem+json'):
        raise Wrong(f'HTTP {r.status} {r.headers.get("content-type")} is no problem document: {r.text[:300]}')
    j = r.json
    if j['status'] != r.status or j['type'] != f'urn:dancu:error:{j["code"]}':
        raise Wrong(f'HTTP {r.status} carries {j}')
    return Answer(r.status, j['code'], j['title'], j.get('detail', ''), place_of(j.get('row'), j.get('column')))


def of_library(r):
    """What the HTTP library refuses before our code sees it: plain English, no code."""
    return Answer(r.status, '', text_of(re.search('<title>(.*?)</title>', r.text)[1]), '')


def place_of(row, column):
    return ' '.join(f'{name} {value}' for name, value in (('row', row), ('column', column)) if value)


def text_of(piece):
    return html.unescape(re.sub(r'<[^>]*>', '', piece)).strip()


def of_page(r):
    """The page of an error, or the box above a refused form."""
    if 'text/html' not in r.headers.get('content-type', ''):
        raise Wrong(f'HTTP {r.status} {r.headers.get("content-type")} is no page')
    found = (re.search(r'<p class="govuk-body-l">(.*?)</p>\s*<p class="govuk-body">(.*?)</p>', r.text, re.S)
             or re.search(r'error-summary__list">(.*?)</ul>\s*<p>(.*?)</p>', r.text, re.S))
    if not found:
        raise Wrong(f'the page of HTTP {r.status} says nothing')
    return Answer(r.status, '', text_of(found[1]), text_of(found[2]))


def raw(port, head, body=b'', lang='vi'):
    """These very bytes; `head` without its blank line."""
    lines = [head[0]] + [h for h in head[1:]] + [f'Accept-Language: {lang}']
    with socket.create_connection(('127.0.0.1', port), timeout=30) as s:
        s.sendall('\r\n'.join(lines).encode('latin-1') + b'\r\n\r\n' + body)
        return read_reply(s)


def read_reply(s):
    got = b''
    while b'\r\n\r\n' not in got:
        piece = s.recv(65536)
        if not piece:
            raise Wrong('the connection was closed without an answer')
        got += piece
    head, body = got.split(b'\r\n\r\n', 1)
    lines = head.decode('latin-1').split('\r\n')
    headers = {k.strip().lower(): v.strip() for k, v in (line.split(':', 1) for line in lines[1:])}
    while len(body) < int(headers.get('content-length', 0)):
        piece = s.recv(65536)
        if not piece:
            raise Wrong('half an answer')
        body += piece
    return Reply(int(lines[0].split()[1]), headers, body)


class Asker:
    """One world, asked in one language at a time."""

    def __init__(self, world):
        self.w, self.lang = world, 'vi'

    def headers(self, user=None, purpose=None, **more):
        out = {'Accept-Language': self.lang}
        if user:
            out['Authorization'] = f'Bearer {self.w.token(user)}'
        if purpose:
            out['Purpose'] = purpose
        out.update({k.replace('_', '-'): v for k, v in more.items()})
        return out

    def post(self, path, body, user=None, purpose=None, **more):
        more.setdefault('Content_Type', 'application/json')
        if not isinstance(body, (bytes, str)):
            body = json.dumps(body, ensure_ascii=False)
        if isinstance(body, str):
            body = body.encode()
        return of_reply(self.w.send('POST', path, body, self.headers(user, purpose, **more)))

    def get(self, path, user=None, **more):
        return of_reply(self.w.send('GET', path, None, self.headers(user, **more)))

    def verify(self, body, user='hospital', purpose='agreement/AG-2025-001', **more):
        return self.post('/api/v1/persons/verify', body, user, purpose, **more)

    def hand_in(self, content, name='list.csv', **more):
        """A list; gives the reply."""
        query = urllib.parse.urlencode({'name': name, 'source': 'test-source', **more})
        return self.w.send('POST', f'/api/v1/lists?{query}', content,
                           self.headers('mai', 'authority/reconciliation', Content_Type='application/octet-stream'))

    def list(self, content, name='list.csv', **more):
        return of_reply(self.hand_in(content, name, **more))

    def list_row(self, content, kept, name='list.csv'):
        """A list of which one row is refused and `kept` are compared. The answer is the reason that stands behind the row
        when the refused rows are fetched."""
        self.w.last = self.hand_in(content, name)
        if self.w.last.status != 200:
            raise Wrong(f'the whole list was refused: {self.w.last.text}')
        delivery = self.w.last.json['delivery']
        report = self.w.wait_list('mai').json
        rows = {o['outcome']: o['rows'] for o in report['outcomes']}
        refused = rows.pop('rejected', 0)
        if refused != 1 or sum(rows.values()) != kept:
            raise Wrong(f'{refused} refused, others {rows}')
        back = self.w.send('GET', f'/api/v1/lists/{delivery}/rejected?format=csv', None, self.headers('mai'))
        head, line = back.body.decode('utf-8', 'replace').split('\r\n')[:2]
        delimiter = re.match('\ufeff?(?:reason|lý do|ly do)(.)', head, re.I)[1]
        reason, remedy = next(csv.reader([line], delimiter=delimiter))[:2]
        return Answer('row', report['reasons'][0]['word'], reason, remedy)

    def page(self, method, path, fields=None, cookie=''):
        headers = {'Accept-Language': self.lang, 'Cookie': cookie}
        if fields is not None:
            headers['Content-Type'] = 'application/x-www-form-urlencoded'
        return of_page(self.w.send(method, path, fields and urllib.parse.urlencode(fields), headers))

    def raw(self, *head, body=b''):
        return of_reply(raw(self.w.port, head, body, self.lang))

    def library(self, *head):
        return of_library(raw(self.w.port, head, b'', self.lang))

    def verb(self, *words, **environment):
        """In the folder of the test, so that paths in messages stay short and the same."""
        env = {**os.environ, 'DANCU_LANG': self.lang, **environment}
        done = subprocess.run([self.w.binary, *map(str, words)], capture_output=True, text=True, timeout=VERB_S, cwd=self.w.folder, env=env)
        lines = [line for line in done.stderr.splitlines() if not line.startswith('{')]
        found = re.search(r'^dancu: (.*)\n  (.*)\n  \[(\w+)\](.*)', '\n'.join(lines), re.M)
        if done.returncode < 0 or not found:
            raise Wrong(f'exit {done.returncode}: {done.stdout[-300:]} {done.stderr[-300:]}')
        before = [line for line in lines[:lines.index(f'dancu: {found[1]}')] if re.match(r'\S+:\d+:\d+: ', line)]
        answer = Answer(done.returncode, found[3], found[1], found[2], (before + [found[4].strip()])[0])
        answer.out = done.stdout
        return answer
