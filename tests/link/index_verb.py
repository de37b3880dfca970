#!/usr/bin/env python3
"""`dancu index` and `dancu link LIST --index DIR` as a user runs them. Prints TAP.

  index_verb.py BINARY"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from link_verb import ROLES, Desk, Wrong, people, same, slipped, table


class Bench(Desk):
    """a.csv is the register, b.csv the list."""

    def __init__(self, binary, folder):
        super().__init__(binary, folder)
        self.index('build', 'a.csv', '--roles', 'roles.yaml', '--out', 'reg')

    def index(self, *words, code=0, stdin=''):
        done = subprocess.run([self.binary, 'index', *map(str, words), '--lang', 'en'], capture_output=True, text=True, cwd=self.folder, timeout=120, input=stdin)
        if done.returncode != code:
            raise Wrong(f'exit {done.returncode}: {done.stdout[-400:]}{done.stderr[-400:]}')
        return done

    def found(self, text, *words):
        return json.loads(self.index('find', 'reg', '--roles', 'roles.yaml', '--json', *words, stdin=text).stdout)

    def refused(self, name, content):
        (self.folder / name).mkdir()
        (self.folder / name / '1.segment').write_bytes(content)
        return self.link('b.csv', '--roles', 'roles.yaml', '--index', name, code=1).stderr


def a_list_meets_the_register(d):
    done = d.link('b.csv', '--roles', 'roles.yaml', '--index', 'reg', '--pairs', 'pairs.csv')
    matches = [r for r in d.rows('pairs.csv') if r['class'] == 'match']
    right = sum(same(r['id_left'], r['id_right']) for r in matches)
    assert right >= 385 and len(matches) - right <= 4, (right, len(matches), done.stdout)
    assert all(r['id_left'].startswith('b') and r['id_right'].startswith('a') for r in matches)
    assert len({r['id_right'] for r in matches}) == len(matches), 'one-to-one'
    assert '400 records' in done.stdout, done.stdout


def threads_change_nothing(d):
    for n in (1, 2):
        d.link('b.csv', '--roles', 'roles.yaml', '--index', 'reg', '--pairs', f'pairs{n}.csv', '--threads', n)
    assert d.read('pairs1.csv') == d.read('pairs2.csv')


def one_record_scores_as_in_bulk(d):
    d.link('b.csv', '--roles', 'roles.yaml', '--index', 'reg', '--pairs', 'pairs.csv')
    bulk = {(r['id_left'], r['id_right']): float(r['score']) for r in d.rows('pairs.csv')}
    lines, seen = d.read('b.csv').splitlines(), 0
    for line in lines[1:40]:
        told = d.found(lines[0] + '\n' + line + '\n')
        for c in told['candidates']:
            pair = (c['id_left'], c['id_right'])
            if pair in bulk:
                assert abs(bulk[pair] - c['total']) < 0.0015, (pair, bulk[pair], c['total'])
                seen += 1
    assert seen >= 30, seen


def a_record_is_explained(d):
    name, birth, sex, phone = people()[7]
    told = d.found(json.dumps({'ho_ten': name, 'ngay_sinh': birth, 'dien_thoai': phone}, ensure_ascii=False))
    best = told['candidates'][0]
    assert best['id_right'] == 'a7' and best['class'] == 'match', best
    fields = {f['head']: f for f in best['fields']}
    assert fields['ho_ten']['left'] == name and fields['ho_ten']['level'] == 'same' and fields['gioi_tinh']['level'] == 'unknown', fields
    assert abs(best['start'] + sum(f['bits'] for f in best['fields']) - best['total']) < 1.1
    text = d.index('find', 'reg', '--roles', 'roles.yaml', stdin=f'ho_ten,ngay_sinh\nKhông Ai Cả,01/01/1901\n').stdout
    assert 'nobody' in text, text


def records_are_added(d):
    extra = [(n + 2000, row) for n, row in enumerate(people(seed=9)[:50])]
    d.write('more.csv', table(extra, 'a'))
    before = d.found(d.read('more.csv').splitlines()[0] + '\n' + d.read('more.csv').splitlines()[5] + '\n')
    assert all(c['class'] != 'match' for c in before['candidates'])
    d.link('b.csv', '--roles', 'roles.yaml', '--index', 'reg', '--pairs', 'first.csv')
    d.index('add', 'reg', 'more.csv', '--roles', 'roles.yaml')
    after = d.found(d.read('more.csv').splitlines()[0] + '\n' + d.read('more.csv').splitlines()[5] + '\n')
    assert after['candidates'][0]['class'] == 'match' and after['candidates'][0]['id_right'] == 'a2004', after
    d.link('b.csv', '--roles', 'roles.yaml', '--index', 'reg', '--pairs', 'second.csv')
    first = {(r['id_left'], r['id_right']): r['score'] for r in d.rows('first.csv')}
    second = {(r['id_left'], r['id_right']): r['score'] for r in d.rows('second.csv')}
    assert all(second[pair] == score for pair, score in first.items() if pair in second) and len(set(first) & set(second)) > 380, 'scores stay'
    assert '550 records in 2 parts' in d.index('info', 'reg').stdout


def shares_can_be_given(d):
    d.link('a.csv', 'b.csv', '--roles', 'roles.yaml', '--report', 'report.json')
    d.index('build', 'a.csv', '--roles', 'roles.yaml', '--model', 'report.json', '--out', 'taught')
    d.link('b.csv', '--roles', 'roles.yaml', '--index', 'taught', '--pairs', 'taught.csv')
    d.link('b.csv', '--roles', 'roles.yaml', '--index', 'reg', '--pairs', 'plain.csv')
    assert d.read('taught.csv') != d.read('plain.csv')
    right = sum(same(r['id_left'], r['id_right']) for r in d.rows('taught.csv') if r['class'] == 'match')
    assert right >= 385, right
    d.write('bad.json', '{"model": {"fields": [{"head": "x"}]}}')
    assert 'FILE_BROKEN' in d.index('build', 'a.csv', '--roles', 'roles.yaml', '--model', 'bad.json', '--out', 'never', code=1).stderr


def what_is_no_index_is_refused(d):
    assert 'INDEX_FOREIGN' in d.refused('foreign', b'id,ho_ten\n1,An\n' * 500)
    whole = (d.folder / 'reg/1.segment').read_bytes()
    assert 'INDEX_CUT' in d.refused('cut', whole[:-1])
    assert 'INDEX_VERSION' in d.refused('old', whole[:8] + b'\x63' + whole[9:])
    assert '[IO]' in d.link('b.csv', '--roles', 'roles.yaml', '--index', 'nowhere', code=1).stderr
    assert 'FILE_IS_INPUT' in d.index('build', 'a.csv', '--roles', 'roles.yaml', '--out', 'reg', code=1).stderr, 'an index is never written over'
    assert (d.folder / 'reg/1.segment').read_bytes() == whole


def options_of_two_lists_are_refused(d):
    for option in ('clusters', 'report', 'unlinkable', 'entities'):
        told = subprocess.run([d.binary, 'link', 'nothing.csv', '--index', 'nowhere', f'--{option}', 'x.txt'], capture_output=True, text=True)
        assert told.returncode != 0 and 'OPTION_UNKNOWN' in told.stderr and option in told.stderr, told.stderr


def nothing_is_left_half_done(d):
    d.write('broken.csv', d.read('a.csv') + 'x,"never closed\n')
    assert 'CSV_QUOTE' in d.index('build', 'broken.csv', '--roles', 'roles.yaml', '--out', 'half', code=1).stderr
    assert not list((d.folder / 'half').iterdir()), 'no segment, no draft, no scratch file'
    assert 'FIELD_MISSING' in d.index('build', 'a.csv', '--roles', 'roles.yaml', code=1).stderr
    d.write('other.csv', 'id,ten\n1,An\n')
    assert 'COLUMN_UNKNOWN' in d.index('build', 'a.csv', 'other.csv', '--roles', 'roles.yaml', '--out', 'half', code=1).stderr


def look_ups_are_timed(d):
    told = d.index('bench', 'reg', 'b.csv', '--roles', 'roles.yaml', '--lookups', 2000).stdout
    assert re.search(r'2,000 look-ups: \d+ a second', told), told


def several_files_are_one_register(d):
    rows = d.read('a.csv').splitlines(keepends=True)
    d.write('one.csv', ''.join(rows[:200]))
    d.write('two.csv', rows[0] + ''.join(rows[200:]))
    d.index('build', 'one.csv', 'two.csv', '--roles', 'roles.yaml', '--out', 'both')
    d.link('b.csv', '--roles', 'roles.yaml', '--index', 'both', '--pairs', 'both.csv')
    d.link('b.csv', '--roles', 'roles.yaml', '--index', 'reg', '--pairs', 'one.pairs')
    assert d.read('both.csv') == d.read('one.pairs')


TESTS = [a_list_meets_the_register, threads_change_nothing, one_record_scores_as_in_bulk, a_record_is_explained, records_are_added, shares_can_be_given,
         what_is_no_index_is_refused, options_of_two_lists_are_refused, nothing_is_left_half_done, look_ups_are_timed, several_files_are_one_register]


def main(binary):
    print(f'1..{len(TESTS)}')
    bad = 0
    for n, test in enumerate(TESTS, 1):
        with tempfile.TemporaryDirectory(prefix='dancu-index-') as folder:
            try:
                test(Bench(str(pathlib.Path(binary).resolve()), folder))
                print(f'ok {n} - {test.__name__}', flush=True)
            except (Wrong, AssertionError, KeyError, OSError, StopIteration, ValueError, IndexError) as e:
                bad += 1
                print(f'not ok {n} - {test.__name__}\n# {e.__class__.__name__}: {str(e)[:600]}', flush=True)
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
