/* commit.c: a finished act becomes one commit per scope: parts by (subject, lane), sealed, appended,
 * projected. */
#include "store/store_int.h"

#include "base/banned.h"

typedef struct PartPlan {
    Id subject; /* of the key: the scope's id for kinds without subject */
    KeyRow key;
    VEC(PendingRecord *) records;
    bool fresh_subject;
    ChangePart part;
} PartPlan;

typedef struct ScopePlan {
    uint32_t scope_no;
    VEC(PartPlan *) parts;
} ScopePlan;

static ScopePlan *plan_scope(Arena *a, void *plans, size_t *n, uint32_t scope_no) {
    ScopePlan *p = plans;
    (void)a;
    for (size_t i = 0; i < *n; i++)
        if (p[i].scope_no == scope_no) return &p[i];
    p[*n] = (ScopePlan){ .scope_no = scope_no };
    return &p[(*n)++];
}

static PartPlan *plan_part(Arena *a, ScopePlan *s, Id subject) {
    /* A family's parts come in a row: look from the end. */
    for (size_t i = s->parts.n; i-- > 0;)
        if (id_eq(s->parts.v[i]->subject, subject)) return s->parts.v[i];
    PartPlan *p = arena_new_of(a, PartPlan);
    p->subject = subject;
    vec_push(a, &s->parts, p);
    return p;
}

/* ---- changes ---- */

static bool same_context(const PendingValue *x, const PendingValue *y) {
    return x->n_context == y->n_context &&
           (x->n_context == 0 ||
            memcmp(x->context, y->context, x->n_context * sizeof(*x->context)) == 0);
}

static const ContextEntry *global_context(Ctx *c, Store *s, const PendingValue *v) {
    ContextEntry *out = arena_array(c->arena, ContextEntry, v->n_context);
    for (size_t i = 0; i < v->n_context; i++) {
        ContextEntry e = { store_stream_id(s, v->context[i].stream_no), v->context[i].seq };
        size_t at = i;
        while (at > 0 && memcmp(out[at - 1].stream.b, e.stream.b, 16) > 0)
            out[at] = out[at - 1], at--;
        out[at] = e;
    }
    return out;
}

static void group_add(Arena *a, ChangeGroup *g, const PendingValue *v, size_t cap) {
    if (!g->values) g->values = arena_array(a, FieldValue, cap);
    size_t at = g->n_values++;
    while (at > 0 && field_key_cmp(&g->values[at - 1].key, &v->key) > 0)
        g->values[at] = g->values[at - 1], at--;
    g->values[at] = (FieldValue){ v->key, v->value };
}

static Change change_of(Ctx *c, Store *s, const PendingRecord *p) {
    Change ch = { .kind_no = p->kind->k->no, .id = p->id };
    size_t n = p->values.n;
    ch.groups = arena_array(c->arena, ChangeGroup, n ? n : 1);
    if (n == 0) { /* a record of which nothing is known yet still exists */
        ch.n_groups = 1;
        return ch;
    }
    const PendingValue **of_group = arena_array(c->arena, const PendingValue *, n);
    for (size_t i = 0; i < n; i++) {
        const PendingValue *v = &p->values.v[i];
        size_t g = 0;
        while (g < ch.n_groups && !same_context(of_group[g], v))
            g++;
        if (g == ch.n_groups) {
            of_group[g] = v;
            ch.groups[g].context = global_context(c, s, v);
            ch.groups[g].n_context = v->n_context;
            ch.n_groups++;
        }
        group_add(c->arena, &ch.groups[g], v, n);
    }
    return ch;
}

static void fill_part(Ctx *c, Tx *tx, PartPlan *p, uint32_t scope_no) {
    Change *changes = arena_array(c->arena, Change, p->records.n);
    size_t n = 0;
    for (size_t i = 0; i < p->records.n; i++)
        changes[n++] = change_of(c, tx->store, p->records.v[i]);
    p->part = (ChangePart){
        .subject = p->subject,
        .lane = (uint32_t)scope_row(tx->store, scope_no)->lane,
        .changes = changes,
        .n_changes = n,
        .reason_text = tx->reason_text,
    };
}

/* ---- keys ---- */

static Status part_key(Ctx *c, Store *s, PartPlan *p, uint32_t scope_no) {
    Lane lane = scope_row(s, scope_no)->lane;
    if (!p->fresh_subject) {
        Status st = subject_key(c, &s->writer, p->subject, lane, &p->key);
        if (st != ST_MISSING) return st;
    }
    TRY(keys_take(c, s->keys, &p->key));
    return insert_key_row(c, s->writer.db, &p->key, p->subject, lane, scope_no);
}

/* Act parts are sealed by the scope's key: fetched once, not by each commit. */
static Status scope_key(Ctx *c, Store *s, const ScopeRow *scope, KeyRow *ret) {
    KeyRow *kept = &s->scope_keys[scope->no % SCOPE_KEYS_KEPT];
    if (kept->n == 0 || kept->n != scope->key_n) {
        TRY(subject_key(c, &s->writer, scope->id, scope->lane, ret));
        if (ret->n == scope->key_n) *kept = *ret;
        return ST_OK;
    }
    *ret = *kept;
    return ST_OK;
}

/* ---- one scope ---- */

static Status seal_part(Ctx *c, Store *s, StoredCommit *sc, uint32_t i, const KeyRow *key,
                        Str body) {
    if (body.n >= LEDGER_PART_MAX) return FAIL(c, ST_LIMIT, "", "error.ledger.part_too_large");
    sc->parts[i] = part_seal(s->writer.squeezer, c->arena, &key->key, key->key_id, &sc->h, i, body);
    sc->key_n[i] = key->n;
    sc->h.parts[i].key_id = key->key_id;
    sc->h.parts[i].cipher_hash = sha256(sc->parts[i]);
    return i == 0 ? ST_OK : note_part(c, s->writer.db, key->n, sc->pos, i);
}

static Status project_parts(Ctx *c, Projector *p, const ScopePlan *plan, const ChangeOrigin *o) {
    for (size_t i = 0; i < plan->parts.n; i++) {
        const ChangePart *part = &plan->parts.v[i]->part;
        for (size_t j = 0; j < part->n_changes; j++)
            TRY(project_change(c, p, o, &part->changes[j]));
    }
    return ST_OK;
}

static Status commit_scope(Ctx *c, Tx *tx, ScopePlan *plan, Projector *p) {
    Store *s = tx->store;
    uint32_t stream_no = 0;
    TRY(stream_need(c, s, plan->scope_no, &stream_no));
    const StreamRow *stream = &s->streams[stream_no];
    const ScopeRow *scope = scope_row(s, plan->scope_no);
    size_t n_parts = plan->parts.n + 1;
    NewCommit n = { .stream_no = stream_no };
    StoredCommit *sc = &n.sc;
    if (n_parts > LEDGER_PARTS_MAX) return FAIL(c, ST_LIMIT, "", "error.ledger.too_many_parts");
    *sc = (StoredCommit){ .pos = LEDGER_POS(stream_no, stream->seq + 1),
                          .h = { .stream = stream->id,
                                 .seq = stream->seq + 1,
                                 .previous = stream->head,
                                 .clock = hlc_next(s->clock, env_now(s->env)),
                                 .parts = arena_array(c->arena, PartRef, n_parts),
                                 .n_parts = n_parts },
                          .parts = arena_array(c->arena, Str, n_parts),
                          .key_n = arena_array(c->arena, int64_t, n_parts) };
    env_random(s->env, sc->h.salt, sizeof(sc->h.salt));
    Buf body = buf_new(c->arena, LEDGER_PART_MAX + 4096);
    act_part_encode(&body, &tx->act);
    KeyRow act_key = { 0 };
    TRY(scope_key(c, s, scope, &act_key));
    TRY(seal_part(c, s, sc, 0, &act_key, buf_text(&body)));
    for (size_t i = 0; i < plan->parts.n; i++) {
        PartPlan *part = plan->parts.v[i];
        TRY(part_key(c, s, part, plan->scope_no));
        fill_part(c, tx, part, plan->scope_no);
        buf_clear(&body);
        change_part_encode(&body, &part->part, sc->h.stream);
        TRY(seal_part(c, s, sc, (uint32_t)i + 1, &part->key, buf_text(&body)));
    }
    Buf header = buf_new(c->arena, LEDGER_HEADER_MAX);
    header_encode(&header, &sc->h);
    n.head = sha256(buf_text(&header));
    TRY(ledger_append(c, s, &n));
    TRY(note_act(c, s->writer.db, &tx->act, sc->pos));
    ChangeOrigin o = { .stream_no = stream_no,
                       .scope_no = plan->scope_no,
                       .seq = sc->h.seq,
                       .clock = sc->h.clock,
                       .stream = sc->h.stream };
    return project_parts(c, p, plan, &o);
}

Status tx_commit(Ctx *c, Tx *tx, Projector *p) {
    Store *s = tx->store;
    ScopePlan *plans = arena_array(c->arena, ScopePlan, tx->records.n + 1);
    size_t n_plans = 0;
    bool named = tx->results.n > 0;
    for (size_t i = 0; i < tx->records.n; i++) {
        PendingRecord *r = tx->records.v[i];
        if (r->values.n == 0 && !r->fresh) continue; /* nothing changed after all */
        if (str_is(str_of(r->kind->k->name), "custom_field") ||
            str_is(str_of(r->kind->k->name), "code_entry"))
            s->model_changed = true;
        ScopePlan *plan = plan_scope(c->arena, plans, &n_plans, r->scope_no);
        bool by_scope = id_is_none(r->subject);
        PartPlan *part =
            plan_part(c->arena, plan, by_scope ? scope_row(s, r->scope_no)->id : r->subject);
        part->fresh_subject |= r->fresh && r->kind->k->subject_rule == SUBJECT_SELF;
        vec_push(c->arena, &part->records, r);
        if (r->fresh && !named && tx->results.n < 256) vec_push(c->arena, &tx->results, r->id);
    }
    if (!tx->has_act) tx->act = (ActPart){ .act = id_new(s->env), .client_time = TIME_NONE };
    tx->act.results = tx->results.v;
    tx->act.n_results = tx->results.n;
    for (size_t i = 0; i < n_plans; i++) {
        TRY(commit_scope(c, tx, &plans[i], p));
        if (scope_row(s, plans[i].scope_no)->lane == LANE_CONTROL) control_touch(s);
    }
    for (size_t i = 0; i < tx->erase.n; i++)
        TRY(erase_subject(c, s, p, tx->erase.v[i]));
    return ST_OK;
}
