#!/usr/bin/env python3
"""Sends wrong input of every kind to the real binary, over real sockets and by verbs, in Vietnamese and in English, and
prints TAP.

  wrong.py BINARY                 each answer must have its code and status and be what docs/wrong-input.md says
  wrong.py BINARY --write FILE    writes that table from the answers

Of each case it is checked that the error is the one expected and told in both languages with a remedy, that the store holds
what it held before (a digest over all tables; not where a try is itself a fact), and that the service goes on.
"""
import argparse
import json
import pathlib
import shutil
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / 'scenario')]

import ask  # noqa: E402
import contract  # noqa: E402
import over_case  # noqa: E402
import over_centre  # noqa: E402
import over_feedback  # noqa: E402
import over_http  # noqa: E402
import over_link  # noqa: E402
import over_list  # noqa: E402
import over_paper  # noqa: E402
import over_quality  # noqa: E402
import over_run  # noqa: E402
import over_service  # noqa: E402
import over_taken  # noqa: E402
import over_verb  # noqa: E402
import world  # noqa: E402

TABLE = HERE.parent.parent / 'docs' / 'wrong-input.md'
PEOPLE, SEED, CLOCK = '6000', '7', '2026-07-01T02:00:00Z'
KINDS_MIN, SETTLED_S, SETTLE_WITHIN_S = 34, 0.7, 20
LIBRARY = 'head (library)'
UNREAD = (LIBRARY, 'head (unread)')  # no language is known yet
HEAD = '''# Wrong input, and the answer it gets

Written by `python3 tests/wrong-input/wrong.py build/dancu --write docs/wrong-input.md` from the answers themselves; `./test` sends
all of it again and compares. A number is an HTTP status, *exit N* the exit code of a verb, *row* a row of a list that is refused
while the others are kept; a page shows no code. Place: where in the input, as the answer tells it. After each, the store was the
same as before, except where a try or a list is itself recorded, and the service went on. A *head (unread)* is refused before
its fields, and with them the language, can be believed; a *head (library)* before our own code sees it.

| kind | where | answer | place | message (vi) | message (en) | remedy (en) |
|---|---|---|---|---|---|---|
'''


class Tester(ask.Asker):
    """What cases lean on: a served population, a person of lan's commune, a stranger, and a ledger with entries."""

    def __init__(self, w):
        super().__init__(w)
        self.kept, self.count = {}, 0
        w.populate(PEOPLE, SEED)
        w.clock = CLOCK
        self.base = w.populations.get(PEOPLE, SEED)[0]
        self.synth = self.base / 'synth'
        first = w.person(12)
        self.number, self.unit = first['number'], first['unit']
        stranger = next(p for p in w.people if p['unit'] != self.unit and p['unit'] and p['state'] == 'active')
        self.stranger, self.far = stranger['number'], stranger['unit']
        w.user('lan', 'officer', '--unit', self.unit)
        w.user('mai', 'coordinator', '--unit', '08@new')
        w.user('minh', 'leader', '--unit', '08@new')
        w.user('hoa', 'citizen', '--person', self.number)
        w.user('hospital', 'system', '--organisation', 'benhvien-tinh')
        self.disclose()
        for name in ('lan', 'mai', 'minh', 'hoa'):
            w.token(name)
        self.case = self.report()
        self.digest = self.settled()

    def report(self):
        """A case of lan's commune, for decisions that are refused."""
        body = {'number': self.number, 'attribute': 'name', 'said': 'Nguyễn Thị Thử', 'source': 'giấy khai sinh'}
        return self.w.send('POST', '/api/v1/cases/report', json.dumps(body), self.headers('lan', Content_Type='application/json')).json['now']['id']

    def disclose(self):
        """Three real calls, waited for until the tree holds them; the folder as it then was, for those who tamper."""
        self.w.start()
        for n in (12, 13, 14):
            r = self.w.send('POST', over_http.VERIFY, json.dumps({'number': self.w.person(n)['number']}),
                            self.headers('hospital', 'agreement/AG-2025-001', Content_Type='application/json'))
            if r.status != 200:
                raise world.Wrong(f'a right call was refused: {r.text}')
        self.settled()
        self.w.stop()
        self.disclosed = self.w.folder / 'disclosed'
        shutil.copytree(self.w.data, self.disclosed)
        self.w.start()

    def once(self, name, make):
        if name not in self.kept:
            self.kept[name] = make()
        return self.kept[name]

    def fresh(self, name):
        """A name in both languages the same, so that the messages can be compared; what stood there is gone."""
        shutil.rmtree(self.w.folder / name, ignore_errors=True)
        return name

    def settled(self):
        """The digest once the sequencer of the ledger has nothing left to do."""
        until, last = time.time() + SETTLE_WITHIN_S, None
        while time.time() < until:
            now = self.w.debug('digest')
            if now == last:
                return now
            last = now
            time.sleep(SETTLED_S)
        raise world.Wrong('the store does not come to rest')


def changes_nothing(t, send):
    """A job of the server may have written meanwhile; what the input itself changes, it changes again."""
    for t.lang in ('vi', 'en'):
        t.digest = t.settled()
        send(t)
        if t.w.debug('digest') == t.digest:
            return
    t.digest = t.settled()
    raise world.Wrong('something changed')


def check(t, case):
    """One kind of wrong input in both languages; gives the line of the table."""
    kind, where, status, code, send, *changes = case
    answers = {}
    for t.lang in ('vi', 'en'):
        a = answers[t.lang] = send(t)
        if (a.status, a.code) != (status, code):
            raise world.Wrong(f'{t.lang}: got {a.status} {a.code}: {a.message}')
        if not a.message or (not a.remedy and status != over_list.ROW and where != LIBRARY):
            raise world.Wrong(f'{t.lang}: says nothing, or not what to do: {a.message!r} {a.remedy!r}')
        if t.w.send('GET', '/ready').status != 200:
            raise world.Wrong('the service does not go on')
    vi, en = answers['vi'], answers['en']
    if where in UNREAD:
        pass
    elif vi.message == en.message:
        raise world.Wrong(f'the same words in both languages: {vi.message}')
    elif any(ch in en.message.replace('CCCD', '') for ch in 'ăâđêôơưạảấầẩậắằặẹẻẽếềểễệỉịọỏốồổộớờởợụủứừửữựỳỵỷỹ'):
        raise world.Wrong(f'half translated: {en.message}')
    if changes:
        t.digest = t.settled()
    elif t.w.debug('digest') != t.digest:
        changes_nothing(t, send)
    cells = [kind, where, told(en), en.place, vi.message, en.message, en.remedy]
    return '| ' + ' | '.join(c.replace('|', '\\|') for c in cells) + ' |'


def told(a):
    number = f'exit {a.status}' if a.status in (over_verb.FAILED, over_verb.USAGE) else str(a.status)
    return f'{number} `{a.code}`' if a.code else number


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def say(self, good, title, why=''):
        self.count += 1
        self.failed += not good
        print(f'{"ok" if good else "not ok"} {self.count} - {title}', flush=True)
        if not good:
            print('\n'.join('# ' + line for line in str(why).splitlines()), flush=True)


def run(t, tap, table):
    lines = []
    def attempt(title, make):
        try:
            line = make()
            if table is not None and line not in table:
                raise world.Wrong(f'docs/wrong-input.md does not say: {line}')
            lines.append(line)
            tap.say(True, title)
        except (world.Wrong, AssertionError, KeyError, OSError) as e:
            tap.say(False, title, f'{e.__class__.__name__}: {e}')
            t.digest = t.settled()

    for case in over_http.cases() + over_list.cases() + over_centre.cases() + over_case.cases() + over_quality.cases() + over_run.cases() + over_verb.cases() + over_link.cases() + over_paper.cases() + over_feedback.cases() + over_service.cases():
        attempt(case[0], lambda: check(t, case))
    refused = len(lines)
    for case in over_taken.cases():
        attempt(case[0], lambda: over_taken.line(t, case))
    return lines[:refused], lines[refused:]


def finish(t, tap, lines, table):
    try:
        t.w.stop()
        t.w.verb('ledger', 'verify')
        tap.say(True, 'after all of it the server stops when asked and the ledger is sound')
    except world.Wrong as e:
        tap.say(False, 'after all of it the server stops when asked and the ledger is sound', e)
    log = (t.w.folder / 'server.log').read_text(errors='replace')
    leaked = [n for n in (t.number, t.stranger, 'not-the-password') if n in log]
    tap.say(not leaked, 'no number and no password of anybody stands in the log', leaked)
    tap.say('"call_broken"' not in log and '"page_broken"' not in log, 'nothing was answered as a fault of the program itself', log[-600:])
    tap.say(len(lines) >= KINDS_MIN, f'at least {KINDS_MIN} kinds')
    if table is not None:
        stale = [line for line in table if line.startswith('| ') and line not in lines and not line.startswith('| kind')]
        tap.say(not stale, 'docs/wrong-input.md holds nothing else', '\n'.join(stale))


def main():
    p = argparse.ArgumentParser()
    p.add_argument('binary')
    p.add_argument('--write')
    a = p.parse_args()
    binary, tap = str(pathlib.Path(a.binary).resolve()), Tap()
    table = None if a.write else TABLE.read_text(encoding='utf-8').splitlines()
    with tempfile.TemporaryDirectory(prefix='dancu-wrong-') as folder:
        own = pathlib.Path(folder) / 'own'
        own.mkdir()
        w = world.World(binary, own, world.Populations(binary, folder, None), None, contract.Contract(binary))
        try:
            t = Tester(w)
            refused, taken = run(t, tap, table)
            finish(t, tap, refused + taken, table)
        finally:
            w.close()
    print(f'1..{tap.count}')
    if a.write and not tap.failed:
        pathlib.Path(a.write).write_text(HEAD + '\n'.join(refused) + '\n' + over_taken.TABLE + '\n'.join(taken) + '\n', encoding='utf-8')
    return 1 if tap.failed else 0


if __name__ == '__main__':
    sys.exit(main())
