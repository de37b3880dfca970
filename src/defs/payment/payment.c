/* Reads the accounts for fees. Refuses a bank that is no number of six digits, an account twice, an office that is not known.
 * tested by: src/money/test/payment_test.c */
#include "defs/inside.h"

#include "messages/messages.h"

enum { ACCOUNTS_MAX = 5000, BANK_DIGITS = 6, ACCOUNT_BYTES_MAX = 19 };

const struct payment_account *defs_payment_account(const struct defs *d, str organisation)
{
    const struct payment_account *any = NULL;
    for (size_t i = 0; i < d->payment_count; i++) {
        if (str_eq(d->payments[i].organisation, organisation))
            return &d->payments[i];
        if (str_eq(d->payments[i].organisation, STR("any")))
            any = &d->payments[i];
    }
    return any;
}

static void account_read(struct defs *d, struct yaml_file *f, struct yaml_node *node)
{
    struct payment_account a = { 0 };
    struct organisation o;
    bool whole = yaml_str(f, yaml_need(f, node, "organisation"), &a.organisation);
    whole = yaml_str(f, yaml_need(f, node, "bank"), &a.bank) && whole;
    whole = yaml_str(f, yaml_need(f, node, "account"), &a.account) && whole;
    whole = yaml_str(f, yaml_need(f, node, "holder"), &a.holder) && whole;
    whole = yaml_texts(f, node, "bank_name", &a.bank_vi, &a.bank_en) && whole;
    yaml_end(f, node);
    if (!whole)
        return;
    if (a.bank.len != BANK_DIGITS || !str_is_digits(a.bank))
        yaml_problem(f, node, msg_defs_bank_number(a.bank), msg_defs_fix_bank_digits());
    if (a.account.len == 0 || a.account.len > ACCOUNT_BYTES_MAX)
        yaml_problem(f, node, msg_defs_bank_account(a.account), msg_defs_fix_account_digits());
    if (!str_eq(a.organisation, STR("any")) && !defs_organisation(f->problem_arena, d, a.organisation, &o))
        yaml_problem(f, node, msg_defs_organisation_unknown(a.organisation), msg_defs_fix_organisation_any());
    for (size_t i = 0; i < d->payment_count; i++)
        if (str_eq(d->payments[i].organisation, a.organisation))
            yaml_problem(f, node, msg_defs_account_twice(a.organisation), msg_defs_fix_remove_one());
    d->payments[d->payment_count++] = a;
}

void payments_read(struct defs *d, struct yaml_file *f)
{
    struct yaml_node **list = NULL;
    size_t count = yaml_list(f, f->root, "accounts", &list);
    if (count > ACCOUNTS_MAX) {
        yaml_problem(f, f->root, msg_defs_accounts_many(ACCOUNTS_MAX), msg_defs_fix_accounts_shared());
        count = ACCOUNTS_MAX;
    }
    d->payments = ARENA_ARRAY(d->arena, struct payment_account, count + 1);
    d->payment_count = 0;
    for (size_t i = 0; i < count; i++)
        account_read(d, f, list[i]);
    yaml_end(f, f->root);
}
