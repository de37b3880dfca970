"""Steps about life events, and about the post by which another node, that the scenario plays, takes part. "The event" is the one whose dossier was submitted last; a leg is named by its key, and its version is
the one that the event's page told last."""

import base64
import hashlib
import json
import os
import subprocess

from steps import filled, step
from world import Wrong

DER_OF_SEED = bytes.fromhex('302e020100300506032b657004220420')


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


def openssl(*words, given):
    return subprocess.run(['openssl', *words], input=given, capture_output=True, check=True).stdout


@step(r'node (\w+) is a peer of (\w+) and holds (\w+)')
def peer(w, name, own, kind):
    """Before the server starts: this node is called OWN, and the other one, which the scenario plays, answers for a kind of offices."""
    w.node, w.node_of = own, {'name': name, 'der': DER_OF_SEED + os.urandom(32)}
    public = openssl('pkey', '-inform', 'DER', '-pubout', '-outform', 'DER', given=w.node_of['der'])[-32:]
    key = base64.urlsafe_b64encode(public).decode().rstrip('=')
    folder = w.data / 'definitions'
    folder.mkdir(exist_ok=True)
    (folder / 'peers.yaml').write_text(f'self: {own}\npeers:\n  - {{node: {name}, url: "http://127.0.0.1:9", key: "{key}", holds: [{kind}]}}\n')


@step(r'the peer sends ([a-z._]+) as number (\d+) of stream (\d+)(, wrongly signed)?( to somebody else)?: (.*)')
def sends(w, kind, seq, stream, wrong, elsewhere, body):
    """A signed message with this body, a JSON text."""
    body = filled(w, body)
    to = 'elsewhere' if elsewhere else w.node
    text = f'dancu post 1\nmessage\n{w.node_of["name"]}\n{to}\n{stream} {seq}\n{kind}\n{hashlib.sha256(body.encode()).hexdigest()}'
    key, plain = w.folder / 'peer.der', w.folder / 'peer.txt'
    key.write_bytes(w.node_of['der'])
    plain.write_bytes(text.encode() + (b'!' if wrong else b''))
    signature = openssl('pkeyutl', '-sign', '-rawin', '-keyform', 'DER', '-inkey', key, '-in', plain, given=b'')
    w.message = {'from': w.node_of['name'], 'to': to, 'stream': int(stream), 'seq': int(seq), 'kind': kind, 'body': body,
                 'signature': base64.urlsafe_b64encode(signature).decode().rstrip('=')}
    w.call(None, 'post.receive', w.message)


def sends_again(w, message):
    body = json.dumps(message, ensure_ascii=False).encode()
    w.last = w.send('POST', '/post/v1', body, {'Accept-Language': 'en', 'Content-Type': 'application/json', 'Authorization': 'Signed'})
    return w.last.status


@step(r'the peer sends that message (\d+) times more')
def repeats(w, times):
    """Marked as signed; each has to be answered."""
    for n in range(int(times)):
        if sends_again(w, w.message) != 200:
            raise Wrong(f'time {n + 1} was answered with {w.last.status}')


@step(r'somebody sends it with a forged signature until he is told to wait')
def forges(w):
    """Marked as signed, which saves him from nothing."""
    forged = dict(w.message, signature='A' * 86)
    for _ in range(2000):
        if sends_again(w, forged) == 429:
            return
    raise Wrong('he was never told to wait')


@step(r'the peer sends that message once more')
def once_more(w):
    sends_again(w, w.message)


@step(r'operator reads the post')
def reads(w):
    """What waits for the other nodes."""
    w.user('poster', 'operator')
    w.call('poster', 'post.state', {})
