"""The machine: its speed right now, what processes cost it, and processes that end when they should."""

import contextlib
import fcntl
import os
import signal
import socket
import statistics
import subprocess
import tempfile
import time


@contextlib.contextmanager
def quiet():
    """Holds the file that LOVAGE_BENCH_LOCK names, if any: what else works on this machine can wait for it."""
    path = os.environ.get("LOVAGE_BENCH_LOCK")
    if not path:
        yield
        return
    with open(path, "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def calibrate(folder):
    """How fast the machine is: an fsync of 4 KiB, a byte to another process and back, a fixed loop; microseconds."""
    return {"fsync_us": fsync(folder), "ping_pong_us": ping_pong(), "loop_us": loop()}


def median_time(rounds, body):
    samples = []
    for _ in range(rounds):
        began = time.monotonic_ns()
        body()
        samples.append(time.monotonic_ns() - began)
    return statistics.median(samples) / 1e3


def fsync(folder):
    page = b"x" * 4096
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:

        def append():
            file.write(page)
            os.fsync(file.fileno())

        return median_time(21, append)


def ping_pong():
    near, far = socket.socketpair()
    child = os.fork()
    if child == 0:
        near.close()
        while far.recv(1):
            far.send(b"x")
        os._exit(0)
    far.close()

    def there_and_back():
        near.send(b"x")
        near.recv(1)

    median = median_time(200, there_and_back)
    near.close()
    os.waitpid(child, 0)
    return median


def loop():

    def run():
        value = 1
        for number in range(50_000):
            value = (value * 6364136223846793005 + number) & 0xFFFF_FFFF

    return median_time(3, run)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for_port(port, process, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended with {process.returncode}")
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args[0]} does not listen on port {port}")


@contextlib.contextmanager
def running(words, folder, env=None, name="server"):
    """A process in a session of its own, ended with all it started; its words go to a file of the folder."""
    with open(os.path.join(folder, f"{name}.log"), "ab") as log:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, start_new_session=True,
            env={**os.environ, **(env or {})})
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(5)


def family(pid):
    """The process and everything below it."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(name))
    found, open_ends = [], [pid]
    while open_ends:
        found.append(open_ends.pop())
        open_ends += children.get(found[-1], [])
    return found


def processor_seconds(pids):
    """Processor time of live processes so far, to the nanosecond: their own clocks, as clock_getcpuclockid names them."""
    spent = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            spent += time.clock_gettime((~pid << 3) | 2)
    return spent


def memory_mib(pids):
    """PSS: what is shared counts in proportion."""
    kibibytes = 0
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as file:
            kibibytes += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    return kibibytes / 1024


def describe():
    """What a reader of figures has to know about the machine."""
    with open("/proc/cpuinfo") as file:
        models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    return {"cores": os.cpu_count(), "processor": models[0] if models else "", "kernel": os.uname().release}
