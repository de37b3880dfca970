-- query probe_person_add(shard i16, id i64, version i32, name str, name_key str, birth i32, weight f64,
--     photo bytes, alive bool) bulk
INSERT INTO probe_person (shard, id, version, name, name_key, birth, weight, photo, alive)
VALUES (:shard, :id, :version, :name, :name_key, :birth, :weight, :photo, :alive);

-- query probe_person_by_id(shard i16, id i64) one?
-- row probe_person
-- gives alive bool
SELECT id, version, name, birth, weight, photo, alive FROM probe_person WHERE shard = :shard AND id = :id;

-- query probe_person_page(shard i16, after i64, most i64) many
-- row probe_person
-- gives alive bool
SELECT id, version, name, birth, weight, photo, alive FROM probe_person
WHERE shard = :shard AND id > :after ORDER BY id LIMIT :most;

-- query probe_person_born(shard i16, from_day i32, to_day i32) each
SELECT id, name_key, birth FROM probe_person
WHERE shard = :shard AND birth BETWEEN :from_day AND :to_day ORDER BY birth, name_key, id;

-- query probe_person_rename(shard i16, id i64, expected i32, name str, name_key str) exec
UPDATE probe_person SET name = :name, name_key = :name_key, version = version + 1
WHERE shard = :shard AND id = :id AND version = :expected;

-- query probe_person_drop(shard i16, id i64) exec
DELETE FROM probe_person WHERE shard = :shard AND id = :id;

-- query probe_count(shard i16) one?
-- gives people i64, oldest i32, sum_of_versions i64, mean f64
-- scan: counts everything, in tests only
SELECT COUNT(*) AS people, MIN(birth) AS oldest, SUM(version) AS sum_of_versions, AVG(weight) AS mean
FROM probe_person WHERE shard = :shard;

-- query probe_born_to_many(shard i16, from_id i64, to_id i64) one?
SELECT name FROM probe_person WHERE shard = :shard AND id BETWEEN :from_id AND :to_id;

-- query probe_claim_take(number i64, person i64) exec
INSERT INTO probe_claim (number, person) VALUES (:number, :person);

-- query probe_claim_keep(number i64, person i64) bulk
INSERT INTO probe_claim (number, person) VALUES (:number, :person)
ON CONFLICT (number) DO UPDATE SET person = excluded.person;

-- query probe_claim_of(number i64) one?
SELECT person FROM probe_claim WHERE number = :number;

-- query probe_phone_add(shard i16, person i64, place i32, phone str) bulk
INSERT INTO probe_phone (shard, person, place, phone) VALUES (:shard, :person, :place, :phone);

-- query probe_person_phone(shard i16, id i64) many
SELECT p.name, t.place, t.phone FROM probe_person AS p LEFT JOIN probe_phone AS t ON t.shard = p.shard AND t.person = p.id
WHERE p.shard = :shard AND p.id = :id ORDER BY t.place LIMIT 20;

-- query probe_person_next_version(shard i16, id i64) one?
UPDATE probe_person SET version = version + 1 WHERE shard = :shard AND id = :id RETURNING version;

-- query probe_claim_sum() one?
-- gives claims i64, total i64, mean f64
-- scan: adds everything up, in tests only
SELECT COUNT(*) AS claims, SUM(person) AS total, AVG(person) AS mean FROM probe_claim;
