#!/usr/bin/env python3
"""Every refusal of msgc, with its place, and the C that it makes. Prints TAP."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import msgc
import tap

ERRORS = "ERROR(ODD, INVALID, 400)\n"
ERROR_TEXTS = 'error_odd: {vi: "Lạ[ ở {field}].", en: "Odd[ in {field}]."}\nerror_odd_hint: {vi: "Sửa.", en: "Mend."}\n'


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        self.addCleanup(self.folder.cleanup)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return str(path)

    def run_tool(self, *args):
        err = io.StringIO()
        with contextlib.redirect_stderr(err):
            code = msgc.main(list(args))
        return code, err.getvalue()

    def compile(self, *texts):
        files = [self.write(f"messages/m{n}.yaml", text) for n, text in enumerate(texts)]
        errors = self.write("errors.def", ERRORS)
        return self.run_tool("--errors", errors, "--header", str(self.root / "h"), "--source", str(self.root / "c"), *files)

    def refused(self, place, words, *texts):
        code, err = self.compile(*texts)
        self.assertEqual(code, 1, "was not refused")
        self.assertIn(place, err)
        self.assertIn(words, err)


class Refusals(Case):
    def one(self, line, words):
        self.refused("m0.yaml:3:", words, ERROR_TEXTS + line)

    def test_missing_vietnamese(self):
        self.one('a: {en: "A"}', "no text in “vi”")

    def test_missing_english(self):
        self.one('a: {vi: "A"}', "no text in “en”")

    def test_arguments_differ(self):
        self.one('a: {vi: "A {x}", en: "A {y}"}', "arguments differ")

    def test_kinds_differ(self):
        self.one('a: {vi: "A {x:number}", en: "A {x}"}', "arguments differ")

    def test_two_kinds_of_one_argument(self):
        self.one('a: {vi: "A {x:number} {x}", en: "A {x:number}"}', "two kinds")

    def test_unknown_kind(self):
        self.one('a: {vi: "A {x:money}", en: "A"}', "not an argument")

    def test_keyword_as_argument(self):
        self.one('a: {vi: "A {long}", en: "A {long}"}', "not an argument")

    def test_stray_brace(self):
        self.one('a: {vi: "A }", en: "A"}', "stray")

    def test_open_bracket(self):
        self.one('a: {vi: "A [b", en: "A"}', "not closed")

    def test_not_nfc(self):
        self.one('a: {vi: "Vie\u0323\u0302t", en: "A"}', "normal form C")

    def test_space_at_end(self):
        self.one('a: {vi: "A ", en: "A"}', "space at an end")

    def test_empty(self):
        self.one('a: {vi: "", en: "A"}', "empty")

    def test_unexpected_language(self):
        self.one('a: {vi: "A", en: "A", fr: "A"}', "unexpected “fr”")

    def test_not_a_mapping(self):
        self.one('a: "A"', "expected {vi")

    def test_bad_key(self):
        self.one('A: {vi: "A", en: "A"}', "a key is made of")

    def test_reserved_key(self):
        self.one('find: {vi: "A", en: "A"}', "name of a function")

    def test_too_many_arguments(self):
        self.one('a: {vi: "{b}{c}{d}{e}{f}", en: "{b}{c}{d}{e}{f}"}', "more than 4")

    def test_one_without_number(self):
        self.one('a: {vi: "A {x}", en: "A {x}", en_one: "A"}', "en_one without a number")

    def test_one_with_other_argument(self):
        self.one('a: {vi: "A {x:number}", en: "A {x:number}", en_one: "A {y}"}', "en_one has an argument")

    def test_key_twice_in_a_file(self):
        self.refused("m0.yaml:4:", "stands also at", ERROR_TEXTS + 'a: {vi: "A", en: "A"}\na: {vi: "B", en: "B"}')

    def test_key_twice_across_files(self):
        self.refused("m1.yaml:1:", "stands also at", ERROR_TEXTS + 'a: {vi: "A", en: "A"}', 'a: {vi: "B", en: "B"}')

    def test_broken_yaml(self):
        self.refused("m0.yaml:", "", ERROR_TEXTS + 'a: {vi: "A", en\n')

    def test_error_without_message(self):
        self.refused("errors.def:1:", "ODD has no message", 'a: {vi: "A", en: "A"}')

    def test_error_without_remedy(self):
        self.refused("errors.def:1:", "error_odd_hint", ERROR_TEXTS.splitlines()[0])

    def test_message_of_unknown_error(self):
        self.one('error_even: {vi: "A", en: "A"}', "no such error")

    def test_error_with_own_argument(self):
        self.refused("m0.yaml:1:", "an error knows only", ERROR_TEXTS.replace("{field}", "{name}"))

    def test_file_not_listed(self):
        self.write("messages/extra.yaml", "")
        self.refused("extra.yaml:1:", "not listed", ERROR_TEXTS)

    def test_families_wrong(self):
        self.one("families: [month]", "beginnings that end in _")


class Unused(Case):
    def unused(self, text, **sources):
        path = self.write("messages/m.yaml", text)
        for name, source in sources.items():
            self.write("src/web/" + name.replace("__", "."), source)
        return self.run_tool("--unused", str(self.root), path)

    def test_nothing_asks(self):
        code, err = self.unused('a_b: {vi: "A", en: "A"}', x__c="int msg_a_c;")
        self.assertEqual(code, 1)
        self.assertIn("m.yaml:1: a_b: nothing asks", err)

    def test_asked_only_by_a_test(self):
        self.assertEqual(self.unused('a_b: {vi: "A", en: "A"}', x_test__c="msg_a_b(lang)")[0], 1)

    def test_asked_by_c_template_and_operation(self):
        text = "".join(f'{k}: {{vi: "A", en: "A"}}\n' for k in ("in_c", "by_key", "in_page", "in_op"))
        code, err = self.unused(text, x__c='msg_in_c(lang); find(STR("by_key"))', x__tmpl="<p>{{t in_page}}</p>",
                                x__op__yaml="does: in_op")
        self.assertEqual((code, err), (0, ""))

    def test_family(self):
        text = 'families: [role_]\nrole_clerk: {vi: "A", en: "A"}'
        self.assertEqual(self.unused(text, x__c='arena_printf(a, "role_%s", role)')[0], 0)

    def test_family_nobody_composes(self):
        code, err = self.unused('families: [role_]\nrole_clerk: {vi: "A", en: "A"}', x__c="int x;")
        self.assertEqual(code, 1)
        self.assertIn("composes keys with “role_”", err)


class Output(Case):
    def test_golden(self):
        code, err = self.compile(ERROR_TEXTS + 'plain: {vi: "Có \\"x\\" {{}}", en: "A\\\\b"}\n'
                                 'many: {vi: "{n:number} của {who}", en: "{who} has {n:number}", en_one: "{who} has one"}\n')
        self.assertEqual((code, err), (0, ""))
        header, source = (self.root / "h").read_text("utf-8"), (self.root / "c").read_text("utf-8")
        self.assertIn("static inline str msg_plain(enum lang lang) { return msg_text(3, lang); }\n", header)
        self.assertIn("static inline str msg_many(struct arena *arena, enum lang lang, int64_t n, str who)\n"
                      "{ return msg_fill(arena, lang, 2, (const struct msg_arg[]){ { .kind = MSG_NUMBER, .number = n }, "
                      "{ .kind = MSG_STR, .text = who } }); }\n", header)
        self.assertNotIn("msg_error_odd(", header)
        self.assertIn('{ S("many"), { S("\\001 của \\002"), S("\\002 has \\001") }, S("\\002 has one") },\n', source)
        self.assertIn('{ S("plain"), { S("Có \\"x\\" {}"), S("A\\\\b") }, { 0 } },\n', source)
        self.assertIn('{ S("error_odd"), { S("Lạ\\016 ở \\001\\017."), S("Odd\\016 in \\001\\017.") }, { 0 } },\n', source)
        self.assertIn("[ERR_ODD] = { 0, 1 },\n", source)

    def test_kept(self):
        code, err = self.compile(ERROR_TEXTS + 'kept: [defs_]\ndefs_none: {vi: "A", en: "B"}\ndefs_two: {vi: "{who} {n:number}", en: "{who} {n:number}"}\n')
        self.assertEqual((code, err), (0, ""))
        header = (self.root / "h").read_text("utf-8")
        self.assertIn("static inline struct msg_kept msg_defs_none(void)\n{ return (struct msg_kept){ .row = 0 }; }\n", header)
        self.assertIn("static inline struct msg_kept msg_defs_two(str who, int64_t n)\n{ return (struct msg_kept){ .row = 1, .args = { "
                      "{ .kind = MSG_STR, .text = who }, { .kind = MSG_NUMBER, .number = n } } }; }\n", header)

    def test_output_is_left_alone_when_nothing_changed(self):
        self.compile(ERROR_TEXTS)
        before = (self.root / "h").stat().st_mtime_ns
        self.compile(ERROR_TEXTS)
        self.assertEqual(before, (self.root / "h").stat().st_mtime_ns)


if __name__ == "__main__":
    sys.exit(tap.main())
