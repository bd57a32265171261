/* request.c: what a request line and headers say. Everything here is pure and bounded by the length
 * of its input. */
#include "api/api_int.h"

#include "base/banned.h"

const Str languages[LANGUAGES] = { STR_INIT("en"), STR_INIT("fr"), STR_INIT("fa"), STR_INIT("ps"),
                                   STR_INIT("ar") };

HttpMethod http_method(Str name) {
    static const struct {
        const char *name;
        HttpMethod method;
    } known[] = {
        { "GET", HTTP_GET }, { "HEAD", HTTP_HEAD },     { "POST", HTTP_POST },
        { "PUT", HTTP_PUT }, { "DELETE", HTTP_DELETE }, { "OPTIONS", HTTP_OPTIONS },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_is(name, known[i].name)) return known[i].method;
    return HTTP_OTHER;
}

static Str header_in(const HttpHeader *headers, size_t n, const char *name) {
    Str wanted = str_of(name);
    for (size_t i = 0; i < n; i++)
        if (str_ieq(headers[i].name, wanted)) return headers[i].value;
    return STR_NONE;
}

Str request_header(const Request *q, const char *name) {
    return header_in(q->headers, q->n_headers, name);
}

Str response_header(const Response *r, const char *name) {
    return header_in(r->headers, r->n_headers, name);
}

/* ---- percent-encoding and paths ---------------------------------------------------------------- */

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool url_decode(Arena *a, Str text, Str *ret) {
    char *out = arena_alloc(a, text.n);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        int byte = (unsigned char)text.s[i];
        if (byte == '%') {
            if (text.n - i < 3) return false;
            int high = hex_value(text.s[i + 1]), low = hex_value(text.s[i + 2]);
            if (high < 0 || low < 0) return false;
            byte = high * 16 + low;
            i += 2;
        }
        if (byte == 0) return false;
        out[n++] = (char)byte;
    }
    *ret = str_n(out, n);
    return str_utf8_valid(*ret);
}

static bool segment_is_clean(Str s) {
    if (str_is(s, ".") || str_is(s, "..")) return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char byte = (unsigned char)s.s[i];
        if (byte < ' ' || byte == 0x7f || byte == '/' || byte == '\\') return false;
    }
    return true;
}

bool path_split(Arena *a, Str path, Str segments[PATH_SEGMENTS_MAX], size_t *ret_n) {
    if (path.n == 0 || path.s[0] != '/' || path.n > REQUEST_PATH_MAX) return false;
    Str rest = str_slice(path, 1, path.n);
    size_t n = 0;
    while (rest.s) {
        Str raw = str_cut(&rest, '/');
        if (raw.n == 0) {
            if (rest.s) return false;
            break; /* "/" and a '/' at the end */
        }
        if (n == PATH_SEGMENTS_MAX || !url_decode(a, raw, &segments[n]) ||
            !segment_is_clean(segments[n])) {
            return false;
        }
        n++;
    }
    *ret_n = n;
    return true;
}

Str query_param(Arena *a, Str query, const char *name) {
    Str rest = query;
    while (rest.s) {
        Str value = str_cut(&rest, '&');
        Str key = str_cut(&value, '=');
        if (!str_is(key, name)) continue;
        Str decoded;
        if (!url_decode(a, value.s ? value : STR(""), &decoded)) return STR_NONE;
        return decoded;
    }
    return STR_NONE;
}

/* ---- headers ----------------------------------------------------------------------------------- */

Str cookie_value(Str header, const char *name) {
    Str rest = header;
    while (rest.s) {
        Str value = str_cut(&rest, ';');
        Str key = str_trim(str_cut(&value, '='));
        if (value.s && str_is(key, name)) return str_trim(value);
    }
    return STR_NONE;
}

bool etag_named(Str if_none_match, Str etag) {
    Str rest = if_none_match;
    while (rest.s) {
        Str tag = str_trim(str_cut(&rest, ','));
        if (str_is(tag, "*")) return true;
        if (str_starts(tag, STR("W/"))) tag = str_slice(tag, 2, tag.n);
        if (str_eq(tag, etag)) return true;
    }
    return false;
}

/* "gzip;q=0.5" → "gzip"; *ret_refused for a weight of nought. */
static Str list_item(Str *rest, bool *ret_refused) {
    Str item = str_cut(rest, ',');
    Str name = str_trim(str_cut(&item, ';'));
    Str weight = item.s ? str_trim(item) : STR("");
    *ret_refused = false;
    if (str_starts(weight, STR("q=0"))) {
        *ret_refused = true;
        for (size_t i = 3; i < weight.n; i++)
            if (weight.s[i] >= '1' && weight.s[i] <= '9') *ret_refused = false;
    }
    return name;
}

bool accepts_gzip(Str accept_encoding) {
    Str rest = accept_encoding;
    while (rest.s) {
        bool refused;
        Str name = list_item(&rest, &refused);
        if (str_ieq(name, STR("gzip"))) return !refused;
    }
    return false;
}

size_t language_index(Str lang) {
    for (size_t i = 0; i < LANGUAGES; i++)
        if (str_eq(languages[i], lang)) return i;
    return 0;
}

bool language_known(Str lang) {
    return str_eq(languages[language_index(lang)], lang);
}

Str accepted_language(Str accept_language) {
    Str rest = accept_language;
    while (rest.s) {
        bool refused;
        Str name = list_item(&rest, &refused);
        Str base = str_cut(&name, '-');
        if (str_ieq(base, STR("prs"))) base = STR("fa"); /* Dari: our "fa" */
        for (size_t i = 0; i < LANGUAGES && !refused; i++)
            if (str_ieq(languages[i], base)) return languages[i];
    }
    return languages[0];
}

bool media_type_is(Str content_type, const char *type) {
    Str rest = content_type;
    return rest.s && str_ieq(str_trim(str_cut(&rest, ';')), str_of(type));
}

/* ---- who asks ---------------------------------------------------------------------------------- */

/* "[::1]:8470" → "[::1]" and 8470; without a port: 80. */
static bool host_split(Str header, Str *ret_host, int64_t *ret_port) {
    size_t end = header.n;
    if (header.n && header.s[0] == '[') {
        ptrdiff_t close = str_find_byte(header, ']');
        if (close < 0) return false;
        end = (size_t)close + 1;
    } else {
        ptrdiff_t colon = str_find_byte(header, ':');
        if (colon >= 0) end = (size_t)colon;
    }
    *ret_host = str_slice(header, 0, end);
    *ret_port = 80;
    if (end == header.n) return end > 0;
    Str port = str_slice(header, end + 1, header.n);
    return header.s[end] == ':' && num_parse_i64(port, ret_port) && *ret_port > 0;
}

bool host_allowed(Str header, Str listen_host, uint16_t port) {
    Str host;
    int64_t asked;
    if (!header.s || !host_split(header, &host, &asked) || asked != port) return false;
    if (str_ieq(host, STR("localhost")) || str_is(host, "127.0.0.1") || str_is(host, "[::1]"))
        return true;
    return listen_host.n > 0 && str_ieq(host, listen_host);
}

bool same_origin(const Request *q) {
    Str site = request_header(q, "Sec-Fetch-Site");
    if (site.s && !str_is(site, "same-origin") && !str_is(site, "none")) return false;
    Str origin = request_header(q, "Origin");
    if (!origin.s) return true;
    Str host = request_header(q, "Host"), scheme = STR("http://");
    return host.n > 0 && str_starts(origin, scheme) &&
           str_ieq(str_slice(origin, scheme.n, origin.n), host);
}
