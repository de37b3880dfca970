#!/usr/bin/env python3
"""`dancu link` as a user runs it: files in, files out. Prints TAP.

  link_verb.py BINARY"""
import csv
import io
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

PEOPLE = 500
FAMILIES = 'Nguyễn Trần Lê Phạm Huỳnh Vũ Đặng Bùi Đỗ Hồ Ngô Dương'.split()
MIDDLES = 'Văn Thị Minh Ngọc Quang Thanh Đức Hữu Kim Xuân'.split()
GIVENS = 'An Bình Chi Dũng Giang Hà Hùng Khánh Lan Mai Nam Oanh Phúc Quý Sơn Tâm'.split()
ROLES = 'columns:\n  id: id\n  ho_ten: full-name\n  ngay_sinh: birth-date\n  gioi_tinh: sex\n  dien_thoai: phone\n'


def people(seed=3):
    rng = random.Random(seed)
    return [(f'{rng.choice(FAMILIES)} {rng.choice(MIDDLES)} {rng.choice(GIVENS)}',
             f'{rng.randint(1, 28):02}/{rng.randint(1, 12):02}/{rng.randint(1950, 2009)}', rng.choice(['Nam', 'Nữ']),
             f'09{rng.randint(0, 99999999):08}') for _ in range(PEOPLE)]


def slipped(number, row):
    """One fault in three rows of four."""
    name, birth, sex, phone = row
    if number % 4 == 1:
        name = name.replace(' ', '  ', 1).lower()
    if number % 4 == 2:
        phone = ''
    if number % 4 == 3:
        name = ' '.join(name.split()[::2])
    return name, birth, sex, phone


def table(rows, side):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator='\n')
    writer.writerow(['id', 'ho_ten', 'ngay_sinh', 'gioi_tinh', 'dien_thoai'])
    writer.writerows([f'{side}{n}', *row] for n, row in rows)
    return out.getvalue()


class Wrong(Exception):
    pass


class Desk:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, pathlib.Path(folder)
        everybody = list(enumerate(people()))
        self.write('a.csv', table(everybody, 'a'))
        self.write('b.csv', table([(n, slipped(n, row)) for n, row in everybody if n % 5], 'b'))
        twice = everybody + [(n + 1000, slipped(n, row)) for n, row in everybody if n % 5 == 0]
        self.write('one.csv', table(twice, 'p'))
        self.write('roles.yaml', ROLES)

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding='utf-8')

    def read(self, name):
        return (self.folder / name).read_text(encoding='utf-8')

    def rows(self, name):
        return list(csv.DictReader(io.StringIO(self.read(name))))

    def link(self, *words, code=0):
        done = subprocess.run([self.binary, 'link', *map(str, words), '--lang', 'en'], capture_output=True, text=True, cwd=self.folder, timeout=120)
        if done.returncode != code:
            raise Wrong(f'exit {done.returncode}: {done.stdout[-400:]}{done.stderr[-400:]}')
        return done


def same(left, right):
    return int(left[1:]) % 1000 == int(right[1:]) % 1000


def two_lists_are_linked(d):
    done = d.link('a.csv', 'b.csv', '--roles', 'roles.yaml', '--pairs', 'pairs.csv', '--clusters', 'clusters.csv')
    matches = [r for r in d.rows('pairs.csv') if r['class'] == 'match']
    right = sum(same(r['id_left'], r['id_right']) for r in matches)
    assert right >= 390 and len(matches) - right <= 4, (right, len(matches))
    assert len({r['id_left'] for r in matches}) == len(matches) == len({r['id_right'] for r in matches}), 'one-to-one'
    assert all(re.fullmatch(r'-?\d+\.\d{3}', r['score']) and 0 <= float(r['probability']) <= 1 for r in matches)
    members = d.rows('clusters.csv')
    assert len(members) == 900 and {m['side'] for m in members} == {'left', 'right'}
    assert '500 × 400 records' in done.stdout and 'pairs match' in done.stdout, done.stdout


def a_threshold_can_be_set(d):
    counts = []
    for p in ('0.01', '0.999999'):
        d.link('a.csv', 'b.csv', '--roles', 'roles.yaml', '--pairs', 'pairs.csv', '--threshold', p)
        counts.append(sum(r['class'] == 'match' for r in d.rows('pairs.csv')))
    assert counts[0] > counts[1] > 0, counts
    d.link('a.csv', 'b.csv', '--threshold', '1.5', code=1)


def threads_change_nothing(d):
    for n in (1, 2):
        d.link('a.csv', 'b.csv', '--roles', 'roles.yaml', '--pairs', f'pairs{n}.csv', '--clusters', f'clusters{n}.csv', '--threads', n)
    assert d.read('pairs1.csv') == d.read('pairs2.csv') and d.read('clusters1.csv') == d.read('clusters2.csv')


def roles_are_suggested_and_can_be_saved(d):
    done = d.link('a.csv', 'b.csv', '--pairs', 'guessed.csv')
    saved = done.stderr[done.stderr.index('columns:'):]
    for line in ('"id": id', '"ho_ten": full-name', '"ngay_sinh": birth-date', '"gioi_tinh": sex', '"dien_thoai": phone'):
        assert line in saved, saved
    d.write('saved.yaml', '\n'.join(line for line in saved.splitlines() if line.startswith(('columns', '  "'))) + '\n')
    again = d.link('a.csv', 'b.csv', '--roles', 'saved.yaml', '--pairs', 'again.csv')
    assert 'columns:' not in again.stderr
    assert d.read('guessed.csv') == d.read('again.csv')


def a_pair_is_explained(d):
    done = d.link('a.csv', 'b.csv', '--roles', 'roles.yaml', '--explain', 'a1,b1', '--json', '--pairs', 'pairs.csv')
    told = json.loads(done.stdout)
    assert told['class'] == 'match' and [f['head'] for f in told['fields']] == ['ho_ten', 'ngay_sinh', 'gioi_tinh', 'dien_thoai']
    written = next(r for r in csv.DictReader(io.StringIO(d.read('a.csv'))) if r['id'] == 'a1')
    assert told['fields'][0]['left'] == written['ho_ten'], 'as it was written'
    assert abs(told['start'] + sum(f['bits'] for f in told['fields']) - told['total']) < 1.1
    in_bulk = next(r for r in d.rows('pairs.csv') if (r['id_left'], r['id_right']) == ('a1', 'b1'))
    assert abs(float(in_bulk['score']) - told['total']) < 0.002, 'one by one as in bulk'
    text = d.link('a.csv', 'b.csv', '--roles', 'roles.yaml', '--explain', 'a1,b2').stdout
    assert 'not the same person' in text and 'before any field' in text, text


def reports_agree(d):
    for kind in ('json', 'html', 'txt'):
        d.link('a.csv', 'b.csv', '--roles', 'roles.yaml', '--report', f'report.{kind}')
    told = json.loads(d.read('report.json'))
    assert told['records_left'] == 500 and told['records_right'] == 400 and told['candidates'] > 0 and 0 < told['threshold'] < 1
    assert [f['role'] for f in told['model']['fields']] == ['full-name', 'birth-date', 'sex', 'phone']
    assert told['keys'] and told['histogram'] and told['match'] > 0
    page = d.read('report.html')
    assert page.count('<svg') == page.count('</svg>') >= 6 and '<script' not in page and 'http' not in page.replace('http-equiv', '')
    assert not any(row[0] in page or row[3] in page for row in people()), 'nobody stands in a report'
    assert f'{told["match"]}' in d.read('report.txt')


def what_holds_too_little_is_listed(d):
    d.write('thin.csv', d.read('b.csv') + 'b9001,,,Nam,\n"b,9002",,,Nữ,\n')
    d.link('a.csv', 'thin.csv', '--roles', 'roles.yaml', '--unlinkable', 'thin.out', '--report', 'thin.json')
    told = {r['id']: r for r in d.rows('thin.out')}
    assert told['b9001'] == {'id': 'b9001', 'missing': 'ho_ten;ngay_sinh;dien_thoai', 'side': 'right'}, told
    assert 'b,9002' in told and len(told) < 20, told
    report = json.loads(d.read('thin.json'))
    assert sum(report['unlinkable']) == len(told) == sum(by['records'] for by in report['unlinkable_by']), report['unlinkable_by']
    assert {'missing': ['ho_ten', 'ngay_sinh', 'dien_thoai'], 'records': 2} in report['unlinkable_by'], report['unlinkable_by']
    for kind in ('html', 'txt'):
        d.link('a.csv', 'thin.csv', '--roles', 'roles.yaml', '--report', f'thin.{kind}')
        assert 'ho_ten, ngay_sinh, dien_thoai' in d.read(f'thin.{kind}')
    d.link('a.csv', 'thin.csv', '--roles', 'roles.yaml', '--unlinkable', 'thin.csv', code=1)


def entities_keep_their_numbers(d):
    first = d.read('one.csv').splitlines(keepends=True)
    d.write('grown.csv', ''.join(first[:401]))
    d.link('grown.csv', '--roles', 'roles.yaml', '--entities', 'state.csv', '--clusters', 'c1.csv')
    before = {r['id']: r['cluster'] for r in d.rows('c1.csv')}
    d.write('grown.csv', ''.join(first))
    done = d.link('grown.csv', '--roles', 'roles.yaml', '--entities', 'state.csv', '--clusters', 'c2.csv')
    after = {r['id']: r['cluster'] for r in d.rows('c2.csv')}
    kept = sum(after[i] == number for i, number in before.items())
    assert kept >= 398, (kept, done.stdout)
    assert len(set(after.values())) < len(after), 'duplicates found'


def a_merge_can_be_undone(d):
    rows = d.read('one.csv').splitlines(keepends=True)
    d.write('m.csv', ''.join(rows[:501]))
    d.link('m.csv', '--roles', 'roles.yaml', '--entities', 'm.state')
    person = rows[1].split(',', 1)[1]
    changed = [rows[0], 'p0,' + person] + ['p1,' + person] + rows[3:501]
    d.write('m.csv', ''.join(changed))
    d.link('m.csv', '--roles', 'roles.yaml', '--entities', 'm.state', '--clusters', 'm1.csv')
    number = {r['id']: r['cluster'] for r in d.rows('m1.csv')}
    assert number['p0'] == number['p1'], 'the same person now'
    entry = next(line for line in d.read('m.state').splitlines() if line.startswith('entry,') and ',merged,' in line and line.endswith(',0')
                 and line.split(',')[5] == number['p0'])
    d.link('--entities', 'm.state', '--undo', entry.split(',')[1])
    d.link('m.csv', '--roles', 'roles.yaml', '--entities', 'm.state', '--clusters', 'm2.csv')
    number = {r['id']: r['cluster'] for r in d.rows('m2.csv')}
    assert number['p0'] != number['p1'], 'undone, and it stays so'


def nothing_is_left_half_done(d):
    d.write('keep.csv', 'precious\n')
    d.link('a.csv', 'broken.csv', '--pairs', 'keep.csv', code=1)
    d.write('broken.csv', 'id,ho_ten\n1,"never closed\n')
    d.link('a.csv', 'broken.csv', '--pairs', 'keep.csv', code=1)
    d.link('a.csv', 'b.csv', '--roles', 'roles.yaml', '--pairs', 'keep.csv', '--clusters', 'no-such-folder/c.csv', code=1)
    assert d.read('keep.csv') == 'precious\n'
    d.link('a.csv', 'b.csv', '--pairs', 'a.csv', code=1)
    assert not list(d.folder.glob('*.draft'))


TESTS = [two_lists_are_linked, a_threshold_can_be_set, threads_change_nothing, roles_are_suggested_and_can_be_saved, a_pair_is_explained, reports_agree,
         what_holds_too_little_is_listed, entities_keep_their_numbers, a_merge_can_be_undone, nothing_is_left_half_done]


def main(binary):
    print(f'1..{len(TESTS)}')
    bad = 0
    for n, test in enumerate(TESTS, 1):
        with tempfile.TemporaryDirectory(prefix='dancu-link-') as folder:
            try:
                test(Desk(str(pathlib.Path(binary).resolve()), folder))
                print(f'ok {n} - {test.__name__}', flush=True)
            except (Wrong, AssertionError, KeyError, OSError, StopIteration, ValueError) as e:
                bad += 1
                print(f'not ok {n} - {test.__name__}\n# {e.__class__.__name__}: {str(e)[:600]}', flush=True)
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
