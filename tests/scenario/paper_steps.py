"""Steps about papers and files: what poppler, openssl and zbar say about what the server gave."""

import re
import subprocess
import tempfile

from dossier_steps import note
from steps import step
from world import Wrong

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
