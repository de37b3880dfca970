-- Notices, written in the transaction of the event that they tell of. kind says whom it is for (enum notice_box): a person, an account, the
-- officers of an organisation, their head, a receiver on the web (then organisation is its name), the officers of a unit, or the coordinators. What an event (event, about, seq)
-- tells somebody is there once. The texts are messages; a row holds nothing of a person but who he is and the code of his dossier.
-- migration 1 create_notice
CREATE TABLE notice (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    recipient BIGINT NOT NULL,
    organisation TEXT NOT NULL,
    event TEXT NOT NULL,
    about BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    say TEXT NOT NULL,
    code TEXT NOT NULL,
    subject_vi TEXT NOT NULL,
    subject_en TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    read_us BIGINT NOT NULL,
    PRIMARY KEY (shard, id)
)
-- migration 2 index_notice_box
CREATE INDEX notice_box ON notice (shard, kind, recipient, organisation, id)
-- migration 3 index_notice_unread
CREATE INDEX notice_unread ON notice (shard, kind, recipient, organisation, read_us, id)
-- migration 4 index_notice_source
CREATE UNIQUE INDEX notice_source ON notice (shard, about, event, seq, kind, recipient, organisation)
-- What has still to leave the program, and what was given up. What was delivered is gone from here: its notice stays.
-- migration 5 create_notice_delivery
CREATE TABLE notice_delivery (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    notice BIGINT NOT NULL,
    channel SMALLINT NOT NULL,
    state SMALLINT NOT NULL,
    tries INTEGER NOT NULL,
    written_us BIGINT NOT NULL,
    next_us BIGINT NOT NULL,
    tried_us BIGINT NOT NULL,
    fault SMALLINT NOT NULL,
    fault_code INTEGER NOT NULL,
    PRIMARY KEY (shard, id)
)
-- migration 6 index_notice_delivery_due
CREATE INDEX notice_delivery_due ON notice_delivery (shard, state, next_us, id)
-- Where a person wants to be told. address: checked by a code; waiting: one whose code has not come back yet (asked_us, tries);
-- asks: codes sent on the day asks_day.
-- migration 7 create_notice_contact
CREATE TABLE notice_contact (
    shard SMALLINT NOT NULL,
    person BIGINT NOT NULL,
    channel SMALLINT NOT NULL,
    version INTEGER NOT NULL,
    lang SMALLINT NOT NULL,
    address TEXT NOT NULL,
    waiting TEXT NOT NULL,
    asked_us BIGINT NOT NULL,
    tries INTEGER NOT NULL,
    asks INTEGER NOT NULL,
    asks_day INTEGER NOT NULL,
    PRIMARY KEY (shard, person, channel)
)
