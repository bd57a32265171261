/* changed.c: a row of a known key that says something else than the register: value by value, what the
 * list would correct.
 *
 * What an earlier version of the list said is in the ledger: the last value that an import gave the
 * field. Where the register has another by now, somebody has changed it since. */
#include "domain/importing/importing_int.h"

#include "base/banned.h"

typedef struct Compare {
    Ctx *c;
    const Plan *plan;
    const Member *m;
    const Record *person;
    const HistoryEntry *history; /* NULL: not asked for yet */
    size_t n_history;
    bool said_before;
    Status status; /* of asking */
    Differences *out;
} Compare;

/* ---- values ---------------------------------------------------------------------------------------- */

static bool is_unknown(Val v) {
    return v.type == VAL_NONE || v.type == VAL_NULL;
}

static bool in_set(Val set, Val one) {
    for (size_t i = 0; i < set.list.n; i++)
        if (val_eq(set.list.v[i], one)) return true;
    return false;
}

static bool same(Val a, Val b) {
    if (is_unknown(a) || is_unknown(b)) return is_unknown(a) && is_unknown(b);
    if (a.type != VAL_LIST || b.type != VAL_LIST) return val_eq(a, b);
    bool all = a.list.n == b.list.n;
    for (size_t i = 0; all && i < a.list.n; i++)
        all = in_set(b, a.list.v[i]);
    return all;
}

static Val value_of(const Record *r, const FieldInfo *f) {
    return r ? r->values[f->index] : VAL_ABSENT;
}

static Val shown(Ctx *c, const FieldInfo *f, Val v) {
    return is_unknown(v) ? val_null() : field_show(c->arena, f, v);
}

/* ---- what an import said last ------------------------------------------------------------------------- */

static void set_element(Ctx *c, Val *set, Str element, bool in) {
    Val out = val_list();
    for (size_t i = 0; set->type == VAL_LIST && i < set->list.n; i++)
        if (!str_eq(set->list.v[i].text, element)) val_push(c->arena, &out, set->list.v[i]);
    if (in) val_push(c->arena, &out, val_text(element));
    *set = out;
}

/* What taking a batch back has undone was said by no list. */
static bool by_import(const Compare *k, const ActPart *act) {
    const Op *undo = op_find(k->plan->ops, STR("act.undo"));
    return str_starts(act->purpose, IMPORT_PURPOSE) && !(undo && act->op_no == undo->no);
}

/* Most rows that are held against a person differ in nothing, and need no history. */
static void need_history(Compare *k) {
    if (k->history || k->status != ST_OK) return;
    k->status = read_history(k->c, k->person->id, &k->history, &k->n_history);
}

/* Absent: no import has said anything. */
static Val imported(Compare *k, Id record, const FieldInfo *f) {
    Val said = VAL_ABSENT;
    need_history(k);
    for (size_t i = 0; i < k->n_history; i++) {
        const HistoryEntry *e = &k->history[i];
        for (size_t j = 0; by_import(k, &e->act) && j < e->n_changes; j++) {
            const HistoryChange *ch = &e->changes[j];
            if (ch->field != f || !id_eq(ch->id, record)) continue;
            if (ch->element.s)
                set_element(k->c, &said, ch->element, ch->after.type == VAL_BOOL && ch->after.b);
            else
                said = ch->after;
        }
    }
    return said;
}

/* Neither what the list said before nor empty: somebody has said so since. */
static bool moved_since(Compare *k, const Record *r, const FieldInfo *f) {
    Val was = value_of(r, f), said = imported(k, r->id, f);
    return r->conflict || !same(was, said);
}

/* The lists have said this last, and people something else since: nothing new. */
static bool is_old_news(Compare *k, Id record, const FieldInfo *f, Val now) {
    return k->said_before && same(imported(k, record, f), now);
}

/* ---- what differs ------------------------------------------------------------------------------------- */

static void leave_to_people(Compare *k, const Column *col) {
    if (k->said_before) return; /* it was told then */
    vec_push(k->c->arena, &k->out->others, col);
}

static void put(Compare *k, Val *map, const char *key, Val v) {
    val_set_c(k->c->arena, map, key, v);
}

/* r: NULL: a record that is not there yet. set: what is to be written, as operations take it. */
static Val *offer(Compare *k, const char *kind, const Record *r, const FieldInfo *f, Val now,
                  Val set) {
    Ctx *c = k->c;
    Val one = val_map();
    put(k, &one, "kind", val_text(str_of(kind)));
    if (r) put(k, &one, "id", val_text(id_text(c->arena, r->id)));
    put(k, &one, "field", val_text(str_of(f->key_text)));
    put(k, &one, "was", shown(c, f, value_of(r, f)));
    put(k, &one, "now", shown(c, f, now));
    put(k, &one, "earlier", r ? shown(c, f, imported(k, r->id, f)) : val_null());
    put(k, &one, "moved", val_bool(r && moved_since(k, r, f)));
    put(k, &one, "set", set);
    val_push(c->arena, &k->out->changes, one);
    return &k->out->changes.list.v[k->out->changes.list.n - 1];
}

static const Column *column_for(const Compare *k, const FieldInfo *f) {
    const Column *col = column_of_target(k->plan, str_of(f->f.name));
    if (!col && strcmp(f->f.name, "birth_date") == 0) col = column_of_target(k->plan, STR("age"));
    return col;
}

/* ---- the person ----------------------------------------------------------------------------------------- */

static bool can_be_offered(const FieldInfo *f) {
    bool closed = f->f.flags & (FF_SEALED | FF_HIDDEN | FF_FIXED);
    return !closed && f->f.lane == f->kind->k->lane && f->f.type != FT_REF && f->f.type != FT_BLOB;
}

/* How exactly a day is known, and what was written, go with the day. */
static bool goes_with_birth(const FieldInfo *f) {
    return !f->custom && (strcmp(f->f.name, "birth_date_precision") == 0 ||
                          strcmp(f->f.name, "birth_date_entered") == 0);
}

static void birth_change(Compare *k, const FieldInfo *f, Val person) {
    static const char *const with[] = { "birth_date_precision", "birth_date_entered" };
    const FieldInfo *precision = kind_field(k->person->kind, str_of(with[0]));
    Val day = val_get(person, "birth_date"), exact = val_get(person, with[0]), set = val_map();
    Val was_exact = value_of(k->person, precision);
    if (same(value_of(k->person, f), day) && same(was_exact, exact)) return;
    if (is_old_news(k, k->person->id, f, day) && is_old_news(k, k->person->id, precision, exact))
        return;
    put(k, &set, "birth_date", shown(k->c, f, day));
    for (size_t i = 0; i < 2; i++) {
        const FieldInfo *other = kind_field(k->person->kind, str_of(with[i]));
        put(k, &set, with[i], shown(k->c, other, val_get(person, with[i])));
    }
    Val *one = offer(k, "person", k->person, f, day, set);
    put(k, one, "was_precision", shown(k->c, precision, was_exact));
    put(k, one, "now_precision", shown(k->c, precision, exact));
    if (moved_since(k, k->person, precision)) put(k, one, "moved", val_bool(true));
}

static void person_changes(Compare *k, Val person) {
    for (size_t i = 0; person.type == VAL_MAP && i < person.map.n; i++) {
        const FieldInfo *f = kind_field(k->person->kind, person.map.v[i].key);
        Val now = person.map.v[i].value, set = val_map();
        if (!f || goes_with_birth(f)) continue;
        if (!f->custom && strcmp(f->f.name, "birth_date") == 0) {
            birth_change(k, f, person);
            continue;
        }
        if (!can_be_offered(f)) {
            /* Of a sealed field it cannot be told whether it differs. */
            if ((f->f.flags & FF_SEALED) || !same(value_of(k->person, f), now))
                leave_to_people(k, column_for(k, f));
            continue;
        }
        if (same(value_of(k->person, f), now) || is_old_news(k, k->person->id, f, now)) continue;
        put(k, &set, f->key_text, shown(k->c, f, now));
        (void)offer(k, "person", k->person, f, now, set);
    }
}

/* A cell that says nothing any more takes nothing away; people decide what it means. */
static void emptied_cells(Compare *k, Val person) {
    if (k->said_before) return;
    for (size_t i = 0; i < k->plan->table.n_columns; i++) {
        const Column *col = &k->plan->columns[i];
        const FieldInfo *f = col->target.field;
        bool empty = i >= k->m->source->n || k->m->source->cells[i].n == 0;
        if (col->target.kind != TARGET_PERSON || !f || !empty) continue;
        if (!val_is_absent(val_get_str(person, str_of(f->key_text)))) continue;
        Val was = value_of(k->person, f);
        if (!is_unknown(was) && same(was, imported(k, k->person->id, f))) leave_to_people(k, col);
    }
}

/* ---- telephones and papers ------------------------------------------------------------------------------ */

typedef struct Children {
    const char *kind;
    const FieldInfo *number, *type; /* type: of papers; else NULL */
    Val list;                       /* of the row, typed */
    const Column *const *columns;   /* of each */
    size_t n_columns;
    Record **rows;
    size_t n;
} Children;

static bool same_kind_of_paper(const Children *s, Val said, const Record *r) {
    if (!s->type) return true;
    Val note = val_get(said, "note");
    bool other = str_is(val_get_text(said, "type", STR("")), "OTHER");
    return same(val_get(said, "type"), value_of(r, s->type)) &&
           (!other || same(note, record_value(r, "note")));
}

static bool is_number(Ctx *c, const Children *s, Val said, const Record *r) {
    Str a = text_fold(c->arena, val_get_text(said, "number", STR("")));
    Str b = text_fold(c->arena, record_text(r, "number"));
    return same_kind_of_paper(s, said, r) && str_eq(a, b);
}

static Record *child_there(Ctx *c, const Children *s, Val said) {
    for (size_t i = 0; i < s->n; i++)
        if (is_number(c, s, said, s->rows[i])) return s->rows[i];
    return NULL;
}

static bool still_said(Ctx *c, const Children *s, const Record *r) {
    for (size_t i = 0; i < s->list.list.n; i++)
        if (is_number(c, s, s->list.list.v[i], r)) return true;
    return false;
}

/* What an import brought and this row does not say any more; NULL: none, or (*ret_n) several. */
static Record *child_left(Compare *k, const Children *s, Val said, size_t *ret_n) {
    Record *left = NULL;
    *ret_n = 0;
    for (size_t i = 0; i < s->n; i++) {
        Record *r = s->rows[i];
        if (!same_kind_of_paper(s, said, r) || still_said(k->c, s, r)) continue;
        if (is_unknown(imported(k, r->id, s->number))) continue;
        left = r;
        ++*ret_n;
    }
    return *ret_n == 1 ? left : NULL;
}

static size_t n_new(const Compare *k, const Children *s, Val like) {
    size_t n = 0;
    for (size_t i = 0; i < s->list.list.n; i++) {
        Val said = s->list.list.v[i];
        bool of_type = !s->type || same(val_get(said, "type"), val_get(like, "type"));
        n += of_type && !child_there(k->c, s, said);
    }
    return n;
}

static void new_child(Compare *k, const Children *s, Val said) {
    Val set = val_map();
    put(k, &set, "person", val_text(id_text(k->c->arena, k->person->id)));
    for (size_t i = 0; i < said.map.n; i++) {
        const FieldInfo *f = kind_field(s->number->kind, said.map.v[i].key);
        if (f && !is_unknown(said.map.v[i].value))
            put(k, &set, f->key_text, shown(k->c, f, said.map.v[i].value));
    }
    Val *one = offer(k, s->kind, NULL, s->number, val_get(said, "number"), set);
    if (s->type) put(k, one, "type", val_get(said, "type"));
}

static void other_number(Compare *k, const Children *s, Val said, const Record *r) {
    Val set = val_map();
    put(k, &set, "number", val_get(said, "number"));
    Val *one = offer(k, s->kind, r, s->number, val_get(said, "number"), set);
    if (s->type) put(k, one, "type", val_get(said, "type"));
}

/* Dates and the like of a paper whose number is the same. */
static bool says_more(const Record *r, Val said) {
    for (size_t i = 0; i < said.map.n; i++) {
        const FieldInfo *f = kind_field(r->kind, said.map.v[i].key);
        if (!f || strcmp(f->f.name, "number") == 0) continue;
        if (!same(value_of(r, f), said.map.v[i].value)) return true;
    }
    return false;
}

/* One for one is a correction, one more is added; what is what among several, people know. */
static Status child_changes(Compare *k, Children *s) {
    const KindInfo *kind = model_kind(k->plan->model, str_of(s->kind));
    if (s->list.type != VAL_LIST) return ST_OK;
    s->number = kind_field(kind, STR("number"));
    s->type = strcmp(s->kind, "document") == 0 ? kind_field(kind, STR("type")) : NULL;
    TRY(read_children(k->c, kind, "person", k->person->id, false, &s->rows, &s->n));
    for (size_t i = 0; i < s->list.list.n; i++) {
        Val said = s->list.list.v[i];
        const Column *col = i < s->n_columns ? s->columns[i] : NULL;
        const Record *there = child_there(k->c, s, said);
        bool undialled = val_get_bool(said, "as_written", false);
        size_t n_left;
        if (there && says_more(there, said)) leave_to_people(k, col);
        if (there) continue;
        const Record *left = child_left(k, s, said, &n_left);
        if (undialled || n_left > 1 || (n_left == 1 && n_new(k, s, said) > 1))
            leave_to_people(k, col);
        else if (left && !is_old_news(k, left->id, s->number, val_get(said, "number")))
            other_number(k, s, said, left);
        else if (!left && !k->said_before)
            new_child(k, s, said);
    }
    return ST_OK;
}

/* ---- what is only told -------------------------------------------------------------------------------------- */

static Status other_names(Compare *k, Val names) {
    static const char *const parts[] = { "number", "full_name", "full_name_local" };
    const KindInfo *kind = model_kind(k->plan->model, STR("name"));
    Record **rows;
    size_t n;
    if (names.type != VAL_LIST) return ST_OK;
    TRY(read_children(k->c, kind, "person", k->person->id, false, &rows, &n));
    for (size_t i = 0; i < names.list.n; i++) {
        bool there = false;
        for (size_t r = 0; r < n && !there; r++) {
            there = true;
            for (size_t p = 0; p < 3; p++)
                there = there &&
                        same(val_get(names.list.v[i], parts[p]), record_value(rows[r], parts[p]));
        }
        if (!there) leave_to_people(k, column_of_target(k->plan, STR("name.number")));
    }
    return ST_OK;
}

static Status group_of_person(Compare *k, Record **ret_membership, Record **ret_group) {
    Record **rows;
    size_t n, noted = k->c->errs.n;
    Id id;
    *ret_membership = *ret_group = NULL;
    TRY(read_children(k->c, model_kind(k->plan->model, STR("membership")), "person", k->person->id,
                      false, &rows, &n));
    for (size_t i = 0; i < n; i++)
        if (is_unknown(record_value(rows[i], "to_date"))) *ret_membership = rows[i];
    if (!*ret_membership || !record_id(*ret_membership, "registration_group", &id)) return ST_OK;
    const KindInfo *kind = model_kind(k->plan->model, STR("registration_group"));
    Status st = read_record(k->c, kind, id, ret_group);
    if (st != ST_MISSING) return st;
    k->c->errs.n = noted;
    *ret_group = NULL;
    return ST_OK;
}

static Status family_changes(Compare *k, Val group) {
    Record *membership, *there;
    TRY(group_of_person(k, &membership, &there));
    if (membership && k->m->relationship.n &&
        !str_eq(record_text(membership, "relationship"), k->m->relationship))
        leave_to_people(k, column_of_target(k->plan, STR("membership.relationship")));
    for (size_t i = 0; there && group.type == VAL_MAP && i < group.map.n; i++) {
        const FieldInfo *f = kind_field(there->kind, group.map.v[i].key);
        if (!f || same(value_of(there, f), group.map.v[i].value)) continue;
        Str target = str_concat(k->c->arena, STR("registration_group."), str_of(f->key_text));
        leave_to_people(k, column_of_target(k->plan, target));
    }
    return ST_OK;
}

/* ---- one row ---------------------------------------------------------------------------------------------------- */

Status changed_compare(Ctx *c, const Plan *plan, const Member *m, Val typed, const Record *person,
                       bool said_before, Differences *ret) {
    Compare k = { .c = c, .plan = plan, .m = m, .person = person, .out = ret };
    k.said_before = said_before;
    Val members = val_get(typed, "members");
    ASSERT(members.type == VAL_LIST && members.list.n == 1);
    Val one = members.list.v[0], said = val_get(one, "person");
    *ret = (Differences){ .changes = val_list() };
    person_changes(&k, said);
    emptied_cells(&k, said);
    Children phones = { .kind = "phone", .list = val_get(one, "phones") };
    phones.columns = m->phone_of;
    phones.n_columns = m->n_phones;
    TRY(child_changes(&k, &phones));
    Children papers = { .kind = "document", .list = val_get(one, "documents") };
    papers.columns = m->paper_of;
    papers.n_columns = m->n_papers;
    TRY(child_changes(&k, &papers));
    TRY(other_names(&k, val_get(one, "names")));
    TRY(family_changes(&k, val_get(typed, "group")));
    return k.status;
}
