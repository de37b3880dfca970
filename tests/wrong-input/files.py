"""Files that nobody should send: lists and workbooks, made as bytes. Each is small, what it would become may not be."""
import io
import struct
import zipfile
import zlib

HEAD = 'Họ và tên,Ngày sinh,Số CCCD\n'
MEBIBYTE = 1 << 20

TYPES = ('<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
         '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
         '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
         '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>')
RELATIONS = ('<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
             '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/></Relationships>')
WORKBOOK = ('<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>')
SHEET_OPEN = '<?xml version="1.0" encoding="UTF-8"?>{doctype}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
SHEET_CLOSE = '</sheetData></worksheet>'


def sheet(rows, doctype=''):
    body = ''.join('<row>' + ''.join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + '</row>' for row in rows)
    return SHEET_OPEN.format(doctype=doctype) + body + SHEET_CLOSE


GOOD_ROWS = [['Họ và tên', 'Ngày sinh'], ['Nguyễn Văn Thử', '1990-01-02']]


def workbook(sheet_xml, more=()):
    """A whole workbook; `more`: further (name, bytes). A sheet given as a list of pieces is written piece by piece."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('[Content_Types].xml', TYPES)
        z.writestr('_rels/.rels', RELATIONS.format(kind='officeDocument', target='xl/workbook.xml'))
        z.writestr('xl/workbook.xml', WORKBOOK)
        z.writestr('xl/_rels/workbook.xml.rels', RELATIONS.format(kind='worksheet', target='worksheets/sheet1.xml'))
        with z.open('xl/worksheets/sheet1.xml', 'w', force_zip64=True) as f:
            for piece in [sheet_xml] if isinstance(sheet_xml, str) else sheet_xml:
                f.write(piece if isinstance(piece, bytes) else piece.encode())
        for name, content in more:
            z.writestr(name, content)
    return out.getvalue()


def bomb(mebibytes):
    """One cell of so many MiB: a thousandth of that as a file."""
    a = b'a' * MEBIBYTE
    yield SHEET_OPEN.format(doctype='') + '<row><c t="inlineStr"><is><t>'
    for _ in range(mebibytes):
        yield a
    yield '</t></is></c></row>' + SHEET_CLOSE


def lying(content):
    """The same workbook, its directory saying that the sheet unpacks to 100 bytes."""
    content = bytearray(content)
    at = content.find(b'PK\x01\x02')
    while at >= 0:
        name_bytes = struct.unpack_from('<H', content, at + 28)[0]
        if content[at + 46:at + 46 + name_bytes] == b'xl/worksheets/sheet1.xml':
            struct.pack_into('<I', content, at + 24, 100)
        at = content.find(b'PK\x01\x02', at + 4)
    return bytes(content)


def entities():
    """Ten to the ninth letters out of ten entities."""
    inside = ''.join(f'<!ENTITY e{i} "{"&e%d;" % (i - 1) * 10}">' for i in range(1, 10))
    doctype = f'<!DOCTYPE worksheet [<!ENTITY e0 "aaaaaaaaaa">{inside}]>'
    return sheet([['&e9;', 'Ngày sinh']], doctype)


def escaping():
    return workbook(sheet(GOOD_ROWS), [('../../etc/cron.d/dancu', b'x')])


def protected():
    """A spreadsheet with a password is no zip but a compound file with a stream called EncryptedPackage (MS-OFFCRYPTO 2.3.4)."""
    return b'\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1' + bytes(504) + 'EncryptedPackage'.encode('utf-16-le') + bytes(992)


def old_office():
    return b'\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1' + bytes(504) + 'Workbook'.encode('utf-16-le') + bytes(1000)


def junk(n):
    """Bytes that look like no text, the same each time."""
    out, x = bytearray(), 1
    while len(out) < n:
        x = zlib.crc32(struct.pack('<I', x))
        out += struct.pack('<I', x)
    return bytes(out)


def numbers(n):
    """Small numbers in four bytes each: half of it zeros, as in UTF-16."""
    return b''.join(struct.pack('<I', i * 7 % 60000) for i in range(n // 4))
