/* Papers: poppler reads back what was written, whole and in order; the same blocks make the same bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "paper/paper.h"
#include "paper/test/program.h"

#define LIT(text) { text, sizeof(text) - 1 }
#define VI(text) ((struct paper_words){ STR(text), { 0 } })
#define BOTH(vi, en) ((struct paper_words){ STR(vi), STR(en) })

enum { ARENA_BYTES = 256 << 20 };
static const struct paper_about about = { .at_us = INT64_C(1790000000000000), .title = { LIT("Giấy tiếp nhận hồ sơ"), { 0 } }, .author = LIT("UBND") };

static str rendered(struct arena *a, const struct paper *p)
{
    struct buf b;
    buf_init(&b, PAPER_BYTES_MAX);
    status st = paper_render(p, &b);
    if (!status_ok(st))
        fprintf(stderr, "%s %s\n", error_def(st.code)->name, fault_here()->detail);
    assert_true(status_ok(st));
    str out = arena_str(a, buf_str(&b));
    buf_done(&b);
    return out;
}

static str text_of(struct arena *a, str pdf)
{
    const char *folder = program_folder(a), *path = program_file(a, folder, "a.pdf", pdf);
    int code;
    str out = program_output(a, (const char *const[]){ "pdftotext", "-layout", path, "-", NULL }, &code);
    program_folder_done(folder);
    assert_int_equal(code, 0);
    return out;
}

static bool holds(str text, const char *word) { return str_find(text, str_of(word)) < text.len; }

static size_t times(str text, str word)
{
    size_t n = 0;
    for (size_t at; (at = str_find(text, word)) < text.len; n++)
        text = str_from(text, at + word.len);
    return n;
}

static struct paper *sample(struct arena *a, const struct paper_about *ab)
{
    static const struct paper_pair pairs[] = {
        { { LIT("Họ và tên"), LIT("Full name") }, LIT("Nguyễn Thị Mẫu") },
        { { LIT("Địa chỉ"), LIT("Address") }, LIT("Thôn Đoài, xã Ví Dụ, tỉnh Hưng Yên") },
    };
    struct paper *p = paper_new(a, ab);
    paper_form(p, VI("Mẫu số 01"));
    paper_head(p, &(struct paper_head){ BOTH("ỦY BAN NHÂN DÂN TỈNH HƯNG YÊN", "People's Committee"), BOTH("TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", "Public Administration Centre"),
                                        STR("12/GTN"), BOTH("Hưng Yên", "Hung Yen"), { 20260105 } });
    paper_title(p, BOTH("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", "Receipt"), VI("Mã hồ sơ: H21.5-260105-0001"));
    paper_text(p, BOTH("Đã tiếp nhận hồ sơ của ông (bà) có tên dưới đây để giải quyết thủ tục Cấp Giấy xác nhận tình trạng hôn nhân.", "Received from the person named below."));
    paper_pairs(p, pairs, 2);
    paper_heading(p, VI("Thành phần hồ sơ"));
    paper_item(p, VI("Tờ khai theo mẫu (bản chính)"));
    paper_code(p, STR("https://dancu.example.vn/verify/AbCdEfGhIjKlMnOpQrStUv"), BOTH("Quét mã để kiểm tra giấy này.", "Scan to verify."));
    paper_signers(p, &(struct paper_signer){ BOTH("NGƯỜI NỘP HỒ SƠ", "Applicant"), VI("(Ký và ghi rõ họ tên)"), STR("Nguyễn Thị Mẫu") },
                  &(struct paper_signer){ BOTH("NGƯỜI TIẾP NHẬN HỒ SƠ", "Officer"), VI("(Ký và ghi rõ họ tên)"), STR("Trần Văn Ví Dụ") });
    paper_note(p, VI("Bản in từ hệ thống."));
    return p;
}

static void says_what_it_is_given(void **state)
{
    (void)state;
    static const char *const words[] = { "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Socialist Republic of Viet Nam", "Số: 12/GTN",
        "Hưng Yên, ngày 05 tháng 01 năm 2026", "Hung Yen, 5 January 2026", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", "Nguyễn Thị Mẫu", "Thôn Đoài, xã Ví Dụ",
        "– Tờ khai theo mẫu", "Quét mã để kiểm tra giấy này.", "NGƯỜI TIẾP NHẬN HỒ SƠ", "Trần Văn Ví Dụ", "Bản in từ hệ thống.", "Mẫu số 01" };
    struct arena *a = arena_new(ARENA_BYTES);
    str pdf = rendered(a, sample(a, &about)), text = text_of(a, pdf);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!holds(text, words[i]))
            fprintf(stderr, "missing: %s in\n%.*s\n", words[i], STR_ARG(text));
        assert_true(holds(text, words[i]));
    }
    const char *folder = program_folder(a), *path = program_file(a, folder, "a.pdf", pdf);
    int code;
    str info = program_output(a, (const char *const[]){ "pdfinfo", path, NULL }, &code);
    str fonts = program_output(a, (const char *const[]){ "pdffonts", path, NULL }, &code);
    program_folder_done(folder);
    assert_true(holds(info, "2026") && holds(info, "dancu"));
    assert_true(holds(info, "Giấy tiếp nhận hồ sơ") && holds(info, "A4") && holds(info, "Pages:           1\n"));
    assert_true(holds(fonts, "Tinos") && times(fonts, STR(" yes yes yes ")) == times(fonts, STR("+"))); /* each embedded, with its Unicode */
    arena_free(a);
}

static void same_bytes(void **state)
{
    (void)state;
    struct arena *a = arena_new(ARENA_BYTES);
    struct paper_about later = about;
    later.at_us += 1000000;
    str one = rendered(a, sample(a, &about)), two = rendered(a, sample(a, &about)), other = rendered(a, sample(a, &later));
    assert_true(str_eq(one, two));
    assert_false(str_eq(one, other));
    arena_free(a);
}

static void table_over_pages(void **state)
{
    enum { ROWS = 300 };
    static const struct paper_column columns[] = { { { LIT("Số thứ tự"), { 0 } }, 1, PAPER_RIGHT }, { { LIT("Nội dung dòng"), { 0 } }, 4, PAPER_LEFT } };
    (void)state;
    struct arena *a = arena_new(ARENA_BYTES);
    str *cells = ARENA_ARRAY(a, str, ROWS * 2);
    for (int i = 0; i < ROWS; i++) {
        cells[i * 2] = arena_printf(a, "%d", i + 1);
        cells[i * 2 + 1] = arena_printf(a, "dòng-%d-hết", i + 1);
    }
    struct paper_about wide = about;
    wide.landscape = true;
    struct paper *p = paper_new(a, &wide);
    paper_table(p, &(struct paper_table){ columns, 2, cells, ROWS, false });
    str pdf = rendered(a, p), text = text_of(a, pdf);
    size_t pages = times(text, STR("\f"));
    assert_true(pages > 5);
    assert_int_equal(times(text, STR("Nội dung dòng")), pages);
    for (int i = 0; i < ROWS; i++)
        assert_int_equal(times(text, arena_printf(a, "dòng-%d-hết", i + 1)), 1);
    arena_free(a);
}

/* Nothing is cut off, however long a paragraph, a value or a cell is. */
static void long_texts_whole(void **state)
{
    enum { WORDS = 3000 };
    static const struct paper_column columns[] = { { { LIT("Cột một"), { 0 } }, 1, PAPER_LEFT }, { { LIT("Cột hai"), { 0 } }, 1, PAPER_LEFT } };
    (void)state;
    struct arena *a = arena_new(ARENA_BYTES);
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < WORDS; i++)
        buf_printf(&b, "từ%dz ", i);
    str text = arena_str(a, buf_str(&b)), cells[2] = { text, STR("ngắn") };
    buf_done(&b);
    for (int kind = 0; kind < 3; kind++) {
        struct paper *p = paper_new(a, &about);
        struct paper_pair pair = { { STR("Khóa"), { 0 } }, text };
        paper_heading(p, VI("Đầu"));
        if (kind == 0)
            paper_text(p, (struct paper_words){ .vi = text });
        else if (kind == 1)
            paper_pairs(p, &pair, 1);
        else
            paper_table(p, &(struct paper_table){ columns, 2, cells, 1, false });
        str read = text_of(a, rendered(a, p));
        for (int i = 0; i < WORDS; i++)
            assert_int_equal(times(read, arena_printf(a, "từ%dz", i)), 1);
    }
    arena_free(a);
}

/* Any blocks in any order: each word that went in comes out once. */
static void random_documents(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++) {
        struct arena *a = arena_new(ARENA_BYTES);
        struct paper *p = paper_new(a, &about);
        struct rng r;
        int words = 0, blocks;
        rng_seed(&r, seed, 77);
        blocks = 1 + (int)rng_below(&r, 60);
        for (int i = 0; i < blocks; i++) {
            struct buf b;
            buf_init(&b, 1 << 20);
            for (uint32_t n = 1 + rng_below(&r, 80); n; n--)
                buf_printf(&b, "ệ%dq ", words++);
            struct paper_words w = { .vi = arena_str(a, buf_str(&b)) };
            buf_done(&b);
            switch (rng_below(&r, 6)) {
            case 0: paper_text(p, w); break;
            case 1: paper_item(p, w); break;
            case 2: paper_heading(p, w); break;
            case 3: paper_note(p, w); break;
            case 4: paper_title(p, w, (struct paper_words){ 0 }); break;
            default: paper_code(p, STR("x"), VI("")); paper_text(p, w); break;
            }
        }
        str read = text_of(a, rendered(a, p));
        for (int i = 0; i < words; i++)
            assert_int_equal(times(read, arena_printf(a, "ệ%dq", i)), 1);
        arena_free(a);
    }
}

static void too_many_pages(void **state)
{
    (void)state;
    struct arena *a = arena_new(ARENA_BYTES);
    struct paper *p = paper_new(a, &about);
    struct buf b;
    buf_init(&b, 8 << 20);
    for (int i = 0; i < 60; i++)
        buf_add(&b, STR("a\n"));
    str page = arena_str(a, buf_str(&b)); /* more than one */
    for (int i = 0; i < PAPER_PAGES_MAX; i++)
        paper_text(p, (struct paper_words){ .vi = page });
    buf_clear(&b);
    assert_true(status_is(paper_render(p, &b), ERR_TEXT_TOO_LONG));
    assert_int_equal(b.len, 0);
    buf_done(&b);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_it_is_given), cmocka_unit_test(same_bytes),       cmocka_unit_test(table_over_pages),
        cmocka_unit_test(long_texts_whole),      cmocka_unit_test(random_documents), cmocka_unit_test(too_many_pages),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("paper", tests, NULL, NULL);
}
