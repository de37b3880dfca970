"""Steps about lists that are handed in: by any name, of any source, in an archive, stopped and gone on with."""
import io
import zipfile

from steps import fields_of, filled, step
from world import Wrong


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
