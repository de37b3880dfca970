"""The edge against the bare library: requests a second, p99 and CPU of the server a request, at 64, 128 and 256 connections,
medians of interleaved rounds. Fails on any error, or if 256 connections stall.

    edge.py LOAD FLOOR EDGE [SECONDS [ROUNDS]]

`measure` and `median` serve other benchmarks that set a server of ours beside the same floor."""

import json
import os
import statistics
import subprocess
import sys

TICKS_PER_SECOND = os.sysconf('SC_CLK_TCK')


def cpu_seconds(pid):
    with open(f'/proc/{pid}/stat') as stat:
        fields = stat.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def measure(load, pid, port, connections, seconds, path='/x', bodies='-', headers=()):
    """One run of the load against a server that is up; its figures, and the CPU that the server spent on a request."""
    before = cpu_seconds(pid)
    out = subprocess.run([load, str(port), str(connections), str(seconds), path, bodies, *headers],
                         check=True, capture_output=True, text=True).stdout
    figures = json.loads(out)
    all_requests = figures['requests'] / 0.9  # the load leaves its first tenth uncounted
    figures['cpu_us'] = (cpu_seconds(pid) - before) * 1e6 / max(all_requests, 1)
    return figures


def measure_fresh(load, server, connections, seconds):
    """The same with a server that prints its port first, started for this run."""
    process = subprocess.Popen(server, stdout=subprocess.PIPE, text=True)
    try:
        return measure(load, process.pid, int(process.stdout.readline()), connections, seconds)
    finally:
        process.kill()
        process.wait()


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def main(load, floor, edge, seconds='3', rounds='3'):
    servers = {'floor': [floor, '0'], 'edge': [edge, '0', '1'], 'edge, finished elsewhere': [edge, '0', '1', 'elsewhere']}
    counts = (64, 128, 256)
    runs = {(name, count): [] for count in counts for name in servers}
    for _ in range(int(rounds)):
        for name, count in runs:
            runs[name, count].append(measure_fresh(load, servers[name], count, int(seconds)))
    print('connections  server                       req/s  of floor  CPU us  p50 us  p99 us  errors')
    for (name, count), each in runs.items():
        rate, errors = median(each, 'per_second'), sum(run['errors'] for run in each)
        share = rate / median(runs['floor', count], 'per_second')
        print(f'{count:11}  {name:26} {rate:8.0f}  {share:8.2f}  {median(each, "cpu_us"):6.1f}  {median(each, "p50_us"):6.0f}'
              f'  {median(each, "p99_us"):6.0f}  {errors:6}')
    bad = [key for key, each in runs.items() if any(run['errors'] or not run['requests'] for run in each)]
    bad += [(name, 256) for name in servers if median(runs[name, 256], 'per_second') < 0.3 * median(runs[name, 64], 'per_second')]
    for name, count in bad:
        print(f'FAILED: {name} at {count} connections')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
