#!/usr/bin/env python3
"""Two officers settle one case at the same moment, over two sockets, many times: one of them wins, the other is told who was faster.

  race.py BINARY [--rounds 200]

Half of the rounds are two officers of the commune who decide differently; the other half are two coordinators of whom both confirm,
or one confirms and one rejects, a merge that a third has proposed. In the end each case has one decision and the ledger is sound.
Prints TAP.
"""
import argparse
import csv
import pathlib
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'life'))
from two_nodes import Node  # noqa: E402


class Race:
    def __init__(self, node, people):
        self.node, self.people = node, people
        self.wins, self.wrong, self.next = {}, [], 0

    def pair(self):
        """Two people of one commune and sex, used once."""
        self.next += 2
        return self.people[self.next - 2], self.people[self.next - 1]

    def at_once(self, calls):
        """Each call in a thread and on a socket of its own; they start together."""
        barrier, out = threading.Barrier(len(calls)), [None] * len(calls)

        def run(k, login, path, fields):
            barrier.wait()
            out[k] = self.node.call(login, path, fields)
        threads = [threading.Thread(target=run, args=(k, *c)) for k, c in enumerate(calls)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        return out

    def judge(self, case, calls, refusals):
        answers = self.at_once(calls)
        winners = [k for k, (status, _) in enumerate(answers) if status == 200]
        if len(winners) != 1:
            self.wrong.append(f'case {case}: {[a[1].get("code", "ok") for a in answers]}')
            return
        winner, (_, told) = calls[winners[0]][0], answers[1 - winners[0]]
        self.wins[winner] = self.wins.get(winner, 0) + 1
        if told.get('code') not in refusals or not told.get('title') or not told.get('detail'):
            self.wrong.append(f'case {case}: the second got {told}')
        elif told['code'] == 'CASE_SETTLED' and winner not in told['title']:
            self.wrong.append(f'case {case}: the second is not told who was faster: {told["title"]}')

    def decision(self):
        a, _ = self.pair()
        case = self.node.must('mai', 'cases/report', {'number': a['number'], 'attribute': 'birth_place', 'said': 'Hà Giang', 'source': 'giấy tờ của công dân'})['now']
        fields = {'id': case['id'], 'expected_version': case['version']}
        self.judge(case['id'], [('lan', 'cases/adjudicate', {**fields, 'choice': 'register'}), ('minh', 'cases/waive', {**fields, 'reason': 'trùng'})], {'CASE_SETTLED'})

    def merge(self, rejects):
        a, b = self.pair()
        case = self.node.must('mai', 'cases/report', {'number': a['number'], 'other': b['number'], 'source': 'phản ánh tại quầy'})['now']
        case = self.node.must('mai', 'cases/adjudicate', {'id': case['id'], 'expected_version': case['version'], 'choice': 'merge'})['now']
        fields = {'id': case['id'], 'expected_version': case['version']}
        second = ('tam', 'cases/reject', {**fields, 'reason': 'khác người'}) if rejects else ('tam', 'cases/confirm', fields)
        self.judge(case['id'], [('hai', 'cases/confirm', fields), second], {'CASE_SETTLED'})


def main():
    p = argparse.ArgumentParser()
    p.add_argument('binary', type=lambda s: str(pathlib.Path(s).resolve()))
    p.add_argument('--rounds', type=int, default=200)
    a = p.parse_args()
    with tempfile.TemporaryDirectory(prefix='dancu-race-') as name:
        folder = pathlib.Path(name)
        subprocess.run([a.binary, 'synth', '--people', '4000', '--seed', '7', '--unit', '08@new', '--out', folder / 'synth'], check=True, capture_output=True)
        node = Node(a.binary, folder, 'centre')
        subprocess.run([a.binary, 'load', '--data', node.data, folder / 'synth'], check=True, capture_output=True)
        with open(folder / 'synth' / 'people.csv', encoding='utf-8') as f:
            people = [r for r in csv.DictReader(f) if r['state'] == 'active' and r['number'] and r['sex'] == '1' and not r['father']]
        for login in ('mai', 'hai', 'tam', 'lan', 'minh'):
            node.account(login, 'coordinator', '--unit', '08@new')
        node.start()
        for login in node.passwords:
            node.sign_in(login)
        race = Race(node, people)
        for n in range(a.rounds):
            race.decision() if n % 2 == 0 else race.merge(n % 4 == 1)
        stopped = node.stop()
        sound = subprocess.run([a.binary, 'ledger', 'verify', '--data', node.data], capture_output=True, text=True).returncode == 0
    results = [(f'of two officers at one moment one wins, {a.rounds} times', race.wrong), ('both sides win now and then', [] if len(race.wins) == 4 else [str(race.wins)]),
               ('the ledger is sound, and the server stops in order', [] if sound and stopped == 0 else [f'{sound} {stopped}'])]
    print(f'1..{len(results)}')
    for n, (title, bad) in enumerate(results, 1):
        print(f'{"not ok" if bad else "ok"} {n} - {title}')
        for line in bad[:5]:
            print(f'# {line[:500]}')
    print(f'# won by {race.wins}')
    return 1 if any(bad for _, bad in results) else 0


if __name__ == '__main__':
    sys.exit(main())
