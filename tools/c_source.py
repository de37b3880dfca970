"""Reads C far enough to measure it: tokens without comments, strings and preprocessor lines; functions with their length,
nesting and parameters; includes. It is no compiler: a file whose braces do not balance once the preprocessor lines are
taken away is reported by its reader as unreadable rather than guessed at."""

import re
from dataclasses import dataclass, field

TOKEN = re.compile(r'[A-Za-z_]\w*|\.?\d[\w.]*|->|\+\+|--|::|.', re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)
BLANKED = re.compile(r'/\*.*?\*/|//(?:\\\n|[^\n])*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
DIRECTIVE = re.compile(r'^[ \t]*#(?:\\\n|[^\n])*', re.M)
LOOPS = {'for', 'while', 'switch'}
CLOSE = {'(': ')', '[': ']', '{': '}'}


class Unreadable(Exception):
    def __init__(self, line, reason):
        super().__init__(reason)
        self.line = line


@dataclass
class Token:
    text: str
    line: int


@dataclass
class Function:
    name: str
    first: int
    last: int
    nesting: int
    parameters: int

    @property
    def lines(self):
        return self.last - self.first + 1


@dataclass
class Source:
    text: str
    tokens: list = field(default_factory=list)
    functions: list = field(default_factory=list)
    includes: list = field(default_factory=list)  # (line, '"' or '<', path)


def newlines_of(match):
    return '\n' * match.group().count('\n')


def blank_comments(match):
    """A comment becomes a blank and a literal an empty one, with the line count kept."""
    text = match.group()
    if text.startswith('/'):
        return ' ' + newlines_of(match)
    return text[0] + newlines_of(match) + text[0]


def without_comments(text):
    """Includes are read from this, so that a path in a comment is none; literals keep their text."""
    return BLANKED.sub(lambda m: ' ' + newlines_of(m) if m.group().startswith('/') else m.group(), text)


def tokens_of(text):
    bare = DIRECTIVE.sub(newlines_of, BLANKED.sub(blank_comments, text))
    line, tokens = 1, []
    for match in TOKEN.finditer(bare):
        piece = match.group()
        if piece == '\n':
            line += 1
        elif not piece.isspace():
            tokens.append(Token(piece, line))
    return tokens


def balanced(tokens, at):
    """Index past the bracket that closes the one at `at`."""
    stack = []
    for i in range(at, len(tokens)):
        text = tokens[i].text
        if text in CLOSE:
            stack.append(CLOSE[text])
        elif stack and text == stack[-1]:
            stack.pop()
            if not stack:
                return i + 1
        elif text in (')', ']', '}'):
            raise Unreadable(tokens[i].line, f'"{text}" closes nothing')
    raise Unreadable(tokens[at].line, f'"{tokens[at].text}" is never closed')


class Body:
    """Walks the statements of one function and keeps the greatest number of control statements around any of them. An
    else-if counts like the if that it continues, a case not at all, a macro that heads a block as a loop."""

    def __init__(self, tokens):
        self.tokens = tokens
        self.deepest = 0

    def text(self, at):
        return self.tokens[at].text if at < len(self.tokens) else ''

    def block(self, at, depth):
        at += 1
        while self.text(at) != '}':
            at = self.statement(at, depth)
        return at + 1

    def statement(self, at, depth):
        text = self.text(at)
        if not text:
            raise Unreadable(self.tokens[-1].line, 'a statement has no end')
        self.deepest = max(self.deepest, depth)
        if text == '{':
            return self.block(at, depth)
        if text == 'if':
            return self.branch(at, depth)
        if text in LOOPS:
            return self.statement(balanced(self.tokens, at + 1), depth + 1)
        if text == 'do':
            return self.expression(self.statement(at + 1, depth + 1), depth)
        if text in ('case', 'default'):
            return self.label(at)
        if re.match(r'[A-Za-z_]', text) and self.text(at + 1) == ':':
            return at + 2
        if re.match(r'[A-Za-z_]', text) and self.text(at + 1) == '(':
            past = balanced(self.tokens, at + 1)
            if self.text(past) == '{':
                return self.statement(past, depth + 1)
        return self.expression(at, depth)

    def branch(self, at, depth):
        at = self.statement(balanced(self.tokens, at + 1), depth + 1)
        if self.text(at) != 'else':
            return at
        return self.statement(at + 1, depth if self.text(at + 1) == 'if' else depth + 1)

    def label(self, at):
        choices = 0  # the colon of `a ? b : c` is not the label's
        while self.text(at) and (choices or self.text(at) != ':'):
            choices += {'?': 1, ':': -1}.get(self.text(at), 0)
            at = balanced(self.tokens, at) if self.text(at) in CLOSE else at + 1
        return at + 1

    def expression(self, at, depth):
        """To the semicolon; a statement expression `({ … })` is walked as a block of one level more."""
        while self.text(at) not in (';', '}', ''):
            if self.text(at) == '(' and self.text(at + 1) == '{':
                self.block(at + 1, depth + 1)
            at = balanced(self.tokens, at) if self.text(at) in CLOSE else at + 1
        return at + 1 if self.text(at) == ';' else at


def parameters_of(tokens, opening, past):
    """Parameters between the parentheses at `opening` and before `past`; (void) has none."""
    inside = tokens[opening + 1:past - 1]
    if not inside or (len(inside) == 1 and inside[0].text == 'void'):
        return 0
    count, at = 1, 0
    while at < len(inside):
        if inside[at].text == ',':
            count += 1
        at = balanced(inside, at) if inside[at].text in CLOSE else at + 1
    return count


def head_of(tokens, start, brace):
    """(name, opening, past) of the parameter list if tokens[start:brace] is a function's head, else None."""
    groups, at = [], start
    while at < brace:
        text = tokens[at].text
        if text == '=':
            return None
        if text == '(':
            past = balanced(tokens, at)
            if at > start and tokens[at - 1].text != '__attribute__':
                groups.append((tokens[at - 1].text, at, past))
            at = past
        else:
            at = balanced(tokens, at) if text == '[' else at + 1
    if not groups or tokens[brace - 1].text != ')' or tokens[start].text in ('typedef', 'union', 'enum'):
        return None
    return groups[-1] if re.match(r'[A-Za-z_]', groups[-1][0]) else None


def functions_of(tokens):
    functions, start, at = [], 0, 0
    while at < len(tokens):
        text = tokens[at].text
        if text == '{':
            past = balanced(tokens, at)
            head = head_of(tokens, start, at)
            if head:
                body = Body(tokens[at:past])
                body.block(0, 0)
                functions.append(Function(head[0], tokens[start].line, tokens[past - 1].line, body.deepest,
                                          parameters_of(tokens, head[1], head[2])))
                start = past
            at = past
        elif text == ';':
            start = at = at + 1
        elif text == '}':
            raise Unreadable(tokens[at].line, '"}" closes nothing')
        else:
            at = balanced(tokens, at) if text in CLOSE else at + 1
    return functions


def read(text):
    source = Source(text)
    plain = without_comments(text)
    source.includes = [(plain.count('\n', 0, m.start()) + 1, m.group(1), m.group(2)) for m in INCLUDE.finditer(plain)]
    source.tokens = tokens_of(text)
    source.functions = functions_of(source.tokens)
    return source
