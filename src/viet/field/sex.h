/* Sex as lists write it. */
#pragma once
#include "base/base.h"

enum sex { SEX_UNKNOWN = 0, SEX_MALE = 1, SEX_FEMALE = 2, SEX_OTHER = 3 };

/* What digits mean depends on the system that wrote the column. */
enum sex_code {
    SEX_CODE_CIVIL, /* 1 male, 2 female, 3 undetermined, 0 not known, 9 not applicable (civil-status books; ISO/IEC 5218) */
    SEX_CODE_BIT,   /* 1 male, 0 female: a checkbox "Nam" */
    SEX_CODE_BIT_FEMALE, /* 1 female, 0 male: a checkbox "Nữ" */
};

/* False if the text is no way of writing sex. An empty text is SEX_UNKNOWN, read. */
bool sex_read(str raw, enum sex_code code, enum sex *ret);
/* Which meaning do the digits of a column have? False if they do not tell: only 0 and 1, with no other word in it. */
bool sex_code_detect(const str *samples, size_t n, enum sex_code *ret);
/* As civil-status books write it: "Nam", "Nữ", "Khác"; empty for SEX_UNKNOWN. */
str sex_text(enum sex sex);
