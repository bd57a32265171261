/* client.h: how a command speaks with the folder: over DIR/panah.sock where a server holds it, else
 * with an Api in this process. Both are the same requests to the same router.
 *
 * Lifetimes: a Client lives until client_close(); answers live in the arena of the Cli they were asked
 * with, which may be another for each page of a long list (cli_with_arena). */
#ifndef APP_CLIENT_H
#define APP_CLIENT_H

#include "app/app.h"

/* The folder opened in this process. */
typedef struct Node {
    Store *store;
    Access *access;
    OpTable ops; /* with access and jobs */
    Api *api;
} Node;

typedef struct NodeOptions {
    const char *dir;
    size_t readers;       /* 0: as configured */
    bool bulk;            /* StoreOptions.bulk; the folder may be an unfinished one */
    bool quick_passwords; /* of accounts that nobody is told the passwords of */
} NodeOptions;
/* The file that stands in a folder while it is being filled without waiting for the disk: what is in
 * it may not be whole. */
const char *unfinished_mark(Arena *a, const char *dir);
/* node is written piece by piece: close it also after an error. */
Status node_open(Ctx *c, const Config *config, const NodeOptions *o, Node *node) CHECKED;
void node_close(Node *node);

typedef struct Client Client;
/* ST_MISSING where the folder is none: store_is_there(). */
Status client_open(Cli *cli, Client **ret) CHECKED;
void client_close(Client *k);

typedef struct ClientRequest {
    const char *method;
    Str path;         /* with query */
    Str body;         /* s == NULL: none */
    const char *type; /* of the body; NULL: JSON */
    Str as;           /* account; empty: the program itself */
    Id idempotency;   /* ID_NONE: none */
    bool waits_long;  /* no time limit: verify, rebuild */
} ClientRequest;

typedef struct ClientReply {
    int status;
    Str body;
    Val json; /* of the body, where it is JSON */
} ClientReply;

/* ST_OK with any status of HTTP; else what kept the request from being answered. */
Status client_send(Cli *cli, Client *k, const ClientRequest *q, ClientReply *ret) CHECKED;

/* An operation, or another request with a JSON body, as a command wants it: waits for jobs and shows
 * their progress. Refusals are printed. Returns an exit status; *ret is the result. */
int client_op(Cli *cli, Client *k, Str op, Val input, Str as, Val *ret);
/* Hands a list in, for import.stage to name. */
int client_put_list(Cli *cli, Client *k, Str bytes, Str as, Str *ret_name);
int client_post(Cli *cli, Client *k, const char *path, Val body, Str as, Val *ret);
int client_get(Cli *cli, Client *k, Str path, Str as, Val *ret);
/* Says what a problem document says, with --json the document too; returns EXIT_REFUSED. */
int client_refused(Cli *cli, const ClientReply *r);

/* The same command with an arena of its own for what is large and soon forgotten. */
Cli cli_with_arena(const Cli *cli, Arena *a);

/* cli_socket.c: HTTP/1.1 over the local socket; fd stays open. */
Status socket_send(Ctx *c, int fd, const ClientRequest *q, Str lang, ClientReply *ret) CHECKED;

#endif
