/* shapes_int.h: the shapes of shapes.c, by name; private to the room. */
#ifndef DOMAIN_REGISTRY_SHAPES_INT_H
#define DOMAIN_REGISTRY_SHAPES_INT_H

#include "domain/registry/registry_int.h"

extern const Shape takes_person_register, returns_person_register;
extern const Shape takes_group_register, returns_group_register;
extern const Shape takes_person_correct, takes_group_correct, returns_id;
extern const Shape takes_group_void, takes_person_void, returns_voided;
extern const Shape takes_record_add, takes_record_correct, takes_record_void, takes_record_restore;
extern const Shape takes_member_move, returns_member_move;
extern const Shape takes_member_split, returns_member_split;
extern const Shape takes_set_focal_point, takes_presence;
extern const Shape takes_undo, returns_undo, takes_resolve, takes_erase;
extern const Shape takes_draft_save, takes_draft_id, takes_hand_over;
extern const Shape takes_draft_list, returns_draft_list, returns_draft_get, returns_colleagues;
extern const Shape takes_search, returns_search;
extern const Shape takes_person_id, returns_person_file, takes_group_id, returns_group_file;
extern const Shape takes_as_of, takes_history, returns_history;
extern const Shape takes_check, returns_check, takes_date, returns_date;
extern const Shape takes_nothing, returns_home, returns_people_count;

#endif
