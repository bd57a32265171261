/* list.h: pages of a query, for commands that show, export or look something up. */
#ifndef APP_LIST_H
#define APP_LIST_H

#include "app/client.h"

typedef struct ListQuery {
    Str kind, where, order, as;
    Val columns; /* list of names, or absent */
    bool descending, for_export;
    size_t limit; /* rows in all; 0: no end */
} ListQuery;

/* One record as the API shows it. cli is that of the page: its arena goes with the page. Returns
 * EXIT_DONE to go on. */
typedef int (*ListRow)(Cli *cli, Val record, void *arg);
int list_each(Cli *cli, Client *k, const ListQuery *q, ListRow fn, void *arg, size_t *ret_n);
/* The only record of a kind with this text in a field: its id; refuses where there is none. */
int list_find(Cli *cli, Client *k, Str as, const char *kind, const char *field, Str value,
              Str *ret_id);
/* Names of the fields of a kind that a list may show, as /meta says them: a list of texts. */
int list_fields(Cli *cli, Client *k, Str kind, Str as, Val *ret);

/* A record as a line of CSV: id, void, then the fields named. */
void csv_head(FILE *out, Arena *a, Val fields);
void csv_record(FILE *out, Arena *a, Val fields, Val record);

/* The account a command acts for: --as, else the one of the configuration. */
Str account_of(const Cli *cli);
/* "person where age(birth_date) < 18" in one word or several: kind and condition. */
bool query_words(const Cli *cli, Str *ret_kind, Str *ret_where);
/* "a,b,c" as a list of texts; absent for NULL. */
Val names_list(const Cli *cli, const char *names);

#endif
