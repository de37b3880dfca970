-- query person_row_get(shard i16, id i64) one?
-- row person_row
SELECT id, version, state, residence_state, sex, ethnic, marital, relation, number, name, name_hash, birth, death, nationality,
    unit, household, father, mother, spouse, survives_as, recorded_us
FROM person WHERE shard = :shard AND id = :id;

-- query person_rows_after(shard i16, after i64, most i64) many
-- row person_row
SELECT id, version, state, residence_state, sex, ethnic, marital, relation, number, name, name_hash, birth, death, nationality,
    unit, household, father, mother, spouse, survives_as, recorded_us
FROM person WHERE shard = :shard AND id > :after ORDER BY id LIMIT :most;

-- query person_rows_by_name(shard i16, name_hash i64, birth_from i32, birth_to i32) many
-- row person_row
SELECT id, version, state, residence_state, sex, ethnic, marital, relation, number, name, name_hash, birth, death, nationality,
    unit, household, father, mother, spouse, survives_as, recorded_us
FROM person WHERE shard = :shard AND name_hash = :name_hash AND birth >= :birth_from AND birth <= :birth_to
ORDER BY birth LIMIT 64;

-- Joined with itself: without statistics SQLite would walk the whole shard rather than the index by household or parent.
-- query person_rows_by_household(shard i16, household i64) many
-- row person_row
SELECT p.id, p.version, p.state, p.residence_state, p.sex, p.ethnic, p.marital, p.relation, p.number, p.name, p.name_hash, p.birth,
    p.death, p.nationality, p.unit, p.household, p.father, p.mother, p.spouse, p.survives_as, p.recorded_us
FROM person AS k JOIN person AS p ON p.shard = k.shard AND p.id = k.id
WHERE k.shard = :shard AND k.household = :household LIMIT 200;

-- query person_rows_by_father(shard i16, father i64) many
-- row person_row
SELECT p.id, p.version, p.state, p.residence_state, p.sex, p.ethnic, p.marital, p.relation, p.number, p.name, p.name_hash, p.birth,
    p.death, p.nationality, p.unit, p.household, p.father, p.mother, p.spouse, p.survives_as, p.recorded_us
FROM person AS k JOIN person AS p ON p.shard = k.shard AND p.id = k.id
WHERE k.shard = :shard AND k.father = :father LIMIT 100;

-- query person_rows_by_mother(shard i16, mother i64) many
-- row person_row
SELECT p.id, p.version, p.state, p.residence_state, p.sex, p.ethnic, p.marital, p.relation, p.number, p.name, p.name_hash, p.birth,
    p.death, p.nationality, p.unit, p.household, p.father, p.mother, p.spouse, p.survives_as, p.recorded_us
FROM person AS k JOIN person AS p ON p.shard = k.shard AND p.id = k.id
WHERE k.shard = :shard AND k.mother = :mother LIMIT 100;

-- query person_rows_by_old_number(shard i16, number i64) many
-- row person_row
SELECT p.id, p.version, p.state, p.residence_state, p.sex, p.ethnic, p.marital, p.relation, p.number, p.name, p.name_hash, p.birth,
    p.death, p.nationality, p.unit, p.household, p.father, p.mother, p.spouse, p.survives_as, p.recorded_us
FROM person_old_number AS o JOIN person AS p ON p.shard = o.shard AND p.id = o.person
WHERE o.shard = :shard AND o.number = :number LIMIT 16;

-- query person_row_add(shard i16, id i64, version i32, state i16, residence_state i16, sex i16, ethnic i16, marital i16, relation i16, number i64, name str, name_hash i64, birth i32, death i32, nationality str, unit i32, household i64, father i64, mother i64, spouse i64, survives_as i64, recorded_us i64) bulk
INSERT INTO person (shard, id, version, state, residence_state, sex, ethnic, marital, relation, number, name, name_hash, birth,
    death, nationality, unit, household, father, mother, spouse, survives_as, recorded_us)
VALUES (:shard, :id, :version, :state, :residence_state, :sex, :ethnic, :marital, :relation, :number, :name, :name_hash, :birth,
    :death, :nationality, :unit, :household, :father, :mother, :spouse, :survives_as, :recorded_us);

-- query person_row_set(shard i16, id i64, expected i32, version i32, state i16, residence_state i16, sex i16, ethnic i16, marital i16, relation i16, number i64, name str, name_hash i64, birth i32, death i32, nationality str, unit i32, household i64, father i64, mother i64, spouse i64, survives_as i64, recorded_us i64) exec
UPDATE person SET version = :version, state = :state, residence_state = :residence_state, sex = :sex, ethnic = :ethnic,
    marital = :marital, relation = :relation, number = :number, name = :name, name_hash = :name_hash, birth = :birth, death = :death,
    nationality = :nationality, unit = :unit, household = :household, father = :father, mother = :mother, spouse = :spouse,
    survives_as = :survives_as, recorded_us = :recorded_us
WHERE shard = :shard AND id = :id AND version = :expected;

-- query person_event_add(shard i16, person i64, seq i32, kind i16, effective i32, recorded_us i64, source str, command i64, actor i64, doc bytes) bulk
INSERT INTO person_event (shard, person, seq, kind, effective, recorded_us, source, command, actor, doc)
VALUES (:shard, :person, :seq, :kind, :effective, :recorded_us, :source, :command, :actor, :doc);

-- query person_event_rows(shard i16, person i64) many
SELECT seq, kind, effective, recorded_us, source, command, actor, doc
FROM person_event WHERE shard = :shard AND person = :person ORDER BY seq LIMIT 10000;

-- What claims are compared with.
-- query person_claim_get(shard i16, id i64) one?
SELECT state, sex, name, birth, unit, survives_as FROM person WHERE shard = :shard AND id = :id;

-- query person_number_get(number i64) one?
SELECT shard, person, state FROM person_number WHERE number = :number;

-- query person_number_add(number i64, shard i16, person i64, state i16) bulk
INSERT INTO person_number (number, shard, person, state) VALUES (:number, :shard, :person, :state);

-- query person_number_set(number i64, person i64, state i16) exec
UPDATE person_number SET state = :state WHERE number = :number AND person = :person;

-- query person_old_number_add(shard i16, number i64, person i64) bulk
INSERT INTO person_old_number (shard, number, person) VALUES (:shard, :number, :person) ON CONFLICT (shard, number, person) DO NOTHING;

-- query person_old_number_load(shard i16, number i64, person i64) bulk
INSERT INTO person_old_number (shard, number, person) VALUES (:shard, :number, :person);

-- query person_ids_after(shard i16, after i64, most i64) many
SELECT id FROM person WHERE shard = :shard AND id > :after ORDER BY id LIMIT :most;

-- query person_rows_changed(shard i16, since i64) each
SELECT id FROM person WHERE shard = :shard AND recorded_us > :since ORDER BY recorded_us, id;

-- query household_get(shard i16, id i64) one?
SELECT id, unit, head, address, recorded_us FROM household WHERE shard = :shard AND id = :id;

-- query household_add(shard i16, id i64, unit i32, head i64, address str, recorded_us i64) bulk
INSERT INTO household (shard, id, unit, head, address, recorded_us) VALUES (:shard, :id, :unit, :head, :address, :recorded_us);

-- query register_figure_change(shard i16, unit i32, birth_year i32, sex i16, state i16, change i64) bulk
INSERT INTO register_figure (shard, unit, birth_year, sex, state, people)
VALUES (:shard, :unit, :birth_year, :sex, :state, :change)
ON CONFLICT (shard, unit, birth_year, sex, state) DO UPDATE SET people = register_figure.people + excluded.people;

-- query register_figure_rows(shard i16, unit i32) many
SELECT unit, birth_year, sex, state, people FROM register_figure WHERE shard = :shard AND unit = :unit AND people <> 0
ORDER BY birth_year, sex, state LIMIT 4000;

-- query register_figure_all(shard i16) each
-- scan: the summary table itself, some thousands of rows
SELECT unit, birth_year, sex, state, people FROM register_figure WHERE shard = :shard AND people <> 0
ORDER BY unit, birth_year, sex, state;

-- query register_figure_counted(shard i16) each
-- scan: a check that must look at everybody
-- gives birth_year i64, people i64
SELECT unit, birth / 10000 AS birth_year, sex, state, COUNT(*) AS people FROM person
WHERE shard = :shard AND survives_as = 0 GROUP BY unit, birth / 10000, sex, state ORDER BY 1, 2, 3, 4;

-- query register_load_get(shard i16) one?
SELECT files, stage, done, recorded_us FROM register_load WHERE shard = :shard AND id = 1;

-- query register_load_set(shard i16, files i64, stage i16, done i64, recorded_us i64) exec
INSERT INTO register_load (shard, id, files, stage, done, recorded_us) VALUES (:shard, 1, :files, :stage, :done, :recorded_us)
ON CONFLICT (shard, id) DO UPDATE SET files = excluded.files, stage = excluded.stage, done = excluded.done, recorded_us = excluded.recorded_us;
