-- A command that came once and its answer, so that a replay gets the same.
-- migration 1 create_command_once
CREATE TABLE command_once (
    shard SMALLINT NOT NULL,
    command TEXT NOT NULL,
    body_hash BIGINT NOT NULL,
    recorded_us BIGINT NOT NULL,
    result BYTEA NOT NULL,
    PRIMARY KEY (shard, command)
)
