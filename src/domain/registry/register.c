/* register.c: person.register and group.register: the plan, then the writing of it. */
#include "domain/registry/plan_int.h"

#include "base/banned.h"

/* ---- preparing ----------------------------------------------------------------------------------- */

static Status find_key(Ctx *c, const Plan *plan, Str key, const char *path, size_t *ret) {
    for (size_t i = 0; i < plan->n; i++)
        if (str_eq(plan->people[i].key, key)) return *ret = i, ST_OK;
    return FAIL(c, ST_INVALID, path, "error.member.key", "key", key);
}

static Status keys_check(Ctx *c, Plan *plan) {
    Status st = ST_OK;
    for (size_t i = 0; i < plan->n; i++) {
        if (str_empty(plan->people[i].key)) plan->people[i].key = str_printf(c->arena, "%zu", i);
        for (size_t j = 0; j < i; j++) {
            if (!str_eq(plan->people[j].key, plan->people[i].key)) continue;
            Str path = str_printf(c->arena, "members[%zu].key", i);
            st = FAIL(c, ST_INVALID, str_c(c->arena, path), "error.member.key_twice");
        }
    }
    return st;
}

static Status older(Ctx *c, const PlannedPerson *parent, const PlannedPerson *child,
                    const char *path) {
    Val theirs = val_get(parent->fields, "birth_date"), born = val_get(child->fields, "birth_date");
    if (theirs.type == VAL_INT && born.type == VAL_INT && theirs.i >= born.i)
        return FAIL(c, ST_INVALID, path, "error.parent.younger");
    return ST_OK;
}

/* mother, father, spouse, caregiver: keys of rows become ids of persons. */
static Status link_member(Ctx *c, Plan *plan, size_t i, Val in) {
    static const char *const links[] = { "mother", "father", "spouse", "caregiver" };
    Status st = ST_OK, one;
    for (size_t l = 0; l < sizeof links / sizeof links[0]; l++) {
        Str key = val_get_text(in, links[l], STR(""));
        if (str_empty(key)) continue;
        size_t other = SIZE_MAX;
        one = find_key(c, plan, key, links[l], &other);
        if (one == ST_OK && other == i) one = FAIL(c, ST_INVALID, links[l], "error.person.self");
        if (one == ST_OK && l < 2) one = older(c, &plan->people[other], &plan->people[i], links[l]);
        if (one == ST_OK)
            val_set_c(c->arena, &plan->people[i].fields, links[l],
                      val_id(c->arena, plan->people[other].id));
        else
            st = one;
    }
    return st;
}

static Status plan_members(Ctx *c, Plan *plan, Val members) {
    Status st = ST_OK, one;
    plan->n = members.list.n;
    plan->people = arena_array(c->arena, PlannedPerson, plan->n);
    for (size_t i = 0; i < plan->n; i++) {
        Str old_path = ctx_path_enter(c, "members[%zu]", i);
        if ((one = plan_person(c, plan, members.list.v[i], &plan->people[i])) != ST_OK) st = one;
        ctx_path_leave(c, old_path);
    }
    if ((one = keys_check(c, plan)) != ST_OK) return one;
    for (size_t i = 0; i < plan->n; i++) {
        Str old_path = ctx_path_enter(c, "members[%zu]", i);
        if ((one = link_member(c, plan, i, members.list.v[i])) != ST_OK) st = one;
        ctx_path_leave(c, old_path);
    }
    return st;
}

static Status relationships_check(Ctx *c, Plan *plan) {
    Status st = ST_OK;
    for (size_t i = 0; i < plan->n; i++) {
        Val *m = &plan->people[i].membership;
        if (i == plan->focal)
            val_set_c(c->arena, m, "relationship", val_text(STR(RELATIONSHIP_FOCAL_POINT)));
        else if (str_is(val_get_text(*m, "relationship", STR("")), RELATIONSHIP_FOCAL_POINT))
            st = FAIL(c, ST_INVALID,
                      str_c(c->arena, str_printf(c->arena, "members[%zu].relationship", i)),
                      "error.focal_point.two");
    }
    return st;
}

/* The clocks of an interview are the desk's, so its end is too: saved offline, it ended when the clerk
 * saved and not when the node heard of it. */
static Status plan_interview(Ctx *c, Plan *plan, Val in, Time client_time) {
    if (in.type != VAL_MAP) return ST_OK;
    const KindInfo *k = registry_kind(c, "interview");
    Val fields = plan_known(c, k, in);
    val_set_c(c->arena, &fields, "registration_group", val_id(c->arena, plan->group));
    if (!id_is_none(c->actor->user))
        val_set_c(c->arena, &fields, "clerk", val_id(c->arena, c->actor->user));
    val_set_c(c->arena, &fields, "saved_at",
              val_int(client_time == TIME_NONE ? c->now : client_time));
    plan->interview = fields;
    Str old_path = ctx_path_enter(c, "interview");
    Status st = merged_check(c, k, (Merged){ NULL, fields });
    ctx_path_leave(c, old_path);
    return st;
}

/* The id of the new group: the client's, or a new one. */
/* Once when it is prepared, and once when it is written: two pages may have the same interview open. */
static Status group_id_free(Ctx *c, const Plan *plan) {
    Record *taken;
    TRY(record_try(c, registry_kind(c, "registration_group"), plan->group, &taken));
    if (!taken) return ST_OK;
    if (!id_eq(plan->group, plan->draft)) return FAIL(c, ST_CONFLICT, "id", "error.id.taken");
    return FAIL(c, ST_CONFLICT, "draft", "error.draft.registered", "number",
                record_text(taken, "number"));
}

/* An interview becomes a family of its id: it can be registered once. */
static Status plan_group_id(Ctx *c, Plan *plan, Val given, Val draft) {
    plan->is_new_group = true;
    if (!val_get_id(draft, &plan->draft)) plan->draft = ID_NONE;
    if (!val_get_id(given, &plan->group)) plan->group = plan->draft;
    plan->group_named = !id_is_none(plan->group);
    if (plan->group_named) return group_id_free(c, plan);
    plan->group = id_new(c->env);
    return ST_OK;
}

Status op_group_register_prepare(Ctx *c, OpCall *call) {
    Plan *plan = arena_new_of(c->arena, Plan);
    Val members = op_in(call, "members");
    if (members.type != VAL_LIST || members.list.n == 0)
        return FAIL(c, ST_INVALID, "members", "error.group.empty");
    TRY(office_of_input(c, op_in(call, "office"), &plan->office));
    TRY(plan_group_id(c, plan, op_in(call, "id"), op_in(call, "draft")));
    Status st = plan_group(c, plan, op_in(call, "group")), one;
    if ((one = plan_members(c, plan, members)) != ST_OK) st = one;
    one = plan_interview(c, plan, op_in(call, "interview"), call->client_time);
    if (one != ST_OK) st = one;
    if (st != ST_OK) return st;
    Str focal = val_get_text(call->input, "focal_point", STR(""));
    TRY(find_key(c, plan, focal, "focal_point", &plan->focal));
    TRY(relationships_check(c, plan));
    if (!call->replayed) TRY(plan_check_doubles(c, plan, op_in(call, "confirmed_not")));
    call->prepared = plan;
    return ST_OK;
}

/* Into a family that is there: the relationship must be said, and there is a focal point already. */
static Status join_check(Ctx *c, Plan *plan, Val in, Id group) {
    Record *r;
    TRY(record_need(c, "registration_group", group, "group", &r));
    TRY(actor_require_in(c, PERM_PERSON_WRITE, r->scope));
    plan->group = group;
    plan->focal = SIZE_MAX;
    Str relationship = val_get_text(in, "relationship", STR(""));
    if (str_empty(relationship))
        return FAIL(c, ST_INVALID, "relationship", "error.relationship.required");
    if (str_is(relationship, RELATIONSHIP_FOCAL_POINT))
        return FAIL(c, ST_INVALID, "relationship", "error.focal_point.two");
    return ST_OK;
}

Status op_person_register_prepare(Ctx *c, OpCall *call) {
    Plan *plan = arena_new_of(c->arena, Plan);
    Id group;
    TRY(office_of_input(c, op_in(call, "office"), &plan->office));
    if (val_get_id(op_in(call, "group"), &group))
        TRY(join_check(c, plan, call->input, group));
    else
        TRY(plan_group_id(c, plan, VAL_ABSENT, VAL_ABSENT));
    if (plan->is_new_group) TRY(plan_group(c, plan, VAL_ABSENT));
    plan->n = 1;
    plan->people = arena_array(c->arena, PlannedPerson, 1);
    TRY(plan_person(c, plan, call->input, &plan->people[0]));
    if (plan->is_new_group) TRY(relationships_check(c, plan));
    if (!call->replayed) TRY(plan_check_doubles(c, plan, op_in(call, "confirmed_not")));
    call->prepared = plan;
    return ST_OK;
}

/* ---- writing ------------------------------------------------------------------------------------- */

static Status write_photo(Ctx *c, const Plan *plan, const PlannedPerson *p) {
    if (!p->photo.s) return ST_OK;
    Val fields = val_map(), image, thumb;
    TRY(staged_seal(c, p->id, p->photo, &image));
    val_set_c(c->arena, &fields, "person", val_id(c->arena, p->id));
    val_set_c(c->arena, &fields, "image", image);
    val_set_c(c->arena, &fields, "taken_on", val_int(c->today));
    if (p->thumb.s) {
        TRY(staged_seal(c, p->id, p->thumb, &thumb));
        val_set_c(c->arena, &fields, "thumb", thumb);
    }
    return tx_create(c, registry_kind(c, "photo"), id_new(c->env), plan->office.id, fields);
}

static Status write_person(Ctx *c, const Plan *plan, PlannedPerson *p, Str *ret_number) {
    TRY(office_next_number(c, &plan->office, NUMBER_INDIVIDUAL, ret_number));
    val_set_c(c->arena, &p->fields, "number", val_text(*ret_number));
    TRY(tx_create(c, registry_kind(c, "person"), p->id, plan->office.id, p->fields));
    TRY(tx_create(c, registry_kind(c, "membership"), id_new(c->env), plan->office.id,
                  p->membership));
    for (size_t i = 0; i < p->records.n; i++)
        TRY(tx_create(c, p->records.v[i].kind, id_new(c->env), plan->office.id,
                      p->records.v[i].fields));
    TRY(write_photo(c, plan, p));
    tx_result(c->tx, p->id);
    return ST_OK;
}

static Status write_group(Ctx *c, Plan *plan, Str *ret_number) {
    if (plan->group_named) TRY(group_id_free(c, plan));
    TRY(office_next_number(c, &plan->office, NUMBER_GROUP, ret_number));
    val_set_c(c->arena, &plan->group_fields, "number", val_text(*ret_number));
    val_set_c(c->arena, &plan->group_fields, "focal_point",
              val_id(c->arena, plan->people[plan->focal].id));
    TRY(tx_create(c, registry_kind(c, "registration_group"), plan->group, plan->office.id,
                  plan->group_fields));
    tx_result(c->tx, plan->group);
    if (plan->interview.type != VAL_MAP) return ST_OK;
    return tx_create(c, registry_kind(c, "interview"), id_new(c->env), plan->office.id,
                     plan->interview);
}

/* Between preparing and writing the family may have been voided. */
static Status group_still_there(Ctx *c, const Plan *plan, Str *ret_number) {
    Record *r;
    TRY(record_need(c, "registration_group", plan->group, "group", &r));
    *ret_number = record_text(r, "number");
    return ST_OK;
}

static void put_text(Ctx *c, Val *map, const char *key, Str text) {
    val_set_c(c->arena, map, key, val_text(text));
}

/* Writes the plan; fills in the numbers given out. */
static Status write_plan(Ctx *c, Plan *plan, Str *ret_group_number, Val *ret_members) {
    if (plan->is_new_group)
        TRY(write_group(c, plan, ret_group_number));
    else
        TRY(group_still_there(c, plan, ret_group_number));
    Val members = val_list();
    for (size_t i = 0; i < plan->n; i++) {
        Val member = val_map();
        Str number;
        TRY(write_person(c, plan, &plan->people[i], &number));
        put_text(c, &member, "key", plan->people[i].key);
        val_set_c(c->arena, &member, "person", val_id(c->arena, plan->people[i].id));
        put_text(c, &member, "number", number);
        val_push(c->arena, &members, member);
    }
    *ret_members = members;
    return id_is_none(plan->draft) ? ST_OK : draft_drop(c, plan->draft);
}

Status op_group_register(Ctx *c, OpCall *call) {
    Plan *plan = call->prepared;
    Str number;
    Val members, out = val_map();
    TRY(write_plan(c, plan, &number, &members));
    val_set_c(c->arena, &out, "group", val_id(c->arena, plan->group));
    put_text(c, &out, "number", number);
    val_set_c(c->arena, &out, "members", members);
    call->result = out;
    return ST_OK;
}

Status op_person_register(Ctx *c, OpCall *call) {
    Plan *plan = call->prepared;
    Str group_number;
    Val members, out = val_map();
    TRY(write_plan(c, plan, &group_number, &members));
    val_set_c(c->arena, &out, "person", val_id(c->arena, plan->people[0].id));
    val_set_c(c->arena, &out, "number", val_get(members.list.v[0], "number"));
    val_set_c(c->arena, &out, "group", val_id(c->arena, plan->group));
    put_text(c, &out, "group_number", group_number);
    call->result = out;
    return ST_OK;
}
