"""`dancu link` beside Fellegi-Sunter by hand in SQL on DuckDB (bench/linkage/fellegi_sunter.mjs), in turns on the same files:
two agencies' files about 1.8 million synthetic people, and one file of a million records with duplicates. Prints one table: the
best of the rounds, for wall and for CPU, the highest peak of memory, and F1. Ours is judged at the threshold that it chose
itself; the peer at the one that suits it best, found with the answers.

    python3 bench/linkage.py DANCU FOLDER

BENCH_LINK_PEOPLE, BENCH_DEDUPE_RECORDS (0 leaves a part out), BENCH_ROUNDS may be set. The files are kept in FOLDER and made
again when what shapes them changes. Fails on any error; a goal that is missed is marked and no failure: the machine may be
shared, and CPU seconds tell more there than wall."""

import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / 'tests/eval'))
import score  # noqa: E402

PEOPLE, RECORDS = int(os.environ.get('BENCH_LINK_PEOPLE', '1800000')), int(os.environ.get('BENCH_DEDUPE_RECORDS', '1000000'))
ROUNDS, THREADS, SEED = int(os.environ.get('BENCH_ROUNDS', '3')), 2, 7
SHAPED_BY = ('src/synth/*.[ch]', 'src/synth/*.def')
PEER = ROOT / 'bench/linkage/fellegi_sunter.mjs'
FULL = {'link': 1800000, 'dedupe': 1000000}  # the sizes that the goals of wall, CPU and memory are about
GOALS = {'link': {'wall': 2.0, 'cpu': 3.0, 'mb': 1000.0, 'f1': 0.997}, 'dedupe': {'wall': 1.0, 'f1': 0.985}}

Cost = collections.namedtuple('Cost', 'wall cpu mb')


def fingerprint(options):
    h = hashlib.sha256(' '.join(options).encode())
    for pattern in SHAPED_BY:
        for path in sorted(ROOT.glob(pattern)):
            h.update(path.read_bytes())
    return h.hexdigest()


def made(dancu, folder, *options):
    """The folder of a set, made unless it is there and still what these sources make."""
    mark, stamp = fingerprint(options), folder / 'made'
    if not stamp.is_file() or stamp.read_text() != mark:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        began = time.monotonic()
        measured([dancu, 'synth', 'pairs', '--seed', str(SEED), '--out', folder, *options])
        print(f'made {folder.name} in {time.monotonic() - began:.1f} s')
        stamp.write_text(mark)
    return folder


def measured(command):
    """What a command cost, and what it printed."""
    began = time.monotonic()
    with subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        out = process.stdout.read()
        _, ended, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(ended)
    if process.returncode:
        raise SystemExit(f'linkage: {command[0]} {command[1]} ended with {process.returncode}')
    return Cost(time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024), out


class Tool:
    def __init__(self, name):
        self.name, self.costs, self.told = name, [], {}

    def add(self, cost, told):
        self.costs.append(cost)
        self.told = told

    @property
    def best(self):
        return Cost(min(c.wall for c in self.costs), min(c.cpu for c in self.costs), max(c.mb for c in self.costs))


def run_ours(tool, dancu, folder, files):
    cost, _ = measured([dancu, 'link', *files, '--roles', folder / 'roles.yaml', '--pairs', folder / 'ours.csv', '--clusters', folder / 'clusters.csv',
                        '--threads', str(THREADS), '--report', folder / 'ours.json'])
    tool.add(cost, json.loads((folder / 'ours.json').read_text()))


def run_peer(tool, folder, files):
    cost, out = measured(['node', PEER, *files, '--pairs', folder / 'peer.csv', '--threads', str(THREADS)])
    tool.add(cost, json.loads(out))


def judge(folder, peer):
    """Figures by name of tool; ours twice where clusters are the answer."""
    truth = score.Truth.read(folder / 'truth.csv')
    found = score.read_pairs(folder / 'ours.csv')
    figures = {'dancu link': score.judge_one_to_one(found, truth) if truth.two else score.judge_pairs(found, truth)}
    if not truth.two:
        figures['its clusters'] = score.judge_clusters(folder / 'clusters.csv', truth)
    if peer:
        figures[peer.name], _ = score.judge_best(score.read_pairs(folder / 'peer.csv'), truth)
    return figures


def judged(folder, peer):
    """In a process of its own: the peak of a program that is started counts from what its starter held at that moment, so that
    the answers, once read here, would be the memory of every later run."""
    with concurrent.futures.ProcessPoolExecutor(1) as apart:
        return apart.submit(judge, folder, peer).result()


def line(task, name, cost, told, figures):
    costs = f'{cost.wall:7.2f} {cost.cpu:7.2f} {cost.mb:7.0f} {told.get("candidates", 0):12}' if cost else ' ' * 36
    print(f'{task:8} {name:16} {costs}   {figures.precision:.4f}  {figures.recall:.4f}  {figures.f1:.4f}')


def goals(task, size, cost, f1):
    have = {'f1': f1}
    if size == FULL[task]:
        have |= cost._asdict()
    for what, value in have.items():
        goal = GOALS[task].get(what)
        if goal is None:
            continue
        met = value >= goal if what == 'f1' else value <= goal
        yield f'{what} {value:.4g} {">=" if what == "f1" else "<="} {goal:g}: {"yes" if met else "MISSED"}'


def where_time_goes(tool):
    steps = [(p['name'], p['cpu_seconds']) for p in tool.told['parts']] if 'parts' in tool.told else tool.told.get('steps') or []
    if steps:
        print(f'  {tool.name}, CPU s: ' + ', '.join(f'{name} {seconds:.2f}' for name, seconds in steps if seconds >= 0.05))


def compare(task, size, folder, files, dancu):
    ours, peer = Tool('dancu link'), Tool('SQL on DuckDB')
    with_peer = (ROOT / 'node_modules/@duckdb/node-api').is_dir() and shutil.which('node')
    for _ in range(ROUNDS):
        run_ours(ours, dancu, folder, files)
        if with_peer:
            run_peer(peer, folder, files)
    figures = judged(folder, peer if with_peer else None)
    line(task, ours.name, ours.best, ours.told, figures[ours.name])
    if 'its clusters' in figures:
        line('', 'its clusters', None, {}, figures['its clusters'])
    if with_peer:
        line('', peer.name, peer.best, peer.told, figures[peer.name])
        ratio = [p / o for p, o in zip(peer.best, ours.best)]
        print(f'{"":8} {"peer / ours":16} {ratio[0]:7.1f} {ratio[1]:7.1f} {ratio[2]:7.1f}')
        where_time_goes(peer)
    else:
        print('  the peer is left out: its npm package is not installed (tools/prepare test)')
    where_time_goes(ours)
    f1 = max(figures[name].f1 for name in ('dancu link', 'its clusters') if name in figures)
    print('  goals: ' + '; '.join(goals(task, size, ours.best, f1)) + '\n', flush=True)


def main(dancu, folder):
    folder = pathlib.Path(folder)
    print(f'load of the machine before: {os.getloadavg()[0]:.1f}')
    link = made(dancu, folder / f'link-{PEOPLE}', '--people', str(PEOPLE)) if PEOPLE else None
    dedupe = made(dancu, folder / f'dedupe-{RECORDS}', '--people', str(RECORDS), '--dedupe') if RECORDS else None
    print('task     tool              wall s   CPU s peak MB   candidates  precision recall  F1')
    if link:
        compare('link', PEOPLE, link, [link / 'A.csv', link / 'B.csv'], dancu)
    if dedupe:
        compare('dedupe', RECORDS, dedupe, [dedupe / 'records.csv'], dancu)


if __name__ == '__main__':
    main(*sys.argv[1:])
