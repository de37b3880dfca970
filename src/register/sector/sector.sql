-- query sector_row_get(shard i16, code str, id i64) one?
-- row sector_row_row
SELECT id, version, state, person, why_not, unit, row_key, broken, rules, effective, recorded_us, source, delivery, doc
FROM sector_row WHERE shard = :shard AND code = :code AND id = :id;

-- query sector_row_by_key(shard i16, code str, row_key str) one?
-- row sector_row_row
SELECT id, version, state, person, why_not, unit, row_key, broken, rules, effective, recorded_us, source, delivery, doc
FROM sector_row WHERE shard = :shard AND code = :code AND row_key = :row_key;

-- query sector_rows_after(shard i16, code str, after i64, most i64) many
-- row sector_row_row
SELECT id, version, state, person, why_not, unit, row_key, broken, rules, effective, recorded_us, source, delivery, doc
FROM sector_row WHERE shard = :shard AND code = :code AND id > :after ORDER BY id LIMIT :most;

-- query sector_row_last(shard i16, code str) many
SELECT id FROM sector_row WHERE shard = :shard AND code = :code ORDER BY id DESC LIMIT 1;

-- query sector_rows_of_unit(shard i16, code str, unit i32, after i64, most i64) many
-- row sector_row_row
SELECT id, version, state, person, why_not, unit, row_key, broken, rules, effective, recorded_us, source, delivery, doc
FROM sector_row WHERE shard = :shard AND code = :code AND unit = :unit AND id > :after ORDER BY id LIMIT :most;

-- query sector_rows_of_person(shard i16, person i64) many
-- row sector_row_of_person_row
SELECT code, id FROM sector_row WHERE shard = :shard AND person = :person ORDER BY code, id LIMIT 500;

-- query sector_rows_left(shard i16, code str, delivery i64) one?
-- gives n i64
SELECT COUNT(*) AS n FROM sector_row WHERE shard = :shard AND code = :code AND delivery = :delivery;

-- query sector_rows_left_list(shard i16, code str, delivery i64, after i64, most i64) many
SELECT id FROM sector_row WHERE shard = :shard AND code = :code AND delivery = :delivery AND id > :after ORDER BY id LIMIT :most;

-- query sector_ids_of_delivery(shard i16, code str, delivery i64) each
-- row sector_place_row
SELECT id, unit FROM sector_row WHERE shard = :shard AND code = :code AND delivery = :delivery ORDER BY id;

-- By the index by unit, which has nothing else.
-- query sector_ids_by_unit(shard i16, code str) each
-- row sector_place_row
SELECT id, unit FROM sector_row WHERE shard = :shard AND code = :code ORDER BY unit, id;

-- query sector_rows_count(shard i16, code str) one?
-- gives n i64
SELECT COUNT(*) AS n FROM sector_row WHERE shard = :shard AND code = :code;

-- query sector_row_add(shard i16, code str, id i64, version i32, state i16, person i64, why_not i16, unit i32, row_key str,
--   broken i64, rules i64, effective i32, recorded_us i64, source str, delivery i64, doc bytes) bulk
INSERT INTO sector_row (shard, code, id, version, state, person, why_not, unit, row_key, broken, rules, effective, recorded_us,
    source, delivery, doc)
VALUES (:shard, :code, :id, :version, :state, :person, :why_not, :unit, :row_key, :broken, :rules, :effective, :recorded_us,
    :source, :delivery, :doc);

-- query sector_row_set(shard i16, code str, id i64, expected i32, version i32, state i16, person i64, why_not i16, unit i32,
--   row_key str, broken i64, rules i64, effective i32, recorded_us i64, source str, delivery i64, doc bytes) exec
UPDATE sector_row SET version = :version, state = :state, person = :person, why_not = :why_not, unit = :unit, row_key = :row_key,
    broken = :broken, rules = :rules, effective = :effective, recorded_us = :recorded_us, source = :source, delivery = :delivery, doc = :doc
WHERE shard = :shard AND code = :code AND id = :id AND version = :expected;

-- query sector_row_seen(shard i16, code str, id i64, delivery i64) bulk
UPDATE sector_row SET delivery = :delivery WHERE shard = :shard AND code = :code AND id = :id;

-- query sector_row_judged(shard i16, code str, id i64, unit i32, broken i64, rules i64) bulk
UPDATE sector_row SET unit = :unit, broken = :broken, rules = :rules WHERE shard = :shard AND code = :code AND id = :id;

-- query sector_event_add(shard i16, code str, row_id i64, seq i32, kind i16, effective i32, recorded_us i64, source str,
--   actor i64, person i64, why_not i16, unit i32, delivery i64, doc bytes) bulk
INSERT INTO sector_event (shard, code, row_id, seq, kind, effective, recorded_us, source, actor, person, why_not, unit, delivery, doc)
VALUES (:shard, :code, :row_id, :seq, :kind, :effective, :recorded_us, :source, :actor, :person, :why_not, :unit, :delivery, :doc);

-- query sector_events(shard i16, code str, row_id i64) many
-- row sector_events_row
SELECT seq, kind, effective, recorded_us, source, actor, person, why_not, unit, delivery, doc
FROM sector_event WHERE shard = :shard AND code = :code AND row_id = :row_id ORDER BY seq LIMIT 1000;

-- query sector_tally_move(shard i16, code str, rules i64, unit i32, link i16, broken i64, by i64) bulk
INSERT INTO sector_tally (shard, code, rules, unit, link, broken, row_count) VALUES (:shard, :code, :rules, :unit, :link, :broken, :by)
ON CONFLICT (shard, code, rules, unit, link, broken) DO UPDATE SET row_count = sector_tally.row_count + excluded.row_count;

-- query sector_tallies(shard i16, code str) each
SELECT rules, unit, link, broken, row_count FROM sector_tally WHERE shard = :shard AND code = :code AND row_count <> 0
ORDER BY rules, unit, link, broken;

-- A version of a row and the one before it.
-- query sector_version_pair(shard i16, code str, row_id i64, seq i32) many
-- row sector_events_row
SELECT seq, kind, effective, recorded_us, source, actor, person, why_not, unit, delivery, doc
FROM sector_event WHERE shard = :shard AND code = :code AND row_id = :row_id AND seq <= :seq ORDER BY seq DESC LIMIT 2;

-- query sector_delta_add(shard i16, delivery i64, kind i16, upto i64, doc bytes) exec
INSERT INTO sector_delta (shard, delivery, kind, upto, doc) VALUES (:shard, :delivery, :kind, :upto, :doc);

-- query sector_delta_after(shard i16, delivery i64, kind i16, after i64) many
SELECT upto, doc FROM sector_delta WHERE shard = :shard AND delivery = :delivery AND kind = :kind AND upto > :after ORDER BY upto LIMIT 4;

-- query sector_delivery_get(shard i16, delivery i64) one?
SELECT delivery, code, source, previous, done, rows_new, rows_changed, rows_same, rows_gone, rows_keyless, rows_outside
FROM sector_delivery WHERE shard = :shard AND delivery = :delivery;

-- query sector_delivery_before(shard i16, code str, source str, before i64) many
SELECT delivery FROM sector_delivery WHERE shard = :shard AND code = :code AND source = :source AND done = 1 AND delivery < :before
ORDER BY delivery DESC LIMIT 1;

-- query sector_delivery_add(shard i16, delivery i64, code str, source str, previous i64) exec
INSERT INTO sector_delivery (shard, delivery, code, source, previous, done, rows_new, rows_changed, rows_same, rows_gone, rows_keyless, rows_outside)
VALUES (:shard, :delivery, :code, :source, :previous, 0, 0, 0, 0, 0, 0, 0);

-- query sector_delivery_count(shard i16, delivery i64, rows_new i64, rows_changed i64, rows_same i64, rows_keyless i64, rows_outside i64) exec
UPDATE sector_delivery SET rows_new = rows_new + :rows_new, rows_changed = rows_changed + :rows_changed, rows_same = rows_same + :rows_same,
    rows_keyless = rows_keyless + :rows_keyless, rows_outside = rows_outside + :rows_outside
WHERE shard = :shard AND delivery = :delivery;

-- query sector_delivery_end(shard i16, delivery i64, rows_gone i64, done i16) exec
UPDATE sector_delivery SET done = :done, rows_gone = :rows_gone WHERE shard = :shard AND delivery = :delivery;

-- query person_flaw_get(shard i16, person i64) one?
-- row person_flaw_row
SELECT person, unit, rules, broken FROM person_flaw WHERE shard = :shard AND person = :person;

-- query person_flaws_after(shard i16, after i64, most i64) many
-- row person_flaw_row
SELECT person, unit, rules, broken FROM person_flaw WHERE shard = :shard AND person > :after ORDER BY person LIMIT :most;

-- query person_flaws_of_unit(shard i16, unit i32, after i64, most i64) many
-- row person_flaw_row
SELECT person, unit, rules, broken FROM person_flaw WHERE shard = :shard AND unit = :unit AND person > :after ORDER BY person LIMIT :most;

-- query person_flaw_put(shard i16, person i64, unit i32, rules i64, broken i64) bulk
INSERT INTO person_flaw (shard, person, unit, rules, broken) VALUES (:shard, :person, :unit, :rules, :broken)
ON CONFLICT (shard, person) DO UPDATE SET unit = excluded.unit, rules = excluded.rules, broken = excluded.broken;

-- query person_flaw_drop(shard i16, person i64) bulk
DELETE FROM person_flaw WHERE shard = :shard AND person = :person;

-- query origin_ask_get(shard i16, code str, ask_key str) one?
-- row origin_ask_row
SELECT code, ask_key, id, state, by_key, reason, tries, due_us, lease, asked_us, ended_us, answered_us, via, doc
FROM origin_ask WHERE shard = :shard AND code = :code AND ask_key = :ask_key;

-- query origin_ask_by_id(shard i16, id i64) one?
-- row origin_ask_row
SELECT code, ask_key, id, state, by_key, reason, tries, due_us, lease, asked_us, ended_us, answered_us, via, doc
FROM origin_ask WHERE shard = :shard AND id = :id;

-- query origin_asks_due(shard i16, now_us i64, most i64) many
-- row origin_ask_row
SELECT code, ask_key, id, state, by_key, reason, tries, due_us, lease, asked_us, ended_us, answered_us, via, doc
FROM origin_ask WHERE shard = :shard AND due_us <= :now_us ORDER BY due_us LIMIT :most;

-- query origin_ask_put(shard i16, code str, ask_key str, id i64, by_key i16, due_us i64, asked_us i64, account i64,
--   organisation str, ground str, via str, doc bytes) exec
INSERT INTO origin_ask (shard, code, ask_key, id, state, by_key, reason, tries, due_us, lease, asked_us, ended_us, answered_us, account,
    organisation, ground, via, doc)
VALUES (:shard, :code, :ask_key, :id, 1, :by_key, 0, 0, :due_us, 0, :asked_us, 0, 0, :account, :organisation, :ground, :via, :doc)
ON CONFLICT (shard, code, ask_key) DO UPDATE SET state = 1, reason = 0, tries = 0, due_us = excluded.due_us, lease = 0,
    asked_us = excluded.asked_us, account = excluded.account, organisation = excluded.organisation, ground = excluded.ground, via = excluded.via;

-- query origin_ask_lease(shard i16, id i64, lease_was i64, lease i64, due_us i64) exec
UPDATE origin_ask SET state = 2, lease = :lease, due_us = :due_us WHERE shard = :shard AND id = :id AND lease = :lease_was;

-- query origin_ask_move(shard i16, id i64, lease_was i64, state i16, reason i16, tries i32, due_us i64, ended_us i64, answered_us i64) exec
UPDATE origin_ask SET state = :state, reason = :reason, tries = :tries, due_us = :due_us, lease = 0, ended_us = :ended_us,
    answered_us = :answered_us
WHERE shard = :shard AND id = :id AND lease = :lease_was;

-- query origin_asks_waiting(shard i16, code str, until_us i64) one?
-- gives n i64
SELECT COUNT(*) AS n FROM origin_ask WHERE shard = :shard AND code = :code AND due_us <= :until_us;

-- query origin_line_get(shard i16, code str) one?
-- row origin_line_row
SELECT failures, reason, open_until_us, answered_us, failed_us FROM origin_line WHERE shard = :shard AND code = :code;

-- query origin_line_put(shard i16, code str, failures i32, reason i16, open_until_us i64, answered_us i64, failed_us i64) exec
INSERT INTO origin_line (shard, code, failures, reason, open_until_us, answered_us, failed_us)
VALUES (:shard, :code, :failures, :reason, :open_until_us, :answered_us, :failed_us)
ON CONFLICT (shard, code) DO UPDATE SET failures = excluded.failures, reason = excluded.reason, open_until_us = excluded.open_until_us,
    answered_us = excluded.answered_us, failed_us = excluded.failed_us;
