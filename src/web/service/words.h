/* Words and addresses that the pages of services share. */
#pragma once
#include "service/service_ops.h"
#include "web/service/service_view.h"
#include "web/visit.h"

str service_term(const struct visit *v, int64_t days, int64_t hours);
str dossier_url(const struct visit *v, int64_t dossier, const char *rest); /* "/dossier/12/ask" */
/* A value as its form field says it: a choice by its label, a unit by its name, a day as people write it. */
str answer_shown(struct ctx *cx, const struct visit *v, const struct form_field *f, str value);
str label_shown(const struct visit *v, const struct form_field *f); /* with its row: "Thành viên 2 – Họ và tên" */
str answer_of(const struct answer *answers, size_t count, str key); /* "" if not answered */
/* Questions. */
size_t question_place(const struct dossier_show_out *d, str key); /* form_count: not asked */
str question_url(const struct visit *v, const struct dossier_show_out *d, size_t place); /* behind the last one: the files */
size_t question_after(const struct dossier_show_out *d, size_t place); /* behind a group: what follows its rows */
void rows_fill(struct ctx *cx, struct visit *v, const struct dossier_show_out *d, size_t place);
/* The components of a dossier that take files, with those that they have; *ret_open: more may be handed in now. */
STATUS dossier_files_view(struct ctx *cx, struct visit *v, struct dossier_component_view **ret, size_t *ret_count, bool *ret_open);
/* Sets view->pay of the dossier view->dossier, if it owes a fee that can be transferred. */
STATUS payment_view_fill(struct ctx *cx, struct visit *v, struct dossier_view *view);
/* The papers of a dossier: those that there are, and those that can be had. */
STATUS dossier_papers_view(struct ctx *cx, struct visit *v, struct dossier_view *view);
struct dossier_row_view dossier_row_of(const struct visit *v, const struct dossier_item *i);
