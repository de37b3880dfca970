-- Accounts and what stands for a signed-in one. Passwords are argon2id texts; tokens are kept as SHA-256 only.
-- migration 1 create_account
CREATE TABLE account (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    login TEXT NOT NULL,
    roles INTEGER NOT NULL,
    unit INTEGER NOT NULL,
    organisation TEXT NOT NULL,
    person BIGINT NOT NULL,
    password TEXT NOT NULL,
    state SMALLINT NOT NULL,
    failures INTEGER NOT NULL,
    locked_until_us BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    changed_us BIGINT NOT NULL,
    PRIMARY KEY (shard, id)
)
-- migration 2 create_login_claim
-- global: a sign-in name belongs to one account in the whole country
CREATE TABLE login_claim (
    login TEXT NOT NULL,
    shard SMALLINT NOT NULL,
    account BIGINT NOT NULL,
    PRIMARY KEY (login)
)
-- migration 3 create_session
CREATE TABLE session (
    shard SMALLINT NOT NULL,
    digest BYTEA NOT NULL,
    id BIGINT NOT NULL,
    account BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    seen_us BIGINT NOT NULL,
    ends_us BIGINT NOT NULL,
    PRIMARY KEY (shard, digest)
)
-- migration 4 index_session_account
CREATE INDEX session_account ON session (shard, account, id)
-- migration 5 create_api_token
CREATE TABLE api_token (
    shard SMALLINT NOT NULL,
    digest BYTEA NOT NULL,
    id BIGINT NOT NULL,
    account BIGINT NOT NULL,
    created_us BIGINT NOT NULL,
    ends_us BIGINT NOT NULL,
    PRIMARY KEY (shard, digest)
)
-- migration 6 index_api_token_account
CREATE INDEX api_token_account ON api_token (shard, account, id)
