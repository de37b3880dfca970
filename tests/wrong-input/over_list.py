"""Wrong lists: what a file may be instead of a list of people."""
import files
from files import HEAD
from world import Wrong

GOOD = 'Nguyễn Văn Thử,1990-01-02,\n'
ROW = 'row'
BOMB_MIB = 2048


def cases():
    return whole() + rows() + workbooks()


def csv(text, **more):
    return lambda a: a.list(text if isinstance(text, bytes) else text.encode(), **more)


def whole():
    return [
        ('Empty file', 'list', 422, 'FILE_EMPTY', csv('')),
        ('Only separators', 'list', 422, 'FILE_EMPTY', csv(',,,\n,,,\n')),
        ('Binary junk', 'list', 415, 'FILE_KIND', csv(files.junk(20000))),
        ('Binary numbers', 'list', 415, 'FILE_KIND', csv(files.numbers(20000))),
        ('A PDF called .csv', 'list', 415, 'FILE_KIND', csv(b'%PDF-1.7\n' + files.junk(3000))),
        ('A spreadsheet of the 1990s (.xls)', 'list', 415, 'FILE_KIND', lambda a: a.list(files.old_office(), 'a.xls')),
        ('Header twice the same column', 'list', 422, 'COLUMN_DOUBLE', csv('Họ và tên,Họ và tên,Ngày sinh\nNguyễn Văn Thử,Trần Văn Khác,1990-01-02\n')),
        ('No column that says who', 'list', 422, 'COLUMN_UNMAPPED', csv('Màu,Cỡ\nxanh,12\nđỏ,13\n')),
        ('Encoding that does not exist', 'list', 422, 'ENUM_UNKNOWN', csv(HEAD + GOOD, encoding='EBCDIC')),
        ('Encoding that cannot be told', 'list', 422, 'ENCODING_UNKNOWN', csv('ho ten,ngay sinh\n'.encode() + b'\xff\xfe\x9f\x81 \x8d\x90,1990-01-02\n' * 3)),
        ('A column mapped that is not there', 'list', 422, 'COLUMN_UNKNOWN', csv(HEAD + GOOD, map='name=Ten goi')),
        ('A role that does not exist', 'list', 422, 'ENUM_UNKNOWN', csv(HEAD + GOOD, map='salary=#1')),
        ('Source with a slash', 'list', 400, 'FIELD_TYPE', lambda a: a.list((HEAD + GOOD).encode(), source='../x')),
    ]


def kept(bad, name='list.csv'):
    """Between two good rows, of which nothing is lost."""
    bad = bad if isinstance(bad, bytes) else bad.encode()
    return lambda a: a.list_row(HEAD.encode() + f'Nguyễn Văn Thử {"một" if a.lang == "vi" else "hai"},1990-01-02,\n'.encode() + bad
                                + 'Trần Thị Mẫu,1991-02-03,\n'.encode(), 2, name)


def rows():
    return [
        ('A cell of 70 KB', 'row of a list', ROW, 'cell_too_large', kept('"' + 'a' * 70000 + '",1990-01-02,\n'), True),
        ('A row with more cells than the header', 'row of a list', ROW, 'csv_columns', kept('Lê Văn Dư,1990-01-02,,,,x,y\n'), True),
        ('A row with too few cells', 'row of a list', ROW, 'csv_columns', kept('Lê Văn Thiếu\n'), True),
        ('A quote that never closes', 'row of a list', ROW, 'csv_quote', kept('"Lê Văn Ngoặc,1990-01-02,\n'), True),
        ('NUL in a row', 'row of a list', ROW, 'text_control', kept(b'L\x00e,1990-01-02,\n'), True),
        ('A row that is no UTF-8', 'row of a list', ROW, 'text_not_utf8', kept(b'L\xea V\xe3n,1990-01-02,\n'), True),
        ('The header again', 'row of a list', ROW, 'header_repeated', kept(HEAD), True),
        ('A date of birth that does not exist', 'row of a list', ROW, 'birth_unreadable', kept('Lê Văn Ngày,1990-02-31,\n'), True),
        ('A row without a name', 'row of a list', ROW, 'name_missing', kept(',1990-01-02,\n'), True),
    ]


def nothing_outside(a):
    answer = a.list(files.escaping(), 'a.xlsx')
    if any('cron' in str(p) for p in a.w.folder.rglob('*')):
        raise Wrong('something was unpacked')
    return answer


def book(content):
    return lambda a: a.list(content() if callable(content) else content, 'a.xlsx')


def workbooks():
    return [
        ('Zip bomb: a cell of 2 GB in 2 MB', 'workbook', 422, 'FILE_BOMB', lambda a: a.list(a.once('bomb', lambda: files.workbook(files.bomb(BOMB_MIB))), 'a.xlsx')),
        ('Zip bomb that lies about its size', 'workbook', 422, 'FILE_BOMB', book(lambda: files.lying(files.workbook(files.bomb(64))))),
        ('XML entities, 10 to the 9th letters', 'workbook', 422, 'FILE_BOMB', book(lambda: files.workbook(files.entities()))),
        ('A path that leaves the folder', 'workbook', 422, 'FILE_BROKEN', nothing_outside),
        ('Cut off in the middle', 'workbook', 422, 'FILE_BROKEN', book(lambda: files.workbook(files.sheet(files.GOOD_ROWS))[:900])),
        ('A damaged byte', 'workbook', 422, 'FILE_BROKEN', book(damaged)),
        ('Protected by a password', 'workbook', 422, 'FILE_ENCRYPTED', book(files.protected)),
        ('A zip that is neither workbook nor lists', 'workbook', 422, 'BUNDLE_FILE', book(no_workbook)),
        ('A sheet that is not there', 'workbook', 422, 'ENUM_UNKNOWN', lambda a: a.list(files.workbook(files.sheet(files.GOOD_ROWS)), 'a.xlsx', sheet='Trang 9')),
        ('A sheet without rows', 'workbook', 422, 'FILE_EMPTY', book(lambda: files.workbook(files.sheet([])))),
    ]


def damaged():
    content = bytearray(files.workbook(files.sheet(files.GOOD_ROWS * 50)))
    at = content.find(b'xl/worksheets/sheet1.xml') + 60
    content[at] ^= 0xFF
    return bytes(content)


def no_workbook():
    import io
    import zipfile
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        z.writestr('letter.doc', 'x')
    return out.getvalue()
