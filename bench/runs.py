"""A list from its upload to a published run: taken into a sector register, reconciled with the population as known at one moment,
its cases opened. Seconds, CPU seconds, peak memory, and which thread used the CPU: `lists` reads and cleans, `read` compares, `write`
writes and commits. Fails when something does not end well; a goal that is missed is marked and no failure.

    python3 bench/runs.py DANCU FOLDER

BENCH_RUNS: PEOPLE:ROWS:FORMAT,… (160000:100000:xlsx,2650000:1800000:csv: a list takes at most two thirds of the people, since
children are in none). Everything is kept in FOLDER and made again when its sources change; each measurement
works on a copy of the store."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import population

RUNS = [(int(p), int(r), f) for p, r, f in (run.split(':') for run in os.environ.get('BENCH_RUNS', '160000:100000:xlsx,2650000:1800000:csv').split(','))]
REGISTER, SEED, SAMPLE_S, TICK = 'farmers', '3', 0.1, os.sysconf('SC_CLK_TCK')
GOAL_S = {100000: 8, 1800000: 60}


def threads_of(pid):
    """CPU seconds by the name of the thread, so far."""
    used = {}
    for task in pathlib.Path(f'/proc/{pid}/task').iterdir():
        try:
            name, rest = (task / 'stat').read_text().split(' (', 1)[1].rsplit(') ', 1)
        except (OSError, IndexError):
            continue
        fields = rest.split()
        used[task.name] = (name, (int(fields[11]) + int(fields[12])) / TICK)
    return used


class Measured:
    """One command from its start to its end."""

    def __init__(self, command, password):
        began, self.by_thread = time.monotonic(), {}
        p = subprocess.Popen(list(map(str, command)), env={**os.environ, 'DANCU_PASSWORD': password}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        os.set_blocking(p.stdout.fileno(), False)
        self.out, seen, pid = b'', {}, 0
        while pid == 0:
            try:
                seen.update(threads_of(p.pid))
            except OSError:
                pass
            self.out += p.stdout.read() or b''
            time.sleep(SAMPLE_S)
            pid, state, usage = os.wait4(p.pid, os.WNOHANG)
        self.wall, self.cpu, self.peak = time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
        self.out += p.stdout.read() or b''
        p.returncode = os.waitstatus_to_exitcode(state)
        if p.returncode != 0:
            raise SystemExit(f'{" ".join(map(str, command[1:3]))}: ended with {p.returncode}')
        for name, cpu in seen.values():
            self.by_thread[name] = self.by_thread.get(name, 0) + cpu


def line(what, rows, m):
    whole = sum(m.by_thread.values()) or 1
    shares = ', '.join(f'{name} {100 * cpu / whole:.0f} %' for name, cpu in sorted(m.by_thread.items(), key=lambda x: -x[1]) if cpu > 0.02 * whole)
    print(f'  {what:<26} {m.wall:>7.1f} {m.cpu:>7.1f} {1e6 * m.cpu / rows:>10.1f} {m.peak:>8.0f}  {shares}', flush=True)


def measure(dancu, folder, people, rows, form):
    base = population.Population(dancu, people, folder / f'import-{people}')
    lst = base.folder / f'{rows}-list.{form}'
    if not base.kept or not lst.exists():
        subprocess.run([dancu, 'synth', 'list', '--from', base.people, '--rows', str(rows), '--seed', SEED, '--register', REGISTER, '--out', lst],
                       check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix='dancu-bench-', dir=base.folder) as work:
        data = pathlib.Path(work) / 'data'
        base.copy(data)
        subprocess.run([dancu, 'init', '--data', data], check=True, stdout=subprocess.DEVNULL)
        account = json.loads(subprocess.run([dancu, 'account', 'create', '--data', data, '--login', 'mai', '--kind', 'coordinator', '--unit', '08@new'],
                                            check=True, capture_output=True, text=True).stdout)
        who = ['--data', data, '--as', 'mai']
        ground = [*who, '--purpose', 'authority/reconciliation']
        print(f'{rows:,} rows of {form.upper()}, {people:,} people, SQLite, goal {GOAL_S.get(rows, 60 * rows / 1800000):.0f} s\n'
              f'  {"":<26} {"wall s":>7} {"CPU s":>7} {"us CPU/row":>10} {"peak MB":>8}  CPU by thread')
        steps = [('upload and import', Measured([dancu, 'import', lst, *ground, '--source', 'bench', '--register', REGISTER], account['password']))]
        line(*steps[-1][:1], rows, steps[-1][1])
        for what, publish in (('run until scored', False), ('cases opened, published', True)):
            if publish:
                subprocess.run([dancu, 'run', 'publish', *map(str, who), '--run', run], check=True, stdout=subprocess.DEVNULL,
                               env={**os.environ, 'DANCU_PASSWORD': account['password']})
            else:
                run = str(json.loads(Measured([dancu, 'run', 'plan', *ground, '--code', REGISTER], account['password']).out)['run'])
            steps.append((what, Measured([dancu, 'run', 'watch', run, *who], account['password'])))
            line(what, rows, steps[-1][1])
        wall, cpu = sum(m.wall for _, m in steps), sum(m.cpu for _, m in steps)
        missed = '' if wall <= GOAL_S.get(rows, 60 * rows / 1800000) else '  beyond the goal'
        print(f'  {"from upload to published":<26} {wall:>7.1f} {cpu:>7.1f} {1e6 * cpu / rows:>10.1f} {max(m.peak for _, m in steps):>8.0f}{missed}', flush=True)
        shutil.rmtree(data)


def main():
    dancu, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    for people, rows, form in RUNS:
        measure(dancu, folder, people, rows, form)


if __name__ == '__main__':
    main()
