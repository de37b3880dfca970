-- query case_get(shard i16, id i64) one?
-- row case_row
SELECT id, version, kind, state, queue, generation, print, said_hash, register_code, row_id, other_row, person, other_person, unit, attribute, field,
    said, held, choice, chosen, decider, opened_us, due_us, ended_us, source, doc
FROM case_item WHERE shard = :shard AND id = :id;

-- The latest case about one thing.
-- query case_by_print(shard i16, print i64) many
-- row case_row
SELECT id, version, kind, state, queue, generation, print, said_hash, register_code, row_id, other_row, person, other_person, unit, attribute, field,
    said, held, choice, chosen, decider, opened_us, due_us, ended_us, source, doc
FROM case_item WHERE shard = :shard AND print = :print ORDER BY generation DESC LIMIT 1;

-- query case_last(shard i16) many
SELECT id FROM case_item WHERE shard = :shard ORDER BY id DESC LIMIT 1;

-- query case_add(shard i16, id i64, version i32, kind i16, state i16, queue i16, generation i32, print i64, said_hash i64,
--   register_code str, row_id i64, other_row i64, person i64, other_person i64, unit i32, attribute str, field str, said
--   str, held str, choice i16, chosen str, decider i64, opened_us i64, due_us i64, ended_us i64, source str, doc bytes) bulk
INSERT INTO case_item (shard, id, version, kind, state, queue, generation, print, said_hash, register_code, row_id, other_row, person, other_person, unit, attribute, field,
    said, held, choice, chosen, decider, opened_us, due_us, ended_us, source, doc)
VALUES (:shard, :id, :version, :kind, :state, :queue, :generation, :print, :said_hash, :register_code, :row_id, :other_row, :person,
    :other_person, :unit, :attribute, :field, :said, :held, :choice, :chosen, :decider, :opened_us, :due_us, :ended_us,
    :source, :doc);

-- query case_set(shard i16, id i64, expected i32, version i32, state i16, queue i16, said_hash i64, row_id i64, person i64,
--   unit i32, said str, held str, choice i16, chosen str, decider i64, due_us i64, ended_us i64, source str, doc bytes) exec
UPDATE case_item SET version = :version, state = :state, queue = :queue, said_hash = :said_hash, row_id = :row_id, person = :person, unit = :unit, said = :said, held = :held, choice = :choice, chosen = :chosen, decider = :decider, due_us = :due_us, ended_us = :ended_us, source = :source, doc = :doc
WHERE shard = :shard AND id = :id AND version = :expected;

-- What waits in one queue, due first; (due, id) of the last row is where the next page begins.
-- query cases_queued(shard i16, queue i16, after_due i64, after_id i64, most i64) many
-- row case_row
SELECT id, version, kind, state, queue, generation, print, said_hash, register_code, row_id, other_row, person, other_person, unit, attribute, field,
    said, held, choice, chosen, decider, opened_us, due_us, ended_us, source, doc
FROM case_item WHERE shard = :shard AND queue = :queue AND (due_us, id) > (:after_due, :after_id) ORDER BY due_us, id LIMIT :most;

-- query cases_of_unit(shard i16, unit i32, queue i16, after_due i64, after_id i64, most i64) many
-- row case_row
SELECT id, version, kind, state, queue, generation, print, said_hash, register_code, row_id, other_row, person, other_person, unit, attribute, field,
    said, held, choice, chosen, decider, opened_us, due_us, ended_us, source, doc
FROM case_item WHERE shard = :shard AND unit = :unit AND queue = :queue AND (due_us, id) > (:after_due, :after_id)
ORDER BY due_us, id LIMIT :most;

-- query cases_of_person(shard i16, person i64) many
-- row case_row
SELECT id, version, kind, state, queue, generation, print, said_hash, register_code, row_id, other_row, person, other_person, unit, attribute, field,
    said, held, choice, chosen, decider, opened_us, due_us, ended_us, source, doc
FROM case_item WHERE shard = :shard AND person = :person ORDER BY id DESC LIMIT 100;

-- query case_event_add(shard i16, case_id i64, seq i32, command i16, state i16, at_us i64, account i64, actor str, organisation str,
--   note str) bulk
INSERT INTO case_event (shard, case_id, seq, command, state, at_us, account, actor, organisation, note)
VALUES (:shard, :case_id, :seq, :command, :state, :at_us, :account, :actor, :organisation, :note);

-- query case_events(shard i16, case_id i64) many
-- row case_event_row
SELECT seq, command, state, at_us, account, actor, organisation, note
FROM case_event WHERE shard = :shard AND case_id = :case_id ORDER BY seq LIMIT 1000;

-- query case_figure_move(shard i16, unit i32, kind i16, queue i16, by_count i64) bulk
INSERT INTO case_figure (shard, unit, kind, queue, cases) VALUES (:shard, :unit, :kind, :queue, :by_count)
ON CONFLICT (shard, unit, kind, queue) DO UPDATE SET cases = case_figure.cases + excluded.cases;

-- query case_figures_of(shard i16) each
-- scan: the summary table itself
SELECT unit, kind, queue, cases FROM case_figure WHERE shard = :shard AND cases <> 0 ORDER BY unit, kind, queue;

-- query case_figures_counted(shard i16) each
-- scan: a check that must look at every case
-- gives n i64
SELECT unit, kind, queue, COUNT(*) AS n FROM case_item WHERE shard = :shard GROUP BY unit, kind, queue ORDER BY unit, kind, queue;

-- query case_claim_get(shard i16, case_id i64) one?
-- row case_claim_row
SELECT account, actor, organisation, since_us, seen_us FROM case_claim WHERE shard = :shard AND case_id = :case_id;

-- query case_claim_set(shard i16, case_id i64, account i64, actor str, organisation str, since_us i64, seen_us i64) exec
INSERT INTO case_claim (shard, case_id, account, actor, organisation, since_us, seen_us)
VALUES (:shard, :case_id, :account, :actor, :organisation, :since_us, :seen_us)
ON CONFLICT (shard, case_id) DO UPDATE SET account = excluded.account, actor = excluded.actor, organisation = excluded.organisation,
    since_us = excluded.since_us, seen_us = excluded.seen_us;

-- query case_claim_drop(shard i16, case_id i64) exec
DELETE FROM case_claim WHERE shard = :shard AND case_id = :case_id;

-- query case_holders(shard i16, case_id i64) many
-- row case_holder_row
SELECT case_id, code, row_id, state, told_us, due_us, chased, ended_us, actor
FROM case_holder WHERE shard = :shard AND case_id = :case_id ORDER BY code, row_id LIMIT 500;

-- query case_holder_tell(shard i16, case_id i64, code str, row_id i64, told_us i64, due_us i64) exec
INSERT INTO case_holder (shard, case_id, code, row_id, state, told_us, due_us, chased, ended_us, actor)
VALUES (:shard, :case_id, :code, :row_id, 1, :told_us, :due_us, 0, 0, '')
ON CONFLICT (shard, case_id, code, row_id) DO UPDATE SET state = 1, told_us = excluded.told_us, due_us = excluded.due_us, chased = 0,
    ended_us = 0, actor = '';

-- query case_holder_acknowledge(shard i16, case_id i64, code str, ended_us i64, actor str) exec
UPDATE case_holder SET state = 2, ended_us = :ended_us, actor = :actor
WHERE shard = :shard AND case_id = :case_id AND code = :code AND state = 1;

-- query case_holders_withdraw(shard i16, case_id i64, ended_us i64) exec
UPDATE case_holder SET state = 3, ended_us = :ended_us WHERE shard = :shard AND case_id = :case_id;

-- query case_holder_chase(shard i16, case_id i64, code str, row_id i64, due_us i64) exec
UPDATE case_holder SET chased = chased + 1, due_us = :due_us
WHERE shard = :shard AND case_id = :case_id AND code = :code AND row_id = :row_id AND state = 1;

-- query case_holders_late(shard i16, now_us i64, most i64) many
-- row case_holder_row
SELECT case_id, code, row_id, state, told_us, due_us, chased, ended_us, actor
FROM case_holder WHERE shard = :shard AND state = 1 AND due_us <= :now_us ORDER BY due_us, case_id LIMIT :most;

-- query case_holders_of(shard i16, code str, after_due i64, after_id i64, most i64) many
-- row case_holder_row
SELECT case_id, code, row_id, state, told_us, due_us, chased, ended_us, actor
FROM case_holder WHERE shard = :shard AND code = :code AND state = 1 AND (due_us, case_id) > (:after_due, :after_id)
ORDER BY due_us, case_id LIMIT :most;

-- query cases_waited_out(shard i16, queue i16, now_us i64, most i64) many
-- row case_row
SELECT id, version, kind, state, queue, generation, print, said_hash, register_code, row_id, other_row, person, other_person, unit, attribute, field,
    said, held, choice, chosen, decider, opened_us, due_us, ended_us, source, doc
FROM case_item WHERE shard = :shard AND queue = :queue AND due_us <= :now_us ORDER BY due_us, id LIMIT :most;

-- Whose cases of a queue were due when, after where the watch was last.
-- query cases_late(shard i16, queue i16, after_due i64, after_unit i32, now_us i64, most i64) many
SELECT DISTINCT due_us, unit FROM case_item
WHERE shard = :shard AND queue = :queue AND due_us >= :after_due AND due_us <= :now_us AND (due_us > :after_due OR unit > :after_unit)
ORDER BY due_us, unit LIMIT :most;

-- query case_watch_get(shard i16, queue i16) one?
SELECT due_us, unit FROM case_watch WHERE shard = :shard AND queue = :queue;

-- query case_watch_set(shard i16, queue i16, due_us i64, unit i32) exec
INSERT INTO case_watch (shard, queue, due_us, unit) VALUES (:shard, :queue, :due_us, :unit)
ON CONFLICT (shard, queue) DO UPDATE SET due_us = excluded.due_us, unit = excluded.unit;
