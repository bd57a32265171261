/* qr.c: a registration number as QR code, for slips printed from the browser. */
#include "api/api_int.h"

#include <qrencode.h>

#include "base/banned.h"

enum { QR_TEXT_MAX = 64, QR_BORDER = 4 }; /* modules of quiet zone: ISO/IEC 18004 §5.3.8 */

static bool read_text(Str file, Str *ret) {
    Str end = STR(".svg");
    if (!str_ends(file, end) || file.n <= end.n || file.n - end.n > QR_TEXT_MAX) return false;
    *ret = str_slice(file, 0, file.n - end.n);
    for (size_t i = 0; i < ret->n; i++) {
        char at = ret->s[i];
        if (!(at >= 'A' && at <= 'Z') && !(at >= '0' && at <= '9') && at != '-') return false;
    }
    return true;
}

/* One path: a run of dark modules in a row is one stroke. */
static void write_modules(Buf *out, const QRcode *qr) {
    for (int y = 0; y < qr->width; y++) {
        const unsigned char *row = qr->data + (size_t)y * (size_t)qr->width;
        for (int x = 0; x < qr->width; x++) {
            int from = x;
            while (x < qr->width && row[x] & 1)
                x++;
            if (x > from) buf_printf(out, "M%d %dh%dv1h-%dz", from, y, x - from, x - from);
        }
    }
}

static void free_code(void *qr) {
    QRcode_free(qr);
}

Status route_qr(Ctx *c, Call *k) {
    Str text;
    if (!read_text(k->params[0], &text))
        return FAIL(c, ST_INVALID, "", "error.http.qr", "max",
                    str_printf(c->arena, "%d", QR_TEXT_MAX));
    QRcode *qr = QRcode_encodeString(str_c(c->arena, text), 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (!qr) return FAIL(c, ST_LIMIT, "", "error.http.qr", "max", STR("64"));
    arena_defer(c->arena, free_code, qr);
    int size = qr->width + 2 * QR_BORDER;
    Buf out = buf_new(c->arena, 256 << 10);
    buf_printf(&out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-%d -%d %d %d\" "
               "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M-%d -%dh%dv%dh-%dz\"/>"
               "<path d=\"",
               QR_BORDER, QR_BORDER, size, size, QR_BORDER, QR_BORDER, size, size, size);
    write_modules(&out, qr);
    buf_str(&out, STR("\"/></svg>"));
    k->out->status = 200;
    k->out->content_type = "image/svg+xml";
    k->out->body = buf_text(&out);
    return ST_OK;
}
