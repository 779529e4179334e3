"""The harness: cases, what they see, and servers of their own with command line and HTTP API.

Everything that knows a command, an option, a path or a field of Lovage stands in the second half of this file. Cases use
these helpers only: when a later version renames something, this file changes and no case does.
"""
import collections
import contextlib
import ctypes
import dataclasses
import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import time

BINARY = None  # set by `run`


# ---------------------------------------------------------------- cases


@dataclasses.dataclass
class Case:
    id: str  # the topic and a name: waits.many-waiters
    about: str
    function: object
    seconds: int  # how long it takes on an idle machine, about; a busy one gets ten times that and a minute
    alone: bool  # nothing else runs beside it

    @property
    def limit(self):
        return 10 * self.seconds + 60


CASES = []


def case(id, about, *, seconds=5, alone=False):
    """A decorator that enters a function as a case."""

    def enter(function):
        CASES.append(Case(id, about, function, seconds, alone))
        return function

    return enter


class Skip(Exception):
    """The case cannot be tried here, for this reason."""


class Seen(Exception):
    """What was seen where something else is right; the case ends with it."""


def one_line(text, most=300):
    line = "".join(c if c.isprintable() else "\\n" if c == "\n" else f"\\x{ord(c):02x}" for c in str(text).strip())
    return line if len(line) <= most else line[:most] + "…"


def says(text, *patterns):
    return any(re.search(pattern, str(text), re.IGNORECASE) for pattern in patterns)


class Trial:
    """One case while it runs: its folder, its servers, and what it has seen."""

    def __init__(self, folder, limit):
        self.folder = pathlib.Path(folder)
        self.end = time.monotonic() + limit
        self.checks, self.seen, self.servers = 0, [], []

    # What is right, and what was seen instead

    def check(self, right, seen):
        """Goes on either way, so that one run tells all that is wrong."""
        self.checks += 1
        if not right:
            self.seen.append(one_line(str(seen).replace(str(self.folder), "FOLDER")))
        return bool(right)

    def need(self, right, seen):
        """Ends the case where the rest makes no sense without it."""
        self.checks += 1
        if not right:
            raise Seen(seen)

    # Time

    def left(self):
        return max(0.1, self.end - time.monotonic())

    def until(self, question, within, every=0.1):
        """Asks until the answer is true, `within` seconds at most; returns the last answer."""
        end = time.monotonic() + min(within, self.left())
        while True:
            answer = question()
            if answer or time.monotonic() >= end:
                return answer
            time.sleep(every)

    def settled(self, server, within):
        """Waits until its jobs are over, it is dead, or nothing has moved for 20 s."""
        last, since, end = None, time.monotonic(), time.monotonic() + min(within, self.left())
        while server.alive and last != 0 and time.monotonic() < min(end, since + 20):
            now = server.unfinished()
            if now != last:
                last, since = now, time.monotonic()
            time.sleep(0.2)

    # Files

    def files(self, contents, name="defs"):
        """A fresh folder with these files: {path: text or bytes}."""
        root = self.folder / name
        remove(root)
        root.mkdir(parents=True)
        for path, content in contents.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    def tmpfs(self, options):
        """A small file system in a mount namespace that goes with the case."""
        place = self.folder / "small"
        place.mkdir()
        mount = shutil.which("mount")
        if os.geteuid() != 0 or not mount:
            raise Skip("a tmpfs can be mounted by root only")
        if ctypes.CDLL(None, use_errno=True).unshare(0x00020000) != 0:  # CLONE_NEWNS
            raise Skip(f"no mount namespace: {os.strerror(ctypes.get_errno())}")
        for words in (["--make-rprivate", "/"], ["-t", "tmpfs", "-o", options, "tmpfs", str(place)]):
            done = subprocess.run([mount, *words], capture_output=True, text=True)
            if done.returncode != 0:
                raise Skip(f"no tmpfs can be mounted: {done.stderr.strip()}")
        return place

    # Processes

    def offspring(self, word=""):
        """Living processes that began with a server of this case, with `word` in their command line."""
        own = {server.pid for server in self.servers}
        return [pid for pid in family(os.getpid()) if pid not in own and word in command_line(pid)]

    def most_at_once(self, word, seconds):
        """How many processes with `word` in their command line lived at the same moment, at most."""
        most, end = 0, time.monotonic() + min(seconds, self.left())
        while time.monotonic() < end:
            most = max(most, len(self.offspring(word)))
            time.sleep(0.05)
        return most

    def other_user(self):
        """An ordinary user that nobody else is, and to whom this case's folder belongs."""
        if os.geteuid() != 0:
            raise Skip("another user can be had by root only")
        user = 60000 + os.getpid() % 5000
        try:
            subprocess.run([BINARY, "version"], user=user, group=user, extra_groups=[], capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Skip(f"the binary cannot be run by an ordinary user: {error}") from error
        os.chown(self.folder, user, user)
        return user

    def server(self, **options):
        return Server(self, **options)

    def one_server(self):
        """The server of a case that needs no other."""
        return self.servers[0] if self.servers else self.server()

    def close(self):
        """Ends what the case started, by its id."""
        for server in self.servers:
            server.end_somehow()
        for _ in range(50):
            rest = self.offspring()
            if not rest:
                break
            for pid in rest:
                end_process(pid)
            time.sleep(0.05)


# ---------------------------------------------------------------- processes and files


def become_subreaper():
    """What is left of a server becomes a child of this process, so that it can be found and ended."""
    try:
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    except (OSError, AttributeError):
        pass


def children():
    """{parent: [(child, whether it has ended and waits for its parent)]} of all processes."""
    found = collections.defaultdict(list)
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            fields = pathlib.Path("/proc", entry, "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        found[int(fields[1])].append((int(entry), fields[0] in "ZX"))
    return found


def family(root):
    """The ids of all living descendants of a process."""
    table, found, open_ones = children(), [], [root]
    while open_ones:
        for pid, ended in table[open_ones.pop()]:
            open_ones.append(pid)
            if not ended:
                found.append(pid)
    return found


def command_line(pid):
    try:
        return pathlib.Path("/proc", str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def end_process(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def remove(folder):
    """Removes a folder with all that is in it, read-only folders included."""
    if not os.path.lexists(folder):
        return
    for place, folders, _ in os.walk(folder):
        for path in [place, *(os.path.join(place, name) for name in folders)]:
            if not os.path.islink(path):
                os.chmod(path, stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def need_descriptors(count):
    """Skips where a process may not open so many."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < count:
        raise Skip(f"needs a limit of {count} descriptors, {hard} are allowed")


def more_descriptors(count):
    """Lets this process, and the servers it starts, open so many."""
    need_descriptors(count)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


# ---------------------------------------------------------------- definitions


def command(kind, *run, **more):
    return {"command": kind, "run": list(run), **more}


def workflow(name, steps, **more):
    return {"workflow": name, "steps": steps, **more}


def parameters(**types):
    """parameters(n="integer", to=dict(type="string", required=True))"""
    return {name: type if isinstance(type, dict) else {"type": type} for name, type in types.items()}


def yaml(*definitions):
    """JSON is YAML; a definition that is a text stays as it is."""
    return "\n---\n".join(d if isinstance(d, str) else json.dumps(d, ensure_ascii=False) for d in definitions) + "\n"


def script(*lines):
    return "\n".join(["#!/bin/bash", *lines, ""])


# ---------------------------------------------------------------- answers, jobs and runs

NO_SERVER, UNKNOWN_ID = 5, 4


class Answer:
    """What a command of the command line answered; a code of None: nothing, within its time."""

    def __init__(self, code, out, err):
        self.code, self.raw, self.raw_err = code, out, err
        self.out, self.err = out.decode(errors="replace").strip(), err.decode(errors="replace").strip()

    @property
    def ok(self):
        return self.code == 0

    @property
    def refused(self):
        """It was called wrong by name, which is something else than a crash or a server that is not there."""
        return self.code not in (None, 0, NO_SERVER) and self.code > 0 and bool(self.err)

    @property
    def id(self):
        return self.out

    def __str__(self):
        return "no answer in time" if self.code is None else f"code {self.code} {self.err or self.out}"


class Job:
    def __init__(self, fields):
        self.fields = fields
        failure = fields.get("failure") or {}
        self.id, self.state, self.outcome = fields["id"], fields["state"], fields.get("outcome")
        self.reason, self.attempts, self.result = fields.get("reason"), fields.get("attempts"), fields.get("result")
        self.arguments, self.due = fields.get("arguments"), fields.get("dueAt")
        self.failure, self.message = failure.get("kind", ""), failure.get("message", "")
        part = fields.get("workflow") or {}
        self.step, self.index = part.get("step"), part.get("index")

    over = property(lambda self: self.state == "finished")
    succeeded = property(lambda self: self.outcome == "succeeded")
    failed = property(lambda self: self.outcome == "failed")

    def __str__(self):
        what = self.outcome or self.state
        cause = ", ".join(x for x in (self.reason, self.message) if x)
        return f"{what} after {self.attempts} attempts" + (f" ({cause})" if cause else "")


class Run:
    def __init__(self, fields):
        self.fields = fields
        self.id, self.state, self.outcome = fields["id"], fields["state"], fields.get("outcome")
        self.outputs = fields.get("outputs")
        self.steps = {step["name"]: Step(step) for step in fields["steps"]}
        self.outcomes = {name: step.outcome for name, step in self.steps.items()}

    over = property(lambda self: self.state == "finished")
    succeeded = property(lambda self: self.outcome == "succeeded")

    def __str__(self):
        steps = ", ".join(f"{n} {s.outcome or s.state}" + (f" ({s.reason})" if s.reason else "") for n, s in self.steps.items())
        return f"{self.outcome or self.state}: {steps}"


class Step:
    def __init__(self, fields):
        self.state, self.outcome, self.reason = fields.get("state"), fields.get("outcome"), fields.get("reason") or ""
        self.members = fields.get("members")


class Attempt:
    def __init__(self, fields):
        self.number, self.end, self.ended = fields["number"], fields.get("end"), fields.get("ended")


# ---------------------------------------------------------------- a server, its command line and its API


class Server:
    """`lovage up` on a data folder of its own and a free port, with its command line and its API."""

    def __init__(self, trial, *, data=None, slots=4, lease=None, drain=None, env=None, umask=-1, user=None, limits=None,
                 closed=(), blocked=(), starts=True):
        """`env`: its whole environment; `limits`: {resource: (soft, hard)}; `closed`: descriptors it is started
        without; `blocked`: signals it is started with blocked; `starts`: whether the case ends when it does not come
        up."""
        self.trial, self.slots, self.lease, self.drain, self.starts = trial, slots, lease, drain, starts
        self.data = pathlib.Path(data or trial.folder / f"data{len(trial.servers)}")
        self.output = trial.folder / f"server{len(trial.servers)}.log"
        self.env = env if env is not None else ordinary_environment()
        self.umask, self.user, self.limits, self.closed = umask, user, limits or {}, closed
        self.blocked = blocked
        self.process = None
        self.dies = False  # true while the case ends it on purpose
        trial.servers.append(self)
        self.start()

    # Its life

    def start(self):
        for _ in range(3):
            self.port = free_port()
            words = [BINARY, "up", "--data", self.data, "--listen", f"127.0.0.1:{self.port}", "--slots", self.slots, "--open"]
            words += ["--lease", self.lease] if self.lease else []
            words += ["--drain", self.drain] if self.drain else []
            with open(self.output, "ab") as output:
                self.began = output.tell()
                self.process = subprocess.Popen(
                    [os.fspath(w) if isinstance(w, pathlib.Path) else str(w) for w in words], env=self.env,
                    stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, umask=self.umask,
                    user=self.user, group=self.user, extra_groups=None if self.user is None else [],
                    preexec_fn=self._limit if self.limits or self.closed or self.blocked else None)
            self.dies = False
            if self.trial.until(lambda: self.process.poll() is not None or self.answers(), 30, every=0.03):
                if self.alive:
                    return self
            if self.alive or not says(self.log(), "in use"):
                break
        if self.starts:
            raise Seen(f"the server does not come up: {self.died() if not self.alive else 'no answer in 30 s'}")
        return self

    def _limit(self):
        for which, bounds in self.limits.items():
            resource.setrlimit(which, bounds)
        signal.pthread_sigmask(signal.SIG_BLOCK, self.blocked)
        for descriptor in self.closed:
            os.close(descriptor)

    pid = property(lambda self: self.process.pid if self.process else 0)
    alive = property(lambda self: self.process is not None and self.process.poll() is None)

    def answers(self, timeout=2):
        try:
            return self.http("GET", "/health", timeout=timeout)[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def log(self):
        """What it has printed since its last start."""
        try:
            return self.output.read_bytes()[self.began:].decode(errors="replace")
        except OSError:
            return ""

    def died(self):
        said = [line for line in self.log().splitlines() if line.strip()]
        line = next((line for line in said if "atal error" in line), said[-1] if said else "")
        return f"ended with {self.process.returncode}: {line}"

    def kill(self):
        """As a crash does."""
        self.dies = True
        end_process(self.pid)
        self.process.wait()

    def stop(self, timeout=20):
        """As an operator does: one TERM lets what runs end, a second one hands it back. Returns its exit code."""
        self.dies = True
        for patience in (timeout / 2, timeout / 2):
            if self.alive:
                self.process.terminate()
                try:
                    self.process.wait(patience)
                except subprocess.TimeoutExpired:
                    pass
        if self.alive:
            self.kill()
        return self.process.returncode

    def end_somehow(self):
        if self.alive:
            self.process.send_signal(signal.SIGCONT)
            self.stop(2)

    def damage(self):
        """What is wrong with its database, if it is a SQLite file."""
        problems = []
        for path in self.data.glob("*.db"):
            with contextlib.closing(sqlite3.connect(path)) as database:
                problems += [row[0] for row in database.execute("pragma integrity_check") if row[0] != "ok"]
        return problems

    # The command line

    def cli(self, *words, input=None, timeout=60, env=None, cwd=None):
        environment = {**ordinary_environment(), "LOVAGE_SERVER": f"http://127.0.0.1:{self.port}", **(env or {})}
        words = [w if isinstance(w, bytes) else json.dumps(w, ensure_ascii=False) if isinstance(w, dict) else str(w) for w in words]
        data = input.encode() if isinstance(input, str) else input if input is not None else b""
        try:
            done = subprocess.run([BINARY, *words], input=data, capture_output=True, env=environment, cwd=cwd,
                                  timeout=min(timeout, self.trial.left()))
        except subprocess.TimeoutExpired as late:
            return Answer(None, late.stdout or b"", late.stderr or b"")
        return Answer(done.returncode, done.stdout, done.stderr)

    def apply(self, what, **options):
        """Applies a path, or a fresh folder with these files."""
        return self.cli("apply", self.trial.files(what) if isinstance(what, dict) else what, **options)

    def define(self, *definitions, files=None):
        """Applies definitions, with the files they name, and ends the case when they are refused."""
        answer = self.apply({"a.yaml": yaml(*definitions), **(files or {})})
        if not answer.ok:
            raise Seen(f"apply: {answer}")

    def submit(self, kind, *words, input=None, timeout=60, **options):
        return self.cli("submit", kind, *words, *self._options(options), input=input, timeout=timeout)

    def submit_many(self, kind, lines, timeout=60, **options):
        """One job for each line of JSON."""
        return self.cli("submit", kind, "--stdin-many", *self._options(options), input=lines, timeout=timeout)

    @staticmethod
    def _options(options):
        names = {"key": "--idempotency-key"}
        return [word for name, value in options.items() for word in (names.get(name, "--" + name.replace("_", "-")), value)]

    def begin(self, kind, *words, **options):
        """The id of a job that has to be taken."""
        answer = self.submit(kind, *words, **options)
        if not answer.ok:
            raise Seen(f"submit {kind}: {answer}")
        return answer.id

    def do(self, kind, *words, within=30, **options):
        """A job, submitted and over."""
        return self.ended(self.begin(kind, *words, **options), within)

    def start_run(self, name, values=None):
        words = [w for key, value in (values or {}).items()
                 for w in ("--param", key.encode() + b"=" + value if isinstance(value, bytes) else f"{key}={value}")]
        return self.cli("workflow", "run", name, *words)

    def do_run(self, name, values=None, within=60):
        answer = self.start_run(name, values)
        if not answer.ok:
            raise Seen(f"workflow run {name}: {answer}")
        return self.run_ended(answer.id, within)

    def call(self, kind, *words, timeout=60): return self.cli("call", kind, *words, timeout=timeout)

    def cancel(self, *ids, timeout=60): return self.cli("cancel", *ids, timeout=timeout)

    def cancel_run(self, id): return self.cli("workflow", "cancel", id)

    def show_run(self, id): return self.cli("workflow", "show", id)

    def retry(self, *ids): return self.cli("retry", *ids)

    def wait(self, id, timeout=60): return self.cli("wait", id, timeout=timeout)

    def get(self, id, **options): return self.cli("get", id, **options)

    def list(self, **options): return self.cli("list", "--columns", "id,submitted,due", **options)

    def explain(self, id, **options): return self.cli("explain", id, **options)

    def pause(self, queue="default"): return self.cli("queue", "pause", queue)

    def resume(self, queue="default"): return self.cli("queue", "resume", queue)

    def keep(self, time, count, queue="default"):
        return self.cli("queue", "set", queue, "--keep", time, "--keep-count", count)

    def logs(self, id, follow=False, as_json=False, timeout=60):
        return self.cli("logs", id, *(["--follow"] if follow else []), *(["--json"] if as_json else []), timeout=timeout)

    def printed(self, id):
        """What a job wrote, as text."""
        return self.logs(id).raw.decode(errors="replace")

    def help(self, *words): return self.cli(*words, "--help").out

    # The API

    def http(self, method, path, body=None, timeout=30):
        """Status and value of a call; a body of bytes is sent as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=min(timeout, self.trial.left()))
        try:
            data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, "/api/v1" + path, data, {"Content-Type": "application/json"} if data is not None else {})
            response = connection.getresponse()
            raw = response.read()
        finally:
            connection.close()
        try:
            return response.status, json.loads(raw)
        except ValueError:
            return response.status, raw

    def _value(self, path, **options):
        status, value = self.http("GET", path, **options)
        if status != 200:
            raise Seen(f"GET {path}: {status} {value}")
        return value

    def post_job(self, kind, arguments): return self.http("POST", "/jobs", {"kind": kind, "arguments": arguments})

    def post_job_raw(self, kind, arguments):
        """With arguments of bytes that stand in the body as they are."""
        return self.http("POST", "/jobs", b'{"kind":"%s","arguments":%s}' % (kind.encode(), arguments))

    def post_run(self, name, values): return self.http("POST", "/workflows", {"name": name, "parameters": values})

    def health(self, timeout=30): return self._value("/health", timeout=timeout)

    def job(self, id): return Job(self._value(f"/jobs/{id}"))

    def knows(self, id): return self.http("GET", f"/jobs/{id}")[0] == 200

    def attempts(self, id): return [Attempt(fields) for fields in self._value(f"/jobs/{id}/attempts")["attempts"]]

    def jobs(self, **filters):
        """All jobs, by pages: kind, queue, outcome, run."""
        names = {"run": "workflow"}
        query = "".join(f"&{names.get(name, name)}={value}" for name, value in filters.items())
        found, page = [], ""
        while True:
            answer = self._value(f"/jobs?limit=1000{query}{page}")
            found += [Job(fields) for fields in answer["items"]]
            if not answer.get("next"):
                return found
            page = f"&after={answer['next']}"

    def run(self, id): return Run(self._value(f"/workflows/{id}"))

    def unfinished(self, queue="default"):
        """How many jobs wait or run; None while it does not say."""
        try:
            counts = self._value(f"/queues/{queue}", timeout=10)
        except (OSError, http.client.HTTPException):
            return None
        return sum(counts[name] for name in ("ready", "suspended", "blocked", "running"))

    def waiting_request(self, id, seconds):
        """The bytes of a request that waits for a job."""
        return f"GET /api/v1/jobs/{id}/wait?timeout={seconds} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode()

    def _over(self, path, make, within):
        end = time.monotonic() + min(within, self.trial.left())
        while True:
            patience = max(1, min(5, int(end - time.monotonic())))
            status, value = self.http("GET", f"{path}/wait?timeout={patience}")
            if status != 200:
                raise Seen(f"GET {path}/wait: {status} {value}")
            thing = make(value)
            if thing.over:
                return thing
            if time.monotonic() >= end:
                raise Seen(f"not over within {within} s: {thing}")

    def ended(self, id, within=30): return self._over(f"/jobs/{id}", Job, within)

    def run_ended(self, id, within=60): return self._over(f"/workflows/{id}", Run, within)


def ordinary_environment():
    return {name: value for name, value in os.environ.items() if not name.startswith("LOVAGE_")}
