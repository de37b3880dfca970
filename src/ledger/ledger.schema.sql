-- The ledger. Streams: each writing thread appends to its own, so that writers do not wait for each other and no row that
-- commits late can slip in behind the sequencer (sequence.c says why).
-- migration 1 create_ledger_stream
CREATE TABLE ledger_stream (
    shard SMALLINT NOT NULL,
    writer INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (shard, writer)
)
-- One row a group commit (more where a group is larger than 256 entries). body: see entry.h.
-- migration 2 create_ledger_batch
-- rowid
CREATE TABLE ledger_batch (
    shard SMALLINT NOT NULL,
    writer INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    entries INTEGER NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (shard, writer, seq)
)
-- How far the sequencer has taken each stream.
-- migration 3 create_ledger_cursor
CREATE TABLE ledger_cursor (
    shard SMALLINT NOT NULL,
    writer INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (shard, writer)
)
-- migration 4 create_ledger_index
CREATE TABLE ledger_index (
    shard SMALLINT NOT NULL,
    first_index BIGINT NOT NULL,
    writer INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (shard, first_index)
)
-- migration 5 create_ledger_tile
-- rowid
CREATE TABLE ledger_tile (
    shard SMALLINT NOT NULL,
    level SMALLINT NOT NULL,
    place BIGINT NOT NULL,
    width INTEGER NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (shard, level, place)
)
-- migration 6 create_ledger_checkpoint
CREATE TABLE ledger_checkpoint (
    shard SMALLINT NOT NULL,
    size BIGINT NOT NULL,
    time_us BIGINT NOT NULL,
    root BYTEA NOT NULL,
    note TEXT NOT NULL,
    cosignatures TEXT NOT NULL,
    PRIMARY KEY (shard, size)
)
-- The sequencer's lease (token grows with each change of holder) and how far the person index reaches.
-- migration 7 create_ledger_state
CREATE TABLE ledger_state (
    shard SMALLINT NOT NULL,
    holder BIGINT NOT NULL,
    token BIGINT NOT NULL,
    until_us BIGINT NOT NULL,
    person_size BIGINT NOT NULL,
    PRIMARY KEY (shard)
)
-- The index by person, rebuildable from the entries: sorted runs, merged as they grow (person.c).
-- migration 8 create_ledger_run
CREATE TABLE ledger_run (
    shard SMALLINT NOT NULL,
    level SMALLINT NOT NULL,
    run BIGINT NOT NULL,
    end_index BIGINT NOT NULL,
    pairs BIGINT NOT NULL,
    PRIMARY KEY (shard, level, run)
)
-- migration 9 create_ledger_page
CREATE TABLE ledger_page (
    shard SMALLINT NOT NULL,
    level SMALLINT NOT NULL,
    run BIGINT NOT NULL,
    first_person BIGINT NOT NULL,
    first_entry BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (shard, level, run, first_person, first_entry)
)
-- Entries under each agreement by day, and how many of them a count entry has stated.
-- migration 10 create_ledger_count
CREATE TABLE ledger_count (
    shard SMALLINT NOT NULL,
    day INTEGER NOT NULL,
    agreement TEXT NOT NULL,
    entries BIGINT NOT NULL,
    stated BIGINT NOT NULL,
    PRIMARY KEY (shard, day, agreement)
)
