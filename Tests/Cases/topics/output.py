"""What a job writes: every byte of it, in which order, and the times beside it."""
import json
import re

from harness import case, command, says, script


# ---------------------------------------------------------------- the order of the two streams

ALTERNATING = "for i in $(seq {}); do echo out$i; {}; echo err$i >&2; {}; done"


def order(t, line, count, rounds):
    """In how many rounds stdout and stderr came in another order than they were written."""
    s = t.server()
    s.define(command("o.mix", "s/mix.sh"), files={"s/mix.sh": script(line)})
    right = [f"{stream}{i}" for i in range(1, count + 1) for stream in ("out", "err")]
    wrong = [lines for lines in (s.printed(s.do("o.mix").id).split() for _ in range(rounds)) if lines != right]
    return s, wrong


@case("output.two-streams", "stdout and stderr come in the order of writing, or help says that they do not")
def two_streams(t):
    s, wrong = order(t, ALTERNATING.format(20, ":", ":"), 20, 10)
    words = " ".join(s.help("logs").split())
    t.check(not wrong or says(words, r"(stdout|stderr|stream).{0,120}\border\b", r"\border\b.{0,120}(stdout|stderr|stream)"),
            f"another order in {len(wrong)} of 10 runs: {' '.join((wrong or [[]])[0][:8])} …")


@case("output.merged-streams", "with exec 2>&1 the order is that of writing")
def merged_streams(t):
    _, wrong = order(t, "exec 2>&1; " + ALTERNATING.format(20, ":", ":"), 20, 5)
    t.check(not wrong, f"another order in {len(wrong)} of 5 runs")


@case("output.slow-streams", "with time between the lines the order is that of writing")
def slow_streams(t):
    _, wrong = order(t, ALTERNATING.format(4, "sleep 0.2", "sleep 0.2"), 4, 1)
    t.check(not wrong, f"another order: {wrong}")


# ---------------------------------------------------------------- bytes of the output


def output(t, content):
    """A server, and the id of a job that has printed these bytes."""
    s = t.server()
    place = t.folder / "content"
    place.write_bytes(content)
    s.define(command("b.cat", "cat", str(place)))
    job = s.do("b.cat")
    t.check(job.succeeded, job)
    return s, job.id


def same_bytes(t, content):
    s, id = output(t, content)
    for follow in (False, True):
        seen = s.logs(id, follow=follow).raw
        t.check(seen == content, f"logs{' --follow' if follow else ''}: {content[:24]!r} comes as {seen[:24]!r}")


@case("output.latin-1", "a byte that is no UTF-8 comes out of logs and of logs --follow")
def latin_1(t):
    same_bytes(t, b"caf\xe9\n")


@case("output.cut-character", "a character cut at the end of the output comes out of logs --follow as it is")
def cut_character(t):
    same_bytes(t, b"ab\xe6\x97")


@case("output.compressed", "gzip comes out of logs --follow as it is")
def compressed(t):
    same_bytes(t, bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B, 4, 0]))


@case("output.utf-16", "UTF-16 and halves of surrogate pairs come out of logs --follow as they are")
def utf_16(t):
    same_bytes(t, "hé".encode("utf-16-le") + b"\xed\xa0\x80")


@case("output.text-output", "text of any kind comes out of both as it was written")
def text_output(t):
    same_bytes(t, "a\r\nb\r\n10%\r20%\rx\0y\x1b[31mz\x1b[0m\u2028\u0085 : data: q\n\nevent: end\ndata: {}\n\n"
                  "日本🌱é no newline".encode())


@case("output.every-byte", "logs has every byte, of a line of 10 MB too")
def every_byte(t):
    content = bytes(range(256)) + b"\x1b[2J" + b"x" * 9_000_000 + b"\nend"
    s, id = output(t, content)
    t.check(s.logs(id).raw == content, f"{len(content)} bytes come as {len(s.logs(id).raw)}")


@case("output.large-output", "200 MB of output: head and tail are kept, the gap is told, the server stays small", seconds=10)
def large_output(t):
    s = t.server()
    s.define(command("b.huge", "s/huge.sh"), files={"s/huge.sh": script("yes 0123456789 | head -c 200000000", "echo THE-END")})
    job = s.do("b.huge", within=90)
    kept = s.logs(job.id).raw
    t.check(job.succeeded and kept.endswith(b"THE-END\n") and kept.startswith(b"0123456789\n"), f"{job}, {len(kept)} bytes kept")
    t.check(re.search(rb"\[lovage: \d+ bytes", kept), "nothing in it tells of the gap")
    with open(f"/proc/{s.pid}/status") as status:
        most = int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) // 1024
    t.check(most < 300, f"the server took {most} MiB")


@case("output.json-logs", "logs --json prints JSON, or is refused")
def json_logs(t):
    s, id = output(t, b"caf\xe9 \x00 {\n")
    answer = s.logs(id, as_json=True)

    def is_json(line):
        try:
            return json.loads(line) is not None
        except ValueError:
            return False

    t.check(answer.refused or answer.raw and all(is_json(line) for line in answer.raw.splitlines()), f"it prints {answer.raw!r}")


# ---------------------------------------------------------------- times without a zone


@case("output.zones", "every time that is printed carries its zone")
def zones(t):
    s = t.server()
    s.define(command("z.s", "true"))
    job = s.do("z.s")
    later = s.begin("z.s", at="2030-06-01T08:00:00+05:30")
    for zone in ("UTC", "Asia/Tokyo"):
        env = {"TZ": zone}
        for about, answer in (("get", s.get(job.id, env=env)), ("list", s.list(env=env)), ("explain", s.explain(later, env=env))):
            times = re.findall(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?: ?(Z|UTC|[+-]\d\d:?\d\d))?", answer.out)
            t.check(times and all(times), f"TZ={zone} {about}: {answer.out}")
