#include "c_append_benchmark.h"

#include <dlfcn.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// OpenSSL's SHA-256, loaded at run time: only this measurement needs it, so building needs no
// headers of it. The context of SHA256_Init takes 112 bytes.
typedef struct {
    _Alignas(16) unsigned char bytes[256];
} sha_context;
static int (*sha_init)(sha_context *);
static int (*sha_update)(sha_context *, const void *, size_t);
static int (*sha_final)(unsigned char *, sha_context *);

static int load_crypto(void) {
    if (sha_final) return 0;
    const char *names[] = {"libcrypto.so.3", "libcrypto.so", "libcrypto.dylib"};
    void *library = NULL;
    for (int i = 0; i < 3 && !library; i++) library = dlopen(names[i], RTLD_NOW);
    if (!library) return -1;
    sha_init = (int (*)(sha_context *))dlsym(library, "SHA256_Init");
    sha_update = (int (*)(sha_context *, const void *, size_t))dlsym(library, "SHA256_Update");
    sha_final = (int (*)(unsigned char *, sha_context *))dlsym(library, "SHA256_Final");
    return sha_init && sha_update && sha_final ? 0 : -1;
}

enum { HASH_BYTES = 32, HEADER_BYTES = 42, PREFIX_BYTES = 50, KEY_BYTES = 16 };

struct c_log {
    MDB_env *env;
    MDB_dbi entries, messages, meta;
    uint64_t position;
    // Previous hash, position, format version, kind, time: what is hashed before the body.
    unsigned char prefix[PREFIX_BYTES];
    pthread_mutex_t mutex;
    pthread_cond_t committed;
    // The events that wait for the next commit, which has the number `next_commit`.
    const c_event **waiting;
    const c_event **taken;
    size_t waiting_count;
    uint64_t next_commit;
    uint64_t last_commit;
    int is_committing;
    int failure;
};

int c_log_open(c_log **out, const char *folder) {
    if (load_crypto() != 0) return -1;
    c_log *log = calloc(1, sizeof *log);
    if (!log) return 12;
    pthread_mutex_init(&log->mutex, NULL);
    pthread_cond_init(&log->committed, NULL);
    log->next_commit = 1;
    MDB_txn *txn = NULL;
    int code = mdb_env_create(&log->env);
    if (!code) code = mdb_env_set_mapsize(log->env, (size_t)1 << 40);
    if (!code) code = mdb_env_set_maxdbs(log->env, 3);
    if (!code) code = mdb_env_open(log->env, folder, MDB_NOTLS, 0600);
    if (!code) code = mdb_txn_begin(log->env, NULL, 0, &txn);
    if (!code) code = mdb_dbi_open(txn, "entries", MDB_CREATE, &log->entries);
    if (!code) code = mdb_dbi_open(txn, "messages", MDB_CREATE, &log->messages);
    if (!code) code = mdb_dbi_open(txn, "meta", MDB_CREATE, &log->meta);
    if (!code) code = mdb_txn_commit(txn);
    if (code) {
        c_log_close(log);
        return code;
    }
    *out = log;
    return 0;
}

void c_log_close(c_log *log) {
    if (log->env) mdb_env_close(log->env);
    pthread_mutex_destroy(&log->mutex);
    pthread_cond_destroy(&log->committed);
    free(log->waiting);
    free(log->taken);
    free(log);
}

static void store_big_endian(unsigned char *to, uint64_t number) {
    uint64_t swapped = __builtin_bswap64(number);
    memcpy(to, &swapped, 8);
}

static size_t varint_size(size_t number) {
    size_t size = 1;
    while (number >>= 7) size++;
    return size;
}

static unsigned char *write_part(unsigned char *to, const void *bytes, size_t count) {
    size_t rest = count;
    while (rest > 0x7F) {
        *to++ = (unsigned char)(rest | 0x80);
        rest >>= 7;
    }
    *to++ = (unsigned char)rest;
    if (count) memcpy(to, bytes, count);
    return to + count;
}

static void hash_message_id(
    const c_event *event, size_t source, size_t id, unsigned char *hash) {
    unsigned char text[1024];
    memcpy(text, event->source, source);
    text[source] = 0;
    memcpy(text + source + 1, event->message_id, id);
    sha_context context;
    sha_init(&context);
    sha_update(&context, text, source + 1 + id);
    sha_final(hash, &context);
}

// The same steps as BatchAppender.append in the event log.
static int append_one(c_log *log, MDB_txn *txn, const c_event *event) {
    size_t source = strlen(event->source), id = strlen(event->message_id);
    unsigned char key[HASH_BYTES];
    if (source + id + 1 > 1024) return 22;
    hash_message_id(event, source, id, key);
    store_big_endian(log->prefix + 32, log->position + 1);
    MDB_val index_key = {KEY_BYTES, key}, position = {8, log->prefix + 32};
    MDB_val position_value = position;
    int code = mdb_put(txn, log->messages, &index_key, &position_value, MDB_NOOVERWRITE);
    if (code) return code;

    size_t body = varint_size(source) + source + varint_size(id) + id + 1 + event->bytes_count;
    MDB_val room = {HEADER_BYTES + body, NULL};
    code = mdb_put(txn, log->entries, &position, &room, MDB_APPEND | MDB_RESERVE);
    if (code) return code;
    unsigned char *value = room.mv_data;
    unsigned char *end = write_part(value + HEADER_BYTES, event->source, source);
    end = write_part(end, event->message_id, id);
    end = write_part(end, NULL, 0);
    memcpy(end, event->bytes, event->bytes_count);

    log->prefix[40] = 1;
    log->prefix[41] = 1;
    store_big_endian(log->prefix + 42, (uint64_t)event->received_at);
    memcpy(value, log->prefix + 40, 10);
    sha_context context;
    sha_init(&context);
    sha_update(&context, log->prefix, PREFIX_BYTES);
    sha_update(&context, value + HEADER_BYTES, body);
    sha_final(log->prefix, &context);
    memcpy(value + 10, log->prefix, HASH_BYTES);
    log->position++;
    return 0;
}

static int put_head(c_log *log, MDB_txn *txn) {
    unsigned char head[8 + HASH_BYTES];
    store_big_endian(head, log->position);
    memcpy(head + 8, log->prefix, HASH_BYTES);
    MDB_val key = {4, "head"}, value = {sizeof head, head};
    return mdb_put(txn, log->meta, &key, &value, 0);
}

static int commit(c_log *log, const c_event *events, const c_event **list, size_t count) {
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(log->env, NULL, 0, &txn);
    if (code) return code;
    for (size_t i = 0; i < count && !code; i++)
        code = append_one(log, txn, list ? list[i] : &events[i]);
    if (!code) code = put_head(log, txn);
    if (code) {
        mdb_txn_abort(txn);
        return code;
    }
    return mdb_txn_commit(txn);
}

int c_log_append(c_log *log, const c_event *events, size_t count) {
    return commit(log, events, NULL, count);
}

static int append_shared(c_log *log, const c_event *event) {
    pthread_mutex_lock(&log->mutex);
    log->waiting[log->waiting_count++] = event;
    uint64_t mine = log->next_commit;
    while (log->last_commit < mine && !log->failure) {
        if (log->is_committing) {
            pthread_cond_wait(&log->committed, &log->mutex);
            continue;
        }
        const c_event **batch = log->waiting;
        size_t count = log->waiting_count;
        uint64_t number = log->next_commit++;
        log->waiting = log->taken;
        log->taken = batch;
        log->waiting_count = 0;
        log->is_committing = 1;
        pthread_mutex_unlock(&log->mutex);
        int code = commit(log, NULL, batch, count);
        pthread_mutex_lock(&log->mutex);
        log->is_committing = 0;
        log->last_commit = number;
        if (code) log->failure = code;
        pthread_cond_broadcast(&log->committed);
    }
    int failure = log->failure;
    pthread_mutex_unlock(&log->mutex);
    return failure;
}

typedef struct {
    c_log *log;
    const c_event *events;
    int count;
    int failure;
    pthread_t thread;
} producer;

static void *produce(void *argument) {
    producer *self = argument;
    for (int i = 0; i < self->count && !self->failure; i++)
        self->failure = append_shared(self->log, &self->events[i]);
    return NULL;
}

int c_log_run_threads(c_log *log, const c_event *events, int thread_count, int per_thread) {
    log->waiting = calloc((size_t)thread_count, sizeof *log->waiting);
    log->taken = calloc((size_t)thread_count, sizeof *log->taken);
    producer *producers = calloc((size_t)thread_count, sizeof *producers);
    if (!log->waiting || !log->taken || !producers) {
        free(producers);
        return 12;
    }
    int code = 0, started = 0;
    for (; started < thread_count && !code; started++) {
        producer *one = &producers[started];
        *one = (producer){log, events + (size_t)started * per_thread, per_thread, 0, 0};
        code = pthread_create(&one->thread, NULL, produce, one);
        if (code) break;
    }
    for (int i = 0; i < started; i++) {
        pthread_join(producers[i].thread, NULL);
        if (producers[i].failure) code = producers[i].failure;
    }
    free(producers);
    return code;
}
