/* permission.c: names of permissions and lanes, and what a permission opens. */
#include "access/access_int.h"

#include "base/banned.h"

static const char *const permission_names[PERMISSIONS] = {
    [PERM_NONE] = "none",
    [PERM_PERSON_READ] = "person.read",
    [PERM_PERSON_WRITE] = "person.write",
    [PERM_PERSON_VOID] = "person.void",
    [PERM_PERSON_ERASE] = "person.erase",
    [PERM_NEED_READ] = "need.read",
    [PERM_NEED_WRITE] = "need.write",
    [PERM_SEALED_READ] = "sealed.read",
    [PERM_IMPORT] = "import",
    [PERM_IMPORT_APPROVE] = "import.approve",
    [PERM_EXPORT] = "export",
    [PERM_REPORT] = "report",
    [PERM_USER_READ] = "user.read",
    [PERM_USER_WRITE] = "user.write",
    [PERM_OFFICE_WRITE] = "office.write",
    [PERM_MODEL_WRITE] = "model.write",
    [PERM_HISTORY_READ] = "history.read",
    [PERM_CONFLICT_RESOLVE] = "conflict.resolve",
    [PERM_SYSTEM] = "system",
};

_Static_assert(PERMISSIONS <= 32, "permissions are bits of a uint32_t");

const char *permission_name(Permission p) {
    ASSERT(p < PERMISSIONS);
    return permission_names[p];
}

bool permission_parse(Str code, Permission *ret) {
    for (int p = PERM_NONE + 1; p < PERMISSIONS; p++) {
        if (!str_ieq(code, str_of(permission_names[p]))) continue;
        *ret = (Permission)p;
        return true;
    }
    return false;
}

static const char *const lane_names[LANES] = {
    [LANE_CONTROL] = "control",     [LANE_CORE] = "core",       [LANE_PROTECTION] = "protection",
    [LANE_BIOMETRIC] = "biometric", [LANE_FINANCE] = "finance", [LANE_AUDIT] = "audit",
};

const char *lane_name(Lane lane) {
    ASSERT(lane < LANES);
    return lane_names[lane];
}

bool lane_parse(Str code, Lane *ret) {
    for (int l = 0; l < LANES; l++) {
        if (!str_ieq(code, str_of(lane_names[l]))) continue;
        *ret = (Lane)l;
        return true;
    }
    return false;
}

/* --- of an actor ------------------------------------------------------------------------------ */

static bool has_scope(const ActorGrant *g, uint32_t scope) {
    size_t from = 0, to = g->n_scopes;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (g->scopes[middle] == scope) return true;
        if (g->scopes[middle] < scope)
            from = middle + 1;
        else
            to = middle;
    }
    return false;
}

static bool has_office(const ActorGrant *g, Id office) {
    size_t from = 0, to = g->n_offices;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = id_cmp(g->offices[middle], office);
        if (order == 0) return true;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return false;
}

bool actor_may(const Actor *a, Permission p) {
    ASSERT(p < PERMISSIONS);
    return p == PERM_NONE || a->system || (a->permissions >> p & 1) != 0;
}

bool actor_may_in(const Actor *a, Permission p, uint32_t scope) {
    ASSERT(p < PERMISSIONS);
    if (a->system) return true;
    for (size_t i = 0; i < a->n_grants; i++) {
        const ActorGrant *g = &a->grants[i];
        if ((p == PERM_NONE || (g->permissions >> p & 1) != 0) && has_scope(g, scope)) return true;
    }
    return false;
}

bool actor_may_at(const Actor *a, Permission p, Id office) {
    ASSERT(p < PERMISSIONS);
    if (a->system) return true;
    for (size_t i = 0; i < a->n_grants; i++) {
        const ActorGrant *g = &a->grants[i];
        if ((p == PERM_NONE || (g->permissions >> p & 1) != 0) && has_office(g, office))
            return true;
    }
    return false;
}

static Status denied(Ctx *c, Permission p) {
    return FAIL(c, ST_DENIED, NULL, "error.denied", "permission", str_of(permission_name(p)), "who",
                c->actor->granters.s ? c->actor->granters : STR(""));
}

static Status nobody(Ctx *c) {
    return FAIL(c, ST_UNAUTHENTICATED, NULL, "error.session.none");
}

Status actor_require(Ctx *c, Permission p) {
    if (!c->actor) return nobody(c);
    return actor_may(c->actor, p) ? ST_OK : denied(c, p);
}

Status actor_require_in(Ctx *c, Permission p, uint32_t scope) {
    if (!c->actor) return nobody(c);
    return actor_may_in(c->actor, p, scope) ? ST_OK : denied(c, p);
}

Status actor_require_at(Ctx *c, Permission p, Id office) {
    if (!c->actor) return nobody(c);
    return actor_may_at(c->actor, p, office) ? ST_OK : denied(c, p);
}

/* --- of a kind -------------------------------------------------------------------------------- */

typedef struct KindRule {
    const char *kind;
    Permission read, write;
    bool read_only; /* written by the program itself */
    bool own;       /* rows whose owner one is, and those that are shared */
} KindRule;

/* Control kinds: everybody needs the names of offices, roles and codes; accounts are for those who
 * look after them. Kinds of other lanes follow their lane, below. */
static const KindRule kind_rules[] = {
    { "office", .read = PERM_NONE, .write = PERM_OFFICE_WRITE },
    { "user", .read = PERM_USER_READ, .write = PERM_USER_WRITE },
    { "role", .read = PERM_NONE, .write = PERM_USER_WRITE },
    { "grant", .read = PERM_USER_READ, .write = PERM_USER_WRITE },
    { "code_entry", .read = PERM_NONE, .write = PERM_MODEL_WRITE },
    { "custom_field", .read = PERM_NONE, .write = PERM_MODEL_WRITE },
    { "number_block", .read = PERM_OFFICE_WRITE, .read_only = true },
    { "erasure", .read = PERM_HISTORY_READ, .read_only = true },
    { "saved_view", .read = PERM_NONE, .write = PERM_NONE, .own = true },
    { "import_batch", .read = PERM_IMPORT, .write = PERM_IMPORT },
};

static const KindRule lane_rules[LANES] = {
    [LANE_CONTROL] = { .read = PERM_SYSTEM, .write = PERM_SYSTEM },
    [LANE_CORE] = { .read = PERM_PERSON_READ, .write = PERM_PERSON_WRITE },
    [LANE_PROTECTION] = { .read = PERM_NEED_READ, .write = PERM_NEED_WRITE },
    [LANE_BIOMETRIC] = { .read = PERM_SEALED_READ, .write = PERM_PERSON_WRITE },
    [LANE_FINANCE] = { .read = PERM_PERSON_READ, .write = PERM_PERSON_WRITE },
    [LANE_AUDIT] = { .read = PERM_USER_READ, .read_only = true },
};

static const KindRule *kind_rule(const KindInfo *k) {
    for (size_t i = 0; i < sizeof kind_rules / sizeof kind_rules[0]; i++)
        if (str_is(str_of(k->k->name), kind_rules[i].kind)) return &kind_rules[i];
    ASSERT(k->k->lane < LANES);
    return &lane_rules[k->k->lane];
}

bool access_may_read_kind(const Actor *a, const KindInfo *k) {
    return actor_may(a, kind_rule(k)->read);
}

bool access_own_rows_only(const Actor *a, const KindInfo *k) {
    return !a->system && kind_rule(k)->own;
}

bool access_may_read_row(const Actor *a, const Record *r) {
    Id owner;
    if (!access_own_rows_only(a, r->kind)) return true;
    if (record_id(r, "owner", &owner) && id_eq(owner, a->user)) return true;
    Val shared = record_value(r, "shared");
    return shared.type == VAL_BOOL && shared.b;
}

bool access_may_write_kind(const Actor *a, const KindInfo *k) {
    const KindRule *rule = kind_rule(k);
    return a->system || (!rule->read_only && actor_may(a, rule->write));
}

/* The permission by which rows of a lane are read. */
Permission lane_read_permission(Lane lane) {
    return lane == LANE_CONTROL ? PERM_NONE : lane_rules[lane].read;
}

/* --- acts that are no operations -------------------------------------------------------------- */

const char *access_act_name(uint32_t op_no) {
    switch (op_no) {
    case ACT_PASSWORD_CHANGE: return "session.password";
    case ACT_PASSWORD_REHASH: return "session.rehash";
    case ACT_AUDIT: return "audit.read";
    case ACT_BEGIN: return "folder.begin";
    default: return NULL;
    }
}
