/* draft.c: interviews that are not finished. Drafts live in LOCAL tables of the node: they are no
 * part of the register, are never exchanged, and go away when they become a registration.
 *
 * Two items each, so that lists need not read whole forms: space "draft" has the head, space
 * "draft.data" the form, both as JSON under the draft's id. */
#include "domain/registry/registry_int.h"

#include <stdlib.h>

#include "base/banned.h"

#define HEADS STR("draft")
#define FORMS STR("draft.data")
enum { FORM_MAX = 256 << 10, HEAD_MAX = 4 << 10, DRAFTS_SHOWN_MAX = 500 };

typedef struct Draft {
    Id id, owner, office;
    Str title, owner_name, state;
    Time saved_at;
} Draft;

static bool is_parked(const Draft *d) {
    return str_is(d->state, "parked");
}

static bool is_mine(Ctx *c, const Draft *d) {
    return id_eq(d->owner, c->actor->user);
}

/* Mine, or parked at my office for whoever goes on with it. */
static bool is_in_reach(Ctx *c, const Draft *d) {
    return is_mine(c, d) || (is_parked(d) && id_eq(d->office, c->actor->office));
}

static Id id_of(Val head, const char *key) {
    Id id;
    return id_parse(val_get_text(head, key, STR("")), &id) ? id : ID_NONE;
}

static bool head_read(Ctx *c, Str key, Str bytes, Time when, Draft *ret) {
    Val head;
    size_t noted = c->errs.n;
    if (!id_parse(key, &ret->id) || json_parse(c, bytes, HEAD_MAX, &head) != ST_OK) {
        c->errs.n = noted;
        return false;
    }
    ret->owner = id_of(head, "owner");
    ret->office = id_of(head, "office");
    ret->title = val_get_text(head, "title", STR(""));
    ret->owner_name = val_get_text(head, "owner_name", STR(""));
    ret->state = val_get_text(head, "state", STR(""));
    ret->saved_at = when;
    return true;
}

static void put_text(Ctx *c, Val *map, const char *key, Str text) {
    val_set_c(c->arena, map, key, val_text(text));
}

static Status head_write(Ctx *c, const Draft *d) {
    Val head = val_map();
    put_text(c, &head, "owner", id_text(c->arena, d->owner));
    put_text(c, &head, "owner_name", d->owner_name);
    put_text(c, &head, "office", id_text(c->arena, d->office));
    put_text(c, &head, "title", d->title);
    put_text(c, &head, "state", d->state);
    Buf json = buf_new(c->arena, HEAD_MAX);
    json_write(&json, head);
    if (buf_full(&json)) return FAIL(c, ST_LIMIT, "title", "error.text.too_long");
    return local_put(c, HEADS, id_text(c->arena, d->id), buf_text(&json));
}

/* *ret_there is false where there is none; one that is not in reach is said to be missing. */
static Status draft_find(Ctx *c, Id id, Draft *ret, bool *ret_there) {
    Str key = id_text(c->arena, id), bytes;
    size_t noted = c->errs.n;
    Time when;
    *ret_there = false;
    Status st = local_get(c, HEADS, key, &bytes, &when);
    if (st == ST_MISSING) return c->errs.n = noted, ST_OK;
    if (st != ST_OK) return st;
    if (!head_read(c, key, bytes, when, ret) || !is_in_reach(c, ret))
        return FAIL(c, ST_MISSING, "id", "error.missing", "kind", STR("draft"));
    *ret_there = true;
    return ST_OK;
}

static Status draft_need(Ctx *c, OpCall *call, Draft *ret) {
    Id id;
    bool there;
    if (!val_get_id(op_in(call, "id"), &id)) return FAIL(c, ST_INVALID, "id", "error.required");
    TRY(draft_find(c, id, ret, &there));
    return there ? ST_OK : FAIL(c, ST_MISSING, "id", "error.missing", "kind", STR("draft"));
}

static void answer(Ctx *c, OpCall *call, Id id) {
    Val out = val_map();
    val_set_c(c->arena, &out, "id", val_id(c->arena, id));
    call->result = out;
}

/* ---- writing ------------------------------------------------------------------------------------- */

/* Whoever saves takes it over: a parked interview that a colleague resumes is now theirs. */
Status op_draft_save(Ctx *c, OpCall *call) {
    Draft d = { 0 };
    bool there;
    Id id;
    if (!val_get_id(op_in(call, "id"), &id)) return FAIL(c, ST_INVALID, "id", "error.required");
    TRY(draft_find(c, id, &d, &there));
    d.id = id;
    d.owner = c->actor->user;
    d.owner_name = c->actor->name.s ? c->actor->name : STR("");
    d.office = c->actor->office;
    d.title = val_get_text(call->input, "title", STR(""));
    d.state = val_get_text(call->input, "state", STR(""));
    if (!is_parked(&d) && !str_is(d.state, "active"))
        return FAIL(c, ST_INVALID, "state", "error.draft.state");
    Buf form = buf_new(c->arena, FORM_MAX);
    json_write(&form, op_in(call, "data"));
    if (buf_full(&form)) return FAIL(c, ST_LIMIT, "data", "error.draft.too_large");
    TRY(local_put(c, FORMS, id_text(c->arena, id), buf_text(&form)));
    TRY(head_write(c, &d));
    answer(c, call, id);
    return ST_OK;
}

Status draft_drop(Ctx *c, Id draft) {
    Str key = id_text(c->arena, draft);
    Draft d = { 0 };
    bool there;
    TRY(draft_find(c, draft, &d, &there));
    if (!there) return ST_OK;
    TRY(local_delete(c, HEADS, key));
    return local_delete(c, FORMS, key);
}

/* A form that names the subject goes, whoever it belongs to. */
Status drafts_forget(Ctx *c, Id subject) {
    Str *keys;
    size_t n;
    TRY(local_find(c, FORMS, id_text(c->arena, subject), &keys, &n));
    for (size_t i = 0; i < n; i++) {
        TRY(local_delete(c, HEADS, keys[i]));
        TRY(local_delete(c, FORMS, keys[i]));
    }
    return ST_OK;
}

Status op_draft_discard(Ctx *c, OpCall *call) {
    Draft d = { 0 };
    TRY(draft_need(c, call, &d));
    TRY(draft_drop(c, d.id));
    answer(c, call, d.id);
    return ST_OK;
}

Status op_draft_hand_over(Ctx *c, OpCall *call) {
    Draft d = { 0 };
    Id user;
    Record *r;
    bool registers = true;
    TRY(draft_need(c, call, &d));
    if (!val_get_id(op_in(call, "user"), &user))
        return FAIL(c, ST_INVALID, "user", "error.required");
    TRY(record_need(c, "user", user, "user", &r));
    if (!id_eq(user, c->actor->user)) TRY(is_colleague(c, r, &registers));
    if (!registers) return FAIL(c, ST_INVALID, "user", "error.draft.colleague");
    d.owner = user;
    d.owner_name = record_text(r, "name");
    d.office = c->actor->office;
    TRY(head_write(c, &d));
    answer(c, call, d.id);
    return ST_OK;
}

/* ---- reading ------------------------------------------------------------------------------------- */

static Val show(Ctx *c, const Draft *d) {
    Val out = val_map();
    val_set_c(c->arena, &out, "id", val_id(c->arena, d->id));
    put_text(c, &out, "title", d->title);
    put_text(c, &out, "state", d->state);
    val_set_c(c->arena, &out, "owner", val_id(c->arena, d->owner));
    put_text(c, &out, "owner_name", d->owner_name);
    val_set_c(c->arena, &out, "saved_at", val_int(d->saved_at));
    return out;
}

static int newest_first(const void *a, const void *b) {
    const Draft *x = a, *y = b;
    if (x->saved_at != y->saved_at) return x->saved_at < y->saved_at ? 1 : -1;
    return id_cmp(x->id, y->id);
}

typedef VEC(Draft) Drafts;

static Status in_reach(Ctx *c, Drafts *ret) {
    LocalItem *items;
    size_t n;
    TRY(local_list(c, HEADS, &items, &n));
    for (size_t i = 0; i < n; i++) {
        Draft d = { 0 };
        if (head_read(c, items[i].key, items[i].bytes, items[i].when, &d) && is_in_reach(c, &d))
            vec_push(c->arena, ret, d);
    }
    if (ret->n) qsort(ret->v, ret->n, sizeof *ret->v, newest_first);
    return ST_OK;
}

Status drafts_count(Ctx *c, int64_t *ret_active, int64_t *ret_parked) {
    Drafts all = { 0 };
    int64_t active = 0, parked = 0;
    TRY(in_reach(c, &all));
    for (size_t i = 0; i < all.n; i++) {
        if (!is_mine(c, &all.v[i])) continue;
        if (is_parked(&all.v[i]))
            parked++;
        else
            active++;
    }
    *ret_active = active;
    *ret_parked = parked;
    return ST_OK;
}

Status op_draft_list(Ctx *c, OpCall *call) {
    Str whose = val_get_text(call->input, "whose", STR("mine"));
    bool desk = str_is(whose, "desk");
    Drafts all = { 0 };
    Val rows = val_list(), out = val_map();
    if (!desk && !str_is(whose, "mine")) return FAIL(c, ST_INVALID, "whose", "error.draft.whose");
    TRY(in_reach(c, &all));
    for (size_t i = 0; i < all.n && rows.list.n < DRAFTS_SHOWN_MAX; i++) {
        bool here = is_parked(&all.v[i]) && id_eq(all.v[i].office, c->actor->office);
        if (desk ? here : is_mine(c, &all.v[i])) val_push(c->arena, &rows, show(c, &all.v[i]));
    }
    val_set_c(c->arena, &out, "rows", rows);
    call->result = out;
    return ST_OK;
}

Status op_draft_get(Ctx *c, OpCall *call) {
    Draft d = { 0 };
    Str form;
    Time when;
    Val data;
    TRY(draft_need(c, call, &d));
    TRY(local_get(c, FORMS, id_text(c->arena, d.id), &form, &when));
    TRY(json_parse(c, form, FORM_MAX, &data));
    Val out = show(c, &d);
    val_set_c(c->arena, &out, "data", data);
    call->result = out;
    return ST_OK;
}
