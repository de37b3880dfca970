/* Reads the rules of ratings and complaints. tested by: src/service/test/feedback_test.c */
#include "defs/inside.h"

enum { LEVELS = 5, DAYS_MAX = 365 };

void feedback_read(struct defs *d, struct yaml_file *f)
{
    static const char *const counts[] = { "calendar", "working", NULL };
    struct feedback_rules *r = &d->feedback;
    struct yaml_node *rating = yaml_need(f, f->root, "rating"), *complaint = yaml_need(f, f->root, "complaint");
    yaml_i64(f, yaml_need(f, rating, "satisfied_from"), 1, LEVELS, &r->satisfied_from);
    yaml_i64(f, yaml_need(f, rating, "reason_to"), 0, LEVELS, &r->reason_to);
    yaml_i64(f, yaml_need(f, rating, "target"), 0, 100, &r->target);
    yaml_i64(f, yaml_need(f, complaint, "accept_days"), 1, DAYS_MAX, &r->accept_days);
    yaml_i64(f, yaml_need(f, complaint, "settle_days"), 1, DAYS_MAX, &r->settle_days);
    r->working = yaml_word(f, yaml_need(f, complaint, "count"), counts) == 1;
    yaml_end(f, rating);
    yaml_end(f, complaint);
    yaml_end(f, f->root);
}

const struct feedback_rules *defs_feedback(const struct defs *d) { return &d->feedback; }
