#!/usr/bin/env python3
"""Every refusal of tmplc, with its line, and the C that it makes. Prints TAP."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import tap
import tmplc


class Case(unittest.TestCase):
    def compile(self, *texts):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            files = []
            for n, text in enumerate(texts):
                files.append(str(root / f"t{n}.tmpl"))
                pathlib.Path(files[-1]).write_text(text, encoding="utf-8")
            err = io.StringIO()
            with contextlib.redirect_stderr(err):
                code = tmplc.main(["--header", str(root / "x.h"), "--source", str(root / "x.c"), "--root", folder, *files])
            made = [(root / name).read_text("utf-8") if (root / name).exists() else "" for name in ("x.h", "x.c")]
            return code, err.getvalue(), *made

    def body(self, markup, params="str x, bool c"):
        code, err, _, source = self.compile(f"{{{{template a({params})}}}}{markup}{{{{end}}}}")
        self.assertEqual((code, err), (0, ""))
        return "\n".join(l.strip() for l in source.splitlines() if not l.startswith("#line") and "(void)" not in l)

    def refused(self, markup, words, line=2):
        code, err, _, _ = self.compile("{{template a(str x, bool c)}}\n" + markup + "{{end}}")
        self.assertEqual(code, 1, "was not refused")
        self.assertIn(words, err)
        self.assertIn(f"t0.tmpl:{line}: ", err)

    def accepted(self, markup):
        self.body(markup)


class Words(Case):
    def test_in_text(self):
        self.refused("<p>\nXin chào</p>", "hard-coded word “Xin”", 3)

    def test_one_letter(self):
        self.refused("<p>1 đ</p>", "hard-coded word “đ”")

    def test_after_entity(self):
        self.refused("<p>&nbsp;km</p>", "“km”")

    def test_in_attributes(self):
        for attr in ("alt", "title", "placeholder", "aria-label"):
            with self.subTest(attr):
                self.refused(f'<img alt="" {attr}="Ảnh">' if attr != "alt" else '<img src="/a.png" alt="Ảnh">', "hard-coded words")

    def test_beside_an_expression(self):
        self.refused('<p title="{{= x}} người"></p>', "hard-coded words in title")

    def test_on_a_button(self):
        self.refused('<form method="get"><input type="submit" value="Gửi"></form>', "value of a button")

    def test_figures_signs_and_entities_are_no_words(self):
        self.accepted('<p>1 – 2 &nbsp; &amp; 3 %</p><p title="{{= x}} &amp; 3"></p>')


class Scripts(Case):
    def test_inline(self):
        self.refused("<script>1</script>", "inline script")

    def test_body_of_a_loaded_one(self):
        self.refused('<script src="/a.js">1</script>', "inline script")

    def test_element_in_a_loaded_one(self):
        self.refused('<script src="/a.js"><p></p></script>', "inline script")

    def test_expression_in_one(self):
        self.refused('<script src="/a.js">{{= x}}</script>', "an expression inside <script>")

    def test_call_in_one(self):
        self.refused('<script src="/a.js">{{call a(x, c)}}</script>', "between elements")

    def test_handler(self):
        self.refused('<p onclick="1"></p>', "inline script")

    def test_style_element(self):
        self.refused("<style>1</style>", "web/styles")

    def test_style_attribute(self):
        self.refused('<p style="1"></p>', "attribute style")

    def test_other_elements(self):
        for name in ("iframe", "object", "embed", "base", "template"):
            with self.subTest(name):
                self.refused(f"<{name}></{name}>", f"<{name}>:")

    def test_loaded_script(self):
        self.accepted('<script src="{{= x}}" type="module"></script>')


class Markup(Case):
    def test_unquoted_attribute(self):
        self.refused("<p class=a></p>", "not in double quotes")

    def test_single_quotes(self):
        self.refused("<p class='a'></p>", "not in double quotes")

    def test_attribute_without_value(self):
        self.refused("<p class></p>", "without a value")

    def test_attribute_twice(self):
        self.refused('<p class="a" class="b"></p>', "stands twice")

    def test_bad_attribute_name(self):
        self.refused('<p Class="a"></p>', "no attribute name")

    def test_missing_alt(self):
        self.refused('<p>\n<img src="/a.png"></p>', "without alt", 3)

    def test_not_closed(self):
        self.refused("<p>\n<b></b>\n", "<p> is not closed")

    def test_misnested(self):
        self.refused("<p><b></p></b>", "<b> of line 2 is open")

    def test_closed_without_being_open(self):
        self.refused("</p>", "nothing is open")

    def test_self_closed(self):
        self.refused("<p/>", "only void elements")

    def test_upper_case(self):
        self.refused("<P></P>", "is no element")

    def test_literal_less_than(self):
        self.refused("1 < 2", "&lt;")

    def test_bare_ampersand(self):
        self.refused("1 & 2", "&amp;")
        self.refused('<a href="/?a=1&b=2"></a>', "&amp;")

    def test_quote_not_closed(self):
        self.refused('<p class="a>\n</p>', "is its quote closed", 3)

    def test_ends_inside_a_tag(self):
        self.refused("<p", "ends inside a tag")

    def test_id_twice(self):
        self.refused('<p id="a"></p>\n<p id="a"></p>', "stands also at line 2", 3)

    def test_id_in_a_loop(self):
        self.refused('{{for i < 3}}<p id="a"></p>{{end}}', "in a loop")

    def test_id_of_a_layout(self):
        code, err, _, _ = self.compile('{{template l()}}<p id="a"></p>{{slot}}{{end}}\n'
                                       '{{template b()}}{{wrap l()}}<p id="a"></p>{{end}}{{end}}')
        self.assertEqual(code, 1)
        self.assertIn("t0.tmpl:2: id “a” stands also in l", err)

    def test_id_in_exclusive_branches(self):
        self.accepted('{{if c}}<p id="a"></p>{{else}}<p id="a"></p>{{end}}')
        self.refused('{{if c}}<p id="a"></p>{{end}}{{if !c}}<p id="a"></p>{{end}}', "stands also")

    def test_svg(self):
        self.accepted('<svg viewBox="0 0 9 9"><rect width="{{= x}}" height="1"/></svg>')


class Forms(Case):
    LABELLED = '<label for="b">{{t name}}</label><input id="b" name="b">'

    def test_post_without_token(self):
        self.refused('<form method="post" action="/a"></form>', "needs {{csrf}}")

    def test_get_with_token(self):
        self.refused('<form method="get">{{csrf}}</form>', "show the token")

    def test_token_outside(self):
        self.refused("<p>{{csrf}}</p>", "stands in a form")

    def test_no_method(self):
        self.refused('<form action="/a"></form>', 'method="get"')

    def test_method_by_expression(self):
        self.refused('<form method="{{= x}}"></form>', 'method="get"')

    def test_form_in_form(self):
        self.refused('<form method="get"><form method="get"></form></form>', "inside a form")

    def test_input_without_label(self):
        for markup in ('<input name="b">', '<select name="b"></select>', '<textarea id="b" name="b"></textarea>'):
            with self.subTest(markup):
                self.refused(markup, "neither <label for> nor aria-label")

    def test_labelled(self):
        self.accepted('<form method="post" action="/a">{{csrf}}' + self.LABELLED + "</form>")
        self.accepted('<label>{{t name}}<input name="b"></label><input aria-label="{{t name}}" name="d"><input type="hidden" name="e">')
        self.accepted('<label for="f-{{= x}}">{{t name}}</label><input id="f-{{= x}}" name="b">')


class Places(Case):
    def test_in_a_tag_name(self):
        self.refused("<{{= x}}></p>", "the name of an element")

    def test_in_an_attribute_name(self):
        self.refused('<p data-{{= x}}="a"></p>', "the name of an attribute")

    def test_in_place_of_attributes(self):
        self.refused("<p {{= x}}></p>", "outside of a value")

    def test_unquoted(self):
        self.refused("<p class={{= x}}></p>", "without quotes")

    def test_in_a_comment(self):
        self.refused("<!-- {{= x}} -->", "a comment")

    def test_in_meta_refresh(self):
        self.refused('<meta http-equiv="refresh" content="{{= x}}">', "http-equiv")

    def test_addresses(self):
        for address in ("javascript:1", "//other", "http://other", "data:1", "java{{= x}}"):
            with self.subTest(address):
                self.refused(f'<a href="{address}"></a>', "an address begins with")

    def test_message_in_an_address(self):
        self.refused('<a href="/{{t name}}"></a>', "a message in an address")

    def test_writers(self):
        made = self.body('<a href="{{= x}}" title="{{= x}}">{{= x}}</a><a href="/p/{{= x}}?q={{= x}}">{{n 3}}</a>')
        writers = [l.split("(")[0] for l in made.splitlines() if l.startswith("page_") and not l.startswith("page_raw")]
        self.assertEqual(writers, ["page_url", "page_attr", "page_text", "page_url_part", "page_url_part", "page_text"])

    def test_boolean_attribute(self):
        self.assertIn('if (c) page_raw(pg, " checked", 8);',
                      self.body('<input type="checkbox" aria-label="{{= x}}" {{attr checked if c}}>'))
        self.refused("<p {{attr class if c}}></p>", "not a boolean attribute")
        self.refused("<p>{{attr checked if c}}</p>", "between the attributes")


class Blocks(Case):
    def test_branches_end_where_they_began(self):
        self.refused("{{if c}}<p>{{end}}</p>", "another place")
        self.refused("{{if c}}<p>{{else}}<b>{{end}}</b>", "another place")
        self.refused('<p {{if c}}class="a{{end}}"></p>', "another place")
        self.refused("{{for i < 3}}</p>{{end}}", "nothing is open")

    def test_branch_in_a_name(self):
        self.refused('<p cl{{if c}}ass="a"{{end}}></p>', "cannot begin or end here")

    def test_branches_within_values_and_tags(self):
        self.accepted('<p class="a{{if c}} b{{elif !c}} d{{else}} e{{end}}"{{if c}} id="f"{{end}}></p>')

    def test_end_missing(self):
        code, err, _, _ = self.compile("{{template a()}}\n{{if 1}}<p></p>")
        self.assertEqual(code, 1)
        self.assertIn("t0.tmpl:2: {{if}} has no {{end}}", err)

    def test_else_without_if(self):
        self.refused("{{else}}", "without {{if}}")
        self.refused("{{if c}}{{else}}{{else}}{{end}}", "without {{if}}")

    def test_unknown_directive(self):
        self.refused("{{while 1}}", "no such directive")

    def test_stray_braces(self):
        self.refused("<p></p>}}", "stray")

    def test_bad_message(self):
        self.refused("{{t Not a key}}", "not a message")

    def test_bad_loop(self):
        self.refused("{{for i in x}}{{end}}", "expected {{for")

    def test_slot(self):
        self.refused("{{if c}}{{slot}}{{end}}", "outside of branches")
        self.refused("{{slot}}{{slot}}", "stands once")

    def test_text_outside(self):
        code, err, _, _ = self.compile("<p></p>")
        self.assertEqual(code, 1)
        self.assertIn("t0.tmpl:1: text outside", err)


class Together(Case):
    def test_template_twice(self):
        code, err, _, _ = self.compile("{{template a()}}{{end}}", "\n{{template a()}}{{end}}")
        self.assertEqual(code, 1)
        self.assertIn("t1.tmpl:2: template a stands also", err)

    def test_unknown_target(self):
        self.refused("{{call b(x)}}", "no template b to call")
        self.refused("{{wrap b()}}{{end}}", "no template b to wrap")

    def test_wrap_needs_a_slot(self):
        code, err, _, _ = self.compile("{{template a()}}{{end}}{{template b()}}{{wrap a()}}{{end}}{{end}}")
        self.assertEqual(code, 1)
        self.assertIn("no template a to wrap", err)

    def test_golden(self):
        code, err, header, source = self.compile(
            '{{# why}}\n{{include "web/home.h"}}\n{{template layout(str title)}}<!doctype html>\n<title>{{= title}}</title>'
            '<main>{{slot}}</main>{{end}}\n'
            '{{template home(const struct v *v)}}{{wrap layout(msg_home(pg->lang))}}<!-- why -->\n'
            '{{for i < v->count}}{{let int k = v->k[i]}}<b>{{n k}}</b>{{end}}{{t word(k)}}{{call foot()}}{{end}}{{end}}\n'
            '{{template foot()}}<hr>{{end}}')
        self.assertEqual((code, err), (0, ""))
        self.assertIn('#include "web/home.h"\n', header)
        for prototype in ("void tmpl_layout_begin(struct page *pg, str title);", "void tmpl_layout_end(struct page *pg, str title);",
                          "void tmpl_home(struct page *pg, const struct v *v);", "void tmpl_foot(struct page *pg);"):
            self.assertIn(prototype + "\n", header)
        self.assertIn('#line 5 "t0.tmpl"\nvoid tmpl_home(struct page *pg, const struct v *v)\n{\n', source)
        lines = [l.strip() for l in source.splitlines()]
        for line in ('page_raw(pg, "<!doctype html>\\n<title>", 23);', "page_text(pg, PAGE_OF(pg, (title)));",
                     "tmpl_layout_begin(pg, msg_home(pg->lang));", "for (size_t i = 0; i < (size_t)(v->count); i++) {",
                     "int k = v->k[i];", "page_text(pg, msg_number(pg->arena, pg->lang, (k)));",
                     "page_text(pg, msg_word(pg->arena, pg->lang, k));", "tmpl_foot(pg);",
                     "tmpl_layout_end(pg, msg_home(pg->lang));"):
            self.assertIn(line, lines)
        self.assertNotIn("why", source)


if __name__ == "__main__":
    sys.exit(tap.main())
