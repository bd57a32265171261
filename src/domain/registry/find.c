/* find.c: people by name, number, telephone and paper, through the store's search terms.
 *
 * A name's terms are its skeletons, the same for Latin and Arabic script; a number's are "#" and its
 * keys; the last four digits of a long number are "~" and the digits (store.h). */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

enum { SCAN_MAX = 20000, RECORDS_PER_KEY = 50, NAMES_MAX = 16 };

static Line *line_of(const Found *found, Id person) {
    for (size_t i = 0; i < found->lines.n; i++)
        if (id_eq(found->lines.v[i].person->id, person)) return &found->lines.v[i];
    return NULL;
}

static void add_line(Ctx *c, Found *found, Record *person, const char *matched, int score) {
    Line *there = line_of(found, person->id);
    if (there) {
        if (there->score < score) there->score = score;
        return;
    }
    if (found->lines.n >= found->limit) {
        found->more = true;
        return;
    }
    Line line = { .person = person, .matched = matched, .score = score };
    vec_push(c->arena, &found->lines, line);
}

/* The person a child record belongs to, if the actor may see them. */
static Status add_owner(Ctx *c, Found *found, const Record *child, const char *matched) {
    Id id;
    Record *person;
    if (!record_id(child, "person", &id)) return ST_OK;
    TRY(record_try(c, registry_kind(c, "person"), id, &person));
    if (person) add_line(c, found, person, matched, NAME_SCORE_MAX);
    return ST_OK;
}

static Status terms(Ctx *c, const char *kind, const NameToken *tokens, size_t n, size_t limit,
                    bool with_void, Found *found, Record ***ret, size_t *ret_n) {
    TermQuery q = {
        .kind = registry_kind(c, kind),
        .tokens = tokens,
        .n_tokens = n,
        .limit = limit,
        .scan_max = SCAN_MAX,
        .with_void = with_void,
    };
    int64_t searched;
    TRY(read_terms(c, &q, ret, ret_n, &searched));
    if (searched < 0 || *ret_n == limit) found->more = true;
    found->searched += searched < 0 ? -searched : searched;
    return ST_OK;
}

static Status by_token(Ctx *c, const char *kind, const NameToken *token, bool with_void,
                       Found *found, Record ***ret, size_t *ret_n) {
    if (token->n_alts == 0) return *ret_n = 0, ST_OK;
    return terms(c, kind, token, 1, RECORDS_PER_KEY, with_void, found, ret, ret_n);
}

/* ---- numbers ------------------------------------------------------------------------------------- */

/* As it is stored when it has no shape we know: capitals and digits, no punctuation, no zeros in
 * front. */
static Str plain_number(Arena *a, Str typed) {
    Str ascii = text_digits_ascii(a, typed);
    char *out = arena_alloc(a, ascii.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < ascii.n; i++) {
        char ch = ascii.s[i];
        if (ch >= 'a' && ch <= 'z') ch = (char)(ch - 'a' + 'A');
        bool kept = (ch >= 'A' && ch <= 'Z') || (ch >= '1' && ch <= '9') || (ch == '0' && n > 0);
        if (kept) out[n++] = ch;
    }
    return str_n(out, n);
}

static void add_alt(Ctx *c, NameToken *token, Str key) {
    if (str_empty(key)) return;
    Str term = str_concat(c->arena, STR("#"), key);
    for (size_t i = 0; i < token->n_alts; i++)
        if (str_eq(token->alts[i].term, term)) return;
    token->alts[token->n_alts++].term = term;
}

/* Ten digits can be an older number of ours or a paper's: both readings are looked up. */
static NameToken number_token(Ctx *c, Str typed) {
    NameToken token = { .folded = typed };
    add_alt(c, &token, number_search_key(c->arena, typed));
    add_alt(c, &token, plain_number(c->arena, typed));
    return token;
}

Status find_numbers(Ctx *c, const char *kind, Str number, size_t n_max, Record ***ret,
                    size_t *ret_n) {
    NameToken token = number_token(c, number);
    Found counts = { 0 };
    if (token.n_alts == 0) return *ret_n = 0, ST_OK;
    return terms(c, kind, &token, 1, n_max, false, &counts, ret, ret_n);
}

/* Is this record's number the whole number that was typed? The serial alone is also somebody else's: of
 * the other series, another year or another office. */
static bool is_number(Str typed, const Record *r) {
    Number a, b;
    return !number_parse(typed, &a) && !number_parse(record_text(r, "number"), &b) &&
           a.kind == b.kind && a.serial == b.serial && a.year == b.year && a.office[0] &&
           strcmp(a.office, b.office) == 0;
}

/* Everybody in the groups with this number, the focal point first. */
static Status add_members(Ctx *c, Found *found, const Record *group, int score) {
    Record **members;
    size_t n;
    Id focal, id;
    Record *person;
    const KindInfo *k = registry_kind(c, "person");
    TRY(family_members(c, group->id, &members, &n));
    if (record_id(group, "focal_point", &focal)) {
        TRY(record_try(c, k, focal, &person));
        if (person) add_line(c, found, person, "number", score);
    }
    for (size_t i = 0; i < n; i++) {
        if (!record_id(members[i], "person", &id)) continue;
        TRY(record_try(c, k, id, &person));
        if (person) add_line(c, found, person, "number", score - 1);
    }
    return ST_OK;
}

Status find_by_number(Ctx *c, Str typed, Found *found) {
    NameToken token = number_token(c, typed);
    Record **rows;
    size_t n;
    TRY(by_token(c, "person", &token, true, found, &rows, &n));
    for (size_t i = 0; i < n; i++)
        add_line(c, found, rows[i], "number",
                 is_number(typed, rows[i]) ? SCORE_WHOLE_NUMBER : NAME_SCORE_MAX);
    TRY(by_token(c, "registration_group", &token, false, found, &rows, &n));
    for (size_t i = 0; i < n; i++)
        TRY(add_members(c, found, rows[i],
                        is_number(typed, rows[i]) ? SCORE_WHOLE_NUMBER : NAME_SCORE_MAX));
    TRY(by_token(c, "name", &token, false, found, &rows, &n));
    for (size_t i = 0; i < n; i++)
        TRY(add_owner(c, found, rows[i], "number"));
    return ST_OK;
}

Status find_by_document(Ctx *c, Str typed, Found *found) {
    NameToken token = number_token(c, typed);
    Record **rows;
    size_t n;
    TRY(by_token(c, "document", &token, false, found, &rows, &n));
    for (size_t i = 0; i < n; i++)
        TRY(add_owner(c, found, rows[i], "document"));
    return ST_OK;
}

static size_t count_digits(Str text) {
    size_t n = 0, pos = 0;
    while (pos < text.n)
        if (text_digit(str_utf8_next(text, &pos)) >= 0) n++;
    return n;
}

Status find_by_phone(Ctx *c, Str typed, Found *found) {
    Str dial_code, e164;
    NameToken token = { .folded = typed };
    Record **rows;
    size_t n, digits = count_digits(typed);
    TRY(registry_dial_code(c, c->actor ? c->actor->office : ID_NONE, &dial_code));
    if (digits == 4)
        token.alts[token.n_alts++].term =
            str_concat(c->arena, STR("~"), phone_last4(c->arena, typed));
    else if (digits < PHONE_DIGITS_MIN || phone_parse(c->arena, typed, dial_code, &e164))
        return ST_OK;
    else
        token = number_token(c, e164);
    TRY(by_token(c, "phone", &token, false, found, &rows, &n));
    for (size_t i = 0; i < n; i++)
        TRY(add_owner(c, found, rows[i], "phone"));
    return ST_OK;
}

/* ---- names --------------------------------------------------------------------------------------- */

static size_t names_of(const Record *r, Str names[NAMES_MAX]) {
    size_t n = 0;
    for (size_t i = 0; i < r->kind->n_fields && n < NAMES_MAX; i++)
        if ((r->kind->fields[i].f.flags & FF_NAME) && r->values[i].type == VAL_TEXT)
            names[n++] = r->values[i].text;
    return n;
}

static Status find_people(Ctx *c, const NameQuery *q, Found *found) {
    Record **rows;
    size_t n;
    Str names[NAMES_MAX];
    NameMatcher *matcher = name_matcher_new(c->arena, q);
    TRY(terms(c, "person", q->tokens, q->n, found->limit, true, found, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        size_t n_names = names_of(rows[i], names);
        add_line(c, found, rows[i], "name", name_matcher_score(matcher, names, n_names));
    }
    return ST_OK;
}

/* Aliases and maiden names, where there is room beside those registered so: a line shows the person as they
 * are registered. */
static Status find_aliases(Ctx *c, const NameQuery *q, Found *found) {
    Record **rows;
    size_t n, room = found->limit - found->lines.n;
    if (room == 0) return ST_OK;
    NameMatcher *matcher = name_matcher_new(c->arena, q);
    TRY(terms(c, "name", q->tokens, q->n, room < RECORDS_PER_KEY ? room : RECORDS_PER_KEY, false,
              found, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        Str names[NAMES_MAX];
        size_t n_names = names_of(rows[i], names), before = found->lines.n;
        TRY(add_owner(c, found, rows[i], "name"));
        int score = name_matcher_score(matcher, names, n_names);
        if (found->lines.n > before) found->lines.v[before].score = score;
    }
    return ST_OK;
}

/* Each word as if it were still being typed: half of a first name and half of a last one. */
static NameQuery all_open(Arena *a, Str typed) {
    NameQuery open = { .n = 0 };
    while (typed.s && open.n < NAME_TOKENS_MAX) {
        NameQuery one = name_query(a, str_cut(&typed, ' '));
        if (one.n == 1) open.tokens[open.n++] = one.tokens[0];
    }
    return open;
}

/* Whole words first: opening every word looks at far more names, so that is done only when nobody
 * was found. */
Status find_by_name(Ctx *c, Str typed, Found *found) {
    NameQuery q = name_query(c->arena, typed);
    if (q.n == 0) return ST_OK;
    TRY(find_people(c, &q, found));
    TRY(find_aliases(c, &q, found));
    if (found->lines.n > 0 || q.n == 1) return ST_OK;
    q = all_open(c->arena, typed);
    TRY(find_people(c, &q, found));
    return find_aliases(c, &q, found);
}
