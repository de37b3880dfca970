"""What agencies send to the centre by mistake: archives, columns that mean nothing, registers that do not fit, corrections of
lists that are not theirs; and definitions of registers that contradict themselves."""
import io
import re
import zipfile

import files
from files import HEAD
from over_list import GOOD, ROW, csv, kept
from over_verb import FAILED, loaded
from world import Wrong

CARD = 'Họ và tên,Ngày sinh,Số thẻ hội viên\nNguyễn Văn Thử,1990-01-02,HND-000001\n'
COLUMNS = 16384


def cases():
    return shapes() + meanings() + archives() + corrections() + definitions()


def shapes():
    wide = ','.join(f'c{i}' for i in range(COLUMNS)) + '\n' + ',' * (COLUMNS - 1) + '\n'
    return [
        ('Columns parted by a sign that nobody uses', 'list', 422, 'COLUMN_UNMAPPED', csv('Họ và tên^Ngày sinh\nNguyễn Văn Thử^1990-01-02\n')),
        ('No header, and nothing that tells', 'list', 422, 'COLUMN_UNMAPPED', csv('12;34\n56;78\n90;12\n')),
        ('16,384 columns', 'list', 422, 'CSV_COLUMNS', csv(wide)),
        ('A web page saved as .csv', 'list', 415, 'FILE_KIND', csv('<html><body><table><tr><td>Họ và tên</td></tr></table></body></html>')),
        ('Rich text saved as .csv', 'list', 415, 'FILE_KIND', csv('{\\rtf1\\ansi Ho va ten}')),
        ('A quote that opens and takes the rest of the list', 'row of a list', ROW, 'csv_quote', kept('Lê Văn Mở,"1990-01-02,\n'), True),
        ('A cell merged over two rows: the second has no name', 'row of a list', ROW, 'name_missing', kept(',1985-06-07,\n'), True),
        ('A formula whose result was not stored', 'row of a list', ROW, 'formula', formula, True),
        ('A date of birth in the future', 'row of a list', ROW, 'birth_in_future', kept('Lê Văn Mai Sau,2190-01-02,\n'), True),
        ('A date as text that is no date', 'row of a list', ROW, 'birth_unreadable', kept('Lê Văn Ngày,khoảng đầu năm,\n'), True),
    ]


def formula(a):
    number = 'một' if a.lang == 'vi' else 'hai'
    rows = [['Họ và tên', 'Ngày sinh'], [f'Nguyễn Văn {number}', '1990-01-02'], ['Trần Thị Mẫu', '1991-02-03']]
    body = files.sheet(rows).replace('</sheetData>', '<row><c><f>A2&amp;"x"</f></c><c t="inlineStr"><is><t>1992-03-04</t></is></c></row></sheetData>')
    return a.list_row(files.workbook(body), 2, 'a.xlsx')


def meanings():
    into = {'into': 'farmers'}
    return [
        ('A register that does not exist', 'list', 404, 'REGISTER_MISSING', csv(CARD, into='unicorns')),
        ('The key of the register in no column', 'list', 422, 'COLUMN_UNMAPPED', csv(CARD, into='merit')),
        ('A field of the register in a column that is not there', 'list', 422, 'COLUMN_UNKNOWN', csv(CARD, map='field:card_no=So the gi do', **into)),
        ('A field that the register does not have', 'list', 422, 'ENUM_UNKNOWN', csv(CARD, map='field:salary=#3', **into)),
        ('A field of a register, and no register', 'list', 422, 'ENUM_UNKNOWN', csv(CARD, map='field:card_no=#3')),
    ]


def packed(*entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, content in entries:
            z.writestr(name, content)
    return out.getvalue()


def locked():
    """A good archive whose entries say of themselves that they are encrypted."""
    content = bytearray(packed(('a.csv', HEAD + GOOD)))
    for mark, at in ((b'PK\x03\x04', 6), (b'PK\x01\x02', 8)):
        content[content.find(mark) + at] |= 1
    return bytes(content)


def zipped(*entries, **more):
    return lambda a: a.list(packed(*entries), 'a.zip', **more)


def archives():
    good = ('a.csv', HEAD + GOOD)
    many = [(f'{i}.csv', HEAD + GOOD) for i in range(51)]
    return [
        ('An archive in an archive', 'archive', 422, 'BUNDLE_NESTED', zipped(good, ('b.zip', packed(good)))),
        ('A program among the lists', 'archive', 422, 'BUNDLE_FILE', zipped(good, ('b.exe', b'MZ'))),
        ('An archive of 51 lists', 'archive', 413, 'BUNDLE_TOO_LARGE', zipped(*many)),
        ('An archive without lists', 'archive', 422, 'FILE_EMPTY', zipped(('.DS_Store', b'x'), ('__MACOSX/a.csv', b'x'))),
        ('A path of an archive that leaves its folder', 'archive', 422, 'FILE_BROKEN', zipped(('../../etc/a.csv', HEAD + GOOD))),
        ('An archive with a password', 'archive', 422, 'FILE_ENCRYPTED', lambda a: a.list(locked(), 'a.zip')),
        ('One list of two says nobody', 'archive', 422, 'COLUMN_UNMAPPED', zipped(good, ('b.csv', 'Màu,Cỡ\nxanh,12\n'))),
        ('A list that grows a thousandfold', 'archive', 422, 'FILE_BOMB', zipped(('a.csv', HEAD + 'a' * (64 << 20)))),
        ('A file that the archive does not hold', 'archive', 422, 'ENUM_UNKNOWN', zipped(good, entry='c.csv')),
        ('An archive cut off in the middle', 'archive', 422, 'FILE_BROKEN', lambda a: a.list(packed(('a.csv', HEAD + GOOD * 2000))[:60], 'a.zip')),
    ]


def done(a):
    """A list that has ended, once for all cases."""
    def make():
        a.w.last = a.hand_in((HEAD + GOOD).encode(), source='own-source')
        a.w.wait_list('mai')
        return a.w.last.json['item']['delivery']
    return a.once('done', make)


def headless(a):
    """A list that had no header, so that its columns are known by their places alone."""
    def make():
        a.w.last = a.hand_in('Nguyễn Văn Không Đầu,1990-01-02,x\nLê Thị Không Đầu,,x\n'.encode(), source='own-source', map='name=#1; birth=#2')
        a.w.wait_list('mai')
        return a.w.last.json['item']['delivery']
    return a.once('headless', make)


def corrections():
    return [
        ('A correction for a list of another source', 'list', 409, 'DELIVERY_OTHER',
         lambda a: a.list((HEAD + GOOD.replace('Thử', 'Sửa')).encode(), completes=done(a)), True),
        ('A correction without the columns of reason and remedy', 'list', 422, 'COLUMNS_CUT',
         lambda a: a.list((HEAD + GOOD.replace('Thử', 'Sửa')).encode(), completes=headless(a))),
        ('A correction for a list that is not there', 'list', 404, 'DELIVERY_MISSING',
         lambda a: a.list((HEAD + GOOD.replace('Thử', 'Sửa')).encode(), completes=1)),
        ('Stopping a list that has ended', 'call', 409, 'DELIVERY_ENDED', lambda a: a.post('/api/v1/lists/cancel', {'delivery': done(a)}, 'mai')),
        ('Going on with a list that has ended', 'call', 409, 'DELIVERY_ENDED', lambda a: a.post('/api/v1/lists/resume', {'delivery': done(a)}, 'mai')),
    ]


BEES = '''register: bees
name: {vi: Người nuôi ong, en: Keepers of bees}
owner: hoi-nong-dan
law: test
class: personal
from: 2026-01-01
subject: {need: required, label: {vi: Người nuôi, en: Keeper}}
unit: residence
key: [subject]
write:
  - {roles: [coordinator]}
read:
  - {roles: [coordinator]}
fields:
  - {key: hives, type: number, min: 0, max: 500, required: true, label: {vi: Số đàn, en: Hives}}
rules:
  - {rule: some, dimension: correct, expect: "hives > 0", says: {vi: Có đàn, en: Has hives}}
'''


def bees(folder, old, new, expected):
    def ask(a):
        where = loaded(a, folder)
        (where / 'definitions' / 'register').mkdir(parents=True)
        (where / 'definitions' / 'register' / 'bees.yaml').write_text(BEES.replace(old, new), encoding='utf-8')
        answer = a.verb('init', '--data', where.name)
        if not re.search(expected, answer.place):
            raise Wrong(f'the place is not told: {answer.place}')
        return answer
    return ask


ORIGIN = """origin:
  url: https://ong.example.vn
  path: /find
  agreement: AG-1
  by_number: {number: $number}
  rows: rows
  subject: {number: number}
  fields: {hives: hives}
  fresh: 24h
  timeout: 5s
  silent: stale
rules:"""


def origin(folder, old, new, expected, line=r'\d+'):
    return bees(folder, 'rules:', ORIGIN.replace(old, new), fr'bees\.yaml:{line}:.*' + expected)


def origins():
    return [
        ('A register that lives elsewhere, without TLS', 'data folder', FAILED, 'DEFINITION', origin('o-tls', 'https:', 'http:', 'ong.example.vn.*TLS')),
        ('A register that lives at a node nobody knows', 'data folder', FAILED, 'DEFINITION', origin('o-node', 'url: https://ong.example.vn', 'node: ong', '“ong”')),
        ('An origin that fills a field the register does not have', 'data folder', FAILED, 'DEFINITION', origin('o-field', 'hives: hives', 'hives: hives, wings: wings', '“wings”')),
        ('An origin that leaves a required field empty', 'data folder', FAILED, 'DEFINITION', origin('o-empty', '{hives: hives}', '{}', '“hives”', 23)),
        ('An origin whose answer does not say whom it is about', 'data folder', FAILED, 'DEFINITION', origin('o-whom', '  subject: {number: number}\n', '', 'subject')),
        ('An origin that is asked for everybody', 'data folder', FAILED, 'DEFINITION', origin('o-all', '$number', 'all', 'định danh|personal number')),
        ('A copy that may be older than a year', 'data folder', FAILED, 'DEFINITION', origin('o-old', '24h', '900d', '“900d”')),
    ]


def definitions():
    return origins() + [
        ('A register that shares a state secret', 'data folder', FAILED, 'DEFINITION',
         bees('bees-secret', 'required: true', 'required: true, share: true, class: state-secret', r'bees\.yaml:15:.*hives')),
        ('A rule of a register about itself', 'data folder', FAILED, 'DEFINITION', bees('bees-cycle', 'hives > 0', 'some > 0', r'bees\.yaml:17:.*some')),
        ('A key of a register that may be absent', 'data folder', FAILED, 'DEFINITION',
         bees('bees-key', 'key: [subject]', 'key: [wings]', r'bees\.yaml:9:.*wings')),
        ('A field of a register twice', 'data folder', FAILED, 'DEFINITION',
         bees('bees-twice', 'rules:', '  - {key: hives, type: day, label: {vi: Ngày, en: Day}}\nrules:', r'bees\.yaml:16:.*hives')),
    ]
