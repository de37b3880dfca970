"""Steps about the post: another node that the scenario itself plays, with a key of its own."""
import base64
import hashlib
import os
import subprocess

from steps import filled, step

DER_OF_SEED = bytes.fromhex('302e020100300506032b657004220420')


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
    w.call(None, 'post.receive', {'from': w.node_of['name'], 'to': to, 'stream': int(stream), 'seq': int(seq), 'kind': kind, 'body': body,
                                  'signature': base64.urlsafe_b64encode(signature).decode().rstrip('=')})


@step(r'operator reads the post')
def reads(w):
    """What waits for the other nodes."""
    w.user('poster', 'operator')
    w.call('poster', 'post.state', {})
