/* The navigation: a row of sections, and below it the pages of the section where the reader is. A section or page that the
 * reader's roles do not open is not shown; a section with one open page is called after that page. It grants nothing: each
 * operation asks for itself who may. */
#include "web/page.h"

#include <string.h>

#include "messages/messages.h"

enum {
    EVERYBODY = (ROLE_OPERATOR << 1) - 1,
    CENTRE = ROLE_OFFICER | ROLE_COORDINATOR | ROLE_OPERATOR | ROLE_LEADER,
    PAGES_MAX = 6,
};

struct nav_page {
    const char *url, *child; /* child: where what it lists is shown, or NULL */
    uint32_t may;
    str (*name)(enum lang lang);
};
static const struct nav_section {
    str (*name)(enum lang lang);
    struct nav_page pages[PAGES_MAX];
} sections[] = {
    { msg_web_nav_home, { { "/", NULL, EVERYBODY, msg_web_nav_home } } },
    { msg_web_nav_services, { { "/services", "/service", EVERYBODY, msg_web_nav_services } } },
    { msg_web_nav_dossiers,
      { { "/me/dossiers", "/dossier", ROLE_CITIZEN, msg_web_nav_dossiers },
        { "/me/life", "/life", ROLE_CITIZEN, msg_web_nav_life } } },
    { msg_web_nav_mine,
      { { "/me", NULL, ROLE_CITIZEN, msg_web_nav_record },
        { "/me/offers", NULL, ROLE_CITIZEN, msg_offer_title },
        { "/me/access", NULL, ROLE_CITIZEN, msg_web_nav_access } } },
    { msg_web_nav_counter,
      { { "/desk", "/dossier", ROLE_OFFICER, msg_web_nav_desk }, { "/desk/life", "/life", ROLE_OFFICER, msg_web_nav_life_desk },
        { "/desk/benefits", "/desk/benefit", ROLE_OFFICER, msg_benefit_title } } },
    { msg_web_nav_centre,
      { { "/import", NULL, CENTRE, msg_web_nav_import },
        { "/centre/registers", "/centre/register", CENTRE, msg_sector_title },
        { "/centre/runs", "/centre/run", CENTRE, msg_run_title },
        { "/centre/cases", "/centre/case", CENTRE, msg_case_title },
        { "/centre/quality", NULL, CENTRE, msg_quality_title },
        { "/centre/quality/mendings", NULL, CENTRE, msg_quality_mending_title } } },
    { msg_web_nav_oversight,
      { { "/satisfaction", NULL, ROLE_OFFICER | ROLE_COORDINATOR | ROLE_LEADER, msg_rating_figures_title },
        { "/desk/complaints", "/complaint", ROLE_LEADER, msg_complaint_list_title },
        { "/admin/notices", NULL, ROLE_OPERATOR | ROLE_AUDITOR | ROLE_LEADER, msg_notice_state_title } } },
    { msg_notice_title,
      { { "/me/notices", NULL, EVERYBODY & ~(ROLE_PUBLIC | ROLE_SYSTEM), msg_notice_title },
        { "/me/contacts", NULL, ROLE_CITIZEN, msg_notice_ways_title } } },
    { msg_web_nav_sign_in, { { "/sign-in", NULL, ROLE_PUBLIC, msg_web_nav_sign_in } } },
};
enum { SECTIONS = sizeof sections / sizeof *sections };

static bool is_below(str path, const char *url)
{
    str above = str_of(url);
    return url && str_starts(path, above) && (path.len == above.len || (above.len > 1 && path.ptr[above.len] == '/'));
}

/* How much of the reader's address the page stands for; 0: it is elsewhere. */
static size_t nearness(const struct page *pg, const struct nav_page *p)
{
    const char *url = is_below(pg->section, p->url) ? p->url : p->child;
    return (p->may & pg->roles) && is_below(pg->section, url) ? strlen(url) : 0;
}

static const struct nav_page *page_here(const struct page *pg)
{
    const struct nav_page *here = NULL;
    size_t best = 0;
    for (size_t s = 0; s < SECTIONS; s++)
        for (const struct nav_page *p = sections[s].pages; p < sections[s].pages + PAGES_MAX && p->url; p++)
            if (nearness(pg, p) > best) {
                best = nearness(pg, p);
                here = p;
            }
    return here;
}

static size_t section_open(const struct page *pg, const struct nav_section *s, const struct nav_page **out)
{
    size_t count = 0;
    for (const struct nav_page *p = s->pages; p < s->pages + PAGES_MAX && p->url; p++)
        if (p->may & pg->roles)
            out[count++] = p;
    return count;
}

static bool is_exactly(const struct page *pg, const struct nav_page *p) { return str_eq(pg->section, str_of(p->url)); }

static void section_add(struct page *pg, const struct nav_section *s, const struct nav_page *here, struct nav *nav)
{
    const struct nav_page *open[PAGES_MAX];
    size_t count = section_open(pg, s, open);
    if (count == 0)
        return;
    bool within = here >= s->pages && here < s->pages + PAGES_MAX;
    str name = count == 1 ? open[0]->name(pg->lang) : s->name(pg->lang);
    if (s->name == msg_notice_title && pg->unread > 0)
        name = msg_notice_nav(pg->arena, pg->lang, pg->unread);
    nav->sections[nav->section_count++] = (struct nav_link){ str_of(open[0]->url), name, within, is_exactly(pg, open[0]) };
    if (!within || count == 1)
        return;
    nav->name = s->name(pg->lang);
    for (size_t i = 0; i < count; i++)
        nav->pages[nav->page_count++] = (struct nav_link){ str_of(open[i]->url), open[i]->name(pg->lang), open[i] == here, is_exactly(pg, open[i]) };
}

struct nav page_nav(struct page *pg)
{
    struct page of = *pg;
    struct nav nav = { .sections = ARENA_ARRAY(pg->arena, struct nav_link, SECTIONS), .pages = ARENA_ARRAY(pg->arena, struct nav_link, PAGES_MAX) };
    of.roles = str_is_empty(pg->name) ? ROLE_PUBLIC : pg->roles;
    const struct nav_page *here = page_here(&of);
    for (size_t i = 0; i < SECTIONS; i++)
        section_add(&of, &sections[i], here, &nav);
    return nav;
}
