"""`dancu link` on data with known answers, in one configuration; the set says only what its columns are (roles/*.yaml). One
table: the pairs at the threshold that the engine chose without labels, then one-to-one (two files) or the closure of the
clusters (one file), which is what the goal is about. Ends with 1 if a goal is missed.

    EVAL_DATA=FOLDER python3 tests/eval/linkage.py DANCU [SET ...]

Sets of FOLDER/linkage that are absent are named as left out; without EVAL_DATA all are, and the test counts as skipped. The
last four sets are made here by `dancu synth pairs`: a sixteenth of the people that `make bench` links, and a clean list, in which
one record of a hundred stands twice and relatives are many times as many; once more without the number that tells them apart."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import score

SKIPPED = 77
HERE = pathlib.Path(__file__).parent
HEAD = (f'{"set":14} {"records":>9}  {"pairs: P":>8} {"R":>7} {"F1":>7}   {"judged":>10} {"P":>7} {"R":>7} {"F1":>7}  {"cand/rec":>8} {"CPU s":>6}'
        f'  {"goal":>6}')


class Set:
    """Files to link, whose columns `roles` names, their answers, and the least F1 that they should be linked with."""

    def __init__(self, name, roles, files, truth, goal=None):
        self.name, self.roles, self.files, self.truth, self.goal = name, roles, files, truth, goal


def known_sets(folder):
    """The sets of the folder: who is whom stands in the ids, or in a column that the engine is told to ignore."""
    def febrl(name, *files, roles='febrl', goal=None):
        paths = [folder / f for f in files]
        return Set(name, HERE / f'roles/{roles}.yaml', paths, lambda: score.Truth.of_ids(*paths), goal)

    def column(name, roles, record, entity, goal):
        path = folder / f'{name}.csv'
        return Set(name, HERE / f'roles/{roles}.yaml', [path], lambda: score.Truth.of_column(path, record, entity), goal)

    return [
        febrl('dataset1', 'dataset1.csv'),
        febrl('dataset2', 'dataset2.csv', goal=0.9997),
        febrl('dataset3', 'dataset3.csv', goal=0.9997),
        febrl('dataset4', 'dataset4a.csv', 'dataset4b.csv', goal=0.9999),
        febrl('febrl_c_100k', 'febrl_c_100k.csv', roles='febrl_c', goal=0.99),
        column('fake_1000', 'fake_1000', 'unique_id', 'cluster', 0.80),
        column('RLdata10000', 'rldata', '', 'identity', 0.96),
    ]


def made_set(dancu, name, folder, goal, *options, without=()):
    """People of our own generator; the columns that the set goes without are ignored."""
    def prepare():
        subprocess.run([dancu, 'synth', 'pairs', '--out', folder, *options], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        roles = (folder / 'roles.yaml').read_text()
        for column in without:
            roles = re.sub(rf'^(  {column}:).*$', r'\1 ignore', roles, flags=re.M)
        (folder / 'roles.yaml').write_text(roles)
        return score.Truth.read(folder / 'truth.csv')

    files = ['records.csv'] if '--dedupe' in options else ['A.csv', 'B.csv']
    return Set(name, folder / 'roles.yaml', [folder / f for f in files], prepare, goal)


def run(command):
    """CPU seconds of a command that must not fail."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    errors = process.stderr.read()
    _, ended, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(ended)
    if process.returncode:
        raise RuntimeError(errors.strip() or f'ended with {process.returncode}')
    return used.ru_utime + used.ru_stime


def link(dancu, item, work):
    """One line of the table, and whether the goal is met."""
    truth = item.truth()
    pairs, clusters, report = (work / f for f in ('pairs.csv', 'clusters.csv', 'report.json'))
    seconds = run([dancu, 'link', *item.files, '--roles', item.roles, '--pairs', pairs, '--clusters', clusters, '--report', report])
    told = json.loads(report.read_text())
    found = score.read_pairs(pairs)
    plain = score.judge_pairs(found, truth)
    word, judged = ('one-to-one', score.judge_one_to_one(found, truth)) if truth.two else ('clusters', score.judge_clusters(clusters, truth))
    records = told['records_left'] + told['records_right']
    met = item.goal is None or judged.f1 >= item.goal
    goal = '' if item.goal is None else f'{item.goal:6.4f} {"met" if met else "MISSED"}'
    print(f'{item.name:14} {records:9}   {plain.precision:7.4f} {plain.recall:7.4f} {plain.f1:7.4f}   {word:>10} {judged.precision:7.4f} {judged.recall:7.4f}'
          f' {judged.f1:7.4f}  {told["candidates"] / records:8.2f} {seconds:6.2f}  {goal}', flush=True)
    return met


def main(dancu, *wanted):
    if 'EVAL_DATA' not in os.environ:
        print('EVAL_DATA names no folder with data: nothing is judged')
        return SKIPPED
    wrong = []
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        sets = known_sets(pathlib.Path(os.environ['EVAL_DATA']) / 'linkage')
        sets.append(made_set(dancu, 'vn two files', work / 'link', 0.997, '--people', '112500'))
        sets.append(made_set(dancu, 'vn one file', work / 'dedupe', 0.985, '--people', '62500', '--dedupe'))
        few = ('--people', '50000', '--seed', '5', '--dedupe', '--duplicates', '0.01')
        sets.append(made_set(dancu, 'vn few twice', work / 'few', 0.97, *few))
        sets.append(made_set(dancu, ' without number', work / 'few-plain', 0.96, *few, without=('so_dinh_danh',)))
        print(HEAD)
        for item in sets:
            if wanted and item.name.strip() not in wanted:
                continue
            if item.roles.parent == HERE / 'roles' and not all(f.is_file() for f in item.files):
                print(f'{item.name:14} left out: not in the folder')
                continue
            try:
                if not link(dancu, item, work):
                    wrong.append(item.name)
            except (RuntimeError, OSError, ValueError, KeyError, subprocess.CalledProcessError) as e:
                print(f'{item.name:14} FAILED: {e}')
                wrong.append(item.name)
    print(f'missed: {", ".join(wrong)}' if wrong else 'all goals met')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
