-- Payments of benefits. A row names a decision in a sector register; its bank account is the one that was checked when it was
-- ordered. A decision has at most one order that is not cancelled or returned (benefit_claim).
-- migration 5 create_benefit_order
CREATE TABLE benefit_order (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    state SMALLINT NOT NULL,
    organisation TEXT NOT NULL,
    decision BIGINT NOT NULL,
    order_no TEXT NOT NULL,
    fund TEXT NOT NULL,
    payee BIGINT NOT NULL,
    unit INTEGER NOT NULL,
    amount BIGINT NOT NULL,
    recovered BIGINT NOT NULL,
    bank TEXT NOT NULL,
    account_no TEXT NOT NULL,
    holder TEXT NOT NULL,
    ordered_by BIGINT NOT NULL,
    ordered_us BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    reference TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (shard, id)
)
-- migration 6 index_benefit_order_office
CREATE INDEX benefit_order_office ON benefit_order (shard, organisation, id)
-- migration 7 index_benefit_order_batch
CREATE INDEX benefit_order_batch ON benefit_order (shard, organisation, state, batch, id)
-- migration 8 create_benefit_claim
CREATE TABLE benefit_claim (
    shard SMALLINT NOT NULL,
    decision BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    PRIMARY KEY (shard, decision)
)
-- A list that went to the bank: its orders never change any more what stands in its file.
-- migration 9 create_benefit_batch
CREATE TABLE benefit_batch (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    organisation TEXT NOT NULL,
    orders INTEGER NOT NULL,
    total BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    made_by BIGINT NOT NULL,
    made_us BIGINT NOT NULL,
    PRIMARY KEY (shard, id)
)
-- migration 10 index_benefit_order_of_batch
CREATE INDEX benefit_order_of_batch ON benefit_order (shard, batch, id)
-- Which entitlement (enum benefit_kind); card: the number of what is handed over where nothing is paid; revoked: its cause was taken back
-- while the money was on its way.
-- migration 11 add_benefit_order_kind
ALTER TABLE benefit_order ADD COLUMN kind SMALLINT NOT NULL DEFAULT 0
-- migration 12 add_benefit_order_card
ALTER TABLE benefit_order ADD COLUMN card TEXT NOT NULL DEFAULT ''
-- migration 13 add_benefit_order_revoked
ALTER TABLE benefit_order ADD COLUMN revoked SMALLINT NOT NULL DEFAULT 0
-- migration 14 index_benefit_order_state
CREATE INDEX benefit_order_state ON benefit_order (shard, organisation, state, id)
-- migration 15 index_benefit_order_no
CREATE INDEX benefit_order_no ON benefit_order (shard, order_no, id)
