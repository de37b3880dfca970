/* Look-ups in a request: header fields, cookies (RFC 6265), parameters, and what the client prefers (RFC 9110 12).
 * tested by: src/net/test/params_test.c */
#include "net/edge.h"
#include "net/rate.h"

#include <string.h>
#include <strings.h>

static bool same_word(str a, str b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}

str request_header(const struct request *r, str name)
{
    for (size_t i = 0; i < r->headers.count; i++)
        if (same_word(r->headers.list[i].name, name))
            return str_trim(r->headers.list[i].value);
    return (str){ 0 };
}

/* A cookie that stands twice may have been planted by a neighbouring host: neither is believed. */
str request_cookie(const struct request *r, str name)
{
    str found = { 0 };
    int count = 0;

    for (size_t i = 0; i < r->headers.count; i++) {
        str rest = r->headers.list[i].value, pair;

        if (!same_word(r->headers.list[i].name, STR("cookie")))
            continue;
        while (str_cut(&rest, ';', &pair)) {
            size_t equals = str_find_char(pair, '=');

            if (equals == pair.len || !str_eq(str_trim(str_slice(pair, 0, equals)), name))
                continue;
            found = str_trim(str_from(pair, equals + 1));
            count++;
        }
    }
    return count == 1 ? found : (str){ 0 };
}

bool request_has_credentials(const struct request *r)
{
    return request_header(r, STR("authorization")).len > 0 || request_header(r, STR("cookie")).len > 0;
}

bool request_is_welcome(const struct request *r, struct rate *strangers)
{
    return !strangers || !request_has_credentials(r) || rate_take(strangers, r->peer, NULL);
}

bool request_may_try(const struct request *r, struct rate *strangers)
{
    return !strangers || !request_has_credentials(r) || !rate_is_empty(strangers, r->peer);
}

static bool find_param(const struct param_list *l, str name, str *ret_value)
{
    for (size_t i = 0; i < l->count; i++)
        if (str_eq(l->list[i].name, name)) {
            *ret_value = l->list[i].value;
            return true;
        }
    return false;
}

bool request_query(const struct request *r, str name, str *ret_value)
{
    return find_param(&r->queries, name, ret_value);
}

bool request_field(const struct request *r, str name, str *ret_value)
{
    return find_param(&r->fields, name, ret_value);
}

bool request_param(const struct request *r, str name, str *ret_value)
{
    return find_param(&r->fields, name, ret_value) || find_param(&r->queries, name, ret_value);
}

const struct request_file *request_file(const struct request *r, str field)
{
    for (size_t i = 0; i < r->files.count; i++)
        if (str_eq(r->files.list[i].field, field))
            return &r->files.list[i];
    return NULL;
}

bool request_type_is(const struct request *r, str media_type)
{
    return same_word(str_trim(str_slice(r->content_type, 0, str_find_char(r->content_type, ';'))), media_type);
}

/* The weight of a list's member in thousandths: "x;q=0.5" is 500. A weight that cannot be read counts as none. */
static int weight_of(str member)
{
    str rest = member, piece;
    int weight = 1000;

    str_cut(&rest, ';', &piece);
    while (str_cut(&rest, ';', &piece)) {
        double q;

        piece = str_trim(piece);
        if (!str_starts(piece, STR("q=")) && !str_starts(piece, STR("Q=")))
            continue;
        weight = str_f64(str_from(piece, 2), &q) && q >= 0 && q <= 1 ? (int)(q * 1000 + 0.5) : 0;
    }
    return weight;
}

/* How well `range` fits the offer: 3 exactly, 2 as its first part ("text" of text/html by "text/" + "*", "vi" of
 * vi-VN), 1 by "*", 0 not at all. */
static int fit_of(str range, str offer)
{
    if (same_word(range, offer))
        return 3;
    if (str_eq(range, STR("*")) || str_eq(range, STR("*/*")))
        return 1;
    if (str_ends(range, STR("/*")))
        return offer.len >= range.len && strncasecmp(range.ptr, offer.ptr, range.len - 1) == 0 ? 2 : 0;
    if (range.len > offer.len && range.ptr[offer.len] == '-')
        return same_word(str_slice(range, 0, offer.len), offer) ? 2 : 0;
    return 0;
}

static int weight_for(str accepted, str offer)
{
    int best_fit = 0, weight = 0;
    str member;

    while (str_cut(&accepted, ',', &member)) {
        str range = str_trim(str_slice(member, 0, str_find_char(member, ';')));
        int fit = fit_of(range, offer);

        if (fit > best_fit) {
            best_fit = fit;
            weight = weight_of(member);
        }
    }
    return weight;
}

str request_prefers(const struct request *r, str name, str offers)
{
    str accepted = request_header(r, name), best = { 0 }, offer;
    int best_weight = 0;

    if (accepted.len == 0) {
        str_cut(&offers, ',', &best);
        return str_trim(best);
    }
    while (str_cut(&offers, ',', &offer)) {
        int weight;

        offer = str_trim(offer);
        weight = weight_for(accepted, offer);
        if (weight > best_weight) {
            best_weight = weight;
            best = offer;
        }
    }
    return best;
}

bool request_accepts_gzip(const struct request *r)
{
    return weight_for(request_header(r, STR("accept-encoding")), STR("gzip")) > 0;
}

/* Weak comparison (RFC 9110 8.8.3.2). */
bool request_etag_matches(const struct request *r, str etag)
{
    str rest = request_header(r, STR("if-none-match")), one;

    while (str_cut(&rest, ',', &one)) {
        one = str_trim(one);
        if (str_starts(one, STR("W/")))
            one = str_from(one, 2);
        if (str_eq(one, etag) || str_eq(one, STR("*")))
            return true;
    }
    return false;
}
