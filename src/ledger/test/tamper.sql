-- What a dishonest operator could do to the database behind the program's back. Tests only.
-- query tamper_drop_batch(shard i16, writer i32, seq i64) exec
-- reads other: the tests play the attacker
DELETE FROM ledger_batch WHERE shard = :shard AND writer = :writer AND seq = :seq;

-- query tamper_drop_index(shard i16, first_index i64) exec
-- reads other: the tests play the attacker
DELETE FROM ledger_index WHERE shard = :shard AND first_index = :first_index;

-- query tamper_drop_tile(shard i16, level i16, place i64) exec
-- reads other: the tests play the attacker
DELETE FROM ledger_tile WHERE shard = :shard AND level = :level AND place = :place;

-- query tamper_drop_checkpoint(shard i16, size i64) exec
-- reads other: the tests play the attacker
DELETE FROM ledger_checkpoint WHERE shard = :shard AND size = :size;

-- query tamper_set_checkpoint(shard i16, size i64, root bytes, note str) exec
-- reads other: the tests play the attacker
UPDATE ledger_checkpoint SET root = :root, note = :note WHERE shard = :shard AND size = :size;

-- query tamper_set_stream(shard i16, writer i32, seq i64) exec
-- reads other: the tests play the attacker
UPDATE ledger_stream SET seq = :seq WHERE shard = :shard AND writer = :writer;

-- query tamper_set_count(shard i16, on_day i32, entries i64) exec
-- reads other: the tests play the attacker
UPDATE ledger_count SET entries = :entries WHERE shard = :shard AND day = :on_day;
