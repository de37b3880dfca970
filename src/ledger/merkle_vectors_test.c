/* Vectors of the transparency-dev project that this project did not write: every valid proof passes, every mutated one
 * fails. They are not part of this repository: looked for in EVAL_DATA/merkle/testdata, or beside the source tree. */
#include "ledger/merkle.h"
#include <dirent.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char root_path[1024];
static int seen, valid;

/* Sizes go up to 2^64-1, past what a JSON reader keeps exactly: bare integers become strings before it sees them. */
static void quote_integers(str text, struct buf *out)
{
    bool in_string = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"')
            in_string = !in_string;
        bool digit = !in_string && c >= '0' && c <= '9';
        bool before = i > 0 && text.ptr[i - 1] >= '0' && text.ptr[i - 1] <= '9';
        bool after = i + 1 < text.len && text.ptr[i + 1] >= '0' && text.ptr[i + 1] <= '9';
        if (digit && !before)
            buf_char(out, '"');
        buf_char(out, c);
        if (digit && !after)
            buf_char(out, '"');
    }
}

static uint64_t number_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    char *end;

    assert_non_null(text);
    errno = 0;
    uint64_t n = strtoull(text, &end, 10);
    assert_true(errno == 0 && *end == '\0');
    return n;
}

static str bytes_of(struct arena *a, const json_t *value)
{
    str s;

    assert_true(json_is_string(value));
    assert_true(status_ok(base64_decode(a, str_of(json_string_value(value)), &s)));
    return s;
}

/* False: an element is no hash at all, so there is nothing to hand to the verifier. */
static bool proof_of(struct arena *a, const json_t *o, struct merkle_proof *ret)
{
    const json_t *list = json_object_get(o, "proof");

    ret->count = 0;
    assert_true(json_array_size(list) <= MERKLE_PROOF_MAX);
    for (size_t i = 0; i < json_array_size(list); i++) {
        str h = bytes_of(a, json_array_get(list, i));
        if (h.len != SHA256_BYTES)
            return false;
        memcpy(ret->path[ret->count++].b, h.ptr, SHA256_BYTES);
    }
    return true;
}

static bool holds(struct arena *a, const char *kind, const json_t *o)
{
    struct merkle_proof p;
    status st;

    if (!proof_of(a, o, &p))
        return false;
    if (strcmp(kind, "inclusion") == 0) {
        st = merkle_check_inclusion(number_of(o, "leafIdx"), number_of(o, "treeSize"), bytes_of(a, json_object_get(o, "leafHash")),
                                    &p, bytes_of(a, json_object_get(o, "root")));
    } else if (strcmp(kind, "consistency") == 0) {
        st = merkle_check_consistency(number_of(o, "size1"), number_of(o, "size2"), &p, bytes_of(a, json_object_get(o, "root1")),
                                      bytes_of(a, json_object_get(o, "root2")));
    } else if (strcmp(kind, "subtreeinclusion") == 0) {
        st = merkle_check_subtree_inclusion(number_of(o, "leafIdx"), number_of(o, "start"), number_of(o, "end"),
                                            bytes_of(a, json_object_get(o, "leafHash")), &p, bytes_of(a, json_object_get(o, "root")));
    } else {
        struct merkle_claim c = { number_of(o, "start"), number_of(o, "end"), number_of(o, "size"),
                                  bytes_of(a, json_object_get(o, "root1")), bytes_of(a, json_object_get(o, "root2")) };
        st = merkle_check_subtree(&c, &p);
    }
    assert_true(status_ok(st) || status_is(st, ERR_LEDGER_PROOF));
    return status_ok(st);
}

static void check_file(const char *kind, const char *path)
{
    struct arena *a = arena_new(1 << 20);
    struct buf quoted DEFER(buf_done);
    char text[65536];
    FILE *f = fopen(path, "rb");
    json_error_t error;

    assert_non_null(f);
    size_t len = fread(text, 1, sizeof text, f);
    fclose(f);
    assert_true(len < sizeof text);
    buf_init(&quoted, 1 << 18);
    quote_integers((str){ text, len }, &quoted);
    json_t *o = json_loadb(quoted.ptr, quoted.len, JSON_REJECT_DUPLICATES, &error);
    assert_non_null(o);
    bool want = json_is_false(json_object_get(o, "wantErr"));
    if (holds(a, kind, o) != want)
        fail_msg("%s: %s was %s", path, json_string_value(json_object_get(o, "desc")), want ? "refused" : "accepted");
    seen++;
    valid += want;
    json_decref(o);
    arena_free(a);
}

static void walk(const char *kind, const char *path)
{
    struct dirent **list;
    int n = scandir(path, &list, NULL, alphasort);

    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        char below[2048];
        snprintf(below, sizeof below, "%s/%s", path, list[i]->d_name);
        if (list[i]->d_name[0] == '.')
            ;
        else if (strstr(list[i]->d_name, ".json") != NULL)
            check_file(kind, below);
        else
            walk(kind, below);
        free(list[i]);
    }
    free(list);
}

static void check_kind(const char *kind, int least)
{
    char path[2048];

    if (root_path[0] == '\0') {
        print_message("# SKIP %s: the vectors are not beside this source tree (set EVAL_DATA)\n", kind);
        skip();
    }
    seen = valid = 0;
    snprintf(path, sizeof path, "%s/%s", root_path, kind);
    walk(kind, path);
    print_message("# %s: %d vectors, %d valid\n", kind, seen, valid);
    assert_true(seen >= least && valid > 0 && valid < seen);
}

static void inclusion(void **state)
{
    (void)state;
    check_kind("inclusion", 90);
}
static void consistency(void **state)
{
    (void)state;
    check_kind("consistency", 90);
}
static void subtree_inclusion(void **state)
{
    (void)state;
    check_kind("subtreeinclusion", 200);
}
static void subtree_consistency(void **state)
{
    (void)state;
    check_kind("subtreeconsistency", 110);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inclusion),
        cmocka_unit_test(consistency),
        cmocka_unit_test(subtree_inclusion),
        cmocka_unit_test(subtree_consistency),
    };
    const char *eval = getenv("EVAL_DATA");
    DIR *d;

    if (eval)
        snprintf(root_path, sizeof root_path, "%s/merkle/testdata", eval);
    else if (argc > 1)
        snprintf(root_path, sizeof root_path, "%s/../shared/eval/merkle/testdata", argv[1]);
    d = root_path[0] ? opendir(root_path) : NULL;
    if (d)
        closedir(d);
    else
        root_path[0] = '\0';
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
