"""What is kept, and what is gone."""
import time

from harness import UNKNOWN_ID, case, command, parameters, workflow


# ---------------------------------------------------------------- retention


@case("retention.retention", "retention keeps the steps of a run that is not over, and what it removed is unknown by code", seconds=75)
def retention(t):
    s = t.server()
    flag = t.folder / "flag"
    s.define(
        command("r.val", "sh", "-c", "echo 42 >$LOVAGE_RESULT"),
        command("r.use", "sh", "-c", 'printf "%s" "$1" >$LOVAGE_RESULT', "sh", "${args.v}", parameters=parameters(v="any")),
        command("r.slow", "sh", "-c", f"until [ -e '{flag}' ]; do sleep 0.2; done"),
        workflow("rw", {"a": {"run": "r.val"}, "slow": {"needs": ["a"], "run": "r.slow"},
                        "b": {"needs": ["slow", "a"], "run": "r.use", "with": {"v": "${steps.a.result}"}}},
                 outputs={"x": "${steps.b.result}"}))
    t.need(s.keep("1s", 0).ok, "queue set is refused")
    run = s.start_run("rw").id
    t.until(lambda: s.run(run).steps["slow"].state == "running", 20)
    solo = s.do("r.val").id
    t.need(t.until(lambda: not s.knows(solo), 150, every=1), "a finished job that is kept for 1 s is still there after 150 s")
    time.sleep(1)
    flag.touch()
    run = s.run_ended(run, 30)
    t.check(run.succeeded and run.outputs == {"x": 42}, f"the run: {run}, {run.outputs}")
    for answer in (s.wait(solo), s.logs(solo), s.retry(solo)):
        t.check(answer.code == UNKNOWN_ID, f"an id that is gone: {answer}")
