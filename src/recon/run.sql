-- query recon_run_get(shard i16, id i64) one?
-- row recon_run_row
SELECT id, code, unit, delivery, repeats, snapshot_us, state, publish, account, roles, organisation, actor_unit, grant_fields,
    grant_unit, rows_total, rows_done, rows_kept, matched, last_row, digest, case_count, told_outcome, told_unit, told_row, created_us,
    finished_us, published_us, error
FROM recon_run WHERE shard = :shard AND id = :id;

-- query recon_runs_before(shard i16, before i64, most i64) many
-- row recon_run_row
SELECT id, code, unit, delivery, repeats, snapshot_us, state, publish, account, roles, organisation, actor_unit, grant_fields,
    grant_unit, rows_total, rows_done, rows_kept, matched, last_row, digest, case_count, told_outcome, told_unit, told_row, created_us,
    finished_us, published_us, error
FROM recon_run WHERE shard = :shard AND id < :before ORDER BY id DESC LIMIT :most;

-- query recon_runs_in_state(shard i16, state i16, most i64) many
SELECT id, code, unit, delivery FROM recon_run WHERE shard = :shard AND state = :state ORDER BY id LIMIT :most;

-- query recon_run_add(shard i16, id i64, code str, unit i32, delivery i64, repeats i64, snapshot_us i64, state i16, publish bool,
--   account i64, roles i32, organisation str, actor_unit i32, grant_fields i64, grant_unit i32, digest str, created_us i64) exec
INSERT INTO recon_run (shard, id, code, unit, delivery, repeats, snapshot_us, state, publish, account, roles, organisation, actor_unit,
    grant_fields, grant_unit, rows_total, rows_done, rows_kept, matched, last_row, digest, case_count, told_outcome, told_unit, told_row,
    created_us, finished_us, published_us, error)
VALUES (:shard, :id, :code, :unit, :delivery, :repeats, :snapshot_us, :state, :publish, :account, :roles, :organisation, :actor_unit,
    :grant_fields, :grant_unit, 0, 0, 0, 0, 0, :digest, 0, 0, 0, 0, :created_us, 0, 0, '');

-- query recon_run_move(shard i16, id i64, expected i16, state i16, error str) exec
UPDATE recon_run SET state = :state, error = :error WHERE shard = :shard AND id = :id AND state = :expected;

-- query recon_run_counted(shard i16, id i64, expected i16, state i16, rows_total i64) exec
UPDATE recon_run SET state = :state, rows_total = :rows_total WHERE shard = :shard AND id = :id AND state = :expected;

-- query recon_run_advance(shard i16, id i64, state i16, expected i64, last_row i64, looked i64, kept i64, matched i64, digest str) exec
UPDATE recon_run SET last_row = :last_row, rows_done = rows_done + :looked, rows_kept = rows_kept + :kept, matched = matched + :matched,
    digest = :digest
WHERE shard = :shard AND id = :id AND state = :state AND last_row = :expected;

-- query recon_run_scored(shard i16, id i64, expected i16, state i16, finished_us i64) exec
UPDATE recon_run SET state = :state, finished_us = :finished_us, rows_total = rows_done WHERE shard = :shard AND id = :id AND state = :expected;

-- query recon_run_told(shard i16, id i64, expected i64, state i16, told_outcome i16, told_unit i32, told_row i64, cases i64) exec
UPDATE recon_run SET told_outcome = :told_outcome, told_unit = :told_unit, told_row = :told_row, case_count = case_count + :cases
WHERE shard = :shard AND id = :id AND state = :state AND told_row = :expected;

-- query recon_run_published(shard i16, id i64, expected i16, state i16, published_us i64) exec
UPDATE recon_run SET state = :state, published_us = :published_us WHERE shard = :shard AND id = :id AND state = :expected;

-- query recon_scope_add(shard i16, run i64, row_id i64) bulk
INSERT INTO recon_scope (shard, run, row_id) VALUES (:shard, :run, :row_id);

-- query recon_scope_copy(shard i16, run i64, from_run i64) exec
INSERT INTO recon_scope (shard, run, row_id) SELECT shard, :run, row_id FROM recon_scope WHERE shard = :shard AND run = :from_run;

-- query recon_scope_rows(shard i16, run i64, after i64, most i64) many
SELECT row_id FROM recon_scope WHERE shard = :shard AND run = :run AND row_id > :after ORDER BY row_id LIMIT :most;

-- query recon_row_add(shard i16, run i64, outcome i16, unit i32, row_id i64, person i64, differs i64, compared i64, percent i16,
--   candidates i16, duplicate_of i64, same_key i64) bulk
INSERT INTO recon_row (shard, run, outcome, unit, row_id, person, differs, compared, percent, candidates, duplicate_of, same_key)
VALUES (:shard, :run, :outcome, :unit, :row_id, :person, :differs, :compared, :percent, :candidates, :duplicate_of, :same_key);

-- query recon_rows_all(shard i16, run i64) each
-- row recon_row_row
SELECT outcome, unit, row_id, person, differs, compared, percent, candidates, duplicate_of, same_key
FROM recon_row WHERE shard = :shard AND run = :run ORDER BY outcome, unit, row_id;

-- query recon_rows_of_unit(shard i16, run i64, outcome i16, unit i32, after i64, most i64) many
-- row recon_row_row
SELECT outcome, unit, row_id, person, differs, compared, percent, candidates, duplicate_of, same_key
FROM recon_row WHERE shard = :shard AND run = :run AND outcome = :outcome AND unit = :unit AND row_id > :after
ORDER BY row_id LIMIT :most;

-- query recon_rows_after_unit(shard i16, run i64, outcome i16, after_unit i32, most i64) many
-- row recon_row_row
SELECT outcome, unit, row_id, person, differs, compared, percent, candidates, duplicate_of, same_key
FROM recon_row WHERE shard = :shard AND run = :run AND outcome = :outcome AND unit > :after_unit
ORDER BY unit, row_id LIMIT :most;

-- query recon_evidence_add(shard i16, run i64, row_id i64, candidate i16, person i64, evidence i64) bulk
INSERT INTO recon_evidence (shard, run, row_id, candidate, person, evidence) VALUES (:shard, :run, :row_id, :candidate, :person, :evidence);

-- query recon_evidence_of(shard i16, run i64, row_id i64, most i64) many
SELECT candidate, person, evidence FROM recon_evidence WHERE shard = :shard AND run = :run AND row_id = :row_id ORDER BY candidate LIMIT :most;

-- query recon_figure_add(shard i16, run i64, unit i32, figure i16, item i16, amount i64) bulk
INSERT INTO recon_figure (shard, run, unit, figure, item, amount) VALUES (:shard, :run, :unit, :figure, :item, :amount);

-- query recon_figures(shard i16, run i64) each
SELECT unit, figure, item, amount FROM recon_figure WHERE shard = :shard AND run = :run ORDER BY unit, figure, item;
