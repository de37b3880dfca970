-- Messages to other nodes, written with the change that they tell of. Within a stream they leave in order: only the first
-- of those that wait (head 1) is sent, and its acknowledgement makes the next one the first.
-- migration 1 create_post_out
CREATE TABLE post_out (
    shard SMALLINT NOT NULL,
    node TEXT NOT NULL,
    stream BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    head SMALLINT NOT NULL,
    kind TEXT NOT NULL,
    written_us BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (shard, node, stream, seq)
)
-- migration 2 index_post_out_head
CREATE INDEX post_out_head ON post_out (shard, head, written_us, stream)
-- How far each stream has come, in both directions.
-- migration 3 create_post_stream
CREATE TABLE post_stream (
    shard SMALLINT NOT NULL,
    node TEXT NOT NULL,
    stream BIGINT NOT NULL,
    out_next BIGINT NOT NULL,
    in_last BIGINT NOT NULL,
    PRIMARY KEY (shard, node, stream)
)
-- Every message that was taken, so that it is taken once, and so that a second text under its number is noticed.
-- migration 4 create_post_in
CREATE TABLE post_in (
    shard SMALLINT NOT NULL,
    node TEXT NOT NULL,
    stream BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    digest BIGINT NOT NULL,
    kind TEXT NOT NULL,
    taken_us BIGINT NOT NULL,
    PRIMARY KEY (shard, node, stream, seq)
)
-- What may go out to one node, so that a silent node's messages do not stand before the others'.
-- migration 5 index_post_out_turn
CREATE INDEX post_out_turn ON post_out (shard, node, head, written_us, stream)
