/* child.c: record.add, record.correct, record.void, record.restore: the records that hang on a
 * person, each by the right that its kind asks for. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

typedef struct ChildKind {
    const char *name;
    Permission write;
} ChildKind;
static const ChildKind child_kinds[] = {
    { "name", PERM_PERSON_WRITE },     { "phone", PERM_PERSON_WRITE },
    { "document", PERM_PERSON_WRITE }, { "specific_need", PERM_NEED_WRITE },
    { "consent", PERM_PERSON_WRITE },  { "photo", PERM_PERSON_WRITE },
};

/* What a call speaks of: the record (NULL when it is new), its person, its kind. */
typedef struct Child {
    const ChildKind *child;
    const KindInfo *kind;
    Record *record, *person;
} Child;

static Status child_kind(Ctx *c, OpCall *call, Child *ret) {
    Str name = val_get_text(call->input, "kind", STR(""));
    for (size_t i = 0; i < sizeof child_kinds / sizeof child_kinds[0]; i++) {
        if (!str_is(name, child_kinds[i].name)) continue;
        ret->child = &child_kinds[i];
        ret->kind = registry_kind(c, ret->child->name);
        return actor_require(c, ret->child->write);
    }
    return FAIL(c, ST_INVALID, "kind", "error.record.kind");
}

static Status child_record(Ctx *c, OpCall *call, bool void_too, Child *ret) {
    Id id, person;
    TRY(child_kind(c, call, ret));
    if (!val_get_id(op_in(call, "id"), &id)) return FAIL(c, ST_INVALID, "id", "error.required");
    TRY(record_try(c, ret->kind, id, &ret->record));
    if (!ret->record)
        return FAIL(c, ST_MISSING, "id", "error.missing", "kind", str_of(ret->child->name));
    if (!void_too && record_is_void(ret->record))
        return FAIL(c, ST_CONFLICT, "id", "error.void", "kind", str_of(ret->child->name));
    TRY(actor_require_in(c, ret->child->write, ret->record->scope));
    if (!record_id(ret->record, "person", &person))
        return FAIL(c, ST_CORRUPT, "id", "error.missing");
    return record_need(c, "person", person, "id", &ret->person);
}

static void answer(Ctx *c, OpCall *call, Id id) {
    Val out = val_map();
    val_set_c(c->arena, &out, "id", val_id(c->arena, id));
    call->result = out;
    tx_result(c->tx, id);
}

/* ---- what is particular to a kind ------------------------------------------------------------------ */

/* Telephones are kept in international form. */
static Status tidy_phone(Ctx *c, const Child *child, Val *fields) {
    Str typed = val_get_text(*fields, "number", STR("")), e164;
    Office office = { .dial_code = STR("") };
    (void)child;
    if (str_empty(typed)) return ST_OK;
    TRY(registry_dial_code(c, c->actor->office, &office.dial_code));
    TRY(office_phone(c, &office, typed, &e164));
    val_set_c(c->arena, fields, "number", val_text(e164));
    return ST_OK;
}

/* Staged pictures become sealed ones. */
static Status tidy_photo(Ctx *c, const Child *child, Val *fields) {
    static const char *const pictures[] = { "image", "thumb" };
    for (size_t i = 0; i < 2; i++) {
        Val staged = val_get(*fields, pictures[i]), sealed;
        Str bytes;
        if (staged.type != VAL_BYTES) continue;
        TRY(staged_read(c, staged, pictures[i], &bytes));
        TRY(staged_seal(c, child->person->id, bytes, &sealed));
        val_set_c(c->arena, fields, pictures[i], sealed);
    }
    return ST_OK;
}

static Status tidy(Ctx *c, const Child *child, Val *fields) {
    if (strcmp(child->child->name, "phone") == 0) return tidy_phone(c, child, fields);
    if (strcmp(child->child->name, "photo") == 0) return tidy_photo(c, child, fields);
    return ST_OK;
}

/* ---- the operations --------------------------------------------------------------------------------- */

static Val drop_nulls(Ctx *c, Val fields) {
    Val known = val_map();
    for (size_t i = 0; i < fields.map.n; i++)
        if (fields.map.v[i].value.type != VAL_NULL)
            val_set(c->arena, &known, fields.map.v[i].key, fields.map.v[i].value);
    return known;
}

static Status new_fields(Ctx *c, OpCall *call, Child *child, Val *ret) {
    Id person;
    Val fields;
    TRY(fields_read(c, child->kind, op_in(call, "fields"), true, &fields));
    fields = drop_nulls(c, fields);
    if (!val_get_id(val_get(fields, "person"), &person))
        return FAIL(c, ST_INVALID, "person", "error.required");
    TRY(record_need(c, "person", person, "person", &child->person));
    TRY(tidy(c, child, &fields));
    TRY(merged_check(c, child->kind, (Merged){ NULL, fields }));
    *ret = fields;
    return ST_OK;
}

static Status changed_fields(Ctx *c, OpCall *call, const Child *child, Val *ret) {
    Val fields;
    TRY(fields_read(c, child->kind, op_in(call, "fields"), false, &fields));
    TRY(tidy(c, child, &fields));
    TRY(merged_check(c, child->kind, (Merged){ child->record, fields }));
    *ret = fields;
    return ST_OK;
}

/* The new record goes where the person is. */
Status op_record_add(Ctx *c, OpCall *call) {
    Child child = { 0 };
    Id id = id_new(c->env), office;
    Lane lane;
    Val fields = VAL_ABSENT;
    TRY(child_kind(c, call, &child));
    Str old_path = ctx_path_enter(c, "fields");
    Status st = new_fields(c, call, &child, &fields);
    ctx_path_leave(c, old_path);
    if (st != ST_OK) return st;
    if (!store_scope_office(c->store, child.person->scope, &office, &lane))
        return FAIL(c, ST_CORRUPT, "", "error.missing", "kind", STR("office"));
    TRY(actor_require_at(c, child.child->write, office));
    TRY(tx_create(c, child.kind, id, office, fields));
    answer(c, call, id);
    return ST_OK;
}

Status op_record_correct(Ctx *c, OpCall *call) {
    Child child = { 0 };
    Val fields = VAL_ABSENT;
    TRY(child_record(c, call, false, &child));
    if (!call->replayed) TRY(reason_required(c, call, child.person->id));
    Str old_path = ctx_path_enter(c, "fields");
    Status st = changed_fields(c, call, &child, &fields);
    ctx_path_leave(c, old_path);
    if (st != ST_OK) return st;
    Str base = val_get_text(call->input, "base", STR(""));
    TRY(tx_set(c, child.kind, child.record->id, base, fields));
    answer(c, call, child.record->id);
    return ST_OK;
}

Status op_record_void(Ctx *c, OpCall *call) {
    Child child = { 0 };
    TRY(child_record(c, call, false, &child));
    TRY(tx_void(c, child.kind, child.record->id, call->reason));
    answer(c, call, child.record->id);
    return ST_OK;
}

Status op_record_restore(Ctx *c, OpCall *call) {
    Child child = { 0 };
    TRY(child_record(c, call, true, &child));
    ASSERT(child.record);
    if (!record_is_void(child.record)) return FAIL(c, ST_CONFLICT, "id", "error.record.stands");
    TRY(tx_unvoid(c, child.kind, child.record->id));
    answer(c, call, child.record->id);
    return ST_OK;
}
