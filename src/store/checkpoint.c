/* checkpoint.c: the log moved into the database.
 *
 * A thread of its own does it while the writer goes on: copying a few thousand pages and waiting for the
 * disk would be a pause for everybody who saves. The writer alone lets the log begin anew: now and then it
 * moves what is left itself (SQLite starts the log over when all of it has been moved). So that little is
 * left, for which all who save wait, the thread takes turns in quick succession before that, each over what
 * was written during the one before: the disk takes some 20 microseconds a page. After an erasure the writer
 * cuts the log, so that old pages do not stay in it (traces.c).
 *
 * A checkpoint that fails loses nothing by itself, the log keeps what it has; but after a failed fsync the
 * system may believe pages written that are not (Rebello et al., USENIX ATC 2020), and the log must not begin
 * anew over them: writing stops until the folder is opened again. */
#include "store/store_int.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/banned.h"

enum {
    MOVE_PAGES = 2000,     /* 8 MB: worth a turn of the thread */
    RESTART_PAGES = 16000, /* 64 MB of log: the writer ends it, */
    REST_PAGES = 256,      /* once no more than this is left to move, */
    PATIENCE_PAGES = 8000, /* or this many later */
    FORCED_PAGES = 65536,  /* 256 MB: wait for readers to let go */
};

static void note_failure(Store *s, int rc) {
    if ((rc & 0xff) == SQLITE_IOERR) atomic_store(&s->failed, true);
    if (rc != SQLITE_OK && rc != SQLITE_BUSY)
        log_warn(s->env, "checkpoint", "sqlite", sqlite3_errstr(rc), NULL);
}

/* The disk begins with what was moved: the fsync at the end of the log, which may be as long as that, would
 * else find all of it undone, and those who save meanwhile wait behind it. */
static void begin_writing(const Store *s) {
    if (s->data_fd >= 0) (void)sync_file_range(s->data_fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

static void *mover_main(void *store) {
    Store *s = store;
    Mover *m = &s->mover;
    pthread_mutex_lock(&m->lock);
    for (;;) {
        while (!m->wanted && !m->closing)
            pthread_cond_wait(&m->wake, &m->lock);
        if (m->closing) break;
        m->wanted = false;
        uint64_t turn = m->n_asked;
        pthread_mutex_unlock(&m->lock);
        pthread_mutex_lock(&m->turn);
        int log = 0, moved = 0;
        int rc = sqlite3_wal_checkpoint_v2(db_handle(m->db), NULL, SQLITE_CHECKPOINT_PASSIVE, &log,
                                           &moved);
        note_failure(s, rc);
        pthread_mutex_lock(&m->lock);
        m->n_done = turn;
        if (rc == SQLITE_OK) m->n_moved = moved;
        pthread_mutex_unlock(&m->lock);
        pthread_mutex_unlock(&m->turn);
        begin_writing(s);
        pthread_mutex_lock(&m->lock);
    }
    pthread_mutex_unlock(&m->lock);
    return NULL;
}

Status mover_start(Ctx *c, Store *s, const char *path) {
    Mover *m = &s->mover;
    TRY(db_open(c, path, DB_WRITER, &m->db));
    s->data_fd = open(path, O_RDONLY | O_CLOEXEC);
    pthread_mutex_init(&m->lock, NULL);
    pthread_mutex_init(&m->turn, NULL);
    pthread_cond_init(&m->wake, NULL);
    m->runs = pthread_create(&m->thread, NULL, mover_main, s) == 0;
    if (m->runs) return ST_OK;
    db_close(m->db);
    return FAIL(c, ST_BUSY, "", "error.store.thread");
}

void mover_stop(Store *s) {
    Mover *m = &s->mover;
    if (!m->runs) return;
    pthread_mutex_lock(&m->lock);
    m->closing = true;
    pthread_cond_signal(&m->wake);
    pthread_mutex_unlock(&m->lock);
    pthread_join(m->thread, NULL);
    db_close(m->db);
    pthread_mutex_destroy(&m->lock);
    pthread_mutex_destroy(&m->turn);
    pthread_cond_destroy(&m->wake);
    m->runs = false;
}

uint64_t checkpoint_ask(Store *s) {
    Mover *m = &s->mover;
    m->asked_at = s->wal_pages;
    pthread_mutex_lock(&m->lock);
    m->wanted = true;
    uint64_t turn = ++m->n_asked;
    pthread_cond_signal(&m->wake);
    pthread_mutex_unlock(&m->lock);
    return turn;
}

bool checkpoint_done(Store *s, uint64_t turn) {
    Mover *m = &s->mover;
    pthread_mutex_lock(&m->lock);
    bool done = m->n_done >= turn;
    pthread_mutex_unlock(&m->lock);
    return done;
}

/* By the writer: with the mover's turn, which may be under way. Has it been done? */
static bool move_here(Store *s, int mode) {
    Mover *m = &s->mover;
    int log = 0, moved = 0;
    if (mode != SQLITE_CHECKPOINT_RESTART) {
        if (pthread_mutex_trylock(&m->turn) != 0) return false; /* after the next act, then */
    } else {
        pthread_mutex_lock(&m->turn);
    }
    int rc = sqlite3_wal_checkpoint_v2(db_handle(s->writer.db), NULL, mode, &log, &moved);
    pthread_mutex_lock(&m->lock);
    if (rc == SQLITE_OK) m->n_moved = log == moved ? 0 : moved;
    pthread_mutex_unlock(&m->lock);
    pthread_mutex_unlock(&m->turn);
    note_failure(s, rc);
    if (rc != SQLITE_OK) return false;
    s->wal_pages = log - moved; /* none: the next act begins at the log's head again */
    m->asked_at = 0;
    m->tried_at = log == moved ? 0 : log;
    return true;
}

bool checkpoint_cut(Store *s, int wait_ms) {
    sqlite3 *h = db_handle(s->writer.db);
    sqlite3_busy_timeout(h, wait_ms);
    bool done = move_here(s, SQLITE_CHECKPOINT_TRUNCATE);
    sqlite3_busy_timeout(h, DB_BUSY_MS);
    return done;
}

/* The thread rests: *ret_left is what it has not moved. */
static bool mover_rests(Store *s, int *ret_left) {
    Mover *m = &s->mover;
    pthread_mutex_lock(&m->lock);
    bool rests = m->n_done == m->n_asked;
    *ret_left = s->wal_pages - m->n_moved;
    pthread_mutex_unlock(&m->lock);
    return rests;
}

/* The log is long: its end is brought near, then taken. */
static void end_log(Store *s) {
    int left = 0;
    if (!mover_rests(s, &left)) return; /* after the next act, then */
    if (left <= REST_PAGES || s->wal_pages >= RESTART_PAGES + PATIENCE_PAGES)
        (void)move_here(s, SQLITE_CHECKPOINT_PASSIVE);
    else
        (void)checkpoint_ask(s);
}

void checkpoint_after(Store *s) {
    if (s->wal_pages >= FORCED_PAGES)
        (void)move_here(s, SQLITE_CHECKPOINT_RESTART);
    else if (s->bulk)
        return;
    else if (s->wal_pages >= RESTART_PAGES && s->wal_pages >= s->mover.tried_at + MOVE_PAGES)
        end_log(s);
    else if (s->wal_pages >= s->mover.asked_at + MOVE_PAGES)
        (void)checkpoint_ask(s);
}
