/* scene_int.h: the scene of this room's tests: an office and a family. */
#ifndef DOMAIN_REGISTRY_SCENE_INT_H
#define DOMAIN_REGISTRY_SCENE_INT_H

#include "domain/admin/scene.h"
#include "domain/registry/registry_int.h"

/* ---- what the tests of both files begin with ------------------------------------------------------------- */

static Scene *s;

static inline int setup(void **state) {
    (void)state;
    static const Room *const rooms[] = { &access_room, &op_room, &admin_room, &registry_room };
    static const SceneOptions o = {
        .name = "registry",
        .rooms = rooms,
        .n_rooms = sizeof rooms / sizeof rooms[0],
        .first = { .calendar = STR_INIT("solar"), .utc_offset_minutes = 270 },
    };
    s = scene_make(&o);
    return 0;
}

static inline int teardown(void **state) {
    (void)state;
    scene_drop(s);
    return 0;
}

#define FAMILY                                                                                      \
    "{'group': {'village': 'Kacha Garhi', 'arrival_date': '2026-11-01', 'size_stated': 3},"         \
    " 'members': ["                                                                                 \
    " {'key': 'a', 'person': {'given_name': 'Mohammad', 'given_name_local': 'محمد',"            \
    "   'father_name': 'Rahim', 'sex': 'M', 'birth_date': '1985-07-01',"                            \
    "   'birth_date_precision': 'age', 'nationality': 'AFG'},"                                      \
    "   'phones': [{'number': '0701 234 567', 'type': 'MOBILE'}],"                                  \
    "   'documents': [{'type': 'TAZKIRA', 'number': '1234-5678-90'}]},"                             \
    " {'key': 'b', 'relationship': 'WIF', 'spouse': 'a',"                                           \
    "   'person': {'given_name_local': 'زهرا', 'sex': 'F', 'birth_date': '1990-03-21'},"        \
    "   'needs': [{'need': 'DS-BD', 'status': 'REPORTED', 'note': 'Sees little'}],"                 \
    "   'consents': [{'purpose': 'REGISTRATION', 'answer': 'GIVEN', 'language': 'prs'}]},"          \
    " {'key': 'c', 'relationship': 'SON', 'father': 'a', 'mother': 'b', 'presence': 'NOT_PRESENT'," \
    "   'person': {'given_name': 'Farid', 'father_name': 'Mohammad', 'sex': 'M',"                   \
    "     'birth_date': '2026-11-10'}}],"                                                           \
    " 'focal_point': 'a',"                                                                          \
    " 'interview': {'called_at': '2026-11-23T11:40:00Z', 'parked_seconds': 60, 'resumed': 1}}"

typedef struct Family {
    const char *group, *number, *husband, *wife, *son;
} Family;

static inline Family register_family(void) {
    Val r = scene_call(s, "group.register", scene_text(s, FAMILY));
    return (Family){ text_at(s, r, "group"), text_at(s, r, "number"),
                     text_at(s, r, "members.0.person"), text_at(s, r, "members.1.person"),
                     text_at(s, r, "members.2.person") };
}

static inline Val file_of(const char *person) {
    return scene_call(s, "person.file", scene_text(s, "{'id': '%s'}", person));
}

static inline Val group_file(const char *group) {
    return scene_call(s, "group.file", scene_text(s, "{'id': '%s'}", group));
}

static inline Val search(const char *q) {
    return scene_call(s, "person.search", scene_text(s, "{'q': '%s'}", q));
}

static inline Val history(const char *subject) {
    return scene_call(s, "record.history", scene_text(s, "{'subject': '%s'}", subject));
}

static inline bool has_row(Val result, const char *person) {
    for (size_t i = 0; i < count_at(result, "rows"); i++)
        if (str_is(val_get_text(at(result, "rows").list.v[i], "person", STR("")), person))
            return true;
    return false;
}

/* A second person, in a family of their own. */
static inline Val register_alone(const char *name, const char *father, const char *born) {
    return scene_call(s, "person.register",
                      scene_text(s,
                                 "{'person': {'given_name': '%s', 'father_name': '%s', 'sex': 'M',"
                                 " 'birth_date': '%s'}}",
                                 name, father, born));
}

static inline const char *version_of(const char *person) {
    return text_at(s, file_of(person), "person.version");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
