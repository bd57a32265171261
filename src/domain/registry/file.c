/* file.c: person.file, person.as_of, group.file: everything about one person or family that the
 * actor may see, as one answer. */
#include "domain/registry/registry_int.h"

#include <stdlib.h>

#include "base/banned.h"

static void put(Ctx *c, Val *out, const char *key, Val v) {
    val_set_c(c->arena, out, key, v);
}

static Str joined(Ctx *c, const Record *person) {
    Merged m = { person, VAL_ABSENT };
    return names_joined(c, person->kind, &m);
}

/* ---- the records of a person, from the present or from a past day --------------------------------- */

typedef struct File {
    Record *person;
    bool past; /* as of a day: no versions, no sealed fields, no conflicts */
    Time at;
    Record **records; /* past only: all of the person's subject */
    size_t n;
    Val conflicts;
    Map titles; /* of what its records refer to */
    bool sealed_opened;
} File;

static Status records_of(Ctx *c, const File *file, const char *kind, Record ***ret, size_t *ret_n) {
    const KindInfo *k = registry_kind(c, kind);
    if (!file->past) return read_children(c, k, "person", file->person->id, false, ret, ret_n);
    Record **kept = arena_array(c->arena, Record *, file->n);
    size_t n = 0;
    for (size_t i = 0; i < file->n; i++)
        if (file->records[i]->kind == k && !record_is_void(file->records[i]))
            kept[n++] = file->records[i];
    *ret = kept;
    *ret_n = n;
    return ST_OK;
}

static bool has_sealed(const KindInfo *k) {
    for (size_t i = 0; i < k->n_fields; i++)
        if (k->fields[i].f.flags & FF_SEALED) return true;
    return false;
}

/* Sealed fields are shown to those who may open them; to others the record is there without them. */
static Status open_if_allowed(Ctx *c, File *file, Record *r) {
    if (!c->reach || !c->reach->sealed || !actor_may_in(c->actor, PERM_SEALED_READ, r->scope))
        return ST_OK;
    TRY(record_open_sealed(c, r));
    file->sealed_opened = true;
    return ST_OK;
}

static Status put_list(Ctx *c, File *file, const char *kind, const char *key, Val *out) {
    Record **rows;
    size_t n;
    Val list = val_list();
    TRY(records_of(c, file, kind, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        if (!file->past && has_sealed(rows[i]->kind)) TRY(open_if_allowed(c, file, rows[i]));
        if (!file->past) TRY(conflicts_add(c, rows[i], &file->conflicts));
        val_push(c->arena, &list, record_show(c, rows[i], &file->titles, !file->past));
    }
    put(c, out, key, list);
    return ST_OK;
}

/* The group at that time; NULL where it is not the actor's to see. */
static Status group_at(Ctx *c, const File *file, Id id, Record **ret) {
    const KindInfo *k = registry_kind(c, "registration_group");
    Record **rows;
    size_t n;
    TRY(record_try(c, k, id, ret));
    if (!*ret || !file->past) return ST_OK;
    TRY(read_as_of(c, id, file->at, &rows, &n));
    *ret = NULL;
    for (size_t i = 0; i < n; i++)
        if (rows[i]->kind == k && id_eq(rows[i]->id, id)) *ret = rows[i];
    return ST_OK;
}

static Status put_groups(Ctx *c, File *file, Val *out) {
    Record **rows, *group;
    size_t n;
    Val list = val_list();
    TRY(records_of(c, file, "membership", &rows, &n));
    for (size_t i = 0; i < n; i++) {
        Id id;
        if (!record_id(rows[i], "registration_group", &id)) continue;
        TRY(group_at(c, file, id, &group));
        if (!group) continue;
        if (!file->past) TRY(conflicts_add(c, rows[i], &file->conflicts));
        Val pair = val_map();
        put(c, &pair, "membership", record_show(c, rows[i], &file->titles, !file->past));
        put(c, &pair, "group", record_show(c, group, &file->titles, !file->past));
        val_push(c->arena, &list, pair);
    }
    put(c, out, "groups", list);
    return ST_OK;
}

/* Needs are for those whose work they are; others learn how many there are, if they may know that. */
static Status put_needs(Ctx *c, File *file, Val *out) {
    Record **rows;
    size_t n;
    if (actor_may(c->actor, PERM_NEED_READ))
        return put_list(c, file, "specific_need", "needs", out);
    const Reach *reach = c->reach;
    if (!reach || (!reach->everything && reach->lane[LANE_PROTECTION].n == 0)) return ST_OK;
    TRY(records_of(c, file, "specific_need", &rows, &n));
    put(c, out, "need_count", val_int((int64_t)n));
    return ST_OK;
}

/* ---- relatives -------------------------------------------------------------------------------------- */

static void add_relative(Ctx *c, Val *list, const char *relation, const Record *person) {
    for (size_t i = 0; i < list->list.n; i++) {
        Id id;
        Val one = list->list.v[i];
        if (val_get_id(val_get(one, "id"), &id) && id_eq(id, person->id) &&
            str_is(val_get_text(one, "relation", STR("")), relation))
            return;
    }
    Val one = val_map();
    put(c, &one, "relation", val_text(str_of(relation)));
    put(c, &one, "id", val_id(c->arena, person->id));
    put(c, &one, "name", val_text(joined(c, person)));
    val_push(c->arena, list, one);
}

typedef struct Link {
    const char *field, *forth, *back; /* what they are to the person, by either side's field */
} Link;
static const Link links[] = {
    { "mother", "mother", "child" },
    { "father", "father", "child" },
    { "spouse", "spouse", "spouse" },
    { "caregiver", "caregiver", "dependant" },
};

/* One side owns a link; the other is found by its index. Past days show the person's own side. */
static Status put_relatives(Ctx *c, const File *file, Val *out) {
    const KindInfo *k = registry_kind(c, "person");
    Val list = val_list();
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        Id id;
        Record *other, **rows;
        size_t n;
        if (record_id(file->person, links[i].field, &id)) {
            TRY(record_try(c, k, id, &other));
            if (other) add_relative(c, &list, links[i].forth, other);
        }
        if (file->past) continue;
        TRY(read_children(c, k, links[i].field, file->person->id, false, &rows, &n));
        for (size_t j = 0; j < n; j++)
            add_relative(c, &list, links[i].back, rows[j]);
    }
    put(c, out, "relatives", list);
    return ST_OK;
}

/* ---- person.file, person.as_of ---------------------------------------------------------------------- */

static Status show_file(Ctx *c, File *file, Val *ret) {
    Val out = val_map();
    file->conflicts = val_list();
    file->titles = map_new(c->arena);
    if (!file->past) TRY(conflicts_add(c, file->person, &file->conflicts));
    put(c, &out, "person", record_show(c, file->person, &file->titles, !file->past));
    TRY(put_groups(c, file, &out));
    TRY(put_list(c, file, "name", "names", &out));
    TRY(put_list(c, file, "phone", "phones", &out));
    TRY(put_list(c, file, "document", "documents", &out));
    TRY(put_list(c, file, "consent", "consents", &out));
    TRY(put_list(c, file, "photo", "photos", &out));
    TRY(put_needs(c, file, &out));
    TRY(put_relatives(c, file, &out));
    put(c, &out, "conflicts", file->conflicts);
    *ret = out;
    return ST_OK;
}

Status op_person_file(Ctx *c, OpCall *call) {
    File file = { 0 };
    Id id;
    if (!val_get_id(op_in(call, "id"), &id)) return FAIL(c, ST_INVALID, "id", "error.required");
    TRY(read_record(c, registry_kind(c, "person"), id, &file.person));
    call->read_subject = id;
    TRY(show_file(c, &file, &call->result));
    call->read_sealed = file.sealed_opened;
    return ST_OK;
}

Status op_person_as_of(Ctx *c, OpCall *call) {
    const KindInfo *k = registry_kind(c, "person");
    File file = { .past = true, .at = val_get_int(call->input, "at", c->now) };
    Id id;
    if (!val_get_id(op_in(call, "id"), &id)) return FAIL(c, ST_INVALID, "id", "error.required");
    TRY(read_record(c, k, id, &file.person));
    TRY(read_as_of(c, id, file.at, &file.records, &file.n));
    file.person = NULL;
    for (size_t i = 0; i < file.n; i++)
        if (file.records[i]->kind == k && id_eq(file.records[i]->id, id))
            file.person = file.records[i];
    if (!file.person) return FAIL(c, ST_MISSING, "at", "error.person.not_yet");
    call->read_subject = id;
    call->read_sealed = c->reach && c->reach->sealed;
    return show_file(c, &file, &call->result);
}

/* ---- group.file -------------------------------------------------------------------------------------- */

typedef struct Member {
    Record *membership, *person;
    bool focal;
} Member;
typedef VEC(Member) Members;

/* The focal point, then by age, oldest first; then in order of entry. */
static int by_place(const void *a, const void *b) {
    const Member *x = a, *y = b;
    if (x->focal != y->focal) return x->focal ? -1 : 1;
    Val u = record_value(x->person, "birth_date"), v = record_value(y->person, "birth_date");
    if (u.type == VAL_INT && v.type == VAL_INT && u.i != v.i) return u.i < v.i ? -1 : 1;
    if ((u.type == VAL_INT) != (v.type == VAL_INT)) return u.type == VAL_INT ? -1 : 1;
    return id_cmp(x->person->id, y->person->id);
}

static Status members_of(Ctx *c, const Record *group, Members *present, Members *former,
                         Val *conflicts) {
    Record **rows, *person;
    size_t n;
    Id focal = ID_NONE, id;
    (void)record_id(group, "focal_point", &focal);
    TRY(read_children(c, registry_kind(c, "membership"), "registration_group", group->id,
                      record_is_void(group), &rows, &n));
    for (size_t i = 0; i < n; i++) {
        if (!record_id(rows[i], "person", &id)) continue;
        TRY(record_try(c, registry_kind(c, "person"), id, &person));
        if (!person) continue;
        TRY(conflicts_add(c, rows[i], conflicts));
        Member m = { rows[i], person, id_eq(id, focal) };
        bool stands = record_value(rows[i], "to_date").type != VAL_INT;
        if (stands)
            vec_push(c->arena, present, m);
        else
            vec_push(c->arena, former, m);
    }
    if (present->n) qsort(present->v, present->n, sizeof *present->v, by_place);
    return ST_OK;
}

static Val show_members(Ctx *c, const Members *m, Map *titles) {
    Val list = val_list();
    for (size_t i = 0; i < m->n; i++) {
        Val pair = val_map();
        put(c, &pair, "membership", record_show(c, m->v[i].membership, titles, true));
        put(c, &pair, "person", record_show(c, m->v[i].person, titles, true));
        val_push(c->arena, &list, pair);
    }
    return list;
}

Status op_group_file(Ctx *c, OpCall *call) {
    Id id;
    Record *group, **interviews;
    size_t n;
    Members present = { 0 }, former = { 0 };
    Val out = val_map(), clocks = val_list(), conflicts = val_list();
    Map titles = map_new(c->arena);
    if (!val_get_id(op_in(call, "id"), &id)) return FAIL(c, ST_INVALID, "id", "error.required");
    TRY(read_record(c, registry_kind(c, "registration_group"), id, &group));
    TRY(conflicts_add(c, group, &conflicts));
    TRY(members_of(c, group, &present, &former, &conflicts));
    TRY(read_children(c, registry_kind(c, "interview"), "registration_group", id, false,
                      &interviews, &n));
    for (size_t i = 0; i < n; i++)
        val_push(c->arena, &clocks, record_show(c, interviews[i], &titles, true));
    put(c, &out, "group", record_show(c, group, &titles, true));
    put(c, &out, "members", show_members(c, &present, &titles));
    put(c, &out, "former_members", show_members(c, &former, &titles));
    put(c, &out, "interviews", clocks);
    put(c, &out, "conflicts", conflicts);
    call->read_subject = id;
    call->result = out;
    return ST_OK;
}
