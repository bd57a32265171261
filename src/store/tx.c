/* tx.c: what an operation wants changed, gathered, checked and turned into commits. */
#include "store/store_int.h"

#include "base/banned.h"

/* ---- what the operation says ---- */

void tx_act(Tx *tx, const ActPart *act) {
    tx->act = *act;
    tx->has_act = true;
}

void tx_replay(Tx *tx, bool replay) {
    tx->replay = replay;
}

void tx_reason_text(Tx *tx, Str text) {
    tx->reason_text = text;
}

void tx_result(Tx *tx, Id id) {
    vec_push(tx->by_key.arena, &tx->results, id);
}

static FieldKey key_of(const FieldInfo *f) {
    FieldKey k = { .no = f->custom ? 0 : f->f.no, .element = STR_NONE };
    if (f->custom) k.custom = f->f.id;
    return k;
}

static PendingRecord *pending_find(Tx *tx, const KindInfo *k, Id id, Lane lane) {
    uint8_t key[24] = { 0 };
    memcpy(key, &k->k->no, 4);
    memcpy(key + 4, id.b, 16);
    key[20] = (uint8_t)lane;
    return map_get(&tx->by_key, str_n(key, sizeof(key)));
}

static PendingRecord *pending_add(Ctx *c, const KindInfo *k, Id id, Lane lane, bool fresh) {
    Tx *tx = c->tx;
    PendingRecord *p = arena_new_of(c->arena, PendingRecord);
    p->kind = k;
    p->id = id;
    p->lane = lane;
    p->fresh = fresh;
    uint8_t key[24] = { 0 };
    memcpy(key, &k->k->no, 4);
    memcpy(key + 4, id.b, 16);
    key[20] = (uint8_t)lane;
    map_put(&tx->by_key, str_n(key, sizeof(key)), p);
    vec_push(c->arena, &tx->records, p);
    return p;
}

/* A field of a record occurs once a commit: a later word of the same act replaces the earlier one. */
static void pending_put(Ctx *c, PendingRecord *p, const FieldInfo *f, FieldKey key, Val v,
                        const CoverEntry *context, size_t n) {
    for (size_t i = 0; i < p->values.n; i++) {
        if (field_key_cmp(&p->values.v[i].key, &key) != 0) continue;
        p->values.v[i].value = v;
        return;
    }
    PendingValue pv = { .field = f, .key = key, .value = v, .n_context = n };
    pv.context = arena_copy(c->arena, context, n * sizeof(*context));
    vec_push(c->arena, &p->values, pv);
}

static const FieldInfo *pending_field(Ctx *c, const KindInfo *k, Str name) {
    const FieldInfo *f = kind_field(k, name);
    if (!f)
        (void)FAIL(c, ST_INVALID, str_c(c->arena, name), "error.unknown_field", "kind",
                   str_of(k->k->name));
    return f;
}

/* ---- where it goes ---- */

static Status find_main(Ctx *c, const KindInfo *k, Id id, Row *ret) {
    return row_find(c, c->reader->db, schema_table(c->reader->schema, k, k->k->lane), id, ret);
}

/* The office of the scope in which a record lives, stored or about to be. */
static Status office_of(Ctx *c, const KindInfo *k, Id id, Id *ret_office) {
    Lane lane = LANE_CONTROL;
    PendingRecord *p = pending_find(c->tx, k, id, k->k->lane);
    uint32_t scope = p ? p->scope_no : 0;
    if (!scope) {
        Row row;
        TRY(find_main(c, k, id, &row));
        if (!row.rid) return FAIL(c, ST_MISSING, "", "error.missing", "kind", str_of(k->k->name));
        scope = row.scope_no;
    }
    if (!store_scope_office(c->store, scope, ret_office, &lane)) *ret_office = ID_NONE;
    return ST_OK;
}

static Status subject_of(Ctx *c, const KindInfo *k, Id id, Val fields, Id *ret) {
    if (k->k->subject_rule == SUBJECT_SELF) {
        *ret = id;
    } else if (k->k->subject_rule == SUBJECT_NONE) {
        *ret = ID_NONE;
    } else {
        Val v = val_get(fields, k->k->subject);
        if (!val_get_id(v, ret)) return FAIL(c, ST_INVALID, k->k->subject, "error.required");
    }
    return ST_OK;
}

static Status new_scope_of(Ctx *c, const KindInfo *k, Lane lane, Id office, Id subject,
                           uint32_t *ret) {
    if (lane != LANE_CONTROL && id_is_none(office)) {
        if (k->k->subject_rule != SUBJECT_FIELD)
            return FAIL(c, ST_INVALID, "office", "error.required");
        const KindInfo *of = model_kind(c->reader->schema->model, str_of(k->subject->f.kind));
        TRY(office_of(c, of, subject, &office));
    }
    return scope_need(c, c->store, office, lane, ret);
}

/* ---- rules ---- */

typedef struct Merged {
    const KindInfo *kind;
    Tx *tx;
    Id id;
    const Row *row; /* NULL: new */
} Merged;

static Val row_value(const Row *row, const FieldInfo *f) {
    if (f->index == 0) return row->void_code;
    for (size_t i = 0; i < row->table->n_columns; i++)
        if (row->table->columns[i].field == f) return row->values[i];
    if (f->custom) return val_get_str(row->extra, str_of(f->key_text));
    return VAL_ABSENT;
}

static Val merged_get(void *arg, const FieldInfo *f) {
    Merged *m = arg;
    PendingRecord *p = pending_find(m->tx, m->kind, m->id, field_lane(f));
    for (size_t i = 0; p && i < p->values.n; i++)
        if (p->values.v[i].field == f && !p->values.v[i].key.element.s) return p->values.v[i].value;
    /* Sealed values are not at hand: a record that has one is not asked for it again. */
    return m->row && m->row->rid ? row_value(m->row, f) : VAL_ABSENT;
}

static Status check_rules(Ctx *c, const KindInfo *k, Id id, const Row *row) {
    Merged m = { .kind = k, .tx = c->tx, .id = id, .row = row };
    return record_check(c, c->reader->schema->model, k, merged_get, &m);
}

/* ---- create ---- */

static void put_fresh(Ctx *c, PendingRecord *p, const FieldInfo *f, Val v) {
    FieldKey key = key_of(f);
    if (f->f.type != FT_SET) {
        pending_put(c, p, f, key, v, NULL, 0);
        return;
    }
    for (size_t i = 0; v.type == VAL_LIST && i < v.list.n; i++) {
        key.element = v.list.v[i].text;
        pending_put(c, p, f, key, val_bool(true), NULL, 0);
    }
}

Status tx_create(Ctx *c, const KindInfo *k, Id id, Id office, Val fields) {
    Id subject = ID_NONE;
    TRY(subject_of(c, k, id, fields, &subject));
    PendingRecord *by_lane[LANES] = { 0 };
    /* The main row exists even when only fields of other lanes are known. */
    uint32_t needed = 1u << k->k->lane;
    for (size_t i = 0; i < fields.map.n; i++) {
        const FieldInfo *f = pending_field(c, k, fields.map.v[i].key);
        if (!f) return ST_INVALID;
        needed |= 1u << field_lane(f);
    }
    for (uint32_t lane = 0; lane < LANES; lane++) {
        if (!(needed & 1u << lane)) continue;
        by_lane[lane] = pending_find(c->tx, k, id, (Lane)lane);
        if (!by_lane[lane]) by_lane[lane] = pending_add(c, k, id, (Lane)lane, true);
        by_lane[lane]->subject = subject;
        TRY(new_scope_of(c, k, (Lane)lane, office, subject, &by_lane[lane]->scope_no));
    }
    for (size_t i = 0; i < fields.map.n; i++) {
        Val v = fields.map.v[i].value;
        if (v.type == VAL_NONE || v.type == VAL_NULL) continue;
        const FieldInfo *f = kind_field(k, fields.map.v[i].key);
        put_fresh(c, by_lane[field_lane(f)], f, v);
    }
    return check_rules(c, k, id, NULL);
}

/* ---- change ---- */

typedef struct Base {
    bool given;
    CoverEntry v[CONTEXT_MAX];
    size_t n;
} Base;

static Status read_base(Ctx *c, Str token, Base *ret) {
    *ret = (Base){ 0 };
    if (token.n == 0) return ST_OK;
    ret->given = true;
    uint8_t *bytes = arena_alloc(c->arena, token.n / 2 + 1);
    size_t n = 0, two = 0;
    if (token.n > 16384 || token.n % 2 || !hex_decode(token, bytes, token.n / 2))
        return FAIL(c, ST_INVALID, "base", "error.base");
    CborReader r = cbor_reader(str_n(bytes, token.n / 2));
    if (!cbor_get_array(&r, &n) || n > CONTEXT_MAX)
        return FAIL(c, ST_INVALID, "base", "error.base");
    for (size_t i = 0; i < n; i++) {
        StreamId id;
        uint64_t seq = 0;
        if (!cbor_get_array(&r, &two) || two != 2 || !cbor_get_bytes_n(&r, id.b, 16) ||
            !cbor_get_uint(&r, &seq))
            return FAIL(c, ST_INVALID, "base", "error.base");
        uint32_t no = store_stream_no(c->store, id);
        if (no) ret->v[ret->n++] = (CoverEntry){ no, seq };
    }
    return cbor_finish(&r) ? ST_OK : FAIL(c, ST_INVALID, "base", "error.base");
}

static uint64_t base_seq(const Base *b, uint32_t stream_no) {
    for (size_t i = 0; i < b->n; i++)
        if (b->v[i].stream_no == stream_no) return b->v[i].seq;
    return 0;
}

static bool is_stale(const Base *b, const FieldHeads *f) {
    for (size_t i = 0; b->given && i < f->n_heads; i++)
        if (base_seq(b, f->heads[i].dot.stream_no) < f->heads[i].dot.seq) return true;
    return false;
}

/* What the actor had seen of the field: its version vector, cut to the base. */
static size_t seen_context(const Base *b, const FieldHeads *f, CoverEntry *out) {
    size_t n = f ? field_context(f, out, CONTEXT_MAX) : 0, kept = 0;
    for (size_t i = 0; i < n; i++) {
        CoverEntry e = out[i];
        if (b->given && base_seq(b, e.stream_no) < e.seq) e.seq = base_seq(b, e.stream_no);
        if (e.seq > 0) out[kept++] = e;
    }
    return kept;
}

static Str shown(Ctx *c, const FieldInfo *f, Val v) {
    Buf b = buf_new(c->arena, 64 << 10);
    if (v.type == VAL_NONE) v = val_null();
    json_write(&b, v.type == VAL_NULL ? v : field_show(c->arena, f, v));
    return buf_text(&b);
}

typedef struct Setting {
    const KindInfo *kind;
    Row *rows[LANES]; /* loaded when needed */
    PendingRecord *pending[LANES];
    Base base;
    bool stale;
    Id office;
} Setting;

static Status lane_of_setting(Ctx *c, Setting *s, Id id, Lane lane) {
    if (s->pending[lane]) return ST_OK;
    const KindInfo *k = s->kind;
    PendingRecord *p = pending_find(c->tx, k, id, lane);
    Row *row = arena_new_of(c->arena, Row);
    uint32_t scope = p ? p->scope_no : 0;
    if (lane == k->k->lane) {
        TRY(find_main(c, k, id, row));
        if (!row->rid && !p)
            return FAIL(c, ST_MISSING, "", "error.missing", "kind", str_of(k->k->name));
        if (row->rid) scope = row->scope_no;
    } else {
        TRY(scope_need(c, c->store, s->office, lane, &scope));
        TRY(row_load(c, c->reader->db, schema_table(c->reader->schema, k, lane), id, scope, row));
    }
    if (!p) {
        p = pending_add(c, k, id, lane, false);
        p->scope_no = scope;
        Val fields = val_map();
        if (k->k->subject_rule == SUBJECT_FIELD)
            val_set(c->arena, &fields, str_of(k->k->subject),
                    row_value(lane == k->k->lane ? row : s->rows[k->k->lane], k->subject));
        TRY(subject_of(c, k, id, fields, &p->subject));
    }
    s->rows[lane] = row;
    s->pending[lane] = p;
    return ST_OK;
}

static void note_stale(Ctx *c, Setting *s, const FieldInfo *f, Val theirs, Val mine) {
    s->stale = true;
    (void)FAIL(c, ST_CONFLICT, f->f.name ? f->f.name : f->key_text, "error.stale", "theirs",
               shown(c, f, theirs), "mine", shown(c, f, mine));
}

static Val plain(Val v) {
    return v.type == VAL_NONE ? val_null() : v;
}

static void set_one(Ctx *c, Setting *s, const FieldInfo *f, FieldKey key, Val present, Val v) {
    Lane lane = field_lane(f);
    const FieldHeads *heads = heads_find(&s->rows[lane]->heads, &key);
    size_t n_heads = heads ? heads->n_heads : 0;
    bool sealed = f->f.flags & FF_SEALED;
    if (!sealed && n_heads <= 1 && val_eq(plain(present), plain(v))) return;
    if (heads && is_stale(&s->base, heads) && !c->tx->replay) {
        note_stale(c, s, f, present, v);
        return;
    }
    CoverEntry context[CONTEXT_MAX];
    size_t n = seen_context(&s->base, heads, context);
    pending_put(c, s->pending[lane], f, key, plain(v), context, n);
}

static void set_elements(Ctx *c, Setting *s, const FieldInfo *f, Val present, Val wanted) {
    FieldKey key = key_of(f);
    Val none = val_list();
    Val p = present.type == VAL_LIST ? present : none, w = wanted.type == VAL_LIST ? wanted : none;
    for (size_t i = 0; i < p.list.n; i++) {
        bool keep = false;
        for (size_t j = 0; j < w.list.n; j++)
            keep |= str_eq(p.list.v[i].text, w.list.v[j].text);
        key.element = p.list.v[i].text;
        if (!keep) set_one(c, s, f, key, val_bool(true), val_bool(false));
    }
    for (size_t j = 0; j < w.list.n; j++) {
        bool had = false;
        for (size_t i = 0; i < p.list.n; i++)
            had |= str_eq(p.list.v[i].text, w.list.v[j].text);
        key.element = w.list.v[j].text;
        if (!had) set_one(c, s, f, key, val_bool(false), val_bool(true));
    }
}

Status tx_set(Ctx *c, const KindInfo *k, Id id, Str base, Val fields) {
    Setting s = { .kind = k };
    TRY(read_base(c, base, &s.base));
    TRY(lane_of_setting(c, &s, id, k->k->lane));
    Lane lane = LANE_CONTROL;
    if (!store_scope_office(c->store, s.pending[k->k->lane]->scope_no, &s.office, &lane))
        s.office = ID_NONE;
    for (size_t i = 0; i < fields.map.n; i++) {
        const FieldInfo *f = pending_field(c, k, fields.map.v[i].key);
        if (!f) return ST_INVALID;
        TRY(lane_of_setting(c, &s, id, field_lane(f)));
        Row *row = s.rows[field_lane(f)];
        Val present = row->rid ? row_value(row, f) : VAL_ABSENT;
        if (f->f.type == FT_SET)
            set_elements(c, &s, f, present, fields.map.v[i].value);
        else
            set_one(c, &s, f, key_of(f), present, fields.map.v[i].value);
    }
    if (s.stale) return ST_CONFLICT;
    return check_rules(c, k, id, s.rows[k->k->lane]);
}

Status tx_void(Ctx *c, const KindInfo *k, Id id, Str reason_code) {
    Val fields = val_map();
    val_set_c(c->arena, &fields, "void", val_text(reason_code));
    return tx_set(c, k, id, STR(""), fields);
}

Status tx_unvoid(Ctx *c, const KindInfo *k, Id id) {
    Val fields = val_map();
    val_set_c(c->arena, &fields, "void", val_null());
    return tx_set(c, k, id, STR(""), fields);
}

Status tx_erase(Ctx *c, Id subject) {
    vec_push(c->arena, &c->tx->erase, subject);
    return ST_OK;
}

/* ---- the token ---- */

Str record_version(Ctx *c, const Record *r) {
    Heads h;
    CoverEntry all[CONTEXT_MAX];
    size_t n = 0;
    if (!heads_parse(c->arena, r->heads, &h)) return STR("");
    for (size_t i = 0; i < h.n; i++) {
        CoverEntry one[CONTEXT_MAX];
        size_t m = field_context(&h.fields[i], one, CONTEXT_MAX);
        for (size_t j = 0; j < m; j++) {
            size_t at = 0;
            while (at < n && all[at].stream_no != one[j].stream_no)
                at++;
            if (at == CONTEXT_MAX) break;
            if (at == n)
                all[n++] = one[j];
            else if (all[at].seq < one[j].seq)
                all[at].seq = one[j].seq;
        }
    }
    Buf b = buf_new(c->arena, 16384);
    cbor_put_array(&b, n);
    for (size_t i = 0; i < n; i++) {
        StreamId id = store_stream_id(c->store, all[i].stream_no);
        cbor_put_array(&b, 2);
        cbor_put_bytes(&b, id.b, 16);
        cbor_put_uint(&b, all[i].seq);
    }
    return hex_encode(c->arena, b.p, b.n);
}
