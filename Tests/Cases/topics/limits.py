"""Soft and hard limits, cancel, and what happens at their very moment."""
import time

from harness import case, command, says, script, workflow


# ---------------------------------------------------------------- cancel and time-out


@case("limits.traps", "cancel and time-out send TERM, the trap runs and is logged, then nothing is left", seconds=25)
def traps(t):
    s = t.server()
    mark = t.folder / "mark"
    ok = {"run": "t.ok", "needs": ["a"]}
    s.define(
        command("t.trap", "s/trap.sh", grace="6s"), command("t.late", "s/trap.sh", timeout="2s", grace="6s"),
        command("t.stub", "s/stub.sh", timeout="2s", grace="1s"), command("t.kid", "s/kid.sh"), command("t.ok", "true"),
        workflow("cw", {"a": {"run": "t.trap"}, "b": ok, "c": {**ok, "rule": "any_failed"}, "d": {**ok, "rule": "all_finished"}}),
        files={"s/trap.sh": script(f"cleanup() {{ echo cleaning; sleep 1; echo cleaned; echo ok >>'{mark}'; exit 7; }}",
                                   "trap cleanup TERM", "echo begin", "sleep 60 &", "wait", "sleep 60"),
               "s/stub.sh": script("trap '' TERM INT HUP", "(trap '' TERM; sleep 61) &", "while :; do sleep 1; done"),
               "s/kid.sh": script("python3 -c 'import subprocess; subprocess.run([\"sleep\", \"62\"])' & wait")})

    def begun(id):
        return t.until(lambda: "begin" in s.printed(id), 20)

    def marks():
        return len(mark.read_text().split()) if mark.exists() else 0

    id = s.begin("t.trap")
    begun(id)
    t.check(s.cancel(id).ok and s.job(id).outcome == "cancelled", f"after cancel: {s.job(id)}")
    t.check(t.until(lambda: marks() == 1, 8), "after cancel the trap does not run to its end")
    t.check(t.until(lambda: "cleaned" in s.printed(id), 4), f"after cancel the log is {s.printed(id)!r}")
    job = s.do("t.late")
    t.check(job.failed and says(job.message, "limit|time"), f"time-out: {job}")
    t.check("cleaned" in s.printed(job.id) and marks() == 2, f"after a time-out the log is {s.printed(job.id)!r}")
    began = time.monotonic()
    job = s.do("t.stub")
    took = time.monotonic() - began
    t.check(job.failed and took < 15, f"a script that ignores TERM: {job} after {took:.0f} s")
    id = s.begin("t.kid")
    t.until(lambda: t.offspring("sleep 62"), 20)
    s.cancel(id)
    t.until(lambda: not t.offspring("sleep 6"), 10)
    t.check(not t.offspring("sleep 6"), f"{len(t.offspring('sleep 6'))} processes are left after cancel and time-out")
    run = s.start_run("cw").id
    t.until(lambda: s.jobs(run=run)[0].state == "running", 20)
    s.cancel_run(run)
    run = s.run_ended(run)
    t.check(run.outcome == "cancelled", f"a run that was cancelled: {run}")
    t.check(run.outcomes["b"] == "cancelled" and run.outcomes["c"] == "succeeded", f"its failure branch runs all the same: {run}")


# ---------------------------------------------------------------- soft limits

ASKED = ("trap 'stop=1' TERM", "for i in $(seq 300); do sleep 0.1; [ -n \"$stop\" ] && break; done",
         "for i in $(seq $1); do sleep 1; done", "echo '{\"partial\":true}' >$LOVAGE_RESULT", "exit 0")


def limited(t, seconds, right, lines=ASKED, **limits):
    """A script that goes on for so long when it is asked to stop; what is right is a rule for its job."""
    s = t.server()
    s.define(command("s.x", "s/x.sh", str(seconds), **limits), files={"s/x.sh": script(*lines)})
    began = time.monotonic()
    job = s.do("s.x", within=50)
    t.check(right(job), f"{job}, result {job.result}, {time.monotonic() - began:.1f} s")
    return job


def kept_its_result(job):
    return job.succeeded and job.result == {"partial": True}


@case("limits.soft-then-hard", "asked at the soft limit a script may tidy up until the hard limit, and succeed", seconds=15)
def soft_then_hard(t):
    limited(t, 8, kept_its_result, soft_timeout="1s", timeout="30s")


@case("limits.soft-in-time", "asked at the soft limit a script that ends within the grace succeeds with its result")
def soft_in_time(t):
    limited(t, 1, kept_its_result, soft_timeout="1s", timeout="30s")


@case("limits.soft-short-grace", "asked at the soft limit a script may take longer than the grace to tidy up")
def soft_short_grace(t):
    limited(t, 4, kept_its_result, soft_timeout="1s", timeout="30s", grace="2s")


@case("limits.soft-only", "asked at a soft limit without a hard one a script succeeds with its result")
def soft_only(t):
    limited(t, 1, kept_its_result, soft_timeout="1s")


@case("limits.soft-skip", "asked at the soft limit a script may say that there was nothing to do")
def soft_skip(t):
    limited(t, 0, lambda job: job.outcome == "skipped", ("trap 'exit 3' TERM", "sleep 20 & wait"), soft_timeout="1s", timeout="10s",
            exit_codes={"skip": [3]})


@case("limits.soft-ignored", "a script that does not mind being asked has until the hard limit", seconds=10)
def soft_ignored(t):
    limited(t, 0, kept_its_result, ("trap '' TERM", "for i in $(seq 5); do sleep 1; done", *ASKED[3:]), soft_timeout="1s",
            timeout="15s", grace="1s")


@case("limits.hard-limit", "at the hard limit a script is made to stop, asked before or not", seconds=15)
def hard_limit(t):
    stubborn = ("trap '' TERM", "sleep 60; sleep 60")
    limited(t, 0, lambda job: job.failed and says(f"{job.reason} {job.message}", "time|limit"), stubborn, timeout="2s", grace="1s")
    limited(t, 0, lambda job: job.failed, stubborn, soft_timeout="1s", timeout="3s", grace="1s")
    t.until(lambda: not t.offspring("sleep"), 5)
    t.check(not t.offspring("sleep"), "its script is left")


# ---------------------------------------------------------------- at the very moment of the limit


@case("limits.at-the-limit", "a job that ends at the very moment of its limit has one consistent end", seconds=15)
def at_the_limit(t):
    s = t.server()
    s.define(command("s.exact", "sleep", "1", timeout="1s"), command("s.near", "sleep", "0.97", timeout="1s"))
    ids = [s.begin(kind) for kind in ("s.exact", "s.near") for _ in range(16)]
    for id in ids:
        job, attempts = s.ended(id), s.attempts(id)
        end = attempts[0].end if len(attempts) == 1 else None
        late = job.failed and end != "succeeded" and says(f"{job.reason} {job.message}", "time", "limit")
        t.check(late or job.succeeded and end == "succeeded", f"{job}; attempts {[a.end for a in attempts]}")
