/// The one function of libFuzzer that a program with its own main calls. The toolchain has the library and no header.
#include <stddef.h>
#include <stdint.h>

/// Runs `check` on inputs until the limits in the arguments are reached, or one kills the process; answers the exit code.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*check)(const uint8_t *bytes, size_t count));
