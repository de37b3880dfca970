/* A linkage told as JSON (RFC 8259), for other programs. Words are those of the program and never change with the language.
 * tested by: src/refine/link/test/report_test.c */
#include "refine/link/report.h"
#include "refine/link/roles.h"

#include <math.h>

/* JSON has no infinity and no NaN: what cannot be told is null. */
static void real_add(struct buf *out, double x, int digits)
{
    if (isfinite(x))
        buf_printf(out, "%.*f", digits, x);
    else
        buf_add(out, STR("null"));
}

static void name_add(struct buf *out, const char *name) { buf_printf(out, ",\"%s\":", name); }

static void member_real(struct buf *out, const char *name, double x, int digits)
{
    name_add(out, name);
    real_add(out, x, digits);
}

static void member_count(struct buf *out, const char *name, uint64_t n)
{
    name_add(out, name);
    buf_u64(out, n);
}

static void member_str(struct buf *out, const char *name, str s)
{
    name_add(out, name);
    buf_json(out, s);
}

static void member_share(struct buf *out, const char *name, double share)
{
    member_real(out, name, share < 0 ? NAN : share, 6);
}

static void lacks_add(const struct link_report *r, struct buf *out)
{
    buf_add(out, STR(",\"unlinkable_by\":["));
    for (int i = 0; i < r->lack_count; i++) {
        bool first = true;

        buf_add(out, i ? STR(",{\"missing\":[") : STR("{\"missing\":["));
        for (int k = 0; k < r->field_count; k++)
            if (r->lack[i].missing >> k & 1) {
                buf_add(out, first ? STR("") : STR(","));
                buf_json(out, r->fields[k].head);
                first = false;
            }
        buf_char(out, ']');
        member_count(out, "records", r->lack[i].records);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void figures_add(const struct link_report *r, struct buf *out)
{
    double records = (double)r->records[0] + (double)r->records[1];

    buf_printf(out, "{\"sides\":%d", r->sides);
    member_str(out, "left", r->left);
    if (r->sides == 2)
        member_str(out, "right", r->right);
    member_count(out, "records_left", r->records[0]);
    member_count(out, "records_right", r->records[1]);
    member_count(out, "candidates", r->candidates);
    member_real(out, "candidates_per_record", records > 0 ? (double)r->candidates / records : 0, 3);
    for (int i = 0; i < REPORT_DIFFERENT; i++)
        member_count(out, report_class_word((enum report_class)i), r->found[i]);
    member_count(out, "clusters", r->clusters);
    member_count(out, "clustered_records", r->clustered);
    buf_printf(out, ",\"unlinkable\":[%llu,%llu]", (unsigned long long)r->unlinkable[0], (unsigned long long)r->unlinkable[1]);
    lacks_add(r, out);
    member_count(out, "cut_for_memory", r->cut);
    member_real(out, "threshold", r->threshold, 6);
    member_share(out, "expected_precision", r->precision);
    member_share(out, "expected_recall", r->recall);
    member_real(out, "wall_seconds", r->wall_seconds, 3);
    member_real(out, "cpu_seconds", r->cpu_seconds, 3);
    member_count(out, "threads", (uint64_t)r->threads);
    buf_add(out, STR(",\"parts\":["));
    for (int i = 0; i < r->part_count; i++)
        buf_printf(out, "%s{\"name\":\"%s\",\"wall_seconds\":%.3f,\"cpu_seconds\":%.3f}", i ? "," : "", r->parts[i].name, r->parts[i].wall_seconds,
                   r->parts[i].cpu_seconds);
    buf_char(out, ']');
}

static void field_add(const struct report_field *f, struct buf *out)
{
    bool first = true;

    buf_add(out, STR("{\"head\":"));
    buf_json(out, f->head);
    member_str(out, "role", str_of(link_role_word(f->role)));
    buf_printf(out, ",\"known\":[%llu,%llu],\"levels\":[", (unsigned long long)f->known[0], (unsigned long long)f->known[1]);
    for (int k = 1; k < REPORT_LEVELS; k++) {
        const struct report_level *l = &f->levels[k];
        if (!l->used)
            continue;
        buf_printf(out, "%s{\"level\":\"%s\"", first ? "" : ",", report_level_word(f->scale, k));
        member_real(out, "m", l->m, 9);
        member_real(out, "u", l->u, 9);
        member_share(out, "k", l->k);
        member_real(out, "bits", l->bits, 3);
        buf_char(out, '}');
        first = false;
    }
    buf_add(out, STR("]}"));
}

static void model_add(const struct link_report *r, struct buf *out)
{
    buf_printf(out, ",\"model\":{\"state\":\"%s\",\"rounds\":%d,\"roles_suggested\":%s", report_model_word(r->model), r->rounds,
               r->suggested ? "true" : "false");
    member_real(out, "prior", r->prior, 12);
    buf_add(out, STR(",\"fields\":["));
    for (int i = 0; i < r->field_count; i++) {
        buf_add(out, i ? STR(",") : STR(""));
        field_add(&r->fields[i], out);
    }
    buf_add(out, STR("]}"));
}

void report_json(const struct link_report *r, struct buf *out)
{
    figures_add(r, out);
    model_add(r, out);
    member_count(out, "keys_considered", (uint64_t)r->keys_considered);
    member_count(out, "sure_pairs", r->sure);
    member_real(out, "sure_missed", r->missed, 6);
    buf_add(out, STR(",\"keys\":["));
    for (int i = 0; i < r->key_count; i++) {
        buf_add(out, i ? STR(",{\"name\":") : STR("{\"name\":"));
        buf_json(out, r->keys[i].name);
        member_real(out, "pairs", r->keys[i].pairs, 0);
        member_real(out, "brings", r->keys[i].brings, 6);
        member_real(out, "first", r->keys[i].first, 6);
        buf_char(out, '}');
    }
    buf_add(out, STR("],\"histogram\":["));
    for (int i = 0; i < r->bin_count; i++) {
        buf_printf(out, "%s{\"from\":%.3f,\"to\":%.3f", i ? "," : "", r->bins[i].from, r->bins[i].to);
        member_count(out, "pairs", r->bins[i].pairs);
        member_real(out, "matches", r->bins[i].matches, 1);
        buf_char(out, '}');
    }
    buf_add(out, STR("],\"thresholds\":["));
    for (int i = 0; i < r->step_count; i++) {
        buf_printf(out, "%s{\"probability\":%.6f", i ? "," : "", r->steps[i].probability);
        member_real(out, "pairs", r->steps[i].pairs, 1);
        member_share(out, "precision", r->steps[i].precision);
        member_share(out, "recall", r->steps[i].recall);
        buf_char(out, '}');
    }
    buf_add(out, STR("]}\n"));
}

void explained_json(const struct link_explained *e, struct buf *out)
{
    buf_add(out, STR("{\"id_left\":"));
    buf_json(out, e->id_left);
    member_str(out, "id_right", e->id_right);
    member_real(out, "start", e->start, 3);
    buf_add(out, STR(",\"fields\":["));
    for (int i = 0; i < e->field_count; i++) {
        const struct explained_field *f = &e->fields[i];
        buf_add(out, i ? STR(",{\"head\":") : STR("{\"head\":"));
        buf_json(out, f->head);
        member_str(out, "left", f->left);
        member_str(out, "right", f->right);
        buf_printf(out, ",\"level\":\"%s\"", report_level_word(f->scale, f->level));
        member_real(out, "bits", f->bits, 3);
        buf_char(out, '}');
    }
    buf_char(out, ']');
    member_real(out, "total", e->total, 3);
    member_real(out, "probability", e->probability, 9);
    member_real(out, "threshold", e->threshold, 6);
    buf_printf(out, ",\"vetoed\":%s,\"class\":\"%s\"}\n", e->vetoed ? "true" : "false", report_class_word(e->verdict));
}
