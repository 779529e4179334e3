"""Arguments and parameters arrive as they were typed."""
import json


from harness import case, command, parameters, says, script, workflow

REQUIRED = {"type": "string", "required": True}


# ---------------------------------------------------------------- long arguments


@case("values.long-arguments", "a long argument runs or is refused in words; collected results go through stdin", seconds=15)
def long_arguments(t):
    s = t.server()
    long_one, all_of_them = parameters(m=REQUIRED), parameters(all=dict(type="list", required=True))
    count = dict(type="integer", required=True)
    fan = {"list": {"run": "l.list", "with": {"n": "${params.n}"}},
           "one": {"needs": ["list"], "foreach": "${steps.list.result}", "run": "l.one", "with": {"n": "${item}"}}}
    s.define(
        command("l.arg", "s/len.sh", "${args.m}", parameters=long_one, retries=3, backoff={"fixed": "1s"}),
        command("l.one", "s/one.sh", "${args.n}", parameters=parameters(n=count)),
        command("l.list", "s/list.sh", "${args.n}", parameters=parameters(n=count)),
        command("l.sum", "s/sum.sh", stdin="${args.all}", parameters=all_of_them),
        command("l.sumarg", "s/len.sh", "${args.all}", parameters=all_of_them),
        *(workflow(name, {**fan, "sum": {"needs": ["one"], "run": kind, "with": {"all": "${steps.one.results}"}}},
                   parameters=parameters(n=count)) for name, kind in (("fan", "l.sum"), ("fanarg", "l.sumarg"))),
        files={"s/len.sh": script('echo "${#1}" >$LOVAGE_RESULT'), "s/sum.sh": script("wc -c >$LOVAGE_RESULT"),
               "s/one.sh": script("printf '{\"n\":%d,\"pad\":\"%02600d\"}' $1 0 >$LOVAGE_RESULT"),
               "s/list.sh": script("(printf '['; seq -s, 1 $1; printf ']') >$LOVAGE_RESULT")})
    job = s.do("l.arg", "-", input=json.dumps({"m": "x" * 131071}))
    t.check(job.result == 131071, f"131,071 bytes: {job}")
    for size in (131072, 1000000):
        answer = s.submit("l.arg", "-", input=json.dumps({"m": "x" * size}))
        job = s.ended(answer.id) if answer.ok else None
        told = job and (job.succeeded or job.failed and job.attempts == 1 and says(job.message, "argument.*bytes"))
        t.check(answer.refused or told, f"{size} bytes: {job or answer}")
    run = s.do_run("fan", {"n": 100})
    sums = [job.result for job in s.jobs(run=run.id) if job.step == "sum"]
    t.check(run.succeeded and sums[0] > 254000, f"260 kB of results through stdin: {run}, {sums} bytes")
    run = s.do_run("fanarg", {"n": 100})
    last = next(job for job in s.jobs(run=run.id) if job.step == "sum")
    t.check(last.succeeded or says(last.message, "argument.*bytes"), f"260 kB of results as an argument: {last}")


# ---------------------------------------------------------------- what looks like a number

ECHO = {"s/echo.sh": script("printf '%s' \"$1\"")}


def texts(t):
    s = t.server()
    s.define(command("n.text", "s/echo.sh", "${args.v}", parameters=parameters(v=REQUIRED)),
             command("n.any", "s/echo.sh", "${args.v}", parameters=parameters(v="any")),
             workflow("deploy", {"e": {"run": "n.text", "with": {"v": "${params.sha}"}}}, parameters=parameters(sha=REQUIRED),
                      outputs={"s": "${params.sha}"}), files=ECHO)
    return s


def as_parameter(t, s, text):
    answer = s.start_run("deploy", {"sha": text})
    if t.check(answer.ok, f"--param sha={text}: {answer}"):
        run = s.run_ended(answer.id)
        printed = s.printed(s.jobs(run=run.id)[0].id)
        t.check(printed == text and run.outputs == {"s": text}, f"--param sha={text}: {run}, {run.outputs}, printed {printed!r}")


def as_argument(t, s, kind, text, right=None):
    answer = s.submit(kind, f"v={text}")
    if t.check(answer.ok, f"{kind} v={text}: {answer}"):
        job = s.ended(answer.id)
        printed = s.printed(job.id)
        t.check(printed == (text if right is None else right), f"{kind} v={text}: {job}, printed {printed!r}")


@case("values.typed", "a commit id or a date that looks like a number arrives in a string parameter as typed")
def typed(t):
    s = texts(t)
    for text in ("831877e8", "20200219", "0005747"):
        as_parameter(t, s, text)


@case("values.typed-argument", "a commit id, a date or a version such as 1.10 arrives in a string argument as typed")
def typed_argument(t):
    s = texts(t)
    for text in ("831877e8", "20200219", "1.10", "9007199254740993", "0x10", ""):
        as_argument(t, s, "n.text", text)


@case("values.typed-words", "true and null arrive in a string parameter or argument as typed")
def typed_words(t):
    s = texts(t)
    for text in ("true", "null"):
        as_parameter(t, s, text)
        as_argument(t, s, "n.text", text)


@case("values.exact-values", "numbers of any size and form stay as they were written", seconds=10)
def exact_values(t):
    s = texts(t)
    for text in ("20200219", "831877e8", "83e2010", "0005747", "1.10", "1.0", "9007199254740993", "18446744073709551615",
                 "123456789012345678901234567890", "1e400", "-0", "-0.0", "1E5", "0x10", "1_000", "NaN", "true", "07",
                 "2026-11-30", "[1,2", '{"a":1}'):
        as_argument(t, s, "n.any", text)
    as_argument(t, s, "n.any", '"q"', "q")


# ---------------------------------------------------------------- hostile values

HOSTILE = ["--help", "-rf", "-", "--", "@now", "@/etc/passwd", "a b", "  lead", "tab\there", "line\nbreak", "cr\r\n", "'single'",
           '"double"', "`id`", "$(id)", "${HOME}", "$HOME", "${args.v}", "${params.v}", "$${x}", "%n%s", "!!", "*", "~", "\\n",
           "a;b|c&d>e", "", "🌱👩‍👩‍👧", "\u202etxt", "é vs e\u0301", "\x01\x1b[31m", "=x", "null", "true", "[]", "{}",
           "${", "}", "$", "a=b=c", "#c", "日本"]


@case("values.hostile-values", "options, quotes, newlines and $(…) as values arrive byte for byte", seconds=25)
def hostile_values(t):
    s = t.server()
    python = "#!/usr/bin/env python3\nimport json, os, sys\njson.dump({}, open(os.environ['LOVAGE_RESULT'], 'w'))\n"
    s.define(
        command("g.echo", "s/e.py", "${args.v}", "pre-${args.v}-post", "--", "${args.l...}",
                parameters=parameters(v="any", l=dict(type="list", default=[]))),
        command("g.in", "s/i.py", stdin="${args.v}", parameters=parameters(v="any")),
        workflow("gw", {"e": {"run": "g.echo", "with": {"v": "${params.v}", "l": ["${params.v}", "x${params.v}", "$${params.v}"]}}},
                 parameters=parameters(v="any")),
        files={"s/e.py": python.format("sys.argv[1:]"), "s/i.py": python.format("sys.stdin.buffer.read().decode()")})

    def taken(what, value, status, answer):
        t.need(status in (200, 201), f"{what} {value!r}: {status} {answer}")
        return answer["id"]

    sent = []
    for value in HOSTILE:
        argv = [value, f"pre-{value}-post", "--"]
        sent.append(("argv", value, taken("argv", value, *s.post_job("g.echo", {"v": value, "l": [value, value + "2"]})),
                     [*argv, value, value + "2"]))
        sent.append(("stdin", value, taken("stdin", value, *s.post_job("g.in", {"v": value})), value))
        answer = s.submit("g.echo", f"v={value}")
        if t.check(answer.ok, f"command line {value!r}: {answer}"):
            plain = {"null": "", '"double"': "double"}.get(value, value)  # of the type any, JSON is JSON
            sent.append(("command line", value, answer.id, [plain, f"pre-{plain}-post", "--"]))
    for what, value, id, right in sent:
        job = s.ended(id)
        t.check(job.result == right, f"{what} {value!r}: {job}, {job.result!r}")
    runs = [(value, taken("workflow", value, *s.post_run("gw", {"v": value}))) for value in HOSTILE]
    for value, id in runs:
        s.run_ended(id)
        job = s.jobs(run=id)[0]
        right = [value, f"pre-{value}-post", "--", value, "x" + value, "${params.v}"]
        t.check(job.result == right, f"workflow {value!r}: {job}, {job.result!r}")
    for words in (["--v=1"], ["v"], ["v=1", "v=2"], ["=1"], ["V=1"], ["[1]"]):
        answer = s.submit("g.echo", *words)
        t.check(answer.refused, f"submit g.echo {words}: {answer}")
