#define _GNU_SOURCE
#include "CLovageSupervision.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

int lovage_become_subreaper(void) {
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

static int arrived[2] = {-1, -1};

static void note(int signal) {
    int kept = errno;
    unsigned char number = (unsigned char)signal;
    // A full pipe loses nothing that matters: the reader has signals to look at.
    ssize_t written = write(arrived[1], &number, 1);
    (void)written;
    errno = kept;
}

int lovage_signal_descriptor(const int *signals, int count) {
    if (pipe2(arrived, O_CLOEXEC | O_NONBLOCK) != 0) {
        return -1;
    }
    for (int index = 0; index < count; index++) {
        struct sigaction action = {0};
        action.sa_handler = note;
        action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
        sigemptyset(&action.sa_mask);
        if (sigaction(signals[index], &action, NULL) != 0) {
            return -1;
        }
    }
    return arrived[0];
}

int lovage_next_signal(int descriptor) {
    unsigned char number = 0;
    return read(descriptor, &number, 1) == 1 ? number : 0;
}

int lovage_pipe(int ends[2]) {
    return pipe2(ends, O_CLOEXEC);
}

int lovage_spawn_in(posix_spawn_file_actions_t *actions, const char *folder) {
    return posix_spawn_file_actions_addchdir_np(actions, folder);
}

int lovage_spawn_without_descriptors_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}
