/* The module as the process knows it, and its watch, which every half minute tells of late cases, chases holders and takes up
 * cases whose evidence never came.
 * tested by: src/cases/test/decide_test.c */
#include "gate/worker.h"
#include "cases/inside.h"
#include "messages/messages.h"

/* Each kind of case has its days. */
static void cases_check(const struct app *app, const struct defs *d, struct arena *arena, struct defs_problems *problems)
{
    static const char *const terms[] = { "evidence", "acknowledge" };
    (void)app;
    for (int i = 0; i < CASE_KIND_COUNT + 2; i++) {
        str word = i < CASE_KIND_COUNT ? case_kind_word(&(struct case_row){ .kind = (int16_t)i }) : str_of(terms[i - CASE_KIND_COUNT]);
        if (defs_days(d, word) < 0)
            defs_problem_add(arena, problems, &(struct defs_problem){ .file = STR("authority.yaml"), .line = 1, .column = 1 },
                             msg_defs_case_days(word), msg_defs_fix_case_days());
    }
}

static const struct worker_plan watch = { .job = "case-watch", .step = sweep_step, .sweep = "case.sweep", .first_ms = 30000, .every_ms = 30000 };

const struct module cases_module = {
    .name = "cases",
    .operations = cases_operations,
    .operation_count = CASES_OPERATION_COUNT,
    .migrations = &cases_migrations,
    .grounds = &case_ground,
    .ground_count = 1,
    .check = cases_check,
    .worker = &watch,
};
