/* The dossier under which the event was applied for. It carries the receipt, the code and the one status line; the legs move it:
 * it is accepted when the first leg goes out and decided when the last one ended.
 * tested by: src/life/test/life_test.c */
#include "life/inside.h"

struct actor act_as_program(struct ctx *cx, str organisation)
{
    struct actor before = cx->actor;
    cx->actor = (struct actor){ .roles = ROLE_OPERATOR, .organisation = organisation, .name = STR("life") };
    return before;
}

static STATUS moves(struct ctx *cx, struct bundle *b, const struct move *list, size_t count)
{
    struct purpose purpose = cx->purpose;
    struct actor actor = act_as_program(cx, b->row.organisation);
    struct dossier d;
    status st = dossier_find(cx, b->row.id, &d);
    for (size_t i = 0; i < count && status_ok(st); i++) {
        if (list[i].command == COMMAND_GRANT || list[i].command == COMMAND_REFUSE)
            d.row.granted = list[i].command == COMMAND_GRANT ? GRANTED_YES : GRANTED_NO;
        st = dossier_move(cx, &d, &list[i]);
    }
    cx->actor = actor;
    cx->purpose = purpose;
    return status_ok(st) ? OK : fault_pass(st, __FILE__, __LINE__);
}

STATUS parent_accept(struct ctx *cx, struct bundle *b)
{
    static const struct move list[] = { { .command = COMMAND_ACCEPT, .expected_version = -1 }, { .command = COMMAND_TAKE, .expected_version = -1 } };
    return moves(cx, b, list, 2);
}

STATUS parent_end(struct ctx *cx, struct bundle *b, enum bundle_state how, str reason)
{
    if (how == BUNDLE_WITHDRAWN)
        return moves(cx, b, &(struct move){ .command = COMMAND_WITHDRAW, .expected_version = -1, .note = reason }, 1);
    if (how == BUNDLE_REFUSED)
        return moves(cx, b, (struct move[]){ { .command = COMMAND_REFUSE, .expected_version = -1, .note = reason.len ? reason : b->row.code },
                                             { .command = COMMAND_DELIVER, .expected_version = -1 } }, 2);
    return moves(cx, b, (struct move[]){ { .command = COMMAND_GRANT, .expected_version = -1, .note = reason },
                                         { .command = COMMAND_DELIVER, .expected_version = -1 } }, 2);
}
