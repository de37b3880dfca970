/* Files of a dossier: taken by their content and their component, kept once, sealed, given back as they came to those concerned
 * and to nobody else, with an entry each time. */
#include "register/test/fixture.h"

#include <stdio.h>
#include <string.h>

#include "paper/test/program.h"
#include "service/file/vault.h"

static const char pdf[] = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 >>\nstartxref\n45\n%%EOF\n";
#define PDF ((str){ pdf, sizeof pdf - 1 })

struct scene {
    struct fixture *f;
    struct person_birth_out person;
    int64_t dossier, version;
};

static void as_applicant(struct scene *s)
{
    as_citizen(s->f, (person_id){ s->person.person });
    s->f->cx.actor.account = (account_id){ 100 };
    s->f->cx.purpose = (struct purpose){ 0 };
}

static void as_stranger(struct scene *s)
{
    as_citizen(s->f, (person_id){ s->person.person + 1 });
    s->f->cx.actor.account = (account_id){ 101 };
    s->f->cx.purpose = (struct purpose){ 0 };
}

static void as_office(struct scene *s)
{
    as_officer(s->f, "");
    s->f->cx.purpose = (struct purpose){ 0 };
    s->f->cx.actor.account = (account_id){ 200 };
    s->f->cx.actor.organisation = STR("H26.00004.TP");
}

/* A birth asks for the hospital's attestation, and looks the parents' marriage up itself. */
static void opened(struct scene *s, struct fixture *f)
{
    struct dossier_create_out made;
    *s = (struct scene){ .f = f, .person = born(f, "Nguyễn Thị Bưởi", SEX_FEMALE, 19900105) };
    as_applicant(s);
    GOOD(call(f, "dossier.create", &(struct dossier_create_in){ .procedure = STR("birth") }, &made));
    s->dossier = made.now.dossier;
    s->version = made.now.version;
}

static status add(struct scene *s, const char *component, str bytes, struct attachment_item *ret)
{
    struct attachment_add_out out;
    status st = call(s->f, "attachment.add", &(struct attachment_add_in){ .file = bytes, .dossier = s->dossier, .component = str_of(component), .has_name = true,
                                                                         .name = STR("C:\\ảnh\\giấy chứng sinh.PNG") }, &out);
    *ret = status_ok(st) ? out.attachment : (struct attachment_item){ 0 };
    return st;
}

static void comes_back_to_those_concerned(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct scene s;
    struct attachment_item one, two;
    struct attachment_read_out got;
    struct attachment_list_out list;
    int code;
    opened(&s, f);
    GOOD(add(&s, "birth_attestation", PDF, &one));
    assert_true(str_eq(one.name, STR("giấy chứng sinh.pdf")));
    assert_true(f->journal.count == 1 && f->journal.entries[0].has_digest && f->journal.entries[0].kind == LEDGER_CHANGE);
    GOOD(add(&s, "birth_attestation", PDF, &two));
    assert_int_equal(one.attachment, two.attachment);
    struct attachment_read_in in = { .dossier = s.dossier, .attachment = one.attachment };
    GOOD(call(f, "attachment.read", &in, &got));
    assert_true(str_eq(got.file, PDF));
    assert_true(f->journal.count == 1 && f->journal.entries[0].kind == LEDGER_DISCLOSURE);
    GOOD(call(f, "attachment.list", &(struct attachment_list_in){ .dossier = s.dossier }, &list));
    assert_true(list.attachments_count == 1 && list.components_count == 1 && list.open && list.left_bytes == (100 << 20) - (int64_t)PDF.len);
    str found = program_output(f->cx.arena, (const char *const[]){ "grep", "-rl", "Catalog", arena_printf(f->cx.arena, "%s/vault", f->own.folder.path).ptr, NULL }, &code);
    assert_int_equal(found.len, 0); /* sealed on the disk */
    as_stranger(&s);
    BAD(call(f, "attachment.read", &in, &got), DOSSIER_MISSING);
    BAD(add(&s, "birth_attestation", PDF, &one), DOSSIER_MISSING);
    as_office(&s);
    BAD(call(f, "attachment.read", &in, &got), DOSSIER_MISSING); /* a draft is the applicant's own */
}

static void what_is_refused(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct scene s;
    struct attachment_item one;
    struct attachment_drop_out left;
    struct attachment_read_out got;
    opened(&s, f);
    BAD(add(&s, "birth_attestation", STR("MZ program named .pdf"), &one), FILE_PROGRAM);
    BAD(add(&s, "birth_attestation", STR(""), &one), ATTACHMENT_EMPTY);
    BAD(add(&s, "no_such_paper", PDF, &one), COMPONENT_UNKNOWN);
    BAD(add(&s, "marriage_of_parents", PDF, &one), COMPONENT_UNKNOWN); /* looked up by the office */
    BAD(call(f, "attachment.drop", &(struct attachment_drop_in){ .dossier = s.dossier, .attachment = 5 }, &left), ATTACHMENT_MISSING);
    GOOD(add(&s, "birth_attestation", PDF, &one));
    GOOD(call(f, "attachment.drop", &(struct attachment_drop_in){ .dossier = s.dossier, .attachment = one.attachment }, &left));
    assert_int_equal(left.left, 0);
    BAD(call(f, "attachment.read", &(struct attachment_read_in){ .dossier = s.dossier, .attachment = one.attachment }, &got), ATTACHMENT_MISSING);
}

static str filler(struct arena *a, size_t bytes, int mark)
{
    char *p = arena_alloc(a, bytes);
    memset(p, 'x', bytes);
    memcpy(p, pdf, 9);
    p[20] = (char)mark;
    memcpy(p + bytes - (sizeof pdf - 1), pdf, sizeof pdf - 1);
    return (str){ p, bytes };
}

static void bounds(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct scene s;
    struct attachment_item one;
    struct arena *a = arena_new((size_t)200 << 20);
    opened(&s, f);
    BAD(add(&s, "birth_attestation", filler(a, (20 << 20) + 1, 'a'), &one), ATTACHMENT_LARGE);
    for (int i = 0; i < 5; i++)
        GOOD(add(&s, "birth_attestation", filler(a, 20 << 20, 'a' + i), &one));
    BAD(add(&s, "birth_attestation", filler(a, 4096, 'z'), &one), ATTACHMENTS_FULL);
    arena_free(a);
}

static size_t files_in_vault(struct fixture *f)
{
    int code;
    str found = program_output(f->cx.arena, (const char *const[]){ "find", arena_printf(f->cx.arena, "%s/vault", f->own.folder.path).ptr, "-type", "f", "-printf", ".", NULL }, &code);
    assert_int_equal(code, 0);
    return found.len;
}

static void two_hours_pass(struct fixture *f)
{
    int code;
    program_output(f->cx.arena, (const char *const[]){ "find", arena_printf(f->cx.arena, "%s/vault", f->own.folder.path).ptr, "-type", "f", "-exec", "touch", "-d", "2 hours ago", "{}", "+", NULL }, &code);
    assert_int_equal(code, 0);
}

static size_t swept(struct fixture *f)
{
    begin(f);
    GOOD(vault_sweep(&f->cx, &(struct vault_part){ 3, VAULT_FOLDERS }));
    commit(f);
    return files_in_vault(f);
}

/* As a call leaves it that ends before its commit: a file, or half of one, and no row. */
static str abandoned(struct scene *s)
{
    str file;
    begin(s->f);
    GOOD(vault_keep(&s->f->cx, (person_id){ s->person.person }, STR("abandoned"), &file));
    commit(s->f);
    return file;
}

static void what_no_row_names_is_swept_up(void **state)
{
    struct fixture *f = fixture_ready(state);
    struct scene s;
    struct attachment_item one;
    struct attachment_read_out got;
    struct attachment_drop_out left;
    opened(&s, f);
    GOOD(add(&s, "birth_attestation", PDF, &one));
    str file = abandoned(&s);
    FILE *half = fopen(arena_printf(f->cx.arena, "%s/vault/%.2s/%.*s.0123456789abcdef", f->own.folder.path, file.ptr, STR_ARG(file)).ptr, "we");
    assert_true(half && fclose(half) == 0);
    assert_int_equal(swept(f), 3); /* all are young */
    two_hours_pass(f);
    assert_true(str_eq(abandoned(&s), file)); /* kept again, for a call that has yet to commit */
    assert_int_equal(swept(f), 2);
    two_hours_pass(f);
    assert_int_equal(swept(f), 1);
    as_applicant(&s);
    GOOD(call(f, "attachment.read", &(struct attachment_read_in){ .dossier = s.dossier, .attachment = one.attachment }, &got));
    assert_true(str_eq(got.file, PDF));
    GOOD(call(f, "attachment.drop", &(struct attachment_drop_in){ .dossier = s.dossier, .attachment = one.attachment }, &left));
    two_hours_pass(f);
    assert_int_equal(swept(f), 0);
    GOOD(add(&s, "birth_attestation", PDF, &one));
    two_hours_pass(f);
    assert_int_equal(swept(f), 1);
}

/* Started beside another database by mistake, it takes nothing away. */
static void where_nobody_has_files_nothing_is_swept_up(void **state)
{
    struct fixture *f = fixture_ready(state);
    int code;
    str folder = arena_printf(f->cx.arena, "%s/vault/ab", f->own.folder.path);
    program_output(f->cx.arena, (const char *const[]){ "mkdir", "-p", folder.ptr, NULL }, &code);
    program_output(f->cx.arena, (const char *const[]){ "touch", arena_printf(f->cx.arena, "%s/draft", folder.ptr).ptr, NULL }, &code);
    two_hours_pass(f);
    assert_int_equal(swept(f), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVERYWHERE(comes_back_to_those_concerned), EVERYWHERE(what_is_refused), EVERYWHERE(bounds),
        EVERYWHERE(what_no_row_names_is_swept_up), EVERYWHERE(where_nobody_has_files_nothing_is_swept_up),
    };
    fixture_modules[1] = &notice_module;
    fixture_modules[2] = &service_module;
    fixture_module_count = 3;
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
