-- query benefit_order_get(shard i16, id i64) one?
-- row benefit_order_row
SELECT id, version, state, organisation, decision, order_no, fund, payee, unit, amount, recovered, bank, account_no, holder, ordered_by,
    ordered_us, batch, reference, reason, kind, card, revoked
FROM benefit_order WHERE shard = :shard AND id = :id;

-- query benefit_order_add(shard i16, id i64, version i32, state i16, organisation str, decision i64, order_no str, fund str, payee i64,
--   unit i32, amount i64, recovered i64, bank str, account_no str, holder str, ordered_by i64, ordered_us i64, batch i64, reference str,
--   reason str, kind i16, card str) exec
INSERT INTO benefit_order (shard, id, version, state, organisation, decision, order_no, fund, payee, unit, amount, recovered, bank,
    account_no, holder, ordered_by, ordered_us, batch, reference, reason, kind, card, revoked)
VALUES (:shard, :id, :version, :state, :organisation, :decision, :order_no, :fund, :payee, :unit, :amount, :recovered, :bank, :account_no,
    :holder, :ordered_by, :ordered_us, :batch, :reference, :reason, :kind, :card, 0);

-- query benefit_order_set(shard i16, id i64, expected i32, state i16, amount i64, recovered i64, bank str, account_no str, holder str,
--   ordered_by i64, ordered_us i64, batch i64, reference str, reason str, revoked i16) exec
UPDATE benefit_order SET version = version + 1, state = :state, amount = :amount, recovered = :recovered, bank = :bank,
    account_no = :account_no, holder = :holder, ordered_by = :ordered_by, ordered_us = :ordered_us, batch = :batch,
    reference = :reference, reason = :reason, revoked = :revoked
WHERE shard = :shard AND id = :id AND version = :expected;

-- query benefit_orders_in(shard i16, organisation str, state i16, before i64, most i64) many
-- row benefit_order_row
SELECT id, version, state, organisation, decision, order_no, fund, payee, unit, amount, recovered, bank, account_no, holder, ordered_by,
    ordered_us, batch, reference, reason, kind, card, revoked
FROM benefit_order WHERE shard = :shard AND organisation = :organisation AND state = :state AND id < :before ORDER BY id DESC LIMIT :most;

-- query benefit_orders_with(shard i16, order_no str, most i64) many
-- row benefit_order_row
SELECT id, version, state, organisation, decision, order_no, fund, payee, unit, amount, recovered, bank, account_no, holder, ordered_by,
    ordered_us, batch, reference, reason, kind, card, revoked
FROM benefit_order WHERE shard = :shard AND order_no = :order_no ORDER BY id LIMIT :most;

-- query benefit_orders_of(shard i16, organisation str, before i64, most i64) many
-- row benefit_order_row
SELECT id, version, state, organisation, decision, order_no, fund, payee, unit, amount, recovered, bank, account_no, holder, ordered_by,
    ordered_us, batch, reference, reason, kind, card, revoked
FROM benefit_order WHERE shard = :shard AND organisation = :organisation AND id < :before ORDER BY id DESC LIMIT :most;

-- query benefit_orders_ready(shard i16, organisation str, state i16, most i64) many
-- row benefit_order_row
SELECT id, version, state, organisation, decision, order_no, fund, payee, unit, amount, recovered, bank, account_no, holder, ordered_by,
    ordered_us, batch, reference, reason, kind, card, revoked
FROM benefit_order WHERE shard = :shard AND organisation = :organisation AND state = :state AND batch = 0 ORDER BY id LIMIT :most;

-- query benefit_orders_of_batch(shard i16, batch i64, most i64) many
-- row benefit_order_row
SELECT id, version, state, organisation, decision, order_no, fund, payee, unit, amount, recovered, bank, account_no, holder, ordered_by,
    ordered_us, batch, reference, reason, kind, card, revoked
FROM benefit_order WHERE shard = :shard AND batch = :batch ORDER BY id LIMIT :most;

-- query benefit_claim_get(shard i16, decision i64) one?
SELECT order_id FROM benefit_claim WHERE shard = :shard AND decision = :decision;

-- query benefit_claim_add(shard i16, decision i64, order_id i64) exec
INSERT INTO benefit_claim (shard, decision, order_id) VALUES (:shard, :decision, :order_id);

-- query benefit_claim_set(shard i16, decision i64, expected i64, order_id i64) exec
UPDATE benefit_claim SET order_id = :order_id WHERE shard = :shard AND decision = :decision AND order_id = :expected;

-- query benefit_batch_add(shard i16, id i64, organisation str, orders i32, total i64, digest bytes, made_by i64, made_us i64) exec
INSERT INTO benefit_batch (shard, id, organisation, orders, total, digest, made_by, made_us)
VALUES (:shard, :id, :organisation, :orders, :total, :digest, :made_by, :made_us);

-- query benefit_batch_get(shard i16, id i64) one?
SELECT organisation, orders, total, digest FROM benefit_batch WHERE shard = :shard AND id = :id;
