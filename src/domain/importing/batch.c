/* batch.c: a batch's record, and the LOCAL items that hold its rows until it is decided.
 *
 *   "import.head"        <batch>   CBOR {chunks, families, offers, offer_pieces, settings, begun}
 *   "import.<batch>"     000000 …  CBOR list of families {input, rows}, some hundred a chunk
 *
 * Rows of people who never came into the register must not linger: what is refused is taken away at
 * once, what is approved moves to the people it made (REGISTRY_SOURCE_ROWS). */
#include "domain/importing/importing_int.h"

#include "base/banned.h"

#define HEADS STR("import.head")

const KindInfo *batch_kind(Ctx *c) {
    return model_kind(store_model(c->store), STR("import_batch"));
}

Status batch_need(Ctx *c, OpCall *call, Record **ret) {
    Id id;
    size_t noted = c->errs.n;
    if (!val_get_id(op_in(call, "batch"), &id))
        return FAIL(c, ST_INVALID, "batch", "error.required");
    Status st = read_record(c, batch_kind(c), id, ret);
    if (st == ST_MISSING) {
        c->errs.n = noted;
        return FAIL(c, ST_MISSING, "batch", "error.missing", "kind", STR("import_batch"));
    }
    return st;
}

Status batch_same_file(Ctx *c, Str hash, Record ***ret, size_t *ret_n) {
    Expr *where;
    Page page;
    const KindInfo *k = batch_kind(c);
    Str text = str_printf(
        c->arena, "file_hash = '%.*s' and (state = 'STAGED' or state = 'APPROVED')", STR_ARG(hash));
    TRY(expr_compile_condition(c, store_model(c->store), k, text, &where));
    Query q = { .kind = k, .where = where, .limit = 100 };
    TRY(read_query(c, &q, &page));
    *ret = page.rows;
    *ret_n = page.n;
    return ST_OK;
}

/* ---- heads and chunks ------------------------------------------------------------------------------ */

static Status local_value(Ctx *c, Str space, Str key, Val *ret) {
    Str bytes = STR_NONE;
    size_t noted = c->errs.n;
    *ret = VAL_ABSENT;
    Status st = local_get(c, space, key, &bytes, NULL);
    if (st == ST_MISSING) {
        c->errs.n = noted;
        return FAIL(c, ST_MISSING, "batch", "error.import.not_kept");
    }
    TRY(st);
    CborReader r = cbor_reader(bytes);
    Val v = VAL_ABSENT;
    if (!cbor_get_val(&r, c->arena, &v) || !cbor_finish(&r))
        return FAIL(c, ST_CORRUPT, "batch", "error.import.not_kept");
    *ret = v;
    return ST_OK;
}

Status head_read(Ctx *c, Id batch, Head *ret) {
    Val v = VAL_ABSENT;
    TRY(local_value(c, HEADS, id_text(c->arena, batch), &v));
    *ret = (Head){
        .chunks = val_get_int(v, "chunks", 0),
        .families = val_get_int(v, "families", 0),
        .offers = val_get_int(v, "offers", 0),
        .offer_pieces = val_get_int(v, "offer_pieces", 0),
        .settings = val_get_text(v, "settings", STR("")),
        .begun = val_get_bool(v, "begun", false),
    };
    return ST_OK;
}

Status head_put(Ctx *c, Id batch, const Head *h) {
    Val v = val_map();
    val_set_c(c->arena, &v, "chunks", val_int(h->chunks));
    val_set_c(c->arena, &v, "families", val_int(h->families));
    val_set_c(c->arena, &v, "offers", val_int(h->offers));
    val_set_c(c->arena, &v, "offer_pieces", val_int(h->offer_pieces));
    val_set_c(c->arena, &v, "settings", val_text(h->settings));
    val_set_c(c->arena, &v, "begun", val_bool(h->begun));
    Buf b = buf_new(c->arena, 4096);
    cbor_put_val(&b, v);
    return local_put(c, HEADS, id_text(c->arena, batch), buf_text(&b));
}

static Str space_of(Ctx *c, Id batch) {
    return str_concat(c->arena, STR("import."), id_text(c->arena, batch));
}

static Str chunk_name(Ctx *c, int64_t i) {
    return str_printf(c->arena, "%06lld", (long long)i);
}

Status chunk_put(Ctx *c, Id batch, int64_t i, Str bytes) {
    return local_put(c, space_of(c, batch), chunk_name(c, i), bytes);
}

Status chunk_read(Ctx *c, Id batch, int64_t i, Val *ret_families) {
    Val v = VAL_ABSENT;
    TRY(local_value(c, space_of(c, batch), chunk_name(c, i), &v));
    if (v.type != VAL_LIST) return FAIL(c, ST_CORRUPT, "batch", "error.import.not_kept");
    *ret_families = v;
    return ST_OK;
}

Status batch_forget(Ctx *c, Id batch, const Head *h) {
    for (int64_t i = 0; i < h->chunks; i++)
        TRY(local_delete(c, space_of(c, batch), chunk_name(c, i)));
    TRY(corrections_drop(c, batch, h));
    return local_delete(c, HEADS, id_text(c->arena, batch));
}

/* ---- the acts that made its families ----------------------------------------------------------------- */

/* Families of a batch follow each other, as its id follows those before it: keys in order are what an
 * index takes most cheaply. The rest is hash. */
Id family_key(Id batch, int64_t family) {
    enum { TIME_N = 6, PLACE_AT = 9 }; /* RFC 9562 §5.7: 48 bits of milliseconds */
    Sha256 h;
    uint8_t place[4];
    Id key;
    for (size_t i = 0; i < sizeof place; i++)
        place[i] = (uint8_t)((uint64_t)family >> (8 * (3 - i)));
    sha256_start(&h);
    sha256_add(&h, "panah import", 12);
    sha256_add(&h, batch.b, sizeof batch.b);
    sha256_add(&h, place, sizeof place);
    Hash256 hash = sha256_end(&h);
    memcpy(key.b, hash.b, sizeof key.b);
    memcpy(key.b, batch.b, TIME_N);
    key.b[6] = 0x80; /* version 8; alike for all families of the batch */
    key.b[7] = batch.b[7];
    key.b[8] = 0x80;
    memcpy(key.b + PLACE_AT, place, sizeof place);
    return key;
}

Status family_act(Ctx *c, Id batch, int64_t family, bool *ret_found, ActPart *ret) {
    size_t noted = c->errs.n;
    Status st = store_find_act(c, family_key(batch, family), ret);
    *ret_found = st == ST_OK;
    if (st != ST_MISSING) return st;
    c->errs.n = noted;
    return ST_OK;
}

/* The number of the family whose act bears this key; -1: no family of the batch. */
static int64_t family_of_key(Id batch, Id key) {
    enum { PLACE_AT = 9, PLACE_N = 4 };
    int64_t family = 0;
    for (size_t i = 0; i < PLACE_N; i++)
        family = family << 8 | key.b[PLACE_AT + i];
    return id_eq(family_key(batch, family), key) ? family : -1;
}

/* ---- erasing ------------------------------------------------------------------------------------------- */

/* Of a family that has been made only its rows' places are needed, to count them. */
static Val places_only(Ctx *c, Val family) {
    Val out = val_map(), input = val_map(), rows = val_list(), was = val_get(family, "rows");
    for (size_t i = 0; was.type == VAL_LIST && i < was.list.n; i++) {
        Val row = val_map();
        val_set_c(c->arena, &row, "row", val_get(was.list.v[i], "row"));
        val_set_c(c->arena, &row, "line", val_get(was.list.v[i], "line"));
        val_push(c->arena, &rows, row);
    }
    val_set_c(c->arena, &input, "members", val_list());
    val_set_c(c->arena, &out, "input", input);
    val_set_c(c->arena, &out, "rows", rows);
    return out;
}

static Status forget_family(Ctx *c, Id batch, const Head *h, int64_t family) {
    int64_t first = 0;
    for (int64_t i = 0; i < h->chunks; i++) {
        Val families = VAL_ABSENT;
        TRY(chunk_read(c, batch, i, &families));
        int64_t n = (int64_t)families.list.n;
        if (family < first + n) {
            Val *place = &families.list.v[family - first];
            *place = places_only(c, *place);
            Buf b = buf_new(c->arena, CHUNK_ARENA_MAX / 2);
            cbor_put_val(&b, families);
            if (buf_full(&b)) return FAIL(c, ST_LIMIT, "", "error.import.too_much");
            return chunk_put(c, batch, i, buf_text(&b));
        }
        first += n;
    }
    return ST_OK;
}

/* A batch whose approval was broken off still has the rows of those it has made. */
static Status forget_made_by(Ctx *c, const ActPart *act, Id subject) {
    Id batch;
    Head h;
    if (!str_starts(act->purpose, IMPORT_PURPOSE)) return ST_OK;
    if (!id_parse(str_slice(act->purpose, IMPORT_PURPOSE.n, act->purpose.n), &batch)) return ST_OK;
    int64_t family = family_of_key(batch, act->idempotency);
    if (family < 0) return ST_OK;
    for (size_t i = 1; i < act->n_results && i <= IMPORT_FAMILY_MAX; i++)
        if (id_eq(act->results[i], subject)) TRY(seen_forget(c, batch, family, i - 1));
    size_t noted = c->errs.n;
    Status st = head_read(c, batch, &h);
    if (st == ST_MISSING) return c->errs.n = noted, ST_OK;
    return st == ST_OK ? forget_family(c, batch, &h, family) : st;
}

Status importing_forget(Ctx *c, Id subject) {
    const HistoryEntry *entries;
    size_t n;
    const Reach *own = c->reach;
    c->reach = &reach_everything;
    Status st = read_history(c, subject, &entries, &n);
    c->reach = own;
    TRY(st);
    /* Lists that wait name people whom no id leads to. */
    TRY(local_delete_older(c, STR(IMPORT_FILES), c->now + TIME_DAY, FILES_WAITING_MAX, NULL));
    for (size_t i = 0; i < n; i++)
        TRY(forget_made_by(c, &entries[i].act, subject));
    return corrections_forget(c, subject);
}

/* ---- records that may be gone --------------------------------------------------------------------------- */

Status record_if_there(Ctx *c, const char *kind, Id id, Record **ret) {
    size_t noted = c->errs.n;
    const KindInfo *k = model_kind(store_model(c->store), str_of(kind));
    *ret = NULL;
    if (!k) return ST_OK;
    Status st = read_record(c, k, id, ret);
    if (st != ST_MISSING) return st;
    c->errs.n = noted;
    *ret = NULL;
    return ST_OK;
}

/* ---- memory and reads for a part of the work ------------------------------------------------------------ */

/* Their texts lie in an arena that goes. */
static void carry_errors(Ctx *to, const Ctx *from) {
    for (size_t i = 0; i < from->errs.n && to->errs.n < ERRS_MAX; i++) {
        Err e = from->errs.v[i];
        e.path = str_copy(to->arena, e.path);
        e.key = str_copy(to->arena, e.key);
        if (e.cause.s) e.cause = str_copy(to->arena, e.cause);
        for (size_t k = 0; k < e.n_args; k++)
            e.args[k] = (ErrArg){ str_copy(to->arena, e.args[k].name),
                                  str_copy(to->arena, e.args[k].value) };
        vec_push(to->arena, &to->errs, e);
    }
}

static Ctx inner_ctx(const Ctx *c, Arena *arena) {
    Ctx inner = *c;
    inner.arena = arena;
    inner.reader = NULL;
    inner.errs.v = NULL;
    inner.errs.n = inner.errs.cap = inner.errs_dropped = 0;
    return inner;
}

Status scratch_run(Ctx *c, size_t cap, BatchStep step, void *arg) {
    Arena *arena = arena_new(c->env, cap);
    if (ARENA_GUARD(arena) != 0) {
        arena_free(arena);
        return FAIL(c, ST_MEMORY, "", "error.memory");
    }
    Ctx inner = inner_ctx(c, arena);
    Status st = step(&inner, arg);
    arena_unguard(arena);
    carry_errors(c, &inner);
    arena_free(arena);
    return st;
}

static void drop_arena(void *place) {
    Arena **arena = place;
    arena_free(*arena);
    *arena = NULL;
}

Status batch_read(Ctx *c, BatchStep step, void *arg) {
    if (c->reader) return step(c, arg);
    Arena **place = arena_new_of(c->arena, Arena *);
    arena_defer(c->arena, drop_arena, place);
    *place = arena_new(c->env, SCRATCH_MAX);
    Ctx inner = inner_ctx(c, *place);
    Status st = store_read_begin(c->store, &inner);
    if (st == ST_OK) {
        c->reader = inner.reader;
        st = step(c, arg);
        c->reader = NULL;
    }
    carry_errors(c, &inner);
    drop_arena(place);
    return st;
}

/* ---- acts of this room ------------------------------------------------------------------------------------ */

typedef struct Act {
    const OpCall *call;
    BatchStep step;
    void *arg;
} Act;

/* A job has no act of its own: its parts have. */
static Status write_act(Ctx *c, Tx *tx, void *arg) {
    const Act *a = arg;
    ActPart act = {
        .act = id_new(c->env),
        .op_no = a->call->op->no,
        .op_version = a->call->op->version,
        .actor = c->actor->user,
        .device = store_node(c->store),
        .office = c->actor->office,
        .purpose = a->call->purpose.s ? a->call->purpose : STR(""),
        .reason = a->call->reason.s ? a->call->reason : STR(""),
        .client_time = a->call->client_time,
        .spoken_by = c->actor->spoken_by.s ? c->actor->spoken_by : STR(""),
    };
    TRY(a->step(c, a->arg));
    tx_act(tx, &act);
    Str why = val_get_text(a->call->input, "reason_text", STR(""));
    if (why.n) tx_reason_text(tx, why);
    return ST_OK;
}

Status batch_write(Ctx *c, const OpCall *call, BatchStep step, void *arg) {
    Act a = { call, step, arg };
    return store_write(c->store, c, write_act, &a);
}
