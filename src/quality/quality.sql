-- query quality_day_add(shard i16, code str, unit i32, on_day i32, row_count i64, linked i64, correct i64, complete i64, clean i64, live i64) bulk
INSERT INTO quality_day (shard, code, unit, on_day, row_count, linked, correct, complete, clean, live)
VALUES (:shard, :code, :unit, :on_day, :row_count, :linked, :correct, :complete, :clean, :live)
ON CONFLICT (shard, code, unit, on_day) DO NOTHING;

-- query quality_days(shard i16, code str, unit i32, from_day i32, most i64) many
SELECT on_day, row_count, linked, correct, complete, clean, live FROM quality_day
WHERE shard = :shard AND code = :code AND unit = :unit AND on_day >= :from_day ORDER BY on_day DESC LIMIT :most;

-- query quality_field_day_add(shard i16, code str, unit i32, field str, on_day i32, correct_flawed i64, complete_flawed i64, clean_flawed i64,
--   live_flawed i64) bulk
INSERT INTO quality_field_day (shard, code, unit, field, on_day, correct_flawed, complete_flawed, clean_flawed, live_flawed)
VALUES (:shard, :code, :unit, :field, :on_day, :correct_flawed, :complete_flawed, :clean_flawed, :live_flawed)
ON CONFLICT (shard, code, unit, field, on_day) DO NOTHING;

-- query quality_field_days(shard i16, code str, unit i32, field str, from_day i32, most i64) many
-- row quality_field_day_row
SELECT on_day, correct_flawed, complete_flawed, clean_flawed, live_flawed FROM quality_field_day
WHERE shard = :shard AND code = :code AND unit = :unit AND field = :field AND on_day >= :from_day ORDER BY on_day DESC LIMIT :most;

-- query quality_round_get(shard i16, code str) one?
SELECT on_day, rules, after, done FROM quality_round WHERE shard = :shard AND code = :code;

-- query quality_round_set(shard i16, code str, on_day i32, rules i64, after i64, done i16) exec
INSERT INTO quality_round (shard, code, on_day, rules, after, done) VALUES (:shard, :code, :on_day, :rules, :after, :done)
ON CONFLICT (shard, code) DO UPDATE SET on_day = excluded.on_day, rules = excluded.rules, after = excluded.after, done = excluded.done;

-- query quality_issue_add(shard i16, id i64, version i32, state i16, code str, row_id i64, check_code str, unit i32, opened_us i64, due i32, ended_us i64, reason str,
--   asked_by str) exec
INSERT INTO quality_issue (shard, id, version, state, code, row_id, check_code, unit, opened_us, due, ended_us, reason, asked_by)
VALUES (:shard, :id, :version, :state, :code, :row_id, :check_code, :unit, :opened_us, :due, :ended_us, :reason, :asked_by);

-- query quality_issue_get(shard i16, id i64) one?
-- row quality_issue_row
SELECT id, version, state, code, row_id, check_code, unit, opened_us, due, ended_us, reason, asked_by
FROM quality_issue WHERE shard = :shard AND id = :id;

-- query quality_issue_find(shard i16, code str, row_id i64, check_code str) one?
-- row quality_issue_row
SELECT id, version, state, code, row_id, check_code, unit, opened_us, due, ended_us, reason, asked_by
FROM quality_issue WHERE shard = :shard AND code = :code AND row_id = :row_id AND check_code = :check_code;

-- query quality_issues_after(shard i16, state i16, after i64, most i64) many
-- row quality_issue_row
SELECT id, version, state, code, row_id, check_code, unit, opened_us, due, ended_us, reason, asked_by
FROM quality_issue WHERE shard = :shard AND state = :state AND id > :after ORDER BY id LIMIT :most;

-- query quality_issue_set(shard i16, id i64, expected i32, version i32, state i16, unit i32, opened_us i64, due i32, ended_us i64, reason str,
--   asked_by str) exec
UPDATE quality_issue SET version = :version, state = :state, unit = :unit, opened_us = :opened_us, due = :due, ended_us = :ended_us, reason = :reason,
    asked_by = :asked_by
WHERE shard = :shard AND id = :id AND version = :expected;

-- What each unit owes. `late`: due before today.
-- query quality_debts(shard i16, state i16, today i32) each
-- gives owed i64, late i64, oldest i32
SELECT unit, COUNT(*) AS owed, SUM(CASE WHEN due < :today THEN 1 ELSE 0 END) AS late, MIN(due) AS oldest
FROM quality_issue WHERE shard = :shard AND state = :state GROUP BY unit;
