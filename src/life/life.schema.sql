-- A life event: one application answered by several legs. At home its id is the dossier's; on another node the row holds what
-- that node was told. doc: the answers and what was known at the start.
-- migration 1 create_life_bundle
CREATE TABLE life_bundle (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    state SMALLINT NOT NULL,
    event TEXT NOT NULL,
    event_day INTEGER NOT NULL,
    home TEXT NOT NULL,
    code TEXT NOT NULL,
    applicant BIGINT NOT NULL,
    applicant_number BIGINT NOT NULL,
    organisation TEXT NOT NULL,
    began_us BIGINT NOT NULL,
    ended_us BIGINT NOT NULL,
    reversal TEXT NOT NULL,
    doc BYTEA NOT NULL,
    PRIMARY KEY (shard, id)
)
-- outputs: what the leg gave, for the legs after it and for taking it back.
-- migration 2 create_life_leg
CREATE TABLE life_leg (
    shard SMALLINT NOT NULL,
    bundle BIGINT NOT NULL,
    leg SMALLINT NOT NULL,
    version INTEGER NOT NULL,
    state SMALLINT NOT NULL,
    absent SMALLINT NOT NULL,
    organisation TEXT NOT NULL,
    node TEXT NOT NULL,
    unit INTEGER NOT NULL,
    person BIGINT NOT NULL,
    assignee BIGINT NOT NULL,
    sent_us BIGINT NOT NULL,
    answer_us BIGINT NOT NULL,
    due_us BIGINT NOT NULL,
    until_us BIGINT NOT NULL,
    ended_us BIGINT NOT NULL,
    reason TEXT NOT NULL,
    outputs BYTEA NOT NULL,
    PRIMARY KEY (shard, bundle, leg)
)
-- What happened, never changed; the rows above are its fold.
-- migration 3 create_life_moment
CREATE TABLE life_moment (
    shard SMALLINT NOT NULL,
    bundle BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    leg SMALLINT NOT NULL,
    command SMALLINT NOT NULL,
    state SMALLINT NOT NULL,
    at_us BIGINT NOT NULL,
    account BIGINT NOT NULL,
    actor TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (shard, bundle, seq)
)
-- migration 4 index_life_leg_queue
CREATE INDEX life_leg_queue ON life_leg (shard, organisation, state, due_us, bundle, leg)
-- Whom a leg waits for in person.
-- migration 5 index_life_leg_person
CREATE INDEX life_leg_person ON life_leg (shard, person, state, bundle, leg)
-- answer_us: by when it must be acknowledged, 0 once it is, or the alarm was raised. until_us: when it ends without its owner.
-- migration 6 index_life_leg_answer
CREATE INDEX life_leg_answer ON life_leg (shard, answer_us, bundle, leg)
-- migration 7 index_life_leg_until
CREATE INDEX life_leg_until ON life_leg (shard, until_us, bundle, leg)
-- migration 8 index_life_bundle_applicant
CREATE INDEX life_bundle_applicant ON life_bundle (shard, applicant, id)
-- migration 9 index_life_leg_due
CREATE INDEX life_leg_due ON life_leg (shard, due_us, bundle, leg)
