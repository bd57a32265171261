/* static.c: the files of the web part, from the executable itself. */
#include "api/api_int.h"
#include "api/embedded.h"

#include "base/banned.h"

enum { HASH_DIGITS_MIN = 8 };

static const EmbeddedFile *find_file(Str path) {
    size_t lo = 0, hi = embedded_file_count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int order = str_cmp(str_of(embedded_files[mid].path), path);
        if (order == 0) return &embedded_files[mid];
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* "/app-0123456789.js": the bundler put a hash into the name, so its content never changes. */
static bool name_is_hashed(Str path) {
    size_t end = path.n;
    while (end > 0 && path.s[end - 1] != '.' && path.s[end - 1] != '/')
        end--;
    if (end == 0 || path.s[end - 1] != '.') return false;
    size_t at = end - 1, digits = 0;
    while (at > 0 && is_hex(path.s[at - 1]))
        at--, digits++;
    return digits >= HASH_DIGITS_MIN && at > 0 && path.s[at - 1] == '-';
}

/* A path without a dot in its last part is an address within the web application. */
static bool is_screen(Str path) {
    for (size_t i = path.n; i > 0 && path.s[i - 1] != '/'; i--)
        if (path.s[i - 1] == '.') return false;
    return true;
}

Status static_file(Ctx *c, Call *k) {
    Str path;
    if (!url_decode(c->arena, k->q->path, &path)) return FAIL(c, ST_USAGE, "", "error.http.path");
    const EmbeddedFile *f = find_file(path);
    if (!f && is_screen(path)) f = find_file(STR("/index.html"));
    if (!f) return FAIL(c, ST_MISSING, "", "error.http.route");
    Response *r = k->out;
    bool packed = f->gzip && accepts_gzip(request_header(k->q, "Accept-Encoding"));
    response_add(r, STR("Cache-Control"),
                 name_is_hashed(path) ? STR("public, max-age=31536000, immutable")
                                      : STR("no-cache"));
    if (f->gzip) response_add(r, STR("Vary"), STR("Accept-Encoding"));
    r->content_type = f->content_type;
    r->body_lasts = true;
    Str etag = str_printf(c->arena, "\"%.32s%s\"", f->sha256, packed ? "-gz" : "");
    if (response_unchanged(k->q, r, etag)) return ST_OK;
    r->status = 200;
    r->body = packed ? str_n(f->gzip, f->gzip_size) : str_n(f->data, f->size);
    if (packed) response_add(r, STR("Content-Encoding"), STR("gzip"));
    return ST_OK;
}
