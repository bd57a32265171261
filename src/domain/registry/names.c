/* names.c: what may stand as a name, and the joined name of lists. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

/* What clerks type into a form that insists; folded. Not names: leave the field empty. */
static const char *const fillers[] = { "fnu", "lnu", "nfn", "nln", "n/a", "xx", "xxx", "xxxx" };

static bool is_filler(Str folded) {
    for (size_t i = 0; i < sizeof fillers / sizeof fillers[0]; i++)
        if (str_is(folded, fillers[i])) return true;
    return false;
}

static Status name_check(Ctx *c, const FieldInfo *f, Str name) {
    if (text_script(name) == SCRIPT_NONE)
        return FAIL(c, ST_INVALID, f->key_text, "error.name.letters");
    if (is_filler(text_fold(c->arena, name)))
        return FAIL(c, ST_INVALID, f->key_text, "error.name.filler");
    return ST_OK;
}

Status names_check(Ctx *c, const KindInfo *person, Val typed) {
    Status st = ST_OK;
    for (size_t i = 0; typed.type == VAL_MAP && i < typed.map.n; i++) {
        const FieldInfo *f = kind_field(person, typed.map.v[i].key);
        Val v = typed.map.v[i].value;
        if (!f || !(f->f.flags & FF_NAME) || v.type != VAL_TEXT) continue;
        Status one = name_check(c, f, v.text);
        if (one != ST_OK) st = one;
    }
    return st;
}

static Str join(Ctx *c, const KindInfo *person, const Merged *m, const char *const *parts,
                size_t n) {
    Buf joined = buf_new(c->arena, 1000);
    for (size_t i = 0; i < n; i++) {
        Str part = merged_text(m, person, parts[i]);
        if (str_empty(part)) continue;
        if (joined.n) buf_byte(&joined, ' ');
        buf_str(&joined, part);
    }
    return buf_text(&joined);
}

static const char *const latin[] = { "given_name", "father_name", "grandfather_name",
                                     "family_name" };
static const char *const congolese[] = { "family_name", "postnom", "given_name" };
static const char *const local[] = { "given_name_local", "father_name_local",
                                     "grandfather_name_local", "family_name_local" };

Str names_joined(Ctx *c, const KindInfo *person, const Merged *m) {
    if (str_empty(merged_text(m, person, "given_name"))) return join(c, person, m, local, 4);
    if (!str_empty(merged_text(m, person, "postnom"))) return join(c, person, m, congolese, 3);
    return join(c, person, m, latin, 4);
}

Str names_joined_local(Ctx *c, const KindInfo *person, const Merged *m) {
    return join(c, person, m, local, 4);
}

bool names_touched(const KindInfo *person, Val typed) {
    for (size_t i = 0; typed.type == VAL_MAP && i < typed.map.n; i++) {
        const FieldInfo *f = kind_field(person, typed.map.v[i].key);
        if (f && (f->f.flags & FF_NAME)) return true;
    }
    return false;
}
