/* setup.h: what a new folder is given at its birth: init and demo use it. */
#ifndef APP_SETUP_H
#define APP_SETUP_H

#include "app/client.h"

typedef struct Setup {
    Str operation;                                                        /* its name */
    Str office_code, office_name, country, calendar, language, dial_code; /* empty: usual */
    int utc_offset_minutes;
    Str login;          /* of the first account */
    bool keep_password; /* it will be given another one before anybody sees it */
} Setup;

typedef struct SetupResult {
    Str recovery_text, login, password; /* shown once, kept nowhere */
    Id office, user;
} SetupResult;

/* Makes the folder, its first office, roles and account, and DIR/panah.conf. Nothing is written where
 * what was asked for cannot be: paths of errors are the options of init. */
Status setup_folder(Cli *cli, const Setup *asked, SetupResult *ret) CHECKED;
void setup_print(const Cli *cli, const SetupResult *r);
Val setup_val(const Cli *cli, const SetupResult *r);

#endif
