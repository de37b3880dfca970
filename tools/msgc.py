#!/usr/bin/env python3
"""Messages to C: messages/<module>.yaml becomes one typed function a message, in Vietnamese and English.

A word that a user sees stands in one place and in both languages, or the build fails. Refused with file and line: a
language that is missing, arguments that differ between languages, a key that stands twice, text that is not in Unicode
normal form C, an error of tables/errors.def without message or remedy, a file of the folder that is not listed.
With --unused: a key that nothing asks for.

  key: {vi: "Có {count:number} người", en: "{count:number} people", en_one: "One person"}

Arguments: {name} text, {n:number} grouped integer, {x:decimal} one decimal, {d:day}, {t:time} in Vietnam's time.
[…] is left out when an argument inside it is empty or zero; {{ }} [[ ]] stand for the characters themselves.
A file may name `families: [month_]`: keys that the program composes at run time from that beginning; and `kept: [defs_]`:
keys whose function gives a struct msg_kept, for code that says something before it knows in which language.
"""
import argparse
import pathlib
import re
import sys
import unicodedata

import yaml

KINDS = {"str": "str", "number": "int64_t", "decimal": "double", "day": "day", "time": "int64_t"}
ERROR_ARGS = {"field": "str", "what": "str", "row": "number", "column": "number"}
ARGS_MAX = 4
KEYWORDS = set("""auto break case char const continue default do double else enum extern float for goto if inline int long
register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while arena lang
bool str status day""".split())
RESERVED = {"text", "fill", "find", "error", "error_hint", "number", "decimal", "day", "time", "rows"}
OPTIONAL_BEGIN, OPTIONAL_END = "\x0e", "\x0f"


class Refused(Exception):
    pass


def refuse(path, line, why):
    raise Refused(f"{path}:{line}: {why}")


class Message:
    def __init__(self, key, path, line):
        self.key, self.path, self.line = key, path, line
        self.texts = {}  # language -> list of pieces
        self.args = {}   # name -> kind, in the order of the Vietnamese text
        self.kept = False

    def refuse(self, why):
        refuse(self.path, self.line, f"{self.key}: {why}")


def pieces_of(message, lang, text):
    """Splits a text into literal strings, ("arg", name, kind), and the two marks of an optional part."""
    pieces, literal, at, inside = [], "", 0, False
    while at < len(text):
        two, one = text[at:at + 2], text[at]
        if two in ("{{", "}}", "[[", "]]"):
            literal, at = literal + one, at + 2
            continue
        if one not in "{}[]":
            literal, at = literal + one, at + 1
            continue
        pieces, literal = pieces + [literal], ""
        if one == "{":
            found = re.compile(r"\{([a-z][a-z0-9_]*)(?::([a-z]+))?\}").match(text, at)
            if not found or (found[2] and found[2] not in KINDS) or found[1] in KEYWORDS:
                message.refuse(f"{lang}: not an argument: “{text[at:at + 24]}”")
            pieces.append(("arg", found[1], found[2] or "str"))
            at = found.end()
        elif one == "}" or (one == "[") == inside:
            message.refuse(f"{lang}: stray “{one}”")
        else:
            inside = one == "["
            pieces.append(("mark", OPTIONAL_BEGIN if inside else OPTIONAL_END))
            at += 1
    if inside:
        message.refuse(f"{lang}: “[” is not closed")
    return [p for p in pieces + [literal] if p != ""]


def args_of(message, lang, pieces):
    args = {}
    for piece in pieces:
        if piece[0] != "arg" or isinstance(piece, str):
            continue
        _, name, kind = piece
        if args.setdefault(name, kind) != kind:
            message.refuse(f"{lang}: argument {name} has two kinds")
    return args


def check_text(message, lang, text):
    if not text or text != text.strip():
        message.refuse(f"{lang}: empty, or space at an end")
    if unicodedata.normalize("NFC", text) != text:
        message.refuse(f"{lang}: not in Unicode normal form C")
    if any(unicodedata.category(c) == "Cc" for c in text):
        message.refuse(f"{lang}: control character")


def message_read(path, key_node, node):
    message = Message(key_node.value, path, key_node.start_mark.line + 1)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", message.key):
        message.refuse("a key is made of a-z, 0-9 and _")
    if message.key in RESERVED:
        message.refuse("the name of a function of message.h")
    if not isinstance(node, yaml.MappingNode):
        message.refuse("expected {vi: …, en: …}")
    for lang_node, text_node in node.value:
        lang, text = lang_node.value, text_node.value
        if lang not in ("vi", "en", "en_one") or lang in message.texts or not isinstance(text, str):
            message.refuse(f"unexpected “{lang}”")
        check_text(message, lang, text)
        message.texts[lang] = pieces_of(message, lang, text)
    for lang in ("vi", "en"):
        if lang not in message.texts:
            message.refuse(f"no text in “{lang}”")
    return message


def check_args(message):
    of = {lang: args_of(message, lang, pieces) for lang, pieces in message.texts.items()}
    if of["vi"] != of["en"]:
        message.refuse(f"arguments differ: vi {list(of['vi'].items())}, en {list(of['en'].items())}")
    message.args = of["vi"]
    if len(message.args) > ARGS_MAX:
        message.refuse(f"more than {ARGS_MAX} arguments")
    if "en_one" in of:
        if "number" not in message.args.values():
            message.refuse("en_one without a number")
        if not set(of["en_one"].items()) <= set(message.args.items()):
            message.refuse("en_one has an argument that en has not")


def families_read(path, key_node, node):
    if not isinstance(node, yaml.SequenceNode) or not all(re.fullmatch(r"[a-z0-9_]+_", n.value) for n in node.value):
        refuse(path, key_node.start_mark.line + 1, "families: expected a list of beginnings that end in _")
    return [n.value for n in node.value]


def file_read(path, messages, families):
    kept = ()
    try:
        root = yaml.compose(pathlib.Path(path).read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        refuse(path, mark.line + 1 if mark else 1, str(error).replace("\n", " "))
    if not isinstance(root, yaml.MappingNode):
        refuse(path, 1, "expected a mapping of keys")
    for key_node, node in root.value:
        if key_node.value == "families":
            families += families_read(path, key_node, node)
            continue
        if key_node.value == "kept":
            kept = tuple(families_read(path, key_node, node))
            continue
        message = message_read(path, key_node, node)
        message.kept = message.key.startswith(kept)
        other = messages.setdefault(message.key, message)
        if other is not message:
            message.refuse(f"stands also at {other.path}:{other.line}")


def read_all(paths):
    messages, families = {}, []
    listed = {pathlib.Path(p).resolve() for p in paths}
    for folder in sorted({p.parent for p in listed}):
        for path in sorted(folder.glob("*.yaml")):
            if path not in listed:
                refuse(path, 1, "is not listed in meson.build")
    for path in paths:
        file_read(path, messages, families)
    return messages, families


def errors_read(path, messages):
    """The error names in their order; each needs a message and a remedy, whose arguments are those of a fault."""
    names = []
    for line, text in enumerate(pathlib.Path(path).read_text(encoding="utf-8").splitlines(), 1):
        found = re.match(r"ERROR\((\w+),", text)
        if not found:
            continue
        names.append(found[1])
        for key in (f"error_{found[1].lower()}", f"error_{found[1].lower()}_hint"):
            if key not in messages:
                refuse(path, line, f"{found[1]} has no message “{key}” in messages/errors.yaml")
    known = {f"error_{n.lower()}{tail}" for n in names for tail in ("", "_hint")}
    for message in messages.values():
        if message.key.startswith("error_") and message.key not in known:
            message.refuse(f"no such error in {path}")
    return names


def error_args_set(message):
    for lang, pieces in message.texts.items():
        for n, piece in enumerate(pieces):
            if not isinstance(piece, str) and piece[0] == "arg":
                if piece[1] not in ERROR_ARGS:
                    message.refuse(f"{lang}: an error knows only {', '.join(ERROR_ARGS)}")
                pieces[n] = ("arg", piece[1], ERROR_ARGS[piece[1]])
    message.args = ERROR_ARGS


def c_text(message, lang):
    """The text with its arguments as bytes 1 … 8, which no message may contain."""
    if lang not in message.texts:
        return "{ 0 }"
    order, out = list(message.args), ""
    for piece in message.texts[lang]:
        text = piece if isinstance(piece, str) else chr(order.index(piece[1]) + 1) if piece[0] == "arg" else piece[1]
        out += "".join(f"\\{ord(c):03o}" if ord(c) < 32 else "\\" + c if c in '"\\' else c for c in text)
    return f'S("{out}")'


MEMBERS = {"str": "text", "number": "number", "decimal": "decimal", "day": "day", "time": "number"}


def c_function(message, number):
    params = ", ".join(f"{KINDS[kind]} {name}" for name, kind in message.args.items())
    args = ", ".join(f"{{ .kind = MSG_{kind.upper()}, .{MEMBERS[kind]} = {name} }}" for name, kind in message.args.items())
    if message.kept:
        given = f", .args = {{ {args} }}" if args else ""
        return (f"static inline struct msg_kept msg_{message.key}({params or 'void'})\n"
                f"{{ return (struct msg_kept){{ .row = {number}{given} }}; }}\n")
    if not message.args:
        return f"static inline str msg_{message.key}(enum lang lang) {{ return msg_text({number}, lang); }}\n"
    return (f"static inline str msg_{message.key}(struct arena *arena, enum lang lang, {params})\n"
            f"{{ return msg_fill(arena, lang, {number}, (const struct msg_arg[]){{ {args} }}); }}\n")


def c_header(ordered):
    out = ["/* Made by tools/msgc.py from messages/; do not edit. */\n#pragma once\n#include \"messages/message.h\"\n\n"]
    for number, message in enumerate(ordered):
        if not message.key.startswith("error_"):
            out.append(c_function(message, number))
    return "".join(out)


def c_source(ordered, errors):
    at = {m.key: n for n, m in enumerate(ordered)}
    out = ['/* Made by tools/msgc.py from messages/; do not edit. */\n#include "messages/message.h"\n\n',
           '#define S(literal) { "" literal, sizeof(literal) - 1 }\n', "const struct msg_row msg_rows[] = {\n"]
    for message in ordered:
        out.append(f'    {{ S("{message.key}"), {{ {c_text(message, "vi")}, {c_text(message, "en")} }}, '
                   f'{c_text(message, "en_one")} }},\n')
    out.append(f"}};\nconst size_t msg_row_count = {len(ordered)};\n\nconst struct msg_error_row msg_error_rows[ERR_COUNT] = {{\n")
    for name in errors:
        key = f"error_{name.lower()}"
        out.append(f"    [ERR_{name}] = {{ {at[key]}, {at[key + '_hint']} }},\n")
    return "".join(out) + "};\n"


def write_if_changed(path, text):
    path = pathlib.Path(path)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def compile_all(options):
    messages, _ = read_all(options.files)
    errors = errors_read(options.errors, messages)
    for message in messages.values():
        if message.key.startswith("error_"):
            error_args_set(message)
        else:
            check_args(message)
    ordered = [messages[key] for key in sorted(messages)]
    write_if_changed(options.header, c_header(ordered))
    write_if_changed(options.source, c_source(ordered, errors))


def words_used(root):
    """Names that the program asks for: msg_<key> and "key" in C, {{t key in templates, any word of definitions."""
    used, literals = set(), set()
    for path in sorted(pathlib.Path(root).glob("src/**/*")) + sorted(pathlib.Path(root).glob("messages/*.c")):
        if path.name.endswith(("_test.c", ".op.yaml")) or path.suffix not in (".c", ".h", ".tmpl"):
            continue
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"\bmsg_([a-z0-9_]+)", text)) | set(re.findall(r"\{\{t ([a-z0-9_]+)", text))
        for macro in re.findall(r"#define (\w+)\(\w+, key\b", text):  # pastes msg_##key
            used |= set(re.findall(macro + r"\(\w+, ([a-z0-9_]+)", text))
        literals |= set(re.findall(r'"([a-z][a-z0-9_]*)"', text))
        literals |= set(re.findall(r'"([a-z][a-z0-9_]*_)%', text))
    for path in sorted(pathlib.Path(root).glob("src/**/*.op.yaml")) + sorted(pathlib.Path(root).glob("definitions/**/*.yaml")):
        used |= set(re.findall(r"[a-z][a-z0-9_]+", path.read_text(encoding="utf-8")))
    return used | literals, literals


def unused_find(options):
    messages, families = read_all(options.files)
    used, literals = words_used(options.unused)
    for family in families:
        if family not in literals:
            refuse("families", 0, f"no C source composes keys with “{family}”")
    lost = [m for m in messages.values()
            if m.key not in used and not m.key.startswith(("error_", *families))]
    if lost:
        raise Refused("\n".join(f"{m.path}:{m.line}: {m.key}: nothing asks for this message" for m in lost))


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--errors")
    parser.add_argument("--header")
    parser.add_argument("--source")
    parser.add_argument("--unused", metavar="ROOT")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args(argv)
    try:
        unused_find(options) if options.unused else compile_all(options)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
