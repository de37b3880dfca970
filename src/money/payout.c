/* The list that goes to the bank and what the bank says of it. A list is made once of orders that were approved; its file is made
 * anew whenever it is wanted and has to have the digest of the first time.
 *
 * Refuses an empty list, a notice of an order that no list holds, another amount, and a second result.
 * Law: NĐ 52/2024/NĐ-CP (payment without cash); QĐ 06/QĐ-TTg 2022 (benefits into accounts).
 * tested by: src/money/test/benefit_test.c */
#include "base/csv.h"
#include "crypt/crypt.h"
#include "money/benefit.h"

#include <string.h>

enum { BATCH_MOST = 2000, FILE_BYTES_MAX = 4 << 20 };

static void cell(struct buf *out, str text, bool last)
{
    csv_cell(out, text, ',');
    buf_add(out, last ? STR("\r\n") : STR(","));
}

/* Only what the bank needs: no personal number, no reason why. */
static STATUS file_write(struct ctx *cx, const struct benefit_order_row *rows, size_t count, str *ret)
{
    struct buf out;
    buf_init(&out, FILE_BYTES_MAX);
    buf_add(&out, STR("order,bank,account,holder,amount,words\r\n"));
    for (size_t i = 0; i < count; i++) {
        cell(&out, arena_printf(cx->arena, "%lld", (long long)rows[i].id), false);
        cell(&out, rows[i].bank, false);
        cell(&out, rows[i].account_no, false);
        cell(&out, rows[i].holder, false);
        cell(&out, arena_printf(cx->arena, "%lld", (long long)rows[i].amount), false);
        cell(&out, rows[i].order_no, true);
    }
    *ret = arena_str(cx->arena, buf_str(&out));
    status st = buf_check(&out);
    buf_done(&out);
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

static str hex_of(struct ctx *cx, const uint8_t digest[static SHA256_BYTES])
{
    struct buf hex;
    buf_init(&hex, 2 * SHA256_BYTES);
    buf_hex(&hex, (const char *)digest, SHA256_BYTES);
    str text = arena_str(cx->arena, buf_str(&hex));
    buf_done(&hex);
    return text;
}

STATUS benefit_export(struct ctx *cx, const struct benefit_export_in *in, struct benefit_export_out *ret)
{
    struct benefit_order_row *rows;
    size_t count;
    uint8_t digest[SHA256_BYTES];
    str file;
    (void)in;
    if (cx->actor.organisation.len == 0)
        return FAIL(NOT_ALLOWED);
    TRY(benefit_orders_ready(cx, MONEY_SHARD, cx->actor.organisation, BENEFIT_APPROVED, BATCH_MOST, &rows, &count));
    if (count == 0)
        return FAIL_AT(BENEFIT_NONE, STR("batch"));
    ret->batch = id_fresh(cx->now_us);
    ret->orders = (int64_t)count;
    TRY(file_write(cx, rows, count, &file));
    sha256_of(file.ptr, file.len, digest);
    for (size_t i = 0; i < count; i++) {
        rows[i].batch = ret->batch;
        ret->total += rows[i].amount;
        TRY(benefit_moved(cx, &rows[i], &(struct benefit_money){ MONEY_BENEFIT_OWED, MONEY_BENEFIT_SENT, rows[i].amount, rows[i].order_no }));
        TRY(benefit_state_set(cx, &rows[i], BENEFIT_EXPORTED));
    }
    ret->digest = hex_of(cx, digest);
    return benefit_batch_add(cx, &(struct benefit_batch_add_params){
        .shard = MONEY_SHARD, .id = ret->batch, .organisation = cx->actor.organisation, .orders = (int32_t)count, .total = ret->total,
        .digest = (str){ (char *)digest, sizeof digest }, .made_by = cx->actor.account.v, .made_us = cx->now_us }, NULL);
}

STATUS benefit_file(struct ctx *cx, const struct benefit_file_in *in, struct benefit_file_out *ret)
{
    struct benefit_batch_get_row batch;
    struct benefit_order_row *rows;
    size_t count;
    uint8_t digest[SHA256_BYTES];
    bool found;
    TRY(benefit_batch_get(cx, MONEY_SHARD, in->batch, &batch, &found));
    if (!found || !str_eq(batch.organisation, cx->actor.organisation))
        return FAIL_AT(BENEFIT_MISSING, STR("batch"));
    TRY(benefit_orders_of_batch(cx, MONEY_SHARD, in->batch, BATCH_MOST, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        benefit_purpose(cx, rows[i].id);
        TRY(disclosure_note(cx, (struct subject){ { rows[i].payee }, (unit_id){ rows[i].unit } }, UINT64_C(1) << FIELD_NAME));
    }
    TRY(file_write(cx, rows, count, &ret->file));
    sha256_of(ret->file.ptr, ret->file.len, digest);
    return batch.digest.len == sizeof digest && memcmp(batch.digest.ptr, digest, sizeof digest) == 0 ? OK : FAIL(CORRUPT);
}

STATUS benefit_outcome(struct ctx *cx, const struct benefit_outcome_in *in, struct benefit_outcome_out *ret)
{
    struct benefit_order_row r;
    bool paid = in->result == BENEFIT_OUTCOME_IN_RESULT_PAID;
    enum benefit_state to = paid ? BENEFIT_PAID : BENEFIT_RETURNED;
    TRY(benefit_order_find(cx, in->order, &r));
    if (r.amount != in->amount)
        return FAIL_AT(VALUE_RANGE, STR("amount"));
    ret->state = (int32_t)to;
    bool told = r.state == (int16_t)to || (paid && (r.state == BENEFIT_RECOVERING || r.state == BENEFIT_RECOVERED));
    if (told && str_eq(r.reference, in->reference))
        return OK; /* told again */
    if (r.state != BENEFIT_EXPORTED)
        return FAIL_AT(BENEFIT_STATE, STR("order"));
    if (!paid && str_is_empty(str_trim(in->has_reason ? in->reason : STR(""))))
        return FAIL_AT(FIELD_MISSING, STR("reason"));
    r.reference = in->reference;
    r.reason = in->has_reason ? in->reason : STR("");
    TRY(benefit_moved(cx, &r, &(struct benefit_money){ MONEY_BENEFIT_SENT, paid ? MONEY_BENEFIT_PAID : MONEY_BENEFIT_FUND, r.amount, in->reference }));
    if (!paid) /* a new order may be made, to another account */
        TRY(benefit_claim_set(cx, MONEY_SHARD, r.decision, r.id, 0, NULL));
    TRY(benefit_state_set(cx, &r, to));
    return paid && r.revoked ? recovery_open(cx, &r) : OK;
}
