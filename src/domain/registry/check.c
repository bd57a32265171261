/* check.c: would this be a double registration? The exact check before saving: same registration
 * number, telephone or paper; same name, father and age within two years. It stops a clerk once; a
 * person decides. Likeness beyond this is the linkage engine's work. */
#include "domain/registry/shapes_int.h"

#include "base/banned.h"

enum { PER_KEY_MAX = 20, AGE_SLACK_YEARS = 2, MATCHES_MAX = 200 };

const char *match_reason_name(uint32_t one_reason) {
    switch (one_reason) {
    case SAME_NUMBER: return "same_number";
    case SAME_PHONE: return "same_phone";
    case SAME_DOCUMENT: return "same_document";
    case SAME_NAME_FATHER_AGE: return "same_name_father_age";
    default: BUG("no such reason");
    }
}

const char *match_strongest(uint32_t reasons) {
    for (uint32_t one = SAME_NUMBER; one < SAME_NAME_FATHER_AGE; one <<= 1)
        if (reasons & one) return match_reason_name(one);
    return match_reason_name(SAME_NAME_FATHER_AGE);
}

static void add_match(Ctx *c, Matches *all, size_t member, Record *person, uint32_t reason) {
    if (record_is_void(person)) return;
    for (size_t i = 0; i < all->found.n; i++) {
        Match *m = &all->found.v[i];
        if (m->member != member || !id_eq(m->person->id, person->id)) continue;
        m->reasons |= reason;
        return;
    }
    Match made = { .member = member, .person = person, .reasons = reason };
    if (all->found.n < MATCHES_MAX)
        vec_push(c->arena, &all->found, made);
    else
        all->more = true;
}

static Status add_owner(Ctx *c, Matches *all, size_t member, const Record *child, uint32_t reason) {
    Id id;
    Record *person;
    if (!record_id(child, "person", &id)) return ST_OK;
    TRY(record_try(c, registry_kind(c, "person"), id, &person));
    if (person) add_match(c, all, member, person, reason);
    return ST_OK;
}

static bool same_text(Ctx *c, Str x, Str y) {
    return str_eq(text_fold(c->arena, x), text_fold(c->arena, y));
}

/* ---- registration numbers ------------------------------------------------------------------------ */

/* Only what reads as a whole number of ours or of an older form: a tazkira of five digits is not a
 * serial. */
static bool same_number(Ctx *c, Str x, Str y) {
    Number a, b;
    if (number_parse(x, &a) || number_parse(y, &b)) return same_text(c, x, y);
    return strcmp(a.office, b.office) == 0 && a.year == b.year && a.serial == b.serial &&
           a.kind == b.kind;
}

static Status match_number(Ctx *c, Matches *all, size_t member, Str number) {
    static const char *const kinds[] = { "person", "name" };
    Number parsed;
    if (number_parse(number, &parsed)) return ST_OK;
    for (size_t k = 0; k < 2; k++) {
        Record **rows;
        size_t n;
        TRY(find_numbers(c, kinds[k], number, PER_KEY_MAX, &rows, &n));
        for (size_t i = 0; i < n; i++) {
            if (!same_number(c, record_text(rows[i], "number"), number)) continue;
            if (k == 0)
                add_match(c, all, member, rows[i], SAME_NUMBER);
            else
                TRY(add_owner(c, all, member, rows[i], SAME_NUMBER));
        }
    }
    return ST_OK;
}

/* ---- telephones and papers ------------------------------------------------------------------------ */

static Status match_phone(Ctx *c, Matches *all, size_t member, Str typed, Str dial_code) {
    Str e164;
    Record **rows;
    size_t n;
    if (phone_parse(c->arena, typed, dial_code, &e164)) return ST_OK;
    TRY(find_numbers(c, "phone", e164, PER_KEY_MAX, &rows, &n));
    for (size_t i = 0; i < n; i++)
        if (str_eq(record_text(rows[i], "number"), e164))
            TRY(add_owner(c, all, member, rows[i], SAME_PHONE));
    return ST_OK;
}

/* Papers of two types may bear one number by chance. */
static bool same_paper(Ctx *c, const Record *theirs, Val ours) {
    Str type = val_get_text(ours, "type", STR("")), other = record_text(theirs, "type");
    if (type.n && other.n && !str_eq(type, other)) return false;
    return same_text(c, record_text(theirs, "number"), val_get_text(ours, "number", STR("")));
}

static Status match_document(Ctx *c, Matches *all, size_t member, Val document) {
    Str number = val_get_text(document, "number", STR(""));
    Record **rows;
    size_t n;
    if (str_empty(number)) return ST_OK;
    TRY(match_number(c, all, member, number));
    TRY(find_numbers(c, "document", number, PER_KEY_MAX, &rows, &n));
    for (size_t i = 0; i < n; i++)
        if (same_paper(c, rows[i], document))
            TRY(add_owner(c, all, member, rows[i], SAME_DOCUMENT));
    return ST_OK;
}

/* ---- name, father, age ----------------------------------------------------------------------------- */

static const char *const given[] = { "given_name", "given_name_local" };
static const char *const father[] = { "father_name", "father_name_local" };
static const char *const family[] = { "family_name", "family_name_local" };

static void both_scripts(Val person, const char *const pair[2], Str ret[2]) {
    for (size_t i = 0; i < 2; i++)
        ret[i] = val_get_text(person, pair[i], STR(""));
}

/* Alike in any script in which both have it. */
static bool alike(Ctx *c, Val ours, const Record *theirs, const char *const pair[2]) {
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++) {
            Str x = val_get_text(ours, pair[i], STR("")), y = record_text(theirs, pair[j]);
            if (x.n && y.n && name_alike(c->arena, x, y)) return true;
        }
    return false;
}

static bool ages_close(Ctx *c, Val ours, const Record *theirs) {
    Val x = val_get(ours, "birth_date"), y = record_value(theirs, "birth_date");
    if (x.type != VAL_INT || y.type != VAL_INT) return false;
    int apart = day_years_between((Day)x.i, c->today) - day_years_between((Day)y.i, c->today);
    return apart >= -AGE_SLACK_YEARS && apart <= AGE_SLACK_YEARS;
}

static bool sexes_differ(Val ours, const Record *theirs) {
    Str x = val_get_text(ours, "sex", STR("")), y = record_text(theirs, "sex");
    bool known = (str_is(x, "F") || str_is(x, "M")) && (str_is(y, "F") || str_is(y, "M"));
    return known && !str_eq(x, y);
}

static Status look_up(Ctx *c, Matches *all, size_t member, Val person, const NameToken *token,
                      const char *const second[2]) {
    TermQuery q = {
        .kind = registry_kind(c, "person"), .tokens = token, .n_tokens = 1, .limit = NAMESAKES_MAX
    };
    Record **rows;
    size_t n;
    int64_t searched;
    TRY(read_terms(c, &q, &rows, &n, &searched));
    all->more = all->more || searched < 0 || n == q.limit;
    for (size_t i = 0; i < n; i++)
        if (ages_close(c, person, rows[i]) && !sexes_differ(person, rows[i]) &&
            alike(c, person, rows[i], given) && alike(c, person, rows[i], second))
            add_match(c, all, member, rows[i], SAME_NAME_FATHER_AGE);
    return ST_OK;
}

/* A given name alone joins nobody: the father's name, or where there is none the family name, must
 * agree too. Ages two years apart are birthdays less than three years apart: eight calendar years at
 * most. What sounds the same in both scripts is looked up once. */
static Status match_name(Ctx *c, Matches *all, size_t member, Val person) {
    const int slack_days = (AGE_SLACK_YEARS + 1) * 366;
    const char *const *second_pair = father;
    Str name[2], second[2], keys[2][NAME_ALTS_MAX];
    Val born = val_get(person, "birth_date");
    both_scripts(person, given, name);
    both_scripts(person, father, second);
    if (!second[0].n && !second[1].n) both_scripts(person, second_pair = family, second);
    if (born.type != VAL_INT) return ST_OK;
    Day day = (Day)born.i;
    for (size_t script = 0; script < 2; script++) {
        NameToken token = { .folded = STR("") };
        token.n_alts = name_year_keys(c->arena, name, second, script, day - slack_days,
                                      day + slack_days, keys[script], NAME_ALTS_MAX);
        for (size_t i = 0; i < token.n_alts; i++)
            token.alts[i].term = keys[script][i];
        bool again = script == 1 && name[0].n && token.n_alts && str_eq(keys[0][0], keys[1][0]);
        if (token.n_alts && !again) TRY(look_up(c, all, member, person, &token, second_pair));
        if (token.n_alts == 0) keys[script][0] = STR("");
    }
    return ST_OK;
}

/* ---- the check ------------------------------------------------------------------------------------- */

Status matches_find(Ctx *c, const Candidate *people, size_t n, Str dial_code, Matches *ret) {
    for (size_t i = 0; i < n; i++) {
        const Candidate *p = &people[i];
        for (size_t j = 0; p->names.type == VAL_LIST && j < p->names.list.n; j++)
            TRY(match_number(c, ret, i, val_get_text(p->names.list.v[j], "number", STR(""))));
        for (size_t j = 0; p->phones.type == VAL_LIST && j < p->phones.list.n; j++)
            TRY(match_phone(c, ret, i, val_get_text(p->phones.list.v[j], "number", STR("")),
                            dial_code));
        for (size_t j = 0; p->documents.type == VAL_LIST && j < p->documents.list.n; j++)
            TRY(match_document(c, ret, i, p->documents.list.v[j]));
        TRY(match_name(c, ret, i, p->person));
    }
    return ST_OK;
}

Status registry_doubles(Ctx *c, Val member, Str dial_code, RegistryDouble *ret, size_t max,
                        size_t *ret_n) {
    Candidate one = { val_get(member, "person"), val_get(member, "phones"),
                      val_get(member, "documents"), val_get(member, "names") };
    Matches all = { 0 };
    TRY(matches_find(c, &one, 1, dial_code, &all));
    size_t n = all.found.n < max ? all.found.n : max;
    for (size_t i = 0; i < n; i++)
        ret[i] = (RegistryDouble){
            .person = all.found.v[i].person->id,
            .name = record_text(all.found.v[i].person, "display_name"),
            .number = record_text(all.found.v[i].person, "number"),
            .reason = match_strongest(all.found.v[i].reasons),
        };
    *ret_n = n;
    return ST_OK;
}

/* registration.check gives lists of texts; the check wants records. */
static Val as_records(Ctx *c, Val texts) {
    Val list = val_list();
    for (size_t i = 0; texts.type == VAL_LIST && i < texts.list.n; i++) {
        Val record = val_map();
        val_set_c(c->arena, &record, "number", texts.list.v[i]);
        val_push(c->arena, &list, record);
    }
    return list;
}

static Val show_reasons(Ctx *c, uint32_t reasons) {
    static const struct {
        uint32_t reason;
        const char *field;
    } fields[] = {
        { SAME_NUMBER, "number" },
        { SAME_PHONE, "phone" },
        { SAME_DOCUMENT, "document" },
        { SAME_NAME_FATHER_AGE, "given_name" },
    };
    Val list = val_list();
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!(reasons & fields[i].reason)) continue;
        Val one = val_map();
        val_set_c(c->arena, &one, "field", val_text(str_of(fields[i].field)));
        val_set_c(c->arena, &one, "kind", val_text(str_of(match_reason_name(fields[i].reason))));
        val_push(c->arena, &list, one);
    }
    return list;
}

static Status show_match(Ctx *c, OpCall *call, const Match *m, Val *ret) {
    Line line = { .person = m->person };
    Val typed;
    TRY(line_show(c, call, &line, &typed));
    Val shown = shape_show(c->arena, store_model(c->store), &person_line_shape, typed);
    Val out = val_map();
    val_set_c(c->arena, &out, "member", val_int((int64_t)m->member));
    val_set_c(c->arena, &out, "reasons", show_reasons(c, m->reasons));
    for (size_t i = 0; i < shown.map.n; i++)
        val_set(c->arena, &out, shown.map.v[i].key, shown.map.v[i].value);
    *ret = out;
    return ST_OK;
}

Status op_registration_check(Ctx *c, OpCall *call) {
    enum { SHOWN_MAX = 20 };
    Val members = op_in(call, "members"), list = val_list(), out = val_map();
    size_t n = members.type == VAL_LIST ? members.list.n : 0;
    Candidate *people = arena_array(c->arena, Candidate, n);
    for (size_t i = 0; i < n; i++) {
        Val m = members.list.v[i];
        people[i] = (Candidate){ m, as_records(c, val_get(m, "phones")),
                                 as_records(c, val_get(m, "documents")),
                                 as_records(c, val_get(m, "numbers")) };
    }
    Matches found = { 0 };
    Str dial_code;
    TRY(registry_dial_code(c, c->actor ? c->actor->office : ID_NONE, &dial_code));
    TRY(matches_find(c, people, n, dial_code, &found));
    for (size_t i = 0; i < found.found.n && i < SHOWN_MAX; i++) {
        Val match;
        TRY(show_match(c, call, &found.found.v[i], &match));
        val_push(c->arena, &list, match);
    }
    val_set_c(c->arena, &out, "matches", list);
    val_set_c(c->arena, &out, "more", val_bool(found.more || found.found.n > SHOWN_MAX));
    call->result = out;
    return ST_OK;
}
