/* A register that lives elsewhere: at which address its agency answers, under which agreement, how a record is asked for by
 * personal number or by key, where in the answer each field stands, how old a copy may be, and what is said while the agency is
 * silent. The number of a person stands in the body of a request, never in its address.
 *
 * Refuses an address without TLS, a register that would ask itself, a field that the register does not have, a required one that
 * the answer would not fill, and anything of the class of state secrets: that is never fetched over a network.
 * Law: NĐ 47/2020/NĐ-CP Đ34-38, Đ41; NĐ 278/2025/NĐ-CP; Luật Bảo vệ bí mật nhà nước 2018. */
#pragma once
#include "defs/sector/sector.h"

enum { ORIGIN_PARTS_MAX = 24, ORIGIN_GOOD_MAX = 8, ORIGIN_PATH_BYTES_MAX = 200, ORIGIN_TRIES_MAX = 5 };
enum origin_silent { ORIGIN_STALE, ORIGIN_REFUSE }; /* give the old copy with its age, or nothing */
enum { ORIGIN_SLOT_NONE = -1, ORIGIN_SLOT_NUMBER = -2 };

/* A piece of a request's JSON, then a value: a field of the key, by its place, or the personal number. */
struct origin_part {
    str text;
    int slot;
};
struct origin_body {
    const struct origin_part *parts;
    size_t count; /* 0: it cannot be asked in this way */
};

/* Places in an answer are names with dots between them; `cells[field=class].value` takes the item of a list whose member `field`
 * is `class`. */
struct sector_origin {
    str url, node; /* an address, or one of peers.yaml */
    str path, agreement;
    str token, trust; /* files origins/NAME.token and origins/NAME.pem of the installation; "": none */
    struct origin_body by_number, by_key;
    str good_at; /* "": every answer counts */
    str good_is[ORIGIN_GOOD_MAX];
    size_t good_count;
    str rows;
    str number, name, birth, sex; /* of the subject, within a row; "": not said */
    const str *fields;            /* by the place of the field; "": not given */
    int64_t fresh_us;
    int timeout_ms, tries;
    enum origin_silent silent;
};

bool origin_place_ok(str place);
/* Cuts the next step off: its name, and of a list the member and value that choose the item (else ""). */
bool origin_place_next(str *rest, str *ret_name, str *ret_member, str *ret_value);
