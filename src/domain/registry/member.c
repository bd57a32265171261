/* member.c: moving a person to another family, splitting a family, its focal point, who was present.
 *
 * A membership is never rewritten to another group: it ends, and a new one begins, so that each
 * group's history tells who was in it when. */
#include "domain/registry/plan_int.h"

#include "base/banned.h"

typedef struct Move {
    Record *person, *membership, *from; /* from: the group being left; NULL: none */
    Str relationship;
} Move;

static Status move_begin(Ctx *c, Id person, const char *path, Move *ret) {
    Id group;
    TRY(record_need(c, "person", person, path, &ret->person));
    TRY(actor_require_in(c, PERM_PERSON_WRITE, ret->person->scope));
    TRY(family_membership(c, person, &ret->membership));
    if (ret->membership && record_id(ret->membership, "registration_group", &group))
        TRY(record_try(c, registry_kind(c, "registration_group"), group, &ret->from));
    return ST_OK;
}

static Status move_date(Ctx *c, OpCall *call, Day *ret) {
    Val given = op_in(call, "date");
    *ret = given.type == VAL_INT ? (Day)given.i : c->today;
    return *ret > c->today ? FAIL(c, ST_INVALID, "date", "error.date.future") : ST_OK;
}

/* The day in a group cannot end before it began: a move dated before it begins that day. */
static Status end_membership(Ctx *c, const Record *membership, Day day) {
    Val from = record_value(membership, "from_date"), fields = val_map();
    if (from.type == VAL_INT && from.i > day)
        return FAIL(c, ST_INVALID, "date", "error.move.before");
    val_set_c(c->arena, &fields, "to_date", val_int(day));
    return tx_set(c, membership->kind, membership->id, STR(""), fields);
}

static Status begin_membership(Ctx *c, Id office, const Move *m, Id group, Day day, Id *ret_id) {
    Val fields = val_map();
    val_set_c(c->arena, &fields, "person", val_id(c->arena, m->person->id));
    val_set_c(c->arena, &fields, "registration_group", val_id(c->arena, group));
    val_set_c(c->arena, &fields, "relationship", val_text(m->relationship));
    val_set_c(c->arena, &fields, "presence", val_text(STR(PRESENCE_PRESENT)));
    val_set_c(c->arena, &fields, "from_date", val_int(day));
    *ret_id = id_new(c->env);
    return tx_create(c, registry_kind(c, "membership"), *ret_id, office, fields);
}

static Status office_of_record(Ctx *c, const Record *r, Id *ret) {
    Lane lane;
    if (store_scope_office(c->store, r->scope, ret, &lane)) return ST_OK;
    return FAIL(c, ST_CORRUPT, "", "error.missing", "kind", STR("office"));
}

static bool is_focal(const Record *group, Id person) {
    Id focal;
    return group && record_id(group, "focal_point", &focal) && id_eq(focal, person);
}

/* A family whose last member leaves is closed; one whose focal point leaves alone needs another. */
static Status leave_group(Ctx *c, const Record *group, size_t n_leaving, bool focal_leaves) {
    Record **members;
    size_t n;
    TRY(family_members(c, group->id, &members, &n));
    if (n > n_leaving)
        return focal_leaves ? FAIL(c, ST_CONFLICT, "", "error.focal_point.first") : ST_OK;
    Val fields = val_map();
    val_set_c(c->arena, &fields, "process_status", val_text(STR(PROCESS_CLOSED)));
    return tx_set(c, group->kind, group->id, STR(""), fields);
}

/* ---- member.move --------------------------------------------------------------------------------- */

Status op_member_move(Ctx *c, OpCall *call) {
    Move m = { .relationship = val_get_text(call->input, "relationship", STR("")) };
    Id person, to_id, office, membership;
    Record *to;
    Day day;
    if (!val_get_id(op_in(call, "person"), &person) || !val_get_id(op_in(call, "to_group"), &to_id))
        return FAIL(c, ST_INVALID, "person", "error.required");
    TRY(move_begin(c, person, "person", &m));
    TRY(record_need(c, "registration_group", to_id, "to_group", &to));
    TRY(actor_require_in(c, PERM_PERSON_WRITE, to->scope));
    TRY(move_date(c, call, &day));
    if (m.from && id_eq(m.from->id, to->id))
        return FAIL(c, ST_CONFLICT, "to_group", "error.move.same_group");
    if (str_is(m.relationship, RELATIONSHIP_FOCAL_POINT))
        return FAIL(c, ST_INVALID, "relationship", "error.focal_point.two");
    if (m.from) TRY(leave_group(c, m.from, 1, is_focal(m.from, person)));
    if (m.membership) TRY(end_membership(c, m.membership, day));
    TRY(office_of_record(c, to, &office));
    TRY(begin_membership(c, office, &m, to->id, day, &membership));
    Val out = val_map();
    val_set_c(c->arena, &out, "membership", val_id(c->arena, membership));
    call->result = out;
    tx_result(c->tx, person);
    return ST_OK;
}

/* ---- member.split -------------------------------------------------------------------------------- */

/* The relationship given for a person; empty where none is. */
static Str relationship_given(Val list, Id person) {
    for (size_t i = 0; list.type == VAL_LIST && i < list.list.n; i++) {
        Id id;
        Val one = list.list.v[i];
        if (val_get_id(val_get(one, "person"), &id) && id_eq(id, person))
            return val_get_text(one, "relationship", STR(""));
    }
    return STR("");
}

/* All from one family; each with a relationship to the new focal point, who is among them. */
static Status split_members(Ctx *c, OpCall *call, Id focal, Move *moves, size_t n) {
    Val persons = op_in(call, "persons"), given = op_in(call, "relationships");
    bool focal_there = false;
    for (size_t i = 0; i < n; i++) {
        Id id;
        Str path = str_printf(c->arena, "persons[%zu]", i);
        const char *at = str_c(c->arena, path);
        if (!val_get_id(persons.list.v[i], &id)) return FAIL(c, ST_INVALID, at, "error.required");
        for (size_t j = 0; j < i; j++)
            if (id_eq(moves[j].person->id, id)) return FAIL(c, ST_INVALID, at, "error.split.twice");
        TRY(move_begin(c, id, at, &moves[i]));
        if (!moves[i].from || !moves[0].from || !id_eq(moves[i].from->id, moves[0].from->id))
            return FAIL(c, ST_CONFLICT, at, "error.split.two_groups");
        bool leads = id_eq(id, focal);
        focal_there = focal_there || leads;
        moves[i].relationship =
            leads ? STR(RELATIONSHIP_FOCAL_POINT) : relationship_given(given, id);
        if (str_empty(moves[i].relationship))
            return FAIL(c, ST_INVALID, at, "error.relationship.required");
    }
    return focal_there ? ST_OK : FAIL(c, ST_INVALID, "focal_point", "error.focal_point.outside");
}

/* The new group stands where the old one did, unless the input says otherwise. */
static Status split_fields(Ctx *c, OpCall *call, const Record *old, Id focal, Day day, Val *ret) {
    static const char *const kept[] = {
        "country_of_asylum", "admin1",     "admin2",      "village",      "address",
        "coo_admin1",        "coo_admin2", "coo_village", "arrival_date", "interview_language",
        "registration_level"
    };
    Str old_path = ctx_path_enter(c, "group");
    Val in = op_in(call, "group");
    Status st = fields_writable(c, old->kind, in, true), one;
    Val fields = plan_known(c, old->kind, in);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        plan_default(c, &fields, kept[i], record_value(old, kept[i]));
    plan_default(c, &fields, "registration_date", val_int(day));
    plan_default(c, &fields, "process_status", val_text(STR(PROCESS_ACTIVE)));
    val_set_c(c->arena, &fields, "focal_point", val_id(c->arena, focal));
    if ((one = merged_check(c, old->kind, (Merged){ NULL, fields })) != ST_OK) st = one;
    ctx_path_leave(c, old_path);
    *ret = fields;
    return st;
}

static bool focal_among(const Move *moves, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (is_focal(moves[0].from, moves[i].person->id)) return true;
    return false;
}

Status op_member_split(Ctx *c, OpCall *call) {
    Val persons = op_in(call, "persons"), fields, out = val_map();
    size_t n = persons.type == VAL_LIST ? persons.list.n : 0;
    Id focal, group = id_new(c->env), office_id, membership;
    Office office;
    Str number;
    Day day;
    if (n == 0) return FAIL(c, ST_INVALID, "persons", "error.required");
    if (!val_get_id(op_in(call, "focal_point"), &focal))
        return FAIL(c, ST_INVALID, "focal_point", "error.required");
    Move *moves = arena_array(c->arena, Move, n);
    TRY(split_members(c, call, focal, moves, n));
    TRY(move_date(c, call, &day));
    TRY(split_fields(c, call, moves[0].from, focal, day, &fields));
    TRY(leave_group(c, moves[0].from, n, focal_among(moves, n)));
    TRY(office_of_record(c, moves[0].from, &office_id));
    TRY(office_of_input(c, val_id(c->arena, office_id), &office));
    TRY(office_next_number(c, &office, NUMBER_GROUP, &number));
    val_set_c(c->arena, &fields, "number", val_text(number));
    TRY(tx_create(c, registry_kind(c, "registration_group"), group, office.id, fields));
    for (size_t i = 0; i < n; i++) {
        TRY(end_membership(c, moves[i].membership, day));
        TRY(begin_membership(c, office.id, &moves[i], group, day, &membership));
    }
    val_set_c(c->arena, &out, "group", val_id(c->arena, group));
    val_set_c(c->arena, &out, "number", val_text(number));
    call->result = out;
    tx_result(c->tx, group);
    return ST_OK;
}

/* ---- member.presence -------------------------------------------------------------------------------- */

static Status membership_said(Ctx *c, OpCall *call, Record **ret) {
    Id id;
    if (val_get_id(op_in(call, "membership"), &id))
        return record_need(c, "membership", id, "membership", ret);
    if (!val_get_id(op_in(call, "person"), &id))
        return FAIL(c, ST_INVALID, "membership", "error.required");
    TRY(family_membership(c, id, ret));
    return *ret ? ST_OK : FAIL(c, ST_MISSING, "person", "error.missing", "kind", STR("membership"));
}

Status op_member_presence(Ctx *c, OpCall *call) {
    Record *r = NULL;
    Val fields = val_map(), out = val_map();
    TRY(membership_said(c, call, &r));
    ASSERT(r);
    TRY(actor_require_in(c, PERM_PERSON_WRITE, r->scope));
    val_set_c(c->arena, &fields, "presence", op_in(call, "presence"));
    TRY(tx_set(c, r->kind, r->id, STR(""), fields));
    val_set_c(c->arena, &out, "id", val_id(c->arena, r->id));
    call->result = out;
    tx_result(c->tx, r->id);
    return ST_OK;
}
