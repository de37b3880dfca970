/* The texts that leave. A letter says what happened and the code of the dossier, and asks to sign in for more: whoever reads along learns
 * no number, name or reason. Each delivery has one number, in Message-ID and Idempotency-Key, at every try.
 * Standards: RFC 5322, RFC 2045, RFC 2047, RFC 3834 (Auto-Submitted); the signature of a webhook is Ed25519 (RFC 8032).
 * tested by: src/notice/test/letter_test.c */
#include "messages/messages.h"
#include "notice/inside.h"

#include <stdio.h>
#include <time.h>

enum { LETTER_BYTES_MAX = 16384, WORD_BYTES = 36, LINE_BYTES = 57 /* 76 characters of base64 */, VIETNAM_S = 7 * 3600 };

static str said(struct arena *a, const struct parcel *p)
{
    str text = STR("");
    (void)msg_find(arena_printf(a, "notice_said_%.*s", STR_ARG(p->notice.say)), p->lang, &text);
    return text;
}

str letter_text(struct arena *a, const struct channels *c, const struct parcel *p)
{
    if (p->code.len)
        return msg_notice_letter_code(a, p->lang, p->code, CODE_MINUTES);
    return msg_notice_letter(a, p->lang, said(a, p), p->lang == LANG_EN ? p->notice.subject_en : p->notice.subject_vi, p->notice.code, c->site);
}

/* Encoded words of whole characters, folded (RFC 2047 section 2). */
static void header_text(struct buf *b, const char *name, str text)
{
    buf_printf(b, "%s:", name);
    while (text.len > 0) {
        size_t n = text.len < WORD_BYTES ? text.len : WORD_BYTES;
        while (n < text.len && n > 0 && ((unsigned char)text.ptr[n] & 0xC0) == 0x80)
            n--;
        buf_add(b, STR(" =?UTF-8?B?"));
        buf_base64(b, text.ptr, n);
        text = str_from(text, n);
        buf_add(b, text.len ? STR("?=\r\n") : STR("?="));
    }
    buf_add(b, STR("\r\n"));
}

static void header_date(struct buf *b, int64_t now_us)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    int64_t s = now_us / 1000000 + VIETNAM_S, in_day = s % 86400;
    day d = day_of_us(now_us);
    buf_printf(b, "Date: %s, %d %s %d %02d:%02d:%02d +0700\r\n", days[(s / 86400 + 4) % 7], day_of_month(d), months[day_month(d) - 1], day_year(d),
               (int)(in_day / 3600), (int)(in_day / 60 % 60), (int)(in_day % 60));
}

str letter_write(struct arena *a, const struct channels *c, const struct parcel *p, int64_t now_us)
{
    struct buf b;
    str text = letter_text(a, c, p);
    size_t at = str_find_char(c->mail_from, '@');
    buf_init(&b, LETTER_BYTES_MAX);
    buf_printf(&b, "From: <%.*s>\r\nTo: <%.*s>\r\n", STR_ARG(c->mail_from), STR_ARG(p->address));
    header_text(&b, "Subject", p->code.len ? msg_notice_letter_code_title(p->lang) : msg_notice_letter_title(a, p->lang, p->notice.code));
    header_date(&b, now_us);
    buf_printf(&b, "Message-ID: <notice.%lld%.*s>\r\n", (long long)p->row.id, STR_ARG(str_from(c->mail_from, at)));
    buf_printf(&b, "Auto-Submitted: auto-generated\r\nContent-Language: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n",
               p->lang == LANG_EN ? "en" : "vi");
    buf_add(&b, STR("Content-Transfer-Encoding: base64\r\n\r\n"));
    for (; text.len > 0; text = str_from(text, LINE_BYTES)) {
        buf_base64(&b, text.ptr, text.len < LINE_BYTES ? text.len : LINE_BYTES);
        buf_add(&b, STR("\r\n"));
    }
    str out = arena_str(a, buf_str(&b));
    MUST(!b.full);
    buf_done(&b);
    return out;
}

str hook_body(struct arena *a, const struct parcel *p)
{
    char at[28];
    struct buf b;
    clock_format(p->notice.at_us, at);
    buf_init(&b, LETTER_BYTES_MAX);
    buf_printf(&b, "{\"notice\":\"%lld\",\"event\":", (long long)p->row.id);
    buf_json(&b, p->notice.event);
    buf_add(&b, STR(",\"code\":"));
    buf_json(&b, p->notice.code);
    buf_printf(&b, ",\"about\":\"%lld\",\"seq\":%d,\"at\":\"%s\"}", (long long)p->notice.about, p->notice.seq, at);
    str out = arena_str(a, buf_str(&b));
    MUST(!b.full);
    buf_done(&b);
    return out;
}

/* Over receiver, time of sending and body, so that it fits nobody else and an old one is known by its age. */
STATUS hook_sign(const struct app *app, struct arena *a, const struct parcel *p, int64_t now_us, str *ret)
{
    uint8_t signature[SIGNATURE_BYTES];
    struct sign_key key;
    char at[28];
    clock_format(now_us, at);
    TRY(notice_sign_key(app, &key));
    sign_make(&key, arena_printf(a, "dancu notice 1\n%.*s\n%s\n%.*s", STR_ARG(p->notice.organisation), at, STR_ARG(hook_body(a, p))), signature);
    sign_key_done(&key);
    *ret = base64url_encode(a, (str){ (const char *)signature, sizeof signature });
    return OK;
}
