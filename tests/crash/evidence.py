"""What is in the store after a crash, read without the program: a copy of the SQLite file with its log, or PostgreSQL by psql.

The copy matters: opening the file itself would replay and remove the log, which is the program's own work after a kill.
"""
import collections
import csv
import hashlib
import io
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile

SALT_BYTES, FIXED_BYTES, TAG_LIVE = 16, 26, 1
TAPE_MAGIC, TAPE_HEAD, TAPE_HALF = b'DATP', 32, 32 << 20

Entry = collections.namedtuple('Entry', 'operation person fields request')


class Store:
    def __init__(self, world):
        self.world = world

    def rows(self, sql):
        """Rows as tuples of text. {hex:column} gives a bytes column in hexadecimal on either engine."""
        if self.world.store:
            sql = sql.replace('{hex:', "encode(").replace('}', ",'hex')")
            done = subprocess.run(['psql', '-X', '-q', '--csv', '-t', '-d', self.world.store, '-c', sql], capture_output=True, text=True, check=True)
            return [tuple(row) for row in csv.reader(io.StringIO(done.stdout))]
        with tempfile.TemporaryDirectory(prefix='dancu-evidence-') as folder:
            for path in self.world.data.glob('dancu.db*'):
                if not path.name.endswith('-shm'):
                    shutil.copy(path, folder)
            base = sqlite3.connect(pathlib.Path(folder) / 'dancu.db')
            try:
                return [tuple(map(str, row)) for row in base.execute(sql.replace('{hex:', 'hex(').replace('}', ')'))]
            finally:
                base.close()

    def one(self, sql):
        return int(self.rows(sql)[0][0])

    def digest(self, sql):
        """SHA-256 over the rows, which the query has to order."""
        return hashlib.sha256(repr(self.rows(sql)).encode()).hexdigest()

    def entries(self):
        """Every entry of the ledger, sequenced, pending, or durable on the tape."""
        out = []
        for (body,) in self.rows('SELECT {hex:body} FROM ledger_batch ORDER BY shard, writer, seq'):
            out += batch_entries(bytes.fromhex(body))
        tape = self.world.data / 'dancu.db-tape'
        if not self.world.store and tape.exists():
            taken = self.one('SELECT coalesce(max(seq), 0) FROM ledger_batch WHERE writer = 1')
            for number, body in tape_records(tape.read_bytes()):
                if number > taken:
                    out += batch_entries(body)
        return out


def tape_records(data):
    """Numbers and bodies on the tape; the layout is told in src/store/tape.c. The sums are not looked at: the file comes from
    a kernel that lives, so no record is torn but the very last."""
    for half in (data[:TAPE_HALF], data[TAPE_HALF:]):
        at, before = 0, None
        while half[at:at + 4] == TAPE_MAGIC:
            length, number = int.from_bytes(half[at + 4:at + 8], 'big'), int.from_bytes(half[at + 8:at + 16], 'big')
            if (before is not None and number != before + 1) or at + TAPE_HEAD + length > len(half):
                break
            yield number, half[at + TAPE_HEAD:at + TAPE_HEAD + length]
            at, before = at + TAPE_HEAD + length, number


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7f) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def batch_entries(batch):
    """The records of one row of ledger_batch; the layout is told in src/ledger/entry.h."""
    out, at = [], 0
    while at < len(batch):
        length, at = varint(batch, at)
        if batch[at] == TAG_LIVE:
            out.append(entry_of(batch[at + 1 + SALT_BYTES:at + length]))
        at += length
    return out


def entry_of(body):
    person, fields = int.from_bytes(body[10:18], 'big'), int.from_bytes(body[18:26], 'big')
    numbers, at = [], FIXED_BYTES
    for _ in range(5):  # roles, account, unit, request, count
        value, at = varint(body, at)
        numbers.append(value)
    length, at = varint(body, at)
    return Entry(body[at:at + length].decode(), person, fields, numbers[3])
