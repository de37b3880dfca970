/* One row of a list, read and cleaned: what can be repaired without doubt is repaired and told, what is doubtful is told,
 * and what names nobody is refused with its reason. Nothing of it is ever changed silently. */
#pragma once
#include "refine/file/sheet.h"

enum row_reason {
#define REASON(word) REASON_##word,
#define REPAIR(word)
#define WARNING(word)
#include "refine/word.def"
#undef REASON
#undef REPAIR
#undef WARNING
    REASON_COUNT
};
enum row_mend {
#define REASON(word)
#define REPAIR(word) MEND_##word,
#define WARNING(word)
#include "refine/word.def"
#undef REASON
#undef REPAIR
#undef WARNING
    MEND_COUNT
};
enum row_warning {
#define REASON(word)
#define REPAIR(word)
#define WARNING(word) WARNING_##word,
#include "refine/word.def"
#undef REASON
#undef REPAIR
#undef WARNING
    WARNING_COUNT
};

enum { ROW_NAME_BYTES_MAX = 200 };

struct list_person {
    int64_t row;
    enum row_reason reason; /* REASON_none: usable */
    int64_t number, old_number;
    bool number_doubtful; /* restored by a repair that a match must confirm */
    bool number_wrong;    /* the row has one that cannot be read */
    bool birth_wrong;
    str name; /* in form C */
    day birth, birth_other;
    enum sex sex;
    uint32_t repairs, warnings; /* bits by place */
};

/* Texts lie in the arena. Never fails: what is wrong is in `ret`. */
void row_clean(struct arena *a, const struct sheet *s, const struct sheet_row *row, struct list_person *ret);

const char *reason_word(enum row_reason r); /* "csv_quote" */
const char *repair_word(int place);
const char *warning_word(int place);
