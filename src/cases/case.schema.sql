-- Cases: the row is the fold of its events and is written with them. said, held, chosen: values as person.correct reads them.
-- print: what the case is about, values: what was said of it, as hashes; generation: how often it was asked about.
-- migration 1 create_case_item
CREATE TABLE case_item (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    kind SMALLINT NOT NULL,
    state SMALLINT NOT NULL,
    queue SMALLINT NOT NULL,
    generation INTEGER NOT NULL,
    print BIGINT NOT NULL,
    said_hash BIGINT NOT NULL,
    register_code TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    other_row BIGINT NOT NULL,
    person BIGINT NOT NULL,
    other_person BIGINT NOT NULL,
    unit INTEGER NOT NULL,
    attribute TEXT NOT NULL,
    field TEXT NOT NULL,
    said TEXT NOT NULL,
    held TEXT NOT NULL,
    choice SMALLINT NOT NULL,
    chosen TEXT NOT NULL,
    decider BIGINT NOT NULL,
    opened_us BIGINT NOT NULL,
    due_us BIGINT NOT NULL,
    ended_us BIGINT NOT NULL,
    source TEXT NOT NULL,
    doc BYTEA NOT NULL,
    PRIMARY KEY (shard, id)
)
-- migration 2 index_case_print
CREATE UNIQUE INDEX case_item_print ON case_item (shard, print, generation)
-- migration 3 index_case_queue
CREATE INDEX case_item_queue ON case_item (shard, queue, due_us, id)
-- migration 4 index_case_unit
CREATE INDEX case_item_unit ON case_item (shard, unit, queue, due_us, id)
-- migration 5 index_case_person
CREATE INDEX case_item_person ON case_item (shard, person, id)
-- What happened to it, never changed.
-- migration 6 create_case_event
CREATE TABLE case_event (
    shard SMALLINT NOT NULL,
    case_id BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    command SMALLINT NOT NULL,
    state SMALLINT NOT NULL,
    at_us BIGINT NOT NULL,
    account BIGINT NOT NULL,
    actor TEXT NOT NULL,
    organisation TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (shard, case_id, seq)
)
-- Who has it open, so that two officers see each other. It hinders nobody: the version does.
-- migration 7 create_case_claim
CREATE TABLE case_claim (
    shard SMALLINT NOT NULL,
    case_id BIGINT NOT NULL,
    account BIGINT NOT NULL,
    actor TEXT NOT NULL,
    organisation TEXT NOT NULL,
    since_us BIGINT NOT NULL,
    seen_us BIGINT NOT NULL,
    PRIMARY KEY (shard, case_id)
)
-- Registers that hold the person and have to learn of the decision. state: 1 told, 2 acknowledged.
-- migration 8 create_case_holder
CREATE TABLE case_holder (
    shard SMALLINT NOT NULL,
    case_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    told_us BIGINT NOT NULL,
    due_us BIGINT NOT NULL,
    chased INTEGER NOT NULL,
    ended_us BIGINT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (shard, case_id, code, row_id)
)
-- migration 9 index_case_holder_due
CREATE INDEX case_holder_due ON case_holder (shard, state, due_us, case_id)
-- migration 10 index_case_holder_code
CREATE INDEX case_holder_code ON case_holder (shard, code, state, due_us, case_id)
-- migration 11 create_case_figure
CREATE TABLE case_figure (
    shard SMALLINT NOT NULL,
    unit INTEGER NOT NULL,
    kind SMALLINT NOT NULL,
    queue SMALLINT NOT NULL,
    cases BIGINT NOT NULL,
    PRIMARY KEY (shard, unit, kind, queue)
)
-- How far the watch has come through the due times of a queue, so that a late case is told once.
-- migration 12 create_case_watch
CREATE TABLE case_watch (
    shard SMALLINT NOT NULL,
    queue SMALLINT NOT NULL,
    due_us BIGINT NOT NULL,
    unit INTEGER NOT NULL,
    PRIMARY KEY (shard, queue)
)
