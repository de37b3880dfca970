#!/usr/bin/env python3
"""Templates to C: each {{template name(arguments)}} … {{end}} of src/web/*.tmpl becomes void tmpl_name(struct page *, …).

Values are escaped by the place where they stand (tmplc_html.py follows the markup), so that a template cannot forget it.
  {{include "web/home.h"}}      a header with the structs that the arguments name
  {{= expression}}              a C expression: str, const char *, or an integer
  {{n expression}}              a figure, grouped as the language does; {{decimal …}} {{day …}} {{time …}} likewise
  {{t key}} {{t key(a, b)}}     a message of messages/
  {{if c}} {{elif c}} {{else}} {{end}}     {{for i < n}} … {{end}}     {{let const struct row *r = &v->rows[i]}}
  {{attr checked if c}}         a boolean attribute
  {{call other(a)}}             another template       {{wrap layout(a)}} … {{end}} puts a body into its {{slot}}
  {{csrf}}                      the hidden token that every form with method post needs       {{# remark}}
Refusals carry file and line, and so do the C compiler's, through #line.
"""
import argparse
import pathlib
import re
import sys

from tmplc_html import Html, Refused

DIRECTIVE = re.compile(r"\{\{(.*?)\}\}", re.S)
VALUES = {"=": "PAGE_OF(pg, {})", "n": "msg_number(pg->arena, pg->lang, {})", "decimal": "msg_decimal(pg->arena, pg->lang, {})",
          "day": "msg_day(pg->arena, pg->lang, {})", "time": "msg_time(pg->arena, pg->lang, {})"}
WRITERS = {"text": "page_text", "attr": "page_attr", "url": "page_url", "part": "page_url_part"}


class Block:
    def __init__(self, kind, line, shape=None, number=0):
        self.kind, self.line, self.shape, self.number, self.branch = kind, line, shape, number, 0


class Template:
    """One template while it is read: its C body, and at {{slot}} the start of its second half."""

    def __init__(self, path, line, name, params):
        self.path, self.line, self.name, self.params = path, line, name, params
        self.body, self.second = [], None
        self.html = Html(self.literal)
        self.blocks, self.ifs = [Block("template", line)], 0
        self.uses = []  # (wrap or call, name, line)
        self.outer_ids = []

    def literal(self, text):
        self.code(f"page_raw(pg, {c_string(text)}, {len(text.encode())});")

    def code(self, text, line=None):
        into = self.second if self.second is not None else self.body
        if line:
            into.append(f'#line {line} "{self.path}"')
        into.append("    " * (len(self.blocks)) + text)

    # --- directives ------------------------------------------------------------------------------------------------

    def directive(self, text, line):
        """True when {{end}} closed the template itself."""
        self.html.line = line
        found = re.match(r"(=|#|[a-z]+)\s*(.*)\Z", text.strip(), re.S)
        word, rest = (found[1], found[2].strip()) if found else (text, "")
        if word == "#":
            return False
        if word in VALUES:
            self.value(word, rest, line)
            return False
        handler = getattr(self, "do_" + word, None)
        if not handler:
            self.html.refuse(f"no such directive: {{{{{text.strip()}}}}}")
        return bool(handler(rest, line))

    def value(self, word, rest, line):
        if not rest:
            self.html.refuse("an expression is missing")
        place = self.html.place(rest)
        if word != "=" and place in ("url", "part"):
            self.html.refuse(f"{{{{{word} …}}}} is for people to read; in an address write {{{{= …}}}}")
        self.code(f"{WRITERS[place]}(pg, {VALUES[word].format(f'({rest})')});", line)

    def do_t(self, rest, line):
        found = re.fullmatch(r"([a-z][a-z0-9_]*)(?:\((.*)\))?", rest, re.S)
        if not found:
            self.html.refuse(f"not a message: {{{{t {rest}}}}}")
        call = f"msg_{found[1]}(pg->lang)" if found[2] is None else f"msg_{found[1]}(pg->arena, pg->lang, {found[2]})"
        place = self.html.place(rest)
        if place in ("url", "part"):
            self.html.refuse("a message in an address")
        self.code(f"{WRITERS[place]}(pg, {call});", line)

    def do_if(self, rest, line):
        self.ifs += 1
        self.need(rest, "condition")
        block = Block("if", line, self.html.shape(), self.ifs)
        self.code(f"if ({rest}) {{", line)
        self.blocks.append(block)
        self.html.path += ((block.number, 0),)

    def do_elif(self, rest, line):
        self.need(rest, "condition")
        self.branch(f"}} else if ({rest}) {{", line)

    def do_else(self, rest, line):
        self.nothing(rest)
        self.branch("} else {", line)
        self.blocks[-1].kind = "else"

    def branch(self, code, line):
        block = self.blocks[-1]
        if block.kind != "if":
            self.html.refuse("{{elif}} or {{else}} without {{if}}")
        self.check_shape(block)
        block.branch += 1
        self.html.path = self.html.path[:-1] + ((block.number, block.branch),)
        self.blocks.pop()
        self.code(code, line)
        self.blocks.append(block)

    def check_shape(self, block):
        if self.html.shape() != block.shape:
            self.html.refuse(f"the {block.kind} of line {block.line} ends in another place of the markup than it began")

    def do_for(self, rest, line):
        found = re.fullmatch(r"([a-z][a-z0-9_]*)\s*<\s*(.+)", rest, re.S)
        if not found:
            self.html.refuse("expected {{for i < count}}")
        block = Block("for", line, self.html.shape())
        self.code(f"for (size_t {found[1]} = 0; {found[1]} < (size_t)({found[2]}); {found[1]}++) {{", line)
        self.blocks.append(block)
        self.html.loops += 1

    def do_let(self, rest, line):
        self.need(rest, "declaration")
        self.html.flush()
        self.code(f"{rest};", line)

    def do_attr(self, rest, line):
        found = re.fullmatch(r"([a-z]+)\s+if\s+(.+)", rest, re.S)
        if not found:
            self.html.refuse("expected {{attr name if condition}}")
        text = self.html.boolean(found[1])
        self.code(f"if ({found[2]}) page_raw(pg, {c_string(text)}, {len(text)});", line)

    def do_csrf(self, rest, line):
        self.nothing(rest)
        self.html.csrf()
        self.code("page_csrf(pg);", line)

    def do_call(self, rest, line):
        self.html.in_plain_text("{{call}}")
        name, args = self.call_of(rest)
        self.uses.append(("call", name, line))
        self.code(f"tmpl_{name}(pg{args});", line)

    def do_wrap(self, rest, line):
        self.html.in_plain_text("{{wrap}}")
        if self.html.stack:
            self.html.refuse("{{wrap}} inside an element")
        name, args = self.call_of(rest)
        self.uses.append(("wrap", name, line))
        self.code(f"tmpl_{name}_begin(pg{args});", line)
        block = Block("wrap", line, self.html.shape())
        block.end = f"tmpl_{name}_end(pg{args});"
        self.code("{")
        self.blocks.append(block)

    def do_slot(self, rest, line):
        self.nothing(rest)
        self.html.in_plain_text("{{slot}}")
        if len(self.blocks) != 1 or self.second is not None:
            self.html.refuse("{{slot}} stands once, outside of branches and loops")
        self.second = []

    def do_end(self, rest, line):
        self.nothing(rest)
        block = self.blocks[-1]
        if block.kind == "template":
            self.html.finish(line)
            return True
        self.check_shape(block)
        self.blocks.pop()
        self.code("}", line)
        if block.kind == "for":
            self.html.loops -= 1
        if block.kind in ("if", "else"):
            self.html.path = self.html.path[:-1]
        if block.kind == "wrap":
            self.code(block.end, line)
        return False

    # --- small checks ----------------------------------------------------------------------------------------------

    def need(self, rest, what):
        if not rest:
            self.html.refuse(f"a {what} is missing")

    def nothing(self, rest):
        if rest:
            self.html.refuse(f"unexpected “{rest}”")

    def call_of(self, rest):
        found = re.fullmatch(r"([a-z][a-z0-9_]*)\((.*)\)", rest, re.S)
        if not found:
            self.html.refuse("expected name(arguments)")
        return found[1], ", " + found[2].strip() if found[2].strip() else ""

    # --- C ---------------------------------------------------------------------------------------------------------

    def heads(self):
        params = "struct page *pg" + (", " + self.params if self.params else "")
        used = [f"    (void){name};" for name in re.findall(r"(\w+)\s*(?:,|\Z)", self.params)]
        if self.second is None:
            return [(f"void tmpl_{self.name}({params})", used + self.body)]
        return [(f"void tmpl_{self.name}_begin({params})", used + self.body),
                (f"void tmpl_{self.name}_end({params})", used + self.second)]


def c_string(text):
    """Literals of a template as C strings, cut so that a long one stays readable and within a compiler's limits."""
    escaped = ["\\n" if c == "\n" else "\\" + c if c in '"\\' else c for c in text]
    lines = ["".join(escaped[n:n + 100]) for n in range(0, len(escaped), 100)]
    return " ".join(f'"{line}"' for line in lines)


class File:
    def __init__(self, path):
        self.path, self.includes, self.templates, self.open = path, [], [], None
        text = pathlib.Path(path).read_text(encoding="utf-8")
        at, line = 0, 1
        for found in DIRECTIVE.finditer(text):
            self.literal(text[at:found.start()], line)
            line += text[at:found.start()].count("\n")
            self.directive(found[1], line)
            line += found[0].count("\n")
            at = found.end()
        self.literal(text[at:], line)
        if self.open:
            raise Refused(self.open.blocks[-1].line, f"{{{{{self.open.blocks[-1].kind}}}}} has no {{{{end}}}}")

    def literal(self, text, line):
        if "{{" in text or "}}" in text:
            raise Refused(line + text[:max(text.find("{{"), text.find("}}"))].count("\n"), "stray {{ or }}")
        if self.open:
            self.open.html.feed(text, line)
        elif text.strip():
            raise Refused(line, "text outside of a template")

    def directive(self, text, line):
        if self.open:
            if self.open.directive(text, line):
                self.templates.append(self.open)
                self.open = None
            return
        word, _, rest = text.strip().partition(" ")
        found = re.fullmatch(r"([a-z][a-z0-9_]*)\((.*)\)", rest.strip(), re.S)
        if word == "template" and found:
            self.open = Template(self.path, line, found[1], found[2].strip())
        elif word == "include" and re.fullmatch(r'"[a-z0-9_/.]+"', rest.strip()):
            self.includes.append(rest.strip())
        elif not word.startswith("#"):
            raise Refused(line, "expected {{template name(arguments)}} or {{include \"…\"}}")


def check_together(files):
    """What needs all templates: names are unique, calls have a target, a wrapped body does not repeat its layout's ids."""
    known = {}
    for file in files:
        for template in file.templates:
            other = known.setdefault(template.name, template)
            if other is not template:
                raise Refused((file.path, template.line), f"template {template.name} stands also at {other.path}:{other.line}")
    for template in known.values():
        for kind, name, line in template.uses:
            target = known.get(name)
            if not target or (target.second is not None) != (kind == "wrap"):
                raise Refused((template.path, line), f"no template {name} to {kind}")
            if kind == "wrap":
                outer = {value for value, _, _ in target.html.ids}
                for value, id_line, _ in template.html.ids:
                    if value in outer:
                        raise Refused((template.path, id_line), f"id “{value}” stands also in {name}")


def header_of(files):
    out = ["/* Made by tools/tmplc.py from the templates; do not edit. */\n#pragma once\n#include \"web/page.h\"\n"]
    out += sorted({f"#include {include}\n" for file in files for include in file.includes})
    out += [f"{head};\n" for file in files for template in file.templates for head, _ in template.heads()]
    return "".join(out)


def source_of(files, header_name, source_name):
    out = [f'/* Made by tools/tmplc.py from the templates; do not edit. */\n#include "{header_name}"\n'
           '#include "messages/messages.h"\n']
    for file in files:
        for template in file.templates:
            for head, body in template.heads():
                out.append(f'\n#line {template.line} "{file.path}"\n{head}\n{{\n' + "\n".join(body) + "\n}\n")
    return "".join(out)


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--header", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--root", default="", help="taken off the paths that #line names")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args(argv)
    files, path = [], ""
    try:
        for path in options.files:
            files.append(File(path))
        check_together(files)
    except Refused as refused:
        place, line = refused.line if isinstance(refused.line, tuple) else (path, refused.line)
        print(f"{place}:{line}: {refused.why}", file=sys.stderr)
        return 1
    root = options.root.rstrip("/") + "/" if options.root else ""
    header, source = pathlib.Path(options.header), pathlib.Path(options.source)
    for target, text in ((header, header_of(files)), (source, source_of(files, header.name, source.name))):
        text = text.replace(f'"{root}', '"') if root else text
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
