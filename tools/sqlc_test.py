"""Each refusal of sqlc, and what it makes of good input."""
import os
import subprocess
import tempfile
import unittest

import sqlc
import tap
from sqlc_text import Refusal

SCHEMA = '''-- migration 1 create_person
CREATE TABLE person (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    weight DOUBLE PRECISION NOT NULL,
    photo BYTEA NOT NULL,
    alive SMALLINT NOT NULL,
    PRIMARY KEY (shard, id)
)
-- migration 2 index_person_name
CREATE INDEX person_name ON person (shard, name)
-- migration 3 create_claim
-- global: a claim row keyed by the value itself
CREATE TABLE claim (number BIGINT NOT NULL, person BIGINT NOT NULL, PRIMARY KEY (number))
'''
OTHER = '''-- migration 1 create_letter
CREATE TABLE letter (shard SMALLINT NOT NULL, id BIGINT NOT NULL, person BIGINT NOT NULL, PRIMARY KEY (shard, id))
'''


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.put('post/letter.schema.sql', OTHER)

    def put(self, name, text):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return path

    def make(self, queries, schema=SCHEMA):
        paths = [self.put('people/person.schema.sql', schema), self.put('people/person.sql', queries)]
        head, body, _ = sqlc.make('people', paths, self.folder.name)
        return head, body

    def refused(self, queries, *words, schema=SCHEMA, line=None):
        with self.assertRaises(Refusal) as caught:
            self.make(queries, schema)
        text = str(caught.exception)
        for word in words:
            self.assertIn(word, text)
        self.assertRegex(text, r'person\.(schema\.)?sql:\d+: error: .+; .+')
        if line is not None:
            self.assertIn(f'sql:{line}: ', text)

    def query(self, sql, header='-- query q() one?'):
        return f'{header}\n{sql};\n'


class Schema(Case):
    def table(self, body, head='-- migration 1 make'):
        return f'{head}\nCREATE TABLE t ({body})\n'

    def bad(self, body, *words, **more):
        self.refused('', *words, schema=self.table(body), **more)

    def test_null_column(self):
        self.bad('shard SMALLINT NOT NULL, a BIGINT, PRIMARY KEY (shard)', 'a may be NULL')

    def test_no_primary_key(self):
        self.bad('shard SMALLINT NOT NULL', 'no primary key')

    def test_key_without_shard(self):
        self.bad('shard SMALLINT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (id, shard)', 'does not begin with shard', '-- global')

    def test_unique_without_shard(self):
        self.bad('shard SMALLINT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (shard, id), UNIQUE (id)', 'UNIQUE (id)')

    def test_foreign_key_without_shard(self):
        self.bad('shard SMALLINT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (shard, id), FOREIGN KEY (id) REFERENCES t (id)', 'FOREIGN KEY (id)')

    def test_foreign_key_to_nothing(self):
        self.bad('shard SMALLINT NOT NULL, PRIMARY KEY (shard), FOREIGN KEY (shard) REFERENCES nowhere (shard)', 'refers to nowhere')

    def test_inline_keys(self):
        self.bad('id BIGINT NOT NULL PRIMARY KEY', 'PRIMARY KEY (id)')
        self.bad('shard SMALLINT NOT NULL, id BIGINT NOT NULL UNIQUE, PRIMARY KEY (shard)', 'UNIQUE (id)')

    def test_unique_index_without_shard(self):
        self.refused('', 'UNIQUE INDEX (name)', schema=SCHEMA.replace('CREATE INDEX person_name ON person (shard, name)', 'CREATE UNIQUE INDEX person_name ON person (name)'))

    def test_global_needs_a_reason(self):
        self.bad('id BIGINT NOT NULL, PRIMARY KEY (id)', 'does not begin with shard')
        self.refused('', 'without a reason', schema=self.table('id BIGINT NOT NULL, PRIMARY KEY (id)', '-- migration 1 make\n-- global:'))

    def test_foreign_types(self):
        for kind in ('INT8', 'VARCHAR(20)', 'SERIAL', 'JSONB', 'TIMESTAMP', 'BOOLEAN', 'BLOB', 'NUMERIC(10, 2)'):
            self.bad(f'shard SMALLINT NOT NULL, a {kind} NOT NULL, PRIMARY KEY (shard)', kind.split('(')[0])

    def test_two_columns_of_a_name(self):
        self.bad('shard SMALLINT NOT NULL, shard BIGINT NOT NULL, PRIMARY KEY (shard)', 'stands twice')

    def test_other_statements(self):
        for sql in ('CREATE TRIGGER t AFTER INSERT ON person BEGIN SELECT 1', 'CREATE SEQUENCE s', 'CREATE VIEW v AS SELECT 1', 'PRAGMA user_version',
                    'INSERT INTO person (shard) VALUES (1)', 'ALTER TABLE person DROP COLUMN name', 'CREATE TEMP TABLE x (a BIGINT NOT NULL)'):
            self.refused('', 'error', schema=SCHEMA + f'-- migration 4 more\n{sql}\n')

    def test_two_statements(self):
        self.refused('', 'one DDL statement', schema=SCHEMA + '-- migration 4 more\nDROP TABLE claim; DROP TABLE person\n')

    def test_numbers(self):
        self.refused('', '3 was expected', schema=SCHEMA.replace('migration 3', 'migration 4'))
        self.refused('', 'where 3 was expected', schema=SCHEMA.replace('migration 3', 'migration 2'))

    def test_header(self):
        self.refused('', 'not understood', schema=SCHEMA + '-- migration four x\nDROP TABLE claim\n')

    def test_added_column(self):
        more = SCHEMA + '-- migration 4 more\nALTER TABLE person ADD COLUMN note TEXT NOT NULL'
        self.refused('', 'needs a DEFAULT', schema=more)
        head, _ = self.make(self.query('SELECT note FROM person WHERE shard = 1 AND id = 2'), more + " DEFAULT ''")
        self.assertIn('str note;', head)

    def test_a_table_filled(self):
        new = SCHEMA + '-- migration 4 more\nCREATE TABLE old (shard SMALLINT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (shard, id))\n-- migration 5 fill\n'
        head, _ = self.make(self.query('SELECT id FROM old WHERE shard = 1 AND id = 2'), new + 'INSERT INTO old (shard, id) SELECT shard, id FROM person\n')
        self.assertIn('int64_t id;', head)
        self.refused('', 'does not name every column', schema=new + 'INSERT INTO old (id) SELECT id FROM person\n')
        self.refused('', 'is no table of', schema=new + 'INSERT INTO old (shard, id) SELECT shard, id FROM elsewhere\n')

    def test_a_name_of_another_module(self):
        self.refused('', 'exists already in module post', schema=SCHEMA.replace('person', 'letter'))

    def test_index_of_an_unknown_column(self):
        self.refused('', 'no column nmae', schema=SCHEMA.replace('(shard, name)', '(shard, nmae)'))

    def test_dialects(self):
        _, body = self.make('')
        self.assertIn('weight REAL NOT NULL, photo BLOB NOT NULL', body)
        self.assertIn('PRIMARY KEY (shard, id)) STRICT, WITHOUT ROWID"', body)
        self.assertIn('PRIMARY KEY (number)) STRICT"', body)
        self.assertIn('name TEXT COLLATE \\"C\\" NOT NULL, weight DOUBLE PRECISION NOT NULL, photo BYTEA NOT NULL', body)
        _, body = self.make('', SCHEMA.replace('create_person\n', 'create_person\n-- rowid\n'))
        self.assertIn('PRIMARY KEY (shard, id)) STRICT"', body)

    def test_key_by_id_alone(self):
        alone = SCHEMA.replace('create_person\n', 'create_person\n-- id alone: ids are unique over all shards\n')
        walk = self.query('SELECT name FROM person WHERE shard = :shard AND id > :after ORDER BY id LIMIT 9', '-- query q(shard i16, after i64) many')
        _, body = self.make(walk, alone)
        self.assertIn('PRIMARY KEY (id)) STRICT"', body)
        self.assertIn('PRIMARY KEY (shard, id))"', body)
        self.assertIn('FROM person NOT INDEXED WHERE shard = ?1 AND id > ?2', body)
        self.assertIn('FROM person WHERE shard = $1 AND id > $2', body)
        self.assertNotIn('NOT INDEXED', self.make(walk)[1])
        self.refused('', 'without a reason', schema=SCHEMA.replace('create_person\n', 'create_person\n-- id alone:\n'))
        self.refused('', 'has another key', schema=SCHEMA.replace('create_claim\n', 'create_claim\n-- id alone: not so here\n'))


class Queries(Case):
    ONE = 'SELECT name FROM person WHERE shard = :shard AND id = :id'

    def test_misspelt_column(self):
        self.refused('\n' + self.query('SELECT id,\n nmae FROM person WHERE shard = 1 AND id = 2'), 'no such column: nmae', 'person.schema.sql', line=4)

    def test_misspelt_table(self):
        self.refused(self.query('SELECT name FROM persn WHERE id = 2'), 'no such table: persn', line=2)

    def test_syntax(self):
        self.refused(self.query('SELECT name FORM person'), 'syntax error')

    def test_unused_parameter(self):
        self.refused(self.query(self.ONE, '-- query q(shard i16, id i64, more str) one?'), 'more is declared but not used')

    def test_undeclared_parameter(self):
        self.refused(self.query(self.ONE, '-- query q(shard i16) one?'), ':id is used but not declared')

    def test_type_of_a_comparison(self):
        for kind in ('i32', 'str', 'f64', 'bytes', 'bool'):
            self.refused(self.query(self.ONE, f'-- query q(shard i16, id {kind}) one?'), f':id is {kind} but id is i64')

    def test_type_in_other_places(self):
        wrong = '-- query q(a str) one?'
        for where in ('id BETWEEN :a AND 5', 'id BETWEEN 1 AND :a', 'id NOT BETWEEN 1 AND :a', 'id IN (1, :a)', 'id NOT IN (:a, 2)', ':a = id', 'id > 3 AND :a < person.id',
                      'id = :a + 1', '(id, version) > (:a, 1)', 'person.id = :a'):
            if where == 'id = :a + 1':
                continue
            self.refused(self.query(f'SELECT name FROM person WHERE shard = 1 AND id = 1 AND {where}', wrong), ':a is str but')
        self.refused(self.query('SELECT name FROM person WHERE shard = 1 ORDER BY id LIMIT :a', wrong), ':a of LIMIT')
        self.refused(self.query('SELECT p.name FROM person AS p WHERE p.shard = 1 AND p.id = :a', wrong), 'p.id is i64')

    def test_type_of_what_is_written(self):
        self.refused(self.query('INSERT INTO claim (number, person) VALUES (1, :a)', '-- query q(a i32) exec'), 'person is i64')
        self.refused(self.query('INSERT INTO claim (number, person) SELECT id, :a FROM person WHERE shard = 1 AND id = 5', '-- query q(a i32) exec'), 'person is i64')
        self.refused(self.query('UPDATE person SET name = :a WHERE shard = 1 AND id = 1', '-- query q(a i32) exec'), 'name is str')
        self.refused(self.query('UPDATE person SET version = version + :a WHERE shard = 1 AND id = 1', '-- query q(a i64) exec'), 'version is i32')
        self.refused(self.query('INSERT INTO claim VALUES (1, 2)', '-- query q() exec'), 'column list')

    def test_bool_is_a_smallint(self):
        head, _ = self.make(self.query('SELECT id, alive FROM person WHERE shard = 1 AND id = 1 AND alive = :a', '-- query q(a bool) one?\n-- gives alive bool'))
        self.assertIn('bool alive;', head)

    def test_result_without_a_type(self):
        sql = 'SELECT COUNT(*) AS n FROM person WHERE shard = 1 AND id = 1'
        self.refused(self.query(sql), 'type of the result column n', '-- gives')
        head, _ = self.make(self.query(sql, '-- query q() one?\n-- gives n i64'))
        self.assertIn('int64_t n;', head)

    def test_result_with_a_wrong_type(self):
        self.refused(self.query('SELECT name FROM person WHERE shard = 1 AND id = 1', '-- query q() one?\n-- gives name i64'), 'name is str in the schema')
        self.refused(self.query('SELECT name FROM person WHERE shard = 1 AND id = 1', '-- query q() one?\n-- gives nmae str'), 'names no result column')

    def test_result_without_a_name(self):
        self.refused(self.query('SELECT COUNT(*) FROM person WHERE shard = 1 AND id = 1'), 'no name for a C field')
        self.refused(self.query('SELECT name AS while FROM person WHERE shard = 1 AND id = 1'), 'no name for a C field')
        self.refused(self.query('SELECT name, version AS name FROM person WHERE shard = 1 AND id = 1'), 'comes twice')

    def test_scans(self):
        self.refused(self.query('SELECT id FROM person WHERE version = 1'), 'reads a whole table', 'SCAN person')
        self.refused(self.query('SELECT p.id FROM person AS p WHERE p.version = 1'), 'SCAN p')
        self.refused(self.query('SELECT id FROM person WHERE shard = 1 AND version = 2'), 'reads a whole table')
        self.refused(self.query('SELECT id FROM person WHERE shard = 1 ORDER BY version LIMIT 5'), 'reads a whole table')
        self.refused(self.query('DELETE FROM person WHERE name = :a', '-- query q(a str) exec'), 'reads a whole table')
        self.refused(self.query('SELECT a.id FROM person AS a JOIN claim AS c ON c.person = a.id WHERE a.shard = 1 AND a.id = 4'), 'reads a whole table')

    def test_scan_with_a_reason(self):
        self.make(self.query('SELECT id FROM person WHERE version = 1', '-- query q() one?\n-- scan: once a night'))
        self.refused(self.query('SELECT id FROM person WHERE version = 1', '-- query q() one?\n-- scan:'), 'without a reason')
        self.refused(self.query('SELECT id FROM person WHERE shard = 1 AND id = 1', '-- query q() one?\n-- scan: once a night'), 'scans nothing')

    def test_bounded_by_an_index(self):
        self.make(self.query('SELECT id, name FROM person WHERE shard = :shard ORDER BY name LIMIT 5', '-- query q(shard i16) many'))

    def test_modes(self):
        one = 'SELECT id FROM person WHERE shard = 1 AND id > 1 ORDER BY id'
        self.refused(self.query(one, '-- query q() many'), 'without LIMIT')
        self.refused(self.query(one, '-- query q() exec'), 'gives rows')
        self.refused(self.query('DELETE FROM claim WHERE number = 1'), 'gives no rows')
        self.refused(self.query('DELETE FROM claim WHERE number = 1 RETURNING person', '-- query q() each'), 'changes rows')
        self.refused(self.query('DELETE FROM claim WHERE number = 1', '-- query q() bulk'), 'without parameters')
        self.refused(self.query(one, '-- query q() some'), 'not understood')
        self.make(self.query('DELETE FROM claim WHERE number = 1 RETURNING person'))

    def test_another_module(self):
        sql = 'SELECT person FROM letter WHERE shard = 1 AND id = 1'
        self.refused(self.query(sql), 'touches letter of module post', '-- reads other')
        self.refused(self.query(sql, '-- query q() one?\n-- reads other:'), 'without a reason')
        self.make(self.query(sql, '-- query q() one?\n-- reads other: a report over both'))

    def test_what_is_not_portable(self):
        for sql in ("name LIKE 'a%'", "name GLOB 'a*'", "json_extract(name, '$.a') = 1", "name -> 'a' = 1", "id::text = 'a'", 'upper(name) = 1', 'ifnull(id, 0) = 1',
                    'id == 1', 'alive = TRUE', 'random() = 1', 'id = CURRENT_TIMESTAMP', 'rowid = 1', '"id" = 1', 'max(id, version) = 1', 'alive & 1 = 1', 'id = ?',
                    'id = $1', "name = 'a' COLLATE NOCASE", 'now() = 1', "nextval('s') = 1"):
            self.refused(self.query(f'SELECT id FROM person WHERE shard = 1 AND id = 1 AND {sql}'), 'error')

    def test_other_words(self):
        for sql in ('SELECT id FROM person WHERE shard = 1 AND id = 1 FOR UPDATE', 'INSERT OR REPLACE INTO claim (number, person) VALUES (1, 2)', 'SELECT * FROM person WHERE shard = 1 AND id = 1',
                    'SELECT p.* FROM person AS p WHERE p.shard = 1 AND p.id = 1', 'PRAGMA user_version', 'DROP TABLE person', 'VACUUM', 'SELECT 1 AS a; SELECT 2 AS b'):
            self.refused(self.query(sql), 'error')

    def test_headers(self):
        for header in ('-- query Q() one?', '-- query q one?', '-- query q(a) one?', '-- query q(a int) one?', '-- query q(cx i64) one?', '-- query q(int i64) one?', '-- query q(a i64, a i64) one?'):
            self.refused(self.query('SELECT name FROM person WHERE shard = 1 AND id = :a', header), 'not understood' if 'a i64, a' not in header else 'stands twice')

    def test_sql_before_the_first_query(self):
        self.refused('SELECT 1;\n', 'before the first section', line=1)

    def test_a_name_twice(self):
        self.refused(self.query(self.ONE, '-- query q(shard i16, id i64) one?') * 2, 'exists already')

    def test_shared_rows(self):
        first = self.query('SELECT id, name FROM person WHERE shard = 1 AND id = 1', '-- query q() one?\n-- row card')
        head, _ = self.make(first + self.query('SELECT id, name FROM person WHERE shard = 1 AND id = 2', '-- query r() one?\n-- row card'))
        self.assertEqual(head.count('struct card {'), 1)
        self.refused(first + self.query('SELECT name, id FROM person WHERE shard = 1 AND id = 2', '-- query r() one?\n-- row card'), 'struct card has other columns')


class Output(Case):
    def test_parameters_become_numbers(self):
        _, body = self.make(self.query("SELECT name FROM person WHERE shard = :s AND id = :i AND name <> ':s' AND version <> :i - :i", '-- query q(s i16, i i64) one?').replace('version <> :i - :i', 'id <> :i'))
        self.assertIn("shard = ?1 AND id = ?2 AND name <> ':s' AND id <> ?2", body)
        self.assertIn("shard = $1 AND id = $2 AND name <> ':s' AND id <> $2", body)
        self.assertIn('.param_types = "hl"', body)

    def test_more_than_four_parameters_are_a_struct(self):
        header = '-- query q(shard i16, id i64, version i32, name str,\n--   weight f64, photo bytes, alive bool) bulk'
        head, body = self.make(self.query('INSERT INTO person (shard, id, version, name, weight, photo, alive) VALUES (:shard, :id, :version, :name, :weight, :photo, :alive)', header))
        self.assertIn('STATUS q(struct ctx *cx, const struct q_params *p, int64_t *ret_changed);', head)
        self.assertIn('STATUS q_bulk(struct ctx *cx, const struct q_params *list, size_t count);', head)
        self.assertIn('hlisdbh', body)

    def test_a_join_of_own_tables(self):
        self.make(self.query('SELECT p.name, c.number FROM claim AS c JOIN person AS p ON p.shard = 1 AND p.id = c.person WHERE c.number = :n', '-- query q(n i64) one?'))

    def test_recursion(self):
        self.make(self.query('WITH RECURSIVE up(id, depth) AS (SELECT id, 0 FROM person WHERE shard = 1 AND id = :id UNION ALL '
                             'SELECT c.person, up.depth + 1 FROM up JOIN claim AS c ON c.number = up.id WHERE up.depth < 9) SELECT id, depth FROM up LIMIT 20',
                             '-- query q(id i64) many\n-- gives id i64, depth i32'))

    def test_the_command_line(self):
        bad = self.put('people/person.sql', self.query('SELECT nmae FROM person WHERE shard = 1 AND id = 1'))
        schema = self.put('people/person.schema.sql', SCHEMA)
        tool = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'sqlc.py')
        words = [os.sys.executable, tool, '--module', 'people', '--outdir', self.folder.name, '--src', self.folder.name, '--depfile', os.path.join(self.folder.name, 'd')]
        done = subprocess.run(words + [schema, bad], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn('person.sql:2: error: q: ', done.stderr)
        good = self.put('people/person.sql', self.query(Queries.ONE, '-- query q(shard i16, id i64) one?'))
        done = subprocess.run(words + [schema, good], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(os.path.join(self.folder.name, 'd'), encoding='utf-8') as file:
            self.assertIn('letter.schema.sql', file.read())


if __name__ == '__main__':
    tap.main()
