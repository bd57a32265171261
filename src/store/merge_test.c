/* merge_test.c: two nodes write, a third takes everything in any order: the same rows everywhere.
 *
 * There is no exchange yet; the commits are carried by hand. This is the proof that the format holds:
 * random orders, every prefix, duplicates, late keys, concurrent edits, forks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/toy_int.h"

#include "base/banned.h"

enum { PEOPLE = 6, ACTS = 25, SEEDS = 12, WIRES_MAX = 32, KEYS_MAX = 256 };

/* ---- carrying ---- */

typedef struct Wire {
    ForeignStream f;
    ForeignCommit *commits;
    uint8_t (*seals)[64];
    bool *sealed;
    size_t n;
} Wire;

typedef struct Cargo {
    Wire wires[WIRES_MAX];
    size_t n_wires;
    ForeignKey keys[KEYS_MAX];
    size_t n_keys;
} Cargo;

static void load_wire(Toy *t, Ctx *c, const StreamRow *r, Wire *w) {
    ScopeRow *scope = scope_row(t->store, r->scope_no);
    w->f = (ForeignStream){ .scope = scope->id, .office = scope->office, .lane = scope->lane };
    memcpy(w->f.node_public, r->node_public, 32);
    memcpy(w->f.incarnation, r->incarnation, 16);
    w->n = r->seq;
    w->commits = arena_array(t->arena, ForeignCommit, w->n);
    w->seals = arena_alloc(t->arena, w->n * 64);
    w->sealed = arena_array(t->arena, bool, w->n);
    for (uint64_t seq = 1; seq <= r->seq; seq++) {
        StoredCommit sc;
        Str header;
        assert_int_equal(commit_load(c, c->reader, LEDGER_POS(r->no, seq), &sc), ST_OK);
        assert_int_equal(commit_header(c, c->reader, &sc, &header), ST_OK);
        ForeignCommit *to = &w->commits[seq - 1];
        to->header = str_copy(t->arena, header);
        to->n_parts = sc.h.n_parts;
        Str *parts = arena_array(t->arena, Str, sc.h.n_parts);
        for (size_t i = 0; i < sc.h.n_parts; i++)
            parts[i] = sc.parts[i].s ? str_copy(t->arena, sc.parts[i]) : STR_NONE;
        to->parts = parts;
        Stmt *st = db_stmt(c, c->reader->db, "SELECT signature FROM ledger_seal WHERE pos=?1");
        bind_int(st, 1, LEDGER_POS(r->no, seq));
        bool row = false;
        assert_int_equal(db_step(c, c->reader->db, st, &row), ST_OK);
        w->sealed[seq - 1] = row;
        if (row) memcpy(w->seals[seq - 1], col_bytes(st, 0).s, 64);
        if (row) sqlite3_reset(st);
    }
}

static void load_keys(Toy *t, Ctx *c, Cargo *cargo) {
    Stmt *st = db_stmt(c, c->reader->db,
                       "SELECT n, key_id, subject, lane, scope FROM ledger_key ORDER BY n");
    for (;;) {
        bool row = false;
        assert_int_equal(db_step(c, c->reader->db, st, &row), ST_OK);
        if (!row) return;
        ForeignKey *k = &cargo->keys[cargo->n_keys++];
        assert_true(cargo->n_keys < KEYS_MAX);
        k->key_id = col_id(st, 1);
        k->subject = col_id(st, 2);
        k->lane = (Lane)col_int(st, 3);
        k->office = scope_row(t->store, (uint32_t)col_int(st, 4))->office;
        KeyRow key;
        assert_int_equal(keys_load(c, t->store->keys, col_int(st, 0), &key), ST_OK);
        k->key = key.key;
    }
}

static Cargo *load(Toy *t) {
    Cargo *cargo = arena_new_of(t->arena, Cargo);
    Ctx c = ctx_new(t->env, arena_new(t->env, 256 << 20));
    c.reach = &reach_everything;
    assert_int_equal(store_read_begin(t->store, &c), ST_OK);
    for (size_t i = 1; i <= t->store->n_streams; i++)
        if (t->store->streams[i].seq > 0)
            load_wire(t, &c, &t->store->streams[i], &cargo->wires[cargo->n_wires++]);
    load_keys(t, &c, cargo);
    arena_free(c.arena);
    return cargo;
}

typedef struct Delivery {
    const Wire *w;
    size_t from, n;
    const ForeignKey *key;
} Delivery;

static Status deliver_one(Ctx *c, Tx *tx, void *arg) {
    Delivery *d = arg;
    (void)tx;
    if (d->key) return tx_receive_key(c, d->key);
    return tx_receive(c, &d->w->f, d->w->commits + d->from, d->n, d->w->seals[d->from + d->n - 1]);
}

static void give(Toy *to, Delivery d) {
    Status st = store_write(to->store, &to->c, deliver_one, &d);
    if (st != ST_OK && to->c.errs.n)
        print_message("%.*s %.*s\n", STR_ARG(to->c.errs.v[0].key), STR_ARG(to->c.errs.v[0].cause));
    assert_int_equal(st, ST_OK);
}

/* Everything, streams interleaved at random, keys at random times, some of it twice. share: parts per
 * million of the commits that come at all; what comes of a stream is always a prefix. */
static void carry(const Cargo *cargo, Toy *to, Rng *r, uint32_t share_ppm, bool keys_too) {
    size_t at[WIRES_MAX] = { 0 }, end[WIRES_MAX], left = 0;
    bool had[KEYS_MAX] = { 0 };
    for (size_t i = 0; i < cargo->n_wires; i++) {
        end[i] = cargo->wires[i].n;
        if (share_ppm < 1000000) end[i] = (size_t)rng_below(r, end[i] + 1);
        while (end[i] > 0 && !cargo->wires[i].sealed[end[i] - 1])
            end[i]--;
        left += end[i];
    }
    while (left > 0) {
        size_t i = (size_t)rng_below(r, cargo->n_wires);
        const Wire *w = &cargo->wires[i];
        if (keys_too && rng_chance(r, 500000)) {
            size_t k = (size_t)rng_below(r, cargo->n_keys);
            had[k] = true;
            give(to, (Delivery){ .key = &cargo->keys[k] });
        }
        if (at[i] == end[i]) continue;
        size_t from =
            at[i] > 0 && rng_chance(r, 200000) ? at[i] - 1 : at[i]; /* once more the last one */
        size_t n = 1 + (size_t)rng_below(r, 4);
        if (from + n > end[i]) n = end[i] - from;
        while (from + n < end[i] && !w->sealed[from + n - 1])
            n++;
        give(to, (Delivery){ .w = w, .from = from, .n = n });
        left -= from + n - at[i];
        at[i] = from + n;
    }
    for (size_t k = 0; keys_too && k < cargo->n_keys; k++)
        if (!had[k]) give(to, (Delivery){ .key = &cargo->keys[k] });
}

/* ---- writing ---- */

typedef struct Act {
    Toy *t;
    Id id;
    Val fields;
    Str base;
    bool create, replay;
} Act;

static Status run_act(Ctx *c, Tx *tx, void *arg) {
    Act *a = arg;
    tx_replay(tx, a->replay);
    if (a->create) return tx_create(c, a->t->person, a->id, a->t->office, a->fields);
    return tx_set(c, a->t->person, a->id, a->base, a->fields);
}

static Val some_fields(Toy *t, Rng *r) {
    static const char *const names[] = { "Ahmad", "Zahra", "Gul", "Mari", "Nur" };
    Val f = val_map();
    switch (rng_below(r, 6)) {
    case 0: val_set_c(t->arena, &f, "given_name", val_text(str_of(names[rng_below(r, 5)]))); break;
    case 1: val_set_c(t->arena, &f, "birth_date", val_int(rng_between(r, 0, 9))); break;
    case 2: val_set_c(t->arena, &f, "risk", val_int(rng_between(r, 0, 3))); break;
    case 3: val_set_c(t->arena, &f, "note", val_text(str_of(names[rng_below(r, 5)]))); break;
    case 4: {
        Val l = val_list();
        if (rng_chance(r, 500000)) val_push(t->arena, &l, val_text(STR("en")));
        if (rng_chance(r, 500000)) val_push(t->arena, &l, val_text(STR("fa")));
        val_set_c(t->arena, &f, "languages", l);
        break;
    }
    default:
        val_set_c(t->arena, &f, "void",
                  rng_chance(r, 500000) ? val_null() : val_text(STR("ERROR")));
        break;
    }
    return f;
}

static void write_some(Toy *t, Rng *r, const Id *people, size_t n) {
    Str bases[PEOPLE] = { { 0 } };
    for (size_t i = 0; i < n; i++) {
        env_advance(t->env, (Time)rng_below(r, 3) * TIME_MS);
        size_t who = (size_t)rng_below(r, PEOPLE);
        if (rng_chance(r, 300000)) { /* a form opened now and sent later */
            Ctx c = ctx_new(t->env, arena_new(t->env, 64 << 20));
            c.reach = &reach_everything;
            assert_int_equal(store_read_begin(t->store, &c), ST_OK);
            Record *rec = NULL;
            assert_int_equal(read_record(&c, t->person, people[who], &rec), ST_OK);
            bases[who] = str_copy(t->arena, record_version(&c, rec));
            arena_free(c.arena);
        }
        Act a = { .t = t,
                  .id = people[who],
                  .fields = some_fields(t, r),
                  .base = bases[who],
                  .replay = true };
        assert_int_equal(store_write(t->store, &t->c, run_act, &a), ST_OK);
    }
}

/* ---- comparing ---- */

static Str hashes(Toy *t) {
    Ctx c = ctx_new(t->env, arena_new(t->env, 64 << 20));
    c.reach = &reach_everything;
    assert_int_equal(store_read_begin(t->store, &c), ST_OK);
    Stmt *st = db_stmt(
        &c, c.reader->db,
        "SELECT s.scope, h.hash FROM projection_hash h JOIN ledger_scope s ON s.no=h.scope ORDER BY s.scope");
    Buf b = buf_new(t->arena, 1 << 20);
    for (;;) {
        bool row = false;
        assert_int_equal(db_step(&c, c.reader->db, st, &row), ST_OK);
        if (!row) break;
        buf_str(&b, hex_encode(t->arena, col_bytes(st, 0).s, 16));
        buf_str(&b, STR(" "));
        buf_str(&b, hex_encode(t->arena, col_bytes(st, 1).s, 32));
        buf_str(&b, STR("\n"));
    }
    arena_free(c.arena);
    return buf_text(&b);
}

static void rebuild_agrees(Toy *t) {
    Ctx c = ctx_new(t->env, arena_new(t->env, 256 << 20));
    RebuildReport rep;
    assert_int_equal(store_rebuild(&c, t->store, true, &rep), ST_OK);
    if (rep.differences) print_message("%.*s\n", STR_ARG(rep.first_difference));
    assert_int_equal(rep.differences, 0);
    arena_free(c.arena);
    VerifyReport v;
    c = ctx_new(t->env, arena_new(t->env, 256 << 20));
    assert_int_equal(store_verify(&c, t->store, true, &v), ST_OK);
    if (v.faults) print_message("%.*s\n", STR_ARG(v.first_fault));
    assert_int_equal(v.faults, 0);
    arena_free(c.arena);
}

/* A node of the same operation and office. */
static void join(Toy *t, Env *env, const Toy *first) {
    assert_int_equal(toy_make(t, env), ST_OK);
    Ctx c = ctx_new(env, t->arena);
    assert_int_equal(
        meta_put(&c, t->store->writer.db, "operation", id_str(&first->store->operation)), ST_OK);
    store_close(t->store);
    assert_int_equal(store_open(&c, &t->options, &t->store), ST_OK);
    t->c.store = t->store;
    t->office = first->office;
    toy_kinds_of(t);
}

static void one_seed(uint64_t seed) {
    Rng r = rng_new(seed);
    Env env[4];
    Toy a, b, x, y;
    for (size_t i = 0; i < 4; i++)
        env_test_init(&env[i], seed * 10 + i, (Time)1700000000 * TIME_SECOND);
    assert_int_equal(toy_make(&a, &env[0]), ST_OK);
    Id people[PEOPLE];
    for (size_t i = 0; i < PEOPLE; i++) {
        Act act = {
            .t = &a, .id = people[i] = id_new(&env[0]), .create = true, .fields = val_map()
        };
        val_set_c(a.arena, &act.fields, "given_name", val_text(STR("First")));
        val_set_c(a.arena, &act.fields, "note", val_text(STR("sealed")));
        assert_int_equal(store_write(a.store, &a.c, run_act, &act), ST_OK);
    }
    join(&b, &env[1], &a);
    join(&x, &env[2], &a);
    join(&y, &env[3], &a);
    carry(load(&a), &b, &r, 1000000, true);
    assert_true(str_eq(hashes(&a), hashes(&b)));
    write_some(&a, &r, people, ACTS);
    write_some(&b, &r, people, ACTS);
    carry(load(&a), &b, &r, 600000, true); /* b sees a part of a's work and goes on */
    rebuild_agrees(&b);
    write_some(&b, &r, people, ACTS);
    const Cargo *from_a = load(&a), *from_b = load(&b);
    carry(from_b, &a, &r, 1000000, true);
    carry(from_a, &b, &r, 1000000, true);
    carry(from_b, &x, &r, 500000, false); /* every part locked at first, a prefix of each stream */
    rebuild_agrees(&x);
    carry(from_a, &x, &r, 1000000, true);
    carry(from_b, &x, &r, 1000000, true);
    carry(from_a, &y, &r, 1000000, true);
    carry(from_b, &y, &r, 1000000, true);
    Str all = hashes(&a);
    assert_true(all.n > 0);
    if (!str_eq(all, hashes(&b)) || !str_eq(all, hashes(&x)) || !str_eq(all, hashes(&y)))
        fail_msg("nodes differ with seed %llu", (unsigned long long)seed);
    Toy *nodes[] = { &a, &b, &x, &y };
    for (size_t i = 0; i < 4; i++) {
        rebuild_agrees(nodes[i]);
        toy_drop(nodes[i]);
    }
}

static void test_any_order_gives_the_same_rows(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        one_seed(seed);
}

static void test_what_is_not_sealed_is_refused(void **state) {
    (void)state;
    Env env[2];
    Toy a, b;
    for (size_t i = 0; i < 2; i++)
        env_test_init(&env[i], 40 + i, (Time)1700000000 * TIME_SECOND);
    assert_int_equal(toy_make(&a, &env[0]), ST_OK);
    Act act = { .t = &a, .id = id_new(&env[0]), .create = true, .fields = val_map() };
    val_set_c(a.arena, &act.fields, "given_name", val_text(STR("First")));
    assert_int_equal(store_write(a.store, &a.c, run_act, &act), ST_OK);
    join(&b, &env[1], &a);
    Cargo *cargo = load(&a);
    Wire *w = &cargo->wires[0];
    Rng r = rng_new(5);
    for (size_t i = 0; i < 300; i++) { /* one flipped bit anywhere: header, parts, seal, identity */
        Wire bad = *w;
        ForeignCommit commit = w->commits[0];
        Str parts[8];
        assert_true(commit.n_parts <= 8);
        memcpy(parts, commit.parts, commit.n_parts * sizeof(Str));
        commit.parts = parts;
        uint8_t seal[64];
        memcpy(seal, w->seals[0], 64);
        bad.commits = &commit;
        bad.seals = (uint8_t(*)[64])seal;
        uint8_t bit = (uint8_t)(1u << rng_below(&r, 8));
        switch (rng_below(&r, 4)) {
        case 0:
            commit.header = str_copy(b.arena, commit.header),
            ((char *)(uintptr_t)commit.header.s)[rng_below(&r, commit.header.n)] ^= (char)bit;
            break;
        case 1:
            parts[1] = str_copy(b.arena, parts[1]),
            ((char *)(uintptr_t)parts[1].s)[rng_below(&r, parts[1].n)] ^= (char)bit;
            break;
        case 2: seal[rng_below(&r, 64)] ^= bit; break;
        default: bad.f.node_public[rng_below(&r, 32)] ^= bit; break;
        }
        ctx_forget_errors(&b.c);
        Delivery d = { .w = &bad, .from = 0, .n = 1 };
        assert_int_equal(store_write(b.store, &b.c, deliver_one, &d), ST_INVALID);
    }
    give(&b, (Delivery){ .w = w, .from = 0, .n = 1 });
    toy_drop(&a);
    toy_drop(&b);
}

static Status go_back(Ctx *c, Tx *tx, void *arg) {
    (void)tx;
    (void)arg;
    return db_exec(
        c, c->reader->db,
        "DELETE FROM ledger_part WHERE pos=(SELECT max(pos) FROM ledger_part);"
        "DELETE FROM ledger_piece WHERE place>>8=(SELECT max(place)>>8 FROM ledger_piece)");
}

static void test_a_copied_folder_is_a_fork(void **state) {
    (void)state;
    Env env[2];
    Toy a, b;
    for (size_t i = 0; i < 2; i++)
        env_test_init(&env[i], 50 + i, (Time)1700000000 * TIME_SECOND);
    assert_int_equal(toy_make(&a, &env[0]), ST_OK);
    Act act = { .t = &a, .id = id_new(&env[0]), .create = true, .fields = val_map() };
    val_set_c(a.arena, &act.fields, "given_name", val_text(STR("First")));
    assert_int_equal(store_write(a.store, &a.c, run_act, &act), ST_OK);
    join(&b, &env[1], &a);
    Rng r = rng_new(9);
    carry(load(&a), &b, &r, 1000000, true);
    /* The same stream goes on in two ways: as after a restore that kept its incarnation. */
    Ctx c = ctx_new(&env[0], a.arena);
    Act one = { .t = &a, .id = act.id, .fields = val_map() };
    val_set_c(a.arena, &one.fields, "given_name", val_text(STR("One")));
    StreamRow row = a.store->streams[1];
    assert_int_equal(store_write(a.store, &a.c, run_act, &one), ST_OK);
    Cargo *first = load(&a);
    /* Go back by hand and write another second commit. */
    assert_int_equal(store_write(a.store, &a.c, go_back, NULL), ST_OK);
    a.store->streams[1] = row;
    Act two = { .t = &a, .id = act.id, .fields = val_map() };
    val_set_c(a.arena, &two.fields, "given_name", val_text(STR("Two")));
    assert_int_equal(store_write(a.store, &a.c, run_act, &two), ST_OK);
    Cargo *second = load(&a);
    give(&b, (Delivery){ .w = &first->wires[0], .from = 1, .n = 1 });
    give(&b, (Delivery){ .w = &second->wires[0], .from = 1, .n = 1 });
    assert_true(b.store->streams[1].frozen);
    Stmt *st = db_stmt(&c, b.store->writer.db, "SELECT count(*) FROM ledger_fork");
    bool has = false;
    assert_int_equal(db_step(&c, b.store->writer.db, st, &has), ST_OK);
    assert_int_equal(col_int(st, 0), 1);
    sqlite3_reset(st);
    rebuild_agrees(&b);
    toy_drop(&a);
    toy_drop(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_order_gives_the_same_rows),
        cmocka_unit_test(test_what_is_not_sealed_is_refused),
        cmocka_unit_test(test_a_copied_folder_is_a_fork),
    };
    return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
