"""Wrong commands, and folders and stores in a state that they should not be in. Each gets a folder of its own: a copy of the
loaded one, where it needs people."""
import os
import re
import shutil
import sqlite3

from files import HEAD
from world import Wrong

FAILED, USAGE = 1, 2
GIB2 = 2 << 30
CELL = b'"' + b'a' * 65536


def cases():
    return commands() + folders()


def verb(*words, **environment):
    return lambda a: a.verb(*words, **environment)


def commands():
    return [
        ('Unknown verb', 'verb', USAGE, 'VERB_UNKNOWN', verb('frobnicate')),
        ('Unknown option', 'verb', USAGE, 'OPTION_UNKNOWN', verb('serve', '--prot', 80)),
        ('Argument missing', 'verb', USAGE, 'ARGUMENT_MISSING', verb('import')),
        ('Argument too many', 'verb', USAGE, 'ARGUMENT_EXTRA', verb('ledger', 'prove', 1, 2)),
        ('Value of an option missing', 'verb', USAGE, 'OPTION_VALUE', verb('serve', '--port')),
        ('Option twice', 'verb', USAGE, 'OPTION_DOUBLE', verb('serve', '--port', 1, '--port', 2)),
        ('Port out of range', 'verb', FAILED, 'VALUE_RANGE', leaving_nothing('serve', '--data', 'slip', '--port', 99999)),
        ('Too few synthetic people', 'verb', FAILED, 'VALUE_RANGE', leaving_nothing('synth', '--people', 12, '--out', 'slip')),
        ('Language that is not spoken', 'verb', FAILED, 'ENUM_UNKNOWN', verb('version', '--lang', 'fr')),
        ('Test hook without --debug', 'verb', USAGE, 'OPTION_NEEDS', leaving_nothing('init', '--data', 'slip', '--clock', '2026-07-01T00:00:00Z')),
        ('Personal number too short', 'verb', FAILED, 'NUMBER_FORMAT', verb('person', 'verify', '--data', 'data', '--number', '12')),
        ('Wrong password of --as', 'verb', FAILED, 'SIGN_IN_FAILED',
         lambda a: a.verb('person', 'own', '--data', 'data', '--as', f'nobody-{a.lang}', DANCU_PASSWORD='not-the-password'), True),
        ('Store address that means nothing', 'verb', FAILED, 'STORE_URL', verb('init', '--data', 'data', '--store', 'mysql://localhost/dancu')),
        ('List that is not there', 'verb', FAILED, 'IO', verb('import', '--data', 'data', 'no-such-list.csv')),
        ('A folder instead of a list', 'verb', FAILED, 'IO', verb('import', '--data', 'data', 'data')),
        ('A list with a cell of 2 GB', 'verb', FAILED, 'FILE_TOO_LARGE', cell_of_2_gb),
        ('People loaded twice', 'verb', FAILED, 'REGISTER_NOT_EMPTY', lambda a: a.verb('load', '--data', 'data', a.synth)),
        ('Loaded from a folder without people', 'verb', FAILED, 'IO', loaded_from_nothing),
    ]


def leaving_nothing(*words):
    def do(a):
        answer = a.verb(*words)
        if (a.w.folder / 'slip').exists():
            raise Wrong('it left a folder behind')
        return answer
    return do


def loaded_from_nothing(a):
    (a.w.folder / 'empty').mkdir(exist_ok=True)
    return a.verb('load', '--data', a.fresh('loaded'), 'empty')


def cell_of_2_gb(a):
    """The file has a hole: 2 GB on paper, one block on the disk."""
    path = a.w.folder / 'cell.csv'
    with open(path, 'wb') as f:
        f.write(HEAD.encode() + CELL)
        f.truncate(GIB2)
    try:
        return a.verb('import', '--data', 'data', 'cell.csv')
    finally:
        path.unlink()


def folders():
    return [
        ('Data folder that cannot be made', 'data folder', FAILED, 'IO', under_a_file),
        ('Key of the ledger readable by others', 'data folder', FAILED, 'KEY_FILE', open_key),
        ('Error in a definition', 'data folder', FAILED, 'DEFINITION', definition),
        ('Definition that is no YAML', 'data folder', FAILED, 'DEFINITION', no_yaml),
        ('Store that is no database', 'store', FAILED, 'CORRUPT', no_database),
        ('Store of a newer program', 'store', FAILED, 'SCHEMA_NEWER', newer),
        ('A changed byte in the ledger', 'ledger', FAILED, 'LEDGER_UNSOUND', tampered),
        ('An entry taken out of the ledger', 'ledger', FAILED, 'LEDGER_UNSOUND', cut_out),
    ]


def under_a_file(a):
    (a.w.folder / 'file').write_text('')
    return a.verb('init', '--data', 'file/data')


def loaded(a, name):
    """A copy of the folder that the population was loaded into: nobody serves it."""
    where = a.w.folder / a.fresh(name)
    shutil.copytree(a.base / 'data', where)
    return where


def open_key(a):
    where = loaded(a, 'key')
    os.chmod(where / 'ledger.key', 0o644)
    return a.verb('init', '--data', where.name)


AGREEMENT = '''agreements:
  - code: AG-2026-900
    member: benhvien-tinh
    title: {vi: Thử, en: Test}
    law: "-"
    operations: [person.verify]
    fields: [name, salary]
    from: 2026-01-01
'''


def with_definition(a, name, text, expected):
    where = loaded(a, name)
    (where / 'definitions' / 'agreements').mkdir(parents=True)
    (where / 'definitions' / 'agreements' / 'test.yaml').write_text(text, encoding='utf-8')
    answer = a.verb('init', '--data', where.name)
    if not re.search(expected, answer.place):
        raise Wrong(f'the place is not told: {answer.place}')
    return answer


def definition(a):
    return with_definition(a, 'definition', AGREEMENT, r'agreements/test\.yaml:7:20: .*salary.*; .+')


def no_yaml(a):
    return with_definition(a, 'yaml', AGREEMENT.replace('[name, salary]', '[name, "birth]'), r'agreements/test\.yaml:\d+:\d+: .+; .+')


def no_database(a):
    where = loaded(a, 'nodb')
    (where / 'dancu.db').write_bytes(b'this is a letter and no database\n' * 1000)
    return a.verb('init', '--data', where.name)


def change(where, sql, *values):
    with sqlite3.connect(where / 'dancu.db') as db:
        if db.execute(sql, values).rowcount < 1:
            raise Wrong(f'nothing to change: {sql}')
    db.close()


def newer(a):
    where = loaded(a, 'newer')
    change(where, "INSERT INTO schema_migration (module, number, name) VALUES ('register', 9999, 'from_the_future')")
    return a.verb('init', '--data', where.name)


def verify(a, where, expected):
    answer = a.verb('ledger', 'verify', '--data', where.name)
    told = answer.out.strip().splitlines()[-1]
    if not re.fullmatch(expected, told):
        raise Wrong(f'which entry, is not told: {told}')
    answer.place = told
    return answer


def with_entries(a, name):
    """A ledger of three disclosures, in their tree."""
    where = a.w.folder / a.fresh(name)
    shutil.copytree(a.disclosed, where)
    return where


def tampered(a):
    where = with_entries(a, 'tampered')
    with sqlite3.connect(where / 'dancu.db') as db:
        shard, writer, seq, body = db.execute('SELECT shard, writer, seq, body FROM ledger_batch JOIN ledger_index USING (shard, writer, seq) '
                                              'ORDER BY first_index DESC LIMIT 1').fetchone()
    body = bytearray(body)
    body[-3] ^= 1
    change(where, 'UPDATE ledger_batch SET body = ? WHERE shard = ? AND writer = ? AND seq = ?', bytes(body), shard, writer, seq)
    return verify(a, where, r'bad_\w+ \d+')


def cut_out(a):
    where = with_entries(a, 'cut')
    change(where, 'DELETE FROM ledger_index WHERE first_index = (SELECT MAX(first_index) FROM ledger_index)')
    return verify(a, where, r'bad_\w+ -?\d+')
