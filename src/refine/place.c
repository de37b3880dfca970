/* Reads an address from its end against the names of all units, because there the largest unit stands: province, district,
 * commune, each with or without the word of its type, in full or shortened, with or without commas and diacritics. All ways
 * of reading are weighed; the best must be alone, or the address is a question. See place.h.
 * tested by: src/refine/test/place_test.c */
#include "refine/place.h"

#include "viet/field/place.h"
#include "viet/fold.h"

#include <string.h>

/* Units stand at the end: of a longer address only the last bytes are looked at. */
enum { TAIL_BYTES = 230, TOKENS_MAX = 120, FOLDED_BYTES = 768, ENTRIES_MAX = 16000, BEST_MAX = 24, NAMES_BYTES_MAX = 32 << 20, TYPE_UNREAD = 0xFF };
/* Weights of a reading. A level that is found outweighs all else; marks that contradict weigh more than a missing type. */
enum {
    WEIGHT_LEVEL = 100, WEIGHT_TYPE = 30, WEIGHT_OTHER_TYPE = -20, WEIGHT_MARKS = 20, WEIGHT_OTHER_MARKS = -40, WEIGHT_BOUND = 10,
    WEIGHT_LOOSE = -20, WEIGHT_TORN = -60, WEIGHT_BORROWED = -15, WEIGHT_NO_DISTRICT = -10, WEIGHT_NEW_MAP = 5, WEIGHT_WORD = 14,
    WEIGHT_STRANGE = -150,
};

struct token {
    size_t at, end;     /* in the address */
    size_t from, until; /* in the folded text */
    bool apart;         /* a comma or the like stands before it */
};

struct reading {
    const struct places *p;
    struct arena *arena;
    str address;
    char folded[FOLDED_BYTES];
    struct token tokens[TOKENS_MAX];
    struct {
        uint8_t type, tokens; /* type_before() of this token; TYPE_UNREAD: not looked at yet */
    } before[TOKENS_MAX];
    size_t count;
    bool plain; /* no diacritics in it */
    str written, written_key; /* the name looked at last */
    enum unit_map map;
    int best;
    struct {
        unit_id unit;
        size_t from;
        bool sure;
    } found[BEST_MAX]; /* those of the best weight */
    size_t found_count;
};

/* Where a name begins, and whether the word before it is taken for its type. */
struct start {
    size_t from;
    bool typed;
};

/* A level on the way down. */
struct step {
    unit_id above;
    size_t end; /* tokens from here on are read */
    int weight;
    bool sure;
};

/* --- words ------------------------------------------------------------------------------------------------------------- */

static bool is_break(str s, size_t at, size_t end)
{
    char c = s.ptr[at];
    bool dash = c == '-' && at > 0 && s.ptr[at - 1] == ' ' && end < s.len && s.ptr[end] == ' ';

    return c == ',' || c == ';' || c == '\n' || c == '(' || c == ')' || dash;
}

/* Leading zeros of a number say nothing: "Phường 05". */
static void token_close(struct token *t, char *folded, size_t *len)
{
    while (t->from + 1 < *len && folded[t->from] == '0' && folded[t->from + 1] >= '0' && folded[t->from + 1] <= '9') {
        memmove(folded + t->from, folded + t->from + 1, *len - t->from - 1);
        --*len;
    }
    t->until = *len;
    folded[(*len)++] = ' ';
}

/* "P5", "Q10": the type is glued to a number. */
static bool is_glued(const char *folded, size_t from, size_t len, char next)
{
    return len - from == 1 && strchr("pqf", folded[from]) && next >= '0' && next <= '9';
}

/* The next letter or sign, folded. */
static size_t letter_fold(str s, size_t *at, char piece[static 16])
{
    char c = s.ptr[*at];
    size_t from = *at;

    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
        piece[0] = (char)(c <= '9' ? c : c | 0x20);
        ++*at;
        return 1;
    }
    text_next(s, at);
    return viet_fold_into(piece, 16, str_slice(s, from, *at));
}

/* Runs of letters and digits, folded, one space behind each. Returns how many. */
static size_t tokens_cut(str s, char folded[static FOLDED_BYTES], struct token *out, size_t max)
{
    size_t at = 0, len = 0, count = 0;
    bool inside = false, apart = true;

    while (at < s.len && len + 16 < FOLDED_BYTES) {
        char piece[16];
        size_t from = at;
        size_t n = letter_fold(s, &at, piece);
        bool word = n > 0 && ((piece[0] >= 'a' && piece[0] <= 'z') || (piece[0] >= '0' && piece[0] <= '9'));
        bool glued = inside && word && is_glued(folded, out[count - 1].from, len, piece[0]);
        if (inside && (!word || glued)) {
            token_close(&out[count - 1], folded, &len);
            inside = false;
        }
        apart |= !word && is_break(s, from, at);
        if (!word)
            continue;
        if (!inside) {
            if (count == max)
                return count;
            out[count++] = (struct token){ .at = from, .from = len, .apart = apart };
            inside = true;
            apart = false;
        }
        memcpy(folded + len, piece, n);
        len += n;
        out[count - 1].end = at;
    }
    if (inside)
        token_close(&out[count - 1], folded, &len);
    return count;
}

static bool token_is(const struct reading *r, size_t i, const char *word)
{
    size_t len = r->tokens[i].until - r->tokens[i].from;

    return strlen(word) == len && memcmp(r->folded + r->tokens[i].from, word, len) == 0;
}

static str words_folded(const struct reading *r, size_t from, size_t end)
{
    return (str){ r->folded + r->tokens[from].from, r->tokens[end - 1].until - r->tokens[from].from };
}

static str words_written(const struct reading *r, size_t from, size_t end)
{
    return str_slice(r->address, r->tokens[from].at, r->tokens[end - 1].end);
}

/* --- names of units ---------------------------------------------------------------------------------------------------- */

static str name_words(struct arena *a, str name, int *ret_words)
{
    char folded[FOLDED_BYTES];
    struct token tokens[TOKENS_MAX];
    size_t n = tokens_cut(name, folded, tokens, TOKENS_MAX);

    *ret_words = (int)n;
    return n ? arena_str(a, (str){ folded, tokens[n - 1].until }) : (str){ 0 };
}

/* "tra linh", "linh": so that a reading stops at the first word that no name goes on with. */
static void endings_add(struct places *p, str key)
{
    for (size_t at = 0; at < key.len; at += str_find_char(str_from(key, at), ' ') + 1)
        table_set(&p->endings, str_from(key, at), p);
}

static void pairs_add(struct places *p, str key)
{
    for (size_t at = 0, next; at < key.len; at = next) {
        next = at + str_find_char(str_from(key, at), ' ') + 1;
        if (next < key.len)
            table_set(&p->pairs, str_slice(key, at, next + str_find_char(str_from(key, next), ' ')), p);
    }
}

static void name_add(struct places *p, const struct unit *u, str name, bool borrowed)
{
    int words;
    str key = name_words(p->arena, name, &words);

    if (!key.len)
        return;
    MUST(p->count < ENTRIES_MAX);
    struct place_entry *e = &p->entries[p->count++];
    uintptr_t first = (uintptr_t)table_get(&p->names, key);
    *e = (struct place_entry){ .unit = u, .type_today = defs_unit_type(p->defs, u->id, p->today), .next = (uint32_t)first, .borrowed = borrowed,
                               .name = arena_str(p->arena, name), .key = viet_key(p->arena, name) };
    const struct unit *above = u;
    for (int i = 0; i < 2 && above && above->parent.v; i++, above = defs_unit(p->defs, above->parent))
        e->above[i] = above->parent;
    table_set(&p->names, key, (void *)(uintptr_t)p->count); /* place + 1 */
    endings_add(p, key);
    pairs_add(p, key);
    p->words_max = words > p->words_max ? words : p->words_max;
}

/* In the months after a merger people write a new commune with its old province, and an old one with the new province. */
static void borrowed_add(struct places *p, const struct unit *u)
{
    const struct unit *into = u->level == UNIT_PROVINCE && u->next.v ? defs_unit(p->defs, u->next) : NULL;

    if (!into || str_eq(into->name, u->name))
        return;
    name_add(p, u, into->name, true);
    name_add(p, into, u->name, true);
}

void places_done(struct places *p)
{
    table_done(&p->names);
    table_done(&p->endings);
    table_done(&p->pairs);
    arena_free(p->arena);
}

day places_day(const struct places *p, unit_id unit)
{
    const struct unit *u = defs_unit(p->defs, unit);

    return u && u->map == MAP_OLD ? defs_map_to(p->defs, MAP_OLD) : p->today;
}

/* --- type words -------------------------------------------------------------------------------------------------------- */

#define TYPE(t) (1u << UNIT_TYPE_##t)

static const struct {
    const char *first, *second; /* folded; no second: one word */
    const char *written;        /* with its marks; NULL: an abbreviation */
    uint32_t types;
} type_words[] = {
    { "thanh", "pho", "thành phố", TYPE(CITY) | TYPE(PROVINCE_CITY) }, { "thi", "xa", "thị xã", TYPE(TOWN) }, { "thi", "tran", "thị trấn", TYPE(TOWNSHIP) },
    { "dac", "khu", "đặc khu", TYPE(SPECIAL_ZONE) }, { "tp", NULL, NULL, TYPE(CITY) | TYPE(PROVINCE_CITY) }, { "tx", NULL, NULL, TYPE(TOWN) },
    { "tt", NULL, NULL, TYPE(TOWNSHIP) }, { "dk", NULL, NULL, TYPE(SPECIAL_ZONE) }, { "tinh", NULL, "tỉnh", TYPE(PROVINCE) }, { "t", NULL, NULL, TYPE(PROVINCE) },
    { "quan", NULL, "quận", TYPE(URBAN_DISTRICT) }, { "q", NULL, NULL, TYPE(URBAN_DISTRICT) }, { "huyen", NULL, "huyện", TYPE(RURAL_DISTRICT) },
    { "h", NULL, NULL, TYPE(RURAL_DISTRICT) }, { "phuong", NULL, "phường", TYPE(WARD) }, { "p", NULL, NULL, TYPE(WARD) }, { "f", NULL, NULL, TYPE(WARD) },
    { "xa", NULL, "xã", TYPE(COMMUNE) }, { "x", NULL, NULL, TYPE(COMMUNE) },
};

void places_init(struct places *p, const struct defs *defs, day today)
{
    *p = (struct places){ .defs = defs, .today = today, .arena = arena_new(NAMES_BYTES_MAX) };
    table_init(&p->names);
    table_init(&p->endings);
    table_init(&p->pairs);
    _Static_assert(sizeof type_words / sizeof *type_words <= PLACE_TYPE_WORDS_MAX, "a key for each word");
    for (size_t i = 0; i < sizeof type_words / sizeof *type_words; i++)
        if (type_words[i].written) {
            str written = str_of(type_words[i].written);
            p->type_keys[i] = viet_key(p->arena, written);
            p->type_names[i] = viet_title(p->arena, str_slice(written, 0, str_find_char(written, ' ')));
            p->type_names[i] = arena_join(p->arena, p->type_names[i], str_from(written, p->type_names[i].len));
        }
    p->entries = ARENA_ARRAY(p->arena, struct place_entry, ENTRIES_MAX);
    for (size_t i = 0; i < defs_unit_count(defs); i++) {
        const struct unit *u = defs_unit_nth(defs, i);
        name_add(p, u, u->name, false);
        borrowed_add(p, u);
        if (u->level == UNIT_PROVINCE && str_eq(u->name, STR("Huế")))
            name_add(p, u, STR("Thừa Thiên Huế"), false);
    }
}

/* "Tịnh" at the end of "Sơn Tịnh" is no "tỉnh": where marks are written they must be those of the word. */
static bool type_is_written(const struct reading *r, size_t i, size_t from, size_t tokens)
{
    str written = words_written(r, from - tokens, from);

    return !type_words[i].written || str_eq(written, r->p->type_names[i]) || text_is_ascii(written) ||
           str_eq(viet_key(r->arena, written), r->p->type_keys[i]);
}

static size_t type_read(const struct reading *r, size_t from, size_t *ret_tokens)
{
    for (size_t i = 0; !r->tokens[from].apart && i < sizeof type_words / sizeof *type_words; i++) {
        *ret_tokens = type_words[i].second ? 2 : 1;
        if (from < *ret_tokens || !token_is(r, from - *ret_tokens, type_words[i].first))
            continue;
        if ((!type_words[i].second || token_is(r, from - 1, type_words[i].second)) && type_is_written(r, i, from, *ret_tokens))
            return i + 1;
    }
    *ret_tokens = 0;
    return 0;
}

/* The type word that ends before token `from`: its place + 1, and how many tokens it takes. No comma stands between. */
static size_t type_before(struct reading *r, size_t from, size_t *ret_tokens)
{
    if (r->before[from].type == TYPE_UNREAD) {
        r->before[from].type = (uint8_t)type_read(r, from, ret_tokens);
        r->before[from].tokens = (uint8_t)*ret_tokens;
    }
    *ret_tokens = r->before[from].tokens;
    return r->before[from].type;
}

static uint32_t types_of_level(enum unit_level level)
{
    switch (level) {
    case UNIT_PROVINCE: return TYPE(PROVINCE) | TYPE(CITY);
    case UNIT_DISTRICT: return TYPE(URBAN_DISTRICT) | TYPE(RURAL_DISTRICT) | TYPE(TOWN) | TYPE(PROVINCE_CITY);
    default: return TYPE(WARD) | TYPE(COMMUNE) | TYPE(TOWNSHIP) | TYPE(SPECIAL_ZONE);
    }
}

/* --- weighing ------------------------------------------------------------------------------------------------------------ */

static bool torn(const struct reading *r, size_t from, size_t end)
{
    for (size_t i = from + 1; i < end; i++)
        if (r->tokens[i].apart)
            return true;
    return false;
}

/* Made once for all units of one name. */
static str written_key(struct reading *r, str written)
{
    if (r->written.ptr != written.ptr || r->written.len != written.len) {
        r->written = written;
        r->written_key = viet_key(r->arena, written);
    }
    return r->written_key;
}

static int marks_weight(struct reading *r, const struct unit *u, const struct place_entry *e, str written, bool *ret_sure)
{
    bool plain_name = text_is_ascii(u->name);

    /* Where an address has no marks at all, "Ia Bang" may be Ia Băng. */
    if (r->plain || (!plain_name && text_is_ascii(written)))
        return 0;
    if (str_is_digits(u->name) || str_eq(written, e->name) || str_eq(written_key(r, written), e->key))
        return WEIGHT_MARKS;
    /* "Bà Rịa - Vũng Tàu" is written in many ways: without its separators the letters must be the same. */
    if (plain_name)
        return 0;
    *ret_sure = false;
    return WEIGHT_OTHER_MARKS;
}

static void keep(struct reading *r, const struct step *s, size_t from)
{
    if (s->weight < r->best)
        return;
    if (s->weight > r->best)
        r->found_count = 0;
    r->best = s->weight;
    for (size_t i = 0; i < r->found_count; i++)
        if (r->found[i].unit.v == s->above.v)
            return;
    if (r->found_count < BEST_MAX) {
        r->found[r->found_count].unit = s->above;
        r->found[r->found_count].sure = s->sure;
        r->found[r->found_count++].from = from;
    }
}

/* One unit read at tokens from … step->end, with the type word before it or as if there were none; false when it cannot be
 * this one. */
static bool weigh(struct reading *r, const struct step *step, const struct place_entry *e, struct start at, struct step *ret)
{
    const struct unit *u = e->unit;
    size_t from = at.from, type_tokens, type = type_before(r, from, &type_tokens);

    if (u->map != r->map || (step->above.v && e->above[0].v != step->above.v && e->above[1].v != step->above.v))
        return false;
    bool strange = type && !(type_words[type - 1].types & types_of_level(u->level));
    if (strange || !at.typed)
        type = type_tokens = 0; /* the end of another name, as in "xã Tứ Xã Lâm Thao"; "huyện X" is no commune */
    if (!type && !r->tokens[from].apart && str_is_digits(u->name))
        return false; /* "Tổ 19, Bình Thạnh" is not its ward 19 */
    *ret = *step;
    ret->above = u->id;
    ret->end = from - type_tokens;
    ret->weight += WEIGHT_LEVEL * (u->map == MAP_NEW && u->level == UNIT_COMMUNE ? 2 : 1); /* there are no districts any more */
    ret->weight += WEIGHT_WORD * (int)(step->end - from) + marks_weight(r, u, e, words_written(r, from, step->end), &ret->sure);
    if (type) {
        bool agrees = type_words[type - 1].types & (1u << u->type | 1u << e->type_today);
        ret->weight += agrees ? WEIGHT_TYPE : WEIGHT_OTHER_TYPE;
        ret->sure &= agrees;
    }
    ret->weight += type || r->tokens[from].apart ? WEIGHT_BOUND : WEIGHT_LOOSE;
    ret->weight += torn(r, from, step->end) && str_find_char(u->name, '-') == u->name.len ? WEIGHT_TORN : 0;
    ret->weight += (e->borrowed ? WEIGHT_BORROWED : 0) + (strange ? WEIGHT_STRANGE : 0);
    return type || step->above.v || u->level == UNIT_PROVINCE;
}

static void level_read(struct reading *r, const struct step *step, enum unit_level level);

static void entries_try(struct reading *r, const struct step *step, enum unit_level level, uintptr_t entry, size_t from)
{
    struct step next;

    for (; entry; entry = r->p->entries[entry - 1].next) {
        const struct place_entry *e = &r->p->entries[entry - 1];
        if (e->unit->level != level || e->unit->map != r->map)
            continue;
        size_t type_tokens;
        for (int typed = type_before(r, from, &type_tokens) > 0; typed >= 0; typed--) {
            if (!weigh(r, step, e, (struct start){ from, typed }, &next))
                continue;
            keep(r, &next, next.end);
            if (level < UNIT_COMMUNE)
                level_read(r, &next, level + 1);
        }
    }
}

static void level_read(struct reading *r, const struct step *step, enum unit_level level)
{
    struct step skipped = *step;

    if (level == UNIT_DISTRICT && r->map == MAP_NEW)
        level = UNIT_COMMUNE;
    for (int words = 1; words <= r->p->words_max && (size_t)words <= step->end; words++) {
        size_t from = step->end - (size_t)words;
        str folded = words_folded(r, from, step->end);
        if (!table_get(&r->p->endings, folded) && (level != UNIT_PROVINCE || words > 2)) /* shortened provinces end no name */
            break;
        uintptr_t entry = (uintptr_t)table_get(&r->p->names, folded);
        if (!entry && level == UNIT_PROVINCE && words <= 2) {
            str full = place_expand_province(words_written(r, from, step->end));
            int n;
            if (full.len)
                entry = (uintptr_t)table_get(&r->p->names, name_words(r->arena, full, &n));
        }
        entries_try(r, step, level, entry, from);
    }
    if (level == UNIT_DISTRICT)
        skipped.weight += WEIGHT_NO_DISTRICT;
    if (level < UNIT_COMMUNE)
        level_read(r, &skipped, level + 1);
}

/* "…, Việt Nam", "… (cũ)", a postal code: what may stand behind the province. */
static size_t tail_cut(const struct reading *r)
{
    size_t n = r->count;

    for (bool again = true; again && n > 1;) {
        again = false;
        size_t len = r->tokens[n - 1].until - r->tokens[n - 1].from;
        if (token_is(r, n - 1, "vn") || token_is(r, n - 1, "vietnam") || token_is(r, n - 1, "cu") || (len >= 5 && str_is_digits(words_folded(r, n - 1, n)))) {
            n--;
            again = true;
        } else if (n > 2 && token_is(r, n - 1, "nam") && token_is(r, n - 2, "viet")) {
            n -= 2;
            again = true;
        }
    }
    return n;
}

/* --- the answer ---------------------------------------------------------------------------------------------------------- */

static void choice_add(struct place_found *ret, unit_id unit)
{
    for (size_t i = 0; i < ret->choice_count && i < PLACE_CHOICES; i++)
        if (ret->choices[i].v == unit.v)
            return;
    if (ret->choice_count < PLACE_CHOICES)
        ret->choices[ret->choice_count] = unit;
    ret->choice_count++;
}

static void answer_make(const struct reading *r, struct place_found *ret)
{
    const struct places *p = r->p;

    for (size_t i = 0; i < r->found_count; i++) {
        unit_id successors[PLACE_CHOICES];
        size_t n = 0;
        defs_unit_at(p->defs, r->found[i].unit, p->today, successors, PLACE_CHOICES, &n);
        for (size_t k = 0; k < n && k < PLACE_CHOICES; k++)
            choice_add(ret, successors[k]);
    }
    ret->named = r->found_count == 1 ? r->found[0].unit : UNIT_NONE;
    ret->sure = r->found[0].sure;
    ret->answer = r->found_count > 1 ? PLACE_SEVERAL : PLACE_DIVIDED;
    if (ret->choice_count == 1) {
        ret->answer = PLACE_KNOWN;
        ret->today = ret->choices[0];
    } else if (ret->choice_count == 0) {
        ret->answer = PLACE_UNKNOWN;
    }
}

str place_rest(str address, size_t end)
{
    str rest = str_trim(str_slice(address, 0, end));

    while (rest.len && strchr(",;-.( ", rest.ptr[rest.len - 1]))
        rest.len--;
    return rest;
}

/* Nothing below a province or district was found: does the address name a commune all the same? */
static enum place_answer without_commune(str address)
{
    struct place claimed;

    place_parse(address, &claimed);
    for (int level = PLACE_PROVINCE; level < PLACE_LEVELS; level++)
        if (claimed.unit[level].type.len && claimed.unit[level].name.len && level != PLACE_PROVINCE)
            return PLACE_UNKNOWN;
    return PLACE_EMPTY;
}

void places_find(const struct places *p, struct arena *a, str address, struct place_found *ret)
{
    struct reading *r = ARENA_NEW(a, struct reading);
    size_t skipped;

    *ret = (struct place_found){ .rest = address };
    r->p = p;
    r->arena = a;
    for (skipped = address.len > TAIL_BYTES ? address.len - TAIL_BYTES : 0; skipped < address.len && (address.ptr[skipped] & 0xC0) == 0x80;)
        skipped++;
    r->address = str_from(address, skipped);
    r->plain = text_is_ascii(address);
    r->count = tokens_cut(r->address, r->folded, r->tokens, TOKENS_MAX);
    memset(r->before, TYPE_UNREAD, sizeof r->before);
    if (!r->count)
        return;
    for (int map = MAP_OLD; map <= MAP_NEW; map++) {
        struct step start = { .end = tail_cut(r), .weight = map == MAP_NEW ? WEIGHT_NEW_MAP : 0, .sure = true };
        r->map = (enum unit_map)map;
        level_read(r, &start, UNIT_PROVINCE);
    }
    if (!r->found_count || r->found[0].unit.v / 100000 % 10 != UNIT_COMMUNE) {
        ret->answer = without_commune(address);
        ret->named = r->found_count == 1 ? r->found[0].unit : UNIT_NONE;
        return;
    }
    answer_make(r, ret);
    skipped += r->tokens[r->found[0].from].at;
    ret->rest = place_rest(address, skipped);
    ret->units = str_trim(str_from(address, skipped));
}

/* --- heads ----------------------------------------------------------------------------------------------------------------- */

static bool is_type_word(const char *folded, const struct token *t)
{
    str word = { folded + t->from, t->until - t->from };

    for (size_t i = 0; i < sizeof type_words / sizeof *type_words; i++)
        if (str_eq(word, str_of(type_words[i].first)) || (type_words[i].second && str_eq(word, str_of(type_words[i].second))))
            return true;
    return false;
}

/* Units are read as one chain from the end of the address. Into its head the chain reaches only by a name that ends there, or that
 * goes over the comma. A number is a name only behind the word of its type, or behind a comma. */
size_t places_head(const struct places *p, str address)
{
    size_t comma = str_find_char(address, ','), word = comma + 1, count, head = 0;
    struct token tokens[TOKENS_MAX];
    char folded[FOLDED_BYTES];

    while (word < address.len && address.ptr[word] == ' ')
        word++;
    size_t end = word + str_find_char(str_from(address, word < address.len ? word : address.len), ' ');
    if (!comma || end >= address.len || address.len > TAIL_BYTES)
        return 0;
    count = tokens_cut(str_slice(address, 0, end), folded, tokens, TOKENS_MAX);
    while (head < count && tokens[head].at < comma)
        head++;
    if (!head || head == count)
        return 0;
    for (size_t from = head; from-- > 0;) {
        str run = { folded + tokens[from].from, tokens[head - 1].until - tokens[from].from };
        bool number = from + 1 == head && from > 0 && !tokens[from].apart && str_is_digits(run) && !is_type_word(folded, &tokens[from - 1]);
        if (!number && table_get(&p->names, run))
            return 0;
    }
    str pair = { folded + tokens[head - 1].from, tokens[head].until - tokens[head - 1].from };
    return table_get(&p->pairs, pair) ? 0 : comma + 1;
}
