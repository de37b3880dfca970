-- query notice_add(shard i16, id i64, kind i16, recipient i64, organisation str, event str, about i64, seq i32, say str, code str,
--   subject_vi str, subject_en str, at_us i64) exec
INSERT INTO notice (shard, id, kind, recipient, organisation, event, about, seq, say, code, subject_vi, subject_en, at_us, read_us)
VALUES (:shard, :id, :kind, :recipient, :organisation, :event, :about, :seq, :say, :code, :subject_vi, :subject_en, :at_us, 0)
ON CONFLICT (shard, about, event, seq, kind, recipient, organisation) DO NOTHING;

-- query notice_get(shard i16, id i64) one?
-- row notice_row
SELECT id, kind, recipient, organisation, event, about, seq, say, code, subject_vi, subject_en, at_us, read_us
FROM notice WHERE shard = :shard AND id = :id;

-- One page of a box, the newest first.
-- query notices_in(shard i16, kind i16, recipient i64, organisation str, before i64, most i64) many
-- row notice_row
SELECT id, kind, recipient, organisation, event, about, seq, say, code, subject_vi, subject_en, at_us, read_us
FROM notice WHERE shard = :shard AND kind = :kind AND recipient = :recipient AND organisation = :organisation AND id < :before
ORDER BY id DESC LIMIT :most;

-- query notices_unread(shard i16, kind i16, recipient i64, organisation str, most i64) many
SELECT id FROM notice
WHERE shard = :shard AND kind = :kind AND recipient = :recipient AND organisation = :organisation AND read_us = 0
ORDER BY id LIMIT :most;

-- query notice_read_set(shard i16, id i64, read_us i64) exec
UPDATE notice SET read_us = :read_us WHERE shard = :shard AND id = :id AND read_us = 0;

-- query parcel_add(shard i16, id i64, notice i64, channel i16, written_us i64) exec
INSERT INTO notice_delivery (shard, id, notice, channel, state, tries, written_us, next_us, tried_us, fault, fault_code)
VALUES (:shard, :id, :notice, :channel, 0, 0, :written_us, :written_us, 0, 0, 0);

-- query parcels_due(shard i16, now_us i64, most i64) many
-- row parcel_row
SELECT id, notice, channel, state, tries, written_us, next_us, tried_us, fault, fault_code
FROM notice_delivery WHERE shard = :shard AND state = 0 AND next_us <= :now_us ORDER BY next_us, id LIMIT :most;

-- query parcels_ended(shard i16, before i64, most i64) many
-- row parcel_row
SELECT id, notice, channel, state, tries, written_us, next_us, tried_us, fault, fault_code
FROM notice_delivery WHERE shard = :shard AND state = 1 AND next_us < :before ORDER BY next_us DESC, id DESC LIMIT :most;

-- query parcel_get(shard i16, id i64) one?
-- row parcel_row
SELECT id, notice, channel, state, tries, written_us, next_us, tried_us, fault, fault_code
FROM notice_delivery WHERE shard = :shard AND id = :id;

-- Taken for one try: whoever moves next_us on has it until then.
-- query parcel_claim(shard i16, id i64, was_us i64, until_us i64) exec
UPDATE notice_delivery SET next_us = :until_us, tries = tries + 1 WHERE shard = :shard AND id = :id AND state = 0 AND next_us = :was_us;

-- query parcel_done(shard i16, id i64) exec
DELETE FROM notice_delivery WHERE shard = :shard AND id = :id;

-- query parcel_failed(shard i16, id i64, state i16, next_us i64, tried_us i64, fault i16, fault_code i32) exec
UPDATE notice_delivery SET state = :state, next_us = :next_us, tried_us = :tried_us, fault = :fault, fault_code = :fault_code
WHERE shard = :shard AND id = :id;

-- query parcel_again(shard i16, id i64, now_us i64) exec
UPDATE notice_delivery SET state = 0, tries = 0, written_us = :now_us, next_us = :now_us WHERE shard = :shard AND id = :id AND state = 1;

-- query parcels_count(shard i16, state i16) one?
-- gives n i64
SELECT COUNT(id) AS n FROM notice_delivery WHERE shard = :shard AND state = :state;

-- query way_get(shard i16, person i64, channel i16) one?
-- row contact_row
SELECT channel, version, lang, address, waiting, asked_us, tries, asks, asks_day
FROM notice_contact WHERE shard = :shard AND person = :person AND channel = :channel;

-- query ways_of(shard i16, person i64) many
-- row contact_row
SELECT channel, version, lang, address, waiting, asked_us, tries, asks, asks_day
FROM notice_contact WHERE shard = :shard AND person = :person ORDER BY channel LIMIT 10;

-- query way_add(shard i16, person i64, channel i16) exec
INSERT INTO notice_contact (shard, person, channel, version, lang, address, waiting, asked_us, tries, asks, asks_day)
VALUES (:shard, :person, :channel, 0, 0, '', '', 0, 0, 0, 0);

-- query way_set(shard i16, person i64, channel i16, was i32, version i32, lang i16, address str, waiting str, asked_us i64, tries i32,
--   asks i32, asks_day i32) exec
UPDATE notice_contact SET version = :version, lang = :lang, address = :address, waiting = :waiting, asked_us = :asked_us, tries = :tries,
    asks = :asks, asks_day = :asks_day
WHERE shard = :shard AND person = :person AND channel = :channel AND version = :was;
