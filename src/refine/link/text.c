/* A linkage told in plain text, for a terminal or a file. Columns are aligned by counting code points, so that Vietnamese
 * lines up too.
 * tested by: src/refine/link/test/report_test.c */
#include "messages/messages.h"
#include "refine/link/report.h"

#include <math.h>

enum { BAR_CELLS = 24, NAME_CELLS = 28, KEY_CELLS = 56, LEVEL_CELLS = 42 };

static const char *const class_words[] = { "match", "household", "possible", "different" };
static const char *const model_words[] = { "fitted", "stopped", "too_few", "unclear" };
static const char *const scale_words[] = { "text", "day", "digits", "name", "words" };
static const char *const level_words[][REPORT_LEVELS] = {
    { "unknown", "different", "faint", "elsewhere", "like", "slip", "letters", "same" },
    { "unknown", "different", "year", "parts", "slip", "swap", "coarse", "same" },
    { "unknown", "different", "start", "far", "shift", "swap", "slip", "same" },
    { "unknown", "different", "first", "last", "ends", "near", "letters", "same" },
    { "unknown", "different", "fifth", "two_fifths", "three_fifths", "four_fifths", "all", "same" },
};

const char *report_class_word(enum report_class c) { return class_words[c]; }
const char *report_model_word(enum report_model m) { return model_words[m]; }
const char *report_level_word(enum report_scale s, int level) { return level_words[s][level]; }

str report_level_text(struct arena *a, enum lang lang, enum report_scale s, int level)
{
    str text = str_of(level_words[s][level]);

    (void)msg_find(arena_printf(a, "link_level_%s_%d", scale_words[s], level), lang, &text);
    return text;
}

static str found_text(struct arena *a, enum lang lang, const char *family, const char *word)
{
    str text = str_of(word);

    (void)msg_find(arena_printf(a, "%s%s", family, word), lang, &text);
    return text;
}

str report_model_text(struct arena *a, enum lang lang, enum report_model m) { return found_text(a, lang, "link_model_", model_words[m]); }
str report_class_text(struct arena *a, enum lang lang, enum report_class c) { return found_text(a, lang, "link_class_", class_words[c]); }

str report_percent(struct arena *a, enum lang lang, double share)
{
    /* 99.99 must not be told as 100: the last figure is cut off, not rounded. */
    double percent = share > 0.9 ? floor(share * 10000 + 1e-9) / 100 : share * 100;
    str s = arena_printf(a, "%.2f %%", percent);

    if (lang == LANG_VI) {
        char *z = arena_z(a, s);
        z[str_find_char(s, '.')] = ',';
        s.ptr = z;
    }
    return s;
}

str report_bits(struct arena *a, enum lang lang, double bits)
{
    str s = arena_printf(a, "%.2f", bits);

    if (lang == LANG_VI) {
        char *z = arena_z(a, s);
        z[str_find_char(s, '.')] = ',';
        s.ptr = z;
    }
    return s;
}

double report_threshold_bits(double probability)
{
    double p = fmin(fmax(probability, 1e-6), 1 - 1e-6);

    return log2(p / (1 - p));
}

static void line_add(struct buf *out, str s)
{
    buf_add(out, s);
    buf_char(out, '\n');
}

static void cell_add(struct buf *out, str s, size_t cells)
{
    size_t n = text_count(s);

    buf_add(out, s);
    for (; n < cells; n++)
        buf_char(out, ' ');
    buf_char(out, ' ');
}

static void number_add(struct buf *out, str s, size_t cells)
{
    for (size_t n = text_count(s); n < cells; n++)
        buf_char(out, ' ');
    buf_add(out, s);
}

void report_summary(struct arena *a, enum lang lang, const struct link_report *r, struct buf *out)
{
    str threshold = report_percent(a, lang, r->threshold);

    line_add(out, r->sides == 2 ? msg_link_summary_two(a, lang, (int64_t)r->records[0], (int64_t)r->records[1], (int64_t)r->candidates)
                                : msg_link_summary_one(a, lang, (int64_t)r->records[0], (int64_t)r->candidates));
    line_add(out, msg_link_summary_matches(a, lang, (int64_t)r->found[REPORT_MATCH], (int64_t)r->found[REPORT_POSSIBLE],
                                           (int64_t)r->found[REPORT_HOUSEHOLD]));
    if (r->clusters)
        line_add(out, msg_link_summary_clusters(a, lang, (int64_t)r->clustered, (int64_t)r->clusters));
    line_add(out, r->precision < 0 ? msg_link_summary_threshold_only(a, lang, threshold)
                                   : msg_link_summary_threshold(a, lang, threshold, report_percent(a, lang, r->precision),
                                                                report_percent(a, lang, r->recall)));
    if (r->unlinkable[0] + r->unlinkable[1])
        line_add(out, msg_link_summary_unlinkable(a, lang, (int64_t)(r->unlinkable[0] + r->unlinkable[1])));
    if (r->cut)
        line_add(out, msg_link_summary_cut(a, lang, (int64_t)r->cut));
    if (r->model != MODEL_FITTED)
        line_add(out, report_model_text(a, lang, r->model));
    line_add(out, msg_link_summary_seconds(a, lang, report_bits(a, lang, r->wall_seconds), report_bits(a, lang, r->cpu_seconds),
                                           arena_printf(a, "%d", r->threads)));
}

static void fields_add(struct arena *a, enum lang lang, const struct link_report *r, struct buf *out)
{
    buf_char(out, '\n');
    line_add(out, msg_link_report_weights(lang));
    line_add(out, msg_link_report_weights_note(lang));
    if (r->has_kin)
        line_add(out, msg_link_report_kin_note(lang));
    for (int i = 0; i < r->field_count; i++) {
        const struct report_field *f = &r->fields[i];
        buf_printf(out, "\n%.*s (%s)\n", STR_ARG(f->head), scale_words[f->scale]);
        for (int k = REPORT_LEVELS - 1; k > 0; k--) {
            if (!f->levels[k].used)
                continue;
            buf_add(out, STR("  "));
            cell_add(out, report_level_text(a, lang, f->scale, k), LEVEL_CELLS);
            buf_printf(out, "m %9.6f  u %9.6f ", f->levels[k].m, f->levels[k].u);
            if (r->has_kin)
                buf_printf(out, " k %9.6f ", f->levels[k].k);
            number_add(out, report_bits(a, lang, f->levels[k].bits), 8);
            buf_char(out, '\n');
        }
    }
}

str report_missing(struct arena *a, enum lang lang, const struct link_report *r, uint64_t missing)
{
    str heads = { 0 };

    for (int i = 0; i < r->field_count; i++)
        if (missing >> i & 1)
            heads = arena_printf(a, "%.*s%s%.*s", STR_ARG(heads), heads.len ? ", " : "", STR_ARG(r->fields[i].head));
    return heads.len ? heads : msg_link_report_missing_none(lang);
}

static void lacks_add(struct arena *a, enum lang lang, const struct link_report *r, struct buf *out)
{
    if (!r->lack_count)
        return;
    buf_char(out, '\n');
    line_add(out, msg_link_report_lacks(lang));
    line_add(out, msg_link_report_lacks_note(lang));
    for (int i = 0; i < r->lack_count; i++) {
        buf_add(out, STR("  "));
        cell_add(out, report_missing(a, lang, r, r->lack[i].missing), KEY_CELLS);
        number_add(out, msg_number(a, lang, (int64_t)r->lack[i].records), 14);
        buf_char(out, '\n');
    }
}

static void keys_add(struct arena *a, enum lang lang, const struct link_report *r, struct buf *out)
{
    buf_char(out, '\n');
    line_add(out, msg_link_report_keys(lang));
    line_add(out, msg_link_report_keys_note(a, lang, r->keys_considered, (int64_t)r->sure, report_percent(a, lang, r->missed)));
    for (int i = 0; i < r->key_count; i++) {
        buf_add(out, STR("  "));
        cell_add(out, r->keys[i].name, KEY_CELLS);
        number_add(out, msg_number(a, lang, llround(r->keys[i].pairs)), 14);
        number_add(out, report_percent(a, lang, r->keys[i].brings), 12);
        number_add(out, report_percent(a, lang, r->keys[i].first), 12);
        buf_char(out, '\n');
    }
}

static void bins_add(struct arena *a, enum lang lang, const struct link_report *r, struct buf *out)
{
    double most = 1;

    for (int i = 0; i < r->bin_count; i++)
        most = fmax(most, log10(1 + (double)r->bins[i].pairs));
    buf_char(out, '\n');
    line_add(out, msg_link_report_histogram(lang));
    for (int i = 0; i < r->bin_count; i++) {
        int cells = (int)lround(BAR_CELLS * log10(1 + (double)r->bins[i].pairs) / most);
        number_add(out, report_bits(a, lang, r->bins[i].from), 10);
        buf_add(out, STR("  "));
        for (int k = 0; k < BAR_CELLS; k++)
            buf_char(out, k < cells ? '#' : ' ');
        number_add(out, msg_number(a, lang, (int64_t)r->bins[i].pairs), 14);
        number_add(out, msg_number(a, lang, (int64_t)llround(r->bins[i].matches)), 14);
        buf_char(out, '\n');
    }
}

static void steps_add(struct arena *a, enum lang lang, const struct link_report *r, struct buf *out)
{
    buf_char(out, '\n');
    line_add(out, msg_link_report_steps(lang));
    line_add(out, msg_link_report_steps_note(lang));
    for (int i = 0; i < r->step_count; i++) {
        number_add(out, report_percent(a, lang, r->steps[i].probability), 10);
        number_add(out, msg_number(a, lang, llround(r->steps[i].pairs)), 14);
        number_add(out, report_percent(a, lang, r->steps[i].precision), 12);
        number_add(out, report_percent(a, lang, r->steps[i].recall), 12);
        buf_char(out, '\n');
    }
}

void report_text(struct arena *a, enum lang lang, const struct link_report *r, struct buf *out)
{
    line_add(out, msg_link_report_title(lang));
    line_add(out, msg_link_report_files(a, lang, r->left, r->right));
    buf_char(out, '\n');
    report_summary(a, lang, r, out);
    if (r->model == MODEL_FITTED)
        line_add(out, report_model_text(a, lang, r->model));
    if (r->suggested)
        line_add(out, msg_link_report_roles_suggested(lang));
    lacks_add(a, lang, r, out);
    fields_add(a, lang, r, out);
    keys_add(a, lang, r, out);
    bins_add(a, lang, r, out);
    steps_add(a, lang, r, out);
}

/* --- one pair ------------------------------------------------------------------------------------------------------------ */

static void bits_line(struct arena *a, enum lang lang, str label, double bits, struct buf *out)
{
    buf_add(out, STR("  "));
    cell_add(out, label, NAME_CELLS + LEVEL_CELLS + 1);
    number_add(out, report_bits(a, lang, bits), 8);
    buf_char(out, '\n');
}

void explained_text(struct arena *a, enum lang lang, const struct link_explained *e, struct buf *out)
{
    line_add(out, msg_link_explain_title(a, lang, e->id_left, e->id_right));
    bits_line(a, lang, msg_link_explain_start(lang), e->start, out);
    for (int i = 0; i < e->field_count; i++) {
        const struct explained_field *f = &e->fields[i];
        buf_add(out, STR("  "));
        cell_add(out, f->head, NAME_CELLS);
        cell_add(out, report_level_text(a, lang, f->scale, f->level), LEVEL_CELLS);
        number_add(out, report_bits(a, lang, f->bits), 8);
        buf_printf(out, "\n      %.*s | %.*s\n", STR_ARG(f->left), STR_ARG(f->right));
    }
    bits_line(a, lang, msg_link_explain_total(lang), e->total, out);
    if (e->vetoed)
        line_add(out, msg_link_explain_veto(lang));
    line_add(out, msg_link_explain_verdict(a, lang, report_bits(a, lang, e->total), report_percent(a, lang, e->probability),
                                           report_percent(a, lang, e->threshold), report_class_text(a, lang, e->verdict)));
}
