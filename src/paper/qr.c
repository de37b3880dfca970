/* QR codes (ISO/IEC 18004) by libqrencode, error correction M: a thumb on the paper does not matter.
 * tested by: src/paper/test/qr_test.c */
#include "paper/paper.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

STATUS qr_make(struct arena *a, str text, struct qr *ret)
{
    enum { BYTES_MAX = 2331 }; /* of version 40-M */
    if (str_is_empty(text))
        return FAIL_AT(TEXT_EMPTY, STR("qr"));
    if (text.len > BYTES_MAX)
        return FAIL_AT(TEXT_TOO_LONG, STR("qr"));
    QRcode *code = QRcode_encodeData((int)text.len, (const unsigned char *)text.ptr, 0, QR_ECLEVEL_M);
    if (!code)
        return errno == ERANGE ? FAIL_AT(TEXT_TOO_LONG, STR("qr")) : FAIL(MEMORY_LIMIT);
    size_t count = (size_t)code->width * (size_t)code->width;
    uint8_t *modules = ARENA_ARRAY(a, uint8_t, count);
    for (size_t i = 0; i < count; i++)
        modules[i] = code->data[i] & 1;
    *ret = (struct qr){ code->width, modules };
    QRcode_free(code);
    return OK;
}

str qr_path(struct arena *a, const struct qr *q)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int y = 0; y < q->size; y++)
        for (int x = 0; x < q->size; x++) {
            int run = 0;
            while (x + run < q->size && q->modules[y * q->size + x + run])
                run++;
            if (run)
                buf_printf(&b, "M%d %dh%dv1h-%dz", x + 4, y + 4, run, run);
            x += run;
        }
    str out = arena_str(a, buf_str(&b));
    buf_done(&b);
    return out;
}

static void xml_add(struct buf *b, str s)
{
    for (size_t i = 0; i < s.len; i++)
        switch (s.ptr[i]) {
        case '&': buf_add(b, STR("&amp;")); break;
        case '<': buf_add(b, STR("&lt;")); break;
        case '>': buf_add(b, STR("&gt;")); break;
        case '"': buf_add(b, STR("&quot;")); break;
        default: buf_char(b, s.ptr[i]);
        }
}

str qr_svg(struct arena *a, const struct qr *q, str label)
{
    struct buf b;
    int side = q->size + 8;
    buf_init(&b, 2 << 20);
    buf_printf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"", side, side,
               side * 4, side * 4);
    xml_add(&b, label);
    buf_printf(&b, "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"", side, side);
    buf_add(&b, qr_path(a, q));
    buf_add(&b, STR("\"/></svg>"));
    str out = arena_str(a, buf_str(&b));
    buf_done(&b);
    return out;
}
