-- Money that a gateway reported. A receipt is the gateway's own name of a payment: the same twice is one. dossier 0: not placed.
-- migration 1 create_payment_receipt
CREATE TABLE payment_receipt (
    shard SMALLINT NOT NULL,
    receipt TEXT NOT NULL,
    member TEXT NOT NULL,
    amount BIGINT NOT NULL,
    words TEXT NOT NULL,
    paid_us BIGINT NOT NULL,
    recorded_us BIGINT NOT NULL,
    dossier BIGINT NOT NULL,
    PRIMARY KEY (shard, receipt)
)
-- migration 2 index_payment_receipt_dossier
CREATE INDEX payment_receipt_dossier ON payment_receipt (shard, dossier, recorded_us, receipt)
-- Every move of money as lines that add up to nothing; never changed. account: enum money_account.
-- migration 3 create_payment_line
CREATE TABLE payment_line (
    shard SMALLINT NOT NULL,
    receipt TEXT NOT NULL,
    seq INTEGER NOT NULL,
    account SMALLINT NOT NULL,
    amount BIGINT NOT NULL,
    dossier BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    recorded_us BIGINT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (shard, receipt, seq)
)
-- migration 4 index_payment_line_account
CREATE INDEX payment_line_account ON payment_line (shard, account, receipt, seq)
