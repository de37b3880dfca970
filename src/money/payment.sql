-- query payment_receipt_get(shard i16, receipt str) one?
-- row payment_receipt_row
SELECT receipt, member, amount, words, paid_us, recorded_us, dossier FROM payment_receipt WHERE shard = :shard AND receipt = :receipt;

-- query payment_receipts_of(shard i16, dossier i64, most i64) many
-- row payment_receipt_row
SELECT receipt, member, amount, words, paid_us, recorded_us, dossier FROM payment_receipt
WHERE shard = :shard AND dossier = :dossier ORDER BY recorded_us, receipt LIMIT :most;

-- query payment_receipt_add(shard i16, receipt str, member str, amount i64, words str, paid_us i64, recorded_us i64, dossier i64) exec
INSERT INTO payment_receipt (shard, receipt, member, amount, words, paid_us, recorded_us, dossier)
VALUES (:shard, :receipt, :member, :amount, :words, :paid_us, :recorded_us, :dossier);

-- query payment_receipt_place(shard i16, receipt str, dossier i64) exec
UPDATE payment_receipt SET dossier = :dossier WHERE shard = :shard AND receipt = :receipt AND dossier = 0;

-- query payment_line_add(shard i16, receipt str, seq i32, account i16, amount i64, dossier i64, actor i64, recorded_us i64, note str) bulk
INSERT INTO payment_line (shard, receipt, seq, account, amount, dossier, actor, recorded_us, note)
VALUES (:shard, :receipt, :seq, :account, :amount, :dossier, :actor, :recorded_us, :note);

-- query payment_lines_of(shard i16, receipt str) many
SELECT seq, account, amount, dossier, actor, recorded_us, note FROM payment_line WHERE shard = :shard AND receipt = :receipt ORDER BY seq LIMIT 200;

-- query payment_balance_rows(shard i16) many
-- gives total i64, line_count i64
SELECT account, SUM(amount) AS total, COUNT(*) AS line_count FROM payment_line WHERE shard = :shard GROUP BY account ORDER BY account LIMIT 20;
