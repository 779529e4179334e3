"""Scripts: what they leave behind, what keeps them from starting, what they answer."""
import time

from harness import case, command, says, script, yaml


# ---------------------------------------------------------------- daemons left on the pipe


@case("scripts.daemons", "a script that returns but leaves a daemon on its pipe ends, and the daemon with it")
def daemons(t):
    s = t.server()
    left = {
        "plain": ["sleep 300 &", "echo started"],
        "nohup": ["nohup sleep 300 &", "echo started"],
        "session": ["setsid bash -c 'trap \"\" TERM HUP; while :; do sleep 1; done' &", "echo started", "sleep 0.2"],
        "twice": ["( ( trap '' TERM; exec sleep 300 ) & )", "echo started", "echo '{\"ok\":1}' >$LOVAGE_RESULT"],
    }
    s.define(*(command(f"left.{name}", f"s/{name}.sh") for name in left),
             files={f"s/{name}.sh": script(*lines) for name, lines in left.items()})
    for name in left:
        began = time.monotonic()
        job = s.do(f"left.{name}")
        took = time.monotonic() - began
        t.check(job.succeeded and took < 20, f"{name}: {job} in {took:.1f} s")
        t.check("started" in s.printed(job.id), f"{name}: its output is {s.printed(job.id)!r}")
    t.check(job.result == {"ok": 1}, f"the result is {job.result}")
    t.until(lambda: not t.offspring(), 10)
    t.check(not t.offspring(), f"{len(t.offspring())} processes are left")


# ---------------------------------------------------------------- what attempts leave


def left_behind(t, s, within):
    """Sizes of the files that attempts have left anywhere in the data folder."""
    t.until(lambda: not list(s.data.rglob("part.bin")), within)
    return [path.stat().st_size for path in s.data.rglob("part.bin")]


@case("scripts.killed-attempts", "the work folder of an attempt that was killed is removed at the next start", seconds=25)
def killed_attempts(t):
    s = t.server(lease="2s")
    s.define(command("w.big", "s/w.sh"), files={"s/w.sh": script(
        "head -c 20000000 /dev/zero >part.bin", "[ $LOVAGE_ATTEMPT -ge 2 ] && exit 0", "sleep 600")})
    id = s.begin("w.big")
    t.need(t.until(lambda: list(s.data.rglob("part.bin")), 20), "the script does not begin")
    time.sleep(0.5)
    s.kill()
    s.start()
    job = s.ended(id, 60)
    t.check(job.succeeded, job)
    if left_behind(t, s, 6):
        s.stop()
        s.start()
    left = left_behind(t, s, 6)
    t.check(not left, f"after the job's end and a clean restart {sum(left)} bytes are left")


@case("scripts.drained-attempts", "a drain that hands back what runs leaves no work folder", seconds=15)
def drained_attempts(t):
    s = t.server(drain="1s")
    s.define(command("w.big", "s/w.sh"), files={"s/w.sh": script("head -c 1000 /dev/zero >part.bin", "sleep 600")})
    s.begin("w.big")
    t.need(t.until(lambda: list(s.data.rglob("part.bin")), 20), "the script does not begin")
    s.stop(30)
    left = left_behind(t, s, 1)
    t.check(not left, f"{sum(left)} bytes are left")


# ---------------------------------------------------------------- scripts that cannot be run


@case("scripts.odd-scripts", "CRLF, a byte order mark, no #! line, an empty script: what is wrong is named", seconds=15)
def odd_scripts(t):
    s = t.server()
    runs = {
        "space": (b"#! /bin/bash -e\necho 1\n", "1\n"), "envS": (b"#!/usr/bin/env -S bash -e\necho 1\n", "1\n"),
        "mixed": (b"#!/bin/bash\necho 1\r\necho 2\n", "1\r\n2\n"), "noeol": (b"#!/bin/bash\necho 1", "1\n")}
    named = {
        "crlf": (b"#!/bin/bash\r\necho 1\r\n", r"interpreter|\bCR"),
        "crlfenv": (b"#!/usr/bin/env bash\r\necho 1\r\n", r"not found|\\r|\bCR"),
        "noshebang": (b"echo 1\n", "#!"), "bom": (b"\xef\xbb\xbf#!/bin/bash\necho 1\n", "#!|byte order"),
        "empty": (b"", "#!|empty"),
        "blankfirst": (b"\n#!/bin/bash\necho 1\n", "#!"), "long": (b"#!/" + b"x" * 300 + b"\necho 1\n", "#!|interpreter"),
        "nointerp": (b"#!/opt/none/python9\nprint(1)\n", "interpreter|#!"), "relinterp": (b"#!bash\necho 1\n", "interpreter|#!"),
        "binary": (b"\x7fELF\x02\x01\x01junk", "program"), "oldmac": (b"#!/bin/bash\recho 1\r", "interpreter|#!"),
        "nul": (b"#!/bin/bash\necho a\x00b\n", r"may not be executed|binary|zero")}
    files = {f"s/{name}.sh": content for name, (content, _) in {**runs, **named}.items()}
    for name, (_, right) in {**runs, **named}.items():
        answer = s.apply({"a.yaml": yaml(command("k.x", f"s/{name}.sh")), f"s/{name}.sh": files[f"s/{name}.sh"]})
        if name in runs:
            t.need(answer.ok, f"{name}: {answer}")
            job = s.do("k.x")
            t.check(job.succeeded and s.printed(job.id) == right, f"{name}: {job}, printed {s.printed(job.id)!r}")
        elif answer.ok:
            job = s.do("k.x")
            t.check(job.succeeded or says(job.message + s.printed(job.id), right), f"{name}: {job}, printed {s.printed(job.id)!r}")
        else:
            t.check(answer.refused, f"{name}: {answer}")


# ---------------------------------------------------------------- a true cause, told as another one


@case("scripts.noexec", "a script on a noexec file system: the reason is named")
def noexec(t):
    s = t.server(data=t.tmpfs("noexec,size=64m") / "data")
    s.define(command("n.x", "s/x.sh"), command("n.sh", "sh", "-c", "echo ok"), files={"s/x.sh": script("echo hi")})
    job = s.do("n.x")
    t.check(job.succeeded or says(job.message, "noexec", "mounted", "file ?system"), job)
    t.check(s.do("n.sh").succeeded, "a program that is not stored there does not run")


@case("scripts.folder-as-interpreter", "a #! that names a folder: the reason is named")
def folder_as_interpreter(t):
    s = t.server()
    answer = s.apply({"a.yaml": yaml(command("n.x", "s/x.sh")), "s/x.sh": "#!/usr\n"})
    if not answer.ok:
        t.check(answer.refused, answer)
        return
    job = s.do("n.x")
    t.check(job.failed and says(job.message, "interpreter", "#!", "folder", "director"), job)


# ---------------------------------------------------------------- results


@case("scripts.odd-results", "a result that is too large, broken, empty or no file: clear", seconds=20)
def odd_results(t):
    s = t.server()
    fine, bad = "succeeded", "failed"
    table = {  # script: what is right (None: either, as long as a failure is named)
        "empty": (": >$R", fine), "blank": ("echo >$R", None), "text": ("echo hello >$R", bad), "number": ("echo 3 >$R", fine),
        "string": ("echo '\"x\"' >$R", fine), "bom": (r"printf '\xef\xbb\xbf{}' >$R", None), "two": ("echo '{} {}' >$R", bad),
        "nan": ("echo NaN >$R", bad), "big": ("head -c 50000000 /dev/zero | tr '\\0' 1 >$R", bad),
        "full": ("(printf '\"'; head -c 1048574 /dev/zero | tr '\\0' x; printf '\"') >$R", fine),
        "over": ("(printf '\"'; head -c 1048575 /dev/zero | tr '\\0' x; printf '\"') >$R", None),
        "link": ("echo 1 >r; ln -s r $R", None), "folder": ("mkdir $R", bad), "fifo": ("mkfifo $R", bad),
        "moved": ("echo '{\"a\":1}' >r; mv r $R", fine), "gone": ("rm -rf \"$PWD\"; cd /", fine),
        "hard": ("echo 1 >r; ln r $R", None),
        "mode": ("echo 1 >$R; chmod 000 $R", None), "utf16": (r"printf '\xff\xfe{\0}\0' >$R", bad),
        "latin": (r"printf '\"\xe9\"' >$R", bad),
        "daemon": ("(sleep 0.3; echo '{\"late\":1}' >$R) & echo '{\"early\":1}' >$R", fine),
        "open": ("exec 9>$R; echo '{\"x\":1}' >&9", fine), "twice": ("echo '{\"a\":1,\"a\":2}' >$R", None),
        "deep": ("python3 -c \"print('['*65+']'*65)\" >$R", None), "none": ("unset LOVAGE_RESULT; echo x", fine)}
    s.define(*(command(f"y.{name}", "bash", "-c", "R=$LOVAGE_RESULT; " + line) for name, (line, _) in table.items()))
    sent = {name: s.begin(f"y.{name}") for name in table}
    jobs = {name: s.ended(id) for name, id in sent.items()}
    for name, (_, right) in table.items():
        job = jobs[name]
        t.check(job.outcome == right if right else job.outcome in (fine, bad), f"{name}: {job}")
        t.check(job.attempts == 1 and (not job.failed or says(job.message, "result")), f"{name}: {job}")
    results = {name: jobs[name].result for name in ("number", "string", "moved", "daemon", "open", "empty")}
    right = {"number": 3, "string": "x", "moved": {"a": 1}, "daemon": {"early": 1}, "open": {"x": 1}, "empty": None}
    t.check(results == right, results)
    t.check(says(jobs["big"].message, "50 ?000 ?000|50,000,000|bytes|large"), jobs["big"])
