"""Writes the header and the C file of a module from its checked queries and migrations."""

C_TYPES = {'i16': 'int16_t ', 'i32': 'int32_t ', 'i64': 'int64_t ', 'bool': 'bool ', 'f64': 'double ', 'str': 'str ', 'bytes': 'str '}
LETTERS = {'i16': 'h', 'bool': 'h', 'i32': 'i', 'i64': 'l', 'f64': 'd', 'str': 's', 'bytes': 'b'}
PARAMS_MAX = 4


def literal(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n') + '"'


def value_of(kind, name):
    if kind == 'f64':
        return f'{{ .type = VALUE_F64, .f = {name} }}'
    if kind in ('str', 'bytes'):
        return f'{{ .type = VALUE_{"TEXT" if kind == "str" else "BYTES"}, .s = {name} }}'
    return f'{{ .type = VALUE_I64, .i = {name} }}'


def fields(pairs):
    return ''.join(f'    {C_TYPES[kind]}{name};\n' for name, kind in pairs)


def wide(query):
    return len(query.params) > PARAMS_MAX


def arguments(query):
    if wide(query):
        return f', const struct {query.name}_params *p'
    return ''.join(f', {C_TYPES[kind]}{name}' for name, kind in query.params)


def structs(queries):
    out, rows = '', set()
    for query in queries:
        if wide(query) or query.mode == 'bulk':
            out += f'struct {query.name}_params {{\n{fields(query.params)}}};\n'
        if query.columns and query.row not in rows:
            rows.add(query.row)
            out += f'struct {query.row} {{\n{fields(query.columns)}}};\n'
        if query.mode == 'each':
            out += f'struct {query.name}_cursor {{\n    struct rows *rows;\n}};\n'
    return out


def prototypes(query):
    name, args, row = query.name, arguments(query), f'struct {query.row} '
    if query.mode == 'one?':
        return [f'STATUS {name}(struct ctx *cx{args}, {row}*ret, bool *ret_found)']
    if query.mode == 'many':
        return [f'STATUS {name}(struct ctx *cx{args}, {row}**ret_rows, size_t *ret_count)']
    if query.mode == 'each':
        cursor = f'struct {name}_cursor *cursor'
        return [f'STATUS {name}_each(struct ctx *cx{args}, {cursor})', f'STATUS {name}_next({cursor}, {row}*ret, bool *ret_more)', f'void {name}_done({cursor})']
    out = [f'STATUS {name}(struct ctx *cx{args}, int64_t *ret_changed)']
    if query.mode == 'bulk':
        out.append(f'STATUS {name}_bulk(struct ctx *cx, const struct {name}_params *list, size_t count)')
    return out


def header(module, queries, sources):
    guard = f'extern const struct migration_set {module}_migrations;\nextern const struct query_set {module}_queries;\n'
    text = f'/* Made by tools/sqlc from {", ".join(sources)}. */\n#pragma once\n#include "store/store.h"\n\n{guard}\n{structs(queries)}\n'
    return text + ''.join(f'{line};\n' for query in queries for line in prototypes(query))


def migrations(module, list_of):
    rows = ''.join(f'    {{ {literal(m.module)}, {m.number}, {literal(m.name)},\n      {literal(m.sqlite)},\n      {literal(m.postgresql)} }},\n' for m in list_of)
    if not list_of:
        return f'const struct migration_set {module}_migrations = {{ NULL, 0 }};\n'
    return f'static const struct migration migration_list[] = {{\n{rows}}};\nconst struct migration_set {module}_migrations = {{ migration_list, {len(list_of)} }};\n'


def description(query):
    types = ''.join(LETTERS[kind] for _, kind in query.params)
    return f'''
static int {query.name}_slot;
static const struct query {query.name}_query = {{
    .name = {literal(query.name)},
    .sqlite = {literal(query.sqlite)},
    .postgresql = {literal(query.postgresql)},
    .param_types = "{types}",
    .param_count = {len(query.params)},
    .column_count = {len(query.columns)},
    .streams = {'true' if query.mode == 'each' else 'false'},
    .slot = &{query.name}_slot,
}};
'''


def filler(query):
    if not (wide(query) or query.mode == 'bulk'):
        return ''
    lines = ''.join(f'    out[{at}] = (struct value){value_of(kind, "p->" + name)};\n' for at, (name, kind) in enumerate(query.params))
    return f'''
static void {query.name}_fill(const void *list, size_t index, struct value *out)
{{
    const struct {query.name}_params *p = &((const struct {query.name}_params *)list)[index];
{lines}}}
'''


def reader(query):
    """Copies a row out; with an arena the text is copied too."""
    lines = ''
    for at, (name, kind) in enumerate(query.columns):
        if kind in ('str', 'bytes'):
            lines += f'    ret->{name} = a == NULL ? rows_str(rows, {at}) : arena_str(a, rows_str(rows, {at}));\n'
        elif kind == 'f64':
            lines += f'    ret->{name} = rows_f64(rows, {at});\n'
        elif kind == 'bool':
            lines += f'    ret->{name} = rows_i64(rows, {at}) != 0;\n'
        else:
            lines += f'    ret->{name} = ({C_TYPES[kind].strip()})rows_i64(rows, {at});\n'
    unused = '' if any(kind in ('str', 'bytes') for _, kind in query.columns) else '    (void)a;\n'
    return f'''
static void {query.row}_read(struct arena *a, const struct rows *rows, struct {query.row} *ret)
{{
{unused}{lines}}}
'''


def start(query):
    """C lines that make `values_`."""
    if not query.params:
        return '    const struct value *values_ = NULL;\n'
    if wide(query):
        return f'    struct value values_[{len(query.params)}];\n    {query.name}_fill(p, 0, values_);\n'
    rows = ''.join(f'        {value_of(kind, name)},\n' for name, kind in query.params)
    return f'    const struct value values_[] = {{\n{rows}    }};\n'


def body_one(query):
    return [start(query) + f'''    struct rows *rows_ DEFER(rows_done_at) = NULL;
    bool more_ = false;
    *ret_found = false;
    *ret = (struct {query.row}){{ 0 }};
    TRY(query_start(cx, &{query.name}_query, values_, &rows_));
    TRY(rows_next(rows_, ret_found));
    if (!*ret_found)
        return OK;
    {query.row}_read(cx->arena, rows_, ret);
    TRY(rows_next(rows_, &more_));
    return more_ ? rows_not_one(&{query.name}_query) : OK;
''']


def body_many(query):
    return [start(query) + f'''    struct rows *rows_ DEFER(rows_done_at) = NULL;
    size_t cap_ = 0;
    bool more_ = false;
    *ret_rows = NULL;
    *ret_count = 0;
    TRY(query_start(cx, &{query.name}_query, values_, &rows_));
    for (;;) {{
        TRY(rows_next(rows_, &more_));
        if (!more_)
            return OK;
        *ret_rows = rows_room(cx->arena, *ret_rows, *ret_count, &cap_, sizeof **ret_rows);
        {query.row}_read(cx->arena, rows_, &(*ret_rows)[(*ret_count)++]);
    }}
''']


def body_each(query):
    return [start(query) + f'''    cursor->rows = NULL;
    return query_start(cx, &{query.name}_query, values_, &cursor->rows);
''', f'''    TRY(rows_next(cursor->rows, ret_more));
    if (*ret_more)
        {query.row}_read(NULL, cursor->rows, ret);
    return OK;
''', '''    rows_done(cursor->rows);
    cursor->rows = NULL;
''']


def body_exec(query):
    out = [start(query) + f'    return query_exec(cx, &{query.name}_query, values_, ret_changed);\n']
    if query.mode == 'bulk':
        out.append(f'    return query_bulk(cx, &{query.name}_query, {query.name}_fill, list, count);\n')
    return out


def code(module, queries, list_of):
    text = f'/* Made by tools/sqlc. Checked against the schema at build time. */\n#include "{module}_sql.h"\n\n' + migrations(module, list_of)
    bodies, rows = {'one?': body_one, 'many': body_many, 'each': body_each, 'exec': body_exec, 'bulk': body_exec}, set()
    for query in queries:
        text += description(query) + filler(query)
        if query.columns and query.row not in rows:
            rows.add(query.row)
            text += reader(query)
        for line, body in zip(prototypes(query), bodies[query.mode](query)):
            text += f'\n{line}\n{{\n{body}}}\n'
    names = ''.join(f'    &{query.name}_query,\n' for query in queries)
    if not queries:
        return text + f'\nconst struct query_set {module}_queries = {{ NULL, 0 }};\n'
    return text + f'\nstatic const struct query *const query_list[] = {{\n{names}}};\nconst struct query_set {module}_queries = {{ query_list, {len(queries)} }};\n'
