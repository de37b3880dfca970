-- query life_bundle_get(shard i16, id i64) one?
-- row life_bundle_row
SELECT id, version, state, event, event_day, home, code, applicant, applicant_number, organisation, began_us, ended_us, reversal, doc
FROM life_bundle WHERE shard = :shard AND id = :id;

-- query life_bundle_add(shard i16, id i64, version i32, state i16, event str, event_day i32, home str, code str, applicant i64,
--   applicant_number i64, organisation str, began_us i64, ended_us i64, reversal str, doc bytes) exec
INSERT INTO life_bundle (shard, id, version, state, event, event_day, home, code, applicant, applicant_number, organisation,
    began_us, ended_us, reversal, doc)
VALUES (:shard, :id, :version, :state, :event, :event_day, :home, :code, :applicant, :applicant_number, :organisation,
    :began_us, :ended_us, :reversal, :doc);

-- query life_bundle_set(shard i16, id i64, expected i32, version i32, state i16, ended_us i64, reversal str, doc bytes) exec
UPDATE life_bundle SET version = :version, state = :state, ended_us = :ended_us, reversal = :reversal, doc = :doc
WHERE shard = :shard AND id = :id AND version = :expected;

-- query life_bundles_of(shard i16, applicant i64, before i64) many
-- row life_bundle_row
SELECT id, version, state, event, event_day, home, code, applicant, applicant_number, organisation, began_us, ended_us, reversal, doc
FROM life_bundle WHERE shard = :shard AND applicant = :applicant AND id < :before ORDER BY id DESC LIMIT 100;

-- query life_legs(shard i16, bundle i64) many
-- row life_leg_row
SELECT bundle, leg, version, state, absent, organisation, node, unit, person, assignee, sent_us, answer_us, due_us, until_us,
    ended_us, reason, outputs
FROM life_leg WHERE shard = :shard AND bundle = :bundle ORDER BY leg LIMIT 16;

-- query life_leg_add(shard i16, bundle i64, leg i16, version i32, state i16, absent i16, organisation str, node str, unit i32,
--   person i64, assignee i64, sent_us i64, answer_us i64, due_us i64, until_us i64, ended_us i64, reason str, outputs bytes) exec
INSERT INTO life_leg (shard, bundle, leg, version, state, absent, organisation, node, unit, person, assignee, sent_us, answer_us,
    due_us, until_us, ended_us, reason, outputs)
VALUES (:shard, :bundle, :leg, :version, :state, :absent, :organisation, :node, :unit, :person, :assignee, :sent_us, :answer_us,
    :due_us, :until_us, :ended_us, :reason, :outputs);

-- query life_leg_set(shard i16, bundle i64, leg i16, version i32, state i16, absent i16, organisation str, node str,
--   unit i32, person i64, assignee i64, sent_us i64, answer_us i64, due_us i64, until_us i64, ended_us i64, reason str,
--   outputs bytes) exec
UPDATE life_leg SET version = :version, state = :state, absent = :absent, organisation = :organisation, node = :node, unit = :unit,
    person = :person, assignee = :assignee, sent_us = :sent_us, answer_us = :answer_us, due_us = :due_us, until_us = :until_us,
    ended_us = :ended_us, reason = :reason, outputs = :outputs
WHERE shard = :shard AND bundle = :bundle AND leg = :leg;

-- One page of an office's legs: what is due first comes first.
-- query life_legs_queued(shard i16, organisation str, state i16, after_due i64, after_bundle i64, most i64) many
-- row life_leg_row
SELECT bundle, leg, version, state, absent, organisation, node, unit, person, assignee, sent_us, answer_us, due_us, until_us,
    ended_us, reason, outputs
FROM life_leg WHERE shard = :shard AND organisation = :organisation AND state = :state AND (due_us, bundle) > (:after_due, :after_bundle)
ORDER BY due_us, bundle LIMIT :most;

-- query life_legs_asked(shard i16, person i64) many
-- row life_leg_row
SELECT bundle, leg, version, state, absent, organisation, node, unit, person, assignee, sent_us, answer_us, due_us, until_us,
    ended_us, reason, outputs
FROM life_leg WHERE shard = :shard AND person = :person AND state BETWEEN 2 AND 4 ORDER BY bundle LIMIT 100;

-- query life_legs_unanswered(shard i16, now_us i64, most i64) many
SELECT bundle, leg FROM life_leg WHERE shard = :shard AND answer_us > 0 AND answer_us <= :now_us ORDER BY answer_us LIMIT :most;

-- query life_legs_waited_out(shard i16, now_us i64, most i64) many
SELECT bundle, leg FROM life_leg WHERE shard = :shard AND until_us > 0 AND until_us <= :now_us ORDER BY until_us LIMIT :most;

-- query life_legs_late(shard i16, after_us i64, after_bundle i64, after_leg i16, now_us i64, most i64) many
SELECT due_us, bundle, leg FROM life_leg
WHERE shard = :shard AND (due_us, bundle, leg) > (:after_us, :after_bundle, :after_leg) AND due_us > 0 AND due_us <= :now_us
ORDER BY due_us, bundle, leg LIMIT :most;

-- query life_moment_add(shard i16, bundle i64, seq i32, leg i16, command i16, state i16, at_us i64, account i64, actor str, note str) exec
INSERT INTO life_moment (shard, bundle, seq, leg, command, state, at_us, account, actor, note)
VALUES (:shard, :bundle, :seq, :leg, :command, :state, :at_us, :account, :actor, :note);

-- query life_moments(shard i16, bundle i64) many
-- row life_moment_row
SELECT seq, leg, command, state, at_us, account, actor, note
FROM life_moment WHERE shard = :shard AND bundle = :bundle ORDER BY seq LIMIT 500;
