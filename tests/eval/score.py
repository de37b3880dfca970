"""Judges a linkage by the answers: pairs at the threshold that was chosen without them, one-to-one, and clusters.

    python3 tests/eval/score.py --truth TRUTH.csv [--pairs PAIRS.csv] [--clusters CLUSTERS.csv] [--best]

TRUTH.csv of `dancu synth pairs`: id_a,id_b of two files, or record,entity of one. PAIRS.csv: id_left, id_right, score and, if
it is there, class; only those of class match count. CLUSTERS.csv: id, cluster and, of two files, side.

    pairs       the matches as they were written
    one-to-one  of those, the pairs in which each is the other's best; for two files
    closure     all pairs within a cluster; of two files those across

Each as precision, recall, F1. --best: the pairs once more at the threshold that suits them best, which needs the answers and so
is no result but a bound."""

import argparse
import collections
import csv
import re
import sys


class Figures(collections.namedtuple('Figures', 'found right true')):
    """How many pairs were said, how many of them rightly, how many there are."""

    @property
    def precision(self):
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self):
        return self.right / self.true if self.true else 0.0

    @property
    def f1(self):
        return 2 * self.right / (self.found + self.true) if self.found + self.true else 0.0

    def __str__(self):
        return f'{self.precision:.5f} {self.recall:.5f} {self.f1:.5f}'


def rows(path):
    """Cells of a CSV file by head; blanks around heads and cells count for nothing."""
    with open(path, newline='', encoding='utf-8') as f:
        reader = csv.reader(f, skipinitialspace=True)
        heads = [h.strip() for h in next(reader)]
        yield heads
        yield from reader


class Truth:
    """Who is whom: records with the same entity are one person. `left` and `right` are dictionaries from id to entity; of one
    file they are the same."""

    def __init__(self, left, right=None):
        self.left, self.right = left, left if right is None else right
        self.two = right is not None
        sizes = collections.Counter(left.values())
        if self.two:
            others = collections.Counter(right.values())
            self.pairs = sum(n * others[e] for e, n in sizes.items())
        else:
            self.pairs = sum(n * (n - 1) // 2 for n in sizes.values())

    @classmethod
    def read(cls, path):
        source = rows(path)
        heads = next(source)
        if heads == ['id_a', 'id_b']:
            left, right = {}, {}
            for a, b in source:
                left[a] = right[b] = a
            return cls(left, right)
        if heads == ['record', 'entity']:
            return cls(dict(source))
        raise SystemExit(f'score: {path} has neither id_a,id_b nor record,entity')

    @classmethod
    def of_column(cls, path, record, entity):
        """One file that names the entity in a column."""
        source = rows(path)
        heads = next(source)
        r, e = heads.index(record), heads.index(entity)
        return cls({row[r]: row[e] for row in source})

    @classmethod
    def of_ids(cls, *paths, pattern=r'rec-(\d+)-'):
        """One file or two whose ids hold the entity."""
        sides = []
        for path in paths:
            source = rows(path)
            next(source)
            sides.append({row[0]: re.match(pattern, row[0])[1] for row in source})
        return cls(*sides)

    def same(self, a, b):
        e = self.left.get(a)
        return e is not None and e == self.right.get(b)


def read_pairs(path):
    """(score, left, right) of the matches."""
    source = rows(path)
    heads = next(source)
    left, right, score = (heads.index(h) for h in ('id_left', 'id_right', 'score'))
    judged = heads.index('class') if 'class' in heads else None
    return [(float(r[score]), r[left], r[right]) for r in source if judged is None or r[judged] == 'match']


def judge_pairs(found, truth):
    said = {(a, b) if truth.two or a < b else (b, a) for _, a, b in found}
    return Figures(len(said), sum(truth.same(a, b) for a, b in said), truth.pairs)


def judge_one_to_one(found, truth):
    """Mutual best; of equal scores the smaller id."""
    left, right = {}, {}
    for score, a, b in found:
        if a not in left or (-score, b) < left[a]:
            left[a] = (-score, b)
        if b not in right or (-score, a) < right[b]:
            right[b] = (-score, a)
    return judge_pairs([(0, a, b) for a, (_, b) in left.items() if right[b][1] == a], truth)


def judge_best(found, truth):
    """The pairs above the score that makes the best F1, and that score. Pairs of one score stand or fall together."""
    best, at, said, right = Figures(0, 0, truth.pairs), None, 0, 0
    ordered = sorted(found, key=lambda p: -p[0])
    for i, (score, a, b) in enumerate(ordered):
        said += 1
        right += truth.same(a, b)
        last = i + 1 == len(ordered) or ordered[i + 1][0] != score
        if last and Figures(said, right, truth.pairs).f1 > best.f1:
            best, at = Figures(said, right, truth.pairs), score
    return best, at


def judge_clusters(path, truth):
    source = rows(path)
    heads = next(source)
    name, cluster, side = heads.index('id'), heads.index('cluster'), heads.index('side') if 'side' in heads else None
    if truth.two and side is None:
        raise SystemExit(f'score: {path} does not say the side of a record')
    # How many records of a cluster, and of an entity within a cluster, stand on each side.
    sizes, cells = collections.defaultdict(lambda: [0, 0]), collections.defaultdict(lambda: [0, 0])
    for row in source:
        which = int(truth.two and row[side] == 'right')
        entity = (truth.right if which else truth.left).get(row[name], (which, row[name]))
        sizes[row[cluster]][which] += 1
        cells[row[cluster], entity][which] += 1
    count = (lambda n: n[0] * n[1]) if truth.two else (lambda n: n[0] * (n[0] - 1) // 2)
    return Figures(sum(map(count, sizes.values())), sum(map(count, cells.values())), truth.pairs)


def main(argv):
    p = argparse.ArgumentParser()
    p.add_argument('--truth', required=True)
    p.add_argument('--pairs')
    p.add_argument('--clusters')
    p.add_argument('--best', action='store_true')
    o = p.parse_args(argv)
    truth = Truth.read(o.truth)
    print(f'true pairs {truth.pairs}        precision recall F1')
    if o.pairs:
        found = read_pairs(o.pairs)
        print('pairs      ', judge_pairs(found, truth))
        if truth.two:
            print('one-to-one ', judge_one_to_one(found, truth))
        if o.best:
            figures, at = judge_best(found, truth)
            print('at best    ', figures, 'from', at)
    if o.clusters:
        print('closure    ', judge_clusters(o.clusters, truth))


if __name__ == '__main__':
    main(sys.argv[1:])
