#!/usr/bin/env python3
"""Make person_fields.h and person_fields.c from definitions/register/population.yaml.

Why at build: the compiler then checks every use of a field, and a mask of fields costs one AND. Refuses a bit used
twice, a bit above 63, an unknown type, class or source, a key that is not lower-case words, and a missing label."""
import re
import sys
import yaml

TYPES = ["text", "number", "day", "sex", "unit", "person", "household", "code", "count"]
CLASSES = ["public", "internal", "personal", "sensitive", "state-secret"]


class Refused(Exception):
    pass


class Loader(yaml.SafeLoader):
    """Keeps the line of each mapping, for errors that name their place."""


def mapping(loader, node):
    keys = [loader.construct_object(k) for k, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise Refused(f"{node.start_mark.line + 1}: key '{key}' stands twice; remove one")
    value = loader.construct_mapping(node, deep=True)
    value["__line__"] = node.start_mark.line + 1
    return value


Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)


def need(where, what, key):
    if key not in what:
        raise Refused(f"{where}: '{key}' is missing; add it")
    return what[key]


def check_field(field, sources, seen):
    line = field["__line__"]
    key, bit = need(line, field, "key"), need(line, field, "bit")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", str(key)):
        raise Refused(f"{line}: '{key}' is no key; use lower-case words joined by _")
    if not isinstance(bit, int) or not 0 <= bit <= 63:
        raise Refused(f"{line}: bit {bit} of '{key}' is not 0 to 63; choose a free one")
    for what in (("key", key), ("bit", bit)):
        if what in seen:
            raise Refused(f"{line}: {what[0]} {what[1]} is taken by line {seen[what]}; choose another")
        seen[what] = line
    if need(line, field, "type") not in TYPES:
        raise Refused(f"{line}: type '{field['type']}' is unknown; use one of {', '.join(TYPES)}")
    if need(line, field, "class") not in CLASSES:
        raise Refused(f"{line}: class '{field['class']}' is unknown; use one of {', '.join(CLASSES)}")
    if not 1 <= need(line, field, "group") <= 26:
        raise Refused(f"{line}: group {field['group']} is not 1 to 26 (Luật Căn cước 2023 Đ9)")
    for source in need(line, field, "sources"):
        if source not in sources:
            raise Refused(f"{line}: source '{source}' is not listed under 'sources'; add it there")
    for lang in ("vi", "en"):
        need(line, need(line, field, "label"), lang)


def load(path):
    with open(path, encoding="utf-8") as f:
        data = yaml.load(f, Loader)
    sources = {k: v for k, v in data["sources"].items() if k != "__line__"}
    seen = {}
    for field in data["fields"]:
        check_field(field, sources, seen)
    fields = sorted(data["fields"], key=lambda f: f["bit"])
    return sources, fields, code_lists({k: v for k, v in data["codes"].items() if k != "__line__"}, fields)


def code_lists(codes, fields):
    """Rows (bit, code, vi, en), sorted, of every field of type code or sex."""
    bits = {f["key"]: f["bit"] for f in fields if f["type"] in ("code", "sex")}
    if set(bits) != set(codes):
        raise Refused(f"1: 'codes' must list exactly the fields of type code and sex; look at {', '.join(sorted(set(bits) ^ set(codes)))}")
    rows = []
    for key, values in codes.items():
        for code, label in values.items():
            if code == "__line__":
                continue
            if not isinstance(code, int):
                raise Refused(f"{values['__line__']}: code '{code}' of '{key}' is not a whole number; write digits")
            both = label if isinstance(label, dict) else {"vi": label, "en": label}
            rows.append((bits[key], code, str(need(values["__line__"], both, "vi")), str(need(values["__line__"], both, "en"))))
    return sorted(rows)


def name_of(word):
    return word.upper().replace("-", "_")


def enum(tag, prefix, words):
    return f"enum {tag} {{ " + ", ".join(f"{prefix}{name_of(w)}" for w in words) + " };\n"


def mask(fields, test):
    return f"UINT64_C(0x{sum(1 << f['bit'] for f in fields if test(f)):x})"


def header(sources, fields):
    out = ["/* Made by tools/defs/fields.py from definitions/register/population.yaml. */\n#pragma once\n"
           '#include "base/str.h"\n\nenum person_field {\n']
    out += [f"    FIELD_{name_of(f['key'])} = {f['bit']},\n" for f in fields]
    out.append(f"    FIELD_END = {fields[-1]['bit'] + 1}\n}};\n")
    out += [f"#define FIELDS_{name_of(f['key'])} (UINT64_C(1) << {f['bit']})\n" for f in fields]
    out.append(f"#define FIELDS_EVERY {mask(fields, lambda f: True)}\n")
    for c in CLASSES:
        out.append(f"#define FIELDS_CLASS_{name_of(c)} {mask(fields, lambda f, c=c: f['class'] == c)}\n")
    out.append(enum("field_type", "FIELD_TYPE_", TYPES) + enum("field_class", "FIELD_CLASS_", CLASSES))
    out.append(enum("fact_source", "SOURCE_", list(sources) + ["count"]))
    out.append("""
struct person_field_def {
    str key, label_vi, label_en;
    int bit, group; /* group: number in Luật Căn cước 2023 Đ9 */
    enum field_type type;
    enum field_class class;
    int8_t rank[SOURCE_COUNT]; /* 1 is the source that wins, 0: no source of this field */
};
struct fact_source_def {
    str key, label_vi, label_en;
};
const struct person_field_def *person_field_def(int bit); /* NULL if no field has this bit */
bool person_field_by_name(str key, int *ret_bit);
str person_field_name(int bit); /* "" if none */
/* What a code of a field of type code means, 0 Vietnamese, 1 English; "" if the list has no such code. */
str person_code_label(int bit, int64_t code, int lang);
const struct fact_source_def *fact_source_def(enum fact_source source);
bool fact_source_by_name(str key, enum fact_source *ret);
""")
    return "".join(out)


def text(value):
    return 'STR("' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '")'


def field_row(f):
    ranks = "".join(f"[SOURCE_{name_of(s)}] = {i + 1}, " for i, s in enumerate(f["sources"]))
    return (f"    [{f['bit']}] = {{ {text(f['key'])}, {text(f['label']['vi'])}, {text(f['label']['en'])}, {f['bit']}, "
            f"{f['group']}, FIELD_TYPE_{name_of(f['type'])}, FIELD_CLASS_{name_of(f['class'])}, {{ {ranks}}} }},\n")


BODY = """
const struct person_field_def *person_field_def(int bit)
{
    return bit >= 0 && bit < FIELD_END && fields[bit].key.len > 0 ? &fields[bit] : NULL;
}

bool person_field_by_name(str key, int *ret_bit)
{
    for (int bit = 0; bit < FIELD_END; bit++)
        if (key.len > 0 && str_eq(fields[bit].key, key)) {
            *ret_bit = bit;
            return true;
        }
    return false;
}

str person_field_name(int bit)
{
    return bit >= 0 && bit < FIELD_END ? fields[bit].key : (str){ 0 };
}

str person_code_label(int bit, int64_t code, int lang)
{
    size_t low = 0, high = sizeof codes / sizeof *codes;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (codes[middle].bit < bit || (codes[middle].bit == bit && codes[middle].code < code))
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < sizeof codes / sizeof *codes && codes[low].bit == bit && codes[low].code == code;
    return found ? codes[low].label[lang != 0] : (str){ 0 };
}

const struct fact_source_def *fact_source_def(enum fact_source source)
{
    return (int)source >= 0 && source < SOURCE_COUNT ? &sources[source] : NULL;
}

bool fact_source_by_name(str key, enum fact_source *ret)
{
    for (int i = 0; i < SOURCE_COUNT; i++)
        if (str_eq(sources[i].key, key)) {
            *ret = (enum fact_source)i;
            return true;
        }
    return false;
}
"""


def body(sources, fields, codes):
    out = ['/* Made by tools/defs/fields.py from definitions/register/population.yaml. */\n#include "person_fields.h"\n\n'
           "#undef STR\n#define STR(literal) { \"\" literal, sizeof(literal) - 1 }\n\n"
           "static const struct person_field_def fields[FIELD_END] = {\n"]
    out += [field_row(f) for f in fields]
    out.append("};\n\nstatic const struct fact_source_def sources[SOURCE_COUNT] = {\n")
    out += [f"    {{ {text(k)}, {text(v['vi'])}, {text(v['en'])} }},\n" for k, v in sources.items()]
    out.append("};\n\nstatic const struct {\n    int bit;\n    int64_t code;\n    str label[2];\n} codes[] = {\n")
    out += [f"    {{ {bit}, {code}, {{ {text(vi)}, {text(en)} }} }},\n" for bit, code, vi, en in codes]
    return "".join(out) + "};\n" + BODY


def main(argv):
    if len(argv) != 4:
        print("usage: fields.py population.yaml person_fields.c person_fields.h", file=sys.stderr)
        return 2
    try:
        sources, fields, codes = load(argv[1])
    except Refused as refused:
        print(f"{argv[1]}:{refused}", file=sys.stderr)
        return 1
    with open(argv[2], "w", encoding="utf-8") as f:
        f.write(body(sources, fields, codes))
    with open(argv[3], "w", encoding="utf-8") as f:
        f.write(header(sources, fields))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
