"""A shortage of the machine's is no failure of a job."""
import collections
import resource
import socket
import time

from harness import case, command, descriptors, more_descriptors, need_descriptors, says


# ---------------------------------------------------------------- a shortage of the machine's


def flood(t, s, kind, count, within):
    """Submits so many jobs at once and waits; checks that the server lives and that all of them succeed."""
    answer = s.submit_many(kind, "{}\n" * count)
    t.settled(s, within)
    if not s.alive:
        s.dies = True
        t.check(False, f"the server {s.died()}")
        return
    t.check(answer.ok, f"submit: {answer}")
    jobs = s.jobs()
    ends = collections.Counter(job.outcome or job.state for job in jobs)
    bad = next((job for job in jobs if not job.succeeded), "")
    t.check(ends == {"succeeded": count}, f"of {count} jobs {dict(ends)}; one of them: {bad}")


def short_of_descriptors(t, limit, slots, count, hard=None):
    need_descriptors(hard or limit)
    s = t.server(slots=slots, limits={resource.RLIMIT_NOFILE: (limit, hard or limit)})
    s.define(command("e.sleep", "sleep", "3"))
    flood(t, s, "e.sleep", count, 90)


@case("shortage.few-descriptors", "with more jobs than descriptors jobs wait, the server lives and all succeed", seconds=20)
def few_descriptors(t):
    short_of_descriptors(t, limit=128, slots=25, count=25)


@case("shortage.usual-limit", "with 220 slots and the usual 1,024 descriptors the server lives and all jobs succeed", seconds=30,
      alone=True)
def usual_limit(t):
    short_of_descriptors(t, limit=1024, slots=220, count=220)


@case("shortage.soft-limit", "with a low soft and a high hard limit of descriptors the server lives and all jobs succeed",
      seconds=20)
def soft_limit(t):
    short_of_descriptors(t, limit=256, hard=4096, slots=70, count=70)


@case("shortage.idle-connections", "with 800 idle connections and 48 slots the server lives and all jobs succeed", seconds=20,
      alone=True)
def idle_connections(t):
    more_descriptors(1200)
    s = t.server(slots=48, limits={resource.RLIMIT_NOFILE: (1024, 1024)})
    s.define(command("e.sleep", "sleep", "3"))
    idle = [socket.create_connection(("127.0.0.1", s.port), 10) for _ in range(800)]
    t.until(lambda: descriptors(s.pid) > 800, 5)
    for connection in idle[:10]:  # room for those who submit and look
        connection.close()
    time.sleep(0.5)
    flood(t, s, "e.sleep", 48, 40)


@case("shortage.restarts", "jobs are not given up for crashes that a shortage of descriptors caused", seconds=40, alone=True)
def restarts(t):
    s = t.server(slots=70, limits={resource.RLIMIT_NOFILE: (256, 256)}, starts=False)
    s.define(command("e.sleep", "sleep", "1", retries=2))
    t.need(s.submit_many("e.sleep", "{}\n" * 100).ok, "the jobs are not taken")
    crashes = 0
    while t.left() > 40 and crashes < 12:
        t.settled(s, 60)
        if s.alive:
            break
        crashes += 1
        s.start()
    t.check(not s.alive or s.unfinished() == 0, f"after {crashes} crashes {s.unfinished()} jobs stay unfinished")
    s.kill()
    s.limits, s.slots = {}, 1
    s.start()
    jobs = [job for job in s.jobs() if job.over and not job.succeeded]
    t.check(not jobs, f"after {crashes} crashes {len(jobs)} of 100 jobs ended otherwise, as: {jobs[0] if jobs else ''}")


@case("shortage.limit-named", "a start with more slots than descriptors allow says so")
def limit_named(t):
    s = t.server(slots=60, limits={resource.RLIMIT_NOFILE: (64, 64)}, starts=False)
    time.sleep(0.5)
    t.check(says(s.log(), "descriptor", "nofile", "open files"), f"60 slots with 64 descriptors; at the start it said: {s.log()}")
