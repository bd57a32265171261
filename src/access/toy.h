/* toy.h: the control kinds that access looks for, at their least: for tests of this room and of rooms
 * that stand on it and know no administration. */
#ifndef ACCESS_TOY_H
#define ACCESS_TOY_H

#include "access/access.h"

static const Field toy_office_fields[] = {
    { "code", .no = 2, .type = FT_TEXT, .flags = FF_NATURAL | FF_INDEXED },
    { "name", .no = 3, .type = FT_TEXT },
    { "parent", .no = 5, .type = FT_REF, .kind = "office", .flags = FF_INDEXED },
    { "utc_offset_minutes", .no = 7, .type = FT_INT },
};
static const Kind toy_office = { "office", .no = 1, .subject_rule = SUBJECT_NONE,
                                 FIELDS(toy_office_fields), .title = "name" };

static const Field toy_user_fields[] = {
    { "login", .no = 2, .type = FT_TEXT, .flags = FF_INDEXED },
    { "name", .no = 3, .type = FT_TEXT },
    { "office", .no = 4, .type = FT_REF, .kind = "office" },
    { "language", .no = 5, .type = FT_TEXT },
    { "status", .no = 6, .type = FT_TEXT },
    { "password_hash", .no = 7, .type = FT_TEXT, .flags = FF_HIDDEN },
    { "must_change_password", .no = 8, .type = FT_BOOL, .flags = FF_HIDDEN },
    { "ends_on", .no = 9, .type = FT_DATE },
};
static const Kind toy_user = { "user", .no = 2, .subject_rule = SUBJECT_SELF,
                               FIELDS(toy_user_fields), .title = "name" };

static const Field toy_role_fields[] = {
    { "code", .no = 2, .type = FT_TEXT, .flags = FF_NATURAL },
    { "permissions", .no = 4, .type = FT_SET, .codes = "permission" },
    { "lanes", .no = 5, .type = FT_SET, .codes = "lane" },
};
static const Kind toy_role = { "role", .no = 3, .subject_rule = SUBJECT_NONE,
                               FIELDS(toy_role_fields), .title = "code" };

static const Field toy_grant_fields[] = {
    { "user", .no = 2, .type = FT_REF, .kind = "user", .flags = FF_INDEXED },
    { "role", .no = 3, .type = FT_REF, .kind = "role", .flags = FF_INDEXED },
    { "office", .no = 4, .type = FT_REF, .kind = "office" },
    { "until", .no = 5, .type = FT_DATE },
};
static const Kind toy_grant = { "grant", .no = 4, .subject_rule = SUBJECT_NONE,
                                FIELDS(toy_grant_fields), .title = "role" };

#define TOY_CODE(text)                                                                             \
    { STR_INIT(text), 1, 0, STR_INIT("") }
#define TOY_LIST(name, table)                                                                      \
    { STR_INIT(name), STR_INIT("test"), 1, table, sizeof(table) / sizeof((table)[0]), NULL }

#endif
