-- query row_series_take(shard i16, series str) exec
INSERT INTO row_series (shard, series, last) VALUES (:shard, :series, 1)
ON CONFLICT (shard, series) DO UPDATE SET last = row_series.last + 1;

-- query row_series_get(shard i16, series str) one?
SELECT last FROM row_series WHERE shard = :shard AND series = :series;

-- query dossier_put_add(shard i16, dossier i64, code str, row_id i64) exec
INSERT INTO dossier_put (shard, dossier, code, row_id) VALUES (:shard, :dossier, :code, :row_id);

-- query dossier_puts(shard i16, dossier i64) many
SELECT code, row_id FROM dossier_put WHERE shard = :shard AND dossier = :dossier ORDER BY code, row_id LIMIT 200;
