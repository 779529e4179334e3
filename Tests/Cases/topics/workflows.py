"""Branches, joins, names and retries of workflows."""

from harness import case, command, parameters, script, workflow, yaml

REQUIRED = {"type": "string", "required": True}


# ---------------------------------------------------------------- branches and joins


@case("workflows.joins", "a skipped branch and chained empty fan-outs do not stop the join", seconds=15)
def joins(t):
    s = t.server()
    ok, each = {"run": "b.ok"}, {"foreach": "${params.l}", "run": "b.ok"}
    s.define(
        command("b.ok", "true"), command("b.bad", "false"), command("b.skip", "sh", "-c", "exit 3", exit_codes={"skip": [3]}),
        command("b.val", "sh", "-c", 'printf "%s" "$1" >$LOVAGE_RESULT', "sh", "${args.v}", parameters=parameters(v="any")),
        workflow("branch", {
            "start": ok, "left": {"needs": ["start"], "when": "params.way == 'a'", **ok}, "left2": {"needs": ["left"], **ok},
            "right": {"needs": ["start"], "when": "params.way == 'b'", **ok},
            "right2": {"needs": ["right"], "when": "steps.right.outcome == 'succeeded'", **ok},
            "join": {"needs": ["left2", "right2"], **ok},
            "onfail": {"needs": ["left", "right", "join"], "rule": "any_failed", **ok},
            "always": {"needs": ["join"], "rule": "all_finished", **ok}}, parameters=parameters(way=REQUIRED)),
        workflow("empties", {
            "hi": ok, "one": {"needs": ["hi"], **each}, "two": {"needs": ["one"], **each},
            "three": {"needs": ["two"], "foreach": "${steps.one.results}", **ok},
            "join": {"needs": ["one", "two", "three"], "run": "b.val", "with": {"v": "${steps.one.results}"}}},
            parameters=parameters(l=dict(type="list", default=[])), outputs={"r": "${steps.join.result}"}),
        workflow("codes", {
            "s": {"run": "b.skip"}, "next": {"needs": ["s"], "run": "b.val", "with": {"v": "${steps.s.result.deep.er}"}},
            "all": {"needs": ["s"], "foreach": "${steps.s.result.list}", **ok}, "join": {"needs": ["next", "all"], **ok},
            "onfail": {"needs": ["s", "next", "all", "join"], "rule": "any_failed", **ok}}),
        workflow("fails", {
            "a": {"run": "b.bad"}, "b": ok, "join": {"needs": ["a", "b"], **ok},
            "fix": {"needs": ["a", "b"], "rule": "any_failed", **ok},
            "both": {"needs": ["join", "fix"], "rule": "all_finished", **ok}, "after": {"needs": ["fix"], **ok},
            "afterjoin": {"needs": ["fix", "join"], **ok}}),
        workflow("members", {"m": {**each, "run": "b.skip"}, "j": {"needs": ["m"], **ok}},
                 parameters=parameters(l=dict(type="list", default=[1, 2, 3]))))
    yes, no, far = "succeeded", "skipped", "unreachable"
    table = [
        ("branch", {"way": "a"}, dict(left=yes, left2=yes, right=no, right2=no, join=yes, onfail=no, always=yes)),
        ("branch", {"way": "b"}, dict(left=no, left2=yes, right=yes, right2=yes, join=yes, onfail=no, always=yes)),
        ("branch", {"way": "none"}, dict(left=no, right=no, join=yes, onfail=no, always=yes)),
        *[("empties", {}, dict(hi=yes, one=no, two=no, three=no, join=yes))] * 5,
        ("empties", {"l": "[1,2]"}, dict(one=yes, two=yes, three=yes, join=yes)),
        ("empties", {"l": "[null]"}, dict(one=yes, join=yes)),
        ("codes", {}, dict(s=no, next=yes, all=no, join=yes, onfail=no)),
        ("fails", {}, dict(a="failed", join=far, fix=yes, both=yes, after=yes, afterjoin=far)),
        ("members", {}, dict(m=no, j=yes)), ("members", {"l": "[]"}, dict(m=no, j=yes))]
    for name, values, right in table:
        run = s.do_run(name, values)
        t.check(run.outcome == ("failed" if name == "fails" else yes), f"{name} {values}: {run}")
        t.check(all(run.outcomes[step] == outcome for step, outcome in right.items()), f"{name} {values}: {run}")


# ---------------------------------------------------------------- retrying a failed run


@case("workflows.retried-runs", "a retry runs the step that failed and what follows it, the failure branch too; with --latest the newest script", seconds=15)
def retried_runs(t):
    s = t.server()
    ledger, flags = t.folder / "ledger", t.folder / "flags"
    flags.mkdir()

    def step(name, *needs, **more):
        return {"run": "r.step", "with": {"name": name}, **({"needs": list(needs)} if needs else {}), **more}

    lines = [f"echo $1 >>'{ledger}'", f"[ -e '{flags}'/$1 ] && exit 9", "exit 0"]
    definitions = [
        command("r.step", "s/st.sh", "${args.name}", parameters=parameters(name=REQUIRED)),
        workflow("dia", {"setup": step("setup"), "a": step("a", "setup"), "b": step("b", "setup"), "join": step("join", "a", "b"),
                         "cleanup": step("cleanup", "join", rule="any_failed"),
                         "notify": step("notify", "join", "cleanup", rule="all_finished")})]
    s.define(*definitions, files={"s/st.sh": script(*lines)})

    def did():
        """What ran since it was asked last, and the run is over."""
        done = sorted(ledger.read_text().split()) if ledger.exists() else []
        ledger.unlink(missing_ok=True)
        return done

    def again(*options):
        answer = s.cli("retry", next(job.id for job in s.jobs(run=run.id) if job.step == "b"), *options)
        t.need(answer.ok, f"retry {' '.join(options)}: {answer}")
        return s.run_ended(run.id).outcome, did()

    (flags / "b").touch()
    run = s.do_run("dia")
    seen = run.outcome, did()
    t.check(seen == ("failed", ["a", "b", "cleanup", "notify", "setup"]), f"b fails: {seen}")
    seen = again()
    t.check(seen[0] == "failed" and {"b", "cleanup"} <= set(seen[1]) <= {"b", "cleanup", "notify"}, f"it fails again: {seen}")
    (flags / "b").unlink()
    seen = again()
    t.check(seen[0] == "succeeded" and {"b", "join"} <= set(seen[1]) <= {"b", "join", "notify"}, f"it works: {seen}")

    (flags / "b").touch()
    run = s.do_run("dia")
    did()
    s.define(*definitions, files={"s/st.sh": script(f"echo fixed-$1 >>'{ledger}'")})
    seen = again()
    t.check(seen[0] == "failed" and "b" in seen[1], f"a retry keeps its version: {seen}")
    seen = again("--latest")
    t.check(seen[0] == "succeeded" and "fixed-b" in seen[1], f"with --latest the newest runs: {seen}")


# ---------------------------------------------------------------- hyphens in names


@case("workflows.hyphens", "a hyphen is part of a name, not a minus")
def hyphens(t):
    s = t.server()
    echo = ["sh", "-c", 'printf "%s" "$1" >$LOVAGE_RESULT', "sh", "${args.the-value}"]
    value = {"image-tag": "${params.image-tag}", "9": 90, "日本": 5, "deep-er": {"x-y": [1, {"z-1": 2}]}}

    def check(text, **more):
        return {"needs": ["build-app"], "run": "h.val", "with": {"the-value": text}, **more}

    s.define(command("h.val", *echo, parameters=parameters(**{"the-value": "any"})), workflow("hy-phen", {
        "build-app": {"run": "h.val", "with": {"the-value": value}},
        "check-1": check("${steps.build-app.result.deep-er.x-y.1.z-1}", when="steps.build-app.outcome == 'succeeded' and "
                         "steps.build-app.result.image-tag == 'v1' and params.a-tag == 77"),
        "check-2": check("${steps.build-app.result.日本}"), "check-3": check("${steps.build-app.result.9}"),
        "after": {"needs": ["check-1", "check-2", "check-3"], "when": "steps.check-1.result >= 2", "run": "h.val",
                  "with": {"the-value": "${params.a-tag}"}}},
        parameters=parameters(**{"image-tag": dict(type="string", default="v1"), "a-tag": dict(type="integer", default=77)}),
        outputs={"t": "${steps.after.result}", "u": "${steps.check-1.result}", "c": "${steps.check-2.result}",
                 "n": "${steps.check-3.result}"}))
    run = s.do_run("hy-phen")
    t.check(run.outputs == {"t": 77, "u": 2, "c": 5, "n": 90}, f"{run}, {run.outputs}")
    for path in ("${params.a - params.tag}", "${params.a-2}"):
        answer = s.apply({"a.yaml": yaml(
            command("h.val", *echo, parameters=parameters(**{"the-value": "any"})),
            workflow("w2", {"use": {"run": "h.val", "with": {"the-value": path}}}, parameters=parameters(a="integer")))})
        t.check(answer.refused, f"{path}: {answer}")
