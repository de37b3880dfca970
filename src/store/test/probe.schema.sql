-- Tables for the tests of the store alone: no migration of the program contains them.
-- migration 1 create_probe_person
CREATE TABLE probe_person (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    birth INTEGER NOT NULL,
    weight DOUBLE PRECISION NOT NULL,
    photo BYTEA NOT NULL,
    alive SMALLINT NOT NULL,
    PRIMARY KEY (shard, id)
)
-- migration 2 index_probe_person_birth
CREATE INDEX probe_person_birth ON probe_person (shard, birth, name_key)
-- migration 3 create_probe_claim
-- global: a claim row keyed by the value itself
CREATE TABLE probe_claim (
    number BIGINT NOT NULL,
    person BIGINT NOT NULL,
    PRIMARY KEY (number)
)
-- migration 4 add_probe_person_note
ALTER TABLE probe_person ADD COLUMN note TEXT NOT NULL DEFAULT ''
-- migration 5 create_probe_phone
CREATE TABLE probe_phone (
    shard SMALLINT NOT NULL,
    person BIGINT NOT NULL,
    place INTEGER NOT NULL,
    phone TEXT NOT NULL,
    PRIMARY KEY (shard, person, place),
    FOREIGN KEY (shard, person) REFERENCES probe_person (shard, id)
)
