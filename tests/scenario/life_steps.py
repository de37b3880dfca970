"""Steps about life events. "The event" is the one whose dossier was submitted last; a leg is named by its key, and its version is
the one that the event's page told last."""

from steps import step
from world import Wrong


def show(w, name):
    w.call(name, 'life.show', {'bundle': w.dossier['dossier']})
    if w.last.status == 200:
        w.event = w.last.json
    return w.last


def leg_of(w, key):
    for leg in w.event['legs']:
        if leg['key'] == key:
            return leg
    raise Wrong(f'the event has no leg {key}')


@step(r'(\w+) looks at the event')
def looks(w, name):
    """The bundle with its legs, as this user may see it."""
    show(w, name)


@step(r'officer (\w+) of the office of (\w+)')
def officer_of_leg(w, name, key):
    """Opens an account for an officer of the organisation that has this leg, as the event was seen last."""
    leg = leg_of(w, key)
    w.user(name, 'officer', '--unit', w.event_unit, '--organisation', leg['owner'])


@step(r'the event is in the commune of person (\d+)')
def event_unit(w, n):
    """Where the writ of the officers below runs."""
    w.event_unit = w.person(int(n))['unit']


@step(r'(\w+) (acknowledges|takes|completes) the leg (\w+)')
def moves(w, name, verb, key):
    """A move of a leg by an officer of its office."""
    show(w, name)
    operation = {'acknowledges': 'acknowledge', 'takes': 'take', 'completes': 'complete'}[verb]
    w.call(name, f'life.{operation}', {'bundle': w.dossier['dossier'], 'leg': key, 'expected_version': leg_of(w, key)['version']})


@step(r'(\w+) does the leg (\w+)')
def does(w, name, key):
    """Takes it and completes it."""
    moves(w, name, 'takes', key)
    if w.last.status == 200:
        moves(w, name, 'completes', key)


@step(r'(\w+) refuses the leg (\w+)(?: because "([^"]+)")?')
def refuses(w, name, key, reason):
    """With the reason that the law wants."""
    show(w, name)
    w.call(name, 'life.refuse', {'bundle': w.dossier['dossier'], 'leg': key, 'expected_version': leg_of(w, key)['version'], 'reason': reason or ' '})


@step(r'(\w+) (agrees|does not agree) to (\w+)')
def agrees(w, name, verb, key):
    """Who is asked answers for himself."""
    w.call(name, 'life.consent', {'bundle': w.dossier['dossier'], 'leg': key, 'agree': verb == 'agrees'})


@step(r'(\w+) withdraws the event')
def withdraws(w, name):
    """The whole application."""
    show(w, name)
    w.call(name, 'life.withdraw', {'bundle': w.dossier['dossier'], 'expected_version': w.event['now']['version']})


@step(r'(\w+) reverses the event because "([^"]+)"')
def reverses(w, name, reason):
    """What was recorded wrongly is taken back, the last leg first."""
    show(w, name)
    w.call(name, 'life.reverse', {'bundle': w.dossier['dossier'], 'expected_version': w.event['now']['version'], 'reason': reason})


@step(r'expect leg (\w+) (?:is )?(\w+)')
def expect_leg(w, key, state):
    """The state of a leg in the last reply that showed the event."""
    got = leg_of(w, key)['state']
    if got != state:
        raise Wrong(f'{key} is {got}')


@step(r'expect event (\w+)')
def expect_event(w, state):
    """The state of the whole."""
    if w.event['now']['state'] != state:
        raise Wrong(f'the event is {w.event["now"]["state"]}')


@step(r'the dossier is the one of the reply')
def dossier_of_reply(w):
    """After a hospital's notice: the dossier that it prepared."""
    w.dossier = {'dossier': w.last.json['dossier'], 'version': 2}


@step(r'operator sweeps life events')
def sweeps(w):
    """What the watch does by itself every half minute."""
    if 'sweeper' not in w.users:
        w.user('sweeper', 'operator')
    w.call('sweeper', 'life.sweep', {})
