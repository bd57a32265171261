/* mapping.c: what each column of a list is: as said, as its header says, as its content says. */
#include "domain/importing/importing_int.h"

#include "base/banned.h"

enum { FIRST_ROW_SHOWN = 200 };

/* ---- what was said ------------------------------------------------------------------------------- */

/* The target said for a header; absent: nothing was said. mapping: {header: target} or
 * [{column, field}]. A profile may have been made from a file with another spelling. */
static Val said_for(Ctx *c, Val mapping, Str header) {
    Str normal = normal_form(c->arena, header);
    if (mapping.type == VAL_MAP) {
        Val exact = val_get_str(mapping, header);
        if (!val_is_absent(exact)) return exact;
        for (size_t i = 0; i < mapping.map.n; i++)
            if (normal.n && str_eq(normal_form(c->arena, mapping.map.v[i].key), normal))
                return mapping.map.v[i].value;
    }
    for (size_t i = 0; mapping.type == VAL_LIST && i < mapping.list.n; i++) {
        Val one = mapping.list.v[i];
        if (!str_eq(val_get_text(one, "column", STR("")), header)) continue;
        Val field = val_get(one, "field");
        return val_is_absent(field) ? val_null() : field;
    }
    return VAL_ABSENT;
}

static Status column_said(Ctx *c, const Plan *plan, Val said, Column *col) {
    col->target_text = said.type == VAL_TEXT ? said.text : STR("");
    if (col->target_text.n == 0) return ST_OK;
    if (target_parse(plan->model, col->target_text, &col->target)) return ST_OK;
    return FAIL(c, ST_INVALID, "mapping", "error.import.target", "field", col->target_text,
                "column", col->header);
}

/* ---- what can be guessed -------------------------------------------------------------------------- */

static bool is_used(const Plan *plan, Str target) {
    for (size_t i = 0; i < plan->table.n_columns; i++)
        if (str_eq(plan->columns[i].target_text, target)) return true;
    return false;
}

static void column_is(const Plan *plan, Column *col, Str target) {
    if (!target_parse(plan->model, target, &col->target))
        BUG("a synonym names a target that is none");
    col->target_text = target;
}

/* Of two columns that seem the same the first is taken, unless a later one bears the very name. */
static void guess_by_header(Ctx *c, Plan *plan, bool *said, Findings *f) {
    Headers h = headers_make(c->arena, plan->model);
    for (size_t i = 0; i < plan->table.n_columns; i++) {
        Column *col = &plan->columns[i];
        Str target = said[i] ? STR("") : header_guess(c->arena, &h, col->header);
        if (!said[i] && header_is_idle(c->arena, &h, col->header)) said[i] = true;
        if (target.n == 0) continue;
        Target t;
        if (!target_parse(plan->model, target, &t)) continue;
        bool exact = str_eq(normal_form(c->arena, col->header), normal_form(c->arena, target));
        if (!target_is_list(&t) && is_used(plan, target)) {
            for (size_t k = 0; exact && k < i; k++)
                if (!said[k] && str_eq(plan->columns[k].target_text, target)) {
                    plan->columns[k].target = (Target){ .document_type = STR("") };
                    plan->columns[k].target_text = STR("");
                    finding_add(f, true, 1, 1, &plan->columns[k], STR(""),
                                "error.import.column.twice", "field", target, NULL);
                }
            if (is_used(plan, target)) {
                finding_add(f, true, 1, 1, col, STR(""), "error.import.column.twice", "field",
                            target, NULL);
                continue;
            }
        }
        column_is(plan, col, target);
    }
}

static void guess_by_content(Ctx *c, Plan *plan, const bool *said, Findings *f) {
    const Codes *sexes = codes_make(c->arena, plan->model, "sex");
    for (size_t i = 0; i < plan->table.n_columns; i++) {
        Column *col = &plan->columns[i];
        if (said[i] || col->target_text.n) continue;
        Str target = sniff_target(c, plan, i, sexes);
        if (target.n && (str_is(target, "phone.number") || !is_used(plan, target))) {
            column_is(plan, col, target);
            finding_add(f, true, 1, 1, col, STR(""), "error.import.column.guessed", "field", target,
                        NULL);
        } else {
            finding_add(f, true, 1, 1, col, STR(""), "error.import.column.unknown", NULL);
        }
    }
}

/* ---- after that -------------------------------------------------------------------------------------- */

static void column_values(Ctx *c, Val values, Column *col) {
    Val of = val_get_str(values, col->target_text);
    if (of.type != VAL_MAP) of = val_get_str(values, col->header);
    if (of.type != VAL_MAP) return;
    Map *map = arena_new_of(c->arena, Map);
    *map = map_new(c->arena);
    for (size_t i = 0; i < of.map.n; i++) {
        Str *code = arena_new_of(c->arena, Str);
        *code = of.map.v[i].value.type == VAL_TEXT ? of.map.v[i].value.text : STR("");
        map_put(map, normal_form(c->arena, of.map.v[i].key), code);
    }
    col->values = map;
}

static void column_finish(Ctx *c, Plan *plan, size_t i, Val values, Findings *f) {
    Column *col = &plan->columns[i];
    const FieldInfo *field = col->target.field;
    if (col->target.kind == TARGET_NONE) return;
    column_values(c, values, col);
    if (field && (field->f.type == FT_CODE || field->f.type == FT_SET))
        col->codes = codes_make(c->arena, plan->model, field->f.codes);
    if (field && field->f.type == FT_DATE) {
        sniff_dates(plan, i, col);
        if (col->day_order_unknown)
            finding_add(f, true, 1, 1, col, STR(""), "error.import.date.order", NULL);
    }
    if (col->target.kind == TARGET_HOUSEHOLD) plan->household = col;
    if (field && str_is(col->target_text, "birth_date")) plan->birth_date = col;
    if (str_is(col->target_text, "document.type")) plan->document_type = col;
    if (str_is(col->target_text, "given_name") || str_is(col->target_text, "given_name_local") ||
        str_is(col->target_text, "family_name") || str_is(col->target_text, "family_name_local") ||
        col->target.kind == TARGET_FULL_NAME)
        plan->has_given_name = true;
}

static Status doubly_said(Ctx *c, const Plan *plan) {
    for (size_t i = 0; i < plan->table.n_columns; i++)
        for (size_t k = 0; k < i; k++) {
            const Column *x = &plan->columns[i], *y = &plan->columns[k];
            if (x->target_text.n == 0 || target_is_list(&x->target) ||
                !str_eq(x->target_text, y->target_text))
                continue;
            return FAIL(c, ST_INVALID, "mapping", "error.import.column.twice", "field",
                        x->target_text, "column", x->header);
        }
    return ST_OK;
}

/* The beginning of the first row: where there is no header, it is a person. */
static Str first_row(Ctx *c, const Plan *plan) {
    Buf b = buf_new(c->arena, FIRST_ROW_SHOWN);
    for (size_t i = 0; i < plan->table.n_columns; i++) {
        Str header = plan->columns[i].header;
        if (b.n + header.n + 8 > FIRST_ROW_SHOWN) {
            buf_str(&b, STR(", …"));
            break;
        }
        if (i) buf_str(&b, STR(", "));
        buf_str(&b, header);
    }
    return buf_text(&b);
}

Status mapping_make(Ctx *c, Plan *plan, Val mapping, Val values, Findings *f) {
    size_t n = plan->table.n_columns;
    bool *said = arena_array(c->arena, bool, n ? n : 1);
    plan->columns = arena_array(c->arena, Column, n ? n : 1);
    for (size_t i = 0; i < n; i++) {
        Column *col = &plan->columns[i];
        *col = (Column){ .header = plan->table.headers[i],
                         .target_text = STR(""),
                         .target = { .document_type = STR("") } };
        Val word = said_for(c, mapping, col->header);
        said[i] = !val_is_absent(word);
        if (said[i]) TRY(column_said(c, plan, word, col));
    }
    guess_by_header(c, plan, said, f);
    guess_by_content(c, plan, said, f);
    TRY(doubly_said(c, plan));
    for (size_t i = 0; i < n; i++)
        column_finish(c, plan, i, values, f);
    if (!plan->has_given_name)
        return FAIL(c, ST_INVALID, "mapping", "error.import.no_name", "columns",
                    first_row(c, plan));
    return ST_OK;
}

Val mapping_show(Ctx *c, const Plan *plan) {
    Val out = val_map();
    for (size_t i = 0; i < plan->table.n_columns; i++) {
        const Column *col = &plan->columns[i];
        val_set(c->arena, &out, col->header,
                col->target_text.n ? val_text(col->target_text) : val_null());
    }
    return out;
}
