/* search.c: person.search: what a clerk half remembers, as they type it. */
#include "domain/registry/shapes_int.h"

#include <stdlib.h>

#include "base/banned.h"

/* More candidates than lines are ranked, so that the best of a common name come first. */
enum { LINES_DEFAULT = 20, LINES_MAX = 50, CANDIDATES_MAX = 60 };

typedef struct Counts {
    size_t digits, letters;
} Counts;

static Counts count(Str text) {
    Counts n = { 0 };
    size_t pos = 0;
    while (pos < text.n) {
        uint32_t code_point = str_utf8_next(text, &pos);
        if (text_digit(code_point) >= 0)
            n.digits++;
        else if (code_point_script(code_point) != SCRIPT_NONE)
            n.letters++;
    }
    return n;
}

/* Whoever has the very number that was read out comes first, even if their registration is void. */
static int by_score(const void *a, const void *b) {
    const Line *x = a, *y = b;
    bool x_whole = x->score > NAME_SCORE_MAX, y_whole = y->score > NAME_SCORE_MAX;
    if (x_whole != y_whole) return x_whole ? -1 : 1;
    bool x_void = record_is_void(x->person), y_void = record_is_void(y->person);
    if (x_void != y_void) return x_void ? 1 : -1;
    if (x->score != y->score) return x->score < y->score ? 1 : -1;
    int order =
        str_cmp(record_text(x->person, "display_name"), record_text(y->person, "display_name"));
    return order ? order : id_cmp(x->person->id, y->person->id);
}

/* A number has digits and at most an office's three letters and a C or an I; a name has letters. */
static Status gather(Ctx *c, Str q, Found *found) {
    Counts n = count(q);
    if (n.digits) {
        TRY(find_by_number(c, q, found));
        if (n.letters <= 1) TRY(find_by_phone(c, q, found));
        TRY(find_by_document(c, q, found));
    }
    if (n.letters > n.digits || (n.letters && found->lines.n == 0)) TRY(find_by_name(c, q, found));
    return ST_OK;
}

Status op_person_search(Ctx *c, OpCall *call) {
    Str q = val_get_text(call->input, "q", STR(""));
    size_t limit = (size_t)val_get_int(call->input, "limit", LINES_DEFAULT);
    if (limit < 1 || limit > LINES_MAX) limit = LINES_DEFAULT;
    Found found = { .limit = CANDIDATES_MAX };
    Val rows = val_list(), out = val_map();
    TRY(gather(c, q, &found));
    if (found.lines.n) qsort(found.lines.v, found.lines.n, sizeof(Line), by_score);
    for (size_t i = 0; i < found.lines.n && i < limit; i++) {
        Val line;
        TRY(line_show(c, call, &found.lines.v[i], &line));
        val_push(c->arena, &rows, line);
    }
    val_set_c(c->arena, &out, "rows", rows);
    val_set_c(c->arena, &out, "searched", val_int(found.searched));
    val_set_c(c->arena, &out, "more", val_bool(found.more || found.lines.n > limit));
    call->result = out;
    return ST_OK;
}
