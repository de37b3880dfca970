-- A run: what it compares (register, unit, list), as known when (snapshot_us), in whose name and how far it has come. `last_row` is
-- the id of the last row looked at, `digest` that of all results until there.
-- migration 1 create_recon_run
CREATE TABLE recon_run (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    code TEXT NOT NULL,
    unit INTEGER NOT NULL,
    delivery BIGINT NOT NULL,
    repeats BIGINT NOT NULL,
    snapshot_us BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    publish SMALLINT NOT NULL,
    account BIGINT NOT NULL,
    roles INTEGER NOT NULL,
    organisation TEXT NOT NULL,
    actor_unit INTEGER NOT NULL,
    grant_fields BIGINT NOT NULL,
    grant_unit INTEGER NOT NULL,
    rows_total BIGINT NOT NULL,
    rows_done BIGINT NOT NULL,
    rows_kept BIGINT NOT NULL,
    matched BIGINT NOT NULL,
    last_row BIGINT NOT NULL,
    digest TEXT NOT NULL,
    case_count BIGINT NOT NULL,
    told_outcome SMALLINT NOT NULL,
    told_unit INTEGER NOT NULL,
    told_row BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    finished_us BIGINT NOT NULL,
    published_us BIGINT NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (shard, id)
)
-- migration 2 index_recon_run_state
CREATE INDEX recon_run_state ON recon_run (shard, state, id)
-- The rows of a run that does not take the whole register, fixed when its snapshot is taken: lists that come later do not move them.
-- migration 3 create_recon_scope
CREATE TABLE recon_scope (
    shard SMALLINT NOT NULL,
    run BIGINT NOT NULL,
    row_id BIGINT NOT NULL,
    PRIMARY KEY (shard, run, row_id)
)
-- What came of a row; in the order in which figures are opened. Values are not kept: they are read again as known at the snapshot.
-- migration 4 create_recon_row
CREATE TABLE recon_row (
    shard SMALLINT NOT NULL,
    run BIGINT NOT NULL,
    outcome SMALLINT NOT NULL,
    unit INTEGER NOT NULL,
    row_id BIGINT NOT NULL,
    person BIGINT NOT NULL,
    differs BIGINT NOT NULL,
    compared BIGINT NOT NULL,
    percent SMALLINT NOT NULL,
    candidates SMALLINT NOT NULL,
    duplicate_of BIGINT NOT NULL,
    same_key BIGINT NOT NULL,
    PRIMARY KEY (shard, run, outcome, unit, row_id)
)
-- Who may be meant, and how each field speaks for it; of rows that a human has to look at.
-- migration 5 create_recon_evidence
CREATE TABLE recon_evidence (
    shard SMALLINT NOT NULL,
    run BIGINT NOT NULL,
    row_id BIGINT NOT NULL,
    candidate SMALLINT NOT NULL,
    person BIGINT NOT NULL,
    evidence BIGINT NOT NULL,
    PRIMARY KEY (shard, run, row_id, candidate)
)
-- Counts and sums by unit, written when the last row is done.
-- migration 6 create_recon_figure
CREATE TABLE recon_figure (
    shard SMALLINT NOT NULL,
    run BIGINT NOT NULL,
    unit INTEGER NOT NULL,
    figure SMALLINT NOT NULL,
    item SMALLINT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (shard, run, unit, figure, item)
)
