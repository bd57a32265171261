/* golden_test.c: ledgers of released formats stay readable for ever.
 *
 * tests/fixtures/ledger-1.txt holds a small ledger of format 1 in hexadecimal, ledger-1-dictionary.txt the
 * same with parts squeezed by dictionary 1, one item a line:
 *   operation ID · office ID
 *   stream NODE-PUBLIC INCARNATION SCOPE OFFICE LANE
 *   key KEY-ID SUBJECT LANE OFFICE KEY            (the test's own keys, never a real one's)
 *   commit STREAM-INDEX SEAL HEADER PART…
 * It is read into a fresh folder; values and projection hashes must be those written beside it. With
 * PANAH_WRITE_GOLDEN=FILE the test writes such a file: only for a new format or method. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/toy_int.h"

#include "base/banned.h"

static const char *const places[] = { "tests/fixtures/ledger-1.txt",
                                      "../../tests/fixtures/ledger-1.txt" };
static const char *const dictionary_places[] = { "tests/fixtures/ledger-1-dictionary.txt",
                                                 "../../tests/fixtures/ledger-1-dictionary.txt" };
static const char *const doc_places[] = { "docs/ledger.md", "../../docs/ledger.md" };

typedef struct Act {
    Toy *t;
    Id id;
    bool create;
    const char *name;
} Act;

static Status run_act(Ctx *c, Tx *tx, void *arg) {
    Act *a = arg;
    ActPart act = { .act = id_new(c->env),
                    .op_no = 1,
                    .op_version = 1,
                    .actor = a->id,
                    .office = a->t->office,
                    .reason = STR("TEST"),
                    .client_time = 1700000000 * TIME_SECOND };
    tx_act(tx, &act);
    Val f = val_map();
    val_set_c(c->arena, &f, "given_name", val_text(str_of(a->name)));
    if (!a->create) return tx_set(c, a->t->person, a->id, STR(""), f);
    Val l = val_list();
    val_push(c->arena, &l, val_text(STR("fa")));
    val_set_c(c->arena, &f, "languages", l);
    val_set_c(c->arena, &f, "birth_date", val_int(7305));
    val_set_c(c->arena, &f, "note", val_text(STR("a sealed note")));
    return tx_create(c, a->t->person, a->id, a->t->office, f);
}

static void put_hex(Buf *b, const void *p, size_t n) {
    buf_str(b, STR(" "));
    buf_str(b, hex_encode(b->arena, p, n));
}

static void write_stream(Buf *b, Toy *t, Ctx *c, const StreamRow *r, size_t index) {
    const ScopeRow *scope = scope_row(t->store, r->scope_no);
    buf_str(b, STR("stream"));
    put_hex(b, r->node_public, 32);
    put_hex(b, r->incarnation, 16);
    put_hex(b, scope->id.b, 16);
    put_hex(b, scope->office.b, 16);
    buf_printf(b, " %d\n", scope->lane);
    for (uint64_t seq = 1; seq <= r->seq; seq++) {
        StoredCommit sc;
        Str header;
        assert_int_equal(commit_load(c, c->reader, LEDGER_POS(r->no, seq), &sc), ST_OK);
        assert_int_equal(commit_header(c, c->reader, &sc, &header), ST_OK);
        Stmt *st = db_stmt(c, c->reader->db, "SELECT signature FROM ledger_seal WHERE pos=?1");
        bind_int(st, 1, sc.pos);
        bool row = false;
        assert_int_equal(db_step(c, c->reader->db, st, &row), ST_OK);
        buf_printf(b, "commit %zu", index);
        put_hex(b, col_bytes(st, 0).s, 64);
        put_hex(b, header.s, header.n);
        for (size_t i = 0; i < sc.h.n_parts; i++)
            put_hex(b, sc.parts[i].s, sc.parts[i].n);
        buf_str(b, STR("\n"));
        sqlite3_reset(st);
    }
}

static void write_golden(const char *path) {
    Toy t;
    Env env;
    env_test_init(&env, 1, (Time)1700000000 * TIME_SECOND);
    assert_int_equal(toy_make(&t, &env), ST_OK);
    Act a = { .t = &t, .id = id_new(&env), .create = true, .name = "Zarghuna" };
    assert_int_equal(store_write(t.store, &t.c, run_act, &a), ST_OK);
    env_advance(&env, TIME_DAY);
    a.create = false;
    a.name = "زرغونه";
    assert_int_equal(store_write(t.store, &t.c, run_act, &a), ST_OK);
    Ctx c = ctx_new(&env, arena_new(&env, 64 << 20));
    assert_int_equal(store_read_begin(t.store, &c), ST_OK);
    Buf b = buf_new(t.arena, 1 << 20);
    buf_str(&b, STR("operation"));
    put_hex(&b, t.store->operation.b, 16);
    buf_str(&b, STR("\nperson"));
    put_hex(&b, a.id.b, 16);
    buf_str(&b, STR("\n"));
    for (uint32_t i = 1; i <= t.store->n_streams; i++)
        write_stream(&b, &t, &c, &t.store->streams[i], i - 1);
    Stmt *st = db_stmt(&c, c.reader->db,
                       "SELECT n, key_id, subject, lane, scope FROM ledger_key ORDER BY n");
    for (;;) {
        bool row = false;
        assert_int_equal(db_step(&c, c.reader->db, st, &row), ST_OK);
        if (!row) break;
        KeyRow key;
        Id key_id = col_id(st, 1), subject = col_id(st, 2),
           office = scope_row(t.store, (uint32_t)col_int(st, 4))->office;
        assert_int_equal(keys_load(&c, t.store->keys, col_int(st, 0), &key), ST_OK);
        buf_str(&b, STR("key"));
        put_hex(&b, key_id.b, 16);
        put_hex(&b, subject.b, 16);
        buf_printf(&b, " %d", (int)col_int(st, 3));
        put_hex(&b, office.b, 16);
        put_hex(&b, key.key.b, 32);
        buf_str(&b, STR("\n"));
    }
    st = db_stmt(
        &c, c.reader->db,
        "SELECT s.scope, h.hash FROM projection_hash h JOIN ledger_scope s ON s.no=h.scope ORDER BY s.scope");
    for (;;) {
        bool row = false;
        assert_int_equal(db_step(&c, c.reader->db, st, &row), ST_OK);
        if (!row) break;
        buf_str(&b, STR("hash"));
        put_hex(&b, col_bytes(st, 0).s, 16);
        put_hex(&b, col_bytes(st, 1).s, 32);
        buf_str(&b, STR("\n"));
    }
    assert_int_equal(env_write_file(&c, path, 0644, buf_text(&b)), ST_OK);
    arena_free(c.arena);
    toy_drop(&t);
}

/* ---- reading ---- */

typedef struct Golden {
    Toy t;
    Id operation, person;
    ForeignStream streams[8];
    size_t n_streams;
} Golden;

typedef struct Item {
    const ForeignStream *stream;
    ForeignCommit commit;
    uint8_t seal[64];
    ForeignKey key;
} Item;

static Status take_item(Ctx *c, Tx *tx, void *arg) {
    Item *i = arg;
    (void)tx;
    return i->stream ? tx_receive(c, i->stream, &i->commit, 1, i->seal)
                     : tx_receive_key(c, &i->key);
}

static Str word(Str *rest) {
    return str_cut(rest, ' ');
}

static void hex_word(Str *rest, void *out, size_t n) {
    assert_true(hex_decode(word(rest), out, n));
}

static Str hex_all(Arena *a, Str w) {
    uint8_t *p = arena_alloc(a, w.n / 2 + 1);
    assert_true(hex_decode(w, p, w.n / 2));
    return str_n(p, w.n / 2);
}

static int64_t int_word(Str *rest) {
    int64_t v = 0;
    assert_true(num_parse_i64(word(rest), &v));
    return v;
}

static void read_line(Golden *g, Str line) {
    Arena *a = g->t.arena;
    Str what = word(&line);
    Item item = { 0 };
    if (str_is(what, "person")) {
        hex_word(&line, g->person.b, 16);
    } else if (str_is(what, "stream")) {
        ForeignStream *f = &g->streams[g->n_streams++];
        hex_word(&line, f->node_public, 32);
        hex_word(&line, f->incarnation, 16);
        hex_word(&line, f->scope.b, 16);
        hex_word(&line, f->office.b, 16);
        f->lane = (Lane)int_word(&line);
    } else if (str_is(what, "key") || str_is(what, "commit")) {
        if (str_is(what, "key")) {
            hex_word(&line, item.key.key_id.b, 16);
            hex_word(&line, item.key.subject.b, 16);
            item.key.lane = (Lane)int_word(&line);
            hex_word(&line, item.key.office.b, 16);
            hex_word(&line, item.key.key.b, 32);
        } else {
            item.stream = &g->streams[int_word(&line)];
            hex_word(&line, item.seal, 64);
            item.commit.header = hex_all(a, word(&line));
            Str *parts = arena_array(a, Str, 16);
            while (line.s)
                parts[item.commit.n_parts++] = hex_all(a, word(&line));
            item.commit.parts = parts;
        }
        assert_int_equal(store_write(g->t.store, &g->t.c, take_item, &item), ST_OK);
    } else if (str_is(what, "hash")) {
        Id scope;
        uint8_t hash[32];
        hex_word(&line, scope.b, 16);
        hex_word(&line, hash, 32);
        Ctx c = ctx_new(g->t.env, arena_new(g->t.env, 1 << 20));
        assert_int_equal(store_read_begin(g->t.store, &c), ST_OK);
        Stmt *st = db_stmt(
            &c, c.reader->db,
            "SELECT h.hash FROM projection_hash h JOIN ledger_scope s ON s.no=h.scope WHERE s.scope=?1");
        bind_id(st, 1, &scope);
        bool row = false;
        assert_int_equal(db_step(&c, c.reader->db, st, &row), ST_OK);
        assert_true(row);
        assert_memory_equal(col_bytes(st, 0).s, hash, 32);
        sqlite3_reset(st);
        arena_free(c.arena);
    }
}

static const char *place_of(const char *const paths[2]) {
    return env_file_exists(paths[0]) ? paths[0] : paths[1];
}

static void open_golden(Golden *g, const char *path, Str *ret_text) {
    memset(g, 0, sizeof(*g));
    assert_int_equal(toy_make(&g->t, env_system()), ST_OK);
    assert_int_equal(env_read_file(&g->t.c, path, 1 << 20, ret_text), ST_OK);
    Str rest = *ret_text, line = str_cut(&rest, '\n'), what = word(&line);
    assert_true(str_is(what, "operation"));
    hex_word(&line, g->operation.b, 16);
    assert_int_equal(meta_put(&g->t.c, g->t.store->writer.db, "operation", id_str(&g->operation)),
                     ST_OK);
    store_close(g->t.store);
    assert_int_equal(store_open(&g->t.c, &g->t.options, &g->t.store), ST_OK);
    g->t.c.store = g->t.store;
    toy_kinds_of(&g->t);
}

static void read_golden(const char *path) {
    Golden g;
    Str text;
    open_golden(&g, path, &text);
    while (text.s) {
        Str line = str_cut(&text, '\n');
        if (line.n) read_line(&g, line);
    }
    Ctx c = ctx_new(g.t.env, arena_new(g.t.env, 1 << 24));
    c.reach = &reach_everything;
    assert_int_equal(store_read_begin(g.t.store, &c), ST_OK);
    Record *r = NULL;
    assert_int_equal(read_record(&c, g.t.person, g.person, &r), ST_OK);
    assert_true(str_eq(record_text(r, "given_name"), STR("زرغونه")));
    assert_int_equal(record_value(r, "birth_date").i, 7305);
    assert_int_equal(record_value(r, "languages").list.n, 1);
    assert_int_equal(record_open_sealed(&c, r), ST_OK);
    assert_true(str_eq(record_text(r, "note"), STR("a sealed note")));
    const HistoryEntry *e = NULL;
    size_t n = 0;
    assert_int_equal(read_history(&c, g.person, &e, &n), ST_OK);
    assert_int_equal(n, 2); /* both lanes of the first act are one entry */
    /* An act that came from another node can be found, and so undone, like one of our own. */
    Id first = e[0].act.act;
    assert_int_equal(read_act(&c, first, &e, &n), ST_OK);
    assert_int_equal(n, 1);
    assert_true(id_eq(e[0].act.act, first));
    arena_free(c.arena);
    toy_drop(&g.t);
}

static void test_format_1_is_read(void **state) {
    (void)state;
    read_golden(place_of(places));
}

static void test_parts_of_dictionary_1_are_read(void **state) {
    (void)state;
    read_golden(place_of(dictionary_places));
}

/* What it squeezed can be read with these very bytes only. */
static void test_dictionary_1_is_the_documented_one(void **state) {
    (void)state;
    Arena *a = arena_new(env_system(), 1 << 20);
    Ctx c = ctx_new(env_system(), a);
    Str doc;
    assert_int_equal(env_read_file(&c, place_of(doc_places), 1 << 20, &doc), ST_OK);
    Hash256 h = ledger_dictionary_hash();
    assert_true(str_find(doc, hex_encode(a, h.b, 32)) >= 0);
    arena_free(a);
}

/* The example in docs/ledger.md is the fixture's first commit of the core lane. */
static void test_the_documented_example_is_true(void **state) {
    (void)state;
    Arena *a = arena_new(env_system(), 1 << 24);
    Ctx c = ctx_new(env_system(), a);
    Str text, doc;
    assert_int_equal(env_read_file(&c, place_of(places), 1 << 20, &text), ST_OK);
    assert_int_equal(env_read_file(&c, place_of(doc_places), 1 << 20, &doc), ST_OK);
    /* hexadecimal text of the document without the layout around it */
    Buf plain = buf_new(a, 1 << 20);
    for (size_t i = 0; i < doc.n; i++)
        if (doc.s[i] != ' ' && doc.s[i] != '\n') buf_byte(&plain, (uint8_t)doc.s[i]);
    ptrdiff_t at = str_find(text, STR("commit 0 "));
    assert_true(at >= 0);
    Str line = str_slice(text, (size_t)at, text.n);
    line = str_cut(&line, '\n');
    for (int i = 0; i < 3; i++)
        (void)word(&line); /* commit, stream, seal */
    while (line.s)
        assert_true(str_find(buf_text(&plain), word(&line)) >= 0);
    arena_free(a);
}

int main(void) {
    if (getenv("PANAH_WRITE_GOLDEN")) write_golden(getenv("PANAH_WRITE_GOLDEN"));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format_1_is_read),
        cmocka_unit_test(test_parts_of_dictionary_1_are_read),
        cmocka_unit_test(test_dictionary_1_is_the_documented_one),
        cmocka_unit_test(test_the_documented_example_is_true),
    };
    return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
