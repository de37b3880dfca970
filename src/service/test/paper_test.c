/* Papers of dossiers: issued once, signed, their digests in the ledger, genuine to anyone who asks, and nothing personal said;
 * files that cannot be read once their key is gone. */
#include "register/test/fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "paper/test/program.h"
#include "service/paper/inside.h"

struct scene {
    struct fixture *f;
    struct person_birth_out person;
    char office_code[60];
    int64_t dossier, version;
};

static void as_applicant(struct scene *s)
{
    as_citizen(s->f, (person_id){ s->person.person });
    s->f->cx.actor.account = (account_id){ 100 };
    s->f->cx.purpose = (struct purpose){ 0 };
}

static void as_office(struct scene *s)
{
    as_officer(s->f, "");
    s->f->cx.purpose = (struct purpose){ 0 };
    s->f->cx.actor.account = (account_id){ 200 };
    s->f->cx.actor.organisation = str_of(s->office_code);
}

static void as_anyone(struct scene *s)
{
    s->f->cx.actor = (struct actor){ .roles = ROLE_PUBLIC };
    s->f->cx.purpose = (struct purpose){ 0 };
}

static void submitted(struct scene *s, struct fixture *f)
{
    struct dossier_create_out made;
    struct dossier_submit_out sent;
    struct person_move_out moved;
    struct answer answer = { STR("purpose"), STR("property") };
    *s = (struct scene){ .f = f, .person = born(f, "Nguyễn Thị Bưởi", SEX_FEMALE, 19900105) };
    as_officer(f, "residence-management");
    GOOD(call(f, "person.move", &(struct person_move_in){ .number = s->person.number, .unit = { UNIT_A }, .effective = { 20260101 } }, &moved));
    as_applicant(s);
    GOOD(call(f, "dossier.create", &(struct dossier_create_in){ .procedure = STR("marital-status") }, &made));
    GOOD(call(f, "dossier.submit", &(struct dossier_submit_in){ .dossier = made.now.dossier, .expected_version = made.now.version, .answers = &answer, .answers_count = 1 }, &sent));
    s->dossier = made.now.dossier;
    s->version = sent.now.version;
    snprintf(s->office_code, sizeof s->office_code, "%.*s", STR_ARG(sent.organisation));
}

#define MOVE(s, op, ...)                                                                                               \
    do {                                                                                                               \
        struct dossier_##op##_out out_;                                                                                \
        as_office(s);                                                                                                  \
        GOOD(call((s)->f, "dossier." #op, &(struct dossier_##op##_in){ .dossier = (s)->dossier, .expected_version = (s)->version, __VA_ARGS__ }, &out_)); \
        (s)->version = out_.now.version;                                                                               \
    } while (0)

static status issue(struct scene *s, int kind, struct paper_item *ret)
{
    struct dossier_issue_out out;
    status st = call(s->f, "dossier.issue", &(struct dossier_issue_in){ .dossier = s->dossier, .kind = kind }, &out);
    *ret = status_ok(st) ? out.paper : (struct paper_item){ 0 };
    return st;
}

static str pdf_of(struct scene *s, int kind)
{
    struct dossier_paper_out out;
    GOOD(call(s->f, "dossier.paper", &(struct dossier_paper_in){ .dossier = s->dossier, .kind = kind, .has_english = true }, &out));
    return out.file;
}

static str text_of(struct scene *s, str pdf)
{
    struct arena *a = s->f->cx.arena;
    const char *folder = program_folder(a), *path = program_file(a, folder, "a.pdf", pdf);
    int code;
    str out = program_output(a, (const char *const[]){ "pdftotext", "-layout", path, "-", NULL }, &code);
    program_folder_done(folder);
    assert_int_equal(code, 0);
    return out;
}

static bool holds(str text, const char *word)
{
    bool found = str_find(text, str_of(word)) < text.len;
    if (!found)
        fprintf(stderr, "# no \"%s\" in\n%.*s\n", word, STR_ARG(text));
    return found;
}

/* What the last call leaves for the ledger: does an entry about the person bear this digest? */
static bool noted(const struct scene *s, str digest_hex)
{
    const struct journal *j = &s->f->journal;
    for (size_t i = 0; i < j->count; i++) {
        struct buf hex;
        buf_init(&hex, 2 * SHA256_BYTES);
        buf_hex(&hex, j->entries[i].digest, SHA256_BYTES);
        bool same = str_eq(buf_str(&hex), digest_hex);
        buf_done(&hex);
        if (same && j->entries[i].has_digest && j->entries[i].person.v == s->person.person)
            return true;
    }
    return false;
}

static str digest_of(struct scene *s, str bytes)
{
    uint8_t digest[SHA256_BYTES];
    struct buf hex;
    sha256_of(bytes.ptr, bytes.len, digest);
    buf_init(&hex, 2 * SHA256_BYTES);
    buf_hex(&hex, digest, sizeof digest);
    str out = arena_str(s->f->cx.arena, buf_str(&hex));
    buf_done(&hex);
    return out;
}

static void a_receipt_is_issued_once(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct scene s;
    struct paper_item one, two;
    submitted(&s, f);
    BAD(issue(&s, PAPER_RECEIPT, &one), PAPER_EARLY);
    MOVE(&s, accept, );
    as_applicant(&s);
    GOOD(issue(&s, PAPER_RECEIPT, &one));
    assert_true(noted(&s, one.digest));
    str pdf = pdf_of(&s, PAPER_RECEIPT);
    as_office(&s);
    GOOD(issue(&s, PAPER_RECEIPT, &two));
    assert_true(str_eq(one.code, two.code) && one.code.len == PAPER_CODE_CHARS);
    assert_true(str_eq(pdf, pdf_of(&s, PAPER_RECEIPT)));
    assert_true(str_eq(digest_of(&s, pdf), one.digest));
    str text = text_of(&s, pdf);
    assert_true(holds(text, "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ") && holds(text, "Nguyễn Thị Bưởi") && holds(text, "Mẫu số 01") && holds(text, "/TNHS"));
    f->cx.lang = LANG_EN; /* another paper, with English beneath */
    GOOD(issue(&s, PAPER_RECEIPT, &two));
    f->cx.lang = LANG_VI;
    assert_false(str_eq(one.code, two.code));
    as_anyone(&s);
    BAD(issue(&s, PAPER_RECEIPT, &one), SIGNED_OUT);
}

static void every_returned_dossier_has_its_result(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct scene s;
    struct paper_item one, again;
    struct paper_verify_out seen;
    submitted(&s, f);
    MOVE(&s, accept, );
    MOVE(&s, take, );
    as_office(&s);
    BAD(issue(&s, PAPER_RESULT, &one), PAPER_EARLY);
    MOVE(&s, decide, .grant = true);
    MOVE(&s, deliver, );
    struct journal delivered = f->journal; /* the result came with the delivery itself */
    as_applicant(&s);
    GOOD(issue(&s, PAPER_RESULT, &one));
    str pdf = pdf_of(&s, PAPER_RESULT);
    f->journal = delivered;
    assert_true(noted(&s, digest_of(&s, pdf)));
    assert_true(holds(text_of(&s, pdf), "Nguyễn Thị Bưởi"));
    as_anyone(&s);
    GOOD(call(f, "paper.verify", &(struct paper_verify_in){ .code = one.code }, &seen));
    assert_int_equal(seen.state, PAPER_VALID);
    MOVE(&s, reopen, .reason = STR("Sai căn cứ"));
    as_anyone(&s);
    GOOD(call(f, "paper.verify", &(struct paper_verify_in){ .code = one.code }, &seen));
    assert_int_equal(seen.state, PAPER_REVOKED);
    as_office(&s);
    BAD(issue(&s, PAPER_RESULT, &again), PAPER_EARLY);
    MOVE(&s, take, );
    MOVE(&s, decide, .grant = false, .has_reason = true, .reason = STR("Không đủ điều kiện"));
    MOVE(&s, deliver, );
    as_anyone(&s);
    GOOD(call(f, "paper.verify", &(struct paper_verify_in){ .code = one.code }, &seen));
    assert_int_equal(seen.state, PAPER_REPLACED);
    as_office(&s);
    assert_true(holds(text_of(&s, pdf_of(&s, PAPER_RESULT)), "Không đủ điều kiện"));
}

static void verification_names_nobody(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct scene s;
    struct paper_item one;
    struct paper_verify_out seen;
    struct paper_check_out answer;
    submitted(&s, f);
    MOVE(&s, accept, );
    GOOD(issue(&s, PAPER_RECEIPT, &one));
    as_anyone(&s);
    GOOD(call(f, "paper.verify", &(struct paper_verify_in){ .code = one.code }, &seen));
    const struct op_shape *shape = operation_find(f->app, STR("paper.verify"))->gives;
    struct buf b;
    buf_init(&b, 1 << 16);
    shape_write_json(&f->cx, shape, &seen, &b);
    assert_int_equal(str_find(buf_str(&b), STR("Bưởi")), b.len);
    assert_int_equal(str_find(buf_str(&b), arena_printf(f->cx.arena, "%lld", (long long)s.person.number)), b.len);
    buf_done(&b);
    static const struct { const char *name; bool holds; } names[] = { { "Nguyễn Thị Bưởi", true }, { "NGUYỄN THỊ BƯỞI", true }, { "Nguyễn Thị Cam", false } };
    for (size_t i = 0; i < 3; i++) {
        GOOD(call(f, "paper.check", &(struct paper_check_in){ .code = one.code, .has_name = true, .name = str_of(names[i].name) }, &answer));
        assert_int_equal(answer.holds, names[i].holds);
    }
    GOOD(call(f, "paper.check", &(struct paper_check_in){ .code = one.code, .has_number = true, .number = s.person.number }, &answer));
    assert_true(answer.holds);
    GOOD(call(f, "paper.check", &(struct paper_check_in){ .code = one.code, .has_number = true, .number = s.person.number + 1 }, &answer));
    assert_false(answer.holds);
    BAD(call(f, "paper.check", &(struct paper_check_in){ .code = one.code }, &answer), FIELD_MISSING);
    static const char *const codes[] = { "", "x", "00000000000000000000000000000000", "../../../../../../../../etc/passw", "ABCDEF00000000000000000000000000" };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        BAD(call(f, "paper.verify", &(struct paper_verify_in){ .code = str_of(codes[i]) }, &seen), PAPER_MISSING);
}

static void an_apology_comes_once(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct scene s;
    struct paper_item one;
    struct dossier_apologise_out out;
    struct dossier_control_out sheet;
    struct dossier_book_out book;
    submitted(&s, f);
    MOVE(&s, accept, );
    as_office(&s);
    struct dossier_apologise_in in = { .dossier = s.dossier, .expected_version = s.version, .promised = { 20261122 }, .reason = STR("Chờ xác minh") };
    BAD(call(f, "dossier.apologise", &in, &out), VALUE_RANGE); /* before the due day, and a Sunday */
    in.promised = (day){ 20261205 };
    BAD(call(f, "dossier.apologise", &in, &out), VALUE_RANGE); /* a Saturday */
    in.promised = (day){ 20261207 };
    in.reason = STR("");
    BAD(call(f, "dossier.apologise", &in, &out), FIELD_MISSING);
    in.reason = STR("Chờ xác minh");
    GOOD(call(f, "dossier.apologise", &in, &out));
    in.expected_version = s.version = out.now.version;
    BAD(call(f, "dossier.apologise", &in, &out), APOLOGISED);
    GOOD(issue(&s, PAPER_APOLOGY, &one));
    str text = text_of(&s, pdf_of(&s, PAPER_APOLOGY));
    assert_true(holds(text, "07/12/2026") && holds(text, "Chờ xác minh"));
    GOOD(call(f, "dossier.control", &(struct dossier_control_in){ .dossier = s.dossier }, &sheet));
    assert_true(holds(text_of(&s, sheet.file), "Mẫu số 05"));
    GOOD(call(f, "dossier.book", &(struct dossier_book_in){ .from = { 20261101 }, .to = { 20261130 } }, &book));
    assert_true(holds(text_of(&s, book.file), "Nguyễn Thị Bưởi"));
    BAD(call(f, "dossier.book", &(struct dossier_book_in){ .from = { 20261101 }, .to = { 20261031 } }, &book), VALUE_RANGE);
}

static void without_its_key_a_file_is_gone(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct scene s;
    struct paper_item one;
    struct dossier_paper_out out;
    submitted(&s, f);
    MOVE(&s, decline, .reason = STR("Không thuộc thẩm quyền"));
    as_office(&s);
    GOOD(issue(&s, PAPER_REFUSAL, &one));
    assert_true(holds(text_of(&s, pdf_of(&s, PAPER_REFUSAL)), "Không thuộc thẩm quyền"));
    begin(f);
    GOOD(vault_erase(&f->cx, (person_id){ s.person.person }));
    commit(f);
    BAD(call(f, "dossier.paper", &(struct dossier_paper_in){ .dossier = s.dossier, .kind = PAPER_REFUSAL, .has_english = true }, &out), ERASED);
    str file;
    begin(f);
    BAD(vault_keep(&f->cx, (person_id){ s.person.person }, STR("mới"), &file), ERASED);
    commit(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(a_receipt_is_issued_once), EVERYWHERE(every_returned_dossier_has_its_result), EVERYWHERE(verification_names_nobody),
        EVERYWHERE(an_apology_comes_once),    EVERYWHERE(without_its_key_a_file_is_gone),
    };
    fixture_modules[1] = &notice_module;
    fixture_modules[2] = &service_module;
    fixture_module_count = 3;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
