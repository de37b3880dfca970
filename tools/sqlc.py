"""Named SQL to typed C, checked against the real schema at build time.

    sqlc.py --module register --outdir DIR --src SRC [--depfile FILE] person.schema.sql person.sql …

writes DIR/register_sql.h and DIR/register_sql.c. The schemas of the other modules are found as SRC/*/*.schema.sql, so
that a query may join them where it says "-- reads other: why". docs/sql.md tells how to write the files. Every refusal
names file and line and says what to do."""
import argparse
import os
import sys

from sqlc_emit import code, header
from sqlc_query import Checker
from sqlc_schema import Schema
from sqlc_text import Refusal


def text_of(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def schema_files(src, own):
    """Schemas of other modules: path to module, in a stable order."""
    out, mine = {}, {os.path.realpath(path) for path in own}
    for folder in sorted(os.listdir(src)) if src else []:
        place = os.path.join(src, folder)
        for name in sorted(os.listdir(place)) if os.path.isdir(place) else []:
            path = os.path.join(place, name)
            if name.endswith('.schema.sql') and os.path.realpath(path) not in mine:
                out[path] = folder
    return out


def make(module, paths, src):
    """(header, code, files read). Raises Refusal."""
    own = [path for path in paths if path.endswith('.schema.sql')]
    others, schema = schema_files(src, own), Schema()
    for path, folder in others.items():
        try:
            schema.read(path, folder, text_of(path))
        except Refusal:
            pass  # the build of that module says it; here the table is then missing
    for path in own:
        schema.read(path, module, text_of(path))
    list_of = schema.check_numbers(module)
    checker, queries, names = Checker(schema, module), [], {}
    for path in paths:
        if path in own:
            continue
        for query in checker.read(path, text_of(path)):
            if query.name in names:
                raise Refusal(path, query.line, f'query {query.name} exists already', f'see {names[query.name].path}:{names[query.name].line}')
            names[query.name] = query
            queries.append(query)
    same_rows(queries)
    sources = [os.path.basename(path) for path in paths]
    return header(module, queries, sources), code(module, queries, list_of), paths + list(others)


def same_rows(queries):
    rows = {}
    for query in queries:
        if query.columns and rows.setdefault(query.row, query).columns != query.columns:
            first = rows[query.row]
            raise Refusal(query.path, query.line, f'struct {query.row} has other columns in {first.name} ({first.path}:{first.line})',
                          'give both the same columns in the same order, or another "-- row"')


def main(words):
    parser = argparse.ArgumentParser(prog='sqlc')
    parser.add_argument('--module', required=True)
    parser.add_argument('--outdir', required=True)
    parser.add_argument('--src', default='')
    parser.add_argument('--depfile')
    parser.add_argument('paths', nargs='+')
    options = parser.parse_args(words)
    try:
        head, body, read = make(options.module, options.paths, options.src)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    stem = os.path.join(options.outdir, options.module + '_sql')
    for path, text in ((stem + '.h', head), (stem + '.c', body)):
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
    if options.depfile:
        with open(options.depfile, 'w', encoding='utf-8') as file:
            file.write(f'{stem}.c {stem}.h: {" ".join(path.replace(" ", chr(92) + " ") for path in read)}\n')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
