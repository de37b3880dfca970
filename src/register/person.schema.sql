-- People: one row each, the fold of their events.
-- migration 1 create_person
-- id alone: ids of people are unique over all shards
CREATE TABLE person (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    state SMALLINT NOT NULL,
    residence_state SMALLINT NOT NULL,
    sex SMALLINT NOT NULL,
    ethnic SMALLINT NOT NULL,
    marital SMALLINT NOT NULL,
    relation SMALLINT NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_hash BIGINT NOT NULL,
    birth INTEGER NOT NULL,
    death INTEGER NOT NULL,
    nationality TEXT NOT NULL,
    unit INTEGER NOT NULL,
    household BIGINT NOT NULL,
    father BIGINT NOT NULL,
    mother BIGINT NOT NULL,
    spouse BIGINT NOT NULL,
    survives_as BIGINT NOT NULL,
    recorded_us BIGINT NOT NULL,
    PRIMARY KEY (shard, id)
)
-- doc: the assertions of the event, see fact.c.
-- migration 2 create_person_event
CREATE TABLE person_event (
    shard SMALLINT NOT NULL,
    person BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    kind SMALLINT NOT NULL,
    effective INTEGER NOT NULL,
    recorded_us BIGINT NOT NULL,
    source TEXT NOT NULL,
    command BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    doc BYTEA NOT NULL,
    PRIMARY KEY (shard, person, seq)
)
-- Every number ever given; a row is never deleted, so that no number comes back.
-- migration 3 create_person_number
-- global: a number is unique in the whole country
CREATE TABLE person_number (
    number BIGINT NOT NULL,
    shard SMALLINT NOT NULL,
    person BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    PRIMARY KEY (number)
)
-- Nine-digit numbers of old identity cards: not unique, kept for finding people in old lists.
-- migration 4 create_person_old_number
CREATE TABLE person_old_number (
    shard SMALLINT NOT NULL,
    number BIGINT NOT NULL,
    person BIGINT NOT NULL,
    PRIMARY KEY (shard, number, person)
)
-- migration 5 create_household
CREATE TABLE household (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    unit INTEGER NOT NULL,
    head BIGINT NOT NULL,
    address TEXT NOT NULL,
    recorded_us BIGINT NOT NULL,
    PRIMARY KEY (shard, id)
)
-- A command that came once and its answer, so that a replay gets the same.
-- migration 6 create_command_claim
CREATE TABLE command_claim (
    shard SMALLINT NOT NULL,
    command TEXT NOT NULL,
    body_hash BIGINT NOT NULL,
    recorded_us BIGINT NOT NULL,
    result BYTEA NOT NULL,
    PRIMARY KEY (shard, command)
)
-- migration 7 create_register_figure
CREATE TABLE register_figure (
    shard SMALLINT NOT NULL,
    unit INTEGER NOT NULL,
    birth_year INTEGER NOT NULL,
    sex SMALLINT NOT NULL,
    state SMALLINT NOT NULL,
    people BIGINT NOT NULL,
    PRIMARY KEY (shard, unit, birth_year, sex, state)
)
-- How far a load has come; `files` is a digest of what it reads.
-- migration 8 create_register_load
CREATE TABLE register_load (
    shard SMALLINT NOT NULL,
    id SMALLINT NOT NULL,
    files BIGINT NOT NULL,
    stage SMALLINT NOT NULL,
    done BIGINT NOT NULL,
    recorded_us BIGINT NOT NULL,
    PRIMARY KEY (shard, id)
)
-- migration 9 index_person_name
CREATE INDEX person_name ON person (shard, name_hash, birth)
-- migration 10 index_person_household
CREATE INDEX person_household ON person (shard, household)
-- migration 11 index_person_father
CREATE INDEX person_father ON person (shard, father)
-- migration 12 index_person_mother
CREATE INDEX person_mother ON person (shard, mother)
-- Commands are claimed by the gate now, for all modules.
-- migration 13 drop_command_claim
DROP TABLE command_claim
-- Who has changed since a moment.
-- migration 25 index_person_recorded
CREATE INDEX person_recorded ON person (shard, recorded_us)
