-- query account_add(shard i16, id i64, login str, roles i32, unit i32, organisation str, person i64, password str,
--     created_us i64) exec
INSERT INTO account (shard, id, login, roles, unit, organisation, person, password, state, failures, locked_until_us,
    created_us, changed_us)
VALUES (:shard, :id, :login, :roles, :unit, :organisation, :person, :password, 1, 0, 0, :created_us, :created_us);

-- query login_claim_add(login str, shard i16, account i64) exec
INSERT INTO login_claim (login, shard, account) VALUES (:login, :shard, :account);

-- query account_by_login(login str) one?
SELECT a.shard, a.id, a.login, a.roles, a.unit, a.organisation, a.person, a.password, a.state, a.failures, a.locked_until_us
FROM login_claim AS c JOIN account AS a ON a.shard = c.shard AND a.id = c.account WHERE c.login = :login;

-- query account_set_password(shard i16, id i64, password str, changed_us i64) exec
UPDATE account SET password = :password, failures = 0, locked_until_us = 0, changed_us = :changed_us
WHERE shard = :shard AND id = :id;

-- query account_place(shard i16, id i64, roles i32, unit i32, organisation str, person i64) exec
UPDATE account SET roles = :roles, unit = :unit, organisation = :organisation, person = :person
WHERE shard = :shard AND id = :id;

-- query account_set_state(shard i16, id i64, state i16, changed_us i64) exec
UPDATE account SET state = :state, changed_us = :changed_us WHERE shard = :shard AND id = :id;

-- query account_failed(shard i16, id i64, failures i32, locked_until_us i64) exec
UPDATE account SET failures = :failures, locked_until_us = :locked_until_us WHERE shard = :shard AND id = :id;

-- query session_add(shard i16, digest bytes, id i64, account i64, created_us i64, ends_us i64) exec
INSERT INTO session (shard, digest, id, account, created_us, seen_us, ends_us)
VALUES (:shard, :digest, :id, :account, :created_us, :created_us, :ends_us);

-- query session_find(shard i16, digest bytes) one?
-- row credential
SELECT s.id, s.account, s.seen_us, s.ends_us, a.login, a.roles, a.unit, a.organisation, a.person, a.state
FROM session AS s JOIN account AS a ON a.shard = s.shard AND a.id = s.account
WHERE s.shard = :shard AND s.digest = :digest;

-- query api_token_find(shard i16, digest bytes) one?
-- row credential
SELECT t.id, t.account, t.created_us AS seen_us, t.ends_us, a.login, a.roles, a.unit, a.organisation, a.person, a.state
FROM api_token AS t JOIN account AS a ON a.shard = t.shard AND a.id = t.account
WHERE t.shard = :shard AND t.digest = :digest;

-- query session_touch(shard i16, digest bytes, seen_us i64) exec
UPDATE session SET seen_us = :seen_us WHERE shard = :shard AND digest = :digest AND seen_us < :seen_us;

-- query session_drop(shard i16, digest bytes) exec
DELETE FROM session WHERE shard = :shard AND digest = :digest;

-- query session_drop_one(shard i16, account i64, id i64) exec
DELETE FROM session WHERE shard = :shard AND account = :account AND id = :id;

-- query session_drop_all(shard i16, account i64) exec
DELETE FROM session WHERE shard = :shard AND account = :account;

-- query sessions_of(shard i16, account i64) many
SELECT id, created_us, seen_us, ends_us FROM session
WHERE shard = :shard AND account = :account ORDER BY id LIMIT 200;

-- query api_token_add(shard i16, digest bytes, id i64, account i64, created_us i64, ends_us i64) exec
INSERT INTO api_token (shard, digest, id, account, created_us, ends_us)
VALUES (:shard, :digest, :id, :account, :created_us, :ends_us);

-- query api_token_drop_all(shard i16, account i64) exec
DELETE FROM api_token WHERE shard = :shard AND account = :account;

-- query demo_person(shard i16, after i64, born_from i32, born_to i32) one?
-- reads other: somebody of a synthetic province to sign in as: a living woman of an age and a family to have children
SELECT id, number, unit FROM person
WHERE shard = :shard AND id > :after AND state = 2 AND sex = 2 AND number > 0 AND spouse > 0 AND survives_as = 0
    AND birth >= :born_from AND birth <= :born_to
ORDER BY id LIMIT 1;
