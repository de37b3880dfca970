-- query rating_get(shard i16, dossier i64) one?
SELECT level, rated_us FROM dossier_rating WHERE shard = :shard AND dossier = :dossier;

-- query rating_add(shard i16, dossier i64, organisation str, procedure_key str, level i16, reason str, rated_us i64) exec
INSERT INTO dossier_rating (shard, dossier, organisation, procedure_key, level, reason, rated_us)
VALUES (:shard, :dossier, :organisation, :procedure_key, :level, :reason, :rated_us);

-- query rating_reasons(shard i16, organisation str, level i16, most i64) many
SELECT reason, rated_us FROM dossier_rating
WHERE shard = :shard AND organisation = :organisation AND level = :level ORDER BY rated_us DESC LIMIT :most;

-- query rating_figure_move(shard i16, organisation str, month i32, procedure_key str, level i16, by_count i64) exec
UPDATE rating_figure SET ratings = ratings + :by_count
WHERE shard = :shard AND organisation = :organisation AND month = :month AND procedure_key = :procedure_key AND level = :level;

-- query rating_figure_add(shard i16, organisation str, month i32, procedure_key str, level i16, ratings i64) exec
INSERT INTO rating_figure (shard, organisation, month, procedure_key, level, ratings)
VALUES (:shard, :organisation, :month, :procedure_key, :level, :ratings);

-- query rating_figures_of(shard i16, organisation str, from_month i32, to_month i32) many
-- gives procedure_key str, level i16, n i64
SELECT procedure_key, level, SUM(ratings) AS n FROM rating_figure
WHERE shard = :shard AND organisation = :organisation AND month >= :from_month AND month <= :to_month
GROUP BY procedure_key, level ORDER BY procedure_key, level LIMIT 20000;

-- query rating_offices(shard i16, from_month i32, to_month i32) many
-- gives organisation str, level i16, n i64
SELECT organisation, level, SUM(ratings) AS n FROM rating_figure
WHERE shard = :shard AND month >= :from_month AND month <= :to_month
GROUP BY organisation, level ORDER BY organisation, level LIMIT 50000;

-- query complaint_get(shard i16, id i64) one?
-- row complaint_row
SELECT id, version, state, dossier, applicant, organisation, reason, wish, lodged_us, accepted_us, due_us, ended_us, late_us, answer, account
FROM complaint WHERE shard = :shard AND id = :id;

-- query complaints_about(shard i16, dossier i64) many
-- row complaint_row
SELECT id, version, state, dossier, applicant, organisation, reason, wish, lodged_us, accepted_us, due_us, ended_us, late_us, answer, account
FROM complaint WHERE shard = :shard AND dossier = :dossier ORDER BY id DESC LIMIT 50;

-- query complaints_queued(shard i16, organisation str, after_due i64, after_id i64, most i64) many
-- row complaint_row
SELECT id, version, state, dossier, applicant, organisation, reason, wish, lodged_us, accepted_us, due_us, ended_us, late_us, answer, account
FROM complaint WHERE shard = :shard AND organisation = :organisation AND ended_us = 0 AND (due_us, id) > (:after_due, :after_id)
ORDER BY due_us, id LIMIT :most;

-- query complaints_late(shard i16, now_us i64, most i64) many
-- row complaint_row
SELECT id, version, state, dossier, applicant, organisation, reason, wish, lodged_us, accepted_us, due_us, ended_us, late_us, answer, account
FROM complaint WHERE shard = :shard AND ended_us = 0 AND late_us = 0 AND due_us <= :now_us ORDER BY due_us, id LIMIT :most;

-- query complaint_add(shard i16, id i64, dossier i64, applicant i64, organisation str, reason str, wish str, lodged_us i64, due_us i64) exec
INSERT INTO complaint (shard, id, version, state, dossier, applicant, organisation, reason, wish, lodged_us, accepted_us, due_us, ended_us,
    late_us, answer, account)
VALUES (:shard, :id, 1, 0, :dossier, :applicant, :organisation, :reason, :wish, :lodged_us, 0, :due_us, 0, 0, '', 0);

-- query complaint_set(shard i16, id i64, was i32, version i32, state i16, accepted_us i64, due_us i64, ended_us i64, late_us i64, answer str,
--   account i64) exec
UPDATE complaint SET version = :version, state = :state, accepted_us = :accepted_us, due_us = :due_us, ended_us = :ended_us,
    late_us = :late_us, answer = :answer, account = :account
WHERE shard = :shard AND id = :id AND version = :was;

-- query dossiers_late(shard i16, after_us i64, after_id i64, now_us i64, most i64) many
-- row dossier_row
SELECT id, version, state, generation, procedure_key, procedure_day, code, applicant, account, channel, organisation, unit, assignee,
    step, created_us, submitted_us, due_us, ended_us, until_us, fee, paid, granted, answers
FROM dossier WHERE shard = :shard AND ended_us = 0 AND (due_us, id) > (:after_us, :after_id) AND due_us < :now_us ORDER BY due_us, id LIMIT :most;

-- query watch_get(shard i16, name str) one?
SELECT at_us, at_id FROM dossier_watch WHERE shard = :shard AND name = :name;

-- query watch_add(shard i16, name str, at_us i64, at_id i64) exec
INSERT INTO dossier_watch (shard, name, at_us, at_id) VALUES (:shard, :name, :at_us, :at_id);

-- query watch_set(shard i16, name str, at_us i64, at_id i64) exec
UPDATE dossier_watch SET at_us = :at_us, at_id = :at_id WHERE shard = :shard AND name = :name;
