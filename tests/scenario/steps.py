"""The language of scenarios: one regular expression a step. What a step means stands in its docstring; `--steps` prints
them all. Values in braces: {number of person 12}, {name of person 12}, {birth of person 12}, {reply FIELD}.
"""
import html
import json
import re
import time
import urllib.parse

from world import Wrong

STEPS = []


def step(pattern):
    def add(function):
        STEPS.append((re.compile(f'^{pattern}$'), function))
        return function
    return add


def field_of(reply, path):
    at = reply.json
    for part in path.split('.'):
        if isinstance(at, list):
            at = at[int(part)]
        elif isinstance(at, dict) and part in at:
            at = at[part]
        else:
            raise Wrong(f'the reply has no {path}: {reply.text[:300]}')
    return at


def filled(w, text):
    """Replaces {… of person N} and {reply FIELD}."""
    def one(m):
        what = re.match(r'(\w+) of person (\d+)$', m[1])
        if what:
            return w.person(int(what[2]))[what[1]]
        what = re.match(r'reply ([\w.]+)$', m[1])
        if what:
            return str(field_of(w.last, what[1]))
        what = re.match(r'kept (\w+)$', m[1])
        if what:
            return str(w.marks[what[1]])
        return m[0]
    return re.sub(r'\{([^{}"]+)\}', one, text)


def fields_of(w, text):
    """"name: value, other: value" as a mapping; true, false and whole numbers are read as such, [a b] as a list."""
    out = {}
    for part in filter(None, (p.strip() for p in re.split(r',\s+(?=[\w.-]+:)', text or ''))):
        name, value = (x.strip() for x in part.split(':', 1))
        value = filled(w, value)
        if re.match(r'^-?(0|[1-9]\d{0,17})$', value):
            value = int(value)
        elif value in ('true', 'false'):
            value = value == 'true'
        elif re.match(r'^\[.*\]$', value):
            value = value[1:-1].split()
        elif re.match(r'^".*"$', value):
            value = value[1:-1]
        out[name] = value
    return out


# --- the world

@step(r'people (\d+) seed (\d+)')
def people(w, n, seed):
    """A synthetic population of Tuyên Quang, loaded. Person N is row N of it."""
    w.populate(n, seed)


@step(r'clock (\S+)')
def clock(w, at):
    """Freezes the clock of the server, or moves it: 2026-07-01T02:00:00Z, or +3600 for seconds."""
    if w.server:
        w.debug('clock', at)
    w.clock = w.later(at) if at.startswith('+') else at


@step(r'(officer|coordinator|leader|auditor) (\w+)(?: of (?!the )(\S+))?')
def officer(w, kind, name, unit):
    """Opens an account for an officer; of names the unit where the writ runs ("home of person 12" is written {unit of person 12})."""
    options = ['--unit', filled(w, unit or '08@new')]
    w.user(name, kind, *options)


@step(r'(officer|coordinator) (\w+) of the commune of person (\d+)')
def officer_of_commune(w, kind, name, n):
    """Opens an account for an officer of the commune where the person lives."""
    w.user(name, kind, '--unit', w.person(int(n))['unit'])


@step(r'citizen (\w+) is person (\d+)')
def citizen(w, name, n):
    """Opens an account for a person of the register."""
    w.user(name, 'citizen', '--person', w.person(int(n))['number'])


@step(r'system (\w+) of (\S+)')
def system(w, name, organisation):
    """Opens an account with a bearer token for a partner system of an organisation."""
    w.user(name, 'system', '--organisation', organisation)


@step(r'server is killed')
def killed(w):
    """kill -9."""
    w.start()
    w.kill()


@step(r'server (?:starts|starts again)')
def starts(w):
    """Starts the server (a request starts it by itself too)."""
    w.start()


@step(r'server stops')
def stops(w):
    """Asks it to stop; it has to end with exit code 0."""
    w.stop()


@step(r'store fails at call (\d+) with (error|full|unknown-commit|kill)')
def store_fails(w, n, kind):
    """From now on the N-th call of the store fails in this way, once."""
    w.start()
    w.debug('fault', f'{n} {kind}')


# --- asking

@step(r'(\w+) signs in')
def signs_in(w, name):
    """By the page, with the right password."""
    if not w.sign_in(name):
        raise Wrong(f'{name} could not sign in: {w.last.status}')


@step(r'(\w+) tries to sign in with "([^"]*)"')
def tries(w, name, password):
    """By the page, with this password."""
    w.sign_in(name, password)


@step(r'(\w+) calls ([a-z_.]+)(?: under (\S+|\w+/{kept \w+}))?(?: as command (\S+))?(?: with (.*))?')
def calls(w, name, operation, purpose, command, fields):
    """One operation: who, which, on which ground, with which input. Nobody is "anyone"."""
    w.call(None if name == 'anyone' else name, operation, fields_of(w, fields), purpose and filled(w, purpose), command)


@step(r'(\w+) verifies person (\d+) under (\S+)(?: claiming (.*))?')
def verifies(w, name, n, purpose, claims):
    """person.verify by the person's number with further claims."""
    w.call(name, 'person.verify', {'number': w.person(int(n))['number'], **fields_of(w, claims)}, purpose)


@step(r'(\w+) imports under (\S+):')
def imports(w, name, purpose, block):
    """Hands in the text below as a list from the association of farmers and waits for the report."""
    text = filled(w, block)
    w.call(name, 'list.import', {'file': text.encode(), 'name': 'danh-sach.csv', 'source': 'hoi-nong-dan'}, purpose)
    if w.last.status == 200:
        w.marks['delivery'] = w.last.json['delivery']
        w.wait_list(name)


@step(r'(\w+) imports into (\S+) under (\S+):')
def imports_into(w, name, register, purpose, block):
    """Hands in the text below as a list whose rows go into a sector register, and waits for the report."""
    fields = {'file': filled(w, block).encode(), 'name': 'danh-sach.csv', 'source': 'hoi-nong-dan', 'into': register}
    w.call(name, 'list.import', fields, purpose)
    if w.last.status == 200:
        w.marks['delivery'] = w.last.json['delivery']
        w.wait_list(name)


@step(r'(\w+) imports (\d+) rows seed (\d+)(?: in (\S+))? under (\S+)')
def imports_list(w, name, rows, seed, encoding, purpose):
    """A messy list drawn from the population by dancu synth list, handed in; waits for the report."""
    base, _ = next(v for v in w.populations.made.values() if v[1] is w.people)
    out = w.folder / f'list-{seed}.csv'
    w.verb('synth', 'list', '--from', base / 'synth', '--rows', rows, '--seed', seed, '--out', out, '--encoding', encoding or 'utf-8')
    w.call(name, 'list.import', {'file': out.read_bytes(), 'name': 'danh-sach.csv', 'source': 'hoi-nong-dan'}, purpose)
    if w.last.status == 200:
        w.marks['delivery'] = w.last.json['delivery']
        w.wait_list(name)


@step(r'run ends')
def run_ends(w):
    """Until the run that was kept, or planned last, is scored or published; the reply is its state."""
    planned = w.last.json.get('run') if isinstance(w.last.json, dict) else None
    w.wait_run('mai', planned or w.marks['run'])


@step(r'keep digest of the run')
def keep_run_digest(w):
    """The digest of the results of the run that has ended."""
    w.marks['run_digest'] = w.last.json['item']['digest']


@step(r'expect the same digest of the run')
def same_run_digest(w):
    """The run that has ended came to the same results as the one whose digest was kept."""
    if w.last.json['item']['digest'] != w.marks['run_digest']:
        raise Wrong('the results are others')


@step(r'expect reply next is empty')
def expect_no_more(w):
    """No page follows."""
    if w.last.json.get('next'):
        raise Wrong(f'there is more: {w.last.text[:200]}')


@step(r'(\w+) writes into (\S+) under (\S+)(?: as command (\S+))?:')
def writes(w, name, register, purpose, command, block):
    """Rows of a sector register, one a line under a line of field names; `number` says whom a row is about."""
    lines = [[c.strip() for c in line.split(',')] for line in filled(w, block).splitlines() if line.strip()]
    rows = []
    for line in lines[1:]:
        cells = dict(zip(lines[0], line))
        row = {k: cells.pop(k) for k in ('number', 'name', 'birth', 'sex') if k in cells}
        rows.append({**row, 'cells': [{'field': k, 'value': v} for k, v in cells.items() if v]})
    w.call(name, 'sector.put', {'code': register, 'rows': rows}, purpose, command)


@step(r'(\w+) imports (\d+) rows of (\S+) seed (\d+) under (\S+)')
def imports_drawn(w, name, rows, register, seed, purpose):
    """A messy list with the fields of a sector register, drawn by dancu synth list, goes into that register."""
    base, _ = next(v for v in w.populations.made.values() if v[1] is w.people)
    out = w.folder / f'list-{register}-{seed}.csv'
    w.verb('synth', 'list', '--from', base / 'synth', '--rows', rows, '--seed', seed, '--out', out, '--register', register)
    fields = {'file': out.read_bytes(), 'name': 'danh-sach.csv', 'source': f'nguon-{register}', 'into': register}
    w.call(name, 'list.import', fields, purpose)
    if w.last.status == 200:
        w.marks['delivery'] = w.last.json['delivery']
        w.wait_list(name)


@step(r'(\w+) opens (/.*)')
def opens(w, name, path):
    """A page, signed in as this user."""
    headers = {'Accept-Language': 'vi'}
    if name != 'anyone':
        headers['Cookie'] = f'session={w.token(name)}'
    w.page = w.last = w.send('GET', filled(w, path), headers=headers)


@step(r'(\w+) fills the form (/\S+) on (/.+?) with (.*)')
def fills(w, name, action, path, fields):
    """Opens a page, types into the form that is sent to that address, and sends it; what is not named stays as the page has it."""
    session = f'session={w.token(name)}'
    page, _, cookies = w.form(filled(w, path), session)
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page.text, re.S)[0]
    held = {html.unescape(k): html.unescape(v) for k, v in re.findall(r'<input[^>]*name="([^"]*)"[^>]*? value="([^"]*)"', form)}
    for select, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        held |= {select: html.unescape(v) for v in re.findall(r'<option value="([^"]*)" selected', options)}
    body = urllib.parse.urlencode({**held, **{k: str(v) for k, v in fields_of(w, fields).items()}})
    w.page = w.last = w.send('POST', action, body.encode(), {'Content-Type': 'application/x-www-form-urlencoded', 'Cookie': cookies, 'Accept-Language': 'vi'})


@step(r'(GET|POST|PUT|DELETE) (/\S*)(?: with (.*))?')
def raw(w, method, path, body):
    """A bare HTTP request without credentials."""
    headers = {'Content-Type': 'application/json'} if body else {}
    w.page = w.last = w.send(method, path, body and filled(w, body).encode(), headers)


@step(r'(\d+) forged calls of (GET|POST) (/\S*)')
def forged(w, n, method, path):
    """Requests that show a token and a session of the right form, which nobody has."""
    headers = {'Accept-Language': 'en', 'Cookie': f'session={"B" * 43}'}
    if path.startswith('/api/'):
        headers = {'Accept-Language': 'en', 'Authorization': f'Bearer t_{"A" * 43}'}
    for _ in range(int(n)):
        w.page = w.last = w.send(method, path, headers=headers)


@step(r'keep ([\w.]+)')
def keep(w, name):
    """Keeps a field of the last reply for later, as {kept NAME}: of now.dossier the last part."""
    w.marks[name.rsplit('.', 1)[-1]] = field_of(w.last, name)


@step(r'wait (\d+) ms')
def wait(w, ms):
    """Real time passes: the sequencer works twice a second."""
    time.sleep(int(ms) / 1000)


# --- expecting

@step(r'expect (ok|refused|invalid|missing)(?: (\w+))?')
def expect(w, what, code):
    """The last call went well, or was refused with this error."""
    got = w.last.code
    if (what == 'ok') != (got == 'OK') or (code and got != code):
        raise Wrong(f'got {got}: {w.last.text[:300]}')


@step(r'expect reply (?!hides)([\w.]+) (?:is )?(.+)')
def expect_reply(w, path, value):
    """A field of the last reply has this value."""
    got = field_of(w.last, path)
    got = str(got).lower() if isinstance(got, bool) else str(got)
    if got != filled(w, value).strip('"'):
        raise Wrong(f'{path} is {got}')


@step(r'expect reply hides person (\d+)')
def expect_hidden(w, n):
    """No value of this person (number, name, birth) stands in the last reply."""
    person = w.person(int(n))
    for field in ('number', 'name', 'birth'):
        if person[field] and person[field] in w.last.text:
            raise Wrong(f'the reply shows the {field}')


@step(r'expect (\w+) sees (\d+) entr(?:y|ies)(?: of ([a-z_.]+))?')
def expect_sees(w, name, n, operation):
    """The citizen's own list of who read and changed the record."""
    page = w.call(name, 'ledger.mine', {'limit': 100})
    got = [e for e in page.json['entries'] if not operation or e['operation'] == operation]
    if len(got) != int(n):
        raise Wrong(f'{len(got)}: {[e["operation"] for e in got]}')


@step(r'expect metric (\S+) (\d+)')
def expect_metric(w, series, value):
    """A series of /metrics."""
    got = w.metric(series)
    if got != float(value):
        raise Wrong(f'{series} is {got}')


@step(r'expect list outcome (\w+) (\d+)')
def expect_outcome(w, outcome, n):
    """Rows with this outcome in the report of the list handed in last."""
    got = {o['outcome']: o['rows'] for o in w.last.json['outcomes']}
    if got.get(outcome, 0) != int(n):
        raise Wrong(f'{got}')


@step(r'expect list rows (\d+)')
def expect_rows(w, n):
    """All rows of the report together."""
    got = sum(o['rows'] for o in w.last.json['outcomes'])
    if got != int(n):
        raise Wrong(f'{got}')


@step(r'expect page (shows|hides) "([^"]+)"')
def expect_page(w, what, text):
    """The page opened last has this text (as HTML)."""
    if (filled(w, text) in w.page.text) != (what == 'shows'):
        plain = re.sub(r'<[^>]*>|\s+', ' ', w.page.text)
        raise Wrong(f'HTTP {w.page.status}; {plain[:300]}')


@step(r'expect status (\d+)')
def expect_status(w, n):
    """HTTP status of the last reply."""
    if w.last.status != int(n):
        raise Wrong(f'{w.last.status}: {w.last.text[:200]}')


@step(r'expect header (\S+) "([^"]*)"')
def expect_header(w, name, text):
    """A header field of the last reply contains this."""
    if text not in w.last.headers.get(name, ''):
        raise Wrong(f'{name}: {w.last.headers.get(name)}')


@step(r'expect ledger sound')
def expect_sound(w):
    """dancu ledger verify, in a process of its own, finds nothing wrong."""
    w.verb('ledger', 'verify')


@step(r'definition (\S+):')
def definition(w, path, block):
    """Writes the text below as a file of the installation's own definitions."""
    at = w.data / 'definitions' / path
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_text(filled(w, block), encoding='utf-8')


@step(r'definitions are read again')
def reload(w):
    """The running server reads them anew; it has to accept them."""
    w.start()
    w.debug('reload')


@step(r'definitions are refused at (\S+)')
def reload_refused(w, place):
    """The running server refuses them and names file:line."""
    r = w.send('POST', '/debug/reload')
    if r.status == 200 or place not in r.text:
        raise Wrong(f'{r.status}: {r.text}')


@step(r'remember digest')
def remember(w):
    """Keeps the digest over all tables, once the server does nothing by itself any more."""
    w.start()
    last, now = None, w.debug('digest')
    while now != last:
        time.sleep(0.3)
        last, now = now, w.debug('digest')
    w.marks['digest'] = now


@step(r'operator judges the day')
def judges(w):
    """The round of quality: all registers are judged anew, and the figures of the day are published."""
    if 'operator' not in w.users:
        w.user('operator', 'operator')
    more = True
    while more:
        w.call('operator', 'quality.judge', {})
        more = field_of(w.last, 'more')


@step(r'expect digest (same|other)')
def expect_digest(w, what):
    """All tables together have the same content as when it was remembered, or not."""
    now = w.debug('digest')
    if (now == w.marks['digest']) != (what == 'same'):
        raise Wrong('it changed' if what == 'same' else 'nothing changed')


def documentation():
    return '\n'.join(f'{p.pattern[1:-1]}\n    {f.__doc__}' for p, f in STEPS)
