/* headers.c: what a column can be, and what its header says that it is. */
#include "domain/importing/importing_int.h"

#include "base/banned.h"

Str normal_form(Arena *a, Str text) {
    Str folded = text_fold(a, text);
    char *out = arena_alloc(a, folded.n + 1);
    size_t n = 0, pos = 0;
    while (pos < folded.n) {
        size_t from = pos;
        uint32_t cp = str_utf8_next(folded, &pos);
        bool kept = cp < 128 ? (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z')
                             : code_point_script(cp) != SCRIPT_NONE;
        if (!kept) continue;
        memcpy(out + n, folded.s + from, pos - from);
        n += pos - from;
    }
    return str_n(out, n);
}

/* ---- targets ------------------------------------------------------------------------------------ */

typedef struct TargetKindName {
    const char *kind;
    TargetKind target;
} TargetKindName;
static const TargetKindName kinds[] = {
    { "registration_group", TARGET_GROUP },
    { "membership", TARGET_MEMBER },
    { "phone", TARGET_PHONE },
    { "document", TARGET_DOCUMENT },
};

/* What the program writes itself, and what points to other records: a list has no ids of ours. */
static bool can_be_given(const FieldInfo *f) {
    static const char *const own[] = { "number", "display_name" };
    if (f->index == 0 || f->f.flags & (FF_HIDDEN | FF_SEALED)) return false;
    if (f->f.type == FT_REF || f->f.type == FT_BLOB || f->f.type == FT_JSON) return false;
    bool numbered = strcmp(f->kind->k->name, "person") == 0 ||
                    strcmp(f->kind->k->name, "registration_group") == 0;
    for (size_t i = 0; i < 2; i++)
        if (numbered && strcmp(f->f.name, own[i]) == 0) return false;
    return true;
}

static bool field_target(const Model *m, const char *kind, Str name, Target *ret) {
    const KindInfo *k = model_kind(m, str_of(kind));
    const FieldInfo *f = k ? kind_field(k, name) : NULL;
    if (!f || !can_be_given(f)) return false;
    ret->field = f;
    return true;
}

static bool kind_target(const Model *m, Str kind, Str rest, Target *ret) {
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!str_is(kind, kinds[i].kind)) continue;
        Str type = rest, name = str_cut(&type, ':');
        ret->kind = kinds[i].target;
        if (type.s && (ret->kind != TARGET_DOCUMENT || !str_is(name, "number") ||
                       !code_find(model_codes(m, STR("document_type")), type)))
            return false;
        ret->document_type = type.s ? type : STR("");
        if (!field_target(m, kinds[i].kind, name, ret)) return false;
        /* Only the number itself makes a record; the rest says something about it. */
        bool number = str_is(name, "number");
        if (ret->kind == TARGET_DOCUMENT && !number) ret->kind = TARGET_PAPER;
        return ret->kind != TARGET_PHONE || number;
    }
    return false;
}

bool target_parse(const Model *m, Str text, Target *ret) {
    static const struct {
        const char *name;
        TargetKind kind;
    } plain[] = {
        { "household", TARGET_HOUSEHOLD },
        { "full_name", TARGET_FULL_NAME },
        { "age", TARGET_AGE },
        { "name.number", TARGET_NUMBER },
        { "name.full_name", TARGET_NUMBER },
    };
    Target t = { .document_type = STR("") };
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (!str_is(text, plain[i].name)) continue;
        t.kind = plain[i].kind;
        if (t.kind == TARGET_NUMBER && !field_target(m, "name", str_slice(text, 5, text.n), &t))
            return false;
        *ret = t;
        return true;
    }
    Str rest = text, kind = str_cut(&rest, '.');
    bool ok = rest.s ? kind_target(m, kind, rest, &t) : field_target(m, "person", text, &t);
    if (ok && !rest.s) t.kind = TARGET_PERSON;
    if (ok) *ret = t;
    return ok;
}

/* Parts of an address are put together. */
bool target_is_list(const Target *t) {
    if (t->kind == TARGET_GROUP) return strcmp(t->field->f.name, "address") == 0;
    return t->kind == TARGET_PHONE || t->kind == TARGET_DOCUMENT || t->kind == TARGET_NUMBER;
}

/* ---- words ---------------------------------------------------------------------------------------- */

static void put_word(Headers *h, Str word, Str target) {
    Str normal = normal_form(h->by_word.arena, word);
    if (normal.n == 0 || map_has(&h->by_word, normal)) return;
    Str *value = arena_new_of(h->by_word.arena, Str);
    *value = target;
    map_put(&h->by_word, normal, value);
}

/* The names of our own fields, and their labels in the five languages; those of the person first. */
static void put_fields(Headers *h, const Model *m, const char *kind) {
    static const char *const langs[] = { "en", "fr", "fa", "ps", "ar" };
    Arena *a = h->by_word.arena;
    const KindInfo *k = model_kind(m, str_of(kind));
    bool person = strcmp(kind, "person") == 0;
    for (size_t i = 1; k && i < k->n_fields; i++) {
        const FieldInfo *f = &k->fields[i];
        Str name = str_of(f->custom ? f->key_text : f->f.name);
        Str text = person ? name : str_printf(a, "%s.%.*s", kind, STR_ARG(name));
        Target t;
        if (!target_parse(m, text, &t)) continue;
        put_word(h, text, text);
        if (strcmp(kind, "phone") == 0 || strcmp(kind, "document") == 0) continue;
        put_word(h, str_of(f->f.name), text);
        Str key = str_printf(a, "field.%s.%.*s", kind, STR_ARG(name));
        for (size_t l = 0; l < sizeof langs / sizeof langs[0]; l++) {
            Str label = model_label(m, str_of(langs[l]), key, NULL);
            if (!str_eq(label, key)) put_word(h, label, text);
        }
    }
}

Headers headers_make(Arena *a, const Model *m) {
    Headers h = { .by_word = map_new(a) };
    for (size_t i = 0; i < n_header_synonyms; i++) {
        Str rest = str_of(header_synonyms[i].words), target = str_of(header_synonyms[i].target);
        if (target.n) put_word(&h, target, target);
        while (rest.s)
            put_word(&h, str_cut(&rest, '|'), target);
    }
    put_fields(&h, m, "person");
    put_fields(&h, m, "registration_group");
    put_fields(&h, m, "membership");
    put_fields(&h, m, "phone");
    put_fields(&h, m, "document");
    return h;
}

static Str lookup(Arena *a, const Headers *h, Str header) {
    Str *found = map_get(&h->by_word, normal_form(a, header));
    return found ? *found : STR("");
}

bool header_is_idle(Arena *a, const Headers *h, Str header) {
    Str *found = map_get(&h->by_word, normal_form(a, header));
    return found && found->n == 0;
}

/* HOPE: core or country field of a household or an individual; "pp_" in its people sheet. */
static Str without_marks(Str header) {
    static const char *const ends[] = { "_i_c", "_h_c", "_i_f", "_h_f" };
    if (str_starts(header, STR("pp_"))) header = str_slice(header, 3, header.n);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (str_ends(header, str_of(ends[i]))) return str_slice(header, 0, header.n - 4);
    return header;
}

/* KoboToolbox and ODK write "group/question", "group:question" or "group-question"; views of a
 * database "table.column"; headers for people often a note in brackets. */
Str header_guess(Arena *a, const Headers *h, Str header) {
    static const char cuts[] = "/:.-";
    Str found = lookup(a, h, header);
    if (found.n == 0) found = lookup(a, h, without_marks(str_lower_ascii(a, header)));
    ptrdiff_t bracket = str_find_byte(header, '(');
    if (found.n == 0 && bracket > 0) found = lookup(a, h, str_slice(header, 0, (size_t)bracket));
    for (size_t i = 0; i < sizeof cuts - 1 && found.n == 0; i++) {
        size_t at = header.n;
        while (at > 0 && header.s[at - 1] != cuts[i])
            at--;
        Str last = str_slice(header, at, header.n);
        if (at > 0 && last.n) found = lookup(a, h, without_marks(str_lower_ascii(a, last)));
    }
    return found;
}
