"""What a script is started with, and what a server may be started without."""
import os
import resource
import signal

from harness import case, command, need_descriptors, script


# ---------------------------------------------------------------- what the server changes for itself


def masks(t, umask, mask, file, folder):
    s = t.server(umask=umask)
    s.define(command("u.mask", "s/u.sh"), files={"s/u.sh": script("umask", "touch f; mkdir d; stat -c %a f d")})
    seen = s.printed(s.do("u.mask").id).split()
    t.check(seen == [mask, file, folder], f"started with {mask}; the script has umask {seen[:1]}, file and folder {seen[1:]}")


@case("surroundings.umask", "a script has the umask that the server was started with")
def umask(t):
    masks(t, 0o022, "0022", "644", "755")


@case("surroundings.umask-of-a-group", "a umask that lets the group write reaches scripts too")
def umask_of_a_group(t):
    masks(t, 0o002, "0002", "664", "775")


@case("surroundings.inherited", "limits, nice value, signals and descriptors of a script are those of the server's start")
def inherited(t):
    need_descriptors(4096)
    s = t.server(limits={resource.RLIMIT_NOFILE: (256, 4096), resource.RLIMIT_CORE: (0, 0)})
    s.define(command("i.st", "s/i.sh"), files={"s/i.sh": script(
        "ulimit -Sn; ulimit -Hn; ulimit -c; nice; grep -E '^Sig(Blk|Ign):' /proc/self/status",
        "ls /proc/$$/fd >l; tr '\\n' ' ' <l")})
    lines = s.printed(s.do("i.st").id).splitlines()
    t.check(lines[:2] == ["256", "4096"], f"descriptors: 256 and 4096 at the start, {lines[:2]} in the script")
    t.check(lines[2:4] == ["0", str(os.nice(0))], f"core size and nice value: {lines[2:4]}")
    masks = {name: int(value, 16) & 0x7FFFFFFF for name, value in (line.split(":") for line in lines[4:6])}
    t.check(not any(masks.values()), f"signals that are blocked or ignored: {lines[4:6]}")
    t.check(set(lines[6].split()) - {"255"} == {"0", "1", "2"}, f"descriptors of the script: {lines[6]}")  # 255: bash's own


# ---------------------------------------------------------------- a service without an environment


@case("surroundings.no-environment", "a server without HOME, PATH and LANG works; secrets of its environment do not reach scripts")
def no_environment(t):
    kinds = [command("v.env", "/usr/bin/env"), command("v.sh", "s/x.sh"),
             command("v.inherit", "/usr/bin/env", inherit=["CASE_SECRET", "NOT_THERE"])]
    files = {"s/x.sh": "#!/usr/bin/env bash\nset -u\necho \"path=$PATH\"\nls / >/dev/null && echo found\n"}
    s = t.server(env={})
    s.define(*kinds, files=files)
    for kind in ("v.env", "v.sh"):
        job = s.do(kind)
        t.check(job.succeeded, f"env -i, {kind}: {job}, {s.printed(job.id)!r}")
    s = t.server(env={**os.environ, "CASE_SECRET": "s3cr3t", "TZ": "Asia/Tokyo"})
    s.define(*kinds, files=files)
    seen = s.printed(s.do("v.env").id)
    t.check("s3cr3t" not in seen and "TZ=Asia/Tokyo" in seen, f"the environment of a script: {seen}")
    seen = s.printed(s.do("v.inherit").id)
    t.check("CASE_SECRET=s3cr3t" in seen and "NOT_THERE" not in seen, f"with inherit: {seen}")


# ---------------------------------------------------------------- started without descriptors


@case("surroundings.closed-descriptors", "started with 0, 1 or 2 closed it works, and no log line lands in the database", seconds=15)
def closed_descriptors(t):
    for closed in ((0, 1, 2), (2,), (1,), (0,), (1, 2)):
        s = t.server(slots=2, closed=closed)
        s.define(command("f.x", "s/x.sh"), command("f.bad", "false"),
                 files={"s/x.sh": script("echo out; echo err >&2", "cat", "echo 5 >$LOVAGE_RESULT")})
        for _ in range(3):
            job, bad = s.do("f.x"), s.do("f.bad")
            t.check(job.result == 5 and bad.failed, f"without {closed}: {job}, {bad}")
            t.check(sorted(s.printed(job.id).split()) == ["err", "out"], f"without {closed} the output is {s.printed(job.id)!r}")
        s.stop()
        t.check(not s.damage(), f"without {closed}: {s.damage()}")
        s.closed = ()
        s.start()
        t.check(len(s.jobs()) == 6, f"without {closed}: {len(s.jobs())} of 6 jobs after a restart")
        s.stop()


@case("surroundings.blocked-signals", "a script sees TERM although the server was started with it blocked")
def blocked_signals(t):
    s = t.server(blocked=[signal.SIGTERM, signal.SIGINT])
    s.define(command("b.sig", "s/b.sh", soft_timeout="1s", timeout="20s"), files={"s/b.sh": script(
        "trap 'echo asked; exit 0' TERM", "grep SigBlk /proc/self/status", "while :; do sleep 0.1; done")})
    job = s.do("b.sig", within=40)
    printed = s.printed(job.id).split()
    t.check(job.succeeded and "asked" in printed, f"{job}: {printed}")
    t.check("0000000000000000" in printed, f"blocked in the script: {printed}")
