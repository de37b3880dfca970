"""A tally that could say "passed" of something that failed, died or never ran is worse than none."""
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tally  # noqa: E402


def tap(text, returncode=0):
    count = tally.count_tap("t", text, returncode)
    return count.passed, count.failed, count.skipped


class TapTest(unittest.TestCase):
    def test_counts_points(self):
        self.assertEqual(tap("1..3\nok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP no server\n"), (1, 1, 1))

    def test_plan_at_the_end(self):
        self.assertEqual(tap("ok 1\nok 2\n1..2\n"), (2, 0, 0))

    def test_death_is_a_failure(self):
        self.assertEqual(tap("1..3\nok 1\n", -11)[1], 1)
        self.assertEqual(tap("", 1)[1], 1)
        self.assertEqual(tap("ok 1\n")[1], 1)

    def test_status_is_a_failure_even_if_points_are_well(self):
        self.assertEqual(tap("1..1\nok 1\n", 3), (1, 1, 0))

    def test_bail_out_and_todo_fail(self):
        self.assertEqual(tap("1..1\nok 1\nBail out! no room\n")[1], 1)
        self.assertEqual(tap("1..1\nok 1 # TODO later\n")[1], 1)

    def test_comment_is_not_a_point(self):
        self.assertEqual(tap("1..1\n# ok - tests\nok 1\nokay then\n"), (1, 0, 0))


class MesonTest(unittest.TestCase):
    def row(self, result, out="", returncode=0):
        count = tally.count_meson_test({"name": "n", "result": result, "stdout": out, "returncode": returncode})
        return count.passed, count.failed, count.skipped

    def test_rows(self):
        self.assertEqual(self.row("OK"), (1, 0, 0))
        self.assertEqual(self.row("FAIL", returncode=1), (0, 1, 0))
        self.assertEqual(self.row("TIMEOUT", "1..2\nok 1\n", -9), (1, 1, 0))
        self.assertEqual(self.row("ERROR", "1..1\nok 1\n", 1), (1, 1, 0))
        self.assertEqual(self.row("OK", "1..2\nok 1\nok 2\n"), (2, 0, 0))

    def test_skip_of_cmocka_is_no_failure(self):
        self.assertEqual(self.row("FAIL", "1..2\nnot ok 1 # SKIP a\nok 2\n"), (1, 0, 1))
        self.assertEqual(self.row("FAIL", "1..2\nnot ok 1 # SKIP a\nnot ok 2 - b\n"), (0, 1, 1))
        self.assertEqual(self.row("FAIL", "1..2\nnot ok 1 # SKIP a\nok 2\n", 1), (1, 1, 1))


class StepTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.out, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")
        self.addCleanup(self.restore)

    def restore(self):
        sys.stdout.close()
        sys.stdout = self.out

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def step(self, kind, *command):
        return tally.run_step(self.path("tally"), self.path("log"), kind, "step", list(command))

    def test_check(self):
        self.assertEqual(self.step("check", "true"), 0)
        self.assertEqual(self.step("check", "false"), 1)
        self.assertEqual(self.step("check", "/no/such/program"), 1)

    def test_tap_of_standard_output_only(self):
        self.assertEqual(self.step("tap", "sh", "-c", "echo 1..1; echo ok 1; echo not ok 2 >&2"), 0)

    def test_old_meson_log_does_not_count(self):
        os.makedirs(self.path("b/meson-logs"))
        log = self.path("b/meson-logs/testlog.json")
        with open(log, "w", encoding="utf-8") as out:
            out.write(json.dumps({"name": "n", "result": "OK", "stdout": "", "returncode": 0}) + "\n")
        os.utime(log, (1, 1))
        self.assertEqual(self.step("meson:" + self.path("b"), "true"), 1)
        self.assertEqual(self.step("meson:" + self.path("b"), "touch", log), 0)

    def test_sum(self):
        self.assertEqual(tally.sum_steps(self.path("none")), 1)
        self.step("check", "true")
        self.assertEqual(tally.sum_steps(self.path("tally")), 0)
        self.step("check", "false")
        self.assertEqual(tally.sum_steps(self.path("tally")), 1)


if __name__ == "__main__":
    unittest.main()
