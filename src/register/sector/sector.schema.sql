-- Rows of sector registers, of any definition: what is searched stands in columns, the rest is opaque (value.c).
-- migration 14 create_sector_row
CREATE TABLE sector_row (
    shard SMALLINT NOT NULL,
    code TEXT NOT NULL,
    id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    state SMALLINT NOT NULL,
    person BIGINT NOT NULL,
    why_not SMALLINT NOT NULL,
    unit INTEGER NOT NULL,
    row_key TEXT NOT NULL,
    broken BIGINT NOT NULL,
    rules BIGINT NOT NULL,
    effective INTEGER NOT NULL,
    recorded_us BIGINT NOT NULL,
    source TEXT NOT NULL,
    delivery BIGINT NOT NULL,
    doc BYTEA NOT NULL,
    PRIMARY KEY (shard, code, id)
)
-- What tells one row of a register from another, folded.
-- migration 15 index_sector_row_key
CREATE UNIQUE INDEX sector_row_key ON sector_row (shard, code, row_key)
-- migration 16 index_sector_row_unit
CREATE INDEX sector_row_unit ON sector_row (shard, code, unit, id)
-- migration 17 index_sector_row_person
CREATE INDEX sector_row_person ON sector_row (shard, person, code, id)
-- The delivery in which a row was seen last: what stayed behind in the one before is gone from the list.
-- migration 18 index_sector_row_delivery
CREATE INDEX sector_row_delivery ON sector_row (shard, code, delivery, id)
-- What happened to a row; never changed.
-- migration 19 create_sector_event
CREATE TABLE sector_event (
    shard SMALLINT NOT NULL,
    code TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    kind SMALLINT NOT NULL,
    effective INTEGER NOT NULL,
    recorded_us BIGINT NOT NULL,
    source TEXT NOT NULL,
    actor BIGINT NOT NULL,
    person BIGINT NOT NULL,
    why_not SMALLINT NOT NULL,
    unit INTEGER NOT NULL,
    delivery BIGINT NOT NULL,
    doc BYTEA NOT NULL,
    PRIMARY KEY (shard, code, row_id, seq)
)
-- Counts kept with every change. `rules`: the hash of the checks by which the rows were judged.
-- migration 20 create_sector_figure
CREATE TABLE sector_figure (
    shard SMALLINT NOT NULL,
    code TEXT NOT NULL,
    rules BIGINT NOT NULL,
    unit INTEGER NOT NULL,
    figure SMALLINT NOT NULL,
    item SMALLINT NOT NULL,
    row_count BIGINT NOT NULL,
    PRIMARY KEY (shard, code, rules, unit, figure, item)
)
-- What a list did to a register. `previous`: the delivery of the same source before it, 0 for none.
-- migration 21 create_sector_delivery
CREATE TABLE sector_delivery (
    shard SMALLINT NOT NULL,
    delivery BIGINT NOT NULL,
    code TEXT NOT NULL,
    source TEXT NOT NULL,
    previous BIGINT NOT NULL,
    done SMALLINT NOT NULL,
    rows_new BIGINT NOT NULL,
    rows_changed BIGINT NOT NULL,
    rows_same BIGINT NOT NULL,
    rows_gone BIGINT NOT NULL,
    rows_keyless BIGINT NOT NULL,
    rows_outside BIGINT NOT NULL,
    PRIMARY KEY (shard, delivery)
)
-- migration 22 index_sector_delivery_source
CREATE INDEX sector_delivery_source ON sector_delivery (shard, code, source, done, delivery)
-- People whose record fails a rule of the population register; the others have no row. `unit`: of residence, as counted.
-- migration 23 create_person_flaw
CREATE TABLE person_flaw (
    shard SMALLINT NOT NULL,
    person BIGINT NOT NULL,
    unit INTEGER NOT NULL,
    rules BIGINT NOT NULL,
    broken BIGINT NOT NULL,
    PRIMARY KEY (shard, person)
)
-- migration 24 index_person_flaw_unit
CREATE INDEX person_flaw_unit ON person_flaw (shard, unit, person)
-- What agencies were asked about whose registers live elsewhere, once a subject or key. `due_us`: when somebody has to look at it
-- again (waiting: to ask; asking: its lease is over), else the end of time. `doc`: number and key, as a row keeps them.
-- migration 26 create_origin_ask
CREATE TABLE origin_ask (
    shard SMALLINT NOT NULL,
    code TEXT NOT NULL,
    ask_key TEXT NOT NULL,
    id BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    by_key SMALLINT NOT NULL,
    reason SMALLINT NOT NULL,
    tries INTEGER NOT NULL,
    due_us BIGINT NOT NULL,
    lease BIGINT NOT NULL,
    asked_us BIGINT NOT NULL,
    ended_us BIGINT NOT NULL,
    answered_us BIGINT NOT NULL,
    account BIGINT NOT NULL,
    organisation TEXT NOT NULL,
    ground TEXT NOT NULL,
    via TEXT NOT NULL,
    doc BYTEA NOT NULL,
    PRIMARY KEY (shard, code, ask_key)
)
-- migration 27 index_origin_ask_id
CREATE UNIQUE INDEX origin_ask_id ON origin_ask (shard, id)
-- migration 28 index_origin_ask_due
CREATE INDEX origin_ask_due ON origin_ask (shard, due_us)
-- migration 29 index_origin_ask_code
CREATE INDEX origin_ask_code ON origin_ask (shard, code, due_us)
-- How an agency answers of late: after some failures in a row it is left alone until `open_until_us`.
-- migration 30 create_origin_line
CREATE TABLE origin_line (
    shard SMALLINT NOT NULL,
    code TEXT NOT NULL,
    failures INTEGER NOT NULL,
    reason SMALLINT NOT NULL,
    open_until_us BIGINT NOT NULL,
    answered_us BIGINT NOT NULL,
    failed_us BIGINT NOT NULL,
    PRIMARY KEY (shard, code)
)
-- Counts kept with every change: rows of a unit that are linked alike and fail the same checks. `rules`: the hash of the checks by
-- which they were judged; `broken`: as in the row, 0 of those that have ended (link 5). Of the population only what has a flaw.
-- migration 31 create_sector_tally
CREATE TABLE sector_tally (
    shard SMALLINT NOT NULL,
    code TEXT NOT NULL,
    rules BIGINT NOT NULL,
    unit INTEGER NOT NULL,
    link SMALLINT NOT NULL,
    broken BIGINT NOT NULL,
    row_count BIGINT NOT NULL,
    PRIMARY KEY (shard, code, rules, unit, link, broken)
)
-- migration 32 count_sector_rows
INSERT INTO sector_tally (shard, code, rules, unit, link, broken, row_count)
SELECT shard, code, rules, unit, CASE WHEN state = 1 THEN why_not ELSE 5 END, CASE WHEN state = 1 THEN broken ELSE 0 END, COUNT(*)
FROM sector_row
GROUP BY shard, code, rules, unit, CASE WHEN state = 1 THEN why_not ELSE 5 END, CASE WHEN state = 1 THEN broken ELSE 0 END
-- migration 33 count_person_flaws
INSERT INTO sector_tally (shard, code, rules, unit, link, broken, row_count)
SELECT shard, 'population', rules, unit, 0, broken, COUNT(*) FROM person_flaw GROUP BY shard, rules, unit, broken
-- migration 34 drop_sector_figure
DROP TABLE sector_figure
-- The rows that a list made or changed, in pieces: id and version of each (delta.c), `upto` how many of the kind there are until the
-- end of the piece. `kind`: as enum sector_done.
-- migration 35 create_sector_delta
CREATE TABLE sector_delta (
    shard SMALLINT NOT NULL,
    delivery BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    upto BIGINT NOT NULL,
    doc BYTEA NOT NULL,
    PRIMARY KEY (shard, delivery, kind, upto)
)
