/* labels.c: texts of keys in the languages of a model, and the messages made of them. */
#include "model/model_int.h"

#include "base/banned.h"

enum { LABELS_BYTES_MAX = 8 << 20, KEY_MAX_N = 160 };

static Language *language(Model *m, Str lang) {
    for (size_t i = 0; i < m->n_languages; i++)
        if (str_eq(m->languages[i].lang, lang)) return &m->languages[i];
    size_t n = m->n_languages;
    m->languages =
        arena_grow(m->arena, m->languages, n * sizeof(Language), (n + 1) * sizeof(Language));
    m->n_languages++;
    m->languages[n] = (Language){ str_copy(m->arena, lang), map_new(m->arena) };
    return &m->languages[n];
}

/* The text must last as long as the model. An empty one counts as missing: a fallback is shown, and
 * said to be one. */
static void put_text(Model *m, Language *l, Str key, Str text) {
    if (str_empty(text)) return;
    Str *kept = arena_new_of(m->arena, Str);
    *kept = text;
    map_put(&l->texts, key, kept);
}

/* Calls put_text for each member; lang or key is empty, and the member's name takes its place. */
static Status add(Ctx *c, Model *m, Str lang, Str key, Str json) {
    Val texts;
    TRY(json_parse(c, json, LABELS_BYTES_MAX, &texts));
    if (texts.type != VAL_MAP) return FAIL(c, ST_INVALID, "", "error.model.labels");
    for (size_t i = 0; i < texts.map.n; i++) {
        const ValPair *p = &texts.map.v[i];
        if (p->value.type != VAL_TEXT)
            return FAIL(c, ST_INVALID, "", "error.model.labels", "value", p->key);
        put_text(m, language(m, lang.n ? lang : p->key), key.n ? key : p->key,
                 str_copy(m->arena, p->value.text));
    }
    return ST_OK;
}

static void add_pairs(Model *m, Str lang, Str pairs) {
    Language *l = language(m, lang);
    while (pairs.n) {
        Str key = str_cut(&pairs, '\0');
        put_text(m, l, key, str_cut(&pairs, '\0'));
    }
}

Status labels_add(Ctx *c, Model *m, const LabelSource *source) {
    if (source->pairs.n) add_pairs(m, source->lang, source->pairs);
    return source->json.n ? add(c, m, source->lang, STR(""), source->json) : ST_OK;
}

Status labels_add_key(Ctx *c, Model *m, Str key, Str json) {
    return add(c, m, STR(""), key, json);
}

/* --- looking up ----------------------------------------------------------------------------------- */

static const Language *find_language(const Model *m, Str lang) {
    for (size_t i = 0; i < m->n_languages; i++)
        if (str_ieq(m->languages[i].lang, lang)) return &m->languages[i];
    return NULL;
}

static Str without_region(Str lang) {
    ptrdiff_t dash = str_find_byte(lang, '-');
    return dash < 0 ? lang : str_slice(lang, 0, (size_t)dash);
}

static const Str *text_in(const Model *m, Str lang, Str key) {
    const Language *l = find_language(m, lang);
    return l ? map_get(&l->texts, key) : NULL;
}

/* NULL: in none of the languages tried. */
static const Str *find_text(const Model *m, Str lang, Str key, bool *ret_fallback) {
    Str base = without_region(lang);
    const Str *text = text_in(m, lang, key);
    if (!text && base.n != lang.n) text = text_in(m, base, key);
    *ret_fallback = !text;
    return text ? text : text_in(m, STR("en"), key);
}

Str model_label(const Model *m, Str lang, Str key, bool *ret_fallback) {
    bool fallback;
    const Str *text = find_text(m, lang, key, &fallback);
    if (ret_fallback) *ret_fallback = fallback;
    return text ? *text : key;
}

/* The key "a.b.c" in a caller's buffer; empty when it is too long to be one. */
static Str join_key(char buf[KEY_MAX_N], Str a, Str b, Str c) {
    int n = snprintf(buf, KEY_MAX_N, "%.*s.%.*s.%.*s", STR_ARG(a), STR_ARG(b), STR_ARG(c));
    return n > 0 && n < KEY_MAX_N ? str_n(buf, (size_t)n) : STR("");
}

Str model_code_label(const Model *m, Str lang, Str list, Str code) {
    char buf[KEY_MAX_N];
    bool fallback;
    const Str *text = find_text(m, lang, join_key(buf, STR("code"), list, code), &fallback);
    return text ? *text : code;
}

/* --- messages ------------------------------------------------------------------------------------- */

static const ErrArg *find_arg(const Err *e, Str name) {
    for (size_t i = 0; i < e->n_args; i++)
        if (str_eq(e->args[i].name, name)) return &e->args[i];
    return NULL;
}

/* What an argument says: "date" for expected reads "a date" where "arg.expected.date" has a text, and
 * the list "sex" reads as "list.sex" does. What was got is told in the words for what is expected. */
static Str arg_text(const Model *m, Str lang, const ErrArg *arg) {
    char buf[KEY_MAX_N];
    bool fallback;
    Str name = str_is(arg->name, "got") ? STR("expected") : arg->name;
    const Str *text = find_text(m, lang, join_key(buf, STR("arg"), name, arg->value), &fallback);
    int n = snprintf(buf, sizeof buf, "%.*s.%.*s", STR_ARG(name), STR_ARG(arg->value));
    if (!text && n > 0 && n < KEY_MAX_N)
        text = find_text(m, lang, str_n(buf, (size_t)n), &fallback);
    return text ? *text : arg->value;
}

static void fill(const Model *m, Buf *out, Str lang, Str template, const Err *e) {
    size_t at = 0;
    while (at < template.n) {
        ptrdiff_t open = str_find_byte(str_slice(template, at, template.n), '{');
        if (open < 0) break;
        buf_str(out, str_slice(template, at, at + (size_t)open));
        at += (size_t)open;
        ptrdiff_t close = str_find_byte(str_slice(template, at, template.n), '}');
        if (close < 0) break;
        const ErrArg *arg = find_arg(e, str_slice(template, at + 1, at + (size_t)close));
        if (arg)
            buf_str(out, arg_text(m, lang, arg));
        else
            buf_str(out, str_slice(template, at, at + (size_t)close + 1));
        at += (size_t)close + 1;
    }
    buf_str(out, str_slice(template, at, template.n));
}

Str model_message(const Model *m, Arena *a, Str lang, const Err *e) {
    Buf out = buf_new(a, 64 << 10);
    fill(m, &out, lang, model_label(m, lang, e->key, NULL), e);
    const ErrArg *nearest = find_arg(e, STR("did_you_mean"));
    if (nearest && nearest->value.n) {
        buf_byte(&out, ' ');
        fill(m, &out, lang, model_label(m, lang, STR("error.did_you_mean"), NULL), e);
    }
    return buf_text(&out);
}

static void put_member(Buf *out, Str key, Str text, size_t *n) {
    if ((*n)++) buf_byte(out, ',');
    json_write_text(out, key);
    buf_byte(out, ':');
    json_write_text(out, text);
}

void model_messages_json(const Model *m, Str lang, Buf *out) {
    const Language *exact = find_language(m, lang);
    const Language *chain[] = { exact, find_language(m, without_region(lang)),
                                find_language(m, STR("en")) };
    size_t n = 0;
    buf_byte(out, '{');
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; chain[i] && k < chain[i]->texts.n; k++) {
            const MapEntry *entry = &chain[i]->texts.entries[k];
            bool told = false;
            for (size_t j = 0; j < i && !told; j++)
                told = chain[j] && map_has(&chain[j]->texts, entry->key);
            if (!told) put_member(out, entry->key, *(const Str *)entry->value, &n);
        }
    }
    buf_byte(out, '}');
}
