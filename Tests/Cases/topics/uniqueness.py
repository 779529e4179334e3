"""Jobs that stand for each other: unique keys and idempotency keys."""
import threading
import time

from harness import case, command, parameters, says, script, workflow


# ---------------------------------------------------------------- unique jobs after crashes


@case("uniqueness.locks", "a unique job's lock is free when the job is over, however it ended", seconds=20)
def locks(t):
    s = t.server(lease="2s")
    flag = t.folder / "flag"
    s.define(
        command("q.export", "s/e.sh", "${args.id}", parameters=parameters(id=dict(type="integer", required=True)), unique=True),
        command("q.die", "sh", "-c", "sleep 0.5; kill -9 $$", unique=True, retries=0),
        command("q.loop", "sleep", "600", unique=True, crash_limit=2),
        workflow("uw", {"e": {"run": "q.export", "with": {"id": 7}}}),
        files={"s/e.sh": script(f"until [ -e '{flag}' ]; do sleep 0.1; done")})

    def running(id):
        return t.until(lambda: s.job(id).state == "running", 20)

    first = s.begin("q.export", "id=7")
    running(first)
    t.check(s.begin("q.export", "id=7") == first, "a second equal job is another one")
    t.check(s.begin("q.export", "id=8") != first, "a job with another argument is the same one")
    run = s.start_run("uw").id
    for _ in range(2):
        s.kill()
        s.start()
        running(first)
    t.check(s.begin("q.export", "id=7") == first, "after two crashes an equal job is another one")
    flag.touch()
    t.check(s.ended(first).succeeded and s.run_ended(run).succeeded, f"after two crashes: {s.job(first)}; the run: {s.run(run)}")
    t.check(s.begin("q.export", "id=7") != first, "after the end an equal job is still the old one")
    first = s.begin("q.die")
    t.check(s.ended(first).failed and s.begin("q.die") != first, "after its own death an equal job is still the old one")
    first = s.begin("q.loop")
    for _ in range(4):
        if not t.until(lambda: s.job(first).state == "running", 10) or s.job(first).over:
            break
        s.kill()
        s.start()
    t.check(t.until(lambda: s.job(first).over, 10), f"a job whose server dies with it: {s.job(first)}")
    second = s.begin("q.loop")
    t.check(second != first, "after quarantine an equal job is still the old one")
    s.cancel(second)
    third = s.begin("q.loop")
    t.check(third != second, "after cancel an equal job is still the old one")
    s.cancel(third)


# ---------------------------------------------------------------- idempotency keys


@case("uniqueness.idempotency", "the same idempotency key with other arguments is a conflict, not the old answer", seconds=10)
def idempotency(t):
    s = t.server()
    s.define(command("i.a", "echo", "${args.x}", parameters=parameters(x="any")))
    first = s.begin("i.a", "x=1", key="k")
    t.check(s.begin("i.a", "x=1", key="k") == first, "the same call again is another job")
    answer = s.submit("i.a", "x=2", key="k")
    t.check(answer.refused and says(answer.err, "key"), f"other arguments: {answer}")
    s.ended(first)
    s.retry(first)
    t.check(s.begin("i.a", "x=1", key="k") == first, "after a retry it is another job")
    s.kill()
    s.start()
    t.check(s.begin("i.a", "x=1", key="k") == first, "after a crash it is another job")

    def at_once(key, values):
        answers = []
        threads = [threading.Thread(target=lambda v=v: answers.append(s.submit("i.a", f"x={v}", key=key))) for v in values]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    ids = {str(answer.id or answer) for answer in at_once("equal", [9] * 12)}
    t.check(len(ids) == 1, f"12 at once: {len(ids)} jobs")
    answers = at_once("other", range(12))
    t.check(sum(a.ok for a in answers) == 1 and sum(a.refused for a in answers) == 11,
            f"12 at once with other arguments: codes {sorted(a.code for a in answers)}")


# ---------------------------------------------------------------- what is equal


def not_beside(t, unique, *calls):
    """Equal jobs, called in these ways, are one job, or do not run at the same time."""
    s = t.server()
    s.define(command("b.t", "s/t.sh", "${args.id}", "${args.m}", unique=unique,
                     parameters=parameters(id="integer", m=dict(type="string", default="fast"))),
             files={"s/t.sh": script("sleep 4")})
    first = s.begin("b.t", *calls[0])
    for call in calls[1:]:
        second = s.begin("b.t", *call)
        most = 1 if second == first else t.most_at_once("s/t.sh", 1.5)
        if not t.check(most <= 1, f"{calls[0]} and {call}: {most} at once"):
            return


@case("uniqueness.other-order", "unique: the same arguments in another order are equal")
def other_order(t):
    not_beside(t, True, ["id=1", "m=fast"], ["m=fast", "id=1"])


@case("uniqueness.other-blanks", "unique: the same arguments with a blank more are equal")
def other_blanks(t):
    not_beside(t, True, ['{"id": 1, "m": "fast"}'], ['{"id":1,"m":"fast"}'])


@case("uniqueness.default-given", "unique: a default that is given or left out is equal")
def default_given(t):
    not_beside(t, True, ["id=1", "m=fast"], ["id=1"])


@case("uniqueness.default-given-by-name", "unique with names: a default that is given or left out is equal")
def default_given_by_name(t):
    not_beside(t, ["id", "m"], ["id=1", "m=fast"], ["id=1"])


@case("uniqueness.by-name", "unique with names: order, blanks and escapes do not matter")
def by_name(t):
    not_beside(t, ["id", "m"], ["id=1", "m=fast"], ["m=fast", "id=1"], ['{"id": 1, "m":"f\\u0061st"}'])


@case("uniqueness.equal-for-a-key", "idempotency key: the same arguments with a blank, or in another order, are the same")
def equal_for_a_key(t):
    s = t.server()
    s.define(command("b.t", "echo", "${args.id}", "${args.m}", parameters=parameters(id="integer", m="string")))
    first = s.begin("b.t", '{"id":2,"m":"fast"}', key="q")
    for words in ('{"id": 2, "m": "fast"}', '{"m":"fast","id":2}'):
        answer = s.submit("b.t", words, key="q")
        t.check(answer.ok and answer.id == first, f"{words}: {answer}")


# ---------------------------------------------------------------- a script that outlives its attempt


def never_two(t, again, grace="6s", unique=True):
    """Cancels a job whose script ignores TERM for 5 s, does it again, and counts scripts."""
    s = t.server(slots=2)
    more = {"unique": True} if unique else {}
    s.define(command("g.u", "s/slow.sh", grace=grace, **more), files={"s/slow.sh": script(
        "trap '' TERM", "for i in 1 2 3 4 5; do sleep 1; done")})
    first = s.begin("g.u")
    t.until(lambda: t.offspring("s/slow.sh"), 20)
    time.sleep(0.5)
    t.need(s.cancel(first).ok, "cancel is refused")
    answer = again(s, first)  # it may be refused, or wait
    most = t.most_at_once("s/slow.sh", 4)
    t.check(most <= 1, f"{most} scripts at once")
    if answer.ok and s.job(answer.id.split()[0]).outcome != "cancelled":
        job = s.ended(answer.id.split()[0], 40)
        t.check(job.succeeded, f"the second one: {job}")


@case("uniqueness.cancel-and-submit", "unique: after cancel an equal job does not run beside the script that still ends", seconds=10)
def cancel_and_submit(t):
    never_two(t, lambda s, first: s.submit("g.u", timeout=10))


@case("uniqueness.cancel-and-retry", "after cancel a retry of the job does not run beside the script that still ends", seconds=10)
def cancel_and_retry(t):
    never_two(t, lambda s, first: s.retry(first), unique=False)


@case("uniqueness.cancel-with-the-usual-grace", "unique: with the usual grace an equal job does not run beside the script that still ends",
      seconds=10)
def cancel_with_the_usual_grace(t):
    never_two(t, lambda s, first: s.submit("g.u", timeout=10), grace="5s")
