/* struct page is made by hand: the navigation asks nothing but roles and address. */
#include "web/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct arena *arena;

static struct nav nav_at(const char *path, uint32_t roles)
{
    struct page pg = { .arena = arena, .section = str_of(path), .name = roles ? STR("Lan") : STR(""), .roles = roles };
    return page_nav(&pg);
}

static const struct nav_link *within(const struct nav_link *list, size_t count)
{
    const struct nav_link *found = NULL;
    for (size_t i = 0; i < count; i++)
        if (list[i].within) {
            assert_null(found);
            found = &list[i];
        }
    return found;
}

static void expect(const char *path, uint32_t roles, const char *section, const char *page)
{
    struct nav nav = nav_at(path, roles);
    const struct nav_link *s = within(nav.sections, nav.section_count), *p = within(nav.pages, nav.page_count);
    assert_true(str_eq(s ? s->url : STR("-"), str_of(section)));
    assert_true(str_eq(p ? p->url : STR("-"), str_of(page)));
}

static void the_place_of_the_reader_is_marked(void **state)
{
    (void)state;
    expect("/", ROLE_CITIZEN, "/", "-");
    expect("/me", ROLE_CITIZEN, "/me", "/me");
    expect("/me/access", ROLE_CITIZEN, "/me", "/me/access");
    expect("/me/notices", ROLE_CITIZEN, "/me/notices", "/me/notices");
    expect("/me/notices", ROLE_OFFICER, "/me/notices", "-"); /* other ways are a citizen's */
    expect("/dossier/7/ask", ROLE_CITIZEN, "/me/dossiers", "/me/dossiers");
    expect("/dossier/7", ROLE_OFFICER, "/desk", "/desk");
    expect("/desk/life", ROLE_OFFICER, "/desk", "/desk/life");
    expect("/desk/benefit/3", ROLE_OFFICER, "/desk", "/desk/benefits");
    expect("/life/3", ROLE_OFFICER, "/desk", "/desk/life");
    expect("/centre/run/3/rows", ROLE_COORDINATOR, "/import", "/centre/runs");
    expect("/centre/register/row", ROLE_COORDINATOR, "/import", "/centre/registers");
    expect("/centre/quality", ROLE_COORDINATOR, "/import", "/centre/quality");
    expect("/centre/quality/mendings", ROLE_OFFICER, "/import", "/centre/quality/mendings");
    expect("/import/12/rows", ROLE_COORDINATOR, "/import", "/import");
    expect("/service", 0, "/services", "-");
    expect("/sign-in", 0, "/sign-in", "-");
    expect("/verify/0123", 0, "-", "-");
    expect("/desk/complaints", ROLE_LEADER, "/satisfaction", "/desk/complaints");
}

static void an_exact_page_and_one_below_it_differ(void **state)
{
    (void)state;
    struct nav at = nav_at("/centre/runs", ROLE_COORDINATOR), below = nav_at("/centre/run/3", ROLE_COORDINATOR);
    assert_true(within(at.pages, at.page_count)->here);
    assert_false(within(below.pages, below.page_count)->here);
}

static void what_the_roles_do_not_open_is_not_shown(void **state)
{
    (void)state;
    struct nav nav = nav_at("/desk", 0);
    assert_int_equal(nav.section_count, 3); /* home, services, sign in */
    assert_int_equal(nav.page_count, 0);
    nav = nav_at("/satisfaction", ROLE_OFFICER);
    assert_int_equal(nav.page_count, 0); /* the only page of its section that is open */
    nav = nav_at("/satisfaction", ROLE_LEADER);
    assert_int_equal(nav.page_count, 3);
    for (uint32_t role = ROLE_PUBLIC; role <= ROLE_OPERATOR; role <<= 1)
        assert_true(nav_at("/", role).section_count <= 6); /* two rows at most on a phone */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_place_of_the_reader_is_marked),
        cmocka_unit_test(an_exact_page_and_one_below_it_differ),
        cmocka_unit_test(what_the_roles_do_not_open_is_not_shown),
    };
    arena = arena_new(16 << 20);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
