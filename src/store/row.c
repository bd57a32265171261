/* row.c: rows of the projection to typed values and back. */
#include "store/store_int.h"

#include "base/banned.h"

Val val_from_column(Arena *a, const FieldInfo *f, Stmt *st, int i) {
    if (col_is_null(st, i)) return VAL_ABSENT;
    switch (f->f.type) {
    case FT_TEXT:
    case FT_CODE: return val_text(col_copy(a, st, i));
    case FT_REF:
    case FT_BLOB: return val_bytes(col_copy(a, st, i));
    case FT_BOOL: return val_bool(col_int(st, i) != 0);
    case FT_SET: {
        Ctx c = ctx_new(arena_env(a), a);
        Val v = VAL_ABSENT;
        Str json = col_copy(a, st, i);
        if (json_parse(&c, json, json.n, &v) != ST_OK) return VAL_ABSENT;
        return v;
    }
    default: return val_int(col_int(st, i));
    }
}

void bind_value(Stmt *st, int i, Arena *a, const FieldInfo *f, Val v) {
    switch (v.type) {
    case VAL_BOOL: bind_int(st, i, v.b); break;
    case VAL_INT: bind_int(st, i, v.i); break;
    case VAL_TEXT: bind_text(st, i, v.text); break;
    case VAL_BYTES: bind_blob(st, i, v.text); break;
    case VAL_LIST: {
        if (v.list.n == 0) {
            bind_null(st, i);
            break;
        }
        Buf b = buf_new(a, 1 << 20);
        json_write(&b, v);
        bind_text(st, i, buf_text(&b));
        break;
    }
    default: bind_null(st, i); break;
    }
    (void)f;
}

/* Values of custom fields as JSON: bytes and sets would not come back typed, so each is CBOR in hex
 * when it is not text, int or bool. Text, int and bool stay readable for ->>. */
static Val extra_value(Arena *a, const FieldInfo *f, Val v) {
    if (!f) return v;
    if (v.type == VAL_TEXT && (f->f.type == FT_REF || f->f.type == FT_BLOB)) {
        Str hex = v.text;
        uint8_t *bytes = arena_alloc(a, hex.n / 2 + 1);
        if (!hex_decode(hex, bytes, hex.n / 2)) return VAL_ABSENT;
        return val_bytes(str_n(bytes, hex.n / 2));
    }
    return v;
}

static Val extra_parse(Arena *a, const KindInfo *k, Str json) {
    Ctx c = ctx_new(arena_env(a), a);
    Val v = VAL_ABSENT, out = val_map();
    if (json.n == 0 || json_parse(&c, json, json.n, &v) != ST_OK || v.type != VAL_MAP) return out;
    for (size_t i = 0; i < v.map.n; i++) {
        const FieldInfo *f = kind_field(k, v.map.v[i].key);
        val_set(a, &out, v.map.v[i].key, extra_value(a, f, v.map.v[i].value));
    }
    return out;
}

void row_from_stmt(Arena *a, const TableSpec *t, Stmt *st, int first, Row *ret) {
    *ret = (Row){ .table = t };
    ret->rid = col_int(st, first);
    ret->id = col_id(st, first + 1);
    ret->scope_no = (uint32_t)col_int(st, first + 2);
    ret->void_code = col_is_null(st, first + 3) ? VAL_ABSENT : val_text(col_copy(a, st, first + 3));
    ret->extra = col_is_null(st, first + 4) ? val_map()
                                            : extra_parse(a, t->kind, col_copy(a, st, first + 4));
    ret->heads_blob = col_copy(a, st, first + 5);
    ret->values = arena_array(a, Val, t->n_columns + 1);
    for (size_t i = 0; i < t->n_columns; i++)
        ret->values[i] = val_from_column(a, t->columns[i].field, st, first + 6 + (int)i);
}

void row_none(Ctx *c, const TableSpec *t, Id id, uint32_t scope_no, Row *ret) {
    *ret = (Row){ .table = t, .id = id, .scope_no = scope_no, .extra = val_map() };
    ret->values = arena_array(c->arena, Val, t->n_columns + 1);
}

Status row_load(Ctx *c, Db *db, const TableSpec *t, Id id, uint32_t scope_no, Row *ret) {
    Stmt *st = db_stmt(c, db, t->sql_select);
    if (!st) return ctx_status(c);
    bind_id(st, 1, &id);
    bind_int(st, 2, scope_no);
    bool row = false;
    TRY(db_step(c, db, st, &row));
    if (!row) {
        row_none(c, t, id, scope_no, ret);
        return ST_OK;
    }
    row_from_stmt(c->arena, t, st, 0, ret);
    sqlite3_reset(st);
    if (!heads_parse(c->arena, ret->heads_blob, &ret->heads))
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("heads blob"));
    return ST_OK;
}

Status row_find(Ctx *c, Db *db, const TableSpec *t, Id id, Row *ret) {
    Stmt *st = db_stmt(c, db, t->sql_select_any);
    if (!st) return ctx_status(c);
    bind_id(st, 1, &id);
    bool row = false;
    TRY(db_step(c, db, st, &row));
    if (!row) {
        *ret = (Row){ .table = t, .id = id };
        return ST_OK;
    }
    row_from_stmt(c->arena, t, st, 0, ret);
    sqlite3_reset(st);
    if (!heads_parse(c->arena, ret->heads_blob, &ret->heads))
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("heads blob"));
    return ST_OK;
}

const FieldInfo *field_of_key(const KindInfo *k, const FieldKey *key) {
    return key->no ? kind_field_no(k, key->no) : kind_field_id(k, key->custom);
}

/* ---- records ---- */

Status record_from_row(Ctx *c, Row *row, Record **ret) {
    const KindInfo *k = row->table->kind;
    Record *r = arena_new_of(c->arena, Record);
    r->kind = k;
    r->id = row->id;
    r->rid = row->rid;
    r->scope = row->scope_no;
    r->heads = row->heads_blob;
    r->values = arena_array(c->arena, Val, k->n_fields);
    r->values[0] = row->void_code;
    for (size_t i = 0; i < row->table->n_columns; i++)
        r->values[row->table->columns[i].field->index] = row->values[i];
    for (size_t i = 0; i < row->extra.map.n; i++) {
        const FieldInfo *f = kind_field(k, row->extra.map.v[i].key);
        if (f) r->values[f->index] = row->extra.map.v[i].value;
    }
    *ret = r;
    return ST_OK;
}

Val record_value(const Record *r, const char *field) {
    const FieldInfo *f = kind_field(r->kind, str_of(field));
    if (!f) BUG(field);
    return r->values[f->index];
}

Str record_text(const Record *r, const char *field) {
    Val v = record_value(r, field);
    return v.type == VAL_TEXT ? v.text : STR("");
}

Str record_label(const Record *r, Str lang) {
    const FieldInfo *f = kind_field_label(r->kind, lang);
    Str text = f ? record_text(r, f->key_text) : STR("");
    return text.n || !r->kind->k->title ? text : record_text(r, r->kind->k->title);
}

bool record_id(const Record *r, const char *field, Id *ret_id) {
    Val v = record_value(r, field);
    return v.type == VAL_BYTES && val_get_id(v, ret_id);
}

bool record_is_void(const Record *r) {
    return r->values[0].type == VAL_TEXT;
}
