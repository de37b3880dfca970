"""Reads named queries and checks them against the schema.

Two empty databases stand in for the real one: `shape` keeps the declared types, so that a result column tells its own;
`plan` has SQLite's real tables, so that the plan is the real plan. Types of parameters are found from what they stand
beside (=, <, IN, BETWEEN, INSERT, SET); where nothing tells, the declared type counts."""
import re

import apsw

from sqlc_text import Refusal, Token, group, portable, reason, render, sections_of, split, tokens_of

KINDS = ('i16', 'i32', 'i64', 'bool', 'f64', 'str', 'bytes')
MODES = ('one?', 'many', 'each', 'exec', 'bulk')
COMPARE = {'=', '<>', '!=', '<', '<=', '>', '>=', '+', '-', '*', '||'}
NAME = re.compile(r'[a-z][a-z0-9_]*')
# Words that a parameter or column cannot be called, because C or the generated function uses them.
TAKEN = set('''auto break case char const continue default do double else enum extern float for goto if inline int long register
    return short signed sizeof static struct switch typedef union unsigned void volatile while cx ret p cursor ret_found ret_rows
    ret_count ret_changed rows_ values_ more_'''.split())
DECLARED = {'SMALLINT': 'i16', 'INTEGER': 'i32', 'BIGINT': 'i64', 'DOUBLE PRECISION': 'f64', 'TEXT': 'str', 'BYTEA': 'bytes'}


class Query:
    def __init__(self, path, line, name, mode):
        self.path, self.line, self.name, self.mode = path, line, name, mode
        self.params, self.columns, self.row = [], [], None  # (name, kind)
        self.sqlite = self.postgresql = ''


def same(declared, kind):
    return declared == kind or (declared == 'bool' and kind == 'i16')


class Checker:
    def __init__(self, schema, module):
        self.schema, self.module = schema, module
        self.shape, self.plan = apsw.Connection(':memory:'), apsw.Connection(':memory:')
        for migration in schema.migrations:
            try:
                self.shape.cursor().execute(migration.shape)
                self.plan.cursor().execute(migration.sqlite)
            except apsw.Error as error:
                raise Refusal(migration.path, migration.line, f'SQLite refuses the statement: {error}', 'mend it') from error

    def read(self, path, text):
        out = []
        for line, header, notes, body, body_line in sections_of(path, text, 'query'):
            out.append(self.one(path, line, header, notes, tokens_of(body, body_line)))
        return out

    def one(self, path, line, header, notes, tokens):
        query = head_of(path, line, header)
        if tokens and tokens[-1].text == ';':
            tokens = tokens[:-1]
        if not tokens or any(token.text == ';' for token in tokens):
            raise Refusal(path, line, f'{query.name} is not one statement', 'a query section holds exactly one')
        if tokens[0].upper not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'WITH'):
            raise Refusal(path, tokens[0].line, f'{tokens[0].text} is no query', 'begin with SELECT, INSERT, UPDATE, DELETE or WITH')
        portable(path, tokens, set(self.schema.tables) | names_with(tokens))
        no_star(path, tokens)
        self.dialects(query, tokens)
        self.mode_fits(query, tokens)
        self.prepares(query, notes, tokens)
        Params(self.schema, query, tokens).check()
        self.plan_is_sound(query, notes, tokens)
        return query

    def dialects(self, query, tokens):
        names = [name for name, _ in query.params]
        used = set()
        for token in tokens:
            if token.kind == 'param':
                if token.text[1:] not in names:
                    raise Refusal(query.path, token.line, f'{token.text} is used but not declared', f'add it to the brackets of {query.name}')
                used.add(token.text[1:])
        for name in names:
            if name not in used:
                raise Refusal(query.path, query.line, f'parameter {name} is declared but not used', 'drop it or use it')
        query.sqlite, query.postgresql = numbered(self.by_id(tokens), names, '?'), numbered(tokens, names, '$')

    def by_id(self, tokens):
        """Where SQLite keys a table by its id alone, "shard = … AND id > …" walks along that key. SQLite would take any index
        that begins with shard, since it believes that few rows share one: it is told to leave them."""
        out, words = [], [token.text for token in tokens]
        for at, token in enumerate(tokens):
            out.append(token)
            table = self.schema.tables.get(token.text) if at and tokens[at - 1].upper == 'FROM' else None
            if table and table.id_alone and words[at + 1:at + 4] == ['WHERE', 'shard', '='] and words[at + 5:at + 8] == ['AND', 'id', '>']:
                out += [Token('word', 'NOT', token.line), Token('word', 'INDEXED', token.line)]
        return out

    def mode_fits(self, query, tokens):
        words = [token.upper for token in tokens]
        reads = words[0] in ('SELECT', 'WITH') and not {'INSERT', 'UPDATE', 'DELETE'} & set(words)
        gives = reads or 'RETURNING' in words
        if query.mode in ('exec', 'bulk') and gives:
            raise Refusal(query.path, query.line, f'{query.name} gives rows but is "{query.mode}"', 'use one?, many or each')
        if query.mode in ('one?', 'many', 'each') and not gives:
            raise Refusal(query.path, query.line, f'{query.name} gives no rows but is "{query.mode}"', 'use exec or bulk')
        if query.mode == 'each' and not reads:
            raise Refusal(query.path, query.line, f'{query.name} changes rows but is "each"', 'use one? or many with RETURNING')
        if query.mode == 'many' and reads and 'LIMIT' not in words:
            raise Refusal(query.path, query.line, f'{query.name} is "many" without LIMIT', 'add LIMIT, or use each')
        if query.mode == 'bulk' and not query.params:
            raise Refusal(query.path, query.line, f'{query.name} is "bulk" without parameters', 'use exec')

    def prepares(self, query, notes, tokens):
        touched, seen = set(), []

        def authorize(op, first, second, database, trigger):
            if op in (apsw.SQLITE_READ, apsw.SQLITE_INSERT, apsw.SQLITE_UPDATE, apsw.SQLITE_DELETE) and first in self.schema.tables:
                touched.add(first)
            return apsw.SQLITE_OK

        def trace(cursor, statement, bindings):
            seen.extend(cursor.getdescription())
            return False

        cursor = self.shape.cursor()
        self.shape.setauthorizer(authorize)
        cursor.setexectrace(trace)
        try:
            cursor.execute(query.sqlite, [None] * len(query.params))
        except apsw.ExecTraceAbort:
            pass
        except apsw.Error as error:
            raise Refusal(query.path, line_of(tokens, str(error), query.line), f'{query.name}: {error}',
                          'compare with the tables in ' + ', '.join(sorted({m.path for m in self.schema.migrations if m.module == self.module}) or ['(no schema read)'])) from error
        finally:
            self.shape.setauthorizer(None)
        others = sorted(name for name in touched if self.schema.tables[name].module != self.module)
        if others and not reason(query.path, notes, 'reads other'):
            raise Refusal(query.path, query.line, f'{query.name} touches {", ".join(others)} of module {self.schema.tables[others[0]].module}',
                          'call that module\'s function, or say "-- reads other: why"')
        self.columns(query, notes, seen, tokens)

    def columns(self, query, notes, seen, tokens):
        gives, used = gives_of(query, notes), set()
        target = self.schema.tables.get(tokens[2].text) if len(tokens) > 2 and tokens[0].upper == 'INSERT' else \
            self.schema.tables.get(tokens[1].text) if len(tokens) > 1 and tokens[0].upper == 'UPDATE' else None
        for name, declared in ((entry[0], entry[1]) for entry in seen):
            kind = DECLARED.get((declared or '').upper()) or (target.columns.get(name) if target else None)
            if name in gives:
                used.add(name)
                if kind and not same(gives[name], kind):
                    raise Refusal(query.path, notes['gives'][0], f'{name} is {kind} in the schema and {gives[name]} in "-- gives"', 'drop it from the line')
                kind = gives[name]
            if not NAME.fullmatch(name) or name in TAKEN:
                raise Refusal(query.path, query.line, f'the result column "{name}" of {query.name} is no name for a C field', 'write … AS name')
            if kind is None:
                raise Refusal(query.path, query.line, f'the type of the result column {name} of {query.name} is not known', f'add the line "-- gives {name} i64" (or its type) under the header')
            if name in [earlier for earlier, _ in query.columns]:
                raise Refusal(query.path, query.line, f'the result column {name} of {query.name} comes twice', 'write … AS another_name')
            query.columns.append((name, kind))
        for name in gives:
            if name not in used:
                raise Refusal(query.path, notes['gives'][0], f'"-- gives {name}" names no result column', 'drop it')
        query.row = notes['row'][1] if 'row' in notes else query.name + '_row'
        if not NAME.fullmatch(query.row):
            raise Refusal(query.path, notes['row'][0], f'"{query.row}" is no name of a struct', 'write "-- row some_name"')

    def plan_is_sound(self, query, notes, tokens):
        steps = [row[3] for row in self.plan.cursor().execute('EXPLAIN QUERY PLAN ' + query.sqlite, [None] * len(query.params))]
        aliases = aliases_of(tokens, self.schema.tables)
        bounded = 'LIMIT' in [token.upper for token in tokens] and not any('TEMP B-TREE' in step for step in steps)
        faults = [step for step in steps if self.fault_of(step, aliases, bounded)]
        if faults and not reason(query.path, notes, 'scan'):
            raise Refusal(query.path, query.line, f'{query.name} reads a whole table ({"; ".join(faults)})', 'add an index, narrow the query, or say "-- scan: why"')
        if not faults and 'scan' in notes:
            raise Refusal(query.path, notes['scan'][0], f'{query.name} scans nothing', 'drop the line "-- scan"')

    def fault_of(self, step, aliases, bounded):
        """A scan, an index made on the fly, or a search that is held by nothing but the shard."""
        words = step.split()
        name = words[1] if len(words) > 1 else ''
        if words[0] == 'SCAN' and name in aliases:
            return True
        only_shard = words[0] == 'SEARCH' and name in aliases and step.endswith('(shard=?)') and len(aliases[name].key) > 1
        return 'AUTOMATIC' in step or (only_shard and not bounded)


def head_of(path, line, header):
    found = re.fullmatch(r'([a-z][a-z0-9_]*)\s*\((.*)\)\s*(\S+)', header)
    if not found or found.group(3) not in MODES:
        raise Refusal(path, line, f'"-- query {header}" is not understood', 'write "-- query name(param type, …) mode", mode one of ' + ', '.join(MODES))
    query = Query(path, line, found.group(1), found.group(3))
    for piece in [piece.strip() for piece in found.group(2).split(',') if piece.strip()]:
        words = piece.split()
        if len(words) != 2 or words[1] not in KINDS or not NAME.fullmatch(words[0]) or words[0] in TAKEN:
            raise Refusal(path, line, f'the parameter "{piece}" is not understood', 'write "name type", type one of ' + ', '.join(KINDS) + ', name not a word of C')
        if words[0] in [name for name, _ in query.params]:
            raise Refusal(path, line, f'the parameter {words[0]} stands twice', 'drop one')
        query.params.append((words[0], words[1]))
    return query


def gives_of(query, notes):
    gives = {}
    for piece in [piece.strip() for piece in notes.get('gives', (0, ''))[1].split(',') if piece.strip()]:
        words = piece.split()
        if len(words) != 2 or words[1] not in KINDS:
            raise Refusal(query.path, notes['gives'][0], f'"-- gives {piece}" is not understood', 'write "-- gives name type", type one of ' + ', '.join(KINDS))
        gives[words[0]] = words[1]
    return gives


def numbered(tokens, names, mark):
    out = []
    for token in tokens:
        if token.kind == 'param':
            token = type(token)('param', f'{mark}{names.index(token.text[1:]) + 1}', token.line)
        out.append(token)
    return render(out)


def no_star(path, tokens):
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else token
        if token.text == '*' and (before.upper in ('SELECT', 'RETURNING', 'DISTINCT') or before.text in ('.', ',')):
            raise Refusal(path, token.line, '* as a column list', 'name the columns: the row struct must not change with the schema')


def names_with(tokens):
    """Names of common table expressions: they may stand before a bracket."""
    return {tokens[at].text for at in range(len(tokens) - 1) if tokens[at].kind == 'word' and at and tokens[at - 1].upper in ('WITH', 'RECURSIVE', ',')}


def line_of(tokens, message, line):
    for token in tokens:
        if token.kind == 'word' and re.search(rf'\b{re.escape(token.text)}$', message.strip()):
            return token.line
    return line


STOP = {'ON', 'WHERE', 'JOIN', 'LEFT', 'INNER', 'CROSS', 'SET', 'VALUES', 'SELECT', 'ORDER', 'GROUP', 'LIMIT', 'UNION', 'USING', 'HAVING', 'RETURNING', 'DEFAULT'}


def aliases_of(tokens, tables):
    """Alias or name to Table, for every table that the statement names."""
    out = {}
    for at, token in enumerate(tokens):
        before = tokens[at - 1].upper if at else ''
        if token.kind != 'word' or token.text not in tables or before not in ('FROM', 'JOIN', 'INTO', 'UPDATE', ','):
            continue
        out[token.text] = tables[token.text]
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if after is not None and after.upper == 'AS':
            after = tokens[at + 2]
        if after is not None and after.kind == 'word' and after.upper not in STOP:
            out[after.text] = tables[token.text]
        if before in ('INTO', 'UPDATE'):
            out['excluded'] = tables[token.text]
    return out


class Params:
    """Compares each parameter with the column that it stands beside."""

    def __init__(self, schema, query, tokens):
        self.query, self.tokens, self.kinds = query, tokens, dict(query.params)
        self.tables = aliases_of(tokens, schema.tables)

    def check(self):
        for at, token in enumerate(self.tokens):
            if token.kind == 'param':
                for column in self.neighbours(at):
                    self.compare(token, column)
        self.inserted()

    def compare(self, token, column):
        kind = self.kind_of(column)
        declared = self.kinds[token.text[1:]]
        if kind and not same(declared, kind):
            name = '.'.join(part.text for part in column if part.kind == 'word')
            raise Refusal(self.query.path, token.line, f'{token.text} is {declared} but {name} is {kind}', f'declare it as {kind}')

    def kind_of(self, column):
        """Kind of `name` or `alias.name`, None when it is not a plain column."""
        if len(column) not in (1, 3):
            return None
        if len(column) == 3:
            table = self.tables.get(column[0].text)
            return table.columns.get(column[2].text) if table else None
        kinds = {table.columns[column[0].text] for table in self.tables.values() if column[0].text in table.columns}
        return kinds.pop() if len(kinds) == 1 else None

    def column_before(self, at):
        """The column reference that ends just before token `at`."""
        if at < 1 or self.tokens[at - 1].kind != 'word':
            return []
        return self.tokens[at - 3:at] if at > 2 and self.tokens[at - 2].text == '.' else self.tokens[at - 1:at]

    def column_after(self, at):
        if at + 1 >= len(self.tokens) or self.tokens[at + 1].kind != 'word':
            return []
        dotted = at + 3 < len(self.tokens) and self.tokens[at + 2].text == '.'
        return self.tokens[at + 1:at + 4] if dotted else self.tokens[at + 1:at + 2]

    def neighbours(self, at):
        before = self.tokens[at - 1].upper
        after = self.tokens[at + 1].upper if at + 1 < len(self.tokens) else ''
        if before in ('LIMIT', 'OFFSET') and self.kinds[self.tokens[at].text[1:]] not in ('i32', 'i64'):
            raise Refusal(self.query.path, self.tokens[at].line, f'{self.tokens[at].text} of {before} is no i64', 'declare it as i64')
        if before in COMPARE:
            yield self.column_before(at - 1)
        if after in COMPARE:
            yield self.column_after(at + 1)
        if before == 'BETWEEN' or (before == 'AND' and at > 3 and self.tokens[at - 3].upper == 'BETWEEN'):
            start = at - 1 if before == 'BETWEEN' else at - 3
            yield self.column_before(start - (self.tokens[start - 1].upper == 'NOT'))
        if before in ('(', ','):
            yield self.in_brackets(at)

    def in_brackets(self, at):
        """`column IN (…, :p, …)` and `(a, b) > (…, :p)`."""
        depth, start, place = 0, at - 1, 0
        while start >= 0:
            text = self.tokens[start].text
            if text == '(' and depth == 0:
                break
            place += text == ',' and depth == 0
            depth += {')': 1, '(': -1}.get(text, 0)
            start -= 1
        if start < 1:
            return []
        if self.tokens[start - 1].upper == 'IN':
            return self.column_before(start - 1 - (self.tokens[start - 2].upper == 'NOT'))
        if self.tokens[start - 1].text in COMPARE and start > 1 and self.tokens[start - 2].text == ')':
            return self.row_value(start - 2, place)
        return []

    def row_value(self, close, place):
        depth = 0
        for at in range(close, -1, -1):
            depth += {')': 1, '(': -1}.get(self.tokens[at].text, 0)
            if depth == 0:
                parts = split(group(self.tokens, at))
                return parts[place] if place < len(parts) and len(parts[place]) in (1, 3) else []
        return []

    def inserted(self):
        words = [token.upper for token in self.tokens]
        if words[0] != 'INSERT' or len(words) < 4 or words[2 + 1] != '(':
            if words[0] == 'INSERT':
                raise Refusal(self.query.path, self.tokens[0].line, 'INSERT without a column list', 'write INSERT INTO table (columns) …')
            return
        columns = split(group(self.tokens, 3))
        at = 4 + sum(len(column) + 1 for column in columns)
        if words[at] == 'VALUES':
            values = split(group(self.tokens, at + 1))
        else:
            end = next((i for i, word in enumerate(words) if word == 'FROM' and i > at), len(words))
            values = split(self.tokens[at + 1:end])
        for column, value in zip(columns, values):
            if len(value) == 1 and value[0].kind == 'param':
                self.compare(value[0], column)
