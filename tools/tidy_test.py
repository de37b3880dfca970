"""Each rule of tidy meets a tree that breaks it and one that keeps it; a rule without a breach here could be broken unseen."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import c_source  # noqa: E402
import tidy  # noqa: E402

WHY = '/* Why. */\n'


def function(lines, name='f', parameters='void'):
    """A function of exactly `lines` lines from its head to its closing brace."""
    return f'int {name}({parameters})\n{{\n' + '    ;\n' * (lines - 4) + '    return 0;\n}\n'


def nested(depth):
    return 'int f(int a)\n{\n' + 'if (a)\n' * depth + 'return 1;\nreturn 0;\n}\n'


class Rules(unittest.TestCase):
    def reasons(self, files, git=False):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                os.makedirs(os.path.join(root, os.path.dirname(path)), exist_ok=True)
                with open(os.path.join(root, path), 'wb') as file:
                    file.write(text.encode() if isinstance(text, str) else text)
            if git:
                subprocess.run(['git', 'init', '-q', root], check=True)
            return [f'{path}:{line}: {reason}' for path, line, reason in tidy.check(root)]

    def refuses(self, path, text, words):
        found = self.reasons({path: text})
        self.assertTrue(any(words in reason for reason in found), f'no "{words}" in {found}')

    def accepts(self, path, text):
        self.assertEqual(self.reasons({path: text}), [])

    def test_layers(self):
        self.refuses('src/base/a.c', WHY + '#include "store/store.h"\n', 'src/base/a.c:2: layer: base may not')
        self.refuses('src/viet/a.c', WHY + '#include "match/match.h"\n', 'layer: viet may not')
        self.refuses('src/gate/a.h', '#include "register/register.h"\n', 'layer: gate may not')
        self.refuses('src/centre/a.c', WHY + '#include "identity/identity.h"\n', 'layer: centre may not')
        self.refuses('src/register/a.c', WHY + '#include "gen/centre_sql.h"\n', 'layer: register may not')
        self.refuses('src/register/a.c', WHY + '  #  include "net/net.h"\n', 'layer: register may not')
        self.refuses('src/nowhere/a.c', WHY, 'no line in the table of layers')
        self.refuses('src/viet/a.c', WHY + '#include "nowhere/a.h"\n', 'layer: viet may not')

    def test_layers_kept(self):
        self.accepts('src/centre/a.c', WHY + '#include "gate/gate.h"\n#include "base/str.h"\n#include "match/score.h"\n')
        self.accepts('src/base/a.c', WHY + '#include "tables/errors.def"\n#include <stdio.h>\n#include "a.h"\n')
        self.accepts('src/register/a.c', WHY + '#include "gen/register_sql.h"\n#include "register/person_sql.h"\n')
        self.accepts('src/base/a.c', WHY + '/*\n#include "store/store.h"\n*/\n')
        self.accepts('src/main.c', WHY + '#include "web/web.h"\n#include "store/engine.h"\n')

    def test_public_headers_for_the_faces(self):
        self.accepts('src/web/a.c', WHY + '#include "register/register.h"\n#include "base/day.h"\n')
        self.refuses('src/web/a.c', WHY + '#include "register/person.h"\n', 'only the public header of register')
        self.refuses('src/cli/a.c', WHY + '#include "store/engine.h"\n', 'only the public header of store')
        self.refuses('src/web/a.c', WHY + '#include "store/store.h"\n', 'layer: web may not')

    def test_every_layer_names_known_layers(self):
        for layer in tidy.LAYERS:
            whole, public = tidy.allowed(layer)
            self.assertLessEqual(whole | public, set(tidy.LAYERS))
        for layer in ('base', 'viet', 'match', 'store', 'gate', 'register'):
            self.assertFalse({'web', 'cli', 'api', 'net'} & tidy.allowed(layer)[0])

    def test_includes_by_name(self):
        self.refuses('src/viet/a.c', WHY + '#include "../store/store.h"\n', 'from the root of src')
        self.refuses('tests/a.c', WHY + '#include "../src/a.h"\n', 'from the root of src')

    def test_libraries(self):
        self.refuses('src/register/a.c', WHY + '#include <sqlite3.h>\n', 'stands behind store only')
        self.refuses('src/register/a.c', WHY + '#include "sqlite3.h"\n', 'stands behind store only')
        self.refuses('src/identity/a.c', WHY + '#include <openssl/evp.h>\n', 'stands behind crypt and net only')
        self.refuses('src/base/a.c', WHY + '#include <unicode/unorm2.h>\n', 'stands behind viet only')
        self.refuses('src/gate/a.c', WHY + '#include <libpq-fe.h>\n', 'stands behind store only')
        self.accepts('src/store/a.c', WHY + '#include <libpq-fe.h>\n#include "sqlite3.h"\n')

    def test_function_length(self):
        self.refuses('tests/a.c', WHY + function(71), 'tests/a.c:2: f() has 71 lines, at most 70')
        self.accepts('tests/a.c', WHY + function(70))
        self.refuses('tests/a.c', WHY + 'struct s { int a; };\nint b[] = { 1 };\n' + function(71), 'tests/a.c:4: f()')
        self.refuses('tests/a.h', 'static inline ' + function(71), 'f() has 71')

    def test_nesting(self):
        self.refuses('tests/a.c', WHY + nested(5), 'f() has 5 levels of nesting')
        self.accepts('tests/a.c', WHY + nested(4))
        chain = 'int f(int a)\n{\nif (a == 0) return 0;\n' + 'else if (a == 1) return 1;\n' * 9 + 'else return 2;\n}\n'
        self.accepts('tests/a.c', WHY + chain)
        mixed = 'int f(int a)\n{\nfor (;;) { while (a) do { switch (a) { case 1 ? 1 : 2: if (a) break; } } while (a); }\n}\n'
        self.refuses('tests/a.c', WHY + mixed, 'f() has 5 levels')
        goal = 'int f(int a)\n{\nout: if (a) if (a) if (a) { in: if (a) if (a) a(); }\n}\n'
        self.refuses('tests/a.c', WHY + goal, 'f() has 5 levels')
        macro = 'int f(int a)\n{\nEACH(a, b) { if (a) if (a) if (a) if (a) a(); }\n}\n'
        self.refuses('tests/a.c', WHY + macro, 'f() has 5 levels')

    def test_parameters(self):
        seven = ', '.join(f'int p{i}' for i in range(7))
        self.refuses('tests/a.c', WHY + function(9, 'f', seven), 'f() has 7 parameters')
        self.accepts('tests/a.c', WHY + function(9, 'f', 'int (*g)(int, int, int), int a, int b, int c, int d, char e[2]'))

    def test_file_length(self):
        self.refuses('tests/a.c', WHY + '\n' * 800, 'tests/a.c:801: 801 lines')
        self.accepts('tests/a.c', WHY + '\n' * 799)
        self.refuses('src/base/base.h', '\n' * 201, 'public header of 201 lines')
        self.accepts('src/base/base.h', '\n' * 200)
        self.accepts('src/base/other.h', '\n' * 201)

    def test_folder(self):
        full = {f'src/base/f{i}.h': '' for i in range(25)}
        self.assertEqual(self.reasons(full | {'src/base/meson.build': ''}), [])
        self.assertEqual(self.reasons(full | {'src/base/one_more.h': ''}), ['src/base:1: 26 files in one folder, at most 25'])

    def test_banned_calls(self):
        for name in tidy.BANNED:
            self.refuses('tests/a.c', WHY + f'void f(void)\n{{\n    {name}(x);\n}}\n', f'tests/a.c:4: {name}() is banned')
        self.accepts('tests/a.c', WHY + 'void f(void)\n{\n    /* strcpy(a, b) */\n    log("system(x)", s->rand(1), s.system(2));\n}\n')
        self.accepts('tests/a.c', WHY + '#define X strcpy\nvoid f(void)\n{\n    assert_true(localtime_r(a, b));\n}\n')

    def test_standard_output(self):
        for call in ('printf("x")', 'puts("x")', 'fputs("x", stdout)'):
            text = WHY + f'void f(void)\n{{\n    {call};\n}}\n'
            self.refuses('src/gate/a.c', text, 'write to standard output')
            for path in ('src/cli/a.c', 'src/main.c', 'tests/a.c', 'bench/a.c', 'src/gate/a_test.c'):
                self.accepts(path, text)

    def test_missing_tests(self):
        long = '\n' * 60
        self.refuses('src/base/a.c', WHY + long, 'untested: a_test.c is missing')
        self.accepts('src/base/a.c', WHY + long[1:])
        self.assertEqual(self.reasons({'src/base/a.c': WHY + long, 'src/base/a_test.c': WHY}), [])
        self.assertEqual(self.reasons({'src/base/a.c': WHY + long, 'src/base/test/a_test.c': WHY + long}), [])
        named = {'src/base/a.c': '/* Why.\n * tested by: tests/whole.c. */\n' + long}
        self.assertIn('"tests/whole.c." does not exist', self.reasons(named)[0])
        self.assertEqual(self.reasons(named | {'tests/whole.c': WHY}), [])
        late = {'src/base/a.c': WHY + '/* tested by: tests/whole.c */' + long, 'tests/whole.c': WHY}
        self.assertIn('untested', self.reasons(late)[0])

    def test_names(self):
        for name in ('util.c', 'string_utils.c', 'store_common.h', 'misc.py', 'test-helper.sh'):
            self.refuses(f'tests/{name}', WHY, "in a file's name says nothing")
        self.accepts('tests/utility_bill.c', WHY)

    def test_open_work(self):
        for word in ('TO' 'DO', 'FIX' 'ME', 'XX' 'X', 'HA' 'CK'):
            self.refuses('src/base/a.h', f'\n/* {word}: later */\n', f'src/base/a.h:2: {word}')
            self.refuses('src/base/a.sql', f'-- {word}\n', f'src/base/a.sql:1: {word}')
            self.refuses('tools/a.py', f'x = 1\n# {word}\n', f'tools/a.py:2: {word}')
            self.accepts('tools/a.py', f"x = '{word}'  # reads {word}\n")
        self.accepts('src/base/a.h', 'char path[] = "aXXXXXX";\n')

    def test_first_comment(self):
        self.refuses('src/base/a.c', 'int a;\n/* Why. */\n', 'starts with a comment')
        self.accepts('src/base/a.c', '\n// Why.\nint a;\n')

    def test_machine_paths(self):
        self.refuses('docs/a.md', 'see\n/wor' 'k/main\n', 'docs/a.md:2: names a path of one machine')
        self.refuses('package.json', '{"a": "/tm' 'p/plan/x"}', 'package.json:1: names a path')
        self.refuses('web/a.bin', b'\xff\x00"/wor' b'k/a"', 'names a path')
        self.accepts('docs/a.md', 'the net' 'wor' 'k/part and a/wor' 'k/b\n')

    def test_unreadable(self):
        self.refuses('tests/a.c', WHY + 'void f(void)\n{\n#if A\n    if (a) {\n#else\n    if (b) {\n#endif\n    }\n}\n', 'cannot be measured')
        self.refuses('tests/a.c', WHY + '}\n', 'cannot be measured')

    def test_git_tells_which_files_count(self):
        files = {'.gitignore': '/build*/\n', 'build-x/util.c': 'x', 'src/base/util.h': ''}
        self.assertEqual(len(self.reasons(files, git=True)), 1)
        self.assertEqual(len(self.reasons(files)), 1)

    def test_exit_code_and_output(self):
        with tempfile.TemporaryDirectory() as root:
            run = [sys.executable, os.path.join(HERE, 'tidy.py'), '--root', root]
            self.assertEqual(subprocess.run(run, capture_output=True).returncode, 0)
            os.mkdir(os.path.join(root, 'tests'))
            with open(os.path.join(root, 'tests/a.c'), 'w') as file:
                file.write(function(5))
            done = subprocess.run(run, capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertTrue(done.stdout.startswith('tests/a.c:1: a file starts'))
            listed = subprocess.run(run + ['--list'], capture_output=True, text=True)
            self.assertIn('5 0 0 tests/a.c:1 f', listed.stdout)


class Reader(unittest.TestCase):
    """What C can look like without misleading the measure."""

    def names(self, text):
        return [(f.name, f.parameters) for f in c_source.read(text).functions]

    def test_heads(self):
        self.assertEqual(self.names('__attribute__((noreturn)) void f(int a) { }'), [('f', 1)])
        self.assertEqual(self.names('STATUS g(struct s *a, int (*b)(int, int)) { }\nint h(void) { }'), [('g', 2), ('h', 0)])
        self.assertEqual(self.names('X(1, 2)\nint f(int a) { }'), [('f', 1)])

    def test_no_heads(self):
        self.assertEqual(self.names('struct s { int (*f)(int); };\nint a[] = { F(1) };\nenum e { A = (1) };\n'), [])
        self.assertEqual(self.names('typedef struct { int a; } t;\nstatic const struct d x = { .f = (1) };\n'), [])
        self.assertEqual(self.names('#define F(a) { a(); }\n#define G \\\n  } {\nint a;\n'), [])

    def test_literals(self):
        self.assertEqual(self.names('int f(void) { return \'}\' + \'\\\'\' + "}\\"{"[0]; /* } */ // }\n}'), [('f', 0)])

    def test_nesting_of_expressions(self):
        text = 'int f(void) { struct s a = { .b = { 1 } }; int c = ({ if (a) { b(); } 1; }); out: return c; }'
        self.assertEqual(c_source.read(text).functions[0].nesting, 2)


if __name__ == '__main__':
    unittest.main()
