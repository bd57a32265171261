/* rows.c: one row becomes one member of a family, in the form that group.register takes. */
#include "domain/importing/importing_int.h"

#include "base/banned.h"

enum { PHONE_TEXT_MAX = 40, PHONE_NOTE_MAX = 200 }; /* phone.number, phone.owner_note */

typedef struct RowWork {
    Ctx *c;
    const Plan *plan;
    const SourceRow *row;
    Findings *f;
    Member *m;
    Val person, phones, documents, names, paper;
    Str full_name, age;
    const Column *age_column;
    const Column *relationship_column;
} RowWork;

static void put_text(RowWork *w, Val *map, const char *key, Str text) {
    val_set_c(w->c->arena, map, key, val_text(text));
}

static void wrong(RowWork *w, const Column *col, Str value, const char *key) {
    finding_add(w->f, false, w->row->row, w->row->line, col, value, key, NULL);
    w->m->failed = true;
}

static void note(RowWork *w, const Column *col, Str value, const char *key) {
    finding_add(w->f, true, w->row->row, w->row->line, col, value, key, NULL);
}

/* ---- texts and names ------------------------------------------------------------------------------ */

/* False: nothing that could be taken. */
static bool text_cell(RowWork *w, const Column *col, Str cell, Str *ret) {
    const char *key = text_clean_name(w->c->arena, cell, ret);
    if (key) return wrong(w, col, cell, key), false;
    if (text_has_hidden(cell)) note(w, col, *ret, "error.import.hidden");
    return ret->n > 0;
}

/* A list says "name" of both scripts: what is written in Arabic letters goes where such names are. */
static const char *name_field(const Column *col, Str name) {
    static const char *const pairs[][2] = {
        { "given_name", "given_name_local" },
        { "father_name", "father_name_local" },
        { "grandfather_name", "grandfather_name_local" },
        { "family_name", "family_name_local" },
        { "full_name", "full_name_local" },
    };
    bool arabic = text_script(name) == SCRIPT_ARABIC;
    const char *field = col->target.field->f.name;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (strcmp(field, pairs[i][0]) == 0) return pairs[i][arabic ? 1 : 0];
    return field;
}

static void text_into(RowWork *w, const Column *col, Str cell, Val *map) {
    Str text;
    if (!text_cell(w, col, cell, &text)) return;
    const FieldInfo *f = col->target.field;
    const char *key = f->custom ? f->key_text : f->f.name;
    if (f->f.flags & FF_NAME) key = name_field(col, text);
    Str had = val_get_text(*map, key, STR(""));
    if (had.n && target_is_list(&col->target))
        text = str_printf(w->c->arena, "%.*s, %.*s", STR_ARG(had), STR_ARG(text));
    else if (had.n)
        return; /* said by a column of its own already */
    put_text(w, map, key, text);
}

/* ---- dates --------------------------------------------------------------------------------------------- */

static void date_wrong(RowWork *w, const Column *col, Str cell, const char *key, int last_day) {
    finding_add(w->f, false, w->row->row, w->row->line, col, cell, key, "last_day",
                str_printf(w->c->arena, "%d", last_day), NULL);
    w->m->failed = true;
}

static void birth_into(RowWork *w, const Column *col, Str cell) {
    DateCell date;
    Arena *a = w->c->arena;
    const char *key = date_cell(w->plan, col, cell, false, &date);
    if (key) {
        date_wrong(w, col, cell, key, date.last_day);
        return;
    }
    put_text(w, &w->person, "birth_date", day_to_iso(a, date.day));
    put_text(w, &w->person, "birth_date_precision", str_of(date_precision_code(date.precision)));
    if (date.converted) put_text(w, &w->person, "birth_date_entered", cell);
    if (date.two_calendars) note(w, col, cell, "error.import.date.calendar");
}

static void date_into(RowWork *w, const Column *col, Str cell, Val *map) {
    DateCell date;
    bool future = strcmp(col->target.field->f.name, "expires_on") == 0;
    const char *key = date_cell(w->plan, col, cell, future, &date);
    if (key) {
        date_wrong(w, col, cell, key, date.last_day);
        return;
    }
    const FieldInfo *f = col->target.field;
    put_text(w, map, f->custom ? f->key_text : f->f.name, day_to_iso(w->c->arena, date.day));
    if (date.precision != DATE_EXACT) note(w, col, cell, "error.import.date.rounded");
    if (date.two_calendars) note(w, col, cell, "error.import.date.calendar");
}

/* ---- codes --------------------------------------------------------------------------------------------- */

/* False: no code; *ret empty and true: the map of values says to leave it out. */
static bool code_cell(RowWork *w, const Column *col, Str cell, Str *ret) {
    Arena *a = w->c->arena;
    if (col->values) {
        Str *mapped = map_get(col->values, normal_form(a, cell));
        if (mapped) return *ret = *mapped, true;
    }
    *ret = code_read(a, col->codes, cell);
    return ret->n > 0;
}

static void code_wrong(RowWork *w, const Column *col, Str cell) {
    finding_add(w->f, false, w->row->row, w->row->line, col, cell, "error.import.code", "list",
                str_of(col->target.field->f.codes), NULL);
    w->m->failed = true;
}

static void code_into(RowWork *w, const Column *col, Str cell, Val *map) {
    Str code;
    if (!code_cell(w, col, cell, &code)) {
        code_wrong(w, col, cell);
        return;
    }
    const FieldInfo *f = col->target.field;
    if (code.n) put_text(w, map, f->custom ? f->key_text : f->f.name, code);
}

static void set_into(RowWork *w, const Column *col, Str cell, Val *map) {
    Val set = val_list();
    Str code, rest = cell;
    if (code_cell(w, col, cell, &code)) {
        if (code.n) val_push(w->c->arena, &set, val_text(code));
        rest.s = NULL;
    }
    while (rest.s) {
        size_t n = 0;
        while (n < rest.n && !strchr(",;/|", rest.s[n]))
            n++;
        Str part = str_trim(str_slice(rest, 0, n));
        rest = n < rest.n ? str_slice(rest, n + 1, rest.n) : STR_NONE;
        if (part.n == 0) continue;
        if (!code_cell(w, col, part, &code))
            code_wrong(w, col, part);
        else if (code.n)
            val_push(w->c->arena, &set, val_text(code));
    }
    const FieldInfo *f = col->target.field;
    if (set.list.n) val_set_c(w->c->arena, map, f->custom ? f->key_text : f->f.name, set);
}

static void field_into(RowWork *w, const Column *col, Str cell, Val *map) {
    switch (col->target.field->f.type) {
    case FT_DATE: date_into(w, col, cell, map); break;
    case FT_CODE: code_into(w, col, cell, map); break;
    case FT_SET: set_into(w, col, cell, map); break;
    default: text_into(w, col, cell, map); break;
    }
}

/* ---- telephones, papers, numbers -------------------------------------------------------------------- */

static void phone_push(RowWork *w, const Column *col, Val phone) {
    Member *m = w->m;
    if (m->n_phones == CELL_ORIGINS_MAX) {
        note(w, col, val_get_text(phone, "number", STR("")), "error.import.phones.many");
        return;
    }
    val_push(w->c->arena, &w->phones, phone);
    m->phone_of[m->n_phones++] = col;
}

/* A telephone that cannot be dialled is no reason to leave a person out, nor to lose what was
 * written: it is kept as it is, what is too long for a number in the note beside it. */
static void phone_as_written(RowWork *w, const Column *col, Str cell) {
    Str text;
    Val phone = val_map();
    if (!text_cell(w, col, cell, &text)) return;
    put_text(w, &phone, "number", text_shortened(w->c->arena, text, PHONE_TEXT_MAX));
    if (text.n > PHONE_TEXT_MAX)
        put_text(w, &phone, "owner_note", text_shortened(w->c->arena, text, PHONE_NOTE_MAX));
    val_set_c(w->c->arena, &phone, "as_written", val_bool(true));
    phone_push(w, col, phone);
}

static Str next_phone(Str *rest) {
    size_t n = 0;
    while (n < rest->n && !strchr("/;,", rest->s[n]))
        n++;
    Str one = str_slice(*rest, 0, n);
    *rest = n < rest->n ? str_slice(*rest, n + 1, rest->n) : STR_NONE;
    return str_trim(one);
}

static void one_phone(RowWork *w, const Column *col, Str text) {
    Str e164;
    const char *key = phone_parse(w->c->arena, text, w->plan->dial_code, &e164);
    if (key && strcmp(key, "error.phone.mangled") == 0) {
        wrong(w, col, text, key);
        return;
    }
    if (key) {
        note(w, col, text, key);
        phone_as_written(w, col, text);
        return;
    }
    Val phone = val_map();
    put_text(w, &phone, "number", e164);
    phone_push(w, col, phone);
}

/* "0701234567 / 0709876543": several, where each part is a number of its own. */
static bool are_phones(RowWork *w, Str cell) {
    size_t n = 0;
    Str others = cell;
    (void)next_phone(&others);
    if (!others.s) return false;
    for (Str rest = cell; rest.s; n++) {
        Str e164, part = next_phone(&rest);
        if (phone_parse(w->c->arena, part, w->plan->dial_code, &e164)) return false;
    }
    return n > 1;
}

static void phone_into(RowWork *w, const Column *col, Str cell) {
    if (!are_phones(w, cell)) {
        one_phone(w, col, cell);
        return;
    }
    for (Str rest = cell; rest.s;)
        one_phone(w, col, next_phone(&rest));
}

static bool eaten_by_spreadsheet(Ctx *c, Str cell) {
    Str e164;
    const char *key = phone_parse(c->arena, cell, STR("1"), &e164);
    return key && strcmp(key, "error.phone.mangled") == 0;
}

static void paper_into(RowWork *w, const Column *col, Str cell) {
    Str number;
    Member *m = w->m;
    if (eaten_by_spreadsheet(w->c, cell)) {
        wrong(w, col, cell, "error.import.mangled");
        return;
    }
    if (!text_cell(w, col, cell, &number) || m->n_papers == CELL_ORIGINS_MAX) return;
    Str type = col->target.document_type;
    Val paper = type.n ? val_map() : val_copy(w->c->arena, w->paper);
    if (type.n == 0) type = val_get_text(paper, "type", STR("OTHER"));
    put_text(w, &paper, "type", type);
    put_text(w, &paper, "number", number);
    /* Of other papers only the header tells what they are. */
    if (str_is(type, "OTHER")) put_text(w, &paper, "note", col->header);
    val_push(w->c->arena, &w->documents, paper);
    m->paper_of[m->n_papers++] = col;
}

static void other_name_into(RowWork *w, const Column *col, Str cell) {
    Str text;
    if (!text_cell(w, col, cell, &text)) return;
    bool number = str_is(col->target_text, "name.number");
    Val name = val_map();
    put_text(w, &name, "name_type", number ? STR("OLD_NUMBER") : STR("ALIAS"));
    put_text(w, &name, number ? "number" : name_field(col, text), text);
    if (number) put_text(w, &name, "note", col->header);
    val_push(w->c->arena, &w->names, name);
}

/* ---- one cell --------------------------------------------------------------------------------------- */

/* What a spreadsheet would run. + and - begin telephones and numbers. */
static bool is_formula(Str cell) {
    return cell.n > 1 && (cell.s[0] == '=' || cell.s[0] == '@');
}

static void member_into(RowWork *w, const Column *col, Str cell) {
    bool relationship = strcmp(col->target.field->f.name, "relationship") == 0;
    Val fields = val_map();
    field_into(w, col, cell, &fields);
    for (size_t i = 0; i < fields.map.n; i++)
        val_set(w->c->arena, &w->m->input, fields.map.v[i].key, fields.map.v[i].value);
    if (relationship) w->relationship_column = col;
}

static void cell_into(RowWork *w, const Column *col, Str cell) {
    Str text;
    if (is_formula(cell)) {
        wrong(w, col, cell, "error.import.formula");
        return;
    }
    switch (col->target.kind) {
    case TARGET_PERSON:
        if (col == w->plan->birth_date)
            birth_into(w, col, cell);
        else
            field_into(w, col, cell, &w->person);
        break;
    case TARGET_GROUP: field_into(w, col, cell, &w->m->group); break;
    case TARGET_MEMBER: member_into(w, col, cell); break;
    case TARGET_PHONE: phone_into(w, col, cell); break;
    case TARGET_DOCUMENT: paper_into(w, col, cell); break;
    case TARGET_NUMBER: other_name_into(w, col, cell); break;
    case TARGET_FULL_NAME:
        if (text_cell(w, col, cell, &text)) w->full_name = text;
        break;
    case TARGET_AGE:
        w->age = cell;
        w->age_column = col;
        break;
    case TARGET_PAPER:
    case TARGET_HOUSEHOLD:
    case TARGET_NONE: break;
    }
}

/* ---- what cells say together --------------------------------------------------------------------------- */

static bool has(RowWork *w, const char *field) {
    return val_get_text(w->person, field, STR("")).n > 0;
}

/* One name is enough, wherever it stands: a full name, or a family name alone, is the person's name. */
static void name_finish(RowWork *w) {
    static const char *const family[] = { "family_name", "family_name_local" };
    if (has(w, "given_name") || has(w, "given_name_local")) return;
    if (w->full_name.n) {
        bool arabic = text_script(w->full_name) == SCRIPT_ARABIC;
        put_text(w, &w->person, arabic ? "given_name_local" : "given_name", w->full_name);
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        if (!has(w, family[i])) continue;
        Str name = val_get_text(w->person, family[i], STR(""));
        put_text(w, &w->person, i ? "given_name_local" : "given_name", name);
        val_set_c(w->c->arena, &w->person, family[i], val_null());
        note(w, NULL, name, "error.import.single_name");
        return;
    }
}

/* "HUS/WIF": a word for both; the sex says which. */
static void relationship_finish(RowWork *w) {
    Str code = val_get_text(w->m->input, "relationship", STR("")), women = code;
    const Column *col = w->relationship_column;
    if (code.n == 0) return;
    Str men = str_cut(&women, '/');
    if (women.s) {
        code = str_is(w->m->sex, "M") ? men : str_is(w->m->sex, "F") ? women : STR("U");
        if (str_is(code, "U")) note(w, col, women, "error.import.relationship.unknown");
        put_text(w, &w->m->input, "relationship", code);
    }
    const Code *known = col && col->codes->list ? code_find(col->codes->list, code) : NULL;
    bool sexed = known && known->parent.n && w->m->sex.n == 1;
    bool told = str_is(w->m->sex, "M") || str_is(w->m->sex, "F");
    if (sexed && told && !str_eq(known->parent, w->m->sex))
        note(w, col, code, "error.import.relationship.sex");
    w->m->relationship = code;
}

static void row_shape(RowWork *w) {
    size_t n = w->plan->table.n_columns;
    if (w->row->bad) wrong(w, NULL, STR(""), w->row->bad);
    for (size_t i = n; i < w->row->n; i++) {
        if (w->row->cells[i].n == 0) continue;
        wrong(w, NULL, w->row->cells[i], "error.import.row.long");
        break;
    }
    size_t bytes = 0;
    for (size_t i = 0; i < w->row->n; i++)
        bytes += w->row->cells[i].n;
    if (bytes > ROW_BYTES_MAX) wrong(w, NULL, STR(""), "error.import.row.large");
    if (w->row->n < n) note(w, NULL, STR(""), "error.import.row.short");
}

/* What is said of a paper must be known before its number is met. */
static void papers_first(RowWork *w) {
    for (size_t i = 0; i < w->plan->table.n_columns && i < w->row->n; i++) {
        const Column *col = &w->plan->columns[i];
        if (col->target.kind == TARGET_PAPER && w->row->cells[i].n)
            field_into(w, col, w->row->cells[i], &w->paper);
    }
}

static void put_list(RowWork *w, const char *key, Val list) {
    if (list.list.n) val_set_c(w->c->arena, &w->m->input, key, list);
}

void row_read(Ctx *c, const Plan *plan, const SourceRow *row, Findings *f, Member *ret) {
    *ret = (Member){ .source = row, .relationship = STR(""), .sex = STR("") };
    RowWork w = { .c = c, .plan = plan, .row = row, .f = f, .m = ret };
    w.full_name = w.age = STR("");
    w.person = w.paper = val_map();
    w.phones = w.documents = w.names = val_list();
    ret->input = ret->group = val_map();
    val_set_c(c->arena, &ret->input, "key", val_text(str_printf(c->arena, "%zu", row->row)));
    row_shape(&w);
    papers_first(&w);
    for (size_t i = 0; i < plan->table.n_columns && i < row->n; i++)
        if (row->cells[i].n) cell_into(&w, &plan->columns[i], row->cells[i]);
    if (w.age.n && !has(&w, "birth_date") && !ret->failed) birth_into(&w, w.age_column, w.age);
    name_finish(&w);
    ret->sex = val_get_text(w.person, "sex", STR(""));
    relationship_finish(&w);
    val_set_c(c->arena, &ret->input, "person", w.person);
    put_list(&w, "phones", w.phones);
    put_list(&w, "documents", w.documents);
    put_list(&w, "names", w.names);
}
