/* One request for a page: who asks, in which language, what is to be shown. */
#pragma once
#include "messages/message.h"
#include "web/page.h"
#include "web/web.h"

enum { VISIT_SEGMENTS_MAX = 2 };

struct web {
    struct app *app;
    str uploads; /* folder of files between preview and import; terminated by a NUL */
};

struct visit;
struct route {
    const char *method, *path; /* "/import/{}/rows": {} stands for a whole number, {*} for a word */
    bool open;                 /* also for visitors who are not signed in */
    bool writes, slow;         /* slow: see gate/prepare.h */
    size_t body_bytes_max;     /* of a POST; 0: 64 KiB */
    void (*begin)(struct visit *v);                    /* instead of `run`: takes the visit over, on the net thread */
    status (*run)(struct ctx *cx, struct visit *v);    /* in a transaction, after the actor is known */
    void (*show)(struct page *pg, struct visit *v);    /* writes the page from v->view, after the commit */
};

struct visit {
    struct web *web;
    struct exchange *x;
    const struct route *route;
    struct arena *arena;
    enum lang lang;
    bool lang_chosen; /* by ?lang=: to be kept in a cookie */
    str token;        /* of the session, from its cookie; may be empty or dead */
    str form_token;   /* of a visitor's form, from its cookie; made if absent */
    int64_t number[VISIT_SEGMENTS_MAX]; /* of the {} in the path */
    struct work work;
    struct actor actor;
    int64_t unread;   /* notices of the actor */
    void *view;
    void (*show)(struct page *pg, struct visit *v); /* of the route at first */
    int http;          /* of the page; 200 at first */
    str redirect;      /* if set, instead of a page */
    str upload;        /* if mapped: closed at the end of the visit */
    str file, file_name, file_type; /* if named, instead of a page: a download */
};

extern const struct route web_routes[];
extern const size_t web_route_count;

/* The session's cookie, with the prefix that binds it to this host where there is TLS (RFC 6265bis section 4.1.3.2). */
str cookie_session(const struct request *r);
str cookie_form(const struct request *r);

void visit_start(struct web *web, struct exchange *x, const struct route *route, const int64_t *numbers);
/* Calls an operation by its name within the transaction of the page. */
STATUS visit_call(struct ctx *cx, const char *operation, const void *in, void *ret_out);
/* A refusal in words, to be said on the page from which it came, with its HTTP status; anything else goes on as it is. */
STATUS visit_refused(struct visit *v, status st, str *ret_error, str *ret_hint);
/* Ends the visit: with its page, redirection or file, or with a page about the fault. */
void visit_finish(struct visit *v, status st, const struct fault *fault);
str visit_query(const struct visit *v, const char *name); /* "" if absent */
str visit_field(const struct visit *v, const char *name);
/* The label of a word from data, whose message key begins with `family` ("sex_"), or the word itself. */
str visit_label(const struct visit *v, const char *family, str word);

/* The pages. */
struct crumb {
    str name, url;
};
#define PAGE(name)                                                                                                     \
    status name##_run(struct ctx *cx, struct visit *v);                                                                \
    void name##_show(struct page *pg, struct visit *v)
PAGE(home);
PAGE(record);
PAGE(access);
PAGE(list);
PAGE(list_preview);
PAGE(list_status);
PAGE(list_rows);
PAGE(list_delta);
status list_delta_file_run(struct ctx *cx, struct visit *v);
PAGE(services);
PAGE(service);
PAGE(question);
PAGE(dossier_check);
PAGE(my_dossiers);
PAGE(desk);
PAGE(verify);
PAGE(files);
PAGE(bank);
status bank_pay_run(struct ctx *cx, struct visit *v);
status files_add_run(struct ctx *cx, struct visit *v);
status files_drop_run(struct ctx *cx, struct visit *v);
status file_give_run(struct ctx *cx, struct visit *v);
status verify_ask_run(struct ctx *cx, struct visit *v);
status verify_check_run(struct ctx *cx, struct visit *v);
status dossier_paper_run(struct ctx *cx, struct visit *v);
status dossier_control_run(struct ctx *cx, struct visit *v);
status desk_book_run(struct ctx *cx, struct visit *v);
status dossier_run(struct ctx *cx, struct visit *v);
void dossier_page_show(struct page *pg, struct visit *v);
status service_start_run(struct ctx *cx, struct visit *v);
status question_answer_run(struct ctx *cx, struct visit *v);
status rows_run(struct ctx *cx, struct visit *v);
status dossier_submit_run(struct ctx *cx, struct visit *v);
status dossier_move_run(struct ctx *cx, struct visit *v);
status access_proof_run(struct ctx *cx, struct visit *v);
status list_cancel_run(struct ctx *cx, struct visit *v);
status list_resume_run(struct ctx *cx, struct visit *v);
status list_complete_run(struct ctx *cx, struct visit *v);
status list_start_run(struct ctx *cx, struct visit *v);
status list_rejected_run(struct ctx *cx, struct visit *v);
status list_export_run(struct ctx *cx, struct visit *v);
status sign_out_run(struct ctx *cx, struct visit *v);
void sign_in_begin(struct visit *v);
void sign_in_ask_begin(struct visit *v);
