/* shape.c: what operations take and return, checked and shown.
 *
 * Shapes nest, so the maps still to do wait in a queue: no recursion over input. */
#include "model/model_int.h"

#include "base/banned.h"

/* --- finding the field of a key ------------------------------------------------------------------- */

/* A field as it stands in a shape: like and the defaults are resolved. */
typedef struct Member {
    Field f;
    Str key;       /* under which the clean value is put */
    bool required; /* in this shape */
} Member;

static _Noreturn void shape_bug(const Shape *s, const char *field, const char *what) {
    static char text[300];
    snprintf(text, sizeof text, "shape %s, field %s: %s", s->name ? s->name : "?", field, what);
    BUG(text);
}

/* The field that "person.given_name" names. */
static const FieldInfo *field_like(const Model *m, const Shape *s, const Field *row) {
    Str field = str_of(row->like), kind = str_cut(&field, '.');
    const KindInfo *k = model_kind(m, kind);
    const FieldInfo *f = k && field.s ? kind_field(k, field) : NULL;
    if (!f) shape_bug(s, row->name, "there is no field for its .like");
    return f;
}

static Member member_of_row(const Model *m, const Shape *s, const Field *row) {
    Member member = { .f = *row, .key = str_of(row->name), .required = row->flags & FF_REQUIRED };
    if (row->like) {
        member.f = field_like(m, s, row)->f;
        member.f.name = row->name;
        member.f.flags = (member.f.flags & ~(uint32_t)FF_REQUIRED) |
                         (row->flags & (FF_REQUIRED | FF_LIST | FF_PERSONAL));
    } else if (row->flags & FF_LIST) {
        member.f.min = member.f.max = 0; /* bounds of the list, not of its items */
    }
    if (member.f.type == FT_TEXT && member.f.max == 0) member.f.max = TEXT_BYTES_DEFAULT;
    if (member.f.type == FT_SET && member.f.max == 0) member.f.max = SET_COUNT_DEFAULT;
    return member;
}

static size_t list_max(const Shape *s, Str key) {
    for (size_t i = 0; i < s->n_fields; i++)
        if (str_is(key, s->fields[i].name) && s->fields[i].max) return (size_t)s->fields[i].max;
    return LIST_COUNT_DEFAULT;
}

/* Fields that an edit may name: what is fixed at creation has to be listed by the shape itself. */
static bool editable(const FieldInfo *f) {
    return f->index != 0 && !(f->f.flags & (FF_FIXED | FF_HIDDEN));
}

static const KindInfo *kind_of_shape(const Model *m, const Shape *s) {
    if (!s->kind_fields) return NULL;
    const KindInfo *k = model_kind(m, str_of(s->kind_fields));
    if (!k) shape_bug(s, s->kind_fields, "there is no such kind for .kind_fields");
    return k;
}

static bool find_member(const Model *m, const Shape *s, Str key, Member *ret) {
    for (size_t i = 0; i < s->n_fields; i++) {
        if (!str_is(key, s->fields[i].name)) continue;
        *ret = member_of_row(m, s, &s->fields[i]);
        return true;
    }
    const KindInfo *k = kind_of_shape(m, s);
    const FieldInfo *f = k ? kind_field(k, key) : NULL;
    if (!f || !editable(f)) return false;
    *ret = (Member){ .f = f->f, .key = str_of(f->key_text) };
    return true;
}

/* --- checking the tables -------------------------------------------------------------------------- */

static void verify_row(const Model *m, const Shape *s, const Field *row) {
    const char *name = row->name ? row->name : "";
    if (!name[0]) shape_bug(s, name, "it has no name");
    for (const Field *other = s->fields; other < row; other++)
        if (strcmp(other->name, name) == 0) shape_bug(s, name, "the name is there twice");
    if (row->like) {
        (void)field_like(m, s, row);
        return;
    }
    bool coded = row->type == FT_CODE || row->type == FT_SET;
    if (coded && (!row->codes || !model_codes(m, str_of(row->codes))))
        shape_bug(s, name, "there is no such code list");
    if (row->type == FT_REF && row->kind && !model_kind(m, str_of(row->kind)))
        shape_bug(s, name, "there is no such kind");
    if ((row->type == FT_SHAPE) != (row->shape != NULL))
        shape_bug(s, name, "FT_SHAPE and .shape go together");
    if (row->scale < 0 || row->scale > SCALE_MAX) shape_bug(s, name, "the scale is not 0-6");
}

void shape_verify(const Model *m, const Shape *shape) {
    const Shape *seen[64] = { shape };
    size_t n = 1, limit = sizeof seen / sizeof seen[0];
    for (size_t at = 0; at < n; at++) {
        const Shape *s = seen[at];
        (void)kind_of_shape(m, s);
        for (size_t i = 0; i < s->n_fields; i++) {
            verify_row(m, s, &s->fields[i]);
            const Shape *inner = s->fields[i].shape;
            size_t k = 0;
            while (inner && k < n && seen[k] != inner)
                k++;
            if (!inner || k < n) continue;
            if (n == limit) shape_bug(s, s->fields[i].name, "too many shapes hang together");
            seen[n++] = inner;
        }
    }
}

/* --- checking input ------------------------------------------------------------------------------- */

/* One map to check against a shape, or typed map to show. */
typedef struct Work {
    const Shape *shape;
    Val in;
    Val *out;
    Str path;
} Work;

typedef struct Walk {
    Ctx *c; /* NULL when showing */
    Arena *arena;
    const Model *m;
    VEC(Work) queue;
} Walk;

static void later(Walk *w, const Shape *shape, Val in, Val *out) {
    Work work = { shape, in, out, w->c ? w->c->path : STR("") };
    vec_push(w->arena, &w->queue, work);
}

static Status check_list(Walk *w, const Shape *s, const Member *member, Val in, Val *out) {
    Ctx *c = w->c;
    const char *name = str_c(c->arena, member->key);
    if (in.type != VAL_LIST)
        return FAIL(c, ST_INVALID, name, "error.type", "expected", STR("list"));
    size_t max = list_max(s, member->key);
    if (in.list.n > max)
        return FAIL(c, ST_INVALID, name, "error.list.too_long", "max",
                    str_printf(c->arena, "%zu", max));
    Val *items = arena_array(c->arena, Val, in.list.n);
    Status st = ST_OK;
    for (size_t i = 0; i < in.list.n; i++) {
        Str old_path = ctx_path_enter(c, "%s[%zu]", name, i);
        Status one = ST_OK;
        if (member->f.type == FT_SHAPE)
            later(w, member->f.shape, in.list.v[i], &items[i]);
        else
            one = value_check(c, w->m, &member->f, "", in.list.v[i], &items[i]);
        if (one == ST_OK && items[i].type == VAL_NULL)
            one = FAIL(c, ST_INVALID, "", "error.required");
        ctx_path_leave(c, old_path);
        if (one != ST_OK) st = one;
    }
    *out = (Val){ .type = VAL_LIST, .list = { items, in.list.n } };
    return st;
}

static Status check_member(Walk *w, const Shape *s, const Member *member, Val in, Val *out) {
    if (in.type == VAL_NULL || in.type == VAL_NONE) {
        *out = val_null();
        return ST_OK;
    }
    if (member->f.flags & FF_LIST) return check_list(w, s, member, in, out);
    const char *name = str_c(w->c->arena, member->key);
    if (member->f.type != FT_SHAPE) return value_check(w->c, w->m, &member->f, name, in, out);
    Str old_path = ctx_path_enter(w->c, "%s", name);
    later(w, member->f.shape, in, out);
    ctx_path_leave(w->c, old_path);
    return ST_OK;
}

static Status unknown_key(Walk *w, const Shape *s, Str key) {
    enum { KEY_SHOWN_N = 64 };
    Suggest near = suggest_new(key);
    for (size_t i = 0; i < s->n_fields; i++)
        suggest_offer(&near, str_of(s->fields[i].name));
    const KindInfo *k = kind_of_shape(w->m, s);
    for (size_t i = 0; k && i < k->n_fields; i++)
        if (editable(&k->fields[i])) suggest_offer(&near, str_of(k->fields[i].f.name));
    /* The path is the sender's own word: short enough to be shown, whole characters. */
    size_t n = key.n < KEY_SHOWN_N ? key.n : KEY_SHOWN_N;
    while (n < key.n && n > 0 && ((uint8_t)key.s[n] & 0xc0) == 0x80)
        n--;
    const char *path = str_c(w->arena, str_slice(key, 0, n));
    return FAIL(w->c, ST_INVALID, path, "error.unknown_field", "did_you_mean", suggest_best(&near));
}

/* What the shape demands and was not given, or was given as empty. */
static Status check_required(Walk *w, const Shape *s, Val in, Val clean) {
    Status st = ST_OK;
    for (size_t i = 0; i < s->n_fields; i++) {
        const Field *row = &s->fields[i];
        if (!(row->flags & FF_REQUIRED)) continue;
        bool given = !val_is_absent(val_get(in, row->name));
        if (given && val_get(clean, row->name).type != VAL_NULL) continue;
        st = FAIL(w->c, ST_INVALID, row->name, "error.required");
    }
    return st;
}

static Status check_map(Walk *w, Work work) {
    Ctx *c = w->c;
    if (work.in.type != VAL_MAP)
        return FAIL(c, ST_INVALID, "", "error.type", "expected", STR("object"));
    /* Values that wait in the queue are written later: the pairs must not move. */
    Val clean = { .type = VAL_MAP };
    clean.map.v = arena_array(c->arena, ValPair, work.in.map.n);
    Status st = ST_OK;
    for (size_t i = 0; i < work.in.map.n; i++) {
        const ValPair *p = &work.in.map.v[i];
        Member member;
        if (!find_member(w->m, work.shape, p->key, &member)) {
            st = unknown_key(w, work.shape, p->key);
            continue;
        }
        if (!val_is_absent(val_get_str(clean, member.key))) { /* by its name and by its id */
            st = FAIL(c, ST_INVALID, str_c(c->arena, p->key), "error.field.twice");
            continue;
        }
        ValPair *out = &clean.map.v[clean.map.n];
        Status one = check_member(w, work.shape, &member, p->value, &out->value);
        if (one != ST_OK)
            st = one;
        else {
            out->key = str_copy(c->arena, member.key);
            clean.map.n++;
        }
    }
    Status one = check_required(w, work.shape, work.in, clean);
    *work.out = clean;
    return one != ST_OK ? one : st;
}

Status shape_check(Ctx *c, const Model *m, const Shape *shape, Val in, Val *ret_clean) {
    Walk w = { .c = c, .arena = c->arena, .m = m };
    Val *clean = arena_new_of(c->arena, Val);
    /* An operation without input may be called with nothing. */
    later(&w, shape, in.type == VAL_NONE || in.type == VAL_NULL ? val_map() : in, clean);
    Status st = ST_OK;
    for (size_t i = 0; i < w.queue.n; i++) {
        Str old_path = c->path;
        c->path = w.queue.v[i].path;
        Status one = check_map(&w, w.queue.v[i]);
        ctx_path_leave(c, old_path);
        if (one != ST_OK) st = one;
    }
    if (st == ST_OK) *ret_clean = *clean;
    return st;
}

/* --- showing -------------------------------------------------------------------------------------- */

static void show_member(Walk *w, const Member *member, Val typed, Val *out) {
    const Field *f = &member->f;
    if (!(f->flags & FF_LIST) || typed.type != VAL_LIST) {
        *out = typed;
        if (f->type != FT_SHAPE)
            *out = value_show(w->arena, f, typed);
        else if (typed.type == VAL_MAP)
            later(w, f->shape, typed, out);
        return;
    }
    Val *items = arena_array(w->arena, Val, typed.list.n);
    for (size_t i = 0; i < typed.list.n; i++) {
        items[i] = typed.list.v[i];
        if (f->type != FT_SHAPE)
            items[i] = value_show(w->arena, f, typed.list.v[i]);
        else if (items[i].type == VAL_MAP)
            later(w, f->shape, typed.list.v[i], &items[i]);
    }
    *out = (Val){ .type = VAL_LIST, .list = { items, typed.list.n } };
}

Val shape_show(Arena *a, const Model *m, const Shape *shape, Val typed) {
    if (typed.type != VAL_MAP) return typed;
    Walk w = { .arena = a, .m = m };
    Val shown;
    later(&w, shape, typed, &shown);
    for (size_t i = 0; i < w.queue.n; i++) {
        Work work = w.queue.v[i];
        Val out = { .type = VAL_MAP };
        out.map.v = arena_array(a, ValPair, work.in.map.n);
        for (size_t k = 0; k < work.in.map.n; k++) {
            const ValPair *p = &work.in.map.v[k];
            Member member;
            if (!find_member(m, work.shape, p->key, &member)) continue;
            ValPair *to = &out.map.v[out.map.n++];
            to->key = p->key;
            show_member(&w, &member, p->value, &to->value);
        }
        *work.out = out;
    }
    return shown;
}
