"""A running server's public door, for programs that tell it a story: sign-ins with their sessions, operations as JSON, and, of a server
that was started with --debug, its clock. A refusal ends the program with the operation, the code and the reason, unless it is asked for."""
import http.client
import json
import re
import ssl
import urllib.parse


class Refused(Exception):
    """What was asked and what was answered."""

    def __init__(self, path, status, body):
        super().__init__(f'{path}: {status} {body}')
        self.code = json.loads(body).get('code') if body.startswith('{') else None
        self.status = status


class Door:
    """One connection that is kept; the certificate of a machine that tries the program is its own."""

    def __init__(self, base):
        url = urllib.parse.urlsplit(base)
        secure = {'context': ssl._create_unverified_context()} if url.scheme == 'https' else {}
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self.connection = kind(url.hostname, url.port, timeout=60, **secure)

    def send(self, method, path, body=None, **headers):
        self.connection.request(method, path, body, {k.replace('_', '-'): v for k, v in headers.items()})
        reply = self.connection.getresponse()
        return reply, reply.read().decode('utf-8', 'replace')

    def clock(self, text):
        reply, said = self.send('POST', '/debug/clock', text)
        if reply.status != 200:
            raise Refused('/debug/clock', reply.status, said)

    def session(self, login, password):
        _, page = reply = self.send('GET', '/sign-in')
        cookies = '; '.join(v.split(';')[0] for k, v in reply[0].getheaders() if k.lower() == 'set-cookie')
        form = urllib.parse.urlencode({'name': login, 'password': password, 'csrf': re.search('name="csrf" value="([^"]+)"', page)[1]})
        reply, _ = self.send('POST', '/sign-in', form, Cookie=cookies, Content_Type='application/x-www-form-urlencoded')
        found = [m[1] for k, v in reply.getheaders() if k.lower() == 'set-cookie' and (m := re.search('session=([^;]+)', v))]
        if not found:
            raise Refused('/sign-in', reply.status, login)
        return found[0]


class User:
    """Somebody with a password, or a partner system with a token. Signs in when needed, and again when the session has ended."""

    def __init__(self, door, login, password=None, token=None):
        self.door, self.login, self.password, self.token = door, login, password, token

    def ask(self, method, path, body, kind, ground):
        if not self.token:
            self.token = self.door.session(self.login, self.password)
        more = {'Purpose': ground} if ground else {}
        return self.door.send(method, path, body, Authorization=f'Bearer {self.token}', Content_Type=kind, **more)

    def send(self, method, path, body=None, kind='application/json', ground=None):
        reply, text = self.ask(method, path, body, kind, ground)
        if reply.status == 401 and self.password:
            self.token = None
            reply, text = self.ask(method, path, body, kind, ground)
        if reply.status != 200:
            raise Refused(f'{self.login}: {path}', reply.status, text)
        return json.loads(text)

    def get(self, path, **query):
        return self.send('GET', f'/api/v1{path}' + ('?' + urllib.parse.urlencode(query) if query else ''))

    def post(self, path, ground=None, **body):
        return self.send('POST', f'/api/v1{path}', json.dumps(body), ground=ground)

    def hand_in(self, dossier, component, file):
        query = urllib.parse.urlencode({'dossier': dossier, 'component': component})
        return self.send('POST', f'/api/v1/attachments?{query}', file, 'application/octet-stream')
