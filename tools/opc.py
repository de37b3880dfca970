#!/usr/bin/env python3
"""Operations to C: reads <stem>.op.yaml files of one module and writes <module>_ops.h and <module>_ops.c.

Each operation is described once (see docs/operations.md); here it becomes a struct for its input, one for its reply, the
table that gate's reader, writer and documents walk, and a typed prototype that the module implements, so that a reply
fits its schema by construction. Whatever is wrong in a description is reported as file:line: reason, and nothing is made.
"""
import argparse
import os
import re
import sys

import yaml

ROLES = {'public': 0, 'citizen': 1, 'officer': 2, 'coordinator': 3, 'leader': 4, 'system': 5, 'auditor': 6, 'operator': 7}
SCALARS = {
    'bool': ('OP_BOOL', 'bool'), 'person-number': ('OP_NUMBER', 'int64_t'), 'day': ('OP_DAY', 'day'),
    'time': ('OP_TIME', 'int64_t'), 'unit': ('OP_UNIT', 'unit_id'), 'sex': ('OP_SEX', 'enum sex'),
    'fields': ('OP_FIELDS', 'uint64_t'), 'bytes': ('OP_BYTES', 'str'),
}
NAME = re.compile(r'^[a-z][a-z0-9_]*$')
OPERATION = re.compile(r'^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$')
# "{a: text(9)?, b: [item](50)}": readers of YAML 1.1 stumble over ? and ( within braces, so such types are quoted first
SHORT_TYPE = re.compile(r'(:\s+)(\[[\w().|-]+\](?:\(\d+\))\??|[\w().|-]+\?)(\s*[,}\n])')
LIST_MAX = 10000
BODY_MAX = 64 * 1024


class Wrong(Exception):
    pass


class Line(dict):
    """A mapping that remembers where it stood."""
    line = 0


def load(path):
    """YAML with line numbers and without doubled keys."""
    class Loader(yaml.SafeLoader):
        pass

    def mapping(loader, node):
        out = Line()
        out.line = node.start_mark.line + 1
        out.lines = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            if key in out:
                raise Wrong(f'{path}:{key_node.start_mark.line + 1}: "{key}" stands twice; keep one')
            out[key] = loader.construct_object(value_node, deep=True)
            out.lines[key] = key_node.start_mark.line + 1
        return out
    Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    # "yes" and "no" are words here, not truth values
    Loader.yaml_implicit_resolvers = {k: [(t, r) for t, r in v if t != 'tag:yaml.org,2002:timestamp']
                                      for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    with open(path, encoding='utf-8') as f:
        return yaml.load(SHORT_TYPE.sub(r'\1"\2"\3', f.read()), Loader)


def c_text(s):
    out = ''.join(f'\\{c}' if c in '"\\' else c for c in (s or '').replace('\n', ' ').strip())
    return f'"{out}"'


class Field:
    def __init__(self, module, owner, name, text, where):
        says = {}
        if isinstance(text, dict):
            says, text = text, text.get('type')
        if not NAME.match(name):
            raise Wrong(f'{where}: "{name}" is no field name; use lower case letters, digits and _')
        if isinstance(text, list) and len(text) == 1:
            text = f'[{text[0]}]'
        if not isinstance(text, str):
            raise Wrong(f'{where}: field "{name}" has no type')
        self.name, self.owner, self.says = name, owner, says
        self.optional = text.endswith('?')
        text = text[:-1] if self.optional else text
        self.words, self.shape, self.item, self.min, self.max = None, None, None, 0, 0
        self.enum_prefix = f'{owner}_{name}'.upper()
        listed = re.match(r'^\[(.+)\](?:\((\d+)\))?$', text)
        if listed:
            self.kind, self.max = 'OP_LIST', int(listed[2] or LIST_MAX)
            inner = Field(module, owner, name, listed[1], where)
            if inner.kind in ('OP_LIST', 'OP_BYTES') or inner.optional:
                raise Wrong(f'{where}: "{name}" may not be a list of "{listed[1]}"')
            self.item, self.shape, self.words, self.c = inner.kind, inner.shape, inner.words, inner.c
            self.item_min, self.item_max = inner.min, inner.max
        else:
            self.scalar(module, text, where)

    def scalar(self, module, text, where):
        got = re.match(r'^(i64|text|enum)(?:\((.*)\))?$', text)
        if text in SCALARS:
            self.kind, self.c = SCALARS[text]
        elif got and got[1] == 'i64':
            bounds = re.match(r'^(-?\d+)\.\.(-?\d+)$', got[2] or '-9223372036854775807..9223372036854775807')
            if not bounds:
                raise Wrong(f'{where}: "{text}": write i64(min..max)')
            self.kind, self.c, self.min, self.max = 'OP_I64', 'int64_t', int(bounds[1]), int(bounds[2])
        elif got and got[1] == 'text':
            if not got[2] or not got[2].isdigit():
                raise Wrong(f'{where}: "{text}": write text(MAXBYTES)')
            self.kind, self.c, self.max = 'OP_TEXT', 'str', int(got[2])
        elif got and got[1] == 'enum':
            self.words = [w.strip() for w in (got[2] or '').split('|')]
            if not all(re.match(r'^[a-z][a-z0-9_-]*$', w) for w in self.words):
                raise Wrong(f'{where}: "{text}": write enum(word|word)')
            self.kind, self.c = 'OP_ENUM', 'int32_t'
        elif text in module.types:
            self.kind, self.shape = 'OP_SHAPE', text.replace('-', '_')
            self.c = f'struct {self.shape}'
        else:
            raise Wrong(f'{where}: type "{text}" is not known; see docs/operations.md for the types')

    def members(self):
        if self.kind == 'OP_LIST':
            return [f'    {self.c} *{self.name};', f'    size_t {self.name}_count;']
        has = [f'    bool has_{self.name};'] if self.optional else []
        return has + [f'    {self.c} {self.name};']

    def row(self):
        s, n = f'struct {self.owner}', self.name
        out = [f'.name = "{n}"', f'.type = {self.kind}', f'.offset = offsetof({s}, {n})']
        if self.optional:
            out.append('.optional = true')
            if self.kind != 'OP_LIST':
                out.append(f'.has_offset = offsetof({s}, has_{n})')
        if self.kind == 'OP_LIST':
            out.append(f'.count_offset = offsetof({s}, {n}_count)')
            out.append(f'.item = {self.item}')
        if self.min or self.max:
            out.append(f'.min = INT64_C({self.min}), .max = INT64_C({self.max})')
        if self.shape:
            out.append(f'.shape = &{self.shape}_shape')
        if self.words:
            out.append(f'.words = {self.enum_prefix.lower()}_words')
        for lang in ('vi', 'en'):
            if self.says.get(lang):
                out.append(f'.says_{lang} = {c_text(self.says[lang])}')
        return '    { ' + ', '.join(out) + ' },'


class Module:
    def __init__(self, name, fields):
        self.name, self.fields = name, fields
        self.types, self.shapes, self.operations = {}, [], []

    def shape(self, name, body, path):
        """Registers struct `name` with its fields; an empty body is allowed."""
        body = body if body is not None else Line()
        if not isinstance(body, dict):
            raise Wrong(f'{path}: "{name}" must be a mapping of fields to types')
        lines = getattr(body, 'lines', {})
        rows = [Field(self, name, k, v, f'{path}:{lines.get(k, 0)}') for k, v in body.items()]
        self.shapes.append((name, rows))
        return rows

    def read(self, path):
        doc = load(path) or {}
        for key in doc:
            if key not in ('types', 'operations'):
                raise Wrong(f'{path}:{doc.lines[key]}: "{key}" is not known here; write types: or operations:')
        for name, body in (doc.get('types') or {}).items():
            if name in self.types:
                raise Wrong(f'{path}:{body.line}: type "{name}" stands twice')
            self.types[name] = body
            self.shape(name.replace('-', '_'), body, path)
        for name, body in (doc.get('operations') or {}).items():
            self.operation(path, name, body)

    def operation(self, path, name, body):
        where = f'{path}:{body.line if isinstance(body, Line) else 0}'
        if not OPERATION.match(name):
            raise Wrong(f'{where}: "{name}" is no operation name; write noun.verb')
        known = {'does', 'law', 'get', 'post', 'may', 'ground', 'writes', 'reads', 'takes', 'gives', 'body_max', 'consumes', 'produces', 'quick', 'proves', 'slow'}
        for key in body:
            if key not in known:
                raise Wrong(f'{path}:{body.lines[key]}: "{key}" is not known; one of {", ".join(sorted(known))}')
        for key in ('does', 'may', 'ground', 'writes'):
            if key not in body:
                raise Wrong(f'{where}: {name} lacks "{key}:"')
        if not isinstance(body['does'], dict) or not body['does'].get('vi') or not body['does'].get('en'):
            raise Wrong(f'{where}: {name}: "does" needs vi and en')
        if ('get' in body) == ('post' in body):
            raise Wrong(f'{where}: {name} needs either get: or post: with its path')
        if body['ground'] not in ('required', 'none'):
            raise Wrong(f'{where}: {name}: ground is "required" or "none"')
        if body['writes'] not in (True, False, 'once'):
            raise Wrong(f'{where}: {name}: writes is true, false or once')
        if body.get('quick', False) not in (True, False) or (body.get('quick') and body['writes']):
            raise Wrong(f'{where}: {name}: quick is true or false, and nothing that writes is quick')
        if body.get('proves', False) not in (True, False):
            raise Wrong(f'{where}: {name}: proves is true or false')
        if body.get('slow', False) not in (True, False) or (body.get('slow') and not body['writes']):
            raise Wrong(f'{where}: {name}: slow is true or false, and only what writes is slow')
        unknown = [r for r in body['may'] if r not in ROLES]
        if unknown or not body['may']:
            raise Wrong(f'{where}: {name}: may names roles, of {", ".join(ROLES)}')
        missing = [f for f in body.get('reads') or [] if f not in self.fields]
        if missing:
            raise Wrong(f'{where}: {name} reads {", ".join(missing)}: not among the fields of the population register')
        stem = name.replace('.', '_')
        takes = self.shape(f'{stem}_in', body.get('takes'), path)
        gives = self.shape(f'{stem}_out', body.get('gives'), path)
        self.check_http(where, name, body, takes, gives)
        self.operations.append((name, stem, body))

    @staticmethod
    def check_http(where, name, body, takes, gives):
        path = body.get('get') or body.get('post')
        if not re.match(r'^/[a-z0-9_/{}.-]*$', path):
            raise Wrong(f'{where}: {name}: "{path}" is no path')
        for part in re.findall(r'\{(\w+)\}', path):
            field = next((f for f in takes if f.name == part), None)
            if not field or field.optional:
                raise Wrong(f'{where}: {name}: the path names {{{part}}}, which takes: must hold, not optional')
            if field.kind == 'OP_NUMBER':
                raise Wrong(f'{where}: {name}: a personal number may not stand in a path; use post with a body')
        if 'post' in body and 'consumes' not in body and '{' in path:
            raise Wrong(f'{where}: {name}: a post with a JSON body takes all its input there; name no field in the path')
        if 'get' in body:
            bad = [f.name for f in takes if f.kind in ('OP_NUMBER', 'OP_SHAPE', 'OP_BYTES') or f.item == 'OP_SHAPE']
            if bad:
                raise Wrong(f'{where}: {name}: {", ".join(bad)} may not stand in a query string; use post')
            if body['writes']:
                raise Wrong(f'{where}: {name}: a get may not write; use post')
        for fields, key, word in ((takes, 'consumes', 'takes'), (gives, 'produces', 'gives')):
            raw = [f for f in fields if f.kind == 'OP_BYTES']
            if len(raw) > 1 or bool(raw) != (key in body):
                raise Wrong(f'{where}: {name}: one field of type bytes in {word}: goes with {key}: and the other way round')


def sort_shapes(shapes):
    """Embedded structs before those that embed them; a circle is refused."""
    by_name, done, out = dict(shapes), set(), []

    def visit(name, path):
        if name in path:
            raise Wrong(f'types form a circle: {" > ".join(path + [name])}')
        if name in done:
            return
        for f in by_name[name]:
            if f.shape:
                visit(f.shape, path + [name])
        done.add(name)
        out.append((name, by_name[name]))
    for name, _ in shapes:
        visit(name, [])
    return out


def header(m, shapes):
    out = [f'/* Operations of {m.name}, made from its .op.yaml files by tools/opc.py. */', '#pragma once', '#include "gate/gate.h"',
           '#include "viet/viet.h"', '']
    for name, fields in shapes:
        for f in fields:
            if f.words:
                words = ', '.join(f'{f.enum_prefix}_{w.upper().replace("-", "_")}' for w in f.words)
                out.append(f'enum {name}_{f.name} {{ {words} }};')
        members = [line for f in fields for line in f.members()] or ['    char nothing; /* it has no fields */']
        out += [f'struct {name} {{', *members, '};', f'extern const struct op_shape {name}_shape;']
    out.append('')
    for _, stem, body in m.operations:
        out.append(f'/* {body["does"]["en"].strip()} */')
        out.append(f'STATUS {stem}(struct ctx *cx, const struct {stem}_in *in, struct {stem}_out *ret);')
    out += ['', f'enum {{ {m.name.upper()}_OPERATION_COUNT = {len(m.operations)} }}; /* a constant, for the struct module */']
    out += [f'extern const struct operation {m.name}_operations[];', f'extern const size_t {m.name}_operation_count;', '']
    return '\n'.join(out)


def source(m, shapes):
    out = [f'/* Operations of {m.name}, made from its .op.yaml files by tools/opc.py. */', f'#include "{m.name}/{m.name}_ops.h"', '', '#include <stddef.h>', '']
    for name, fields in shapes:
        for f in fields:
            if f.words:
                out.append(f'static const char *const {f.enum_prefix.lower()}_words[] = {{ {", ".join(c_text(w) for w in f.words)}, NULL }};')
        table = 'NULL'
        if fields:
            table = f'{name}_fields'
            out += [f'static const struct op_field {table}[] = {{', *[f.row() for f in fields], '};']
        out.append(f'const struct op_shape {name}_shape = {{ "{name}", sizeof(struct {name}), {table}, {len(fields)} }};')
    for _, stem, _ in m.operations:
        out += [f'static status run_{stem}(struct ctx *cx, const void *in, void *ret_out)', '{', f'    return {stem}(cx, in, ret_out);', '}']
    out.append(f'const struct operation {m.name}_operations[] = {{')
    for name, stem, body in m.operations:
        out.append(operation_row(m, name, stem, body))
    out += ['};', f'const size_t {m.name}_operation_count = {len(m.operations)};', '']
    return '\n'.join(out)


def size_of(text):
    got = re.match(r'^(\d+)([KMG]?)$', str(text))
    return int(got[1]) << {'': 0, 'K': 10, 'M': 20, 'G': 30}[got[2]]


def operation_row(m, name, stem, body):
    mask = sum(1 << m.fields[f] for f in body.get('reads') or [])
    may = sum(1 << ROLES[r] for r in body['may'])
    law = f', .law = {c_text(body["law"])}' if body.get('law') else ''
    media = ''.join(f', .{k} = {c_text(body[k])}' for k in ('consumes', 'produces') if k in body)
    return (f'    {{ .name = "{name}", .method = "{"GET" if "get" in body else "POST"}", .path = "{body.get("get") or body.get("post")}",\n'
            f'      .says_vi = {c_text(body["does"]["vi"])}, .says_en = {c_text(body["does"]["en"])}{law},\n'
            f'      .may = {may}, .ground = GROUND_{body["ground"].upper()}, .writes = {"true" if body["writes"] else "false"}, .once = {"true" if body["writes"] == "once" else "false"}, .quick = {"true" if body.get("quick") else "false"}{", .proves = true" if body.get("proves") else ""}{", .slow = true" if body.get("slow") else ""},\n'
            f'      .reads = UINT64_C({mask}), .body_bytes_max = {size_of(body.get("body_max", BODY_MAX))}{media},\n'
            f'      .takes = &{stem}_in_shape, .gives = &{stem}_out_shape, .run = run_{stem} }},')


def population_fields(path):
    doc = load(path)
    rows = doc['fields']
    rows = rows.items() if isinstance(rows, dict) else ((r['key'], r) for r in rows)
    return {key: int(row['bit']) for key, row in rows}


def main(argv):
    p = argparse.ArgumentParser()
    p.add_argument('--module', required=True)
    p.add_argument('--fields', required=True, help='definitions/register/population.yaml')
    p.add_argument('--outdir', required=True)
    p.add_argument('inputs', nargs='+')
    a = p.parse_args(argv)
    try:
        m = Module(a.module, population_fields(a.fields))
        for path in a.inputs:
            m.read(path)
        shapes = sort_shapes(m.shapes)
        texts = {'h': header(m, shapes), 'c': source(m, shapes)}
    except (Wrong, yaml.YAMLError) as e:
        print(e, file=sys.stderr)
        return 1
    for ending, text in texts.items():
        with open(os.path.join(a.outdir, f'{a.module}_ops.{ending}'), 'w', encoding='utf-8') as f:
            f.write(text)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
