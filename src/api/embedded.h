/* embedded.h: the web part's files as tools/embed puts them into the executable.
 * Everything here is constant and lives as long as the program; any thread may read it. */
#ifndef API_EMBEDDED_H
#define API_EMBEDDED_H

#include <stddef.h>

typedef struct EmbeddedFile {
    const char *path;          /* from the root of the web part: "/index.html" */
    const char *content_type;  /* for the header Content-Type */
    const unsigned char *data; /* the file as it is */
    size_t size;
    const unsigned char *gzip; /* the file in gzip form; NULL where that would save little */
    size_t gzip_size;
    const char *sha256; /* of data, 64 lower-case hex digits: use it as the ETag */
} EmbeddedFile;

extern const EmbeddedFile embedded_files[]; /* sorted by path, bytewise; "/index.html" is there */
extern const size_t embedded_file_count;

#endif
