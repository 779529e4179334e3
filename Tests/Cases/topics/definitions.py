"""Definitions and the files beside them: what is found, and what is refused."""
import os

from harness import case, command, says, script, yaml


# ---------------------------------------------------------------- where files of definitions are


def found(t, text, files, kind="k.b", printed="here"):
    """Applies a definition of which the file is there, and runs it."""
    s = t.one_server()
    answer = s.apply({"a.yaml": text, **files})
    if t.check(answer.ok, f"{text.strip()}: {answer}"):
        job = s.do(kind)
        t.check(job.succeeded and printed in s.printed(job.id), f"{text.strip()}: {job}, printed {s.printed(job.id)!r}")


HERE = {"run.sh": script("echo here"), "s/run.sh": script("echo here")}


@case("definitions.beside", "a script beside the definition is found as ./run.sh")
def beside(t):
    found(t, "command: k.b\nrun: [./run.sh]\n", HERE)


@case("definitions.dotted", "a script is found as ./s/run.sh, s//run.sh and s/./run.sh")
def dotted(t):
    for path in ("./s/run.sh", "s//run.sh", "s/./run.sh"):
        found(t, f"command: k.b\nrun: [{path}]\n", HERE)


@case("definitions.dotted-files", "a file under files is found as ./lib.sh")
def dotted_files(t):
    files = {"s/run.sh": script("cd \"$(dirname \"$0\")/..\"", "[ -e lib.sh ] && echo here"), "lib.sh": "x=1\n"}
    for path in ("lib.sh", "./lib.sh"):
        found(t, f"command: k.b\nrun: [s/run.sh]\nfiles: [{path}]\n", files)


@case("definitions.yaml-names", "a script whose name YAML spells otherwise is found: quotes, escapes, a folded text")
def yaml_names(t):
    for text, name in (("run: ['s/it''s.sh']", "s/it's.sh"), (r'run: ["s/a\x62c.sh"]', "s/abc.sh"),
                       ("run:\n  - >-\n    s/long\n    name.sh", "s/long name.sh"), (r'run: ["s/\u00fc.sh"]', "s/ü.sh")):
        found(t, f"command: k.b\n{text}\n", {name: script("echo here")})


@case("definitions.hidden-files", "hidden scripts and files are found")
def hidden_files(t):
    found(t, "command: k.b\nrun: [.scripts/x.sh]\n", {".scripts/x.sh": script("echo here")})
    found(t, "command: k.b\nrun: [s/x.sh]\nfiles: [s/.env]\n",
          {"s/x.sh": script("[ -e \"$(dirname \"$0\")/.env\" ] && echo here"), "s/.env": "A=1\n"})


@case("definitions.reachable-files", "a command whose program is no stored script reaches its files, or is refused")
def reachable_files(t):
    s = t.server()
    etl = {"s/etl.py": "print('here')\n"}
    answer = s.apply({"a.yaml": "command: k.d\nrun: [python3, s/etl.py]\nfiles: [s/etl.py]\n", **etl})
    if not answer.ok:
        t.check(answer.refused, answer)
        return
    job = s.do("k.d")
    looks = "for v in $(env | cut -d= -f2-); do [ -e \"$v/s/etl.py\" ] && echo here; done; exit 0"
    s.define(command("k.e", "bash", "-c", looks, files=["s/etl.py"]), files=etl)
    t.check(job.succeeded or "here" in s.printed(s.do("k.e").id),
            f"taken; {job}, {s.printed(job.id)!r}; no variable names the folder")


@case("definitions.odd-names", "names with blanks, quotes, dollars and other scripts are found")
def odd_names(t):
    for name in ("my script.sh", "-x.sh", "ünï.sh", "a'b.sh", "a$b.sh", "日本.sh", "🌱.sh"):
        found(t, f'command: k.b\nrun: ["s/{name}"]\n', {f"s/{name}": script("echo here")})


@case("definitions.outside", "a file outside the folder, or a FIFO, is refused and not called missing or waited for")
def outside(t):
    s = t.server()
    for path in ("../x.sh", "s/../../x.sh"):
        answer = s.apply({"d/a.yaml": f"command: k.b\nrun: [{path}]\n", "x.sh": script("echo here"), "s/x": ""})
        t.check(answer.refused, f"{path}: {answer}")
    root = t.files({"a.yaml": "command: k.b\nrun: ['true']\nfiles: [pipe]\n"})
    os.mkfifo(root / "pipe")
    answer = s.apply(root, timeout=15)
    t.check(answer.refused, f"a FIFO under files: {answer}")


# ---------------------------------------------------------------- what apply takes although no run can do it


@case("definitions.large-script", "too large a script is refused by apply, or runs")
def large_script(t):
    s = t.server()
    body = script("exit 0").encode()
    for size in (1 << 20, (1 << 20) + 1):
        answer = s.apply({"a.yaml": yaml(command("z.big", "s/x.sh")), "s/x.sh": body + b"#" * (size - len(body))})
        if answer.ok:
            job = s.do("z.big")
            t.check(job.succeeded, f"{size} bytes: taken; {job}")
        else:
            t.check(answer.refused and says(answer.err, "bytes|large|MiB"), f"{size} bytes: {answer}")


@case("definitions.large-file", "too large a file beside the script is refused by apply, or reaches it")
def large_file(t):
    s = t.server()
    answer = s.apply({"a.yaml": yaml(command("z.f", "s/x.sh", files=["model.bin"])), "model.bin": os.urandom(2_000_000),
                      "s/x.sh": script("[ $(wc -c <\"$(dirname \"$0\")/../model.bin\") = 2000000 ]")})
    if answer.ok:
        job = s.do("z.f")
        t.check(job.succeeded, f"2,000,000 bytes: taken; {job}")
    else:
        t.check(answer.refused and says(answer.err, "bytes|large|MiB"), f"2,000,000 bytes: {answer}")


# ---------------------------------------------------------------- a body that is too large


def too_large(t, count, size):
    s = t.server()
    body = script("exit 0").encode()
    files = {f"s/x{i}.sh": body + b"#" * (size - len(body) - 8) + b"%08d" % i for i in range(count)}
    answer = s.apply({"a.yaml": yaml(*(command(f"m.c{i}", f"s/x{i}.sh") for i in range(count))), **files})
    t.check(answer.ok or answer.refused and says(answer.err, "large", "bytes", "limit", "MiB"), f"{count} x {size} bytes: {answer}")


@case("definitions.large-body", "a body that is too large is told as that, not as a broken connection", seconds=10)
def large_body(t):
    too_large(t, 4, 6_400_000)


@case("definitions.many-scripts", "many scripts that are too large together are told as that", seconds=10)
def many_scripts(t):
    too_large(t, 40, 900_000)
