-- query once_get(shard i16, command str) one?
SELECT body_hash, recorded_us, result FROM command_once WHERE shard = :shard AND command = :command;

-- query once_add(shard i16, command str, body_hash i64, recorded_us i64, result bytes) exec
INSERT INTO command_once (shard, command, body_hash, recorded_us, result)
VALUES (:shard, :command, :body_hash, :recorded_us, :result);
