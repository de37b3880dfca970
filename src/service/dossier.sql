-- query dossier_get(shard i16, id i64) one?
-- row dossier_row
SELECT id, version, state, generation, procedure_key, procedure_day, code, applicant, account, channel, organisation, unit, assignee,
    step, created_us, submitted_us, due_us, ended_us, until_us, fee, paid, granted, answers
FROM dossier WHERE shard = :shard AND id = :id;

-- query dossier_add(shard i16, id i64, version i32, state i16, generation i16, procedure_key str, procedure_day i32, code str,
--   applicant i64, account i64, channel i16, organisation str, unit i32, assignee i64, step i16, created_us i64, submitted_us i64,
--   due_us i64, ended_us i64, until_us i64, fee i64, paid i64, granted i16, answers bytes) exec
INSERT INTO dossier (shard, id, version, state, generation, procedure_key, procedure_day, code, applicant, account, channel,
    organisation, unit, assignee, step, created_us, submitted_us, due_us, ended_us, until_us, fee, paid, granted, answers)
VALUES (:shard, :id, :version, :state, :generation, :procedure_key, :procedure_day, :code, :applicant, :account, :channel,
    :organisation, :unit, :assignee, :step, :created_us, :submitted_us, :due_us, :ended_us, :until_us, :fee, :paid, :granted, :answers);

-- query dossier_set(shard i16, id i64, expected i32, version i32, state i16, generation i16, code str, organisation str, unit i32,
--   assignee i64, step i16, submitted_us i64, due_us i64, ended_us i64, until_us i64, fee i64, paid i64, granted i16, answers bytes) exec
UPDATE dossier SET version = :version, state = :state, generation = :generation, code = :code, organisation = :organisation,
    unit = :unit, assignee = :assignee, step = :step, submitted_us = :submitted_us, due_us = :due_us, ended_us = :ended_us,
    until_us = :until_us, fee = :fee, paid = :paid, granted = :granted, answers = :answers
WHERE shard = :shard AND id = :id AND version = :expected;

-- query dossier_event_add(shard i16, dossier i64, seq i32, command i16, state i16, step i16, at_us i64, account i64, actor str,
--   holder str, note str, amount i64) exec
INSERT INTO dossier_event (shard, dossier, seq, command, state, step, at_us, account, actor, holder, note, amount)
VALUES (:shard, :dossier, :seq, :command, :state, :step, :at_us, :account, :actor, :holder, :note, :amount);

-- query dossier_events(shard i16, dossier i64) many
-- row dossier_event_row
SELECT seq, command, state, step, at_us, account, actor, holder, note, amount
FROM dossier_event WHERE shard = :shard AND dossier = :dossier ORDER BY seq LIMIT 2000;

-- query dossier_code_get(code str) one?
SELECT shard, dossier FROM dossier_code WHERE code = :code;

-- query dossier_code_add(code str, shard i16, dossier i64) exec
INSERT INTO dossier_code (code, shard, dossier) VALUES (:code, :shard, :dossier);

-- query dossier_counter_get(shard i16, organisation str, on_day i32) one?
SELECT next FROM dossier_counter WHERE shard = :shard AND organisation = :organisation AND on_day = :on_day;

-- query dossier_counter_take(shard i16, organisation str, on_day i32, next i64) exec
INSERT INTO dossier_counter (shard, organisation, on_day, next) VALUES (:shard, :organisation, :on_day, :next)
ON CONFLICT (shard, organisation, on_day) DO UPDATE SET next = dossier_counter.next + 1;

-- query dossier_payment_get(shard i16, dossier i64, receipt str) one?
SELECT amount FROM dossier_payment WHERE shard = :shard AND dossier = :dossier AND receipt = :receipt;

-- query dossier_payment_add(shard i16, dossier i64, receipt str, amount i64, recorded_us i64) exec
INSERT INTO dossier_payment (shard, dossier, receipt, amount, recorded_us) VALUES (:shard, :dossier, :receipt, :amount, :recorded_us);

-- One page of an office's queue: what is due first comes first, and among those without a clock the oldest, since ids grow with
-- time; (due, id) of the last row is where the next page begins.
-- query dossiers_queued(shard i16, organisation str, state i16, after_due i64, after_id i64, most i64) many
-- row dossier_row
SELECT id, version, state, generation, procedure_key, procedure_day, code, applicant, account, channel, organisation, unit, assignee,
    step, created_us, submitted_us, due_us, ended_us, until_us, fee, paid, granted, answers
FROM dossier WHERE shard = :shard AND organisation = :organisation AND state = :state AND (due_us, id) > (:after_due, :after_id)
ORDER BY due_us, id LIMIT :most;

-- The newest first; (created, id) of the last row is where the next page begins.
-- query dossiers_of(shard i16, applicant i64, before_us i64, before_id i64, most i64) many
-- row dossier_row
SELECT id, version, state, generation, procedure_key, procedure_day, code, applicant, account, channel, organisation, unit, assignee,
    step, created_us, submitted_us, due_us, ended_us, until_us, fee, paid, granted, answers
FROM dossier WHERE shard = :shard AND applicant = :applicant AND (created_us, id) < (:before_us, :before_id)
ORDER BY created_us DESC, id DESC LIMIT :most;

-- query dossiers_waited_out(shard i16, now_us i64, most i64) many
-- row dossier_row
SELECT id, version, state, generation, procedure_key, procedure_day, code, applicant, account, channel, organisation, unit, assignee,
    step, created_us, submitted_us, due_us, ended_us, until_us, fee, paid, granted, answers
FROM dossier WHERE shard = :shard AND until_us > 0 AND until_us <= :now_us ORDER BY until_us, id LIMIT :most;

-- The stripes of a state together.
-- query dossier_figures(shard i16, organisation str) many
-- gives state i16, dossiers i64
SELECT state % 100 AS state, CAST(SUM(dossiers) AS BIGINT) AS dossiers FROM dossier_figure
WHERE shard = :shard AND organisation = :organisation GROUP BY state % 100 LIMIT 100;

-- query dossier_figure_add(shard i16, organisation str, state i16, by_count i64) exec
INSERT INTO dossier_figure (shard, organisation, state, dossiers) VALUES (:shard, :organisation, :state, :by_count)
ON CONFLICT (shard, organisation, state) DO UPDATE SET dossiers = dossier_figure.dossiers + excluded.dossiers;
