"""Steps about dossiers. The dossier that was opened last is "the dossier"; its version is the one that its last reply told."""

import re
import subprocess
import tempfile
import urllib.parse

from steps import fields_of, filled, step
from world import Wrong

MOVES = {'accepts': 'accept', 'takes': 'take', 'delivers': 'deliver', 'forwards': 'forward', 'withdraws': 'withdraw'}
REASONED = {'declines': 'decline', 'asks about': 'ask', 'stops': 'stop', 'reopens': 'reopen'}


def note(w):
    """Remembers the version that a good reply told."""
    if w.last.status == 200 and 'now' in w.last.json:
        w.dossier = w.last.json['now']


def move(w, name, operation, **fields):
    w.call(name, f'dossier.{operation}', {'dossier': w.dossier['dossier'], 'expected_version': w.dossier['version'], **fields})
    note(w)


def answers_of(w, text):
    return [{'key': k, 'value': str(v).lower() if isinstance(v, bool) else str(v)} for k, v in fields_of(w, text).items()]


@step(r'officer (\w+) of the office (\S+|\{[^}]+\}) of the commune of person (\d+)')
def officer_of_office(w, name, office, n):
    """Opens an account for an officer of an organisation, whose writ runs in the person's commune."""
    w.user(name, 'officer', '--unit', w.person(int(n))['unit'], '--organisation', filled(w, office))


@step(r'head (\w+) of the office (\S+|\{[^}]+\}) of the commune of person (\d+)')
def head_of_office(w, name, office, n):
    """Opens an account for the head of an organisation."""
    w.user(name, 'leader', '--unit', w.person(int(n))['unit'], '--organisation', filled(w, office))


@step(r'(\w+) opens a dossier of ([a-z-]+)(?: for person (\d+))?')
def opens_dossier(w, name, procedure, n):
    """A citizen for himself, an officer for a person before him; the dossier of the steps below."""
    applicant = {'applicant': w.person(int(n))['number']} if n else {}
    w.call(name, 'dossier.create', {'procedure': procedure, **applicant})
    note(w)


@step(r'(\w+) (submits|saves|supplies) the dossier(?: with (.*))?')
def answers(w, name, verb, fields):
    """Answers by the keys of the form; those that were filled in stay."""
    move(w, name, {'submits': 'submit', 'saves': 'save', 'supplies': 'supply'}[verb], answers=answers_of(w, fields))


@step(r'(\w+) drops row (\S+) of the dossier')
def drops_row(w, name, row):
    """A row of a group of questions, as members.2; those behind it move up."""
    move(w, name, 'save', answers=[], drop=row)


@step(r'(\w+) (accepts|takes|delivers|forwards|withdraws) the dossier')
def moves(w, name, verb):
    """A move without words."""
    move(w, name, MOVES[verb])


@step(r'(\w+) (declines|asks about|stops|reopens) the dossier because "([^"]+)"')
def reasoned(w, name, verb, reason):
    """A move with its reason."""
    move(w, name, REASONED[verb], reason=reason)


@step(r'(\w+) (grants|refuses) the dossier(?: because "([^"]+)")?( on an old view)?')
def decides(w, name, verb, reason, old):
    """The decision; on an old view: with the version before the last move."""
    w.dossier['version'] -= bool(old)
    move(w, name, 'decide', grant=verb == 'grants', **({'reason': reason} if reason else {}))
    w.dossier['version'] += bool(old) and w.last.status != 200


@step(r'(\w+) charges (\d+) for the dossier because "([^"]+)"')
def charges(w, name, amount, reason):
    """A fee or duty in đồng."""
    move(w, name, 'charge', amount=int(amount), reason=reason)


@step(r'(\w+) pays (\d+) for the dossier by receipt (\S+)')
def pays(w, name, amount, receipt):
    """As the gateway reports it."""
    w.call(name, 'dossier.pay', {'dossier': w.dossier['dossier'], 'amount': int(amount), 'receipt': receipt})
    note(w)


@step(r'the simulated bank is open')
def bank_opens(w):
    """The server starts again with --simulator and the token of the gateway's account."""
    w.user('gateway', 'system', '--organisation', 'cong-thanh-toan')
    w.stop()
    w.extra, w.env = ['--simulator'], {'DANCU_GATEWAY_TOKEN': w.users['gateway']['token']}
    w.start()


@step(r'(\w+) pays at the simulated bank by (code|card)(?: (\d+))?( again)?')
def pays_at_bank(w, name, by, card, again):
    """As the page asks; again: the same form once more, as a browser does that goes back."""
    path, cookies = f'/bank/{w.dossier["dossier"]}', f'session={w.token(name)}'
    if not again:
        page, w.csrf, _ = w.form(path, cookies)
        w.receipt = re.search(r'name="receipt" value="([^"]+)"', page.text)[1]
    body = urllib.parse.urlencode({'csrf': w.csrf, 'by': by, 'receipt': w.receipt, 'card': card or ''})
    w.page = w.last = w.send('POST', path, body, {'Content-Type': 'application/x-www-form-urlencoded', 'Cookie': cookies, 'Accept-Language': 'vi'})


@step(r'(\w+) looks at the dossier')
def looks(w, name):
    """The whole dossier, as this user may see it."""
    w.call(name, 'dossier.show', {'dossier': w.dossier['dossier']})
    note(w)


@step(r'(\w+) reads (\w+) of person (\d+) under the dossier')
def reads(w, name, field, n):
    """A field of the register, with the dossier as the ground."""
    w.call(name, 'person.look_up', {'number': w.person(int(n))['number'], 'fields': [field]}, f'dossier/{w.dossier["dossier"]}')


@step(r'operator sweeps old dossiers')
def sweeps(w):
    """What the watch of the server does by itself every half minute."""
    if 'operator' not in w.users:
        w.user('operator', 'operator')
    w.call('operator', 'dossier.sweep', {})


# --- papers and files: what poppler, openssl and zbar say about what the server gave

PDF = (b'%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 >>\nstartxref\n45\n%%EOF\n')
FILES = {
    'a scan': PDF,
    'a program': b'MZ\x90\0' + bytes(200),
    'a page': b'<html><script>alert(1)</script></html>',
    'a polyglot': PDF + b'PK\x05\x06' + bytes(18),
    'nothing': b'',
    'a huge scan': PDF[:9] + b'x' * (21 << 20) + PDF,
}


def program(*words, **more):
    done = subprocess.run([str(x) for x in words], capture_output=True, timeout=60, **more)
    return done.returncode, (done.stdout + done.stderr).decode('utf-8', 'replace')


def kept(w, name):
    path = w.folder / name
    path.write_bytes(w.last.body)
    return path


@step(r'(\w+) gets the (receipt|supplement|refusal|apology|result) of the dossier')
def gets(w, name, kind):
    """Issues it, if it is not there, and downloads it."""
    w.call(name, 'dossier.issue', {'dossier': w.dossier['dossier'], 'kind': kind})
    if w.last.status != 200:
        return
    w.paper = w.last.json['paper']
    w.call(name, 'dossier.paper', {'dossier': w.dossier['dossier'], 'kind': kind})


@step(r'(\w+) gets the (control sheet|papers) of the dossier')
def gets_list(w, name, what):
    """What the office has about it; the list of papers."""
    w.call(name, 'dossier.control' if what == 'control sheet' else 'dossier.papers', {'dossier': w.dossier['dossier']})


@step(r'(\w+) apologises for the dossier until (\S+) because "([^"]+)"')
def apologises(w, name, day, reason):
    """A new day of the result, once."""
    w.call(name, 'dossier.apologise', {'dossier': w.dossier['dossier'], 'expected_version': w.dossier['version'], 'promised': day, 'reason': reason})
    note(w)


@step(r'expect pdf says "([^"]+)"')
def pdf_says(w, text):
    """pdftotext finds it, whatever the line breaks."""
    code, out = program('pdftotext', '-layout', kept(w, 'a.pdf'), '-')
    if code or re.sub(r'\s+', ' ', text) not in re.sub(r'\s+', ' ', out):
        raise Wrong(f'the PDF does not say "{text}": {out[:400]}')


@step(r'expect pdf is signed')
def pdf_signed(w):
    """pdfsig, which trusts the root certificate that the server gives to anyone, finds the signature valid."""
    pdf = kept(w, 'a.pdf')
    root = w.folder / 'root.pem'
    root.write_bytes(w.send('GET', '/api/v1/signing/root.pem').body)
    with tempfile.TemporaryDirectory() as nss:
        program('certutil', '-N', '-d', f'sql:{nss}', '--empty-password')
        program('certutil', '-A', '-d', f'sql:{nss}', '-n', 'root', '-t', 'CT,C,C', '-i', root)
        _, out = program('pdfsig', '-nssdir', f'sql:{nss}', pdf)
    for needed in ('Signature is Valid.', 'Certificate is Trusted.', 'Total document signed'):
        if needed not in out:
            raise Wrong(f'pdfsig: {out}')


@step(r'expect pdf leads to its verification')
def pdf_leads(w):
    """zbar reads the address with the paper's code from its QR code."""
    pdf = kept(w, 'a.pdf')
    for page in w.folder.glob('page-*.png'):
        page.unlink()
    program('pdftoppm', '-r', '150', '-png', pdf, w.folder / 'page')
    _, out = program('zbarimg', '--quiet', '--raw', *w.folder.glob('page-*.png'))
    if '/verify/' + w.paper['code'] not in out.split('\n')[0]:
        raise Wrong(f'the QR code says {out.strip()}')


@step(r'anyone verifies the paper(?: as (.+))?')
def verifies(w, who):
    """The public question by its code; with a name or number: is it this person's?"""
    if who:
        w.call(None, 'paper.check', {'code': w.paper['code'], **({'number': who} if who.isdigit() else {'name': who})})
    else:
        w.call(None, 'paper.verify', {'code': w.paper['code']})


@step(r'anyone asks for a time stamp')
def stamps(w):
    """openssl ts asks, and accepts the answer."""
    data, query, reply, root = (w.folder / n for n in ('stamped', 'q.tsq', 'a.tsr', 'root.pem'))
    data.write_text('nội dung', encoding='utf-8')
    root.write_bytes(w.send('GET', '/api/v1/signing/root.pem').body)
    program('openssl', 'ts', '-query', '-data', data, '-sha256', '-cert', '-out', query)
    w.call(None, 'stamp.make', {'file': query.read_bytes()})
    reply.write_bytes(w.last.body)
    code, out = program('openssl', 'ts', '-verify', '-queryfile', query, '-in', reply, '-CAfile', root)
    if code or 'Verification: OK' not in out:
        raise Wrong(f'openssl ts: {out}')


@step(r'anyone reads the root certificate')
def root(w):
    """Given to all who want to verify."""
    w.call(None, 'stamp.root', {})


@step(r'(\w+) hands in (a scan|a program|a page|a polyglot|nothing|a huge scan) for ([a-z_]+)')
def hands_in(w, name, what, component):
    """A file for a component of the dossier."""
    w.call(name, 'attachment.add', {'file': FILES[what], 'dossier': w.dossier['dossier'], 'component': component})
    if w.last.status == 200:
        w.attachment = w.last.json['attachment']['attachment']


@step(r'(\w+) (reads|removes) the file')
def file_of(w, name, verb):
    """The one that was handed in last."""
    w.call(name, 'attachment.read' if verb == 'reads' else 'attachment.drop', {'dossier': w.dossier['dossier'], 'attachment': w.attachment})


@step(r'(\w+) lists the files')
def lists(w, name):
    """All files of the dossier."""
    w.call(name, 'attachment.list', {'dossier': w.dossier['dossier']})


@step(r'(\w+) gets the registry book from (\S+) to (\S+)')
def book(w, name, start, end):
    """Form 06 of the office."""
    w.call(name, 'dossier.book', {'from': start, 'to': end})


@step(r'expect file is as handed in')
def as_handed_in(w):
    """Byte for byte."""
    if w.last.body != FILES['a scan']:
        raise Wrong(f'{len(w.last.body)} bytes came back')
