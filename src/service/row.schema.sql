-- The last number of a series: register and what stands before the digits.
-- migration 25 create_row_series
CREATE TABLE row_series (
    shard SMALLINT NOT NULL,
    series TEXT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (shard, series)
)
-- Rows of sector registers that a decision put there; they end when it is taken back.
-- migration 26 create_dossier_put
CREATE TABLE dossier_put (
    shard SMALLINT NOT NULL,
    dossier BIGINT NOT NULL,
    code TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    PRIMARY KEY (shard, dossier, code, row_id)
)
-- migration 27 index_dossier_mine
CREATE INDEX dossier_mine ON dossier (shard, applicant, created_us, id)
-- migration 28 drop_index_dossier_applicant
DROP INDEX dossier_applicant
