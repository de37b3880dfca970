"""Steps about lists that are handed in (by any name, of any source, in an archive, stopped and gone on with) and about runs."""
import csv
import html
import io
import re
import time
import zipfile

from steps import fields_of, filled, step
from world import WAIT_S, Wrong


def hand_in(w, user, fields, purpose):
    """Hands a file in and waits for the report, which is the last reply then."""
    w.call(user, 'list.import', fields, purpose)
    if w.last.status == 200:
        w.marks['delivery'] = w.last.json['delivery']
        w.wait_list(user)


def described(w, name, source, register, more):
    into = {'into': register} if register else {}
    return {'name': name, 'source': source, **into, **fields_of(w, more)}


@step(r'(\w+) hands in (\S+\.\w+) of (\S+?)(?: into (\S+))? under (\S+?)(?: with (.*))?:')
def hands_in(w, user, name, source, register, purpose, more, block):
    """The text below as a file of this name, from this source; waits for the report."""
    hand_in(w, user, {**described(w, name, source, register, more), 'file': filled(w, block).encode()}, purpose)


@step(r'(\w+) previews (\S+\.\w+) of (\S+?)(?: into (\S+))?:')
def previews(w, user, name, source, register, block):
    """The text below as it would be understood; nothing is taken in."""
    w.call(user, 'list.preview', {**described(w, name, source, register, None), 'file': filled(w, block).encode()})


@step(r'(\w+) hands in a zip of (\S+) under (\S+?):')
def hands_in_zip(w, user, source, purpose, block):
    """Files after lines "== NAME" in one archive; the reply is that of list.import."""
    out, files = io.BytesIO(), {}
    for line in filled(w, block).splitlines():
        if line.startswith('== '):
            name = line[3:].strip()
            files[name] = ''
        else:
            files[name] += line + '\n'
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, text in files.items():
            z.writestr(name, text)
    w.call(user, 'list.import', {'file': out.getvalue(), 'name': 'danh-sach.zip', 'source': source}, purpose)
    taken = w.last
    if taken.status == 200:
        w.wait_list(user)
        w.last = taken


def as_workbook(text):
    """The rows of a CSV as a workbook of texts; a cell "=36892" is the day with this serial number."""
    def cell(value):
        if re.fullmatch(r'=\d+', value):
            return f'<c s="1"><v>{value[1:]}</v></c>'
        return f'<c t="inlineStr"><is><t>{html.escape(value)}</t></is></c>'
    rows = ''.join('<row>' + ''.join(cell(c) for c in row) + '</row>' for row in csv.reader(text.splitlines()))
    main, rel = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main', 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
    parts = {
        'xl/workbook.xml': f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="DS" sheetId="1" r:id="rId1"/></sheets></workbook>',
        'xl/_rels/workbook.xml.rels': '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                                      f'<Relationship Id="rId1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/>'
                                      f'<Relationship Id="rId2" Type="{rel}/styles" Target="styles.xml"/></Relationships>',
        'xl/styles.xml': f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        'xl/worksheets/sheet1.xml': f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, text in parts.items():
            z.writestr(name, text)
    return out.getvalue()


@step(r'(\w+) hands in a workbook of (\S+?)(?: into (\S+))? under (\S+?)(?: with (.*))?:')
def hands_in_workbook(w, user, source, register, purpose, more, block):
    """As "hands in", the rows standing in a workbook; =36892 is a cell that holds a day."""
    hand_in(w, user, {**described(w, 'danh-sach.xlsx', source, register, more), 'file': as_workbook(filled(w, block))}, purpose)


def inside(file, change):
    """The bytes of a CSV, or of the parts of a workbook, after `change`."""
    if not file.startswith(b'PK'):
        return change(file)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)))
    return out.getvalue()


@step(r'(\w+) mends the refused rows of (\w+) as (\S+), (\S+) of (\S+?)(?: into (\S+))? under (\S+): "(.*)" is "(.*)"')
def mends(w, user, kept, form, name, source, register, purpose, wrong, right):
    """Fetches them (as "sent" or as "xlsx"), has one text replaced where it stands, and sends that very file back."""
    wrong, right = filled(w, wrong), filled(w, right)
    form = {} if form == 'sent' else {'format': form}
    file = w.call(user, 'list.rejected', {'delivery': w.marks[kept], **form}).body
    mended = inside(file, lambda part: part.replace(wrong.encode(), right.encode()))
    if mended == file:
        raise Wrong(f'nothing was mended: {wrong} is not there')
    hand_in(w, user, {**described(w, name, source, register, None), 'completes': w.marks[kept], 'file': mended}, purpose)


@step(r'(\w+) stops and resumes a list of (\d+) rows seed (\d+) under (\S+)')
def stops_and_resumes(w, user, rows, seed, purpose):
    """Handed in, stopped at once, found stopped, and then let go on to its end."""
    base, _ = next(v for v in w.populations.made.values() if v[1] is w.people)
    out = w.folder / f'list-{seed}.csv'
    w.verb('synth', 'list', '--from', base / 'synth', '--rows', rows, '--seed', seed, '--out', out)
    taken = w.call(user, 'list.import', {'file': out.read_bytes(), 'name': 'dung.csv', 'source': 'hoi'}, purpose)
    of = {'delivery': taken.json['delivery']}
    if w.call(user, 'list.cancel', of).json.get('state') != 'cancelled':
        raise Wrong(f'list.cancel: {w.last.text[:200]}')
    if w.call(user, 'list.status', of).json['item']['state'] != 'cancelled':
        raise Wrong('the list is not stopped')
    if w.call(user, 'list.resume', of).json.get('state') != 'waiting':
        raise Wrong(f'list.resume: {w.last.text[:200]}')
    w.last = taken
    w.wait_list(user)


@step(r'expect (\w+) has (\d+)')
def expect_count(w, field, count):
    """How many items a list of the reply has."""
    got = len(w.last.json[field])
    if got != int(count):
        raise Wrong(f'{field} has {got}')


@step(r'remember the list as (\w+)')
def remember_list(w, name):
    """For later, as {kept NAME}."""
    w.marks[name] = w.marks['delivery']


@step(r'(\w+) imports (\d+) beekeepers under (\S+)')
def imports_beekeepers(w, user, rows, purpose):
    """A list of so many living people with their hives, a flaw of each kind among them: {kept uncounted} has hives that are no number,
    {kept empty} has none, {kept silent} tells no honey, {kept other} was born on another day, {kept late} is dead."""
    alive = [p for p in w.people if p['state'] == 'active' and p['number'] and len(p['birth']) == 10]
    dead = next(p for p in w.people if p['state'] == 'deceased' and p['number'] and len(p['birth']) == 10)
    keepers = [[p['name'], p['birth'], p['number'], str(1 + n % 9), ''] for n, p in enumerate(alive[:int(rows) - 1])]
    for place, flaw, cell, value in ((10, 'uncounted', 3, 'nhiều'), (20, 'empty', 3, '0'), (30, 'silent', 3, '12'), (40, 'other', 1, '1931-03-04')):
        keepers[place][cell] = value
        w.marks[flaw] = keepers[place][2]
    keepers.append([dead['name'], dead['birth'], dead['number'], '3', ''])
    w.marks['late'] = dead['number']
    text = 'Họ và tên,Ngày sinh,Số CCCD,Số tổ,Sản lượng mật (kg)\n' + ''.join(','.join(k) + '\n' for k in keepers)
    hand_in(w, user, {'name': 'nuoi-ong.csv', 'source': 'hoi', 'into': 'beekeepers', 'file': text.encode()}, purpose)


# --- runs: stopped in the middle, and their figures under either map of units

@step(r'([a-z_]+\.[a-z_]+) is held after (\d+) calls?')
def held(w, operation, calls):
    """From now on, after so many more calls, whoever calls this operation is told to come again."""
    w.start()
    w.debug('hold', f'{operation} {calls}')


@step(r'([a-z_]+\.[a-z_]+) goes on')
def goes_on(w, operation):
    """It is held no longer."""
    w.debug('hold', f'{operation} -1')


@step(r'the run is half done')
def half_done(w):
    """Some rows of the run that was kept are written, and it stays so: others are not. The reply is its state."""
    until, before = time.time() + WAIT_S, None
    while time.time() < until:
        item = w.call('mai', 'run.status', {'run': w.marks['run']}).json['item']
        if 0 < item['rows_done'] < item['rows_total'] and item['rows_done'] == before:
            return
        before = item['rows_done']
        time.sleep(0.2)
    raise Wrong(f'the run is not half done: {w.last.text[:200]}')


@step(r'expect the units of the (old|new) map, and the same total')
def same_total(w, which):
    """Each line of the report is a province of this map, or says that nobody knows; the lines add up to the total that was kept, by
    outcome and by field."""
    report, kept = w.last.json, w.marks['total']
    outcomes = ('rows', 'matched', 'conflicting', 'ambiguous', 'not_found', 'duplicate', 'deceased', 'moved', 'cancelled')
    strange = [u['name'] for u in report['units'] if u.get('unit') and not u['unit'].endswith(f'@{which}')]
    if strange or not any(u.get('unit') for u in report['units']):
        raise Wrong(f'not of the {which} map: {strange}')
    for name in outcomes:
        if not sum(u[name] for u in report['units']) == report['total'][name] == kept[name]:
            raise Wrong(f'{name}: {sum(u[name] for u in report["units"])}, {report["total"][name]}, {kept[name]}')
    for field in kept['fields']:
        here = [f for u in report['units'] for f in u['fields'] if f['field'] == field['field']]
        if any(sum(f[name] for f in here) != field[name] for name in ('compared', 'differing')):
            raise Wrong(f'{field["field"]} does not add up')


@step(r'expect text (.+)')
def expect_text(w, text):
    """The reply, a file or a page, has these words."""
    if filled(w, text) not in w.last.text:
        raise Wrong(f'not there: {w.last.text[:300]}')
