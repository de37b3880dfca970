/* Dates in Vietnamese words and number words, where "năm" is both year and five. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "viet/field/date.h"

static const struct date_habits here = { .today = { 20261121 } };

static void reads(const char *raw, int ymd)
{
    struct date_reading r;
    bool ok = date_read(str_of(raw), &here, &r);
    if (ok != (ymd != 0) || r.day.ymd != ymd || (ok && r.rule != DATE_WORDS))
        fail_msg("\"%s\": %d rule %d", raw, r.day.ymd, r.rule);
}

static void reads_sentences(void **state)
{
    (void)state;
    reads("ngày 1 tháng 2 năm 1990", 19900201);
    reads("Ngày 01 tháng 02 năm 1990", 19900201);
    reads("NGÀY 1, THÁNG 2, NĂM 1990.", 19900201);
    reads("ngay 1 thang 2 nam 1990", 19900201);
    reads("ngày mồng 1 tháng 2 năm 1990", 19900201);
    reads("1 tháng 2, 1990", 19900201);
    reads("tháng 2 năm 1990", 19900200);
    reads("năm 1990", 19900000);
    reads("sinh năm 1990", 19900000);
    reads("sinh ngày 1 tháng 2 năm 1990", 19900201);
}

static void reads_number_words(void **state)
{
    (void)state;
    reads("ngày mười hai tháng ba năm một nghìn chín trăm chín mươi", 19900312);
    reads("Ngày hai mươi mốt, tháng mười một, năm một nghìn chín trăm bảy mươi lăm", 19751121);
    reads("ngày năm tháng năm năm một ngàn chín trăm năm mươi lăm", 19550505);
    reads("ngày ba mươi tháng tư năm hai nghìn không trăm lẻ hai", 20020430);
    reads("ngày một tháng mười năm hai không không hai", 20021001);
    reads("tháng năm năm hai nghìn", 20000500);
    reads("năm một chín bốn lăm", 19450000);
}

static void reads_english(void **state)
{
    (void)state;
    reads("02-Jan-1990", 19900102);
    reads("January 2, 1990", 19900102);
    reads("Sep 1990", 19900900);
}

static void refuses_other_words(void **state)
{
    (void)state;
    reads("ngày 1 tháng 2", 0);
    reads("ngày 31 tháng 4 năm 1990", 0);
    reads("ngày 1 tháng 13 năm 1990", 0);
    reads("ngày 0 tháng 1 năm 1990", 0);
    reads("năm", 0);
    reads("năm năm", 0);
    reads("tháng năm", 0);
    reads("hai mươi", 0);
    reads("ngày trăm tháng 2 năm 1990", 0);
    reads("1990 năm", 0);
    reads("Jan", 0);
    reads("Jan 1990 2 3", 0);
    reads("Nguyễn Văn An", 0);
    reads("ngày 1 tháng 2 năm 1990 @", 0);
    reads("không rõ", 0);
    reads("ngày một một một một một một một một một một một một", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_sentences),
        cmocka_unit_test(reads_number_words),
        cmocka_unit_test(reads_english),
        cmocka_unit_test(refuses_other_words),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
