"""Runs one step of ./test, or sums the steps: what passed, what failed, and whether anything ran at all.

    tally.py run TALLY LOG KIND TITLE COMMAND...    one step; KIND is tap, meson:BUILDDIR or check
    tally.py sum TALLY                              the last line: "N passed, N failed"

tap: standard output is TAP, whose points are counted; a missing plan, a wrong number of points, a "Bail out!" or a
command that ends in an error counts as a failure of its own. meson: the same for each test in BUILDDIR's test log; a test
that does not speak TAP counts as one point. check: one point, by the exit status.

A step that dies, or in which nothing ran, has failed. A skipped point (# SKIP) is counted and named, never as passed.
"""
import json
import os
import re
import resource
import subprocess
import sys
import time

POINT = re.compile(r"^(not )?ok\b\s*(?:\d+)?\s*(.*)$")
PLAN = re.compile(r"^1\.\.(\d+)\b")
DIRECTIVE = re.compile(r"#\s*(SKIP|TODO)\b\S*\s*(.*)$", re.I)


class Count:
    def __init__(self):
        self.passed, self.failed, self.skipped, self.notes = 0, 0, 0, []
        self.forgiven = 0  # tests that meson calls failed and that only skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.forgiven += other.forgiven
        self.notes += other.notes

    def fail(self, note):
        self.failed += 1
        self.notes.append("failed: " + note)

    def skip(self, note):
        self.skipped += 1
        self.notes.append("skipped: " + note)


def count_point(count, name, bad, words):
    directive = DIRECTIVE.search(words)
    if directive and directive.group(1).upper() == "SKIP":
        count.skip(f"{name}: {words}")
    elif bad or directive:
        # A point marked TODO is an unfinished promise: it fails.
        count.fail(f"{name}: {words}")
    else:
        count.passed += 1


def count_tap(name, text, returncode):
    count, plan, seen = Count(), None, 0
    for line in text.splitlines():
        point, planned = POINT.match(line), PLAN.match(line)
        if planned and plan is None:
            plan = int(planned.group(1))
            if plan == 0 and "skip" in line.lower():
                count.skip(f"{name}: {line}")
        elif line.startswith("Bail out!"):
            count.fail(f"{name}: {line}")
        elif point:
            seen += 1
            count_point(count, name, bool(point.group(1)), point.group(2))
    if plan is None:
        count.fail(f"{name}: no TAP plan; it died early or printed none")
    elif plan != seen:
        count.fail(f"{name}: {plan} points planned, {seen} ran")
    if returncode != 0 and count.failed == 0:
        count.fail(f"{name}: ended with status {returncode}")
    return count


def count_meson_test(row):
    name, out = row["name"], row.get("stdout") or ""
    if any(PLAN.match(line) for line in out.splitlines()):
        count = count_tap(name, out, row["returncode"])
    else:
        count = Count()
        if row["result"] == "OK":
            count.passed += 1
        elif row["result"] == "SKIP":
            count.skip(name)
        else:
            words = "\n".join((out + (row.get("stderr") or "")).splitlines()[-8:])
            count.fail(f"{name}: {row['result']}\n{words}".rstrip())
    well = ("OK", "SKIP", "EXPECTEDFAIL")
    # cmocka 1.1.5 prints a skipped test as "not ok # SKIP", which meson takes for a failure.
    if row["result"] == "FAIL" and count.skipped and row["returncode"] == 0:
        count.forgiven += 1
    elif row["result"] not in well and count.failed == 0:
        count.fail(f"{name}: {row['result']}")
    return count


def count_meson(log_path, started):
    count = Count()
    if not os.path.exists(log_path) or os.path.getmtime(log_path) < started:
        return count
    with open(log_path, encoding="utf-8") as log:
        for line in log:
            count.add(count_meson_test(json.loads(line)))
    return count


def count_step(kind, title, log_path, returncode, started):
    if kind == "check":
        count = Count()
        if returncode == 0:
            count.passed += 1
        else:
            count.fail(f"{title}: ended with status {returncode}")
        return count
    if kind == "tap":
        with open(log_path, encoding="utf-8", errors="replace") as log:
            return count_tap(title, log.read(), returncode)
    count = count_meson(os.path.join(kind.removeprefix("meson:"), "meson-logs", "testlog.json"), started)
    if count.passed + count.failed + count.skipped == 0:
        count.fail(f"{title}: nothing ran")
    elif returncode != 0 and count.failed == 0 and count.forgiven != returncode:
        # meson's status is the number of tests that it calls failed.
        count.fail(f"{title}: ended with status {returncode}")
    return count


def tail(path, lines):
    with open(path, encoding="utf-8", errors="replace") as log:
        return "".join(log.readlines()[-lines:])


def run_step(tally_path, log_path, kind, title, command):
    # The log's time is compared with whole seconds of some file systems.
    started = int(time.time()) - 1
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    clock = time.monotonic()
    errors_path = log_path + ".err" if kind == "tap" else log_path
    with open(log_path, "wb") as out, open(errors_path, "ab") as err:
        try:
            returncode = subprocess.run(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, check=False).returncode
        except OSError as error:
            err.write(f"{error}\n".encode())
            returncode = 127
    count = count_step(kind, title, log_path, returncode, started)
    seconds = time.monotonic() - clock
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # What was started and left to itself (a PostgreSQL) is not in it.
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    skipped = f", {count.skipped} skipped" if count.skipped else ""
    print(f"{title:<44} {seconds:5.0f} s {busy:5.0f} CPU-s  {count.passed:5d} passed, {count.failed} failed{skipped}", flush=True)
    if count.failed:
        print("\n".join("    " + line for note in count.notes[:20] for line in note.splitlines()))
        print("".join("    | " + line for line in tail(errors_path, 25).splitlines(True)).rstrip("\n"))
        print(f"    the whole output: {log_path}", flush=True)
    with open(tally_path, "a", encoding="utf-8") as tally:
        tally.write(json.dumps({"title": title, "passed": count.passed, "failed": count.failed, "skipped": count.skipped,
                                "notes": count.notes, "seconds": round(seconds, 1), "cpu_seconds": round(busy, 1)}) + "\n")
    return 1 if count.failed else 0


def sum_steps(tally_path):
    total = Count()
    if os.path.exists(tally_path):
        with open(tally_path, encoding="utf-8") as tally:
            for line in tally:
                row = json.loads(line)
                total.passed += row["passed"]
                total.failed += row["failed"]
                total.skipped += row["skipped"]
                total.notes += row["notes"]
    if total.passed + total.failed == 0:
        total.fail("nothing ran")
    for note in total.notes:
        print(note)
    if total.skipped:
        print(f"{total.skipped} skipped")
    print(f"{total.passed} passed, {total.failed} failed")
    return 1 if total.failed else 0


def main(argv):
    if len(argv) >= 7 and argv[1] == "run" and re.fullmatch(r"tap|check|meson:.+", argv[4]):
        return run_step(argv[2], argv[3], argv[4], argv[5], argv[6:])
    if len(argv) == 3 and argv[1] == "sum":
        return sum_steps(argv[2])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv))
