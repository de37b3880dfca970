"""What looks wrong and is read all the same: each list is previewed, and must come to the same two people."""
import urllib.parse

import files
from world import Wrong

PEOPLE = [('Nguyễn Văn Thử', '1990-02-01'), ('Trần Thị Mẫu', '1991-04-03')]
HEAD = 'Họ và tên,Ngày sinh,Số CCCD\n'
ROWS = 'Nguyễn Văn Thử,01/02/1990,\nTrần Thị Mẫu,03/04/1991,\n'
TABLE = '''
## What looks wrong and is read all the same

Each of these lists is previewed and comes to the same two people.

| kind | read as |
|---|---|
'''


def cell(at, text):
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


def merged():
    """The heads Ngày sinh and Số CCCD go over two rows, as cells merged in a spreadsheet do; a title goes over all columns."""
    rows = [cell('A1', 'DANH SÁCH HỘI VIÊN'), cell('A2', 'Họ và tên') + cell('B2', 'Ngày sinh') + cell('C2', 'Số CCCD'), '',
            cell('A4', PEOPLE[0][0]) + cell('B4', '01/02/1990'), cell('A5', PEOPLE[1][0]) + cell('B5', '03/04/1991')]
    body = ''.join(f'<row r="{n}">{row}</row>' for n, row in enumerate(rows, 1))
    cells = '</sheetData><mergeCells count="3"><mergeCell ref="A1:C1"/><mergeCell ref="B2:B3"/><mergeCell ref="C2:C3"/></mergeCells>'
    return files.workbook(files.sheet([]).replace('</sheetData>', body + cells))


def formulas():
    """Names that a formula made, its result stored; days as text and as numbers of days since 1900."""
    rows = (cell('A1', 'Họ và tên') + cell('B1', 'Ngày sinh'),
            '<c r="A2" t="str"><f>"Nguyễn Văn "&amp;"Thử"</f><v>Nguyễn Văn Thử</v></c>' + cell('B2', "1/2/1990"),
            cell('A3', PEOPLE[1][0]) + cell('B3', '33331'))
    body = ''.join(f'<row r="{n}">{row}</row>' for n, row in enumerate(rows, 1))
    return files.workbook(files.sheet([]).replace('</sheetData>', body + '</sheetData>'))


def cases():
    title = 'DANH SÁCH HỘI VIÊN NĂM 2026,,\nXã Thử,,\n'
    two = 'Hội viên,,Giấy tờ\nHọ và tên,Ngày sinh,Số CCCD\n'
    return [
        ('A title above the header', 'list.csv', (title + HEAD + ROWS).encode()),
        ('Two header rows', 'list.csv', (two + ROWS).encode()),
        ('Day, month and year of birth in three columns below one head', 'list.csv',
         'Họ và tên,Ngày tháng năm sinh,,,Số CCCD\n,Ngày,Tháng,Năm,\nNguyễn Văn Thử,1,2,1990,\nTrần Thị Mẫu,03,04,1991,\n'.encode()),
        ('UTF-16 without a byte order mark', 'list.csv', (HEAD + ROWS).encode('utf-16-le')),
        ('UTF-16 of the other byte order, without a mark', 'list.csv', (HEAD + ROWS).encode('utf-16-be')),
        ('Semicolons in a file called .csv', 'list.csv', (HEAD + ROWS).replace(',', ';').encode()),
        ('Tabs in a file called .csv', 'list.csv', (HEAD + ROWS).replace(',', '\t').encode()),
        ('Merged cells in a workbook', 'list.xlsx', merged()),
        ('A formula with its result, a day as text and a day as a number', 'list.xlsx', formulas()),
    ]


def preview(a, name, content):
    query = urllib.parse.urlencode({'name': name})
    r = a.w.send('POST', f'/api/v1/lists/preview?{query}', content, a.headers('mai', 'authority/reconciliation', Content_Type='application/octet-stream'))
    if r.status != 200:
        raise Wrong(f'refused: {r.text}')
    return r.json


def line(a, case):
    """Its line of the table."""
    kind, name, content = case
    got = preview(a, name, content)
    people = [(row.get('name', ''), row.get('birth', '')) for row in got['rows']]
    if people != PEOPLE:
        raise Wrong(f'read as {people}')
    return f'| {kind} | {got["encoding"] or "workbook"}, header in row {got["header_row"]} |'
