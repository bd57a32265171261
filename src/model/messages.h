/* messages.h: the texts of lang/<language>/, merged by tools/messages. Constant. */
#ifndef MODEL_MESSAGES_H
#define MODEL_MESSAGES_H

#include "model/model.h"

extern const LabelSource builtin_messages[]; /* one a language, English first */
extern const size_t builtin_messages_n;

#endif
