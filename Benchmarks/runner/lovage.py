"""Lovage itself: `lovage bench` in its own process, `lovage up` over HTTP, and SQLite alone with Lovage's tables."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import time
import urllib.request

from . import machine

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Lovage:
    """The library and the SQLite store in one process, fully durable."""

    name = "lovage"
    about = "SQLite, every answer after its fsync, attempts and results stored"
    workloads = ["W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8"]

    def __init__(self, program, folder, options):
        self.program, self.folder, self.options = program, folder, options

    def measure(self, workload):
        """Figures by key."""
        report = self.run_bench(workload, "--seconds", self.options.seconds, "--backlog", 0)
        return {figure["key"]: {**figure.pop("rounds")[0], **figure} for figure in report["figures"]}

    def measure_backlog(self, workload):
        """All rounds at once, because storing a million jobs takes half a minute; answers figures by key, a list each."""
        report = self.run_bench(
            workload, "--seconds", self.options.seconds, "--backlog", self.options.backlog, "--rounds",
            self.options.rounds)
        return {figure["key"]: figure["rounds"] for figure in report["figures"]}

    def run_bench(self, workload, *words):
        words = [self.program, "bench", "--json", "--workloads", workload, "--folder", self.folder, *map(str, words)]
        if self.options.slots:
            words += ["--slots", str(self.options.slots)]
        answer = subprocess.run(words, stdout=subprocess.PIPE, check=True, timeout=900)
        return json.loads(answer.stdout)


class LovageUp:
    """`lovage up`: what it costs when nothing happens, and jobs submitted over HTTP by 64 connections."""

    name = "lovage up"
    about = "the server with its worker, HTTP on 127.0.0.1"
    workloads = ["HTTP"]
    settle_seconds, idle_seconds, load_seconds = 2, 5, 3

    def __init__(self, program, folder):
        self.program, self.folder = program, os.path.join(folder, "up")

    @contextlib.contextmanager
    def server(self):
        os.makedirs(self.folder, exist_ok=True)
        port = machine.free_port()
        words = [self.program, "up", "--data", os.path.join(self.folder, "data"), "--listen", f"127.0.0.1:{port}", "--open"]
        try:
            with machine.running(words, self.folder) as process:
                machine.wait_for_port(port, process)
                yield process, f"http://127.0.0.1:{port}/api/v1"
        finally:
            shutil.rmtree(self.folder)

    def make_template(self, path):
        """Copies the database of a new server: the real tables for whoever works without Lovage."""
        data = os.path.join(self.folder, "data", "lovage.db")
        with self.server() as (process, _):
            process.terminate()
            process.wait(30)
            shutil.copy(data, path)

    def measure(self, _):
        with self.server() as (process, url):
            time.sleep(self.settle_seconds)
            figures = {"idle": self.idle(process)}
            if shutil.which("wrk"):
                figures["http_64"] = self.load(url)
        return figures

    def idle(self, process):
        family = machine.family(process.pid)
        before = machine.processor_seconds(family)
        time.sleep(self.idle_seconds)
        spent = machine.processor_seconds(family) - before
        return {
            "cpu_share_percent": spent * 100 / self.idle_seconds, "pss_bytes": machine.memory_mib(family) * (1 << 20),
        }

    def load(self, url):
        words = ["wrk", "--threads", "1", "--connections", "64", "--duration", f"{self.load_seconds}s", "--latency"]
        words += ["--script", os.path.join(HERE, "Peers", "submit.lua"), f"{url}/jobs"]
        text = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True, timeout=60).stdout
        answered = int(re.search(r"(\d+) requests in", text)[1])
        with urllib.request.urlopen(f"{url}/queues", timeout=10) as answer:
            stored = sum(queue["ready"] for queue in json.load(answer)["queues"])
        # wrk leaves up to 64 requests behind whose answers it did not wait for.
        if "Non-2xx" in text or not answered <= stored <= answered + 64:
            raise RuntimeError(f"{answered} submissions were answered and {stored} jobs are stored:\n{text}")
        percentiles = {name: micros(value) for name, value in re.findall(r"(50|99)%\s+([\d.]+\w+)", text)}
        return {
            "jobs": stored, "jobs_per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
            "p50_us": percentiles["50"], "p99_us": percentiles["99"],
        }


class RawSQLite:
    """SQLite alone, with a file that Lovage made: what the machine allows."""

    name = "raw SQLite"
    about = "one connection, prepared statements, WAL, synchronous=FULL, the tables of a file that `lovage up` made"
    # The single commit stands beside everything that is said in commits.
    parts = {
        "W1": "insert:1", "W2": "insert:100,insert:1000",
        "W3": "claim:1,claim:100,claim:1000,claim-no-attempts:100,claim-one-commit:100", "W5": "insert:1", "W7": "insert:1",
    }
    workloads = list(parts)

    def __init__(self, program, folder, lovage_up, seconds):
        self.program, self.folder, self.seconds = program, folder, seconds
        self.template = os.path.join(folder, "template.db")
        lovage_up.make_template(self.template)

    def measure(self, workload):
        words = [self.program, self.template, self.folder, str(self.seconds), self.parts[workload]]
        answer = subprocess.run(words, stdout=subprocess.PIPE, check=True, timeout=120)
        return {figure["key"]: figure for figure in json.loads(answer.stdout)["figures"]}


def micros(text):
    """Reads `1.23ms`, `456.00us` or `1.20s`."""
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(value) * {"us": 1, "ms": 1e3, "s": 1e6, "m": 60e6}[unit]
