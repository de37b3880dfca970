/* Clusters of one list, behind group.h. Joins wait in a heap by their weight; one whose clusters have changed since it was
 * weighed is weighed anew before it counts. So the work is bounded by the edges times the joins that touch them, and each
 * weighing by GROUP_MEMBERS squared comparisons. tested by: src/match/group/group_test.c */
#include "match/group/group.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NO_RECORD UINT32_MAX
/* Mean of likelihood ratios over the pairs across two clusters, by this power: 1 believes the best pair, towards 0 all pairs
 * alike. Near 0, so that one record that resembles both of two people does not join them. */
static const double mean_power = .125;
static const double floor_bits = -14; /* joins that stand lower are given up */
enum { WEIGHED_MAX = 12 };            /* times that one join is weighed */

struct join {
    uint32_t left, right;
    float bits;
    uint32_t version; /* sum of the clusters' versions when it was weighed */
    uint32_t weighed;
};

struct clusters {
    const struct link_model *m;
    struct compare_memo *memo;
    uint32_t *root;    /* union-find */
    uint32_t *next;    /* members of a cluster as a ring */
    uint32_t *size, *version;
    struct join *heap;
    size_t count;
};

static uint32_t root_of(struct clusters *c, uint32_t r)
{
    while (c->root[r] != r) {
        c->root[r] = c->root[c->root[r]];
        r = c->root[r];
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
    uint32_t a = root_of(c, top->left), b = root_of(c, top->right), version = c->version[a] + c->version[b];

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

void group_cluster(const struct link_model *m, struct group_edge *edges, size_t count, double threshold_bits, uint32_t *cluster)
{
    uint32_t n = m->comparer.set->count[0];
    struct clusters c = { .m = m, .memo = compare_memo_new(), .count = 0 };
    uint32_t *numbers = calloc((size_t)n * 4 + 1, sizeof *numbers);

    c.heap = malloc((count + 1) * sizeof *c.heap);
    MUST(numbers && c.heap);
    c.root = numbers;
    c.next = numbers + n;
    c.size = c.next + n;
    c.version = c.size + n;
    for (uint32_t i = 0; i < n; i++) {
        c.root[i] = c.next[i] = i;
        c.size[i] = 1;
    }
    for (size_t i = 0; i < count; i++)
        if ((double)edges[i].bits >= floor_bits)
            c.heap[c.count++] = (struct join){ edges[i].left, edges[i].right, edges[i].bits, 0, 0 };
    for (size_t i = c.count / 2; i-- > 0;)
        heap_sink(&c, i);
    while (c.count)
        clusters_step(&c, threshold_bits);
    for (uint32_t i = 0; i < n; i++)
        cluster[i] = NO_RECORD;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t root = root_of(&c, i);

        if (cluster[root] == NO_RECORD)
            cluster[root] = i; /* the smallest, as records are met in their order */
        cluster[i] = cluster[root];
    }
    compare_memo_free(c.memo);
    free(numbers);
    free(c.heap);
}
