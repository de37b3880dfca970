/* VietQR codes: what is written is read back; what was changed is refused; a scanner that knows nothing of us reads the picture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "money/vietqr.h"
#include "paper/paper.h"
#include "paper/test/program.h"

static const struct vietqr sample = { STR("970415"), STR("113366668888"), 79000, STR("HS123456789012345") };

static str written(struct buf *b, const struct vietqr *q)
{
    buf_init(b, VIETQR_BYTES_MAX);
    assert_true(status_ok(vietqr_write(q, b)));
    return buf_str(b);
}

/* CRC-16/CCITT-FALSE of "123456789" is 29B1 in every catalogue of check sums. */
static void the_sum_is_the_known_one(void **state)
{
    (void)state;
    assert_int_equal(vietqr_sum(STR("123456789")), 0x29B1);
}

static void a_code_has_the_known_form(void **state)
{
    struct buf b;
    str code = written(&b, &sample);
    str head = STR("00020101021238560010A0000007270126000697041501121133666688880208QRIBFTTA5303704540579000"
                   "5802VN62210817HS1234567890123456304");
    (void)state;
    assert_true(str_starts(code, head));
    assert_int_equal(code.len, head.len + 4);
    buf_done(&b);
}

static void what_is_written_is_read(void **state)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz -.";
    struct rng r;
    (void)state;
    rng_seed(&r, 5, 0);
    for (int i = 0; i < 3000; i++) {
        char bank[7], account[20], purpose[26];
        size_t account_len = 1 + rng_below(&r, VIETQR_ACCOUNT_MAX), purpose_len = rng_below(&r, VIETQR_PURPOSE_MAX + 1);
        struct vietqr got;
        struct buf b;
        (void)snprintf(bank, sizeof bank, "%06u", rng_below(&r, 1000000));
        for (size_t k = 0; k < account_len; k++)
            account[k] = letters[rng_below(&r, 62)];
        for (size_t k = 0; k < purpose_len; k++)
            purpose[k] = letters[rng_below(&r, 65)];
        struct vietqr q = { str_of(bank), { account, account_len }, (int64_t)(rng_u64(&r) % 10000000000000ull), { purpose, purpose_len } };
        str code = written(&b, &q);
        assert_true(status_ok(vietqr_read(code, &got)));
        assert_true(str_eq(got.bank, q.bank) && str_eq(got.account, q.account) && got.amount == q.amount && str_eq(got.purpose, q.purpose));
        buf_done(&b);
    }
}

/* Any one changed character is found by the sum, or by the check before it. */
static void a_changed_code_is_refused(void **state)
{
    struct buf b;
    struct vietqr got;
    str code = written(&b, &sample);
    char copy[VIETQR_BYTES_MAX];
    (void)state;
    for (size_t i = 0; i < code.len; i++) {
        memcpy(copy, code.ptr, code.len);
        copy[i] = copy[i] == '7' ? '8' : '7';
        assert_false(status_ok(vietqr_read((str){ copy, code.len }, &got)));
    }
    for (size_t len = 0; len < code.len; len++)
        assert_false(status_ok(vietqr_read(str_slice(code, 0, len), &got)));
    buf_done(&b);
}

static void a_field_that_does_not_fit_is_named(void **state)
{
    static const struct { struct vietqr q; const char *field; } cases[] = {
        { { STR("97041"), STR("1"), 1, STR("") }, "bank" },
        { { STR("970415"), STR(""), 1, STR("") }, "account" },
        { { STR("970415"), STR("12345678901234567890"), 1, STR("") }, "account" },
        { { STR("970415"), STR("1"), -1, STR("") }, "amount" },
        { { STR("970415"), STR("1"), INT64_C(10000000000000), STR("") }, "amount" },
        { { STR("970415"), STR("1"), 1, STR("Nộp phí") }, "purpose" },
        { { STR("970415"), STR("1"), 1, STR("12345678901234567890123456") }, "purpose" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b;
        buf_init(&b, VIETQR_BYTES_MAX);
        assert_false(status_ok(vietqr_write(&cases[i].q, &b)));
        assert_int_equal(fault_here()->status.code, ERR_PAYMENT_CODE);
        assert_true(str_eq(str_of(fault_here()->field), str_of(cases[i].field)));
        buf_done(&b);
    }
}

static void a_reference_is_found_in_a_transfer(void **state)
{
    struct arena *a = arena_new(1 << 16);
    int64_t id = 0;
    str ref = reference_of(a, INT64_C(123456789012345));
    (void)state;
    assert_true(reference_find(arena_printf(a, "MBVCB.99.%.*s nop le phi", STR_ARG(ref)), &id) && id == INT64_C(123456789012345));
    assert_false(reference_find(STR("CHS12345 nop tien"), &id));
    char wrong[64];
    memcpy(wrong, ref.ptr, ref.len);
    for (size_t i = 2; i < ref.len; i++) { /* one wrong digit is always found */
        wrong[i] = wrong[i] == '9' ? '0' : (char)(wrong[i] + 1);
        assert_false(reference_find((str){ wrong, ref.len }, &id));
        wrong[i] = ref.ptr[i];
    }
    arena_free(a);
}

/* The picture as a portable bitmap, some points a module. */
static str bitmap_of(struct arena *a, const struct qr *q)
{
    enum { POINTS = 4, QUIET = 4 };
    int side = (q->size + 2 * QUIET) * POINTS;
    char *dots = arena_alloc(a, (size_t)side * (size_t)side);
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            int column = x / POINTS - QUIET, row = y / POINTS - QUIET;
            bool inside = column >= 0 && row >= 0 && column < q->size && row < q->size;
            dots[y * side + x] = inside && q->modules[row * q->size + column] ? 0 : (char)255;
        }
    return arena_join(a, arena_printf(a, "P5 %d %d 255\n", side, side), (str){ dots, (size_t)side * (size_t)side });
}

/* zbar reads pictures and knows nothing of this program. */
static void a_scanner_reads_the_picture(void **state)
{
    struct arena *a = arena_new(1 << 24);
    const char *folder = program_folder(a);
    struct buf b;
    struct qr q;
    int exit_code;
    str code = written(&b, &sample);
    (void)state;
    assert_true(status_ok(qr_make(a, code, &q)));
    const char *file = program_file(a, folder, "q.pgm", bitmap_of(a, &q));
    str read = program_output(a, (const char *const[]){ "zbarimg", "--quiet", "--raw", file, NULL }, &exit_code);
    assert_int_equal(exit_code, 0);
    assert_true(str_find(read, code) < read.len);
    program_folder_done(folder);
    buf_done(&b);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sum_is_the_known_one), cmocka_unit_test(a_code_has_the_known_form), cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_changed_code_is_refused), cmocka_unit_test(a_field_that_does_not_fit_is_named),
        cmocka_unit_test(a_reference_is_found_in_a_transfer), cmocka_unit_test(a_scanner_reads_the_picture),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
