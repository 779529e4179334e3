"""Other systems, each with its own client and worker, over 127.0.0.1, with servers of our own on free ports."""

import contextlib
import getpass
import json
import mmap
import os
import shutil
import struct
import subprocess
import time

from . import machine

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAMS = os.path.join(HERE, "Peers")
INSTALLED = os.path.join(HERE, ".build-peers")


class Starts:
    """A file of one 64-bit number a job, in which a handler writes when it started."""

    def __init__(self, folder, count):
        self.path = os.path.join(folder, "starts")
        self.count = count
        with open(self.path, "wb") as file:
            file.truncate((count + 64) * 8)
        with open(self.path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 0)

    def times(self):
        """When jobs started, those that have."""
        return [moment for moment in struct.unpack_from(f"{self.count}Q", self.memory) if moment]

    def wait(self, count, seconds=120):
        """Waits until this many jobs have started; answers how many have."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            started = len(self.times())
            if started >= count:
                return started
            time.sleep(0.02)
        raise RuntimeError(f"only {started} of {self.count} jobs started")


class Peer:
    """What the workloads have in common; a peer says how its server, its client and its worker are started."""

    name = ""
    about = ""
    worker = []
    client = []
    # How many jobs a workload takes: about a second's worth.
    submits, bulks, waiting, latencies, bulk_size = 1_000, 1_000, 1_000, 200, 1_000
    workloads = ["W1", "W2", "W3", "W5"]

    def __init__(self, folder):
        self.folder = os.path.join(folder, self.name)
        os.makedirs(self.folder, exist_ok=True)

    def server(self):
        """A context in which an empty server runs; answers what its clients need in their environment."""
        raise NotImplementedError

    def measure(self, workload):
        """Figures by key."""
        with self.server() as env:
            return {
                "W1": self.submit, "W2": self.submit_bulk, "W3": self.drain, "W5": self.start, "W7": self.follow,
            }[workload](env)

    def ask(self, env, starts, *words):
        with open(os.path.join(self.folder, "client.log"), "w+") as log:
            answer = subprocess.run(
                [*self.client, *map(str, words)], env={**os.environ, **env, "BENCH_STARTS": starts.path},
                cwd=PROGRAMS, stdout=subprocess.PIPE, stderr=log, timeout=180)
            if answer.returncode != 0:
                log.seek(0)
                raise RuntimeError(f"{self.name} {words[0]} ended with {answer.returncode}: {log.read()[-2000:]}")
        return json.loads(answer.stdout.splitlines()[-1])

    def working(self, env, starts):
        return machine.running(
            self.worker, self.folder, {**env, "BENCH_STARTS": starts.path, "PYTHONPATH": PROGRAMS}, "worker")

    def submit(self, env):
        return {"submit_1": self.ask(env, Starts(self.folder, self.submits), "submit", self.submits)}

    def submit_bulk(self, env):
        return {
            f"bulk_{self.bulk_size}":
                self.ask(env, Starts(self.folder, self.bulks), "bulk", self.bulks, self.bulk_size)
        }

    def drain(self, env):
        starts = Starts(self.folder, self.waiting)
        self.ask(env, starts, "bulk", self.waiting, self.bulk_size)
        with self.working(env, starts) as process:
            # Its processor time is counted from the first jobs on: how it boots is not asked here.
            early = starts.wait(1)
            family = machine.family(process.pid)
            before = machine.processor_seconds(family)
            starts.wait(self.waiting)
            processor = machine.processor_seconds(family) - before
        times = starts.times()
        figures = {"jobs": self.waiting, "jobs_per_second": (self.waiting - 1) * 1e9 / (max(times) - min(times))}
        if early < self.waiting / 2:
            figures["cpu_seconds_per_1000"] = processor * 1_000 / (self.waiting - early)
        return {"drain": figures}

    def start(self, env):
        starts = Starts(self.folder, self.latencies)
        with self.working(env, starts):
            return {"start": self.ask(env, starts, "latency", self.latencies)}

    def follow(self, env):
        starts = Starts(self.folder, 1)
        with self.working(env, starts):
            chain = self.ask(env, starts, "chain", 100)
            fan = self.ask(env, starts, "fan", 1_000)
        return {"chain": {**chain, "p50_us": chain["p50_us"] / 100, "p99_us": None}, "fan_out": fan}


class Gearmand(Peer):
    name = "gearmand"
    about = "in memory, background jobs, C client and C worker"
    submits, bulks, waiting, bulk_size = 15_000, 30_000, 20_000, 100
    client = [os.path.join(INSTALLED, "gearman_peer")]
    worker = client + ["worker"]

    @classmethod
    def is_installed(cls):
        return bool(shutil.which("gearmand", path=os.environ["PATH"] + ":/usr/sbin")) and os.path.exists(cls.client[0])

    @contextlib.contextmanager
    def server(self):
        port = machine.free_port()
        words = [
            shutil.which("gearmand", path=os.environ["PATH"] + ":/usr/sbin"), "--listen=127.0.0.1", f"--port={port}",
            "--threads=4", "--log-file=none", f"--pid-file={self.folder}/pid", f"--user={getpass.getuser()}"
        ]
        with machine.running(words, self.folder) as process:
            machine.wait_for_port(port, process)
            yield {"BENCH_PORT": str(port)}


class OnRedis(Peer):

    @contextlib.contextmanager
    def server(self):
        port = machine.free_port()
        words = [
            "redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir",
            self.folder
        ]
        with machine.running(words, self.folder) as process:
            machine.wait_for_port(port, process)
            yield {"BENCH_REDIS": f"redis://127.0.0.1:{port}"}


class Sidekiq(OnRedis):
    name = "sidekiq"
    about = "Redis without AOF, 10 threads; a crash loses what runs"
    submits, bulks, waiting = 4_000, 20_000, 6_000
    client = ["ruby", os.path.join(PROGRAMS, "sidekiq_peer.rb")]
    worker = ["sidekiq", "-r", os.path.join(PROGRAMS, "sidekiq_peer.rb"), "-c", "10", "-q", "default"]

    @classmethod
    def is_installed(cls):
        return bool(shutil.which("sidekiq") and shutil.which("redis-server"))


class Celery(OnRedis):
    name = "celery"
    about = "Redis without AOF, prefork, a process for each core, early acknowledgement"
    submits, bulks, waiting = 1_000, 1_500, 1_500
    python = os.path.join(INSTALLED, "celery", "bin", "python")
    client = [python, os.path.join(PROGRAMS, "celery_peer.py")]
    worker = client + ["worker", str(os.cpu_count())]
    workloads = ["W1", "W2", "W3", "W5", "W7"]

    @classmethod
    def is_installed(cls):
        return os.path.exists(cls.python) and bool(shutil.which("redis-server"))


ALL = [Gearmand, Sidekiq, Celery]
