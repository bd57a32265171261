/* corrections.c: what a later version of a list would correct: kept while the batch waits, shown, carried
 * out when it is approved, undone when it is taken back.
 *
 *   "import.offers"      <batch>.000000 …   CBOR list of [number of the first, {person, name, number,
 *                                           row, line, changes}], as changed.c has found them
 *
 * Each is carried out by the register's own operations, under a key made from batch and number: so the
 * ledger itself knows what was corrected. */
#include "domain/importing/importing_int.h"

#include <stdlib.h>

#include "base/banned.h"

#define OFFERS STR("import.offers")

enum {
    PIECE_ROWS = 256,
    PIECE_BYTES_MAX = 512 << 10,
};

/* ---- keeping ------------------------------------------------------------------------------------------- */

static Str piece_name(Ctx *c, Id batch, int64_t piece) {
    return str_printf(c->arena, "%.*s.%06lld", STR_ARG(id_text(c->arena, batch)), (long long)piece);
}

typedef struct Piece {
    Id batch;
    const ChangedRow *rows;
    size_t n;
    int64_t first, piece; /* number of the first value */
} Piece;

static Status write_piece(Ctx *c, void *arg) {
    const Piece *p = arg;
    Buf b = buf_new(c->arena, CHUNK_ARENA_MAX / 2);
    int64_t number = p->first;
    cbor_put_array(&b, p->n);
    for (size_t i = 0; i < p->n; i++) {
        cbor_put_array(&b, 2);
        cbor_put_val(&b, val_int(number));
        buf_str(&b, p->rows[i].bytes);
        number += (int64_t)p->rows[i].n;
    }
    if (buf_full(&b)) return FAIL(c, ST_LIMIT, "text", "error.import.too_much");
    return local_put(c, OFFERS, piece_name(c, p->batch, p->piece), buf_text(&b));
}

Status corrections_put(Ctx *c, Id batch, const ChangedRow *rows, size_t n, Head *h) {
    for (size_t first = 0; first < n; h->offer_pieces++) {
        size_t bytes = 0;
        Piece p = { batch, rows + first, 0, h->offers, h->offer_pieces };
        while (first < n && p.n < PIECE_ROWS && (p.n == 0 || bytes < PIECE_BYTES_MAX)) {
            bytes += rows[first].bytes.n;
            h->offers += (int64_t)rows[first].n;
            p.n++;
            first++;
        }
        TRY(scratch_run(c, CHUNK_ARENA_MAX, write_piece, &p));
    }
    return ST_OK;
}

static Status piece_decode(Ctx *c, Str bytes, Val *ret) {
    CborReader r = cbor_reader(bytes);
    if (cbor_get_val(&r, c->arena, ret) && cbor_finish(&r) && ret->type == VAL_LIST) return ST_OK;
    return FAIL(c, ST_CORRUPT, "batch", "error.import.not_kept");
}

static Status piece_read(Ctx *c, Id batch, int64_t piece, Val *ret) {
    Str bytes = STR_NONE;
    TRY(local_get(c, OFFERS, piece_name(c, batch, piece), &bytes, NULL));
    return piece_decode(c, bytes, ret);
}

Status corrections_drop(Ctx *c, Id batch, const Head *h) {
    for (int64_t i = 0; i < h->offer_pieces; i++)
        TRY(local_delete(c, OFFERS, piece_name(c, batch, i)));
    return ST_OK;
}

/* ---- erasing --------------------------------------------------------------------------------------------- */

/* The numbers of those that follow stay. */
Status corrections_forget(Ctx *c, Id person) {
    Str id = id_text(c->arena, person), *keys;
    size_t n;
    TRY(local_find(c, OFFERS, id, &keys, &n));
    for (size_t i = 0; i < n; i++) {
        Str bytes = STR_NONE;
        Val pairs = VAL_ABSENT, kept = val_list();
        TRY(local_get(c, OFFERS, keys[i], &bytes, NULL));
        TRY(piece_decode(c, bytes, &pairs));
        for (size_t k = 0; k < pairs.list.n; k++)
            if (!str_eq(val_get_text(pairs.list.v[k].list.v[1], "person", STR("")), id))
                val_push(c->arena, &kept, pairs.list.v[k]);
        Buf b = buf_new(c->arena, CHUNK_ARENA_MAX / 2);
        cbor_put_val(&b, kept);
        TRY(local_put(c, OFFERS, keys[i], buf_text(&b)));
    }
    return ST_OK;
}

/* ---- one of them -------------------------------------------------------------------------------------------- */

/* A row, as kept. */
typedef struct Offer {
    int64_t first; /* number of its first value */
    Val row, changes;
    Record *person; /* NULL: not there any more, or not the actor's to see */
} Offer;

/* As an offer names it. */
static Status named_record(Ctx *c, const char *kind, Str text, Record **ret) {
    Id id;
    *ret = NULL;
    return id_parse(text, &id) ? record_if_there(c, kind, id, ret) : ST_OK;
}

static Status offer_read(Ctx *c, Val pair, Offer *ret) {
    if (pair.type != VAL_LIST || pair.list.n != 2 || pair.list.v[0].type != VAL_INT)
        return FAIL(c, ST_CORRUPT, "batch", "error.import.not_kept");
    *ret = (Offer){ .first = pair.list.v[0].i, .row = pair.list.v[1] };
    ret->changes = val_get(ret->row, "changes");
    if (ret->changes.type != VAL_LIST) ret->changes = val_list();
    return named_record(c, "person", val_get_text(ret->row, "person", STR("")), &ret->person);
}

static const FieldInfo *field_of(Ctx *c, Val change) {
    const KindInfo *k = model_kind(store_model(c->store), val_get_text(change, "kind", STR("")));
    return k ? kind_field(k, val_get_text(change, "field", STR(""))) : NULL;
}

/* The record that a value stands in; NULL: it is to be made, or has gone. */
static Status record_of(Ctx *c, const Offer *o, Val change, Record **ret) {
    const char *kind = str_c(c->arena, val_get_text(change, "kind", STR("")));
    *ret = o->person;
    if (strcmp(kind, "person") == 0) return ST_OK;
    return named_record(c, kind, val_get_text(change, "id", STR("")), ret);
}

static Val present_value(Ctx *c, const Record *r, const char *field) {
    const FieldInfo *f = kind_field(r->kind, str_of(field));
    Val v = f ? r->values[f->index] : val_null();
    return v.type == VAL_NONE || v.type == VAL_NULL ? val_null() : field_show(c->arena, f, v);
}

static bool is_new_record(Val change) {
    return val_is_absent(val_get(change, "id"));
}

/* Whether the register still says what it said when the list was checked. */
static bool stands(Ctx *c, const Record *r, Val change) {
    const char *field = str_c(c->arena, val_get_text(change, "field", STR("")));
    Val precision = val_get(change, "was_precision");
    if (is_new_record(change)) return true;
    if (!r || !val_eq(present_value(c, r, field), val_get(change, "was"))) return false;
    return val_is_absent(precision) ||
           val_eq(present_value(c, r, "birth_date_precision"), precision);
}

static bool is_done(Ctx *c, const Record *r, Val change) {
    const char *field = str_c(c->arena, val_get_text(change, "field", STR("")));
    Val precision = val_get(change, "now_precision");
    if (is_new_record(change) || !r) return false;
    return val_eq(present_value(c, r, field), val_get(change, "now")) &&
           (val_is_absent(precision) ||
            val_eq(present_value(c, r, "birth_date_precision"), precision));
}

/* ---- showing -------------------------------------------------------------------------------------------------- */

static Val label_of(Ctx *c, const FieldInfo *f, Val shown) {
    const Model *m = store_model(c->store);
    if (f->f.type == FT_CODE && shown.type == VAL_TEXT)
        return val_text(model_code_label(m, c->lang, str_of(f->f.codes), shown.text));
    if (f->f.type != FT_SET || shown.type != VAL_LIST) return VAL_ABSENT;
    Val labels = val_list();
    for (size_t i = 0; i < shown.list.n; i++)
        val_push(c->arena, &labels,
                 val_text(model_code_label(m, c->lang, str_of(f->f.codes), shown.list.v[i].text)));
    return labels;
}

static Val show_one(Ctx *c, const Offer *o, size_t i, bool moved) {
    static const char *const from_row[] = { "person", "name", "number", "row", "line" };
    static const char *const from_change[] = {
        "kind", "field", "type", "was", "now", "earlier", "was_precision", "now_precision"
    };
    Val change = o->changes.list.v[i], out = val_map();
    const FieldInfo *f = field_of(c, change);
    val_set_c(c->arena, &out, "n", val_int(o->first + (int64_t)i));
    for (size_t k = 0; k < sizeof from_row / sizeof from_row[0]; k++)
        val_set_c(c->arena, &out, from_row[k], val_get(o->row, from_row[k]));
    for (size_t k = 0; k < sizeof from_change / sizeof from_change[0]; k++)
        if (!val_is_absent(val_get(change, from_change[k])))
            val_set_c(c->arena, &out, from_change[k], val_get(change, from_change[k]));
    for (size_t k = 0; f && k < 3; k++) {
        static const char *const values[][2] = { { "was", "was_label" },
                                                 { "now", "now_label" },
                                                 { "earlier", "earlier_label" } };
        Val label = label_of(c, f, val_get(change, values[k][0]));
        if (!val_is_absent(label)) val_set_c(c->arena, &out, values[k][1], label);
    }
    val_set_c(c->arena, &out, "moved", val_bool(moved));
    val_set_c(c->arena, &out, "marked", val_bool(!moved));
    return out;
}

static bool was_moved(Val change) {
    return val_get_bool(change, "moved", false);
}

/* As they were found; for the answer of import.stage. */
Status corrections_show(Ctx *c, const ChangedRow *rows, size_t n, size_t max, Val *ret) {
    Offer o = { 0 };
    *ret = val_list();
    for (size_t r = 0; r < n && ret->list.n < max; r++) {
        CborReader reader = cbor_reader(rows[r].bytes);
        if (!cbor_get_val(&reader, c->arena, &o.row)) BUG("a correction that cannot be read");
        o.changes = val_get(o.row, "changes");
        for (size_t i = 0; i < o.changes.list.n; i++)
            val_push(c->arena, ret, show_one(c, &o, i, was_moved(o.changes.list.v[i])));
        o.first += (int64_t)rows[r].n;
    }
    return ST_OK;
}

static Status show_offer(Ctx *c, const Offer *o, Val *list) {
    for (size_t i = 0; o->person && i < o->changes.list.n; i++) {
        Val change = o->changes.list.v[i];
        Record *r;
        TRY(record_of(c, o, change, &r));
        Val one = show_one(c, o, i, was_moved(change) || !stands(c, r, change));
        const char *field = str_c(c->arena, val_get_text(change, "field", STR("")));
        if (r && !is_new_record(change))
            val_set_c(c->arena, &one, "present", present_value(c, r, field));
        if (!stands(c, r, change)) val_set_c(c->arena, &one, "stale", val_bool(true));
        val_push(c->arena, list, one);
    }
    return ST_OK;
}

/* In a read. Of people the actor may see; where the register has moved on since, they say so. */
Status corrections_look(Ctx *c, Id batch, const Head *h, int64_t from, size_t max, Val *ret,
                        int64_t *ret_next) {
    *ret = val_list();
    *ret_next = -1;
    for (int64_t p = 0; p < h->offer_pieces; p++) {
        Val pairs = VAL_ABSENT;
        TRY(piece_read(c, batch, p, &pairs));
        for (size_t i = 0; i < pairs.list.n; i++) {
            Offer o = { 0 };
            if (pairs.list.v[i].list.v[0].i < from) continue;
            TRY(offer_read(c, pairs.list.v[i], &o));
            if (ret->list.n >= max) return *ret_next = o.first, ST_OK;
            TRY(show_offer(c, &o, ret));
        }
    }
    return ST_OK;
}

/* ---- which of them ------------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

Status choice_read(Ctx *c, const OpCall *call, Choice *ret) {
    Str take = val_get_text(call->input, "corrections", STR("none"));
    Val but = op_in(call, "corrections_but");
    *ret = (Choice){ .marked = str_is(take, "marked") };
    if (!ret->marked && !str_is(take, "none"))
        return FAIL(c, ST_INVALID, "corrections", "error.import.corrections");
    if (but.type == VAL_NONE || but.type == VAL_NULL) return ST_OK;
    if (but.type != VAL_LIST)
        return FAIL(c, ST_INVALID, "corrections_but", "error.import.corrections");
    ret->but = arena_array(c->arena, int64_t, but.list.n + 1);
    for (size_t i = 0; i < but.list.n; i++) {
        if (but.list.v[i].type != VAL_INT)
            return FAIL(c, ST_INVALID, "corrections_but", "error.import.corrections");
        ret->but[ret->n++] = but.list.v[i].i;
    }
    if (ret->n) qsort(ret->but, ret->n, sizeof *ret->but, by_number);
    return ST_OK;
}

static bool is_chosen(const Choice *choice, int64_t number, Val change) {
    bool named = choice->n &&
                 bsearch(&number, choice->but, choice->n, sizeof *choice->but, by_number) != NULL;
    return (choice->marked && !was_moved(change)) != named;
}

/* ---- carrying out --------------------------------------------------------------------------------------------- */

Id correction_key(Id batch, int64_t number) {
    Sha256 h;
    uint8_t place[8];
    Id key;
    for (size_t i = 0; i < sizeof place; i++)
        place[i] = (uint8_t)((uint64_t)number >> (8 * (7 - i)));
    sha256_start(&h);
    sha256_add(&h, "panah correction", 16);
    sha256_add(&h, batch.b, sizeof batch.b);
    sha256_add(&h, place, sizeof place);
    Hash256 hash = sha256_end(&h);
    memcpy(key.b, hash.b, sizeof key.b);
    key.b[6] = (uint8_t)(0x80 | (key.b[6] & 0x0F)); /* RFC 9562 §5.8: version 8 */
    key.b[8] = (uint8_t)(0x80 | (key.b[8] & 0x3F));
    return key;
}

typedef struct Make {
    OpCall *call;
    Id batch;
    const Choice *choice;
    int64_t piece;
    Corrected *out;
} Make;

/* A call, how many values it sets, and of which row. */
typedef struct Calls {
    VEC(OpRequest) q;
    VEC(int64_t) n;
    VEC(Val) rows, first; /* first: of the values it sets */
} Calls;

static OpRequest *push_call(Ctx *c, const Make *m, Calls *calls, const char *op, int64_t number,
                            Val row, Val first) {
    OpRequest q = { .op = str_of(op),
                    .idempotency = correction_key(m->batch, number),
                    .client_time = TIME_NONE,
                    .purpose = str_concat(c->arena, IMPORT_PURPOSE, id_text(c->arena, m->batch)),
                    .input = val_map(),
                    .result_unkept = true };
    vec_push(c->arena, &calls->q, q);
    vec_push(c->arena, &calls->n, 1);
    vec_push(c->arena, &calls->rows, row);
    vec_push(c->arena, &calls->first, first);
    return &calls->q.v[calls->q.n - 1];
}

static void put_reason(Ctx *c, Val *input) {
    val_set_c(c->arena, input, "reason", val_text(STR("IMPORT")));
}

static void child_call(Ctx *c, const Make *m, Calls *calls, const Offer *o, size_t i,
                       const Record *r) {
    Val change = o->changes.list.v[i];
    bool adds = is_new_record(change);
    OpRequest *q = push_call(c, m, calls, adds ? "record.add" : "record.correct",
                             o->first + (int64_t)i, o->row, change);
    val_set_c(c->arena, &q->input, "kind", val_get(change, "kind"));
    val_set_c(c->arena, &q->input, "fields", val_get(change, "set"));
    if (adds) return;
    val_set_c(c->arena, &q->input, "id", val_get(change, "id"));
    val_set_c(c->arena, &q->input, "base", val_text(record_version(c, r)));
    put_reason(c, &q->input);
}

/* Its key is of the first value it sets: one that is done is never sent again. */
static void person_call(Ctx *c, const Make *m, Calls *calls, const Offer *o, Val fields,
                        size_t first, int64_t n) {
    OpRequest *q = push_call(c, m, calls, "person.correct", o->first + (int64_t)first, o->row,
                             o->changes.list.v[first]);
    val_set_c(c->arena, &q->input, "id", val_get(o->row, "person"));
    val_set_c(c->arena, &q->input, "base", val_text(record_version(c, o->person)));
    val_set_c(c->arena, &q->input, "fields", fields);
    put_reason(c, &q->input);
    calls->n.v[calls->n.n - 1] = n;
}

static void refused(Ctx *c, const Make *m, Val row, Val change, const char *key) {
    const FieldInfo *f = field_of(c, change);
    Str field = f ? str_printf(c->arena, "%s.%s", f->kind->k->name, f->f.name) : STR("");
    finding_add(&m->out->refused, false, (size_t)val_get_int(row, "row", 0),
                (size_t)val_get_int(row, "line", 0), NULL, STR(""), key, "name",
                val_get_text(row, "name", STR("")), "number", val_get_text(row, "number", STR("")),
                "field", field, NULL);
    m->out->left++;
}

static Status plan_offer(Ctx *c, const Make *m, const Offer *o, Calls *calls) {
    Val fields = val_map();
    size_t first = 0;
    int64_t n = 0;
    for (size_t i = 0; i < o->changes.list.n; i++) {
        Val change = o->changes.list.v[i], set = val_get(change, "set");
        bool of_person = str_is(val_get_text(change, "kind", STR("")), "person");
        Record *r;
        if (!is_chosen(m->choice, o->first + (int64_t)i, change)) {
            m->out->left++;
            continue;
        }
        TRY(record_of(c, o, change, &r));
        if (is_done(c, r, change)) { /* an approval that goes on, or somebody was first */
            m->out->made++;
        } else if (!o->person || record_is_void(o->person)) {
            refused(c, m, o->row, change, "error.import.correction.gone");
        } else if (!stands(c, r, change)) {
            refused(c, m, o->row, change, "error.import.correction.moved");
        } else if (!of_person) {
            child_call(c, m, calls, o, i, r);
        } else {
            for (size_t k = 0; set.type == VAL_MAP && k < set.map.n; k++)
                val_set(c->arena, &fields, set.map.v[k].key, set.map.v[k].value);
            if (n++ == 0) first = i;
        }
    }
    if (n) person_call(c, m, calls, o, fields, first, n);
    return ST_OK;
}

static Status plan_piece(Ctx *c, void *arg) {
    void **args = arg;
    const Make *m = args[0];
    Val pairs = VAL_ABSENT;
    TRY(piece_read(c, m->batch, m->piece, &pairs));
    for (size_t i = 0; i < pairs.list.n; i++) {
        Offer o = { 0 };
        TRY(offer_read(c, pairs.list.v[i], &o));
        TRY(plan_offer(c, m, &o, args[1]));
    }
    return ST_OK;
}

/* Errors of call i bear "[i]" in front of their path. */
static void note_refused(Ctx *c, const Make *m, size_t call, Val row) {
    Str prefix = str_printf(c->arena, "[%zu]", call);
    Err unknown = { .status = ST_INVALID, .path = STR(""), .key = STR("error.import.row") };
    const Err *e = &unknown;
    for (size_t i = 0; i < c->errs.n; i++)
        if (str_starts(c->errs.v[i].path, prefix)) e = &c->errs.v[i];
    finding_add_err(&m->out->refused, false, (size_t)val_get_int(row, "row", 0),
                    (size_t)val_get_int(row, "line", 0), NULL, val_get_text(row, "name", STR("")),
                    e);
}

static Status make_piece(Ctx *c, void *arg) {
    const Make *m = arg;
    Calls calls = { 0 };
    void *args[2] = { arg, &calls };
    TRY(batch_read(c, plan_piece, args));
    size_t n = calls.q.n;
    if (n == 0) return ST_OK;
    OpReply *replies = arena_array(c->arena, OpReply, n);
    Status *statuses = arena_array(c->arena, Status, n);
    TRY(op_call_batch(c, c->store, m->call->table, calls.q.v, n, replies, statuses));
    for (size_t i = 0; i < n; i++) {
        /* It was done before the approval was broken off, and somebody has put it back since. */
        if (statuses[i] == ST_OK && replies[i].repeated) {
            m->out->left += calls.n.v[i] - 1;
            refused(c, m, calls.rows.v[i], calls.first.v[i], "error.import.correction.moved");
            continue;
        }
        if (statuses[i] == ST_OK) {
            m->out->made += calls.n.v[i];
            continue;
        }
        m->out->left += calls.n.v[i];
        note_refused(c, m, i, calls.rows.v[i]);
    }
    ctx_forget_errors(c);
    return ST_OK;
}

Status corrections_make(Ctx *c, OpCall *call, Id batch, const Head *h, const Choice *choice,
                        Corrected *ret) {
    Make m = { .call = call, .batch = batch, .choice = choice, .out = ret };
    *ret = (Corrected){ .refused = { .arena = c->arena } };
    for (; m.piece < h->offer_pieces; m.piece++) {
        if (job_cancelled(call->job)) return FAIL(c, ST_CANCELLED, "", "error.cancelled");
        job_progress(call->job, m.piece, h->offer_pieces, "phase.import.correct");
        TRY(scratch_run(c, SCRATCH_MAX, make_piece, &m));
    }
    return ST_OK;
}

/* ---- taking back ----------------------------------------------------------------------------------------------- */

/* Whose record an act of correction has touched; NULL: not there any more. */
static Status person_of_act(Ctx *c, const ActPart *act, Record **ret) {
    static const char *const kinds[] = { "person", "phone", "document" };
    Id person;
    *ret = NULL;
    for (size_t i = 0; i < 3 && act->n_results; i++) {
        Record *r;
        TRY(record_if_there(c, kinds[i], act->results[0], &r));
        if (!r) continue;
        if (i == 0) return *ret = r, ST_OK;
        if (!record_id(r, "person", &person)) return ST_OK;
        return record_if_there(c, "person", person, ret);
    }
    return ST_OK;
}

Status correction_act(Ctx *c, Id batch, int64_t number, Id *ret_act, Record **ret_person) {
    ActPart act;
    size_t noted = c->errs.n;
    *ret_act = ID_NONE;
    *ret_person = NULL;
    Status st = store_find_act(c, correction_key(batch, number), &act);
    if (st == ST_MISSING) return c->errs.n = noted, ST_OK;
    TRY(st);
    *ret_act = act.act;
    return person_of_act(c, &act, ret_person);
}
