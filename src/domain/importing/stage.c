/* stage.c: import.stage: a file is read, checked whole, and kept as a batch that waits for a word. */
#include "domain/importing/importing_int.h"

#include "base/banned.h"

enum { PREVIEW_ROWS = 5, CORRECTIONS_LISTED_MAX = 1000 };

/* ---- the file ---------------------------------------------------------------------------------------- */

static int base64_value(char ch) {
    if (ch >= 'A' && ch <= 'Z') return ch - 'A';
    if (ch >= 'a' && ch <= 'z') return ch - 'a' + 26;
    if (ch >= '0' && ch <= '9') return ch - '0' + 52;
    if (ch == '+' || ch == '-') return 62;
    if (ch == '/' || ch == '_') return 63;
    return -1;
}

/* RFC 4648 §4 and §5, padding or none. */
static Status base64_read(Ctx *c, Str text, Str *ret) {
    char *out = arena_alloc(c->arena, text.n / 4 * 3 + 4);
    size_t n = 0;
    uint32_t bits = 0;
    int have = 0;
    while (text.n && text.s[text.n - 1] == '=')
        text.n--;
    for (size_t i = 0; i < text.n; i++) {
        int value = base64_value(text.s[i]);
        if (value < 0) return FAIL(c, ST_INVALID, "text", "error.import.base64");
        bits = bits << 6 | (uint32_t)value;
        have += 6;
        if (have < 8) continue;
        have -= 8;
        out[n++] = (char)(bits >> have & 0xFF);
    }
    *ret = str_n(out, n);
    return ST_OK;
}

static Status too_large(Ctx *c, const char *path) {
    return FAIL(c, ST_LIMIT, path, "error.import.too_large", "max_mib",
                str_printf(c->arena, "%d", IMPORT_BYTES_MAX >> 20));
}

static Status file_bytes(Ctx *c, OpCall *call, Str *ret) {
    Val text = op_in(call, "text"), blob = op_in(call, "blob");
    if (blob.type == VAL_BYTES) {
        Str name = hex_encode(c->arena, blob.text.s, blob.text.n);
        size_t noted = c->errs.n;
        Status st = local_get(c, STR(IMPORT_FILES), name, ret, NULL);
        if (st == ST_OK && ret->n > IMPORT_BYTES_MAX) return too_large(c, "blob");
        if (st != ST_MISSING) return st;
        c->errs.n = noted;
        return FAIL(c, ST_MISSING, "blob", "error.import.no_file");
    }
    if (text.type != VAL_TEXT) return FAIL(c, ST_INVALID, "text", "error.import.no_file");
    TRY(base64_read(c, text.text, ret));
    return ret->n > IMPORT_BYTES_MAX ? too_large(c, "text") : ST_OK;
}

/* ---- the plan ---------------------------------------------------------------------------------------- */

static Status plan_office(Ctx *c, Plan *plan) {
    Record *r;
    Id office = c->actor->office;
    if (id_is_none(office)) return FAIL(c, ST_INVALID, "", "error.office.required");
    TRY(read_record(c, model_kind(plan->model, STR("office")), office, &r));
    plan->office = office;
    TRY(registry_dial_code(c, office, &plan->dial_code));
    if (!cal_parse_code(str_lower_ascii(c->arena, record_text(r, "calendar")), &plan->calendar))
        plan->calendar = CAL_GREGORIAN;
    return ST_OK;
}

static Status plan_make(Ctx *c, OpCall *call, Plan *plan) {
    Str kind = val_get_text(call->input, "kind", STR("person"));
    if (!str_is(kind, "person"))
        return FAIL(c, ST_INVALID, "kind", "error.import.kind", "kind_name", kind);
    *plan = (Plan){ .model = store_model(c->store), .ops = call->table, .today = c->today };
    plan->group_register = op_find(call->table, STR("group.register"));
    if (!plan->group_register)
        return FAIL(c, ST_UNSUPPORTED, "", "error.op.unknown", "operation", STR("group.register"));
    TRY(actor_require(c, plan->group_register->needs));
    return plan_office(c, plan);
}

/* ---- same file twice ------------------------------------------------------------------------------------ */

typedef struct Stage {
    OpCall *call;
    Plan plan;
    Reading reading;
    Val mapping, values; /* as given, or of the profile */
    Str bytes, hash, settings;
    Id batch;
    Head head;
    bool dry_run, repeated;
} Stage;

/* What else decides how the file is read: the same file with another mapping is another batch. */
static Str settings_of(Ctx *c, Val mapping, Val values) {
    Val v = val_map();
    val_set_c(c->arena, &v, "mapping", mapping);
    val_set_c(c->arena, &v, "values", values);
    Buf b = buf_new(c->arena, 1 << 20);
    cbor_put_val(&b, v);
    Hash256 h = sha256(buf_text(&b));
    return hex_encode(c->arena, h.b, sizeof h.b);
}

/* An approved batch of the same file, whatever its mapping; or a staged one read the same way. */
static Status find_repeated(Ctx *c, Stage *s, Record **ret) {
    Record **rows;
    size_t n;
    *ret = NULL;
    TRY(batch_same_file(c, s->hash, &rows, &n));
    for (size_t i = 0; i < n && !*ret; i++) {
        Head h;
        size_t noted = c->errs.n;
        bool approved = str_is(record_text(rows[i], "state"), "APPROVED");
        bool kept = !approved && head_read(c, rows[i]->id, &h) == ST_OK;
        c->errs.n = noted;
        if (approved || (kept && str_eq(h.settings, s->settings))) *ret = rows[i];
    }
    return ST_OK;
}

static void answer_repeated(Ctx *c, OpCall *call, const Record *batch) {
    Val out = val_map();
    val_set_c(c->arena, &out, "batch", val_id(c->arena, batch->id));
    val_set_c(c->arena, &out, "repeated", val_bool(true));
    val_set_c(c->arena, &out, "state", record_value(batch, "state"));
    val_set_c(c->arena, &out, "rows", record_value(batch, "rows"));
    val_set_c(c->arena, &out, "good", record_value(batch, "rows_good"));
    val_set_c(c->arena, &out, "made", record_value(batch, "made"));
    val_set_c(c->arena, &out, "errors", val_list());
    call->result = out;
}

/* ---- keeping it ------------------------------------------------------------------------------------------ */

/* In pieces that are written one by one: other work goes on between them. */
typedef struct Piece {
    Stage *s;
    size_t first, n;
} Piece;

static Status write_piece(Ctx *c, void *arg) {
    const Piece *p = arg;
    Stage *s = p->s;
    Buf b = buf_new(c->arena, CHUNK_ARENA_MAX / 2);
    cbor_put_array(&b, p->n);
    for (size_t i = p->first; i < p->first + p->n; i++)
        buf_str(&b, s->reading.families.v[i]);
    if (buf_full(&b)) return FAIL(c, ST_LIMIT, "text", "error.import.too_much");
    return chunk_put(c, s->batch, s->head.chunks++, buf_text(&b));
}

static Status put_chunk(Ctx *c, Stage *s, size_t first, size_t n) {
    Piece p = { s, first, n };
    return scratch_run(c, CHUNK_ARENA_MAX, write_piece, &p);
}

static Status put_chunks(Ctx *c, Stage *s) {
    size_t first = 0, bytes = 0, n = s->reading.families.n;
    for (size_t i = 0; i < n; i++) {
        size_t more = s->reading.families.v[i].n;
        bool full = i - first == CHUNK_FAMILIES || (i > first && bytes + more > CHUNK_BYTES_MAX);
        if (full) {
            TRY(put_chunk(c, s, first, i - first));
            first = i;
            bytes = 0;
            job_progress(s->call->job, (int64_t)i, (int64_t)n, "phase.import.keep");
        }
        bytes += more;
    }
    return first < n ? put_chunk(c, s, first, n - first) : ST_OK;
}

static Status write_batch_record(Ctx *c, void *arg) {
    Stage *s = arg;
    Arena *a = c->arena;
    Val fields = val_map();
    Str name = val_get_text(s->call->input, "file_name", STR(""));
    if (name.n) val_set_c(a, &fields, "file_name", val_text(name));
    val_set_c(a, &fields, "kind", val_text(STR("person")));
    val_set_c(a, &fields, "state", val_text(STR("STAGED")));
    val_set_c(a, &fields, "rows", val_int((int64_t)s->plan.table.n));
    val_set_c(a, &fields, "rows_good", val_int((int64_t)s->reading.rows_good));
    val_set_c(a, &fields, "families", val_int((int64_t)s->reading.families.n));
    val_set_c(a, &fields, "doubles", val_int((int64_t)s->reading.doubles));
    if (s->reading.n_changes) {
        val_set_c(a, &fields, "rows_changed", val_int((int64_t)s->reading.changed.n));
        val_set_c(a, &fields, "corrections", val_int((int64_t)s->reading.n_changes));
    }
    val_set_c(a, &fields, "made", val_int(0));
    val_set_c(a, &fields, "file_hash", val_text(s->hash));
    TRY(tx_create(c, batch_kind(c), s->batch, s->plan.office, fields));
    /* The rows are kept now: the file is not needed any more. */
    TRY(local_delete(c, STR(IMPORT_FILES), s->hash));
    return head_put(c, s->batch, &s->head);
}

/* The record comes last: without it the chunks are nobody's. */
static Status keep(Ctx *c, Stage *s) {
    s->batch = id_new(c->env);
    s->head = (Head){ .families = (int64_t)s->reading.families.n, .settings = s->settings };
    TRY(put_chunks(c, s));
    TRY(corrections_put(c, s->batch, s->reading.changed.v, s->reading.changed.n, &s->head));
    TRY(seen_put(c, s->batch, s->reading.seen.v, s->reading.seen.n));
    return batch_write(c, s->call, write_batch_record, s);
}

/* ---- the answer ---------------------------------------------------------------------------------------- */

/* The first rows as they would be, by target. */
static Val preview(Ctx *c, const Plan *plan) {
    Val list = val_list();
    for (size_t i = 0; i < plan->table.n && i < PREVIEW_ROWS; i++) {
        const SourceRow *row = &plan->table.rows[i];
        Findings none = { .arena = c->arena };
        Member m;
        row_read(c, plan, row, &none, &m);
        Val person = val_get(m.input, "person"), line = val_map();
        for (size_t k = 0; k < plan->table.n_columns && k < row->n; k++) {
            const Column *col = &plan->columns[k];
            if (col->target_text.n == 0 || row->cells[k].n == 0) continue;
            Val read = col->target.kind == TARGET_PERSON ? val_get_str(person, col->target_text)
                                                         : VAL_ABSENT;
            bool text = read.type == VAL_TEXT;
            if (val_is_absent(val_get_str(line, col->target_text)))
                val_set(c->arena, &line, col->target_text, text ? read : val_text(row->cells[k]));
        }
        val_push(c->arena, &list, line);
    }
    return list;
}

static void put_count(Ctx *c, Val *out, const char *key, size_t n) {
    val_set_c(c->arena, out, key, val_int((int64_t)n));
}

static Status answer(Ctx *c, Stage *s) {
    Val out = val_map(), corrections;
    const Reading *r = &s->reading;
    if (!id_is_none(s->batch)) val_set_c(c->arena, &out, "batch", val_id(c->arena, s->batch));
    put_count(c, &out, "rows", s->plan.table.n);
    put_count(c, &out, "good", r->rows_good);
    put_count(c, &out, "failed", r->rows_failed);
    put_count(c, &out, "held", r->rows_held);
    put_count(c, &out, "again", r->rows_again);
    put_count(c, &out, "changed", r->changed.n);
    put_count(c, &out, "n_corrections", r->n_changes);
    put_count(c, &out, "families", r->families.n);
    put_count(c, &out, "doubles", r->doubles);
    put_count(c, &out, "n_errors", r->findings.errors);
    put_count(c, &out, "n_warnings", r->findings.warnings);
    size_t all = r->findings.errors + r->findings.warnings;
    put_count(c, &out, "not_listed", all - r->findings.list.n);
    val_set_c(c->arena, &out, "errors", findings_show(c, &r->findings, FINDINGS_LISTED_MAX));
    val_set_c(c->arena, &out, "values", findings_values(c, &r->findings));
    val_set_c(c->arena, &out, "mapping", mapping_show(c, &s->plan));
    val_set_c(c->arena, &out, "preview", preview(c, &s->plan));
    TRY(corrections_show(c, r->changed.v, r->changed.n, CORRECTIONS_LISTED_MAX, &corrections));
    val_set_c(c->arena, &out, "corrections", corrections);
    s->call->result = out;
    return ST_OK;
}

/* ---- the operation ---------------------------------------------------------------------------------------- */

static Status settings_read(Ctx *c, Stage *s) {
    Str profile = val_get_text(s->call->input, "profile", STR(""));
    s->mapping = op_in(s->call, "mapping");
    s->values = op_in(s->call, "values");
    if (profile.n) {
        Val mapping, values;
        TRY(profile_read(c, profile, &mapping, &values));
        if (val_is_absent(s->mapping)) s->mapping = mapping;
        if (val_is_absent(s->values)) s->values = values;
    }
    s->settings = settings_of(c, s->mapping, s->values);
    return ST_OK;
}

/* All that only reads, before anything is written. */
static Status look_first(Ctx *c, void *arg) {
    Stage *s = arg;
    Record *before = NULL;
    TRY(plan_make(c, s->call, &s->plan));
    TRY(file_bytes(c, s->call, &s->bytes));
    TRY(settings_read(c, s));
    Hash256 h = sha256(s->bytes);
    s->hash = hex_encode(c->arena, h.b, sizeof h.b);
    TRY(find_repeated(c, s, &before));
    s->repeated = before != NULL && !s->dry_run;
    if (s->repeated) answer_repeated(c, s->call, before);
    return ST_OK;
}

static Status save_profile(Ctx *c, Stage *s) {
    Str name = val_get_text(s->call->input, "save_profile", STR(""));
    if (name.n == 0) return ST_OK;
    return profile_save(c, name, mapping_show(c, &s->plan), s->values);
}

Status op_import_stage(Ctx *c, OpCall *call) {
    Stage s = { .call = call, .dry_run = val_get_bool(call->input, "dry_run", false) };
    job_progress(call->job, 0, 0, "phase.import.read");
    TRY(batch_read(c, look_first, &s));
    if (s.repeated) return ST_OK;
    s.reading.findings.arena = c->arena;
    TRY(table_read(c, s.bytes, &s.reading.findings, &s.plan.table));
    TRY(mapping_make(c, &s.plan, s.mapping, s.values, &s.reading.findings));
    TRY(seen_look(c, &s.plan));
    TRY(families_read(c, &s.plan, call->job, &s.reading));
    TRY(save_profile(c, &s));
    bool brings = s.reading.families.n || s.reading.n_changes;
    if (!s.dry_run && brings) TRY(keep(c, &s));
    return answer(c, &s);
}
