/* erase.c: the lawful end of a record: keys, ciphertexts, rows and search terms go; the chain of
 * headers stays and still verifies. The key material in keys.db goes inside the same call: once the
 * transaction commits nothing can be opened any more, and should it fail, the keys are gone but the
 * ciphertexts stay locked: an erasure can only become more, never less. */
#include "store/store_int.h"

#include "base/banned.h"

static Status forget_terms(Ctx *c, Projector *p, const Row *row) {
    TermList old = { .v = arena_array(c->arena, Str, TERMS_PER_ROW_MAX) };
    old.n = row_terms(c->arena, row, old.v);
    return terms_change(c, p, row, old, (TermList){ 0 });
}

static Status erase_row(Ctx *c, Projector *p, const TableSpec *t, Id id) {
    for (;;) {
        Row row;
        TRY(row_find(c, p->db, t, id, &row));
        if (!row.rid) return ST_OK;
        if (t->has_terms) TRY(forget_terms(c, p, &row));
        Stmt *st = db_stmt(
            c, p->db,
            str_c(c->arena, str_printf(c->arena, "DELETE FROM \"%s\" WHERE rid=?1", t->name)));
        if (!st) return ctx_status(c);
        bind_int(st, 1, row.rid);
        TRY(db_run(c, p->db, st));
        TRY(project_forget_row(c, p, &row));
    }
}

/* In all lanes. */
static Status erase_record(Ctx *c, Projector *p, const KindInfo *k, Id id) {
    for (uint32_t lane = 0; lane < LANES; lane++) {
        const TableSpec *t = schema_table(p->schema, k, (Lane)lane);
        if (t) TRY(erase_row(c, p, t, id));
    }
    return ST_OK;
}

/* The hash of what was there stays: the chain is made of it. */
static Status erase_part(Ctx *c, Store *s, int64_t pos, uint32_t part) {
    StoredCommit sc;
    TRY(commit_load(c, &s->writer, pos, &sc));
    ASSERT(part > 0 && part < sc.h.n_parts);
    if (!sc.parts[part].s) return ST_OK;
    sc.h.parts[part].cipher_hash = sha256(sc.parts[part]);
    sc.parts[part] = STR_NONE;
    return commit_replace(c, s->writer.db, &sc);
}

typedef struct KeyPart {
    int64_t n, pos;
    uint32_t part;
} KeyPart;

static Status parts_of(Ctx *c, Store *s, Id subject, KeyPart **ret, size_t *ret_n) {
    VEC(KeyPart) list = { 0 };
    Stmt *st = db_stmt(
        c, s->writer.db,
        "SELECT k.n, p.pos, p.part FROM ledger_key k JOIN ledger_part p ON p.key_n=k.n WHERE k.subject=?1");
    if (!st) return ctx_status(c);
    bind_id(st, 1, &subject);
    for (;;) {
        bool row = false;
        TRY(db_step(c, s->writer.db, st, &row));
        if (!row) break;
        KeyPart kp = { col_int(st, 0), col_int(st, 1), (uint32_t)col_int(st, 2) };
        vec_push(c->arena, &list, kp);
    }
    *ret = list.v;
    *ret_n = list.n;
    return ST_OK;
}

/* Which records the parts speak of, while they can still be read. */
static Status records_of(Ctx *c, Store *s, const KeyPart *parts, size_t n, Projector *p) {
    for (size_t i = 0; i < n; i++) {
        StoredCommit sc;
        Str body;
        ChangePart part;
        TRY(commit_load(c, &s->writer, parts[i].pos, &sc));
        Status st = commit_open_part(c, &s->writer, &sc, parts[i].part, &body);
        if (st == ST_MISSING) continue;
        TRY(st);
        if (!change_part_decode(c->arena, body, sc.h.stream, &part)) continue;
        for (size_t j = 0; j < part.n_changes; j++) {
            const KindInfo *k = model_kind_no(p->schema->model, part.changes[j].kind_no);
            if (k) TRY(erase_record(c, p, k, part.changes[j].id));
        }
    }
    return ST_OK;
}

static Status pointing_to(Ctx *c, Db *db, const TableSpec *t, Id subject, Id **ret, size_t *ret_n) {
    VEC(Id) list = { 0 };
    Str sql = str_printf(c->arena, "SELECT id FROM \"%s\" WHERE \"%s\"=?1", t->name,
                         t->kind->subject->f.name);
    Stmt *st = db_stmt(c, db, str_c(c->arena, sql));
    if (!st) return ctx_status(c);
    bind_id(st, 1, &subject);
    for (;;) {
        bool row = false;
        TRY(db_step(c, db, st, &row));
        if (!row) break;
        vec_push(c->arena, &list, col_id(st, 0));
    }
    *ret = list.v;
    *ret_n = list.n;
    return ST_OK;
}

/* The subject's rows that stand, whatever can be read of its parts: an erasure that was broken off before
 * COMMIT has taken the keys and left the rows. */
static Status rows_of(Ctx *c, Projector *p, Id subject) {
    for (size_t i = 0; i < p->schema->n; i++) {
        const TableSpec *t = &p->schema->tables[i];
        Id *ids = NULL;
        size_t n = 0;
        if (!t->main) continue;
        if (t->kind->k->subject_rule == SUBJECT_SELF) TRY(erase_record(c, p, t->kind, subject));
        if (!t->kind->subject) continue;
        TRY(pointing_to(c, p->db, t, subject, &ids, &n));
        for (size_t j = 0; j < n; j++)
            TRY(erase_record(c, p, t->kind, ids[j]));
    }
    return ST_OK;
}

Status erase_subject(Ctx *c, Store *s, Projector *p, Id subject) {
    KeyPart *parts = NULL;
    size_t n = 0;
    TRY(parts_of(c, s, subject, &parts, &n));
    if (n == 0) return FAIL(c, ST_MISSING, "", "error.missing", "kind", STR("person"));
    TRY(records_of(c, s, parts, n, p));
    TRY(rows_of(c, p, subject));
    for (size_t i = 0; i < n; i++) {
        TRY(erase_part(c, s, parts[i].pos, parts[i].part));
        Stmt *st = db_stmt(c, s->writer.db,
                           "DELETE FROM ledger_part WHERE key_n=?1 AND pos=?2 AND part=?3");
        if (!st) return ctx_status(c);
        bind_int(st, 1, parts[i].n);
        bind_int(st, 2, parts[i].pos);
        bind_int(st, 3, parts[i].part);
        TRY(db_run(c, s->writer.db, st));
        TRY(keys_destroy(c, s->keys, parts[i].n));
    }
    s->erased = true; /* words and log are cleaned after COMMIT, before the answer (traces.c) */
    return ST_OK;
}
