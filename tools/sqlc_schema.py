"""Reads portable schema files and makes both dialects of each migration.

Refuses what the storage rules (design.md section 4) forbid: a column that may be NULL, a table without primary key, a key
that does not begin with `shard`, anything that only one of the engines knows."""
import re

from sqlc_text import KINDS, POSTGRESQL_TYPES, SQLITE_TYPES, Refusal, Token, group, portable, reason, render, sections_of, split, tokens_of

TABLE_WORDS = {'PRIMARY', 'UNIQUE', 'FOREIGN', 'CHECK', 'CONSTRAINT'}


class Table:
    def __init__(self, name, module):
        self.name, self.module, self.columns, self.key, self.id_alone = name, module, {}, [], False


class Migration:
    def __init__(self, path, module, number, name, line):
        self.path, self.module, self.number, self.name, self.line = path, module, number, name, line
        self.shape = self.sqlite = self.postgresql = ''


class Schema:
    def __init__(self):
        self.tables, self.migrations = {}, []

    def read(self, path, module, text):
        for line, header, notes, body, body_line in sections_of(path, text, 'migration'):
            found = re.fullmatch(r'(\d+)\s+([a-z][a-z0-9_]*)', header)
            if not found:
                raise Refusal(path, line, f'"-- migration {header}" is not understood', 'write "-- migration NUMBER name_of_it"')
            migration = Migration(path, module, int(found.group(1)), found.group(2), line)
            tokens = tokens_of(body, body_line)
            if tokens and tokens[-1].text == ';':
                tokens.pop()
            if not tokens or any(token.text == ';' for token in tokens):
                raise Refusal(path, line, 'a migration is one DDL statement', 'give each statement its own section and number')
            self.one(migration, tokens, notes)
            self.migrations.append(migration)

    def check_numbers(self, module):
        own = sorted((m for m in self.migrations if m.module == module), key=lambda m: m.number)
        for want, migration in enumerate(own, 1):
            if migration.number != want:
                raise Refusal(migration.path, migration.line, f'migration {migration.number} of {module} where {want} was expected',
                              'number a module\'s migrations 1, 2, … over all its schema files, without gap or double')
        return own

    def one(self, migration, tokens, notes):
        words = [token.upper for token in tokens]
        tables = set(self.tables) | {token.text for token in tokens[2:6] if token.kind == 'word'}
        portable(migration.path, tokens, tables)
        migration.shape = render(typed(tokens, {name: name for name in KINDS}))
        migration.sqlite, migration.postgresql = render(typed(tokens, SQLITE_TYPES)), render(typed(tokens, POSTGRESQL_TYPES))
        if words[:2] == ['CREATE', 'TABLE']:
            self.create_table(migration, tokens, notes)
        elif words[:2] == ['CREATE', 'INDEX'] or words[:3] == ['CREATE', 'UNIQUE', 'INDEX']:
            self.create_index(migration, tokens, notes)
        elif words[:2] == ['ALTER', 'TABLE'] and words[3:5] == ['ADD', 'COLUMN']:
            self.add_column(migration, tokens)
        elif words[:2] == ['DROP', 'TABLE'] and len(tokens) == 3 and tokens[2].text in self.tables:
            del self.tables[tokens[2].text]
        elif words[:2] == ['INSERT', 'INTO'] and 'SELECT' in words:
            self.fill(migration, tokens)
        elif words[:2] != ['DROP', 'INDEX']:
            raise Refusal(migration.path, tokens[0].line, 'not a statement of a migration',
                          'use CREATE TABLE, CREATE [UNIQUE] INDEX, ALTER TABLE t ADD COLUMN, INSERT INTO t (…) SELECT, DROP TABLE, DROP INDEX')

    def create_table(self, migration, tokens, notes):
        path, name = migration.path, tokens[2].text
        if tokens[3].text != '(' or tokens[-1].text != ')':
            raise Refusal(path, tokens[2].line, f'CREATE TABLE {name} is not "name (…)"', 'leave out STRICT, WITHOUT ROWID and IF NOT EXISTS: sqlc adds what an engine needs')
        if name in self.tables:
            raise Refusal(path, tokens[2].line, f'table {name} exists already in module {self.tables[name].module}', 'give it another name')
        table = Table(name, migration.module)
        keys = []
        for item in split(group(tokens, 3)):
            if item[0].upper in TABLE_WORDS:
                keys += table_keys(item)
            else:
                keys += column_of(path, table, item)
        primary = [columns for kind, columns, _ in keys if kind == 'PRIMARY KEY']
        if len(primary) != 1:
            raise Refusal(path, tokens[2].line, f'table {name} has no primary key', 'end it with PRIMARY KEY (shard, …)')
        for at, token in enumerate(tokens):
            if token.upper == 'REFERENCES' and tokens[at + 1].text not in set(self.tables) | {name}:
                raise Refusal(path, token.line, f'{name} refers to {tokens[at + 1].text}, which no schema read before it makes', 'make that table in an earlier migration')
        table.key = primary[0]
        if not reason(path, notes, 'global'):
            for kind, columns, line in keys:
                shard_first(path, line, kind, columns)
        self.tables[name] = table
        if reason(path, notes, 'id alone'):
            self.key_by_id(migration, table)
        single = table.id_alone or (len(table.key) == 1 and table.columns.get(table.key[0]) == 'i64')
        migration.sqlite += ' STRICT' if single or 'rowid' in notes else ' STRICT, WITHOUT ROWID'

    def key_by_id(self, migration, table):
        """SQLite then finds a row by one integer, through pages that hold nothing but integers, and not rows."""
        if table.key != ['shard', 'id'] or table.columns.get('id') != 'i64':
            raise Refusal(migration.path, migration.line, f'"-- id alone" where {table.name} has another key', 'it is for PRIMARY KEY (shard, id), id BIGINT')
        migration.sqlite = migration.sqlite.replace('PRIMARY KEY (shard, id)', 'PRIMARY KEY (id)')
        table.id_alone = True

    def create_index(self, migration, tokens, notes):
        at = 3 if tokens[1].upper == 'UNIQUE' else 2
        path, words = migration.path, [token.upper for token in tokens]
        if words[at + 1] != 'ON' or tokens[at + 2].text not in self.tables or tokens[at + 3].text != '(':
            raise Refusal(path, tokens[at].line, 'the index names no table of a schema read before it', 'write CREATE INDEX name ON table (columns)')
        table = self.tables[tokens[at + 2].text]
        columns = [item[0].text for item in split(group(tokens, at + 3))]
        for column in columns:
            if column not in table.columns:
                raise Refusal(path, tokens[at].line, f'table {table.name} has no column {column}', 'it has ' + ', '.join(table.columns))
        if at == 3 and not reason(path, notes, 'global'):
            shard_first(path, tokens[at].line, 'UNIQUE INDEX', columns)

    def fill(self, migration, tokens):
        """A table is filled from older ones of its module: when the data is moved to another shape."""
        path, table = migration.path, self.tables.get(tokens[2].text)
        columns = [item[0].text for item in split(group(tokens, 3))] if table and tokens[3].text == '(' else []
        if not columns or set(columns) != set(table.columns):
            raise Refusal(path, tokens[2].line, f'INSERT INTO {tokens[2].text} does not name every column', 'write INSERT INTO table (all its columns) SELECT …')
        for at, token in enumerate(tokens):
            source = tokens[at + 1].text if token.upper == 'FROM' else None
            if source and (source not in self.tables or self.tables[source].module != migration.module):
                raise Refusal(path, token.line, f'{source} is no table of {migration.module}', 'fill a table from those of its own module')

    def add_column(self, migration, tokens):
        path, table = migration.path, self.tables.get(tokens[2].text)
        if table is None:
            raise Refusal(path, tokens[2].line, f'no table {tokens[2].text}', 'name one of ' + ', '.join(self.tables))
        if 'DEFAULT' not in [token.upper for token in tokens]:
            raise Refusal(path, tokens[2].line, 'a new column of an old table needs a DEFAULT', 'write NOT NULL DEFAULT …')
        column_of(path, table, tokens[5:])


def shard_first(path, line, kind, columns):
    if columns and columns[0] != 'shard':
        raise Refusal(path, line, f'{kind} ({", ".join(columns)}) does not begin with shard',
                      'put shard first, or say "-- global: why" in the section (a claim row keyed by the value itself)')


def type_of(item):
    if len(item) > 2 and (item[1].upper, item[2].upper) == ('DOUBLE', 'PRECISION'):
        return 'DOUBLE PRECISION', 3
    return (item[1].upper if len(item) > 1 else ''), 2


def column_of(path, table, item):
    """Adds the column to the table; gives the keys that stand on the column itself."""
    name, (kind, at) = item[0].text, type_of(item)
    if kind not in KINDS:
        raise Refusal(path, item[0].line, f'column {name} has the type "{kind}"', 'use ' + ', '.join(KINDS))
    if name in table.columns:
        raise Refusal(path, item[0].line, f'column {name} stands twice in {table.name}', 'drop one')
    words = [token.upper for token in item[at:]]
    if not any(pair == ('NOT', 'NULL') for pair in zip(words, words[1:])):
        raise Refusal(path, item[0].line, f'column {name} may be NULL', 'write NOT NULL and choose a value that means "none"')
    table.columns[name] = KINDS[kind]
    keys = [('PRIMARY KEY', [name], item[0].line)] if 'PRIMARY' in words else []
    return keys + [(word, [name], item[0].line) for word in words if word in ('UNIQUE', 'REFERENCES')]


def table_keys(item):
    words, keys = [token.upper for token in item], []
    for at, word in enumerate(words):
        kind = 'PRIMARY KEY' if word == 'PRIMARY' else 'UNIQUE' if word == 'UNIQUE' else 'FOREIGN KEY' if word == 'FOREIGN' else None
        if kind:
            start = words.index('(', at)
            keys.append((kind, [token.text for token in group(item, start) if token.kind == 'word'], item[at].line))
        if word == 'REFERENCES':
            start = words.index('(', at) if '(' in words[at:] else None
            keys.append(('REFERENCES', [t.text for t in group(item, start) if t.kind == 'word'] if start else ['?'], item[at].line))
    return keys


def typed(tokens, types):
    out, at = [], 0
    while at < len(tokens):
        pair = tokens[at].upper + ' ' + tokens[at + 1].upper if at + 1 < len(tokens) else ''
        name = pair if pair in types else tokens[at].upper
        is_type = name in types and tokens[at].kind == 'word' and at and tokens[at - 1].kind == 'word'
        out.append(Token('word', types[name], tokens[at].line) if is_type else tokens[at])
        at += 2 if is_type and name == pair else 1
    return out
