"""Tokens, sections and refusals: what the schema and the query readers of sqlc share."""
import re

KINDS = {'SMALLINT': 'i16', 'INTEGER': 'i32', 'BIGINT': 'i64', 'DOUBLE PRECISION': 'f64', 'TEXT': 'str', 'BYTEA': 'bytes'}
SQLITE_TYPES = {'SMALLINT': 'INTEGER', 'INTEGER': 'INTEGER', 'BIGINT': 'INTEGER', 'DOUBLE PRECISION': 'REAL', 'TEXT': 'TEXT',
                'BYTEA': 'BLOB'}
# Text sorts by bytes on both engines, so that pages, digests and ranges agree.
POSTGRESQL_TYPES = {**{name: name for name in KINDS}, 'TEXT': 'TEXT COLLATE "C"'}

TOKEN = re.compile(r"""(?P<space>\s+)|(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<string>'(?:[^']|'')*')|(?P<param>:[a-z_][a-z0-9_]*)
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>\d+(?:\.\d+)?)|(?P<mark><>|!=|<=|>=|==|\|\||::|->>|->|.)""", re.X | re.S)

# Words that mean something else on the other engine, or that a storage rule of design.md section 4 forbids.
REFUSED_WORDS = {
    'LIKE': 'compare a folded key column that the program makes', 'ILIKE': 'compare a folded key column that the program makes',
    'GLOB': 'compare a folded key column', 'REGEXP': 'match in C', 'SIMILAR': 'match in C', 'MATCH': 'match in C',
    'TRIGGER': 'do it in the command', 'SEQUENCE': 'the program makes ids', 'SERIAL': 'the program makes ids',
    'BIGSERIAL': 'the program makes ids', 'AUTOINCREMENT': 'the program makes ids', 'IDENTITY': 'the program makes ids',
    'JSON': 'documents are opaque to SQL: use BYTEA', 'JSONB': 'documents are opaque to SQL: use BYTEA',
    'SKIP': 'use a lease with a fencing token', 'LOCKED': 'use a lease with a fencing token',
    'NOTIFY': 'poll by a cursor', 'LISTEN': 'poll by a cursor', 'DOMAIN': 'use a plain type', 'FUNCTION': 'do it in C',
    'PROCEDURE': 'do it in C', 'VIEW': 'name the query instead', 'PRAGMA': 'the store sets the engine up',
    'ATTACH': 'one database only', 'VACUUM': 'the store keeps the engine', 'TRUE': 'write 1: bool is a SMALLINT',
    'FALSE': 'write 0: bool is a SMALLINT', 'CURRENT_TIMESTAMP': 'pass the time of the context', 'CURRENT_DATE': 'pass the day of the context',
    'CURRENT_TIME': 'pass the time of the context', 'COLLATE': 'text compares by bytes everywhere', 'INDEXED': 'SQLite only',
    'ROWID': 'SQLite only: use the primary key', 'ISNULL': 'no column is NULL', 'NOTNULL': 'no column is NULL',
    'GENERATED': 'compute it in C', 'TEMP': 'no temporary tables', 'TEMPORARY': 'no temporary tables',
}
REFUSED_MARKS = {'->': 'documents are opaque to SQL', '->>': 'documents are opaque to SQL', '::': 'write CAST(x AS type)', '==': 'write =',
                 '"': 'names are plain words', '`': 'names are plain words', '[': 'names are plain words', '?': 'write :name', '@': 'write :name',
                 '$': 'write :name', '#': 'not portable', '~': 'not portable', '&': 'not portable', '|': 'not portable'}


class Refusal(Exception):
    def __init__(self, path, line, what, remedy):
        super().__init__(f'{path}:{line}: error: {what}; {remedy}')


class Token:
    __slots__ = ('kind', 'text', 'line')

    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line

    def __repr__(self):
        return self.text

    @property
    def upper(self):
        return self.text.upper() if self.kind == 'word' else self.text


def tokens_of(text, line):
    out = []
    for found in TOKEN.finditer(text):
        kind = found.lastgroup
        if kind not in ('space', 'comment'):
            out.append(Token(kind, found.group(), line))
        line += found.group().count('\n')
    return out


def render(tokens):
    """SQL on one line. Only the spaces that a reader of a log or a plan would miss are kept."""
    out = ''
    for at, token in enumerate(tokens):
        before = tokens[at - 1].text if at else ''
        call = token.text == '(' and at and tokens[at - 1].kind == 'word' and tokens[at - 1].upper in FUNCTIONS
        tight = not at or token.text in (')', ',', '.', ';') or before in ('(', '.') or call
        out += token.text if tight else ' ' + token.text
    return out


FUNCTIONS = {'COUNT', 'SUM', 'MIN', 'MAX', 'AVG', 'COALESCE', 'NULLIF', 'ABS', 'LENGTH', 'CAST', 'ROW_NUMBER', 'RANK', 'LAG', 'LEAD', 'SUBSTR',
             'ROUND', 'TRIM', 'REPLACE'}
# Words that may stand before "(" without being a function.
BEFORE_PAREN = {'VALUES', 'IN', 'AND', 'OR', 'NOT', 'ON', 'KEY', 'UNIQUE', 'CHECK', 'WHERE', 'SELECT', 'FROM', 'JOIN', 'EXISTS', 'CONFLICT', 'OVER',
                'AS', 'WHEN', 'THEN', 'ELSE', 'CASE', 'BY', 'UNION', 'ALL', 'INTO', 'SET', 'LIMIT', 'RETURNING', 'BETWEEN', 'HAVING', 'USING',
                'EXCEPT', 'INTERSECT', 'DEFAULT', 'FILTER', 'DISTINCT', 'OFFSET'}


def portable(path, tokens, names):
    """Refuses what one of the engines does not know, or knows otherwise. `names` are tables: `t (` is no function there."""
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.kind == 'word' and token.upper in REFUSED_WORDS:
            raise Refusal(path, token.line, f'{token.text} is not allowed', REFUSED_WORDS[token.upper])
        if token.kind == 'mark' and token.text in REFUSED_MARKS:
            raise Refusal(path, token.line, f'{token.text} is not allowed', REFUSED_MARKS[token.text])
        if token.kind != 'word' or after is None:
            continue
        pair = (token.upper, after.upper)
        if pair in (('FOR', 'UPDATE'), ('FOR', 'SHARE')):
            raise Refusal(path, token.line, f'{pair[0]} {pair[1]} is not allowed', 'compare the version and set it in one UPDATE')
        if token.upper == 'OR' and after.upper in ('REPLACE', 'IGNORE', 'ABORT', 'FAIL', 'ROLLBACK'):
            raise Refusal(path, token.line, f'OR {after.upper} is not allowed', 'write ON CONFLICT (columns) DO …')
        table = token.text in names or (at and tokens[at - 1].upper == 'REFERENCES')
        if after.text == '(' and token.upper not in FUNCTIONS | BEFORE_PAREN and not table:
            raise Refusal(path, token.line, f'the function {token.text}() is not on the portable list', 'compute it in C, or use ' + ', '.join(sorted(FUNCTIONS)).lower())
        if after.text == '(' and token.upper in ('MIN', 'MAX') and ',' in [t.text for t in group(tokens, at + 1, depth_one=True)]:
            raise Refusal(path, token.line, f'{token.upper} of several values means something else in PostgreSQL', 'write CASE WHEN …')


def group(tokens, at, depth_one=False):
    """The tokens inside the bracket that opens at `at`."""
    depth, out = 0, []
    for token in tokens[at:]:
        if token.text == ')':
            depth -= 1
            if depth == 0:
                return out
        if depth and not (depth_one and depth > 1):
            out.append(token)
        if token.text == '(':
            depth += 1
    return out


def split(tokens, mark=','):
    """Splits at top-level commas."""
    depth, parts = 0, [[]]
    for token in tokens:
        depth += {'(': 1, ')': -1}.get(token.text, 0)
        if token.text == mark and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def sections_of(path, text, word):
    """Splits a file at its `-- word …` lines: [(line, header, notes {key: (line, text)}, body, body line)]."""
    out, header = [], None
    lines = text.split('\n')
    at = 0
    while at < len(lines):
        found = re.match(rf'--\s*{word}\s+(.*)$', lines[at])
        if not found:
            body = lines[at].strip()
            if body and not body.startswith('--') and header is None:
                raise Refusal(path, at + 1, 'SQL before the first section', f'begin it with a line "-- {word} …"')
            if header is not None:
                out[-1][3].append(lines[at])
            at += 1
            continue
        start, header = at + 1, found.group(1)
        while header.count('(') > header.count(')') and at + 1 < len(lines) and lines[at + 1].startswith('--'):
            at += 1
            header += ' ' + lines[at][2:].strip()
        out.append((start, header.strip(), {}, [], at + 2))
        at += 1
    return [(line, head, notes_of(body, body_line), '\n'.join(body), body_line) for line, head, _, body, body_line in out]


def notes_of(body, line):
    """The lines "-- key: value" right under the header; a remark further down is no note."""
    notes = {}
    for at, text in enumerate(body):
        if not text.lstrip().startswith('--'):
            break
        found = re.match(r'\s*--\s*(global|scan|reads other|rowid|id alone|gives|row)\b:?\s*(.*)$', text)
        if found:
            key, value = found.group(1), found.group(2).strip()
            earlier = notes[key][1] + ', ' if key == 'gives' and key in notes else ''
            notes[key] = (line + at, earlier + value)
    return notes


def reason(path, notes, key):
    """True when the section carries the exception `key` with its reason."""
    if key not in notes:
        return False
    if len(notes[key][1]) < 8:
        raise Refusal(path, notes[key][0], f'"-- {key}:" without a reason', 'say why in a few words')
    return True
