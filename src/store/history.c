/* history.c: who changed what, when and why; and how things stood at a time. Read from the ledger
 * itself: the parts sealed by the keys of one subject. */
#include "store/store_int.h"

#include "base/banned.h"

typedef struct PartAt {
    int64_t pos;
    uint32_t part;
    Hlc clock;
    uint32_t scope_no;
} PartAt;

typedef struct PartList {
    VEC(PartAt) items;
} PartList;

/* Parts of the subject in scopes within reach, in order of stream and seq. */
static Status find_parts(Ctx *c, Id subject, PartList *out) {
    Stmt *st =
        db_stmt(c, c->reader->db,
                "SELECT p.pos, p.part, k.scope FROM ledger_key k JOIN ledger_part p ON p.key_n=k.n"
                " WHERE k.subject=?1 ORDER BY p.pos, p.part");
    if (!st) return ctx_status(c);
    bind_id(st, 1, &subject);
    for (;;) {
        bool row = false;
        TRY(db_step(c, c->reader->db, st, &row));
        if (!row) return ST_OK;
        PartAt at = { .pos = col_int(st, 0),
                      .part = (uint32_t)col_int(st, 1),
                      .scope_no = (uint32_t)col_int(st, 2) };
        if (reach_has_scope(c, at.scope_no)) vec_push(c->arena, &out->items, at);
    }
}

/* A commit with its act and one change part opened. */
typedef struct Opened {
    StoredCommit sc;
    ActPart act;
    ChangePart part;
    bool readable;
} Opened;

static Status open_at(Ctx *c, PartAt *at, Opened *ret) {
    *ret = (Opened){ 0 };
    TRY(commit_load(c, c->reader, at->pos, &ret->sc));
    at->clock = ret->sc.h.clock;
    Str body;
    Status st = commit_open_part(c, c->reader, &ret->sc, at->part, &body);
    if (st == ST_MISSING) return ST_OK;
    TRY(st);
    if (!change_part_decode(c->arena, body, ret->sc.h.stream, &ret->part))
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("change part"));
    st = commit_open_part(c, c->reader, &ret->sc, 0, &body);
    if (st == ST_OK && !act_part_decode(c->arena, body, &ret->act))
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("act part"));
    if (st != ST_OK && st != ST_MISSING) return st;
    ret->readable = true;
    return ST_OK;
}

/* ---- the state while walking forward ---- */

typedef struct Slot {
    const KindInfo *kind;
    Id id;
    const FieldInfo *field;
    Str element;
    Val value;
    Hlc clock;
    size_t entry, change; /* the history change that wrote it last */
} Slot;

typedef struct Walk {
    VEC(Slot) slots;
    Map index;
} Walk;

static Slot *slot_of(Ctx *c, Walk *w, const KindInfo *k, Id id, const FieldInfo *f, Str element) {
    Buf key = buf_new(c->arena, 4096);
    buf_put(&key, &k->k->no, 4);
    buf_put(&key, id.b, 16);
    buf_str(&key, str_of(f->key_text));
    buf_byte(&key, 0);
    if (element.s) buf_str(&key, element);
    uintptr_t at = (uintptr_t)map_get(&w->index, buf_text(&key));
    if (at) return &w->slots.v[at - 1];
    Slot s = {
        .kind = k, .id = id, .field = f, .element = element, .value = VAL_ABSENT, .entry = SIZE_MAX
    };
    vec_push(c->arena, &w->slots, s);
    map_put(&w->index, buf_text(&key), (void *)(uintptr_t)w->slots.n);
    return &w->slots.v[w->slots.n - 1];
}

static int by_clock(const void *x, const void *y) {
    const PartAt *a = x, *b = y;
    if (a->clock != b->clock) return a->clock < b->clock ? -1 : 1;
    if (a->pos != b->pos) return a->pos < b->pos ? -1 : 1;
    return a->part < b->part ? -1 : a->part > b->part;
}

static Status sorted_parts(Ctx *c, Id subject, PartList *parts, Opened **ret_opened) {
    TRY(find_parts(c, subject, parts));
    for (size_t i = 0; i < parts->items.n; i++) {
        Opened o;
        TRY(open_at(c, &parts->items.v[i], &o));
    }
    if (parts->items.n > 1) qsort(parts->items.v, parts->items.n, sizeof(PartAt), by_clock);
    Opened *opened = arena_array(c->arena, Opened, parts->items.n + 1);
    for (size_t i = 0; i < parts->items.n; i++)
        TRY(open_at(c, &parts->items.v[i], &opened[i]));
    *ret_opened = opened;
    return ST_OK;
}

/* ---- history ---- */

typedef struct EntryBuild {
    HistoryEntry e;
    VEC(HistoryChange) changes;
} EntryBuild;

static void add_changes(Ctx *c, Walk *w, EntryBuild *b, size_t entry, const Opened *o,
                        const Model *m) {
    bool open_sealed = c->reach && c->reach->sealed;
    for (size_t i = 0; i < o->part.n_changes; i++) {
        const Change *ch = &o->part.changes[i];
        const KindInfo *k = model_kind_no(m, ch->kind_no);
        for (size_t g = 0; k && g < ch->n_groups; g++)
            for (size_t v = 0; v < ch->groups[g].n_values; v++) {
                const FieldValue *fv = &ch->groups[g].values[v];
                const FieldInfo *f = field_of_key(k, &fv->key);
                /* Hidden fields are secrets and such; the void is hidden in forms only. */
                if (!f || (f->f.flags & FF_HIDDEN && f->index != 0)) continue;
                Slot *s = slot_of(c, w, k, ch->id, f, fv->key.element);
                bool sealed = f->f.flags & FF_SEALED, hide = sealed && !open_sealed;
                HistoryChange hc = { .kind = k,
                                     .id = ch->id,
                                     .field = f,
                                     .element = fv->key.element,
                                     .sealed = sealed };
                hc.before = hide ? VAL_ABSENT : s->value;
                hc.after = hide ? VAL_ABSENT : fv->value;
                vec_push(c->arena, &b->changes, hc);
                s->value = fv->value;
                s->entry = entry;
                s->change = b->changes.n - 1;
            }
    }
}

Status read_history(Ctx *c, Id subject, const HistoryEntry **ret, size_t *ret_n) {
    PartList parts = { 0 };
    Opened *opened = NULL;
    TRY(sorted_parts(c, subject, &parts, &opened));
    Walk w = { .index = map_new(c->arena) };
    EntryBuild *builds = arena_array(c->arena, EntryBuild, parts.items.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < parts.items.n; i++) {
        const Opened *o = &opened[i];
        if (!o->readable) continue;
        /* Several lanes of the same act are one entry. */
        bool same = n > 0 && id_eq(builds[n - 1].e.act.act, o->act.act);
        if (!same) {
            builds[n].e = (HistoryEntry){ .act = o->act,
                                          .when = hlc_time(o->sc.h.clock),
                                          .stream = o->sc.h.stream,
                                          .seq = o->sc.h.seq,
                                          .reason_text = o->part.reason_text };
            n++;
        }
        add_changes(c, &w, &builds[n - 1], n - 1, o, c->reader->schema->model);
    }
    for (size_t i = 0; i < w.slots.n; i++)
        if (w.slots.v[i].entry != SIZE_MAX)
            builds[w.slots.v[i].entry].changes.v[w.slots.v[i].change].stands = true;
    HistoryEntry *out = arena_array(c->arena, HistoryEntry, n + 1);
    for (size_t i = 0; i < n; i++) {
        out[i] = builds[i].e;
        out[i].changes = builds[i].changes.v;
        out[i].n_changes = builds[i].changes.n;
    }
    *ret = out;
    *ret_n = n;
    return ST_OK;
}

/* ---- one act ---- */

typedef struct SubjectList {
    VEC(Id) items;
} SubjectList;

static void add_subject(Ctx *c, SubjectList *list, Id subject) {
    for (size_t i = 0; i < list->items.n; i++)
        if (id_eq(list->items.v[i], subject)) return;
    vec_push(c->arena, &list->items, subject);
}

/* Whose records a commit changes, as far as its parts can be opened. */
static Status subjects_of(Ctx *c, int64_t pos, SubjectList *out) {
    StoredCommit sc;
    TRY(commit_load(c, c->reader, pos, &sc));
    for (uint32_t i = 1; i < sc.h.n_parts; i++) {
        Str body;
        ChangePart part;
        Status st = commit_open_part(c, c->reader, &sc, i, &body);
        if (st == ST_MISSING) continue;
        TRY(st);
        if (change_part_decode(c->arena, body, sc.h.stream, &part))
            add_subject(c, out, part.subject);
    }
    return ST_OK;
}

Status read_act(Ctx *c, Id act, const HistoryEntry **ret, size_t *ret_n) {
    Stmt *st = db_stmt(c, c->reader->db, "SELECT pos FROM ledger_act_commit WHERE act=?1");
    VEC(int64_t) commits = { 0 };
    SubjectList subjects = { 0 };
    VEC(HistoryEntry) found = { 0 };
    if (!st) return ctx_status(c);
    bind_id(st, 1, &act);
    for (;;) {
        bool row = false;
        TRY(db_step(c, c->reader->db, st, &row));
        if (!row) break;
        vec_push(c->arena, &commits, col_int(st, 0));
    }
    for (size_t i = 0; i < commits.n; i++)
        TRY(subjects_of(c, commits.v[i], &subjects));
    for (size_t i = 0; i < subjects.items.n; i++) {
        const HistoryEntry *entries;
        size_t n = 0;
        TRY(read_history(c, subjects.items.v[i], &entries, &n));
        for (size_t j = 0; j < n; j++)
            if (id_eq(entries[j].act.act, act)) vec_push(c->arena, &found, entries[j]);
    }
    if (found.n == 0) return FAIL(c, ST_MISSING, "", "error.act.unknown");
    *ret = found.v;
    *ret_n = found.n;
    return ST_OK;
}

/* ---- as of ---- */

static Record *record_of(Ctx *c, Record ***list, size_t *n, size_t *cap, const Slot *s) {
    for (size_t i = 0; i < *n; i++)
        if ((*list)[i]->kind == s->kind && id_eq((*list)[i]->id, s->id)) return (*list)[i];
    if (*n == *cap) {
        size_t old = *cap;
        *cap = old ? 2 * old : 16;
        *list = arena_grow(c->arena, *list, old * sizeof(Record *), *cap * sizeof(Record *));
    }
    Record *r = arena_new_of(c->arena, Record);
    r->kind = s->kind;
    r->id = s->id;
    r->values = arena_array(c->arena, Val, s->kind->n_fields);
    (*list)[(*n)++] = r;
    return r;
}

Status read_as_of(Ctx *c, Id subject, Time when, Record ***ret, size_t *ret_n) {
    PartList parts = { 0 };
    Opened *opened = NULL;
    TRY(sorted_parts(c, subject, &parts, &opened));
    Walk w = { .index = map_new(c->arena) };
    EntryBuild unused = { 0 };
    for (size_t i = 0; i < parts.items.n; i++)
        if (opened[i].readable && hlc_time(opened[i].sc.h.clock) <= when)
            add_changes(c, &w, &unused, 0, &opened[i], c->reader->schema->model);
    Record **list = NULL;
    size_t n = 0, cap = 0;
    for (size_t i = 0; i < w.slots.n; i++) {
        const Slot *s = &w.slots.v[i];
        Record *r = record_of(c, &list, &n, &cap, s);
        Val *to = &r->values[s->field->index];
        if (s->field->f.flags & FF_SEALED && !(c->reach && c->reach->sealed)) continue;
        if (s->field->f.type != FT_SET) {
            *to = s->value.type == VAL_NULL ? VAL_ABSENT : s->value;
        } else if (s->value.type == VAL_BOOL && s->value.b) {
            if (to->type != VAL_LIST) *to = val_list();
            val_push(c->arena, to, val_text(s->element));
        }
    }
    *ret = list;
    *ret_n = n;
    return ST_OK;
}

/* ---- acts by idempotency key ---- */

Status store_find_act(Ctx *c, Id idempotency, ActPart *ret) {
    Stmt *st = db_stmt(c, c->reader->db, "SELECT pos FROM ledger_act WHERE idempotency=?1");
    if (!st) return ctx_status(c);
    bind_id(st, 1, &idempotency);
    bool row = false;
    TRY(db_step(c, c->reader->db, st, &row));
    if (!row) return ST_MISSING;
    int64_t pos = col_int(st, 0);
    sqlite3_reset(st);
    StoredCommit sc;
    Str body;
    TRY(commit_load(c, c->reader, pos, &sc));
    TRY(commit_open_part(c, c->reader, &sc, 0, &body));
    if (!act_part_decode(c->arena, body, ret))
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("act part"));
    return ST_OK;
}

/* ---- sealed fields ---- */

/* The value that one commit gave a field of a record, out of whichever part has it. */
static Status value_from_commit(Ctx *c, Dot dot, Id id, const FieldKey *key, Val *ret) {
    StoredCommit sc;
    TRY(commit_load(c, c->reader, LEDGER_POS(dot.stream_no, dot.seq), &sc));
    for (uint32_t p = 1; p < sc.h.n_parts; p++) {
        Str body;
        ChangePart part;
        Status st = commit_open_part(c, c->reader, &sc, p, &body);
        if (st == ST_MISSING) continue;
        TRY(st);
        if (!change_part_decode(c->arena, body, sc.h.stream, &part)) continue;
        for (size_t j = 0; j < part.n_changes; j++) {
            const Change *ch = &part.changes[j];
            for (size_t g = 0; id_eq(ch->id, id) && g < ch->n_groups; g++)
                for (size_t v = 0; v < ch->groups[g].n_values; v++)
                    if (field_key_cmp(&ch->groups[g].values[v].key, key) == 0)
                        *ret = ch->groups[g].values[v].value;
        }
    }
    return ST_OK;
}

static Status open_sealed_of(Ctx *c, Record *r, Str heads_blob) {
    Heads h;
    if (!heads_parse(c->arena, heads_blob, &h))
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("heads blob"));
    for (size_t i = 0; i < h.n; i++) {
        const FieldInfo *f = field_of_key(r->kind, &h.fields[i].key);
        if (!f || !(f->f.flags & FF_SEALED) || h.fields[i].n_heads == 0) continue;
        TRY(value_from_commit(c, h.fields[i].heads[0].dot, r->id, &h.fields[i].key,
                              &r->values[f->index]));
    }
    return ST_OK;
}

Status record_open_sealed(Ctx *c, Record *r) {
    if (!c->reach || !c->reach->sealed)
        return FAIL(c, ST_DENIED, "", "error.denied", "permission", STR("sealed.read"));
    TRY(open_sealed_of(c, r, r->heads));
    Id office;
    Lane own;
    if (!store_scope_office(c->store, r->scope, &office, &own)) return ST_OK;
    for (uint32_t lane = 0; lane < LANES; lane++) {
        TableSpec *t = schema_table(c->reader->schema, r->kind, (Lane)lane);
        uint32_t scope = t && !t->main ? store_scope_no(c->store, office, (Lane)lane) : 0;
        if (!scope || !reach_has_scope(c, scope)) continue;
        Row row;
        TRY(row_load(c, c->reader->db, t, r->id, scope, &row));
        if (row.rid) TRY(open_sealed_of(c, r, row.heads_blob));
    }
    return ST_OK;
}
