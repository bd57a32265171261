/* store_test.c: a folder from init to close: acts, values, staleness, search, history, rebuild. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <unistd.h>

#include "store/toy_int.h"

#include "base/banned.h"

typedef struct Act {
    Toy *t;
    Id id;
    Val fields;
    Str base;
    bool create, replay, erase;
    const KindInfo *kind;
} Act;

static Status run_act(Ctx *c, Tx *tx, void *arg) {
    Act *a = arg;
    tx_replay(tx, a->replay);
    if (a->erase) return tx_erase(c, a->id);
    if (a->create)
        return tx_create(c, a->kind, a->id, a->kind == a->t->phone ? ID_NONE : a->t->office,
                         a->fields);
    return tx_set(c, a->kind, a->id, a->base, a->fields);
}

static Val fields_of(Toy *t, const char *name, const char *text) {
    Val f = val_map();
    val_set_c(t->arena, &f, name, val_text(str_of(text)));
    return f;
}

static Id add_person(Toy *t, const char *given, const char *father) {
    Act a = { .t = t, .id = id_new(t->env), .create = true, .kind = t->person };
    a.fields = fields_of(t, "given_name", given);
    val_set_c(t->arena, &a.fields, "father_name", val_text(str_of(father)));
    Status st = store_write(t->store, &t->c, run_act, &a);
    if (st != ST_OK && t->c.errs.n)
        print_message("%.*s %.*s\n", STR_ARG(t->c.errs.v[0].key), STR_ARG(t->c.errs.v[0].cause));
    assert_int_equal(st, ST_OK);
    return a.id;
}

static Status set_field(Toy *t, Id id, Str base, const char *name, Val v, bool replay) {
    Act a = {
        .t = t, .id = id, .base = base, .kind = t->person, .fields = val_map(), .replay = replay
    };
    val_set_c(t->arena, &a.fields, name, v);
    return store_write(t->store, &t->c, run_act, &a);
}

/* A read context of its own; the caller frees the arena. */
static Ctx reading(Toy *t) {
    Ctx c = ctx_new(t->env, arena_new(t->env, 256 << 20));
    c.reach = &reach_everything;
    assert_int_equal(store_read_begin(t->store, &c), ST_OK);
    return c;
}

static void check_sound(Toy *t) {
    Ctx c = ctx_new(t->env, arena_new(t->env, 256 << 20));
    VerifyReport v;
    assert_int_equal(store_verify(&c, t->store, true, &v), ST_OK);
    if (v.faults) print_message("%.*s\n", STR_ARG(v.first_fault));
    assert_int_equal(v.faults, 0);
    arena_free(c.arena);
    c = ctx_new(t->env, arena_new(t->env, 256 << 20));
    RebuildReport r;
    Status st = store_rebuild(&c, t->store, true, &r);
    if (st != ST_OK)
        print_message("%.*s: %.*s\n", STR_ARG(c.errs.v[0].key), STR_ARG(c.errs.v[0].cause));
    assert_int_equal(st, ST_OK);
    if (r.differences) print_message("%.*s\n", STR_ARG(r.first_difference));
    assert_int_equal(r.differences, 0);
    assert_true(r.rows > 0);
    arena_free(c.arena);
}

static void test_create_and_read(void **state) {
    (void)state;
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Id id = add_person(&t, "Zarghuna", "Mohammad Hussain");
    Ctx c = reading(&t);
    Record *r = NULL;
    assert_int_equal(read_record(&c, t.person, id, &r), ST_OK);
    assert_true(str_eq(record_text(r, "given_name"), STR("Zarghuna")));
    assert_true(str_eq(record_text(r, "father_name"), STR("Mohammad Hussain")));
    NameQuery q = name_query(c.arena, STR("hussain zargh"));
    TermQuery tq = { .kind = t.person, .tokens = q.tokens, .n_tokens = q.n, .limit = 10 };
    Record **found = NULL;
    size_t n = 0;
    assert_int_equal(read_terms(&c, &tq, &found, &n, NULL), ST_OK);
    assert_int_equal(n, 1);
    assert_true(id_eq(found[0]->id, id));
    q = name_query(c.arena, STR("زرغونه"));
    tq = (TermQuery){ .kind = t.person, .tokens = q.tokens, .n_tokens = q.n, .limit = 10 };
    assert_int_equal(read_terms(&c, &tq, &found, &n, NULL), ST_OK);
    assert_int_equal(n, 1);
    arena_free(c.arena);
    check_sound(&t);
    toy_drop(&t);
}

static void test_stale_is_refused_and_replayed_work_kept(void **state) {
    (void)state;
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Id id = add_person(&t, "Karim", "Rahim");
    Ctx c = reading(&t);
    Record *r = NULL;
    assert_int_equal(read_record(&c, t.person, id, &r), ST_OK);
    Str base = str_copy(t.arena, record_version(&c, r));
    arena_free(c.arena);
    assert_int_equal(set_field(&t, id, base, "given_name", val_text(STR("Kareem")), false), ST_OK);
    /* Another clerk who still sees the first form. */
    ctx_forget_errors(&t.c);
    assert_int_equal(set_field(&t, id, base, "given_name", val_text(STR("Karem")), false),
                     ST_CONFLICT);
    assert_true(str_eq(t.c.errs.v[0].key, STR("error.stale")));
    /* A different field does not conflict. */
    assert_int_equal(set_field(&t, id, base, "father_name", val_text(STR("Raheem")), false), ST_OK);
    /* The same from an outbox is kept as a second head, a worklist item, not an overwrite. */
    assert_int_equal(set_field(&t, id, base, "given_name", val_text(STR("Karem")), true), ST_OK);
    c = reading(&t);
    assert_int_equal(read_record(&c, t.person, id, &r), ST_OK);
    assert_true(r->conflict);
    assert_true(str_eq(record_text(r, "given_name"), STR("Karem")));
    Heads h;
    assert_true(heads_parse(c.arena, r->heads, &h));
    FieldKey key = { .no = 2, .element = STR_NONE };
    assert_int_equal(heads_find(&h, &key)->n_heads, 2);
    Str now = str_copy(t.arena, record_version(&c, r));
    arena_free(c.arena);
    check_sound(&t);
    /* A decision that names both settles it. */
    assert_int_equal(set_field(&t, id, now, "given_name", val_text(STR("Kareem")), false), ST_OK);
    c = reading(&t);
    assert_int_equal(read_record(&c, t.person, id, &r), ST_OK);
    assert_false(r->conflict);
    assert_true(str_eq(record_text(r, "given_name"), STR("Kareem")));
    arena_free(c.arena);
    check_sound(&t);
    toy_drop(&t);
}

static void test_sets_lanes_and_sealed_fields(void **state) {
    (void)state;
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Id id = add_person(&t, "Amina", "Salim");
    Val two = val_list();
    val_push(t.arena, &two, val_text(STR("en")));
    val_push(t.arena, &two, val_text(STR("fa")));
    assert_int_equal(set_field(&t, id, STR(""), "languages", two, false), ST_OK);
    assert_int_equal(set_field(&t, id, STR(""), "risk", val_int(3), false), ST_OK);
    assert_int_equal(
        set_field(&t, id, STR(""), "note", val_text(STR("threatened by her uncle")), false), ST_OK);
    Val one = val_list();
    val_push(t.arena, &one, val_text(STR("fa")));
    assert_int_equal(set_field(&t, id, STR(""), "languages", one, false), ST_OK);
    Ctx c = reading(&t);
    Record *r = NULL;
    assert_int_equal(read_record(&c, t.person, id, &r), ST_OK);
    Val l = record_value(r, "languages");
    assert_int_equal(l.type, VAL_LIST);
    assert_int_equal(l.list.n, 1);
    assert_true(str_eq(l.list.v[0].text, STR("fa")));
    assert_int_equal(record_value(r, "risk").i, 3);
    assert_int_equal(record_value(r, "note").type, VAL_NONE);
    arena_free(c.arena);
    check_sound(&t);
    toy_drop(&t);
}

static void test_history_and_as_of(void **state) {
    (void)state;
    Toy t;
    Env env;
    env_test_init(&env, 7, (Time)1700000000 * TIME_SECOND);
    assert_int_equal(toy_make(&t, &env), ST_OK);
    Id id = add_person(&t, "Gul", "Khan");
    Time first = env_now(&env);
    env_advance(&env, TIME_DAY);
    assert_int_equal(set_field(&t, id, STR(""), "given_name", val_text(STR("Gul Agha")), false),
                     ST_OK);
    Ctx c = reading(&t);
    const HistoryEntry *e = NULL;
    size_t n = 0;
    assert_int_equal(read_history(&c, id, &e, &n), ST_OK);
    assert_int_equal(n, 2);
    assert_int_equal(e[1].n_changes, 1);
    assert_true(str_eq(e[1].changes[0].before.text, STR("Gul")));
    assert_true(str_eq(e[1].changes[0].after.text, STR("Gul Agha")));
    assert_true(e[1].changes[0].stands);
    assert_true(e[1].when - e[0].when == TIME_DAY);
    Record **then = NULL;
    size_t n_then = 0;
    assert_int_equal(read_as_of(&c, id, first, &then, &n_then), ST_OK);
    assert_int_equal(n_then, 1);
    assert_true(str_eq(record_text(then[0], "given_name"), STR("Gul")));
    arena_free(c.arena);
    toy_drop(&t);
}

static void test_reopen_keeps_everything(void **state) {
    (void)state;
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Id id = add_person(&t, "Nasrin", "Jawad");
    Store *second = NULL;
    ctx_forget_errors(&t.c);
    assert_int_equal(store_open(&t.c, &t.options, &second), ST_BUSY);
    assert_true(str_eq(t.c.errs.v[0].key, STR("error.store.locked")));
    Str pid = str_printf(t.c.arena, "%ld", (long)getpid());
    assert_true(str_eq(t.c.errs.v[0].args[0].value, pid));
    store_close(t.store);
    assert_int_equal(store_open(&t.c, &t.options, &t.store), ST_OK);
    toy_kinds_of(&t);
    t.c.store = t.store;
    Id other = add_person(&t, "Nasrin", "Jawad");
    assert_false(id_eq(id, other));
    Ctx c = reading(&t);
    Record *r = NULL;
    assert_int_equal(read_record(&c, t.person, id, &r), ST_OK);
    arena_free(c.arena);
    check_sound(&t);
    toy_drop(&t);
}

static void test_erasure_leaves_no_trace(void **state) {
    (void)state;
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Id id = add_person(&t, "Canaryzarghoon", "Canaryfather");
    add_person(&t, "Somebody", "Else");
    Act a = { .t = &t, .id = id, .erase = true, .kind = t.person };
    assert_int_equal(store_write(t.store, &t.c, run_act, &a), ST_OK);
    const char *files[] = { "panah.db", "panah.db-wal", "keys.db", "keys.db-wal" };
    for (size_t i = 0; i < 4; i++) {
        Str bytes = STR("");
        const char *path = str_c(t.arena, str_printf(t.arena, "%s/%s", t.dir, files[i]));
        if (!env_file_exists(path)) continue;
        assert_int_equal(env_read_file(&t.c, path, 1 << 28, &bytes), ST_OK);
        assert_int_equal(str_find(bytes, STR("Canaryzarghoon")), -1);
        Str term = name_terms(t.arena, STR("Canaryzarghoon")).v[0];
        assert_int_equal(str_find(bytes, term), -1);
    }
    Ctx c = reading(&t);
    Record *r = NULL;
    assert_int_equal(read_record(&c, t.person, id, &r), ST_MISSING);
    arena_free(c.arena);
    check_sound(&t);
    toy_drop(&t);
}

static Status destroy_keys(Ctx *c, Tx *tx, void *arg) {
    const Id *subject = arg;
    Stmt *st = db_stmt(c, c->reader->db, "SELECT n FROM ledger_key WHERE subject=?1");
    (void)tx;
    if (!st) return ctx_status(c);
    bind_id(st, 1, subject);
    for (bool row = true;;) {
        TRY(db_step(c, c->reader->db, st, &row));
        if (!row) return ST_OK;
        TRY(keys_destroy(c, c->store->keys, col_int(st, 0)));
    }
}

/* Killed between the end of the keys and COMMIT, an erasure leaves rows of which nothing can be read. */
static void test_an_erasure_that_was_broken_off(void **state) {
    (void)state;
    Toy t;
    Record *r = NULL;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Id id = add_person(&t, "Nasrin", "Jawad"), phone = id_new(t.env);
    add_person(&t, "Somebody", "Else");
    Act call = { .t = &t, .id = phone, .create = true, .kind = t.phone };
    call.fields = fields_of(&t, "number", "0700123456");
    val_set_c(t.arena, &call.fields, "person", val_id(t.arena, id));
    assert_int_equal(store_write(t.store, &t.c, run_act, &call), ST_OK);
    assert_int_equal(store_write(t.store, &t.c, destroy_keys, &id), ST_OK);
    Act erase = { .t = &t, .id = id, .erase = true };
    assert_int_equal(store_write(t.store, &t.c, run_act, &erase), ST_OK);
    Ctx c = reading(&t);
    assert_int_equal(read_record(&c, t.person, id, &r), ST_MISSING);
    assert_int_equal(read_record(&c, t.phone, phone, &r), ST_MISSING);
    arena_free(c.arena);
    check_sound(&t);
    toy_drop(&t);
}

static size_t found_by_name(Toy *t, const char *typed) {
    Ctx c = reading(t);
    NameQuery q = name_query(c.arena, str_of(typed));
    TermQuery tq = { .kind = t->person, .tokens = q.tokens, .n_tokens = q.n, .limit = 10 };
    Record **found = NULL;
    size_t n = 0;
    assert_int_equal(read_terms(&c, &tq, &found, &n, NULL), ST_OK);
    arena_free(c.arena);
    return n;
}

static Status add_then_fail(Ctx *c, Tx *tx, void *arg) {
    TRY(run_act(c, tx, arg));
    return FAIL(c, ST_INVALID, "", "error.required");
}

/* What it wrote beside its act goes too. */
static Status write_then_fail(Ctx *c, Tx *tx, void *arg) {
    TRY(local_put(c, STR("trial"), STR("failed"), STR("x")));
    return add_then_fail(c, tx, arg);
}

static bool was_kept(Toy *t) {
    Ctx c = reading(t);
    Str bytes = STR_NONE;
    Status st = local_get(&c, STR("trial"), STR("failed"), &bytes, NULL);
    arena_free(c.arena);
    return st == ST_OK;
}

/* In one transaction: a person is made and renamed, and an act fails between the two. */
static void words_follow_their_rows(bool repeatable, WriteFn failing) {
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Act acts[3] = {
        { .t = &t, .id = id_new(t.env), .create = true, .kind = t.person },
        { .t = &t, .id = id_new(t.env), .create = true, .kind = t.person },
        { .t = &t, .kind = t.person },
    };
    acts[0].fields = fields_of(&t, "given_name", "Shirin");
    acts[1].fields = fields_of(&t, "given_name", "Zalmai");
    acts[2].id = acts[0].id;
    acts[2].fields = fields_of(&t, "given_name", "Parwana");
    Ctx ctxs[3];
    WriteJob jobs[3];
    for (size_t i = 0; i < 3; i++) {
        ctxs[i] = ctx_new(t.env, arena_new(t.env, 16 << 20));
        jobs[i] = (WriteJob){ .fn = i == 1 ? failing : run_act,
                              .arg = &acts[i],
                              .ctx = &ctxs[i],
                              .repeatable = repeatable };
    }
    int64_t acts_before = (int64_t)t.store->n_acts;
    assert_int_equal(store_write_batch(t.store, jobs, 3), ST_INVALID);
    assert_int_equal((int64_t)t.store->n_acts - acts_before, 2);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(jobs[i].status, i == 1 ? ST_INVALID : ST_OK);
        assert_int_equal(ctxs[i].errs.n, i == 1); /* said once, however often it ran */
        arena_free(ctxs[i].arena);
    }
    assert_false(was_kept(&t));
    assert_int_equal(found_by_name(&t, "parwana"), 1);
    assert_int_equal(found_by_name(&t, "shirin"), 0);
    assert_int_equal(found_by_name(&t, "zalmai"), 0);
    check_sound(&t);
    assert_int_equal(
        set_field(&t, acts[0].id, STR(""), "given_name", val_text(STR("Shirin")), false), ST_OK);
    assert_int_equal(found_by_name(&t, "parwana"), 0);
    assert_int_equal(found_by_name(&t, "shirin"), 1);
    check_sound(&t);
    toy_drop(&t);
}

static void test_words_follow_their_rows(void **state) {
    (void)state;
    words_follow_their_rows(false, add_then_fail);
    words_follow_their_rows(false, write_then_fail);
}

/* Without savepoints: what failed had written nothing, or all of the transaction runs again. */
static void test_repeatable_jobs_fail_alone(void **state) {
    (void)state;
    words_follow_their_rows(true, add_then_fail);
    words_follow_their_rows(true, write_then_fail);
}

static Status run_sql(Ctx *c, Tx *tx, void *sql) {
    (void)tx;
    return db_exec(c, c->reader->db, sql);
}

/* Behind the program's back: the check of the tables finds an index that says less than its rows. */
static void spoil(Toy *t, const char *text, const char *found) {
    Ctx c = ctx_new(t->env, arena_new(t->env, 256 << 20));
    RebuildReport r;
    void *sql = (void *)(uintptr_t)text;
    assert_int_equal(store_write(t->store, &t->c, run_sql, sql), ST_OK);
    assert_int_equal(store_rebuild(&c, t->store, true, &r), ST_OK);
    assert_int_equal(r.differences, 1);
    assert_true(str_find(r.first_difference, str_of(found)) >= 0);
    arena_free(c.arena);
}

static void test_a_spoiled_search_index_is_found(void **state) {
    (void)state;
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Id id = add_person(&t, "Nasrin", "Omar");
    assert_int_equal(set_field(&t, id, STR(""), "number", val_text(STR("KBL-26-I000123-4")), false),
                     ST_OK);
    check_sound(&t);
    Str word = name_terms(t.arena, STR("Omar")).v[0];
    spoil(&t,
          str_c(t.arena, str_printf(t.arena,
                                    "INSERT INTO person__words(person__words, rowid, words)"
                                    " VALUES('delete', 1, '%.*s')",
                                    STR_ARG(word))),
          "person: search words");
    spoil(&t,
          str_c(t.arena, str_printf(t.arena,
                                    "INSERT INTO person__words(rowid, words) VALUES(1, '%.*s');"
                                    "DELETE FROM term",
                                    STR_ARG(word))),
          "person: search keys");
    toy_drop(&t);
}

/* An altered row would hide a part of a person from an erasure. */
static void test_spoiled_books_are_found(void **state) {
    (void)state;
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Id id = add_person(&t, "Nasrin", "Omar"), other = id;
    other.b[15] ^= 1;
    check_sound(&t);
    const char *from = str_c(t.arena, hex_encode(t.arena, id.b, sizeof id.b)),
               *to = str_c(t.arena, hex_encode(t.arena, other.b, sizeof other.b));
    Str away = str_printf(t.arena, "UPDATE ledger_key SET subject=x'%s' WHERE subject=x'%s'", to,
                          from),
        back = str_printf(t.arena, "UPDATE ledger_key SET subject=x'%s' WHERE subject=x'%s'", from,
                          to);
    spoil(&t, str_c(t.arena, away), "ledger_key");
    assert_int_equal(store_write(t.store, &t.c, run_sql, (void *)(uintptr_t)str_c(t.arena, back)),
                     ST_OK);
    check_sound(&t);
    spoil(&t, "UPDATE ledger_part SET part=part+1 WHERE pos=(SELECT max(pos) FROM ledger_part)",
          "ledger_part");
    toy_drop(&t);
}

static int64_t code_of(const char *term) {
    return term_code(str_of(term));
}

static void test_codes_of_keys(void **state) {
    (void)state;
    static const char *const inexact[] = { "#0123",           "#",
                                           "#35184372088832", "#KBL-26-4567",
                                           "=0123ABCD1990",   "#x",
                                           "=0123abcd19905",  "=0123abcd-199",
                                           "#26-4567",        "=12345" };
    assert_int_equal(code_of("#4567"), 4567);
    assert_int_equal(code_of("#93701234567"), 93701234567);
    assert_int_equal(code_of("#35184372088831"), ((int64_t)1 << 45) - 1);
    assert_int_equal(code_of("=000000000000"), -((int64_t)1 << 46));
    assert_true(code_of("=ffffffff9999") < 0);
    /* What lies side by side as text. */
    assert_int_equal(code_of("=0123abcd1990") + 1, code_of("=0123abcd1991"));
    assert_true(code_of("=0123abcd0000") >> TERM_YEAR_BITS ==
                code_of("=0123abcd9999") >> TERM_YEAR_BITS);
    assert_true(code_of("=0123abcd0000") >> TERM_YEAR_BITS !=
                code_of("=0123abce0000") >> TERM_YEAR_BITS);
    assert_int_equal(code_of("#KBL-26-99") + 1, code_of("#KBL-26-100"));
    assert_int_not_equal(code_of("#KBL-26-99"), code_of("#KBL-25-99"));
    /* A digit too many to be told apart. */
    assert_int_equal(code_of("#A0000123"), code_of("#A123"));
    for (size_t i = 0; i < sizeof(inexact) / sizeof(inexact[0]); i++) {
        assert_false(term_code_is_exact(code_of(inexact[i])));
        assert_true(code_of(inexact[i]) < (int64_t)1 << 47);
    }
}

/* Texts of few letters, so that they meet: an exact code is one text's alone, and no code has more than
 * 48 bits. */
static void test_exact_codes_are_one_keys_alone(void **state) {
    (void)state;
    static const char letters[] = "0012359af-A";
    Arena *a = arena_new(env_system(), 256 << 20);
    Map by_code = map_new(a);
    Rng rng = rng_new(70);
    size_t exact = 0;
    for (int i = 0; i < 200000; i++) {
        Buf b = buf_new(a, 64);
        bool names = rng_below(&rng, 2) != 0;
        size_t n = names && rng_below(&rng, 4) ? 12 : rng_below(&rng, 17);
        size_t few = rng_below(&rng, 3) ? 7 : sizeof(letters) - 1;
        buf_byte(&b, names ? '=' : '#');
        for (size_t k = 0; k < n; k++)
            buf_byte(&b, (uint8_t)letters[rng_below(&rng, few)]);
        Str term = buf_text(&b);
        int64_t code = term_code(term);
        assert_true(code >= -((int64_t)1 << 47) && code < (int64_t)1 << 47);
        if (!term_code_is_exact(code)) continue;
        exact++;
        Str key = str_n(arena_copy(a, &code, sizeof(code)), sizeof(code));
        const Str *had = map_get(&by_code, key);
        if (had) assert_true(str_eq(*had, term));
        if (!had) map_put(&by_code, key, arena_copy(a, &term, sizeof(term)));
    }
    assert_true(exact > 10000);
    arena_free(a);
}

static Id numbered(Toy *t, const char *number) {
    Id id = add_person(t, "Nasrin", "Omar");
    assert_int_equal(set_field(t, id, STR(""), "number", val_text(str_of(number)), false), ST_OK);
    return id;
}

/* The one record with this key; ID_NONE: none. */
static Id found_by_key(Toy *t, const char *key) {
    Ctx c = reading(t);
    NameToken token = { .n_alts = 1 };
    TermQuery q = { .kind = t->person, .tokens = &token, .n_tokens = 1, .limit = 10 };
    Record **found = NULL;
    size_t n = 0;
    token.alts[0].term = str_of(key);
    assert_int_equal(read_terms(&c, &q, &found, &n, NULL), ST_OK);
    assert_true(n <= 1);
    Id id = n ? found[0]->id : ID_NONE;
    arena_free(c.arena);
    return id;
}

/* Two keys of one code: whoever asks for one does not get the other's. */
static void test_keys_of_one_code(void **state) {
    (void)state;
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Id longer = numbered(&t, "A0000123"), shorter = numbered(&t, "A123");
    assert_true(id_eq(found_by_key(&t, "#A0000123"), longer));
    assert_true(id_eq(found_by_key(&t, "#A123"), shorter));
    assert_true(id_eq(found_by_key(&t, "#A00123"), ID_NONE));
    /* From one to the other: the code stays, what it stands for does not. */
    assert_int_equal(set_field(&t, longer, STR(""), "number", val_text(STR("A00123")), false),
                     ST_OK);
    assert_true(id_eq(found_by_key(&t, "#A0000123"), ID_NONE));
    assert_true(id_eq(found_by_key(&t, "#A00123"), longer));
    check_sound(&t);
    Act a = { .t = &t, .id = longer, .erase = true, .kind = t.person };
    assert_int_equal(store_write(t.store, &t.c, run_act, &a), ST_OK);
    assert_true(id_eq(found_by_key(&t, "#A00123"), ID_NONE));
    assert_true(id_eq(found_by_key(&t, "#A123"), shorter));
    check_sound(&t);
    toy_drop(&t);
}

static void test_search_finds_what_is_in_reach(void **state) {
    (void)state;
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Id here = add_person(&t, "Karim", "Rahim"), first = t.office;
    t.office = id_new(t.env);
    (void)add_person(&t, "Karim", "Jawad");
    Ctx c = reading(&t);
    uint32_t scope = store_scope_no(t.store, first, LANE_CORE);
    Reach reach = { 0 };
    NameQuery q = name_query(c.arena, STR("karim"));
    TermQuery tq = { .kind = t.person, .tokens = q.tokens, .n_tokens = q.n, .limit = 10 };
    Record **found = NULL;
    size_t n = 0;
    int64_t searched = 0;
    assert_int_equal(read_terms(&c, &tq, &found, &n, &searched), ST_OK);
    assert_int_equal(n, 2);
    c.reach = &reach;
    assert_int_equal(read_terms(&c, &tq, &found, &n, &searched), ST_OK);
    assert_int_equal(n, 0);
    reach.lane[LANE_CORE].scopes = &scope;
    reach.lane[LANE_CORE].n = 1;
    assert_int_equal(read_terms(&c, &tq, &found, &n, &searched), ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(searched, 1); /* the other office's is not looked at */
    assert_true(id_eq(found[0]->id, here));
    arena_free(c.arena);
    toy_drop(&t);
}

static int64_t index_count(Toy *t) {
    Ctx c = reading(t);
    Stmt *st = db_stmt(&c, c.reader->db, "SELECT count(*) FROM sqlite_schema WHERE type='index'");
    bool row = false;
    assert_non_null(st);
    assert_int_equal(db_step(&c, c.reader->db, st, &row), ST_OK);
    int64_t n = col_int(st, 0);
    sqlite3_reset(st);
    arena_free(c.arena);
    return n;
}

/* Opened in bulk, filled and corrected; ended properly, or left half-way. */
static void fill_in_bulk(bool end) {
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    int64_t indexes = index_count(&t);
    store_close(t.store);
    t.options.bulk = true;
    assert_int_equal(store_open(&t.c, &t.options, &t.store), ST_OK);
    toy_kinds_of(&t);
    assert_true(index_count(&t) < indexes);
    Id id = add_person(&t, "Karim", "Rahim");
    (void)add_person(&t, "Nasrin", "Omar");
    assert_int_equal(set_field(&t, id, STR(""), "given_name", val_text(STR("Jawad")), false),
                     ST_OK);
    if (end) {
        assert_int_equal(store_bulk_end(&t.c, t.store), ST_OK);
    } else {
        store_close(t.store);
        t.options.bulk = false;
        assert_int_equal(store_open(&t.c, &t.options, &t.store), ST_OK);
        toy_kinds_of(&t);
    }
    assert_int_equal(index_count(&t), indexes);
    assert_int_equal(found_by_name(&t, "jawad "), 1);
    assert_int_equal(found_by_name(&t, "karim "), 0);
    (void)add_person(&t, "Gul", "Omar");
    assert_int_equal(found_by_name(&t, "omar "), 2);
    check_sound(&t);
    toy_drop(&t);
}

static void test_a_folder_filled_in_bulk_is_like_any(void **state) {
    (void)state;
    fill_in_bulk(true);
}

static void test_a_bulk_left_half_way_is_made_whole(void **state) {
    (void)state;
    fill_in_bulk(false);
}

typedef struct End {
    Toy *t;
    _Atomic bool done;
    Status status;
} End;

static void *end_main(void *arg) {
    End *e = arg;
    e->status = store_bulk_end(&e->t->c, e->t->store);
    atomic_store(&e->done, true);
    return NULL;
}

/* SQLite would refuse a second checkpoint beside the first. */
static void test_the_end_of_a_bulk_waits_for_the_mover(void **state) {
    (void)state;
    Toy t;
    pthread_t thread;
    End e = { .t = &t, .status = ST_BUSY };
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    store_close(t.store);
    t.options.bulk = true;
    assert_int_equal(store_open(&t.c, &t.options, &t.store), ST_OK);
    toy_kinds_of(&t);
    (void)add_person(&t, "Karim", "Rahim");
    pthread_mutex_lock(&t.store->mover.turn);
    assert_int_equal(pthread_create(&thread, NULL, end_main, &e), 0);
    usleep(200000);
    assert_false(atomic_load(&e.done));
    pthread_mutex_unlock(&t.store->mover.turn);
    pthread_join(thread, NULL);
    assert_int_equal(e.status, ST_OK);
    (void)add_person(&t, "Gul", "Omar");
    toy_drop(&t);
}

static void test_a_custom_field_of_another_lane(void **state) {
    (void)state;
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Id id = add_person(&t, "Nasrin", "Jawad");
    Act a = { .t = &t, .id = id_new(t.env), .create = true };
    a.kind = model_kind(store_model(t.store), STR("custom_field"));
    a.fields = fields_of(&t, "on_kind", "person");
    val_set_c(t.arena, &a.fields, "name", val_text(STR("threat")));
    val_set_c(t.arena, &a.fields, "type", val_text(STR("text")));
    val_set_c(t.arena, &a.fields, "lane", val_text(STR("protection")));
    assert_int_equal(store_write(t.store, &t.c, run_act, &a), ST_OK);
    toy_kinds_of(&t); /* the model has changed */
    assert_int_equal(set_field(&t, id, STR(""), "threat", val_text(STR("an uncle")), false), ST_OK);
    for (int opened = 0; opened < 2; opened++) { /* now, and after the next start */
        Ctx c = reading(&t);
        Record *r = NULL;
        assert_int_equal(read_record(&c, t.person, id, &r), ST_OK);
        assert_true(str_eq(record_text(r, "threat"), STR("an uncle")));
        arena_free(c.arena);
        store_close(t.store);
        assert_int_equal(store_open(&t.c, &t.options, &t.store), ST_OK);
        toy_kinds_of(&t);
        t.c.store = t.store;
    }
    check_sound(&t);
    toy_drop(&t);
}

static void test_the_key_on_paper_opens_the_folder(void **state) {
    (void)state;
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Id id = add_person(&t, "Nasrin", "Jawad");
    store_close(t.store);
    t.store = NULL;
    const char *path = str_c(t.arena, str_printf(t.arena, "%s/node.key", t.dir));
    assert_int_equal(store_recover(&t.c, t.dir, t.recovery), ST_CONFLICT); /* it is not lost */
    assert_int_equal(env_remove_file(&t.c, path), ST_OK);
    uint8_t other[32] = { 7 };
    ctx_forget_errors(&t.c);
    assert_int_equal(store_recover(&t.c, t.dir, recovery_text(t.arena, other)), ST_DENIED);
    assert_false(env_file_exists(path));
    assert_int_equal(store_recover(&t.c, t.dir, t.recovery), ST_OK);
    assert_int_equal(store_open(&t.c, &t.options, &t.store), ST_OK);
    toy_kinds_of(&t);
    t.c.store = t.store;
    assert_int_equal(set_field(&t, id, STR(""), "given_name", val_text(STR("Nasreen")), false),
                     ST_OK);
    Ctx c = reading(&t);
    Record *r = NULL;
    assert_int_equal(read_record(&c, t.person, id, &r), ST_OK);
    assert_true(str_eq(record_text(r, "given_name"), STR("Nasreen")));
    const HistoryEntry *e = NULL;
    size_t n = 0;
    assert_int_equal(read_history(&c, id, &e, &n), ST_OK);
    assert_int_equal(n, 2);
    assert_memory_not_equal(e[0].stream.b, e[1].stream.b,
                            16); /* another node, another incarnation */
    arena_free(c.arena);
    check_sound(&t);
    toy_drop(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_and_read),
        cmocka_unit_test(test_stale_is_refused_and_replayed_work_kept),
        cmocka_unit_test(test_sets_lanes_and_sealed_fields),
        cmocka_unit_test(test_history_and_as_of),
        cmocka_unit_test(test_reopen_keeps_everything),
        cmocka_unit_test(test_erasure_leaves_no_trace),
        cmocka_unit_test(test_an_erasure_that_was_broken_off),
        cmocka_unit_test(test_a_custom_field_of_another_lane),
        cmocka_unit_test(test_the_key_on_paper_opens_the_folder),
        cmocka_unit_test(test_words_follow_their_rows),
        cmocka_unit_test(test_repeatable_jobs_fail_alone),
        cmocka_unit_test(test_spoiled_books_are_found),
        cmocka_unit_test(test_a_spoiled_search_index_is_found),
        cmocka_unit_test(test_codes_of_keys),
        cmocka_unit_test(test_exact_codes_are_one_keys_alone),
        cmocka_unit_test(test_keys_of_one_code),
        cmocka_unit_test(test_search_finds_what_is_in_reach),
        cmocka_unit_test(test_a_folder_filled_in_bulk_is_like_any),
        cmocka_unit_test(test_the_end_of_a_bulk_waits_for_the_mover),
        cmocka_unit_test(test_a_bulk_left_half_way_is_made_whole),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
