/* profile.c: how the lists of one source are read: mapping and values, LOCAL, by name. */
#include "domain/importing/importing_int.h"

#include "base/banned.h"

#define PROFILES STR("import.profile")
enum { PROFILE_MAX = 256 << 10 };

static Str key_of(Ctx *c, Str name) {
    return text_fold(c->arena, name);
}

/* "camp list, hope": what there is, for who mistyped. */
static Str names_known(Ctx *c) {
    LocalItem *items;
    size_t n;
    Buf b = buf_new(c->arena, 400);
    if (local_list(c, PROFILES, &items, &n) != ST_OK) return STR("");
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(items[i].key));
    return buf_text(&b);
}

Status profile_read(Ctx *c, Str name, Val *ret_mapping, Val *ret_values) {
    Str bytes;
    Val v;
    size_t noted = c->errs.n;
    Status st = local_get(c, PROFILES, key_of(c, name), &bytes, NULL);
    if (st == ST_MISSING) {
        c->errs.n = noted;
        Str known = names_known(c);
        const char *key = known.n ? "error.import.profile" : "error.import.no_profile";
        return FAIL(c, ST_MISSING, "profile", key, "name", name, "known", known);
    }
    TRY(st);
    CborReader r = cbor_reader(bytes);
    if (!cbor_get_val(&r, c->arena, &v))
        return FAIL(c, ST_CORRUPT, "profile", "error.import.profile", "name", name, "known",
                    STR(""));
    *ret_mapping = val_get(v, "mapping");
    *ret_values = val_get(v, "values");
    return ST_OK;
}

Status profile_save(Ctx *c, Str name, Val mapping, Val values) {
    Val v = val_map();
    val_set_c(c->arena, &v, "mapping", mapping);
    val_set_c(c->arena, &v, "values", values);
    Buf b = buf_new(c->arena, PROFILE_MAX);
    cbor_put_val(&b, v);
    if (buf_full(&b)) return FAIL(c, ST_LIMIT, "save_profile", "error.import.profile_too_large");
    return local_put(c, PROFILES, key_of(c, name), buf_text(&b));
}
