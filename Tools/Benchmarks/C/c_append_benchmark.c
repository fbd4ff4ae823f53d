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
// As in the event log's message index: the size of a generation, of a row, of the least slice.
enum { RECENT_MAX = 262144, SLOTS = 2 * RECENT_MAX + 16384, ROW_MAX = 100, MERGE_MIN = 64 };

// A key of the message index and its position; position 0 marks a free slot.
typedef struct {
    uint64_t high, low, position;
} slot;

typedef struct {
    slot *slots;
    size_t count;
} generation;

struct c_log {
    MDB_env *env;
    MDB_dbi entries, messages, meta, recent[2];
    uint64_t position;
    // New keys go into the active generation; the frozen one, if any, is merged into the tree.
    generation generations[2];
    int active, is_merging;
    size_t merged_slot;
    // The keys of the commit under way.
    slot *added;
    size_t added_count, added_room;
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
    if (!code) code = mdb_env_set_maxdbs(log->env, 5);
    if (!code) code = mdb_env_open(log->env, folder, MDB_NOTLS, 0600);
    if (!code) code = mdb_txn_begin(log->env, NULL, 0, &txn);
    if (!code) code = mdb_dbi_open(txn, "entries", MDB_CREATE, &log->entries);
    if (!code) code = mdb_dbi_open(txn, "messages", MDB_CREATE, &log->messages);
    if (!code) code = mdb_dbi_open(txn, "meta", MDB_CREATE, &log->meta);
    if (!code) code = mdb_dbi_open(txn, "recent-0", MDB_CREATE, &log->recent[0]);
    if (!code) code = mdb_dbi_open(txn, "recent-1", MDB_CREATE, &log->recent[1]);
    for (int i = 0; i < 2 && !code; i++) {
        log->generations[i].slots = calloc(SLOTS, sizeof(slot));
        if (!log->generations[i].slots) code = 12;
    }
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
    for (int i = 0; i < 2; i++) free(log->generations[i].slots);
    free(log->added);
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

static uint64_t load_big_endian(const unsigned char *from) {
    uint64_t number;
    memcpy(&number, from, 8);
    return __builtin_bswap64(number);
}

// The slot that holds the key, or the free one where it belongs.
static slot *find_slot(const generation *where, uint64_t high, uint64_t low) {
    size_t index = (size_t)(((__uint128_t)high * SLOTS) >> 64);
    for (;;) {
        slot *found = &where->slots[index];
        if (!found->position || (found->high == high && found->low == low)) return found;
        index = index + 1 == SLOTS ? 0 : index + 1;
    }
}

// The same steps as MessageIndex in the event log; MDB_KEYEXIST when the key is known.
static int claim(c_log *log, MDB_txn *txn, const unsigned char *key) {
    slot new = {load_big_endian(key), load_big_endian(key + 8), log->position + 1};
    slot *place = find_slot(&log->generations[log->active], new.high, new.low);
    if (place->position) return MDB_KEYEXIST;
    const generation *frozen = &log->generations[1 - log->active];
    if (log->is_merging && find_slot(frozen, new.high, new.low)->position) return MDB_KEYEXIST;
    MDB_val index_key = {KEY_BYTES, (void *)key}, found;
    int code = mdb_get(txn, log->messages, &index_key, &found);
    if (code != MDB_NOTFOUND) return code ? code : MDB_KEYEXIST;
    if (log->added_count == log->added_room) {
        size_t room = log->added_room ? log->added_room * 2 : 1024;
        slot *grown = realloc(log->added, room * sizeof(slot));
        if (!grown) return 12;
        log->added = grown;
        log->added_room = room;
    }
    *place = new;
    log->generations[log->active].count++;
    log->added[log->added_count++] = new;
    return 0;
}

static int put_recent(c_log *log, MDB_txn *txn) {
    for (size_t start = 0; start < log->added_count; start += ROW_MAX) {
        size_t left = log->added_count - start, count = left < ROW_MAX ? left : ROW_MAX;
        unsigned char first[8];
        store_big_endian(first, log->added[start].position);
        MDB_val key = {8, first}, room = {count * (KEY_BYTES + 4), NULL};
        int code = mdb_put(
            txn, log->recent[log->active], &key, &room, MDB_APPEND | MDB_RESERVE);
        if (code) return code;
        unsigned char *to = room.mv_data;
        for (size_t i = 0; i < count; i++, to += KEY_BYTES + 4) {
            const slot *one = &log->added[start + i];
            store_big_endian(to, one->high);
            store_big_endian(to + 8, one->low);
            uint32_t distance =
                __builtin_bswap32((uint32_t)(one->position - log->added[start].position));
            memcpy(to + 16, &distance, 4);
        }
    }
    return 0;
}

// Merges a slice of the frozen generation into the tree; empties its table after the last.
static int merge(c_log *log, MDB_txn *txn) {
    if (!log->is_merging) return 0;
    size_t left = log->added_count * 2 > MERGE_MIN ? log->added_count * 2 : MERGE_MIN;
    generation *frozen = &log->generations[1 - log->active];
    for (; log->merged_slot < SLOTS && left; log->merged_slot++) {
        const slot *one = &frozen->slots[log->merged_slot];
        if (!one->position) continue;
        unsigned char key[KEY_BYTES], position[8];
        store_big_endian(key, one->high);
        store_big_endian(key + 8, one->low);
        store_big_endian(position, one->position);
        MDB_val index_key = {KEY_BYTES, key}, value = {8, position};
        int code = mdb_put(txn, log->messages, &index_key, &value, 0);
        if (code) return code;
        left--;
    }
    if (log->merged_slot < SLOTS) return 0;
    log->is_merging = 0;
    memset(frozen->slots, 0, SLOTS * sizeof(slot));
    frozen->count = 0;
    return mdb_drop(txn, log->recent[1 - log->active], 0);
}

static void freeze_if_full(c_log *log) {
    log->added_count = 0;
    if (log->is_merging || log->generations[log->active].count < RECENT_MAX) return;
    log->active = 1 - log->active;
    log->is_merging = 1;
    log->merged_slot = 0;
}

// The same steps as BatchAppender.append in the event log.
static int append_one(c_log *log, MDB_txn *txn, const c_event *event) {
    size_t source = strlen(event->source), id = strlen(event->message_id);
    unsigned char key[HASH_BYTES];
    if (source + id + 1 > 1024) return 22;
    hash_message_id(event, source, id, key);
    int code = claim(log, txn, key);
    if (code) return code;
    store_big_endian(log->prefix + 32, log->position + 1);
    MDB_val position = {8, log->prefix + 32};

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
    if (!code) code = put_recent(log, txn);
    if (!code) code = merge(log, txn);
    if (!code) code = put_head(log, txn);
    if (code) {
        mdb_txn_abort(txn);
        return code;
    }
    code = mdb_txn_commit(txn);
    if (!code) freeze_if_full(log);
    return code;
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
