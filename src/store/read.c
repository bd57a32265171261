/* read.c: records by id, by reference and by a field's value, within reach. */
#include "store/store_int.h"

#include "base/banned.h"

bool reach_has(const Ctx *c, Lane lane, uint32_t scope) {
    if (!c->reach) return false;
    if (c->reach->everything) return true;
    for (size_t i = 0; i < c->reach->lane[lane].n; i++)
        if (c->reach->lane[lane].scopes[i] == scope) return true;
    return false;
}

bool reach_has_scope(const Ctx *c, uint32_t scope) {
    Id office;
    Lane lane;
    return store_scope_office(c->store, scope, &office, &lane) && reach_has(c, lane, scope);
}

static Status missing(Ctx *c, const KindInfo *k) {
    return FAIL(c, ST_MISSING, "", "error.missing", "kind", str_of(k->k->name));
}

/* Values of fields that live in another lane's table, as far as that lane is in reach. */
static Status add_side_values(Ctx *c, Record *r) {
    const Schema *schema = c->reader->schema;
    Id office;
    Lane own = r->kind->k->lane;
    if (!store_scope_office(c->store, r->scope, &office, &own)) return ST_OK;
    for (uint32_t lane = 0; lane < LANES; lane++) {
        TableSpec *t = schema_table(schema, r->kind, (Lane)lane);
        if (!t || t->main) continue;
        uint32_t scope = store_scope_no(c->store, office, (Lane)lane);
        if (!scope || !reach_has(c, (Lane)lane, scope)) continue;
        Row row;
        TRY(row_load(c, c->reader->db, t, r->id, scope, &row));
        if (!row.rid) continue;
        for (size_t i = 0; i < t->n_columns; i++)
            r->values[t->columns[i].field->index] = row.values[i];
        for (size_t i = 0; i < row.extra.map.n; i++) {
            const FieldInfo *f = kind_field(r->kind, row.extra.map.v[i].key);
            if (f) r->values[f->index] = row.extra.map.v[i].value;
        }
    }
    return ST_OK;
}

static Status mark_conflict(Ctx *c, Record *r) {
    Heads h;
    if (!heads_several(r->heads)) return ST_OK;
    if (!heads_parse(c->arena, r->heads, &h))
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("heads blob"));
    for (size_t i = 0; i < h.n; i++) {
        if (h.fields[i].n_heads < 2) continue;
        const FieldInfo *f = field_of_key(r->kind, &h.fields[i].key);
        if (f && f->f.merge == MERGE_MUST_RESOLVE) r->conflict = true;
    }
    return ST_OK;
}

Status record_finish(Ctx *c, Row *row, Record **ret) {
    TRY(record_from_row(c, row, ret));
    TRY(mark_conflict(c, *ret));
    return add_side_values(c, *ret);
}

Status read_record(Ctx *c, const KindInfo *k, Id id, Record **ret) {
    const TableSpec *t = schema_table(c->reader->schema, k, k->k->lane);
    Row row;
    TRY(row_find(c, c->reader->db, t, id, &row));
    if (!row.rid || !reach_has(c, t->lane, row.scope_no)) return missing(c, k);
    return record_finish(c, &row, ret);
}

/* Runs a prepared SELECT of a table's columns and keeps what is in reach. */
static Status collect(Ctx *c, const TableSpec *t, Stmt *st, size_t limit, Record ***ret,
                      size_t *ret_n) {
    VEC(Row) rows = { 0 };
    for (;;) {
        bool more = false;
        TRY(db_step(c, c->reader->db, st, &more));
        if (!more) break;
        if (!reach_has(c, t->lane, (uint32_t)col_int(st, 2))) continue;
        Row row;
        row_from_stmt(c->arena, t, st, 0, &row);
        vec_push(c->arena, &rows, row);
        if (rows.n == limit) {
            sqlite3_reset(st);
            break;
        }
    }
    Record **out = arena_array(c->arena, Record *, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        TRY(record_finish(c, &rows.v[i], &out[i]));
    *ret = out;
    *ret_n = rows.n;
    return ST_OK;
}

Status read_children(Ctx *c, const KindInfo *k, const char *ref, Id target, bool with_void,
                     Record ***ret, size_t *ret_n) {
    const TableSpec *t = schema_table(c->reader->schema, k, k->k->lane);
    if (!kind_field(k, str_of(ref))) BUG(ref);
    Str sql = str_printf(c->arena, "SELECT %s FROM \"%s\" WHERE \"%s\"=?1%s ORDER BY rid",
                         t->sql_columns, t->name, ref, with_void ? "" : " AND void IS NULL");
    Stmt *st = db_stmt(c, c->reader->db, str_c(c->arena, sql));
    if (!st) return ctx_status(c);
    bind_id(st, 1, &target);
    return collect(c, t, st, SIZE_MAX, ret, ret_n);
}

Status read_conflicts(Ctx *c, const KindInfo *k, size_t limit, Record ***ret, size_t *ret_n) {
    const TableSpec *t = schema_table(c->reader->schema, k, k->k->lane);
    Str sql = str_printf(
        c->arena,
        "SELECT %s FROM \"%s\" WHERE void IS NULL AND rid IN (SELECT r.rid FROM conflict x JOIN \"%s\" r"
        " ON r.id=x.id AND r.scope=x.scope WHERE x.kind=?1 AND x.must=1) ORDER BY rid",
        t->sql_columns, t->name, t->name);
    Stmt *st = db_stmt(c, c->reader->db, str_c(c->arena, sql));
    if (!st) return ctx_status(c);
    bind_int(st, 1, k->k->no);
    return collect(c, t, st, limit, ret, ret_n);
}

Status read_by_field(Ctx *c, const KindInfo *k, const char *field, Val value, Record **ret) {
    const TableSpec *t = schema_table(c->reader->schema, k, k->k->lane);
    const FieldInfo *f = kind_field(k, str_of(field));
    if (!f) BUG(field);
    bool fold = f->f.type == FT_TEXT && f->f.flags & FF_INDEXED;
    if (fold && value.type == VAL_TEXT) value = val_text(text_fold(c->arena, value.text));
    Str sql = str_printf(c->arena,
                         "SELECT %s FROM \"%s\" WHERE \"%s%s\"=?1 AND void IS NULL ORDER BY rid",
                         t->sql_columns, t->name, field, fold ? "__fold" : "");
    Stmt *st = db_stmt(c, c->reader->db, str_c(c->arena, sql));
    if (!st) return ctx_status(c);
    bind_value(st, 1, c->arena, f, value);
    Record **rows = NULL;
    size_t n = 0;
    TRY(collect(c, t, st, 1, &rows, &n));
    if (n == 0) return missing(c, k);
    *ret = rows[0];
    return ST_OK;
}
