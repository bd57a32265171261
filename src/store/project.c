/* project.c: changes of the ledger onto rows. A pure function of the set of changes: no clock, no
 * rule, no constraint can refuse one; what cannot be understood is quarantined, never dropped. */
#include "store/store_int.h"

#include "base/banned.h"

/* One table row while a change is being put into it. */
typedef struct Target {
    const TableSpec *table;
    Row row;
    uint64_t columns[4]; /* bits of columns that changed */
    bool void_changed, extra_changed, heads_changed, terms_changed;
    bool was_void;
    TermList old; /* search terms before the first change that fed them; v == NULL: not asked yet */
} Target;

enum { COLUMNS_MAX = 256 };

Projector projector_new(Arena *a, Store *s, Db *db, const Schema *schema) {
    return (Projector){ .store = s, .db = db, .schema = schema, .arena = a };
}

/* ---- hashes and counts ---- */

static Status hash_slot(Ctx *c, Projector *p, uint32_t scope_no, uint8_t **ret) {
    if (scope_no >= p->n_hashes) {
        size_t n = scope_no + 16, old = p->n_hashes;
        p->hashes = arena_grow(p->arena, p->hashes, old * 32, n * 32);
        p->hash_loaded = arena_grow(p->arena, p->hash_loaded, old, n);
        p->n_hashes = n;
    }
    *ret = p->hashes[scope_no];
    if (p->hash_loaded[scope_no]) return ST_OK;
    Stmt *st = db_stmt(c, p->db, "SELECT hash FROM projection_hash WHERE scope=?1");
    if (!st) return ctx_status(c);
    bind_int(st, 1, scope_no);
    bool row = false;
    TRY(db_step(c, p->db, st, &row));
    if (row) {
        Str h = col_bytes(st, 0);
        if (h.n == 32) memcpy(*ret, h.s, 32);
        sqlite3_reset(st);
    }
    p->hash_loaded[scope_no] = true;
    return ST_OK;
}

/* A scope whose last record is gone has no hash, as if it had never had one. */
static Status drop_empty_hash(Ctx *c, Projector *p, uint32_t scope_no) {
    Stmt *st = db_stmt(c, p->db, "DELETE FROM projection_hash WHERE scope=?1");
    if (!st) return ctx_status(c);
    bind_int(st, 1, scope_no);
    return db_run(c, p->db, st);
}

/* A count of none is no row, as if there had never been one. */
static Status flush_counts(Ctx *c, Projector *p) {
    for (size_t i = 0; i < p->counts.n; i++) {
        RowCount *n = &p->counts.v[i];
        if (n->delta == 0 && n->void_delta == 0) continue;
        Stmt *st = db_stmt(c, p->db,
                           "INSERT INTO row_count(kind, scope, n, void) VALUES(?1, ?2, ?3, ?4)"
                           " ON CONFLICT(kind, scope) DO UPDATE SET n=n+excluded.n,"
                           " void=void+excluded.void");
        if (!st) return ctx_status(c);
        bind_int(st, 1, n->kind_no);
        bind_int(st, 2, n->scope_no);
        bind_int(st, 3, n->delta);
        bind_int(st, 4, n->void_delta);
        TRY(db_run(c, p->db, st));
        if (n->delta > 0) continue;
        st = db_stmt(c, p->db, "DELETE FROM row_count WHERE kind=?1 AND scope=?2 AND n=0");
        if (!st) return ctx_status(c);
        bind_int(st, 1, n->kind_no);
        bind_int(st, 2, n->scope_no);
        TRY(db_run(c, p->db, st));
    }
    return ST_OK;
}

static void count_row(Projector *p, const KindInfo *k, uint32_t scope_no, int delta,
                      int void_delta) {
    if (delta == 0 && void_delta == 0) return;
    /* Acts touch few kinds; a rebuild finds what it counted last at once. */
    for (size_t i = p->counts.n; i-- > 0;) {
        RowCount *n = &p->counts.v[i];
        if (n->kind_no != k->k->no || n->scope_no != scope_no) continue;
        n->delta += delta;
        n->void_delta += void_delta;
        return;
    }
    vec_push(p->arena, &p->counts,
             (RowCount){ k->k->no, scope_no, .delta = delta, .void_delta = void_delta });
}

Status projector_flush(Ctx *c, Projector *p) {
    TRY(flush_counts(c, p));
    static const uint8_t nothing[32];
    for (uint32_t i = 0; i < p->n_hashes; i++) {
        if (!p->hash_loaded[i]) continue;
        if (memcmp(p->hashes[i], nothing, 32) == 0) {
            TRY(drop_empty_hash(c, p, i));
            continue;
        }
        Stmt *st = db_stmt(c, p->db,
                           "INSERT INTO projection_hash(scope, hash) VALUES(?1, ?2)"
                           " ON CONFLICT(scope) DO UPDATE SET hash=excluded.hash");
        if (!st) return ctx_status(c);
        bind_int(st, 1, i);
        bind_blob(st, 2, str_n(p->hashes[i], 32));
        TRY(db_run(c, p->db, st));
    }
    projector_forget(p);
    return ST_OK;
}

void projector_forget(Projector *p) {
    p->counts.n = 0;
    if (p->n_hashes == 0) return;
    memset(p->hashes, 0, p->n_hashes * 32);
    memset(p->hash_loaded, 0, p->n_hashes * sizeof(bool));
}

/* ---- rows met in a rebuild ---- */

/* False: it was there. */
static bool row_set_add(RowSet *s, uint64_t hash) {
    for (size_t i = (hash >> 8) & (s->cap - 1);; i = (i + 1) & (s->cap - 1)) {
        if (s->slots[i] == hash) return false;
        if (s->slots[i]) continue;
        s->slots[i] = hash;
        s->n++;
        return true;
    }
}

/* ---- one value ---- */

static Status quarantine(Ctx *c, Projector *p, const ChangeOrigin *o, const Change *ch,
                         const char *why) {
    p->quarantined++;
    Stmt *st = db_stmt(
        c, p->db, "INSERT OR IGNORE INTO quarantine(pos, part, change, why) VALUES(?1, 0, ?2, ?3)");
    if (!st) return ctx_status(c);
    bind_int(st, 1, LEDGER_POS(o->stream_no, o->seq));
    bind_int(st, 2, ch->kind_no);
    bind_text(st, 3, str_of(why));
    return db_run(c, p->db, st);
}

static bool fits(const FieldInfo *f, const FieldKey *key, Val v) {
    if (v.type == VAL_NULL) return true;
    if ((f->f.type == FT_SET) != (key->element.s != NULL)) return false;
    switch (f->f.type) {
    case FT_TEXT:
    case FT_CODE: return v.type == VAL_TEXT;
    case FT_BOOL:
    case FT_SET: return v.type == VAL_BOOL;
    case FT_REF: return v.type == VAL_BYTES && v.text.n == 16;
    case FT_BLOB: return v.type == VAL_BYTES && v.text.n == 32;
    default: return v.type == VAL_INT;
    }
}

static Val null_if_none(Val v) {
    return v.type == VAL_NONE ? val_null() : v;
}

static bool set_has(Val set, Str element) {
    for (size_t i = 0; set.type == VAL_LIST && i < set.list.n; i++)
        if (str_eq(set.list.v[i].text, element)) return true;
    return false;
}

static Val set_with(Arena *a, Val set, Str element, bool in) {
    Val out = val_list();
    bool placed = !in;
    for (size_t i = 0; set.type == VAL_LIST && i < set.list.n; i++) {
        Str e = set.list.v[i].text;
        int order = str_cmp(e, element);
        if (!placed && order > 0) val_push(a, &out, val_text(element)), placed = true;
        if (order != 0)
            val_push(a, &out, set.list.v[i]);
        else if (in)
            placed = true, val_push(a, &out, set.list.v[i]);
    }
    if (!placed) val_push(a, &out, val_text(element));
    return out;
}

static ptrdiff_t column_index(const TableSpec *t, const FieldInfo *f) {
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->columns[i].field == f) return (ptrdiff_t)i;
    return -1;
}

/* The value as the row has it, whatever place it stands in. */
static Val present_value(const Target *t, const FieldInfo *f, ptrdiff_t column,
                         const FieldKey *key) {
    if (f->f.flags & FF_SEALED) return VAL_ABSENT;
    Val v = f->f.no == FIELD_VOID_NO && !f->custom ? t->row.void_code
            : column >= 0                          ? t->row.values[column]
                                                   : val_get_str(t->row.extra, str_of(f->key_text));
    if (f->f.type == FT_SET) return val_bool(set_has(v, key->element));
    return null_if_none(v);
}

static void store_value(Arena *a, Target *t, const FieldInfo *f, ptrdiff_t column,
                        const FieldKey *key, Val v) {
    if (f->f.flags & FF_SEALED) return;
    if (v.type == VAL_NULL) v = VAL_ABSENT;
    if (f->f.no == FIELD_VOID_NO && !f->custom) {
        t->row.void_code = v;
        t->void_changed = true;
        return;
    }
    Val old = column >= 0 ? t->row.values[column] : val_get_str(t->row.extra, str_of(f->key_text));
    if (f->f.type == FT_SET) v = set_with(a, old, key->element, v.type == VAL_BOOL && v.b);
    if (column >= 0) {
        t->row.values[column] = v;
        t->columns[column / 64] |= 1ULL << (column % 64);
    } else {
        val_set(a, &t->row.extra, str_of(f->key_text), v);
        t->extra_changed = true;
    }
    if (f->f.flags & (FF_NAME | FF_SEARCH | FF_KEY)) t->terms_changed = true;
}

static Status note_conflict(Ctx *c, Projector *p, const Target *t, const FieldInfo *f,
                            const FieldKey *key, bool now) {
    const char *sql =
        now ? "INSERT OR IGNORE INTO conflict(kind, id, scope, field, must) VALUES(?1, ?2, ?3, ?4, ?5)"
            : "DELETE FROM conflict WHERE kind=?1 AND id=?2 AND scope=?3 AND field=?4";
    Stmt *st = db_stmt(c, p->db, sql);
    if (!st) return ctx_status(c);
    Buf b = buf_new(c->arena, 4096);
    field_key_encode(&b, key);
    bind_int(st, 1, f->kind->k->no);
    bind_id(st, 2, &t->row.id);
    bind_int(st, 3, t->row.scope_no);
    bind_blob(st, 4, buf_text(&b));
    if (now) bind_int(st, 5, f->f.merge == MERGE_MUST_RESOLVE);
    return db_run(c, p->db, st);
}

static Status local_context(Ctx *c, Projector *p, const ChangeGroup *g, CoverEntry *out,
                            size_t *ret_n) {
    size_t n = 0;
    if (g->n_context > CONTEXT_MAX) return FAIL(c, ST_LIMIT, "", "error.store.context");
    for (size_t i = 0; i < g->n_context; i++) {
        /* A stream not met yet gets its number now: what it will bring may be covered already. */
        uint32_t no = 0;
        TRY(stream_meet(c, p->store, g->context[i].stream, &no));
        size_t at = n++;
        while (at > 0 && out[at - 1].stream_no > no)
            out[at] = out[at - 1], at--;
        out[at] = (CoverEntry){ no, g->context[i].seq };
    }
    *ret_n = n;
    return ST_OK;
}

/* Before the first of the values that feed them changes: most changes touch none. */
static void note_old_terms(Arena *a, Target *t) {
    if (!t->table->has_terms || !t->row.rid || t->old.v) return;
    t->old.v = arena_array(a, Str, TERMS_PER_ROW_MAX);
    t->old.n = row_terms(a, &t->row, t->old.v);
}

static Status apply_value(Ctx *c, Projector *p, const ChangeOrigin *o, Target *t,
                          const FieldInfo *f, const FieldValue *fv, const CoverEntry *context,
                          size_t n_context) {
    ptrdiff_t column = column_index(t->table, f);
    FieldHeads *fh = heads_at(c->arena, &t->row.heads, &fv->key);
    bool several = fh->n_heads > 1;
    Val present = fh->n_heads == 1 ? present_value(t, f, column, &fv->key) : VAL_ABSENT;
    Val value = f->f.flags & FF_SEALED ? VAL_ABSENT : fv->value;
    Dot dot = { o->stream_no, o->seq };
    bool moved = heads_apply(c->arena, fh, dot, o->clock, value, context, n_context, present,
                             store_stream_id, p->store);
    t->heads_changed = true;
    if (moved) {
        if (f->f.flags & (FF_NAME | FF_SEARCH | FF_KEY) && !p->bulk) note_old_terms(c->arena, t);
        store_value(c->arena, t, f, column, &fv->key,
                    fh->n_heads ? fh->heads[0].value : VAL_ABSENT);
    }
    if ((fh->n_heads > 1) != several) return note_conflict(c, p, t, f, &fv->key, fh->n_heads > 1);
    return ST_OK;
}

/* ---- writing the row ---- */

static Val extra_for_json(Arena *a, Val extra) {
    Val out = val_map();
    for (size_t i = 0; i < extra.map.n; i++) {
        Val v = extra.map.v[i].value;
        if (v.type == VAL_NONE || v.type == VAL_NULL) continue;
        if (v.type == VAL_BYTES) v = val_text(hex_encode(a, v.text.s, v.text.n));
        val_set(a, &out, extra.map.v[i].key, v);
    }
    return out;
}

static Str heads_bytes(Arena *a, const Heads *h) {
    Buf b = buf_new(a, LEDGER_PART_MAX);
    heads_write(&b, h);
    return buf_text(&b);
}

static void bind_extra(Stmt *st, int i, Arena *a, Val extra) {
    Val shown = extra_for_json(a, extra);
    if (shown.map.n == 0) {
        bind_null(st, i);
        return;
    }
    Buf b = buf_new(a, 4 << 20);
    json_write(&b, shown);
    bind_text(st, i, buf_text(&b));
}

static Status insert_row(Ctx *c, Projector *p, Target *t) {
    Stmt *st = db_stmt(c, p->db, t->table->sql_insert);
    if (!st) return ctx_status(c);
    bind_id(st, 1, &t->row.id);
    bind_int(st, 2, t->row.scope_no);
    if (t->row.void_code.type == VAL_TEXT) bind_text(st, 3, t->row.void_code.text);
    bind_extra(st, 4, c->arena, t->row.extra);
    bind_blob(st, 5, heads_bytes(c->arena, &t->row.heads));
    int i = 6;
    for (size_t n = 0; n < t->table->n_columns; n++)
        bind_value(st, i++, c->arena, t->table->columns[n].field, t->row.values[n]);
    TRY(db_run(c, p->db, st));
    t->row.rid = sqlite3_last_insert_rowid(db_handle(p->db));
    return ST_OK;
}

/* Only what changed is named: SQLite rewrites the indexes of every column that an UPDATE names. */
static Status update_row(Ctx *c, Projector *p, Target *t) {
    Buf sql = buf_new(c->arena, 64 << 10);
    int i = 3;
    buf_printf(&sql, "UPDATE \"%s\" SET heads=?2", t->table->name);
    if (t->void_changed) buf_printf(&sql, ", void=?%d", i++);
    if (t->extra_changed) buf_printf(&sql, ", extra=?%d", i++);
    for (size_t n = 0; n < t->table->n_columns; n++) {
        if (!(t->columns[n / 64] & 1ULL << (n % 64))) continue;
        buf_printf(&sql, ", \"%s\"=?%d", t->table->columns[n].field->f.name, i++);
    }
    buf_printf(&sql, " WHERE rid=?1");
    Stmt *st = db_stmt(c, p->db, str_c(c->arena, buf_text(&sql)));
    if (!st) return ctx_status(c);
    bind_int(st, 1, t->row.rid);
    bind_blob(st, 2, heads_bytes(c->arena, &t->row.heads));
    i = 3;
    if (t->void_changed) {
        if (t->row.void_code.type == VAL_TEXT) bind_text(st, i, t->row.void_code.text);
        i++;
    }
    if (t->extra_changed) bind_extra(st, i++, c->arena, t->row.extra);
    for (size_t n = 0; n < t->table->n_columns; n++)
        if (t->columns[n / 64] & 1ULL << (n % 64))
            bind_value(st, i++, c->arena, t->table->columns[n].field, t->row.values[n]);
    return db_run(c, p->db, st);
}

/* Has this row been met in the rebuild? Where it says no, that is so; it may say yes of another. */
static bool met_before(Projector *p, const TableSpec *t, Id id, uint32_t scope_no) {
    RowSet *s = &p->met;
    if (2 * s->n >= s->cap) {
        RowSet bigger = { .cap = s->cap ? 2 * s->cap : 4096 };
        bigger.slots = arena_array(p->arena, uint64_t, bigger.cap);
        for (size_t i = 0; i < s->cap; i++)
            if (s->slots[i]) row_set_add(&bigger, s->slots[i]);
        *s = bigger;
    }
    return !row_set_add(s, hash_bytes(id.b, 16, (uint64_t)t->no << 32 | scope_no) | 1);
}

static Status open_target(Ctx *c, Projector *p, const TableSpec *table, Id id, uint32_t scope_no,
                          Target *ret) {
    *ret = (Target){ .table = table };
    ASSERT(table->n_columns <= COLUMNS_MAX);
    if (p->bulk && !met_before(p, table, id, scope_no))
        row_none(c, table, id, scope_no, &ret->row);
    else
        TRY(row_load(c, p->db, table, id, scope_no, &ret->row));
    ret->was_void = ret->row.rid && ret->row.void_code.type == VAL_TEXT;
    uint8_t *sum = NULL;
    TRY(hash_slot(c, p, scope_no, &sum));
    if (ret->row.rid)
        heads_hash_add(sum, -1, table->kind->k->no, id, table->lane, &ret->row.heads,
                       store_stream_id, p->store, c->arena);
    return ST_OK;
}

static bool is_void(const Row *r) {
    return r->void_code.type == VAL_TEXT;
}

static Status close_target(Ctx *c, Projector *p, Target *t) {
    uint8_t *sum = NULL;
    bool known = t->row.rid != 0;
    TRY(hash_slot(c, p, t->row.scope_no, &sum));
    heads_hash_add(sum, 1, t->table->kind->k->no, t->row.id, t->table->lane, &t->row.heads,
                   store_stream_id, p->store, c->arena);
    if (!t->heads_changed) return ST_OK;
    TRY(known ? update_row(c, p, t) : insert_row(c, p, t));
    if (t->table->main)
        count_row(p, t->table->kind, t->row.scope_no, !known, is_void(&t->row) - t->was_void);
    if (!t->terms_changed || !t->table->has_terms || p->bulk) return ST_OK;
    TermList now = { .v = arena_array(c->arena, Str, TERMS_PER_ROW_MAX) };
    now.n = row_terms(c->arena, &t->row, now.v);
    return terms_change(c, p, &t->row, t->old, now);
}

Status project_change(Ctx *c, Projector *p, const ChangeOrigin *o, const Change *ch) {
    const KindInfo *k = model_kind_no(p->schema->model, ch->kind_no);
    if (!k) return quarantine(c, p, o, ch, "unknown kind");
    Target targets[LANES];
    bool open[LANES] = { 0 };
    for (size_t g = 0; g < ch->n_groups; g++) {
        const ChangeGroup *group = &ch->groups[g];
        CoverEntry context[CONTEXT_MAX];
        size_t n_context = 0;
        TRY(local_context(c, p, group, context, &n_context));
        for (size_t v = 0; v < group->n_values; v++) {
            const FieldInfo *f = field_of_key(k, &group->values[v].key);
            if (!f || !fits(f, &group->values[v].key, group->values[v].value)) {
                TRY(quarantine(c, p, o, ch, f ? "value does not fit the field" : "unknown field"));
                continue;
            }
            Lane lane = field_lane(f);
            Target *t = &targets[lane];
            if (!open[lane]) {
                TRY(open_target(c, p, schema_table(p->schema, k, lane), ch->id, o->scope_no, t));
                open[lane] = true;
            }
            TRY(apply_value(c, p, o, t, f, &group->values[v], context, n_context));
        }
    }
    Lane own = k->k->lane;
    if (ch->n_groups == 1 &&
        ch->groups[0].n_values == 0) { /* a record of which nothing is known yet */
        TRY(open_target(c, p, schema_table(p->schema, k, own), ch->id, o->scope_no, &targets[own]));
        open[own] = true;
        targets[own].heads_changed = targets[own].row.rid == 0;
    }
    for (int lane = 0; lane < LANES; lane++)
        if (open[lane]) TRY(close_target(c, p, &targets[lane]));
    return ST_OK;
}

Status project_forget_row(Ctx *c, Projector *p, const Row *row) {
    const TableSpec *t = row->table;
    uint8_t *sum = NULL;
    TRY(hash_slot(c, p, row->scope_no, &sum));
    heads_hash_add(sum, -1, t->kind->k->no, row->id, t->lane, &row->heads, store_stream_id,
                   p->store, c->arena);
    if (t->main) count_row(p, t->kind, row->scope_no, -1, -(int)is_void(row));
    Stmt *st = db_stmt(c, p->db, "DELETE FROM conflict WHERE kind=?1 AND id=?2 AND scope=?3");
    if (!st) return ctx_status(c);
    bind_int(st, 1, t->kind->k->no);
    bind_id(st, 2, &row->id);
    bind_int(st, 3, row->scope_no);
    return db_run(c, p->db, st);
}
