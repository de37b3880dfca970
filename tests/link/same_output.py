#!/usr/bin/env python3
"""The same input gives the same output, to the byte: on one thread and on two, whatever the order of the rows, and from another
compiler's build. Lists are synthetic, with slips, twins and relatives, and long enough for every way through the engine. Prints TAP.

  same_output.py BINARY [OTHER]

OTHER is the binary of another compiler (`./test` has gcc's beside clang's with sanitizers); without one that test is skipped."""
import collections
import csv
import pathlib
import random
import subprocess
import sys
import tempfile

PEOPLE, RECORDS = 14000, 8000


class Differ(Exception):
    pass


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=280)
    if done.returncode:
        raise Differ(f'{command[1]} ended with {done.returncode}: {done.stderr[-400:]}')


def shuffled(path, seed):
    head, *rows = path.read_text(encoding='utf-8').splitlines(keepends=True)
    random.Random(seed).shuffle(rows)
    out = path.with_name(f'shuffled-{path.name}')
    out.write_text(head + ''.join(rows), encoding='utf-8')
    return out


class Task:
    """Two lists, or one with duplicates."""

    def __init__(self, binary, folder, *options):
        self.folder = folder
        run(binary, 'synth', 'pairs', '--seed', 5, '--out', folder, *options)
        self.files = [p for p in (folder / 'A.csv', folder / 'B.csv', folder / 'records.csv') if p.exists()]

    def linked(self, name, binary, threads, files=None):
        """The bytes of the pairs and of the clusters."""
        outs = [self.folder / f'{name}.{kind}' for kind in ('pairs', 'clusters')]
        run(binary, 'link', *(files or self.files), '--roles', self.folder / 'roles.yaml', '--pairs', outs[0], '--clusters', outs[1], '--threads', threads)
        return [out.read_bytes() for out in outs]


def pairs_sorted(content, two):
    """Of one list the sides of a pair are by place: named by their ids here."""
    head, *rows = content.decode().splitlines()
    cells = [row.split(',') for row in rows]
    return head, sorted(row if two else sorted(row[:2]) + row[2:] for row in cells)


def members(content):
    groups = collections.defaultdict(list)
    for row in csv.DictReader(content.decode().splitlines()):
        groups[row['cluster']].append((row.get('side'), row['id']))
    return sorted(sorted(g) for g in groups.values())


def told(what, one, other):
    if one != other:
        raise Differ(f'{what}: {sum(a != b for a, b in zip(one, other))} of {len(one)} and {len(other)} differ')


def same(task, name, binary, threads):
    for what, one, other in zip(('pairs', 'clusters'), task.plain, task.linked(name, binary, threads)):
        told(what, one.splitlines(), other.splitlines())


def same_whatever_the_order(task, binary):
    files = [shuffled(path, 11) for path in task.files]
    pairs, clusters = task.linked('shuffled', binary, 2, files)
    two = len(files) == 2
    told('pairs', pairs_sorted(task.plain[0], two)[1], pairs_sorted(pairs, two)[1])
    told('clusters', members(task.plain[1]), members(clusters))


def tests(binary, other):
    for name, options in (('link', ['--people', PEOPLE]), ('dedupe', ['--people', RECORDS, '--dedupe'])):
        with tempfile.TemporaryDirectory(prefix='dancu-same-') as folder:
            task = Task(binary, pathlib.Path(folder), *options)
            task.plain = task.linked('plain', binary, 1)
            if len(task.plain[0].splitlines()) < RECORDS // 8:
                raise Differ('too few pairs for a comparison')
            yield f'{name}: one thread and two', lambda: same(task, 'two', binary, 2)
            yield f'{name}: rows in another order', lambda: same_whatever_the_order(task, binary)
            yield f'{name}: another compiler', (lambda: same(task, 'other', other, 2)) if other else None


def main(binary, other=None):
    other = other if other and pathlib.Path(other).is_file() and not pathlib.Path(other).samefile(binary) else None
    print('TAP version 13\n1..6')
    bad = 0
    for n, (name, test) in enumerate(tests(binary, other), 1):
        try:
            if test:
                test()
            print(f'ok {n} - {name}' + ('' if test else ' # SKIP no other build'), flush=True)
        except Differ as e:
            bad += 1
            print(f'not ok {n} - {name}\n# {e}', flush=True)
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
