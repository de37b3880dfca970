/* Reads the rules of notices and the channels. Refuses a rule that stands twice, a receiver whose organisation nobody knows, and a
 * way out of the machine that is not encrypted. Which events there are and which messages is judged by the module that makes notices.
 * tested by: src/notice/test/notice_test.c */
#include "defs/inside.h"

#include "messages/messages.h"

enum { RULES_MAX = 500, RECEIVERS_MAX = 500, EVENTS_MAX = 100, NAME_BYTES_MAX = 40, DAY_S = 86400, GIVE_UP_S_MAX = 30 * 86400 };

/* --- rules ------------------------------------------------------------------------------------------------------------------ */

static void rule_read(struct defs *d, struct yaml_file *f, struct yaml_node *node)
{
    static const char *const words[] = { "applicant", "office", "assignee", "head", "unit", "centre", NULL };
    struct notice_rule r = { .line = node->line };
    bool whole = yaml_str(f, yaml_need(f, node, "on"), &r.event);
    whole = yaml_str(f, yaml_need(f, node, "say"), &r.say) && whole;
    int to = yaml_word(f, yaml_need(f, node, "to"), words);
    yaml_end(f, node);
    if (!whole || to < 0)
        return;
    r.to = (enum notice_to)to;
    for (size_t i = 0; i < d->notice_rule_count; i++)
        if (str_eq(d->notice_rules[i].event, r.event) && d->notice_rules[i].to == r.to)
            yaml_problem(f, node, msg_defs_event_twice(r.event, str_of(words[to])), msg_defs_fix_event_once());
    d->notice_rules[d->notice_rule_count++] = r;
}

void notices_read(struct defs *d, struct yaml_file *f)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, f->root, "notices", &list);
    d->notice_rules = ARENA_ARRAY(d->arena, struct notice_rule, count + 1);
    if (count > RULES_MAX)
        yaml_problem(f, f->root, msg_defs_rules_many(RULES_MAX), msg_defs_fix_rules_fewer());
    for (size_t i = 0; i < count && i < RULES_MAX; i++)
        rule_read(d, f, list[i]);
    yaml_end(f, f->root);
}

/* --- channels ---------------------------------------------------------------------------------------------------------------- */

/* Plain within one machine only. */
static bool is_here(str rest)
{
    return str_starts(rest, STR("127.0.0.1:")) || str_starts(rest, STR("localhost:")) || str_starts(rest, STR("127.0.0.1/")) || str_starts(rest, STR("localhost/"));
}

static bool url_ok(str url)
{
    for (size_t i = 0; i < url.len; i++)
        if (url.ptr[i] <= ' ' || url.ptr[i] > '~' || url.ptr[i] == '@')
            return false;
    return (str_starts(url, STR("https://")) && url.len > 8) || (str_starts(url, STR("http://")) && is_here(str_from(url, 7)));
}

static void receiver_events_read(struct defs *d, struct yaml_file *f, struct yaml_node *node, struct notice_receiver *r)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, node, "events", &list);
    str *events = ARENA_ARRAY(d->arena, str, count + 1);
    r->events = events;
    for (size_t i = 0; i < count && i < EVENTS_MAX; i++)
        r->event_count += yaml_str(f, list[i], &events[r->event_count]);
}

static void receiver_read(struct defs *d, struct yaml_file *f, struct yaml_node *node)
{
    struct notice_receiver r = { 0 };
    struct organisation o;
    bool whole = yaml_str(f, yaml_need(f, node, "name"), &r.name);
    whole = yaml_str(f, yaml_need(f, node, "organisation"), &r.organisation) && whole;
    whole = yaml_str(f, yaml_need(f, node, "url"), &r.url) && whole;
    receiver_events_read(d, f, node, &r);
    yaml_end(f, node);
    if (!whole)
        return;
    if (!yaml_is_name(r.name, NAME_BYTES_MAX, ".") || defs_notice_receiver(d, r.name))
        yaml_problem(f, node, msg_defs_receiver_name(r.name), msg_defs_fix_name_dotted());
    if (!url_ok(r.url))
        yaml_problem(f, node, msg_defs_address(r.url), msg_defs_fix_https());
    if (!defs_organisation(f->problem_arena, d, r.organisation, &o))
        yaml_problem(f, node, msg_defs_organisation_unknown(r.organisation), msg_defs_fix_organisation_add());
    d->channels.receivers[d->channels.receiver_count++] = r;
}

static bool server_ok(str url)
{
    return (str_starts(url, STR("smtps://")) && url.len > 8) || (str_starts(url, STR("smtp://")) && url.len > 7);
}

static void mail_read(struct defs *d, struct yaml_file *f, struct yaml_node *node)
{
    struct channels *c = &d->channels;
    bool whole = yaml_str(f, yaml_need(f, node, "server"), &c->mail_server);
    whole = yaml_str(f, yaml_need(f, node, "from"), &c->mail_from) && whole;
    if (yaml_get(node, "user"))
        whole = yaml_str(f, yaml_get(node, "user"), &c->mail_user) && yaml_str(f, yaml_need(f, node, "password_file"), &c->mail_password_file) && whole;
    yaml_end(f, node);
    if (whole && !server_ok(c->mail_server))
        yaml_problem(f, node, msg_defs_mail_server(c->mail_server), msg_defs_fix_smtp());
    if (whole && !mail_address_ok(c->mail_from))
        yaml_problem(f, node, msg_defs_mail_address(c->mail_from), msg_defs_fix_mail_written());
    if (str_find_char(c->mail_password_file, '/') < c->mail_password_file.len)
        yaml_problem(f, node, msg_defs_file_outside(c->mail_password_file), msg_defs_fix_file_inside());
}

void channels_read(struct defs *d, struct yaml_file *f)
{
    static const char *const sms[] = { "none", "spool", NULL };
    struct channels *c = &d->channels;
    struct yaml_node **list = NULL, *retry = yaml_need(f, f->root, "retry");
    size_t count = yaml_list(f, f->root, "receivers", &list);
    c->receivers = ARENA_ARRAY(d->arena, struct notice_receiver, count + 1);
    yaml_i64(f, yaml_need(f, retry, "first_s"), 1, DAY_S, &c->first_s);
    yaml_i64(f, yaml_need(f, retry, "most_s"), 1, DAY_S, &c->most_s);
    yaml_i64(f, yaml_need(f, retry, "give_up_s"), 1, GIVE_UP_S_MAX, &c->give_up_s);
    yaml_end(f, retry);
    if (yaml_get(f->root, "site") && yaml_str(f, yaml_get(f->root, "site"), &c->site) && !url_ok(c->site))
        yaml_problem(f, f->root, msg_defs_address(c->site), msg_defs_fix_https());
    if (yaml_get(f->root, "mail"))
        mail_read(d, f, yaml_get(f->root, "mail"));
    c->sms_spool = yaml_word(f, yaml_need(f, f->root, "sms"), sms) == 1;
    for (size_t i = 0; i < count && i < RECEIVERS_MAX; i++)
        receiver_read(d, f, list[i]);
    yaml_end(f, f->root);
}

/* What may stand in an envelope and in a header without quoting (RFC 5321 section 4.1.2, dot-string and domain). */
bool mail_address_ok(str address)
{
    size_t at = str_find_char(address, '@'), dots = 0;
    str local = str_slice(address, 0, at), domain = str_from(address, at + 1);
    if (at == address.len || local.len == 0 || local.len > 64 || domain.len < 3 || address.len > 254)
        return false;
    for (size_t i = 0; i < local.len; i++) {
        char c = local.ptr[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || str_find_char(STR("!#$%&'*+-/=?^_`{|}~"), c) < 19;
        if (!word && !(c == '.' && i > 0 && i + 1 < local.len && local.ptr[i - 1] != '.'))
            return false;
    }
    for (size_t i = 0; i < domain.len; i++) {
        char c = domain.ptr[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        bool joint = (c == '.' || c == '-') && i > 0 && i + 1 < domain.len && domain.ptr[i - 1] != '.';
        if (!word && !joint)
            return false;
        dots += c == '.';
    }
    return dots > 0;
}

/* --- what was read ----------------------------------------------------------------------------------------------------------- */

const struct notice_rule *defs_notice_rules(const struct defs *d, size_t *ret_count)
{
    *ret_count = d->notice_rule_count;
    return d->notice_rules;
}

const struct channels *defs_channels(const struct defs *d) { return &d->channels; }

const struct notice_receiver *defs_notice_receiver(const struct defs *d, str name)
{
    for (size_t i = 0; i < d->channels.receiver_count; i++)
        if (str_eq(d->channels.receivers[i].name, name))
            return &d->channels.receivers[i];
    return NULL;
}
