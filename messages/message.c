/* Fills the arguments of a message in the manner of its language: 1.234.567,8 and 21/11/2026 in Vietnamese,
 * 1,234,567.8 and 21 November 2026 in English. Refuses nothing: the tool that made the table has checked it. */
#include "base/base.h"
#include "messages/messages.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { BYTES_MAX = 16384, ARG_LAST = 8, OPTIONAL_BEGIN = 14, OPTIONAL_END = 15, VIETNAM_OFFSET_S = 7 * 3600 };

str msg_text(size_t row, enum lang lang)
{
    MUST(row < msg_row_count);
    return msg_rows[row].text[lang == LANG_EN];
}

static const struct msg_row *row_of(str key)
{
    size_t low = 0, high = msg_row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(key, msg_rows[middle].key);
        if (order == 0)
            return &msg_rows[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

bool msg_find(str key, enum lang lang, str *ret)
{
    const struct msg_row *row = row_of(key);
    if (!row)
        return false;
    *ret = row->text[lang == LANG_EN];
    return true;
}

str msg_number(struct arena *arena, enum lang lang, int64_t number)
{
    char digits[24], out[40];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, number < 0 ? -(uint64_t)number : (uint64_t)number);
    size_t at = 0;
    if (number < 0)
        out[at++] = '-';
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out[at++] = lang == LANG_EN ? ',' : '.';
        out[at++] = digits[i];
    }
    return arena_str(arena, (str){ out, at });
}

str msg_decimal(struct arena *arena, enum lang lang, double value)
{
    if (!isfinite(value) || fabs(value) > 9e15)
        return STR("?");
    int64_t tenths = llround(value * 10);
    str whole = msg_number(arena, lang, tenths / 10);
    const char *sign = tenths < 0 && tenths > -10 ? "-" : "";
    int digit = (int)(tenths < 0 ? -(tenths % 10) : tenths % 10);
    return arena_printf(arena, "%s%.*s%c%d", sign, STR_ARG(whole), lang == LANG_EN ? '.' : ',', digit);
}

str msg_day(struct arena *arena, enum lang lang, day d)
{
    str month;
    if (day_is_none(d))
        return msg_day_unknown(lang);
    if (lang != LANG_EN)
        return day_vi(arena, d);
    if (day_precision(d) == DAY_YEAR)
        return arena_printf(arena, "%d", day_year(d));
    MUST(msg_find(arena_printf(arena, "month_%d", day_month(d)), lang, &month));
    if (day_precision(d) == DAY_MONTH)
        return arena_printf(arena, "%.*s %d", STR_ARG(month), day_year(d));
    return arena_printf(arena, "%d %.*s %d", day_of_month(d), STR_ARG(month), day_year(d));
}

str msg_time(struct arena *arena, enum lang lang, int64_t us)
{
    int64_t second = us / 1000000 - (us % 1000000 < 0) + VIETNAM_OFFSET_S;
    int64_t in_day = second % 86400 + (second % 86400 < 0 ? 86400 : 0);
    str on = msg_day(arena, lang, day_of_us(us));
    return arena_printf(arena, "%02d:%02d, %.*s", (int)(in_day / 3600), (int)(in_day / 60 % 60), STR_ARG(on));
}

static bool arg_is_empty(const struct msg_arg *arg)
{
    switch (arg->kind) {
    case MSG_STR: return str_is_empty(arg->text);
    case MSG_DECIMAL: return arg->decimal == 0;
    case MSG_DAY: return day_is_none(arg->day);
    case MSG_NUMBER:
    case MSG_TIME: return arg->number == 0;
    }
    return true;
}

static str arg_text(struct arena *arena, enum lang lang, const struct msg_arg *arg)
{
    switch (arg->kind) {
    case MSG_STR: return arg->text;
    case MSG_DECIMAL: return msg_decimal(arena, lang, arg->decimal);
    case MSG_DAY: return msg_day(arena, lang, arg->day);
    case MSG_NUMBER: return msg_number(arena, lang, arg->number);
    case MSG_TIME: return msg_time(arena, lang, arg->number);
    }
    return (str){ 0 };
}

/* Distance from the begin mark at text.ptr to its end mark if the part has to be left out; else 0. */
static size_t optional_skip(str text, const struct msg_arg *args)
{
    bool empty = false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == OPTIONAL_END)
            return empty ? i : 0;
        if (c >= 1 && c <= ARG_LAST && arg_is_empty(&args[c - 1]))
            empty = true;
    }
    return 0;
}

static str fill(struct arena *arena, enum lang lang, str text, const struct msg_arg *args)
{
    struct buf out;
    buf_init(&out, BYTES_MAX);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 1 && c <= ARG_LAST)
            buf_add(&out, arg_text(arena, lang, &args[c - 1]));
        else if (c == OPTIONAL_BEGIN)
            i += optional_skip(str_from(text, i), args);
        else if (c != OPTIONAL_END)
            buf_char(&out, (char)c);
    }
    str filled = arena_str(arena, buf_str(&out));
    buf_done(&out);
    return filled;
}

/* The number that decides between "One person" and "2 people": the first one of the text. */
static bool first_number_is_one(str text, const struct msg_arg *args)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 1 && c <= ARG_LAST && args[c - 1].kind == MSG_NUMBER)
            return args[c - 1].number == 1;
    }
    return false;
}

str msg_fill(struct arena *arena, enum lang lang, size_t row, const struct msg_arg *args)
{
    MUST(row < msg_row_count);
    const struct msg_row *of = &msg_rows[row];
    str text = of->text[lang == LANG_EN];
    if (lang == LANG_EN && !str_is_empty(of->en_one) && first_number_is_one(text, args))
        text = of->en_one;
    return fill(arena, lang, text, args);
}

str msg_say(struct arena *arena, enum lang lang, const struct msg_kept *kept)
{
    return msg_fill(arena, lang, kept->row, kept->args);
}

static str fault_fill(struct arena *arena, enum lang lang, size_t row, const struct fault *fault)
{
    str field = str_of(fault->field), what = str_of(fault->what);
    if (!str_is_empty(field))
        (void)msg_find(arena_printf(arena, "field_%s", fault->field), lang, &field);
    if (fault->what[0]) /* DOSSIER_STATE and its like name the state by its word */
        (void)msg_find(arena_printf(arena, "%s_state_%s", fault->field, fault->what), lang, &what);
    struct msg_arg args[] = {
        { .kind = MSG_STR, .text = field },
        { .kind = MSG_STR, .text = what },
        { .kind = MSG_NUMBER, .number = fault->row },
        { .kind = MSG_NUMBER, .number = fault->column },
    };
    return fill(arena, lang, msg_text(row, lang), args);
}

str msg_error(struct arena *arena, enum lang lang, const struct fault *fault)
{
    MUST(fault->status.code > ERR_OK && fault->status.code < ERR_COUNT);
    return fault_fill(arena, lang, msg_error_rows[fault->status.code].message, fault);
}

str msg_error_hint(struct arena *arena, enum lang lang, const struct fault *fault)
{
    MUST(fault->status.code > ERR_OK && fault->status.code < ERR_COUNT);
    return fault_fill(arena, lang, msg_error_rows[fault->status.code].hint, fault);
}
