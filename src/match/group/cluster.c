/* Clusters of one list, behind group.h. What no chain of edges connects never meets: threads take such islands in turn, most
 * of which are one edge. Within an island joins wait in a heap by their weight; one whose clusters have changed since it was
 * weighed is weighed anew before it counts. So the work is bounded by the edges times the joins that touch them, and each
 * weighing by GROUP_MEMBERS squared comparisons. tested by: src/match/group/group_test.c */
#include "match/group/group.h"

#include "match/score/crew.h"
#include "match/set/pages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NO_RECORD UINT32_MAX
/* Mean of likelihood ratios over the pairs across two clusters, by this power: 1 believes the best pair, towards 0 all pairs
 * alike. Near 0, so that one record that resembles both of two people does not join them. */
static const double mean_power = .125;
static const double floor_bits = -14; /* joins that stand lower are given up */
enum { WEIGHED_MAX = 12 /* times that one join is weighed */, STRETCH = 4096 };

struct join {
    uint32_t left, right;
    float bits;
    uint32_t version; /* sum of the clusters' versions when it was weighed */
    uint32_t weighed;
};

/* Records and edges, shared by all threads: each touches those of its islands only. */
struct sea {
    const struct link_model *m;
    const struct group_edge *edges;
    size_t count;
    double threshold_bits;
    uint32_t records, *island; /* [record]: union-find over all edges */
    uint32_t *start;           /* [record]: of an island's root, where its edges begin in `order` */
    uint32_t *order;           /* edges by island */
    uint32_t *root, *next, *size, *version;
    int threads;
};

struct clusters {
    const struct link_model *m;
    struct compare_memo *memo;
    uint32_t *root;    /* union-find */
    uint32_t *next;    /* members of a cluster as a ring */
    uint32_t *size, *version;
    struct join *heap;
    size_t count, cap;
};

static uint32_t root_of(uint32_t *root, uint32_t r)
{
    while (root[r] != r) {
        root[r] = root[root[r]];
        r = root[r];
    }
    return r;
}

/* The surer first; then by content, which no order of rows changes. */
static bool comes_before(const struct clusters *c, const struct join *a, const struct join *b)
{
    const uint64_t *hash = c->m->comparer.set->hash[0];

    if (a->bits != b->bits)
        return a->bits > b->bits;
    if (hash[a->left] != hash[b->left])
        return hash[a->left] < hash[b->left];
    if (hash[a->right] != hash[b->right])
        return hash[a->right] < hash[b->right];
    return a->left != b->left ? a->left < b->left : a->right < b->right;
}

static void heap_sink(struct clusters *c, size_t at)
{
    struct join moving = c->heap[at];

    for (;;) {
        size_t child = 2 * at + 1;

        if (child >= c->count)
            break;
        if (child + 1 < c->count && comes_before(c, &c->heap[child + 1], &c->heap[child]))
            child++;
        if (!comes_before(c, &c->heap[child], &moving))
            break;
        c->heap[at] = c->heap[child];
        at = child;
    }
    c->heap[at] = moving;
}

/* The members that speak for a cluster: the first of the ring from its root on. */
static int members(const struct clusters *c, uint32_t root, uint32_t out[static GROUP_MEMBERS])
{
    int n = 0;

    for (uint32_t r = root; n < GROUP_MEMBERS && (n == 0 || r != root); r = c->next[r])
        out[n++] = r;
    return n;
}

static double join_weigh(const struct clusters *c, uint32_t a, uint32_t b)
{
    uint32_t one[GROUP_MEMBERS], other[GROUP_MEMBERS];
    int n = members(c, a, one), k = members(c, b, other);
    struct link_weight ratio[LINK_FIELDS_MAX] = { 0 }, sum = { c->m->prior_bits, c->m->kin_prior_bits };
    int known[LINK_FIELDS_MAX] = { 0 };

    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++) {
            uint64_t pattern = compare_records(&c->m->comparer, c->memo, 0, one[i], 0, other[j]);

            if (link_pattern_is_vetoed(c->m, pattern))
                return floor_bits - 1;
            for (int f = 0; f < c->m->comparer.count; f++) {
                struct link_weight w = link_field_weight(c->m, f, (struct link_pair){ one[i], other[j] }, pattern);

                known[f] += pattern_level(pattern, f) != LEVEL_UNKNOWN;
                ratio[f].chance += pattern_level(pattern, f) ? exp2(mean_power * w.chance) : 0;
                ratio[f].kin += pattern_level(pattern, f) ? exp2(mean_power * w.kin) : 0;
            }
        }
    for (int f = 0; f < c->m->comparer.count; f++) {
        sum.chance += known[f] ? log2(ratio[f].chance / known[f]) / mean_power : 0;
        sum.kin += known[f] ? log2(ratio[f].kin / known[f]) / mean_power : 0;
    }
    return link_weight_bits(sum);
}

static void clusters_join(struct clusters *c, uint32_t a, uint32_t b)
{
    uint32_t next = c->next[a];

    if (c->size[a] < c->size[b]) {
        clusters_join(c, b, a);
        return;
    }
    c->root[b] = a;
    c->size[a] += c->size[b];
    c->version[a] += c->version[b] + 1;
    c->next[a] = c->next[b];
    c->next[b] = next;
}

/* Takes the surest join off the heap or weighs it anew. */
static void clusters_step(struct clusters *c, double threshold_bits)
{
    struct join *top = &c->heap[0];
    uint32_t a = root_of(c->root, top->left), b = root_of(c->root, top->right), version = c->version[a] + c->version[b];

    if (a != b && top->version != version && top->weighed < WEIGHED_MAX) {
        top->bits = (float)join_weigh(c, a, b);
        top->version = version;
        top->weighed++;
        if ((double)top->bits >= floor_bits) {
            heap_sink(c, 0);
            return;
        }
    } else if (a != b && (double)top->bits >= threshold_bits && top->version == version)
        clusters_join(c, a, b);
    c->heap[0] = c->heap[--c->count];
    if (c->count)
        heap_sink(c, 0);
}

/* Loads what weighing an island's joins will look at, all fields at once: its records stand anywhere. */
static void island_touch(const struct sea *s, const uint32_t *edges, uint32_t count)
{
    const struct comparer *by = &s->m->comparer;
    uint32_t rows[COMPARE_TOUCHED], n = 0;

    for (uint32_t i = 0; i < count && n < COMPARE_TOUCHED; i++) {
        rows[n++] = s->edges[edges[i]].left;
        rows[n++] = s->edges[edges[i]].right;
    }
    for (int i = 0; i < by->count; i++)
        compare_touch(&by->set->field[by->list[i].field], 0, rows, n);
}

static void island_cluster(struct clusters *c, const struct sea *s, const uint32_t *edges, uint32_t count)
{
    if (count > c->cap) {
        c->cap = count * 2;
        free(c->heap);
        c->heap = malloc(c->cap * sizeof *c->heap);
        MUST(c->heap);
    }
    if (count > 1) /* one edge is weighed already */
        island_touch(s, edges, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct group_edge *e = &s->edges[edges[i]];

        c->heap[i] = (struct join){ e->left, e->right, e->bits, 0, 0 };
    }
    c->count = count;
    for (size_t i = count / 2; i-- > 0;)
        heap_sink(c, i);
    while (c->count)
        clusters_step(c, s->threshold_bits);
}

/* Islands whose root stands in one of the thread's stretches of the records: roots are more often early than late ones. */
static void islands_cluster(void *arg, int thread)
{
    const struct sea *s = arg;
    struct clusters c = { .m = s->m, .memo = compare_memo_new(), .root = s->root, .next = s->next, .size = s->size, .version = s->version };

    for (size_t from = (size_t)thread * STRETCH; from < s->records; from += (size_t)s->threads * STRETCH) {
        uint32_t to = s->records - from < STRETCH ? s->records : (uint32_t)from + STRETCH;

        for (uint32_t r = (uint32_t)from; r < to; r++)
            if (s->start[r + 1] > s->start[r])
                island_cluster(&c, s, s->order + s->start[r], s->start[r + 1] - s->start[r]);
    }
    compare_memo_free(c.memo);
    free(c.heap);
}

static bool counts(const struct sea *s, size_t edge) { return (double)s->edges[edge].bits >= floor_bits; }

/* Edges by island. */
static void islands_find(struct sea *s)
{
    uint32_t at = 0;

    for (size_t i = 0; i < s->count; i++)
        if (counts(s, i)) {
            uint32_t a = root_of(s->island, s->edges[i].left), b = root_of(s->island, s->edges[i].right);

            s->island[a > b ? a : b] = a > b ? b : a;
        }
    for (size_t i = 0; i < s->count; i++)
        if (counts(s, i))
            s->start[root_of(s->island, s->edges[i].left)]++;
    for (uint32_t r = 0; r <= s->records; r++) {
        at += s->start[r];
        s->start[r] = at;
    }
    for (size_t i = s->count; i-- > 0;) /* backwards each start comes to where its edges begin */
        if (counts(s, i))
            s->order[--s->start[root_of(s->island, s->edges[i].left)]] = (uint32_t)i;
}

void group_cluster(const struct link_model *m, const struct group_edge *edges, size_t count, double threshold_bits, int threads, uint32_t *cluster)
{
    uint32_t n = m->comparer.set->count[0];
    size_t bytes = ((size_t)n * 6 + 1 + count) * sizeof(uint32_t);
    uint32_t *numbers = link_pages_new(bytes);
    struct sea s = { .m = m, .edges = edges, .count = count, .threshold_bits = threshold_bits, .records = n, .threads = threads };

    MUST(count < UINT32_MAX);
    s.island = numbers;
    s.root = s.island + n;
    s.next = s.root + n;
    s.size = s.next + n;
    s.version = s.size + n;
    s.start = s.version + n;
    s.order = s.start + n + 1;
    for (uint32_t i = 0; i < n; i++) {
        s.island[i] = s.root[i] = s.next[i] = i;
        s.size[i] = 1;
    }
    islands_find(&s);
    crew_run(threads, islands_cluster, &s);
    for (uint32_t i = 0; i < n; i++)
        cluster[i] = NO_RECORD;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t root = root_of(s.root, i);

        if (cluster[root] == NO_RECORD)
            cluster[root] = i; /* the smallest, as records are met in their order */
        cluster[i] = cluster[root];
    }
    link_pages_free(numbers, bytes);
}
