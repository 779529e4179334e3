"""Celery on Redis: prefork workers, JSON, early acknowledgement, no results unless a job is part of a chain or a group.

celery_peer.py worker SLOTS | submit COUNT | bulk COUNT | latency COUNT | chain STEPS | fan MEMBERS

BENCH_REDIS is the server's address. BENCH_STARTS is a file of one 64-bit number a job, in which the handler of job i
writes when it started (nanoseconds, monotonic). Every command but `worker` prints one JSON object.
"""

import json
import mmap
import os
import struct
import sys
import time

from celery import Celery, chain, chord

WARM_UP = 20
redis = os.environ["BENCH_REDIS"]
app = Celery("celery_peer", broker=f"{redis}/0", backend=f"{redis}/1")
app.conf.update(
    task_ignore_result=True, worker_prefetch_multiplier=64, task_serializer="json", result_serializer="json",
    accept_content=["json"], broker_connection_retry_on_startup=True, worker_hijack_root_logger=False,
    worker_send_task_events=False)

with open(os.environ["BENCH_STARTS"], "r+b") as file:
    starts = mmap.mmap(file.fileno(), 0)


def started(number):
    return struct.unpack_from("Q", starts, number * 8)[0]


def arguments(number):
    """200 bytes as JSON."""
    return {"i": number, "p": "x" * (200 - len('{"i": , "p": ""}') - len(str(number)))}


@app.task(name="nothing")
def nothing(payload):
    struct.pack_into("Q", starts, payload["i"] * 8, time.monotonic_ns())


@app.task(name="step", ignore_result=False)
def step(before, payload):
    return before + 1


@app.task(name="member", ignore_result=False)
def member(payload):
    return payload["i"]


@app.task(name="callback", ignore_result=False)
def callback(results):
    return len(results)


def answer(count, spent=None, samples=None):
    figures = {"jobs": count}
    if spent:
        figures["jobs_per_second"] = count * 1e9 / spent
    if samples:
        samples.sort()
        figures["p50_us"] = samples[len(samples) // 2] / 1e3
        figures["p99_us"] = samples[len(samples) * 99 // 100] / 1e3
    print(json.dumps(figures))


def submit(count):
    nothing.delay(arguments(count))  # opens the connection
    samples = []
    began = last = time.monotonic_ns()
    for number in range(count):
        nothing.delay(arguments(number))
        now = time.monotonic_ns()
        samples.append(now - last)
        last = now
    answer(count, last - began, samples)


def bulk(count):
    """There is no call for many; holding one producer saves the look into its pool."""
    began = time.monotonic_ns()
    with app.producer_pool.acquire(block=True) as producer:
        for number in range(count):
            nothing.apply_async((arguments(number),), producer=producer)
    answer(count, time.monotonic_ns() - began)


def latency(count):
    samples = []
    for number in range(count + WARM_UP):
        began = time.monotonic_ns()
        nothing.delay(arguments(number))
        while not started(number):
            if time.monotonic_ns() - began > 20_000_000_000:
                sys.exit("celery_peer: a job never started")
            time.sleep(0.0005)
        if number >= WARM_UP:
            samples.append(started(number) - began)
        time.sleep(0.002 + 0.001 * (number % 3))
    answer(count, samples=samples)


def timed(run, count):
    """The second of two runs, the first being a short one that opens connections and fills caches."""
    run(10)
    began = time.monotonic_ns()
    run(count)
    spent = time.monotonic_ns() - began
    answer(count, spent, [spent])


def run_chain(steps):
    signatures = [step.s(0, arguments(0))] + [step.s(arguments(number)) for number in range(1, steps)]
    if chain(*signatures).apply_async().get(timeout=120) != steps:
        sys.exit("celery_peer: a chain ended wrong")


def run_fan(members):
    if chord([member.s(arguments(number)) for number in range(members)], callback.s()).apply_async().get(
            timeout=120) != members:
        sys.exit("celery_peer: a group ended wrong")


def work(slots):
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    program = os.path.join(os.path.dirname(sys.executable), "celery")
    os.execv(program, [
        program, "-A", "celery_peer", "worker", "-P", "prefork", "-c", str(slots), "-l", "ERROR", "--without-gossip",
        "--without-mingle", "--without-heartbeat"])


if __name__ == "__main__":
    import celery_peer as own  # the worker imports it by this name, and tasks are known by it

    words = sys.argv[1:]
    commands = {
        "worker": lambda: own.work(int(words[1])), "submit": lambda: own.submit(int(words[1])),
        "bulk": lambda: own.bulk(int(words[1])), "latency": lambda: own.latency(int(words[1])),
        "chain": lambda: own.timed(own.run_chain, int(words[1])), "fan": lambda: own.timed(own.run_fan, int(words[1])),
    }
    commands[words[0]]()
