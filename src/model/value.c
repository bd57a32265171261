/* value.c: one value of one field, from what came in to what is kept, and back to what is shown. */
#include "model/model_int.h"

#include "text/fold.h"

#include <stdlib.h>

#include "base/banned.h"

static Status give(Val *ret, Val value) {
    *ret = value;
    return ST_OK;
}

/* --- text ----------------------------------------------------------------------------------------- */

/* How many characters from the end have to go for the text to fit. */
static size_t characters_over(Str text, size_t max_bytes) {
    size_t over = 0;
    for (size_t i = max_bytes; i < text.n; i++)
        over += ((uint8_t)text.s[i] & 0xc0) != 0x80;
    /* A character that the limit cuts has to go as well. */
    return over + (((uint8_t)text.s[max_bytes] & 0xc0) == 0x80);
}

static Str int_text(Arena *a, int64_t i) {
    return str_printf(a, "%lld", (long long)i);
}

static Status check_text(Ctx *c, const Field *f, const char *path, Val in, Val *ret) {
    if (in.type != VAL_TEXT)
        return FAIL(c, ST_INVALID, path, "error.type", "expected", STR("text"));
    Str text;
    const char *key = "error.text.not_text";
    if (str_utf8_valid(in.text)) {
        key = f->flags & FF_LONG ? text_clean_lines(c->arena, in.text, &text)
                                 : text_clean_name(c->arena, in.text, &text);
    }
    if (key) return FAIL(c, ST_INVALID, path, key);
    size_t max = (size_t)f->max;
    if (text.n > max)
        return FAIL(c, ST_INVALID, path, "error.text.too_long", "max", int_text(c->arena, f->max),
                    "over", int_text(c->arena, (int64_t)characters_over(text, max)));
    if (text.n && (int64_t)text.n < f->min)
        return FAIL(c, ST_INVALID, path, "error.text.too_short", "min", int_text(c->arena, f->min));
    *ret = text.n ? val_text(text) : val_null();
    return ST_OK;
}

/* --- numbers -------------------------------------------------------------------------------------- */

Str decimal_text(Arena *a, int64_t scaled, int scale) {
    uint64_t u = scaled < 0 ? -(uint64_t)scaled : (uint64_t)scaled, unit = 1;
    for (int i = 0; i < scale; i++)
        unit *= 10;
    const char *sign = scaled < 0 ? "-" : "";
    if (scale == 0) return str_printf(a, "%s%llu", sign, (unsigned long long)u);
    return str_printf(a, "%s%llu.%0*llu", sign, (unsigned long long)(u / unit), scale,
                      (unsigned long long)(u % unit));
}

/* Message key, or NULL. The point is . or the Arabic ٫; a comma could also part thousands. */
static const char *decimal_parse(Str text, int scale, int64_t *ret) {
    static const char *const format = "error.number.format";
    size_t at = 0;
    bool negative = text.n && text.s[0] == '-', point = false, any = false;
    int digits_after = 0;
    int64_t value = 0;
    for (at = negative; at < text.n; at++) {
        bool arabic_point = str_starts(str_slice(text, at, text.n), STR("٫"));
        if ((text.s[at] == '.' || arabic_point) && !point && any) {
            point = true;
            at += arabic_point;
            continue;
        }
        int digit = text.s[at] - '0';
        if (digit < 0 || digit > 9) return format;
        any = true;
        if (point && ++digits_after > scale) {
            if (digit) return "error.number.scale";
            continue; /* 12.500 is 12.5 */
        }
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return "error.number.range";
    }
    if (!any || text.s[text.n - 1] < '0' || text.s[text.n - 1] > '9') return format;
    for (; digits_after < scale; digits_after++)
        if (__builtin_mul_overflow(value, 10, &value)) return "error.number.range";
    /* Built up below zero, which reaches one further. */
    if (!negative && __builtin_sub_overflow(0, value, &value)) return "error.number.range";
    *ret = value;
    return NULL;
}

static Status range_error(Ctx *c, const Field *f, const char *path) {
    bool bounded = f->min < f->max;
    return FAIL(c, ST_INVALID, path, "error.number.range", "min",
                decimal_text(c->arena, bounded ? f->min : INT64_MIN, f->scale), "max",
                decimal_text(c->arena, bounded ? f->max : INT64_MAX, f->scale));
}

/* FT_INT and FT_DECIMAL: an integer, or text as forms, files and the command line give it. */
static Status check_number(Ctx *c, const Field *f, const char *path, Val in, Val *ret) {
    Str text;
    if (in.type == VAL_INT)
        text = int_text(c->arena, in.i);
    else if (in.type == VAL_TEXT && str_utf8_valid(in.text))
        text = str_trim(text_digits_ascii(c->arena, in.text));
    else
        return FAIL(c, ST_INVALID, path, "error.type", "expected",
                    f->type == FT_INT ? STR("integer") : STR("decimal"));
    if (text.n == 0) return give(ret, val_null());
    int64_t value = 0;
    const char *key = decimal_parse(text, f->scale, &value);
    if (key && strcmp(key, "error.number.range") == 0) return range_error(c, f, path);
    if (key && strcmp(key, "error.number.scale") == 0)
        return FAIL(c, ST_INVALID, path, key, "scale", int_text(c->arena, f->scale));
    if (key) return FAIL(c, ST_INVALID, path, key);
    if (f->min < f->max && (value < f->min || value > f->max)) return range_error(c, f, path);
    *ret = val_int(value);
    return ST_OK;
}

/* --- dates, times, truth -------------------------------------------------------------------------- */

static Str plain_text(Ctx *c, Val in) {
    if (in.type != VAL_TEXT || !str_utf8_valid(in.text)) return STR("?");
    return str_trim(text_digits_ascii(c->arena, in.text));
}

static Str date_text(Arena *a, int64_t day) {
    if (day < DAY_FIRST || day > DAY_LAST) return STR("…");
    return day_to_iso(a, (Day)day);
}

static Status check_date(Ctx *c, const Field *f, const char *path, Val in, Val *ret) {
    Str text = plain_text(c, in);
    if (text.n == 0) return give(ret, val_null());
    Day day;
    if (!day_from_iso(text, &day)) return FAIL(c, ST_INVALID, path, "error.date.format");
    if (f->min < f->max && (day < f->min || day > f->max))
        return FAIL(c, ST_INVALID, path, "error.date.range", "min", date_text(c->arena, f->min),
                    "max", date_text(c->arena, f->max));
    *ret = val_int(day);
    return ST_OK;
}

static Status check_time(Ctx *c, const char *path, Val in, Val *ret) {
    Str text = plain_text(c, in);
    if (text.n == 0) return give(ret, val_null());
    Time t;
    if (!time_from_iso(text, &t)) return FAIL(c, ST_INVALID, path, "error.time.format");
    *ret = val_int(t);
    return ST_OK;
}

static Status check_bool(Ctx *c, const char *path, Val in, Val *ret) {
    if (in.type == VAL_BOOL) return give(ret, in);
    Str text = plain_text(c, in);
    bool yes = str_ieq(text, STR("true"));
    if (text.n == 0)
        *ret = val_null();
    else if (yes || str_ieq(text, STR("false")))
        *ret = val_bool(yes);
    else
        return FAIL(c, ST_INVALID, path, "error.type", "expected", STR("boolean"));
    return ST_OK;
}

/* --- codes ---------------------------------------------------------------------------------------- */

/* The code that was probably meant: spelt nearly like it, or with its label in the reader's language
 * or in English. Empty when nothing is near. */
static Str code_meant(Ctx *c, const Model *m, const CodeList *l, Str got) {
    Suggest by_code = suggest_new(got), by_label = suggest_new(got);
    Str labelled = STR("");
    Str fold = text_fold(c->arena, got);
    for (size_t i = 0; i < l->n; i++) {
        const Code *code = &l->codes[i];
        if (code->until) continue;
        suggest_offer(&by_code, code->code);
        Str labels[] = { model_code_label(m, c->lang, l->name, code->code),
                         model_code_label(m, STR("en"), l->name, code->code) };
        for (size_t k = 0; k < 2; k++) {
            size_t before = by_label.best_distance;
            suggest_offer(&by_label, labels[k]);
            if (by_label.best_distance < before) labelled = code->code;
            if (fold.n && str_eq(fold, text_fold(c->arena, labels[k]))) return code->code;
        }
    }
    Str near = suggest_best(&by_code);
    return near.n ? near : labelled;
}

static Status check_code(Ctx *c, const Model *m, const Field *f, const char *path, Val in,
                         Val *ret) {
    if (in.type != VAL_TEXT || !str_utf8_valid(in.text))
        return FAIL(c, ST_INVALID, path, "error.type", "expected", STR("code"));
    Str text = str_trim(in.text);
    if (text.n == 0) return give(ret, val_null());
    const CodeList *l = model_codes(m, str_of(f->codes));
    const Code *code = l ? code_find(l, text) : NULL;
    if (!code)
        return FAIL(c, ST_INVALID, path, "error.code.unknown", "list", str_of(f->codes),
                    "did_you_mean", l ? code_meant(c, m, l, text) : STR(""));
    /* A withdrawn code is what an old record says: it is taken, though no longer offered. */
    *ret = val_text(code->code);
    return ST_OK;
}

static int by_text(const void *a, const void *b) {
    return str_cmp(((const Val *)a)->text, ((const Val *)b)->text);
}

static Status too_many(Ctx *c, const char *path, int64_t max) {
    return FAIL(c, ST_INVALID, path, "error.list.too_long", "max", int_text(c->arena, max));
}

static Status check_set(Ctx *c, const Model *m, const Field *f, const char *path, Val in,
                        Val *ret) {
    if (in.type != VAL_LIST)
        return FAIL(c, ST_INVALID, path, "error.type", "expected", STR("list"));
    if (in.list.n > LIST_COUNT_DEFAULT) return too_many(c, path, f->max);
    Val *items = arena_array(c->arena, Val, in.list.n);
    size_t n = 0, kept = 0;
    Status st = ST_OK;
    for (size_t i = 0; i < in.list.n; i++) {
        Str old_path = ctx_path_enter(c, "%s[%zu]", path, i);
        Status one = check_code(c, m, f, "", in.list.v[i], &items[n]);
        ctx_path_leave(c, old_path);
        if (one != ST_OK)
            st = one;
        else if (items[n].type == VAL_TEXT)
            n++;
    }
    if (st != ST_OK) return st;
    if (n) qsort(items, n, sizeof *items, by_text);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || !str_eq(items[kept - 1].text, items[i].text)) items[kept++] = items[i];
    if ((int64_t)kept > f->max) return too_many(c, path, f->max);
    *ret = (Val){ .type = VAL_LIST, .list = { items, kept } };
    return ST_OK;
}

/* --- ids and blobs -------------------------------------------------------------------------------- */

static Status check_ref(Ctx *c, const char *path, Val in, Val *ret) {
    if (in.type == VAL_BYTES && in.text.n == sizeof(Id)) return give(ret, in);
    Id id;
    Str text = in.type == VAL_TEXT ? str_trim(in.text) : STR("?");
    if (text.n == 0) return give(ret, val_null());
    if (!id_parse(text, &id)) return FAIL(c, ST_INVALID, path, "error.id.format");
    *ret = val_id(c->arena, id);
    return ST_OK;
}

static Status check_blob(Ctx *c, const char *path, Val in, Val *ret) {
    enum { BLOB_NAME_N = 32 };
    if (in.type == VAL_BYTES && in.text.n == BLOB_NAME_N) return give(ret, in);
    if (in.type == VAL_TEXT && in.text.n == 0) return give(ret, val_null());
    uint8_t *name = arena_alloc(c->arena, BLOB_NAME_N);
    if (in.type != VAL_TEXT || in.text.n != 2 * BLOB_NAME_N ||
        !hex_decode(in.text, name, BLOB_NAME_N))
        return FAIL(c, ST_INVALID, path, "error.blob.format");
    *ret = val_bytes(str_n(name, BLOB_NAME_N));
    return ST_OK;
}

/* --- any field ------------------------------------------------------------------------------------ */

Status value_check(Ctx *c, const Model *m, const Field *f, const char *path, Val in, Val *ret) {
    if (in.type == VAL_NULL || in.type == VAL_NONE) return give(ret, val_null());
    switch (f->type) {
    case FT_TEXT: return check_text(c, f, path, in, ret);
    case FT_INT:
    case FT_DECIMAL: return check_number(c, f, path, in, ret);
    case FT_BOOL: return check_bool(c, path, in, ret);
    case FT_DATE: return check_date(c, f, path, in, ret);
    case FT_TIME: return check_time(c, path, in, ret);
    case FT_CODE: return check_code(c, m, f, path, in, ret);
    case FT_REF: return check_ref(c, path, in, ret);
    case FT_SET: return check_set(c, m, f, path, in, ret);
    case FT_BLOB: return check_blob(c, path, in, ret);
    case FT_JSON: return give(ret, in);
    case FT_SHAPE: break;
    }
    BUG("value_check: a shape is no single value");
}

Status field_check(Ctx *c, const Model *m, const FieldInfo *f, Val in, Val *ret_clean) {
    Val clean;
    TRY(value_check(c, m, &f->f, f->key_text, in, &clean));
    *ret_clean = clean;
    return ST_OK;
}

/* What does not look like a value of its type is shown as it is: better seen than hidden. */
Val value_show(Arena *a, const Field *f, Val typed) {
    bool number = typed.type == VAL_INT;
    switch (f->type) {
    case FT_DECIMAL: return number ? val_text(decimal_text(a, typed.i, f->scale)) : typed;
    case FT_DATE:
        if (!number || typed.i < DAY_FIRST || typed.i > DAY_LAST) return typed;
        return val_text(day_to_iso(a, (Day)typed.i));
    case FT_TIME:
        if (!number || typed.i < DAY_FIRST * TIME_DAY || typed.i >= (DAY_LAST + 1) * TIME_DAY)
            return typed;
        return val_text(time_to_iso(a, typed.i));
    case FT_REF: {
        Id id;
        return val_get_id(typed, &id) ? val_text(id_text(a, id)) : typed;
    }
    case FT_BLOB:
        if (typed.type != VAL_BYTES) return typed;
        return val_text(hex_encode(a, typed.text.s, typed.text.n));
    default: return typed;
    }
}

Val field_show(Arena *a, const FieldInfo *f, Val typed) {
    return value_show(a, &f->f, typed);
}
