// The log's work in plain C, as the limit the Swift log is measured against: the same LMDB
// environment and flags, the same puts in the same order, the same SHA-256, the same durability.
// Nothing else: no limits, no duplicate's comparison, no errors told apart.
#ifndef C_APPEND_BENCHMARK_H
#define C_APPEND_BENCHMARK_H

#include <stddef.h>
#include <stdint.h>

typedef struct c_log c_log;

// One event; the pointers stay the caller's.
typedef struct {
    const char *source;
    const char *message_id;
    int64_t received_at;
    const uint8_t *bytes;
    size_t bytes_count;
} c_event;

// Makes a log in an existing, empty folder. Returns 0, an LMDB or system code, or -1 when
// libcrypto cannot be loaded.
int c_log_open(c_log **log, const char *folder);
void c_log_close(c_log *log);

// Appends the events in one durable commit, on the calling thread. Returns 0 or a code.
int c_log_append(c_log *log, const c_event *events, size_t count);

// `thread_count` threads append one event after another, each `per_thread` of them from its own
// part of `events`, and return when all are durable. Threads that wait at the same time share a
// commit: whoever finds nobody committing takes all that waits. Returns 0 or a code.
int c_log_run_threads(c_log *log, const c_event *events, int thread_count, int per_thread);

#endif
