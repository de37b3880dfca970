/* Rules of sector registers: whatever the text, it is either refused with a place within it, or runs on rows of which nothing,
 * something or all is known, without ever failing. */
#include "defs/sector/rule.h"
#include "fuzz/fuzz.h"

enum { NAMES = 6 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const str words[] = { STR("a"), STR("b") };
    static const struct rule_name names[NAMES] = {
        { STR("n"), RULE_NUMBER, NULL, 0 },    { STR("d"), RULE_DAY, NULL, 0 },  { STR("person.birth"), RULE_DAY, NULL, 0 },
        { STR("code"), RULE_TEXT, words, 2 }, { STR("unit"), RULE_UNIT, NULL, 0 }, { STR("linked"), RULE_TRUTH, NULL, 0 },
    };
    static const int64_t days[] = { 20000229, 19660000, 99991231, 10101 };
    struct rule_problem problem;
    const struct rule *r;
    if (size > 2000)
        return 0;
    struct arena *a = arena_new(16 << 20);
    if (!rule_parse(a, (str){ (const char *)data, size }, names, NAMES, &r, &problem)) {
        MUST(msg_say(a, LANG_VI, &problem.why).len && problem.at >= 1 && (size_t)problem.at <= size + 1);
        arena_free(a);
        return 0;
    }
    MUST(rule_names(r) < 1u << NAMES);
    for (size_t i = 0; i < 4; i++) {
        struct rule_value v[NAMES] = { { .type = RULE_NUMBER, .number = INT64_MAX - (int64_t)i }, { .type = RULE_DAY, .number = days[i] },
                                       { .type = RULE_DAY, .number = days[3 - i] }, { .type = RULE_TEXT, .text = words[i & 1] },
                                       { .type = RULE_UNIT, .number = 2300004 }, { .type = RULE_TRUTH, .number = i & 1 } };
        for (size_t k = 0; k < NAMES; k++)
            v[k].known = i > 0 && (i == 3 || k % 2 == i % 2);
        (void)rule_holds(r, v, (day){ 20261122 });
    }
    arena_free(a);
    return 0;
}
