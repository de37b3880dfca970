"""Files that people hand in with a dossier by mistake or by malice, and papers that are asked for too early or do not exist."""
import io
import urllib.parse
import zipfile

import ask
from world import Wrong

PDF = b'%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 >>\nstartxref\n45\n%%EOF\n'
MB = 1 << 20


def archive(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        for name in names:
            z.writestr(name, 'x')
    return out.getvalue()


def cases():
    """The first one opens the dossier that all of them use."""
    script = PDF.replace(b'/Catalog', b'/Catalog /OpenAction << /S /JavaScript /JS (app.alert) >>')
    locked = PDF.replace(b'/Size 1', b'/Size 1 /Encrypt 2 0 R')
    macro = archive('[Content_Types].xml', 'word/document.xml', 'word/vbaProject.bin')
    return [
        ('A program named .pdf', 'attachment', 415, 'FILE_PROGRAM', lambda a: attach(a, b'MZ\x90\0' + bytes(500)), True),
        ('A web page named .pdf', 'attachment', 415, 'FILE_PROGRAM', lambda a: attach(a, b'<html><script>alert(1)</script></html>')),
        ('A PDF that is an archive too', 'attachment', 415, 'FILE_PROGRAM', lambda a: attach(a, PDF + archive('setup.exe'))),
        ('A PDF with a script in it', 'attachment', 415, 'FILE_PROGRAM', lambda a: attach(a, script)),
        ('A document with macros', 'attachment', 415, 'FILE_PROGRAM', lambda a: attach(a, macro)),
        ('A PDF that was cut off', 'attachment', 422, 'ATTACHMENT_BROKEN', lambda a: attach(a, PDF[:60])),
        ('A PDF under a password', 'attachment', 422, 'ATTACHMENT_LOCKED', lambda a: attach(a, locked)),
        ('An empty file', 'attachment', 422, 'ATTACHMENT_EMPTY', lambda a: attach(a, b'')),
        ('A scan of 21 MB', 'attachment', 413, 'ATTACHMENT_LARGE', lambda a: attach(a, PDF[:9] + b'x' * (21 * MB) + PDF)),
        ('A paper that the procedure does not ask for', 'attachment', 422, 'COMPONENT_UNKNOWN', lambda a: attach(a, PDF, 'diploma')),
        ('A paper that the office looks up itself', 'attachment', 422, 'COMPONENT_UNKNOWN', lambda a: attach(a, PDF, 'marriage_of_parents')),
        ("A file for another's dossier", 'attachment', 404, 'DOSSIER_MISSING', lambda a: attach(a, PDF, dossier=12345)),
        ('A receipt before the dossier was accepted', 'paper', 409, 'PAPER_EARLY',
         lambda a: a.post('/api/v1/dossiers/issue', {'dossier': opened(a), 'kind': 'receipt'}, 'hoa')),
        ('A code that is on no paper', 'paper', 404, 'PAPER_MISSING', lambda a: a.get('/api/v1/verify/' + '0' * 32)),
        ("A paper's owner asked for without number or name", 'paper', 400, 'FIELD_MISSING', lambda a: a.post('/api/v1/verify/check', {'code': '0' * 32})),
        ('A time stamp asked for in JSON', 'paper', 415, 'BODY_TYPE', lambda a: a.post('/tsa', {})),
    ]


def opened(a):
    def make():
        r = a.w.send('POST', '/api/v1/dossiers', '{"procedure": "birth"}', a.headers('hoa', Content_Type='application/json'))
        if r.status != 200:
            raise Wrong(f'no dossier: {r.text}')
        return r.json['now']['dossier']
    return a.once('dossier of papers', make)


def attach(a, content, component='birth_attestation', dossier=None):
    query = urllib.parse.urlencode({'dossier': dossier or opened(a), 'component': component})
    return ask.of_reply(a.w.send('POST', f'/api/v1/attachments?{query}', content, a.headers('hoa', Content_Type='application/octet-stream')))
