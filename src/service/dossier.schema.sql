-- Dossiers of administrative procedures. The row is the fold of the events and is written with them; `answers` is JSON, opaque
-- to SQL. due_us 0: no clock runs. until_us: by when the applicant has to do something, 0: nothing.
-- migration 1 create_dossier
CREATE TABLE dossier (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    state SMALLINT NOT NULL,
    generation SMALLINT NOT NULL,
    procedure_key TEXT NOT NULL,
    procedure_day INTEGER NOT NULL,
    code TEXT NOT NULL,
    applicant BIGINT NOT NULL,
    account BIGINT NOT NULL,
    channel SMALLINT NOT NULL,
    organisation TEXT NOT NULL,
    unit INTEGER NOT NULL,
    assignee BIGINT NOT NULL,
    step SMALLINT NOT NULL,
    created_us BIGINT NOT NULL,
    submitted_us BIGINT NOT NULL,
    due_us BIGINT NOT NULL,
    ended_us BIGINT NOT NULL,
    until_us BIGINT NOT NULL,
    fee BIGINT NOT NULL,
    paid BIGINT NOT NULL,
    granted SMALLINT NOT NULL,
    answers BYTEA NOT NULL,
    PRIMARY KEY (shard, id)
)
-- What happened to it, never changed. holder: the organisation that has it from here on.
-- migration 2 create_dossier_event
CREATE TABLE dossier_event (
    shard SMALLINT NOT NULL,
    dossier BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    command SMALLINT NOT NULL,
    state SMALLINT NOT NULL,
    step SMALLINT NOT NULL,
    at_us BIGINT NOT NULL,
    account BIGINT NOT NULL,
    actor TEXT NOT NULL,
    holder TEXT NOT NULL,
    note TEXT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (shard, dossier, seq)
)
-- migration 3 create_dossier_code
-- global: a code names one dossier in the whole country
CREATE TABLE dossier_code (
    code TEXT NOT NULL,
    shard SMALLINT NOT NULL,
    dossier BIGINT NOT NULL,
    PRIMARY KEY (code)
)
-- The next number of an office's day, in stripes; taken in the transaction that uses it. on_day: the day; where there
-- are stripes, day x 100 + stripe.
-- migration 4 create_dossier_counter
CREATE TABLE dossier_counter (
    shard SMALLINT NOT NULL,
    organisation TEXT NOT NULL,
    on_day INTEGER NOT NULL,
    next BIGINT NOT NULL,
    PRIMARY KEY (shard, organisation, on_day)
)
-- A payment is known by the receipt of the gateway that took it: the same receipt twice is one payment.
-- migration 5 create_dossier_payment
CREATE TABLE dossier_payment (
    shard SMALLINT NOT NULL,
    dossier BIGINT NOT NULL,
    receipt TEXT NOT NULL,
    amount BIGINT NOT NULL,
    recorded_us BIGINT NOT NULL,
    PRIMARY KEY (shard, dossier, receipt)
)
-- migration 6 index_dossier_queue
CREATE INDEX dossier_queue ON dossier (shard, organisation, state, due_us, id)
-- migration 7 index_dossier_applicant
CREATE INDEX dossier_applicant ON dossier (shard, applicant, id)
-- migration 8 index_dossier_until
CREATE INDEX dossier_until ON dossier (shard, until_us, id)
-- How many dossiers an office has in each state. state: state + 100 x stripe; a stripe belongs to one connection, so that two
-- transactions never wait for each other's figures, and the figure is the sum of its stripes.
-- migration 9 create_dossier_figure
CREATE TABLE dossier_figure (
    shard SMALLINT NOT NULL,
    organisation TEXT NOT NULL,
    state SMALLINT NOT NULL,
    dossiers BIGINT NOT NULL,
    PRIMARY KEY (shard, organisation, state)
)
