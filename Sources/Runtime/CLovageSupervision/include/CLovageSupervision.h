// The Linux calls of the supervisor that Swift's Glibc module does not offer (`prctl` is variadic, GNU extensions are
// hidden) and a signal handler, which must not be Swift. Nothing here decides anything.
#ifndef CLOVAGE_SUPERVISION_H
#define CLOVAGE_SUPERVISION_H

#include <spawn.h>

/// Makes this process the new parent of every orphan among its descendants. 0, or -1 with `errno` set.
int lovage_become_subreaper(void);

/// Returns a non-blocking descriptor that becomes readable when one of `signals` has arrived, or -1 with `errno` set.
/// A handler and a pipe, not a signalfd: that would need the signals blocked in every thread, and the run-time may
/// have started some before us. To be called once.
int lovage_signal_descriptor(const int *signals, int count);

/// Reads one arrived signal from such a descriptor: its number, or 0 when there is none.
int lovage_next_signal(int descriptor);

/// pipe2(2) with both ends closed on exec. 0, or -1 with `errno` set.
int lovage_pipe(int ends[2]);

/// What is spawned with `actions` starts in `folder`. 0, or an error number.
int lovage_spawn_in(posix_spawn_file_actions_t *actions, const char *folder);

/// What is spawned with `actions` gets no descriptor from `first` on. 0, or an error number.
int lovage_spawn_without_descriptors_from(posix_spawn_file_actions_t *actions, int first);

#endif
