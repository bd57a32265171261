/* codes.h: the built-in code lists, generated from data/codes by tools/codes. Constant. */
#ifndef MODEL_CODES_H
#define MODEL_CODES_H

#include "model/model.h"

extern const CodeList builtin_code_lists[]; /* by name */
extern const size_t builtin_code_lists_n;
/* "code.<list>.<code>" and "list.<list>", one source a language. */
extern const LabelSource builtin_code_labels[];
extern const size_t builtin_code_labels_n;

#endif
