-- query ledger_stream_advance(shard i16, writer i32, by i64) one?
-- gives seq i64
INSERT INTO ledger_stream (shard, writer, seq) VALUES (:shard, :writer, :by)
ON CONFLICT (shard, writer) DO UPDATE SET seq = ledger_stream.seq + excluded.seq RETURNING seq;

-- query ledger_batch_add(shard i16, writer i32, seq i64, entries i32, body bytes) bulk
INSERT INTO ledger_batch (shard, writer, seq, entries, body) VALUES (:shard, :writer, :seq, :entries, :body);

-- query ledger_batch_replace(shard i16, writer i32, seq i64, body bytes) exec
UPDATE ledger_batch SET body = :body WHERE shard = :shard AND writer = :writer AND seq = :seq;

-- query ledger_batch_get(shard i16, writer i32, seq i64) one?
SELECT entries, body FROM ledger_batch WHERE shard = :shard AND writer = :writer AND seq = :seq;

-- query ledger_batch_after(shard i16, writer i32, after i64, most i64) each
SELECT seq, entries, body FROM ledger_batch
WHERE shard = :shard AND writer = :writer AND seq > :after ORDER BY seq LIMIT :most;

-- query ledger_streams(shard i16) many
-- gives taken i64
SELECT s.writer, s.seq, c.seq AS taken FROM ledger_stream AS s
LEFT JOIN ledger_cursor AS c ON c.shard = s.shard AND c.writer = s.writer
WHERE s.shard = :shard ORDER BY s.writer LIMIT 4096;

-- query ledger_cursor_set(shard i16, writer i32, seq i64) exec
INSERT INTO ledger_cursor (shard, writer, seq) VALUES (:shard, :writer, :seq)
ON CONFLICT (shard, writer) DO UPDATE SET seq = excluded.seq;

-- query ledger_index_add(shard i16, first_index i64, writer i32, seq i64, entries i32) bulk
INSERT INTO ledger_index (shard, first_index, writer, seq, entries) VALUES (:shard, :first_index, :writer, :seq, :entries);

-- query ledger_index_at(shard i16, entry i64) one?
-- row ledger_index_row
SELECT first_index, writer, seq, entries FROM ledger_index
WHERE shard = :shard AND first_index <= :entry ORDER BY first_index DESC LIMIT 1;

-- query ledger_index_below(shard i16, below i64, most i64) many
-- row ledger_index_row
SELECT first_index, writer, seq, entries FROM ledger_index
WHERE shard = :shard AND first_index < :below ORDER BY first_index DESC LIMIT :most;

-- query ledger_index_from(shard i16, first i64, most i64) each
SELECT i.first_index, i.writer, i.seq, i.entries, b.body, b.entries AS in_batch FROM ledger_index AS i
LEFT JOIN ledger_batch AS b ON b.shard = i.shard AND b.writer = i.writer AND b.seq = i.seq
WHERE i.shard = :shard AND i.first_index >= :first ORDER BY i.first_index LIMIT :most;

-- query ledger_tile_get(shard i16, level i16, place i64) one?
SELECT width, body FROM ledger_tile WHERE shard = :shard AND level = :level AND place = :place;

-- query ledger_tile_put(shard i16, level i16, place i64, width i32, body bytes) bulk
INSERT INTO ledger_tile (shard, level, place, width, body) VALUES (:shard, :level, :place, :width, :body)
ON CONFLICT (shard, level, place) DO UPDATE SET width = excluded.width, body = excluded.body;

-- query ledger_checkpoint_newest(shard i16) many
-- row ledger_checkpoint_row
SELECT size, time_us, root, note, cosignatures FROM ledger_checkpoint
WHERE shard = :shard ORDER BY size DESC LIMIT 2;

-- query ledger_checkpoint_get(shard i16, size i64) one?
-- row ledger_checkpoint_row
SELECT size, time_us, root, note, cosignatures FROM ledger_checkpoint WHERE shard = :shard AND size = :size;

-- query ledger_checkpoint_from(shard i16, above i64) one?
-- row ledger_checkpoint_row
SELECT size, time_us, root, note, cosignatures FROM ledger_checkpoint
WHERE shard = :shard AND size > :above ORDER BY size LIMIT 1;

-- query ledger_checkpoint_add(shard i16, size i64, time_us i64, root bytes, note str) exec
INSERT INTO ledger_checkpoint (shard, size, time_us, root, note, cosignatures)
VALUES (:shard, :size, :time_us, :root, :note, '');

-- query ledger_checkpoint_drop(shard i16, size i64) exec
DELETE FROM ledger_checkpoint WHERE shard = :shard AND size = :size;

-- query ledger_checkpoint_cosign(shard i16, size i64, cosignatures str) exec
UPDATE ledger_checkpoint SET cosignatures = :cosignatures WHERE shard = :shard AND size = :size;

-- query ledger_state_get(shard i16) one?
SELECT holder, token, until_us, person_size FROM ledger_state WHERE shard = :shard;

-- query ledger_state_make(shard i16) exec
INSERT INTO ledger_state (shard, holder, token, until_us, person_size) VALUES (:shard, 0, 0, 0, 0)
ON CONFLICT (shard) DO NOTHING;

-- query ledger_state_lease(shard i16, holder i64, token i64, until_us i64, seen_token i64, seen_until_us i64) exec
UPDATE ledger_state SET holder = :holder, token = :token, until_us = :until_us
WHERE shard = :shard AND token = :seen_token AND until_us = :seen_until_us;

-- query ledger_state_hold(shard i16) exec
UPDATE ledger_state SET token = token WHERE shard = :shard;

-- query ledger_state_indexed(shard i16, person_size i64) exec
UPDATE ledger_state SET person_size = :person_size WHERE shard = :shard;

-- query ledger_runs(shard i16) many
-- row ledger_run_row
SELECT level, run, end_index, pairs FROM ledger_run WHERE shard = :shard ORDER BY level, run LIMIT 1000000;

-- query ledger_run_add(shard i16, level i16, run i64, end_index i64, pairs i64) exec
INSERT INTO ledger_run (shard, level, run, end_index, pairs) VALUES (:shard, :level, :run, :end_index, :pairs);

-- query ledger_run_drop(shard i16, level i16, run i64) exec
DELETE FROM ledger_run WHERE shard = :shard AND level = :level AND run = :run;

-- query ledger_page_add(shard i16, level i16, run i64, first_person i64, first_entry i64, body bytes) bulk
INSERT INTO ledger_page (shard, level, run, first_person, first_entry, body)
VALUES (:shard, :level, :run, :first_person, :first_entry, :body);

-- query ledger_pages_drop(shard i16, level i16, run i64) exec
DELETE FROM ledger_page WHERE shard = :shard AND level = :level AND run = :run;

-- query ledger_page_replace(shard i16, level i16, run i64, first_person i64, first_entry i64, body bytes) exec
UPDATE ledger_page SET body = :body
WHERE shard = :shard AND level = :level AND run = :run AND first_person = :first_person AND first_entry = :first_entry;

-- query ledger_page_at(shard i16, level i16, run i64, person i64, entry i64) one?
-- row ledger_page_row
SELECT first_person, first_entry, body FROM ledger_page
WHERE shard = :shard AND level = :level AND run = :run AND (first_person, first_entry) <= (:person, :entry)
ORDER BY first_person DESC, first_entry DESC LIMIT 1;

-- query ledger_page_after(shard i16, level i16, run i64, person i64, entry i64, most i64) each
-- row ledger_page_row
SELECT first_person, first_entry, body FROM ledger_page
WHERE shard = :shard AND level = :level AND run = :run AND (first_person, first_entry) > (:person, :entry)
ORDER BY first_person, first_entry LIMIT :most;

-- query ledger_count_add(shard i16, on_day i32, agreement str, entries i64) bulk
INSERT INTO ledger_count (shard, day, agreement, entries, stated) VALUES (:shard, :on_day, :agreement, :entries, 0)
ON CONFLICT (shard, day, agreement) DO UPDATE SET entries = ledger_count.entries + excluded.entries;

-- query ledger_counts_of(shard i16, on_day i32) each
SELECT agreement, entries, stated FROM ledger_count WHERE shard = :shard AND day = :on_day ORDER BY agreement;

-- query ledger_count_state(shard i16, on_day i32, agreement str) exec
UPDATE ledger_count SET stated = entries WHERE shard = :shard AND day = :on_day AND agreement = :agreement;
