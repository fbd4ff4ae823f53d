#ifndef C_CRASH_POINTS_H
#define C_CRASH_POINTS_H

/// Ends this process with SIGKILL just before the step that follows `count` others, counted from
/// now on over all threads. A step is a system call that changes a file or a folder: making,
/// writing, cutting, syncing, renaming, removing, locking. On systems other than Linux none is seen.
void crash_points_arm(long count);

/// No more steps are counted. Returns how many there were since arming.
long crash_points_disarm(void);

#endif
