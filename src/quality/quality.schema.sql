-- What the figures of a register were at the end of judging it on a day, by unit in force that day; unit 0: all. Never changed.
-- migration 1 create_quality_day
CREATE TABLE quality_day (
    shard SMALLINT NOT NULL,
    code TEXT NOT NULL,
    unit INTEGER NOT NULL,
    on_day INTEGER NOT NULL,
    row_count BIGINT NOT NULL,
    linked BIGINT NOT NULL,
    correct BIGINT NOT NULL,
    complete BIGINT NOT NULL,
    clean BIGINT NOT NULL,
    live BIGINT NOT NULL,
    PRIMARY KEY (shard, code, unit, on_day)
)
-- How far judging a register anew has come on its last day. `after`: the last row judged.
-- migration 2 create_quality_round
CREATE TABLE quality_round (
    shard SMALLINT NOT NULL,
    code TEXT NOT NULL,
    on_day INTEGER NOT NULL,
    rules BIGINT NOT NULL,
    after BIGINT NOT NULL,
    done SMALLINT NOT NULL,
    PRIMARY KEY (shard, code)
)
-- A flaw that somebody was asked to mend. One a row and rule, however often it is found.
-- migration 3 create_quality_issue
CREATE TABLE quality_issue (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    state SMALLINT NOT NULL,
    code TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    check_code TEXT NOT NULL,
    unit INTEGER NOT NULL,
    opened_us BIGINT NOT NULL,
    due INTEGER NOT NULL,
    ended_us BIGINT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (shard, id)
)
-- migration 4 index_quality_issue_of
CREATE UNIQUE INDEX quality_issue_of ON quality_issue (shard, code, row_id, check_code)
-- migration 5 index_quality_issue_open
CREATE INDEX quality_issue_open ON quality_issue (shard, state, id)
-- What of a day's rows had a flaw in what a field says (or `subject`), by unit; without a row none had. Of the country every field that
-- a rule judged has one, so that a day without figures of a field can be told from a day without a flaw. Never changed.
-- migration 6 create_quality_field_day
CREATE TABLE quality_field_day (
    shard SMALLINT NOT NULL,
    code TEXT NOT NULL,
    unit INTEGER NOT NULL,
    field TEXT NOT NULL,
    on_day INTEGER NOT NULL,
    correct_flawed BIGINT NOT NULL,
    complete_flawed BIGINT NOT NULL,
    clean_flawed BIGINT NOT NULL,
    live_flawed BIGINT NOT NULL,
    PRIMARY KEY (shard, code, unit, field, on_day)
)
-- The office that asked last.
-- migration 7 add_quality_issue_asked_by
ALTER TABLE quality_issue ADD COLUMN asked_by TEXT NOT NULL DEFAULT ''
-- migration 8 index_quality_issue_unit
CREATE INDEX quality_issue_unit ON quality_issue (shard, state, unit, due)
