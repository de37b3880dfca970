"""Steps about dossiers. The dossier that was opened last is "the dossier"; its version is the one that its last reply told."""

from steps import fields_of, filled, step

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
    w.user('operator', 'operator')
    w.call('operator', 'dossier.sweep', {})
