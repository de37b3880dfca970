-- Lists that came in, and what came of each row. The file itself lies beside the database, named by its digest.
-- migration 1 create_delivery
CREATE TABLE delivery (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    kind SMALLINT NOT NULL,
    state SMALLINT NOT NULL,
    bytes BIGINT NOT NULL,
    map TEXT NOT NULL,
    sheet TEXT NOT NULL,
    encoding TEXT NOT NULL,
    found_encoding TEXT NOT NULL,
    account BIGINT NOT NULL,
    roles INTEGER NOT NULL,
    organisation TEXT NOT NULL,
    unit INTEGER NOT NULL,
    grant_fields BIGINT NOT NULL,
    grant_unit INTEGER NOT NULL,
    rows_done BIGINT NOT NULL,
    rows_total BIGINT NOT NULL,
    matched BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    finished_us BIGINT NOT NULL,
    error TEXT NOT NULL,
    error_field TEXT NOT NULL,
    error_row BIGINT NOT NULL,
    error_column INTEGER NOT NULL,
    PRIMARY KEY (shard, id)
)
-- The same bytes of the same source are one delivery.
-- migration 2 create_delivery_claim
CREATE TABLE delivery_claim (
    shard SMALLINT NOT NULL,
    digest TEXT NOT NULL,
    source TEXT NOT NULL,
    delivery BIGINT NOT NULL,
    PRIMARY KEY (shard, digest, source)
)
-- migration 3 index_delivery_open
CREATE INDEX delivery_open ON delivery (shard, state, id)
-- `place` counts rows of data from 1; `line` is where the row stands in the file.
-- migration 4 create_list_row
CREATE TABLE list_row (
    shard SMALLINT NOT NULL,
    delivery BIGINT NOT NULL,
    place BIGINT NOT NULL,
    line BIGINT NOT NULL,
    outcome SMALLINT NOT NULL,
    reason SMALLINT NOT NULL,
    repairs BIGINT NOT NULL,
    warnings BIGINT NOT NULL,
    differs BIGINT NOT NULL,
    person BIGINT NOT NULL,
    candidates SMALLINT NOT NULL,
    duplicate_of BIGINT NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    birth INTEGER NOT NULL,
    sex SMALLINT NOT NULL,
    PRIMARY KEY (shard, delivery, place)
)
-- migration 5 index_list_row_outcome
CREATE INDEX list_row_outcome ON list_row (shard, delivery, outcome, place)
-- Counts by outcome, field, reason, repair, warning and unit, kept with every chunk.
-- migration 6 create_delivery_figure
CREATE TABLE delivery_figure (
    shard SMALLINT NOT NULL,
    delivery BIGINT NOT NULL,
    figure SMALLINT NOT NULL,
    item BIGINT NOT NULL,
    row_count BIGINT NOT NULL,
    PRIMARY KEY (shard, delivery, figure, item)
)
-- How the candidates of a row agree with it, field by field; of rows that a human has to look at. Names nobody.
-- migration 7 create_list_evidence
CREATE TABLE list_evidence (
    shard SMALLINT NOT NULL,
    delivery BIGINT NOT NULL,
    place BIGINT NOT NULL,
    candidate SMALLINT NOT NULL,
    evidence BIGINT NOT NULL,
    PRIMARY KEY (shard, delivery, place, candidate)
)
-- How the columns of a source's lists were mapped last, by their headers, for each register that they go into ('': none).
-- migration 8 create_list_map
CREATE TABLE list_map (
    shard SMALLINT NOT NULL,
    source TEXT NOT NULL,
    into_code TEXT NOT NULL,
    map TEXT NOT NULL,
    PRIMARY KEY (shard, source, into_code)
)
-- A list of corrected rows completes the list that they were refused from.
-- migration 9 create_delivery_rest
CREATE TABLE delivery_rest (
    shard SMALLINT NOT NULL,
    delivery BIGINT NOT NULL,
    completes BIGINT NOT NULL,
    PRIMARY KEY (shard, delivery)
)
