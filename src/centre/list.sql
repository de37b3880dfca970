-- query delivery_get(shard i16, id i64) one?
-- row delivery_row
SELECT id, digest, source, name, kind, state, bytes, map, sheet, encoding, found_encoding, account, roles, organisation, unit,
    grant_fields, grant_unit, rows_done, rows_total, matched, created_us, finished_us, error, error_field, error_row, error_column
FROM delivery WHERE shard = :shard AND id = :id;

-- query deliveries_before(shard i16, before i64, most i64) many
-- row delivery_row
SELECT id, digest, source, name, kind, state, bytes, map, sheet, encoding, found_encoding, account, roles, organisation, unit,
    grant_fields, grant_unit, rows_done, rows_total, matched, created_us, finished_us, error, error_field, error_row, error_column
FROM delivery WHERE shard = :shard AND id < :before ORDER BY id DESC LIMIT :most;

-- query deliveries_in_state(shard i16, state i16, most i64) many
SELECT id FROM delivery WHERE shard = :shard AND state = :state ORDER BY id LIMIT :most;

-- query delivery_claimed(shard i16, digest str, source str) one?
SELECT delivery FROM delivery_claim WHERE shard = :shard AND digest = :digest AND source = :source;

-- query delivery_of_digest(shard i16, digest str) one?
SELECT delivery FROM delivery_claim WHERE shard = :shard AND digest = :digest ORDER BY source LIMIT 1;

-- query delivery_claim_add(shard i16, digest str, source str, delivery i64) exec
INSERT INTO delivery_claim (shard, digest, source, delivery) VALUES (:shard, :digest, :source, :delivery);

-- query delivery_add(shard i16, id i64, digest str, source str, name str, kind i16, state i16, bytes i64, map str, sheet str,
--   encoding str, found_encoding str, account i64, roles i32, organisation str, unit i32, grant_fields i64, grant_unit i32, created_us i64) exec
INSERT INTO delivery (shard, id, digest, source, name, kind, state, bytes, map, sheet, encoding, found_encoding, account, roles,
    organisation, unit, grant_fields, grant_unit, rows_done, rows_total, matched, created_us, finished_us, error, error_field,
    error_row, error_column)
VALUES (:shard, :id, :digest, :source, :name, :kind, :state, :bytes, :map, :sheet, :encoding, :found_encoding, :account, :roles,
    :organisation, :unit, :grant_fields, :grant_unit, 0, 0, 0, :created_us, 0, '', '', 0, 0);

-- query delivery_retry(shard i16, id i64, state i16, map str, sheet str, encoding str, found_encoding str) exec
UPDATE delivery SET state = :state, map = :map, sheet = :sheet, encoding = :encoding, found_encoding = :found_encoding, error = '',
    error_field = '', error_row = 0, error_column = 0
WHERE shard = :shard AND id = :id AND rows_done = 0;

-- query delivery_state_set(shard i16, id i64, state i16) exec
UPDATE delivery SET state = :state, error = '', error_field = '', error_row = 0, error_column = 0 WHERE shard = :shard AND id = :id;

-- query delivery_move(shard i16, id i64, from1 i16, from2 i16, state i16) exec
UPDATE delivery SET state = :state WHERE shard = :shard AND id = :id AND (state = :from1 OR state = :from2);

-- query list_map_get(shard i16, source str, into_code str) one?
SELECT map FROM list_map WHERE shard = :shard AND source = :source AND into_code = :into_code;

-- query list_map_set(shard i16, source str, into_code str, map str) exec
INSERT INTO list_map (shard, source, into_code, map) VALUES (:shard, :source, :into_code, :map)
ON CONFLICT (shard, source, into_code) DO UPDATE SET map = excluded.map;

-- query delivery_rest_get(shard i16, delivery i64) one?
SELECT completes FROM delivery_rest WHERE shard = :shard AND delivery = :delivery;

-- query delivery_rest_add(shard i16, delivery i64, completes i64) exec
INSERT INTO delivery_rest (shard, delivery, completes) VALUES (:shard, :delivery, :completes);

-- query delivery_advance(shard i16, id i64, expected i64, done i64, total i64, matched i64, stopped i16) exec
UPDATE delivery SET rows_done = :done, rows_total = :total, matched = matched + :matched
WHERE shard = :shard AND id = :id AND rows_done = :expected AND state <> :stopped;

-- query delivery_end(shard i16, id i64, expected i64, state i16, finished_us i64, error str, error_field str, error_row i64,
--   error_column i32, stopped i16) exec
UPDATE delivery SET state = :state, rows_total = rows_done, finished_us = :finished_us, error = :error, error_field = :error_field,
    error_row = :error_row, error_column = :error_column
WHERE shard = :shard AND id = :id AND rows_done = :expected AND state <> :stopped;

-- query list_row_add(shard i16, delivery i64, place i64, line i64, outcome i16, reason i16, repairs i64, warnings i64, differs i64,
--   person i64, candidates i16, duplicate_of i64, number i64, name str, birth i32, sex i16) bulk
INSERT INTO list_row (shard, delivery, place, line, outcome, reason, repairs, warnings, differs, person, candidates, duplicate_of,
    number, name, birth, sex)
VALUES (:shard, :delivery, :place, :line, :outcome, :reason, :repairs, :warnings, :differs, :person, :candidates, :duplicate_of,
    :number, :name, :birth, :sex);

-- query list_rows_all(shard i16, delivery i64, after i64) each
-- row list_row_row
SELECT place, line, outcome, reason, repairs, warnings, differs, person, candidates, duplicate_of, number, name, birth, sex
FROM list_row WHERE shard = :shard AND delivery = :delivery AND place > :after ORDER BY place;

-- query list_rows_after(shard i16, delivery i64, after i64, most i64) many
-- row list_row_row
SELECT place, line, outcome, reason, repairs, warnings, differs, person, candidates, duplicate_of, number, name, birth, sex
FROM list_row WHERE shard = :shard AND delivery = :delivery AND place > :after ORDER BY place LIMIT :most;

-- query list_rows_of_outcome(shard i16, delivery i64, outcome i16, after i64, most i64) many
-- row list_row_row
SELECT place, line, outcome, reason, repairs, warnings, differs, person, candidates, duplicate_of, number, name, birth, sex
FROM list_row WHERE shard = :shard AND delivery = :delivery AND outcome = :outcome AND place > :after ORDER BY place LIMIT :most;

-- query list_evidence_add(shard i16, delivery i64, place i64, candidate i16, evidence i64) bulk
INSERT INTO list_evidence (shard, delivery, place, candidate, evidence) VALUES (:shard, :delivery, :place, :candidate, :evidence);

-- query list_evidence_of(shard i16, delivery i64, place i64, most i64) many
SELECT evidence FROM list_evidence WHERE shard = :shard AND delivery = :delivery AND place = :place ORDER BY candidate LIMIT :most;

-- query delivery_figure_add(shard i16, delivery i64, figure i16, item i64, by i64) bulk
INSERT INTO delivery_figure (shard, delivery, figure, item, row_count) VALUES (:shard, :delivery, :figure, :item, :by)
ON CONFLICT (shard, delivery, figure, item) DO UPDATE SET row_count = delivery_figure.row_count + excluded.row_count;

-- query delivery_figures(shard i16, delivery i64) many
SELECT figure, item, row_count FROM delivery_figure WHERE shard = :shard AND delivery = :delivery ORDER BY figure, item LIMIT 20000;
