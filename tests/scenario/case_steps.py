"""Steps about cases. The case that was opened or looked at last is "the case"; its version is the one that its last reply told."""

from steps import fields_of, step

REASONED = {'asks evidence for': 'ask', 'waives': 'waive', 'rejects': 'reject', 'undoes': 'undo'}


def note(w):
    """Remembers the version that a good reply told."""
    if w.last.status == 200:
        w.case = w.last.json.get('now') or w.last.json.get('item', {}).get('now') or w.case


def move(w, name, operation, **fields):
    w.call(name, f'case.{operation}', {'id': w.case['id'], 'expected_version': w.case['version'], **fields})
    note(w)


@step(r'(\w+) reports that person (\d+) and person (\d+) may be one')
def reports_same(w, name, n, m):
    """Opens a case about two records."""
    w.call(name, 'case.report', {'number': w.person(int(n))['number'], 'other': w.person(int(m))['number'], 'source': 'phản ánh tại quầy'})
    note(w)


@step(r'(\w+) reports (\w+) "([^"]+)" of person (\d+)')
def reports_paper(w, name, attribute, said, n):
    """Opens a case about a paper that differs from the register."""
    w.call(name, 'case.report', {'number': w.person(int(n))['number'], 'attribute': attribute, 'said': said, 'source': 'giấy tờ của công dân'})
    note(w)


@step(r'(\w+) looks at the case')
def looks(w, name):
    """The whole case, as this user may see it."""
    w.call(name, 'case.show', {'id': w.case['id']})
    note(w)


@step(r'(\w+) has the case open')
def claims(w, name):
    """What the page of a case says by itself."""
    w.call(name, 'case.claim', {'id': w.case['id']})


@step(r'(\w+) settles the case by (\w+)(?: because "([^"]+)")?(?: with (.*?))?( on an old view)?')
def settles(w, name, choice, reason, fields, old):
    """A decision; on an old view: with the version before the last move."""
    w.case['version'] -= bool(old)
    move(w, name, 'adjudicate', choice=choice, **({'reason': reason} if reason else {}), **fields_of(w, fields))
    w.case['version'] += bool(old) and w.last.status != 200


@step(r'(\w+) confirms the merge')
def confirms(w, name):
    """The second person."""
    move(w, name, 'confirm')


@step(r'(\w+) (asks evidence for|waives|rejects|undoes) the (?:case|merge) because "([^"]+)"')
def reasoned(w, name, verb, reason):
    """A move with its reason."""
    move(w, name, REASONED[verb], reason=reason)


@step(r'(\w+) supplies evidence "([^"]+)"')
def supplies(w, name, evidence):
    """The paper that came."""
    move(w, name, 'supply', evidence=evidence)


@step(r'(\w+) acknowledges the case for (\S+)')
def acknowledges(w, name, code):
    """The keeper of a register has taken the decision over."""
    w.call(name, 'case.acknowledge', {'id': w.case['id'], 'code': code})
    note(w)


@step(r'operator sweeps old cases')
def sweeps(w):
    """What the watch of the server does by itself every half minute."""
    if 'operator' not in w.users:
        w.user('operator', 'operator')
    w.call('operator', 'case.sweep', {})
