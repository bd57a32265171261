/* expr_lex.c: an expression's source to tokens. */
#include "model/expr_int.h"

#include "base/banned.h"

enum { NEAR_N = 40 };

/* Whole characters of the source, short enough to be shown. */
static Str near_text(Str source, uint32_t pos, uint32_t len) {
    if (pos >= source.n || len == 0) return STR("end");
    size_t to = pos + (len < NEAR_N ? len : NEAR_N);
    if (to > source.n) to = source.n;
    while (to < source.n && ((uint8_t)source.s[to] & 0xc0) == 0x80)
        to++;
    return str_slice(source, pos, to);
}

Status expr_error(Parser *p, const char *key, uint32_t pos, uint32_t len, const char *name1,
                  Str value1, const char *name2, Str value2) {
    size_t characters = str_utf8_length(str_slice(p->source, 0, pos));
    Str position = str_printf(p->c->arena, "%zu", characters + 1);
    return FAIL(p->c, ST_INVALID, "where", key, "position", position, "near",
                near_text(p->source, pos, len), name1, value1, name2, value2);
}

static Status lex_error(Parser *p, const char *key, uint32_t pos, uint32_t end) {
    return expr_error(p, key, pos, end - pos, NULL, STR(""), NULL, STR(""));
}

static bool is_digit(Str s, size_t at) {
    return at < s.n && s.s[at] >= '0' && s.s[at] <= '9';
}

static bool is_letter(Str s, size_t at) {
    if (at >= s.n) return false;
    char ch = s.s[at];
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_';
}

static uint32_t digits_end(Str s, uint32_t at) {
    while (is_digit(s, at))
        at++;
    return at;
}

/* 2024-01-31 and nothing else: a subtraction of years would have spaces around its minus. */
static bool looks_like_date(Str s, uint32_t at, uint32_t end) {
    static const char form[] = "dddd-dd-dd";
    if (end - at != 4 || s.n - at < 10) return false;
    for (size_t i = 0; i < 10; i++)
        if (form[i] == 'd' ? !is_digit(s, at + i) : s.s[at + i] != form[i]) return false;
    return !is_digit(s, at + 10);
}

static Status lex_number(Parser *p, Token *t) {
    Str s = p->source;
    uint32_t end = digits_end(s, t->pos);
    if (looks_like_date(s, t->pos, end)) {
        t->word = W_DATE;
        t->len = 10;
        Day day;
        if (!day_from_iso(str_slice(s, t->pos, t->pos + 10), &day))
            return lex_error(p, "error.expr.date", t->pos, t->pos + 10);
        t->number = day;
        return ST_OK;
    }
    uint32_t point = end;
    if (end < s.n && s.s[end] == '.' && is_digit(s, end + 1)) end = digits_end(s, end + 1);
    t->word = W_NUMBER;
    t->len = end - t->pos;
    t->scale = end > point ? (int)(end - point) - 1 : 0;
    bool fits = end - point <= SCALE_MAX + 1;
    for (uint32_t i = t->pos; i < end && fits; i++) {
        if (i == point) continue;
        fits = !__builtin_mul_overflow(t->number, 10, &t->number) &&
               !__builtin_add_overflow(t->number, s.s[i] - '0', &t->number);
    }
    if (!fits) return lex_error(p, "error.expr.number", t->pos, end);
    if (is_letter(s, end)) return lex_error(p, "error.expr.character", t->pos, end + 1);
    return ST_OK;
}

/* 'text' or "name": two quotes in a row stand for one. */
static Status lex_quoted(Parser *p, Token *t, char quote) {
    Str s = p->source;
    Buf text = buf_new(p->c->arena, EXPR_SOURCE_MAX);
    uint32_t at = t->pos + 1;
    for (;; at++) {
        if (at >= s.n) return lex_error(p, "error.expr.text_open", t->pos, (uint32_t)s.n);
        if (s.s[at] != quote)
            buf_byte(&text, (uint8_t)s.s[at]);
        else if (at + 1 < s.n && s.s[at + 1] == quote)
            buf_byte(&text, (uint8_t)s.s[at++]);
        else
            break;
    }
    t->word = quote == '\'' ? W_TEXT : W_NAME;
    t->text = buf_text(&text);
    t->len = at + 1 - t->pos;
    return ST_OK;
}

static void lex_word(Parser *p, Token *t) {
    static const struct {
        const char *text;
        Word word;
    } words[] = {
        { "and", W_AND },         { "contains", W_CONTAINS },
        { "false", W_FALSE },     { "in", W_IN },
        { "is", W_IS },           { "known", W_KNOWN },
        { "not", W_NOT },         { "or", W_OR },
        { "starts", W_STARTS },   { "true", W_TRUE },
        { "unknown", W_UNKNOWN }, { "where", W_WHERE },
        { "with", W_WITH },
    };
    uint32_t end = t->pos;
    while (is_letter(p->source, end) || is_digit(p->source, end))
        end++;
    t->word = W_NAME;
    t->len = end - t->pos;
    t->text = str_slice(p->source, t->pos, end);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_ieq(t->text, str_of(words[i].text))) t->word = words[i].word;
}

static Status lex_symbol(Parser *p, Token *t) {
    static const struct {
        char text[3];
        Word word;
    } symbols[] = { { "!=", W_NE },   { "<=", W_LE },   { ">=", W_GE },  { "=", W_EQ },
                    { "<", W_LT },    { ">", W_GT },    { "+", W_PLUS }, { "-", W_MINUS },
                    { "*", W_STAR },  { "/", W_SLASH }, { "(", W_OPEN }, { ")", W_CLOSE },
                    { ",", W_COMMA }, { ".", W_DOT } };
    Str rest = str_slice(p->source, t->pos, p->source.n);
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        Str symbol = str_of(symbols[i].text);
        if (!str_starts(rest, symbol)) continue;
        t->word = symbols[i].word;
        t->len = (uint32_t)symbol.n;
        return ST_OK;
    }
    return lex_error(p, "error.expr.character", t->pos, t->pos + 1);
}

Status expr_lex(Parser *p) {
    VEC(Token) tokens = { 0 };
    Str s = p->source;
    uint32_t at = 0;
    for (;;) {
        while (at < s.n &&
               (s.s[at] == ' ' || s.s[at] == '\t' || s.s[at] == '\n' || s.s[at] == '\r'))
            at++;
        Token t = { .word = W_END, .pos = at };
        if (at < s.n) {
            if (is_digit(s, at))
                TRY(lex_number(p, &t));
            else if (is_letter(s, at))
                lex_word(p, &t);
            else if (s.s[at] == '\'' || s.s[at] == '"')
                TRY(lex_quoted(p, &t, s.s[at]));
            else
                TRY(lex_symbol(p, &t));
        }
        vec_push(p->c->arena, &tokens, t);
        if (t.word == W_END) break;
        at += t.len;
    }
    p->tokens = tokens.v;
    return ST_OK;
}
