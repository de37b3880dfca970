-- Papers that were issued: their bytes lie sealed in the vault, their digest in the ledger. event: the event of the dossier that
-- the paper tells of. state: 0 valid, 1 replaced, 2 revoked. `code` is on the paper, for whoever wants to verify it.
-- migration 10 create_paper
CREATE TABLE paper (
    shard SMALLINT NOT NULL,
    dossier BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    event INTEGER NOT NULL,
    lang SMALLINT NOT NULL,
    code TEXT NOT NULL,
    number TEXT NOT NULL,
    organisation TEXT NOT NULL,
    issued_us BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    file TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    subject BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    ended_us BIGINT NOT NULL,
    PRIMARY KEY (shard, dossier, kind, event, lang)
)
-- migration 11 create_paper_code
-- global: a code names one paper in the whole country
CREATE TABLE paper_code (
    code TEXT NOT NULL,
    shard SMALLINT NOT NULL,
    dossier BIGINT NOT NULL,
    PRIMARY KEY (code)
)
-- The key of a person's files, sealed by the installation's; without it they cannot be read again.
-- migration 12 create_subject_key
CREATE TABLE subject_key (
    shard SMALLINT NOT NULL,
    subject BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    made_us BIGINT NOT NULL,
    PRIMARY KEY (shard, subject)
)
-- migration 13 create_attachment
CREATE TABLE attachment (
    shard SMALLINT NOT NULL,
    dossier BIGINT NOT NULL,
    id BIGINT NOT NULL,
    component TEXT NOT NULL,
    name TEXT NOT NULL,
    media SMALLINT NOT NULL,
    bytes BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    file TEXT NOT NULL,
    subject BIGINT NOT NULL,
    account BIGINT NOT NULL,
    added_us BIGINT NOT NULL,
    PRIMARY KEY (shard, dossier, id)
)
-- migration 14 index_dossier_submitted
CREATE INDEX dossier_submitted ON dossier (shard, organisation, submitted_us, id)
-- Whether anybody still names a file of the vault.
-- migration 29 index_paper_file
CREATE INDEX paper_file ON paper (shard, file)
-- migration 30 index_attachment_file
CREATE INDEX attachment_file ON attachment (shard, file)
