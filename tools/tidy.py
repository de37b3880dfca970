#!/usr/bin/env python3
"""Keeps the house rules that a compiler does not know: layers, sizes, banned functions, missing tests, names, machine
paths. There is no list of exceptions and no comment that switches a rule off; a rule that is wrong is changed here, for all.

    python3 tools/tidy.py [--root DIR] [--list]

Prints one line `file:line: reason` for each breach and ends with 1 if there is any. --list prints every function with its
lines, nesting and parameters instead, the longest first."""

import argparse
import io
import os
import re
import signal
import subprocess
import sys
import tokenize

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import c_source  # noqa: E402

FUNCTION_LINES, NESTING, PARAMETERS, FILE_LINES, PUBLIC_LINES, FOLDER_FILES, UNTESTED_LINES = 70, 4, 6, 800, 200, 25, 60

# One line for each folder under src: what its files may include. "x" is any header of x, "x+" is x and all that x may
# include, "x." is only the public header x/x.h and the operations' structs x/x_ops.h. A folder may always include itself.
LAYERS = {
    'base': '',
    'viet': 'base',
    'match': 'base viet',
    'store': 'base',
    'crypt': 'base',
    'ledger': 'base store crypt',
    'net': 'base crypt',
    'defs': 'base viet',
    'refine': 'base viet match defs book',
    'gate': 'base viet store ledger defs',
    'register': 'gate+ viet book',
    'paper': 'base viet crypt',
    'book': 'base',
    'post': 'gate+ net crypt',
    'origin': 'register+',
    'notice': 'register+ crypt',
    'cases': 'register+ notice.',
    'centre': 'register+ match+ refine cases book',
    'recon': 'centre+ cases notice. paper book',
    'quality': 'register+ centre. recon. cases. paper book',
    'identity': 'register+ crypt',
    'exchange': 'register+ identity+',
    'service': 'register+ identity+ exchange+ paper post notice.',
    'money': 'service+',
    'life': 'service+',
    'monitor': 'register+ centre+ recon+ quality+ identity+ exchange+ service+ life+',
    'synth': 'base viet defs book',
    'api': 'base gate net',
    'cli': 'base gate net api. crypt. store. ledger. defs. viet. synth. refine register. centre. identity. exchange. service. monitor. paper post. notice. money. cases. recon. quality. life.',
    'web': 'base gate. net. defs. viet. ledger. register. centre. identity. exchange. service. monitor. paper. post. notice. money. cases. recon. quality. life.',
}
EVERYWHERE = {'tables', 'messages'}  # data that belongs to no layer
# A library stands behind one folder, so that it can be changed there.
LIBRARIES = {
    'sqlite3': {'store'}, 'libpq': {'store'}, 'postgresql': {'store'}, 'unicode': {'viet'}, 'openssl': {'crypt', 'net'},
    'cairo': {'paper'}, 'pango': {'paper'}, 'qrencode': {'paper'}, 'xlsxwriter': {'book'},
}
BANNED = {
    'strcpy': 'str and buf', 'strcat': 'buf_add', 'sprintf': 'buf_printf', 'vsprintf': 'buf_printf', 'strncpy': 'str and buf',
    'gets': 'a bounded read', 'strtok': 'str_cut', 'atoi': 'str_i64', 'atol': 'str_i64', 'system': 'no shell', 'popen': 'no shell',
    'tmpnam': 'mkstemp', 'alloca': 'the arena', 'localtime': 'day_of_us', 'gmtime': 'clock_format', 'ctime': 'clock_format',
    'rand': 'rng_below', 'srand': 'rng_seed', 'assert': 'MUST',
}
STANDARD_OUTPUT = {'printf', 'vprintf', 'puts', 'putchar'}
SPEAKS = ('src/cli/', 'src/main.c', 'tests/', 'bench/', 'fuzz/', 'tools/')  # may write to standard output
CODE = ('src/', 'tests/', 'bench/', 'fuzz/', 'tools/')
VAGUE = {'util', 'utils', 'common', 'misc', 'helper', 'helpers'}
OPEN_WORK = re.compile(r'\b(' + '|'.join(['TO' 'DO', 'FIX' 'ME', 'XX' 'X', 'HA' 'CK']) + r')\b')
WRITTEN = ('.c', '.h', '.def', '.sql', '.py', '.sh', '.build', '.tmpl', '.yaml', '.js', '.css')
MACHINE_PATH = re.compile(rb'(?<![\w.~-])/(?:wor' rb'k|tm' rb'p/plan)/')
TESTED_BY = re.compile(r'tested by: ([\w./-]+)')
SKIPPED = re.compile(r'^(\..*|build.*|node_modules|var|__pycache__)$')


class Tree:
    """The files of a source tree and the breaches found in them."""

    def __init__(self, root):
        self.root = root
        self.files = sorted(f for f in list_files(root) if os.path.isfile(os.path.join(root, f)))
        self.known = set(self.files)
        self.breaches = []

    def breach(self, path, line, reason):
        self.breaches.append((path, line, reason))

    def raw(self, path):
        with open(os.path.join(self.root, path), 'rb') as file:
            return file.read()

    def text(self, path):
        return self.raw(path).decode('utf-8', 'replace')

    def code(self, endings=('.c', '.h')):
        return [f for f in self.files if f.startswith(CODE) and f.endswith(endings)]


def list_files(root):
    """Tracked files and those that git would offer to add; without git, what is in the tree but for build output."""
    if os.path.exists(os.path.join(root, '.git')):
        command = ['git', '-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard']
        return subprocess.run(command, check=True, capture_output=True).stdout.decode().strip('\0').split('\0')
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if not SKIPPED.match(f)]
        found += [os.path.relpath(os.path.join(folder, n), root) for n in names]
    return found


def layer_of(path):
    parts = path.split('/')
    return parts[1] if parts[0] == 'src' and len(parts) > 2 else None


def allowed(layer):
    """(folders whose headers are all open to `layer`, folders of which only the public header is)."""
    whole, public = {layer}, set()
    for word in LAYERS[layer].split():
        if word.endswith('.'):
            public.add(word[:-1])
        elif word.endswith('+'):
            whole |= allowed(word[:-1])[0]
        else:
            whole.add(word)
    return whole, public


def target_of(path):
    """The folder that an included path belongs to; generated headers carry their module's name first."""
    folder, rest = path.split('/', 1)
    if folder != 'gen':
        return folder
    module = re.split(r'[/_.]', rest)[0]
    return module if module in LAYERS else 'messages'


def check_include(tree, path, include):
    line, kind, wanted = include
    layer = layer_of(path)
    if kind == '"' and wanted.startswith(('.', '/')):
        tree.breach(path, line, f'include "{wanted}": name headers from the root of src, as "module/file.h"')
        return
    if layer is None:
        return
    library = re.split(r'[/.-]', wanted)[0]
    if library in LIBRARIES and layer not in LIBRARIES[library]:
        tree.breach(path, line, f'layer: <{wanted}> stands behind {" and ".join(sorted(LIBRARIES[library]))} only')
    if kind == '<' or '/' not in wanted or target_of(wanted) in EVERYWHERE:
        return
    target, (whole, public) = target_of(wanted), allowed(layer)
    if target in whole or (target in public and wanted in (f'{target}/{target}.h', f'{target}/{target}_ops.h')):
        return
    if target in public and path.endswith('_test.c') and wanted.startswith(f'{target}/test/'):
        return  # what a module offers to the tests of those above it
    if target in public:
        tree.breach(path, line, f'layer: {layer} may include only the public header of {target}, not "{wanted}"')
    else:
        tree.breach(path, line, f'layer: {layer} may not include "{wanted}" (it may: {LAYERS[layer] or "only itself"})')


def check_calls(tree, path, tokens):
    for i, token in enumerate(tokens):
        called = i + 1 < len(tokens) and tokens[i + 1].text == '(' and not (i and tokens[i - 1].text in ('.', '->'))
        if called and token.text in BANNED:
            tree.breach(path, token.line, f'{token.text}() is banned; use {BANNED[token.text]}')
        if path.startswith(SPEAKS) or path.endswith('_test.c'):
            continue
        if (called and token.text in STANDARD_OUTPUT) or token.text == 'stdout':
            tree.breach(path, token.line, f'{token.text}: only cli, main, tests, bench, fuzz and tools write to standard output')


def check_functions(tree, path, functions):
    for f in functions:
        for value, limit, what in ((f.lines, FUNCTION_LINES, 'lines'), (f.nesting, NESTING, 'levels of nesting'),
                                   (f.parameters, PARAMETERS, 'parameters')):
            if value > limit:
                tree.breach(path, f.first, f'{f.name}() has {value} {what}, at most {limit}')


def check_c(tree, path):
    text = tree.text(path)
    lines = text.count('\n')
    if lines > FILE_LINES:
        tree.breach(path, FILE_LINES + 1, f'{lines} lines, at most {FILE_LINES}')
    layer = layer_of(path)
    if layer and path == f'src/{layer}/{layer}.h' and lines > PUBLIC_LINES:
        tree.breach(path, PUBLIC_LINES + 1, f'public header of {lines} lines, at most {PUBLIC_LINES}')
    if path.endswith('.c') and not text.lstrip().startswith(('/*', '//')):
        tree.breach(path, 1, 'a file starts with a comment: why it exists and what it refuses')
    try:
        source = c_source.read(text)
    except c_source.Unreadable as error:
        tree.breach(path, error.line, f'cannot be measured: {error}; keep braces balanced within each #if branch')
        return
    if layer is not None and layer not in LAYERS:
        tree.breach(path, 1, f'folder src/{layer} has no line in the table of layers')
    else:
        for include in source.includes:
            check_include(tree, path, include)
    check_calls(tree, path, source.tokens)
    check_functions(tree, path, source.functions)


def check_tested(tree, path):
    """A test stands beside its file or in the folder's own test/; or the first comment says where it is."""
    folder, name = os.path.split(path)
    text = tree.text(path)
    if not path.startswith('src/') or name.endswith('_test.c') or os.path.basename(folder) == 'test':
        return
    if text.count('\n') <= UNTESTED_LINES:
        return
    if {f'{folder}/{name[:-2]}_test.c', f'{folder}/test/{name[:-2]}_test.c'} & tree.known:
        return
    first = re.match(r'\s*/\*.*?\*/', text, re.S)
    named = TESTED_BY.search(first.group()) if first else None
    if named and named.group(1).rstrip('.') in tree.known:
        return
    reason = f'"{named.group(1)}" does not exist' if named else f'{name[:-2]}_test.c is missing and no "tested by: path" says where'
    tree.breach(path, 1, f'untested: {reason}')


def check_folders(tree):
    counts = {}
    for path in tree.files:
        folder, name = os.path.split(path)
        if path.startswith(CODE) and name != 'meson.build':
            counts[folder] = counts.get(folder, 0) + 1
    for folder, count in counts.items():
        if count > FOLDER_FILES:
            tree.breach(folder, 1, f'{count} files in one folder, at most {FOLDER_FILES}')


def check_names(tree):
    for path in tree.files:
        stem = os.path.basename(path).split('.')[0].lower()
        vague = VAGUE & set(re.split(r'[_-]', stem))
        if path.startswith(CODE) and vague:
            tree.breach(path, 1, f'"{vague.pop()}" in a file\'s name says nothing; name what is in it')


def remarks_of(path, text):
    """A Python tool may have to speak of such words (they mean something in TAP): a comment that begins with one counts."""
    if not path.endswith('.py'):
        return text
    lines = [''] * (text.count('\n') + 2)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            lines[token.start[0] - 1] = token.string.lstrip('# ').split(' ')[0]
    return '\n'.join(lines)


def check_words(tree):
    for path in tree.files:
        raw = tree.raw(path)
        for match in MACHINE_PATH.finditer(raw):
            tree.breach(path, raw.count(b'\n', 0, match.start()) + 1, 'names a path of one machine')
        if not path.endswith(WRITTEN):
            continue
        text = remarks_of(path, raw.decode('utf-8', 'replace'))
        for match in OPEN_WORK.finditer(text):
            tree.breach(path, text.count('\n', 0, match.start()) + 1, f'{match.group()}: finish it or open an issue')


def check(root):
    tree = Tree(root)
    for path in tree.code():
        check_c(tree, path)
    for path in tree.code(('.c',)):
        check_tested(tree, path)
    check_folders(tree)
    check_names(tree)
    check_words(tree)
    return sorted(set(tree.breaches))


def print_list(root):
    tree, rows = Tree(root), []
    for path in tree.code():
        try:
            rows += [(f.lines, f.nesting, f.parameters, f'{path}:{f.first}', f.name) for f in c_source.read(tree.text(path)).functions]
        except c_source.Unreadable as error:
            print(f'{path}:{error.line}: cannot be measured: {error}', file=sys.stderr)
    print('lines nesting parameters place name')
    for row in sorted(rows, reverse=True):
        print(*row)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--root', default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser.add_argument('--list', action='store_true')
    arguments = parser.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if arguments.list:
        print_list(arguments.root)
        return 0
    breaches = check(arguments.root)
    for path, line, reason in breaches:
        print(f'{path}:{line}: {reason}')
    return 1 if breaches else 0


if __name__ == '__main__':
    sys.exit(main())
