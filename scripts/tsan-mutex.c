// Lets ThreadSanitizer see the locks of Swift's `Mutex`.
//
// The quick way through a `Mutex` is inlined into our code as atomic operations, which the sanitizer sees. Where two threads
// meet, it goes through two functions of libswiftSynchronization, which is not instrumented and asks the kernel to hand the
// lock over: without a word from us every meeting looks like a race. Loaded before that library (LD_PRELOAD), these two stand
// before its own and say what they do. Nothing is suppressed by it: what no lock guards is found as before.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef SWIFT void (*Lock)(uint32_t thread, SELF mutex);
typedef SWIFT void (*Unlock)(SELF mutex);
typedef void (*Tell)(void *address);

static Lock original_lock;
static Unlock original_unlock;
// Absent in a process that is not instrumented, such as a shell that a test starts.
static Tell acquired;
static Tell releasing;

__attribute__((constructor)) static void find(void) {
    original_lock = (Lock)dlsym(RTLD_NEXT, LOCK);
    original_unlock = (Unlock)dlsym(RTLD_NEXT, UNLOCK);
    acquired = (Tell)dlsym(RTLD_DEFAULT, "__tsan_acquire");
    releasing = (Tell)dlsym(RTLD_DEFAULT, "__tsan_release");
}

SWIFT void lovage_lock(uint32_t thread, SELF mutex) __asm__(LOCK);
SWIFT void lovage_lock(uint32_t thread, SELF mutex) {
    // Renamed in a later Swift: to go on would be to run without locks.
    if (original_lock == NULL) abort();
    original_lock(thread, mutex);
    if (acquired != NULL) acquired(mutex);
}

SWIFT void lovage_unlock(SELF mutex) __asm__(UNLOCK);
SWIFT void lovage_unlock(SELF mutex) {
    if (original_unlock == NULL) abort();
    if (releasing != NULL) releasing(mutex);
    original_unlock(mutex);
}
