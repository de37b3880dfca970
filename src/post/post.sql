-- query post_stream_get(shard i16, node str, stream i64) one?
SELECT out_next, in_last FROM post_stream WHERE shard = :shard AND node = :node AND stream = :stream;

-- query post_stream_add(shard i16, node str, stream i64, out_next i64, in_last i64) exec
INSERT INTO post_stream (shard, node, stream, out_next, in_last) VALUES (:shard, :node, :stream, :out_next, :in_last);

-- query post_stream_set(shard i16, node str, stream i64, out_was i64, in_was i64, out_next i64, in_last i64) exec
UPDATE post_stream SET out_next = :out_next, in_last = :in_last
WHERE shard = :shard AND node = :node AND stream = :stream AND out_next = :out_was AND in_last = :in_was;

-- query post_out_add(shard i16, node str, stream i64, seq i64, head i16, kind str, written_us i64, body bytes) exec
INSERT INTO post_out (shard, node, stream, seq, head, kind, written_us, body)
VALUES (:shard, :node, :stream, :seq, :head, :kind, :written_us, :body);

-- query post_out_first(shard i16, node str, stream i64) one?
SELECT seq FROM post_out WHERE shard = :shard AND node = :node AND stream = :stream ORDER BY seq LIMIT 1;

-- query post_out_heads(shard i16, node str, most i64) many
SELECT stream, seq, kind, body FROM post_out WHERE shard = :shard AND node = :node AND head = 1 ORDER BY written_us, stream LIMIT :most;

-- query post_out_done(shard i16, node str, stream i64, seq i64) exec
DELETE FROM post_out WHERE shard = :shard AND node = :node AND stream = :stream AND seq = :seq;

-- query post_out_next(shard i16, node str, stream i64, seq i64) exec
UPDATE post_out SET head = 1 WHERE shard = :shard AND node = :node AND stream = :stream AND seq = :seq;

-- What waits for each node; at most so much is counted.
-- query post_out_waiting(shard i16, node str) one?
-- gives n i64, oldest_us i64
SELECT COUNT(seq) AS n, COALESCE(MIN(written_us), 0) AS oldest_us FROM post_out WHERE shard = :shard AND node = :node;

-- query post_in_get(shard i16, node str, stream i64, seq i64) one?
SELECT digest FROM post_in WHERE shard = :shard AND node = :node AND stream = :stream AND seq = :seq;

-- query post_in_add(shard i16, node str, stream i64, seq i64, digest i64, kind str, taken_us i64) exec
INSERT INTO post_in (shard, node, stream, seq, digest, kind, taken_us) VALUES (:shard, :node, :stream, :seq, :digest, :kind, :taken_us);
