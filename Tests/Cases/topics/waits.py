"""Those who wait do not keep out those who act."""
import socket
import time

from harness import case, command, more_descriptors


# ---------------------------------------------------------------- clients that wait


def waiters(t, count):
    """A server whose one running job so many clients wait for; the id of the job."""
    more_descriptors(count + 1000)
    s = t.server(slots=2)
    s.define(command("z.s", "sleep", "60"), command("z.ok", "true"))
    id = s.begin("z.s")
    t.connections = []
    for _ in range(count):
        try:
            connection = socket.create_connection(("127.0.0.1", s.port), 5)
            connection.sendall(s.waiting_request(id, 60))
        except OSError:
            break
        t.connections.append(connection)
    time.sleep(1)
    return s, id


def can_cancel(t, count):
    s, id = waiters(t, count)
    began = time.monotonic()
    answer = s.cancel(id, timeout=20)
    took = time.monotonic() - began
    if t.check(answer.ok, f"{count} clients wait; cancel after {took:.0f} s: {answer}"):
        t.check(s.job(id).outcome == "cancelled" and took < 20, f"{s.job(id)} after {took:.0f} s")


@case("waits.cancelled-beside-waiters", "while 800 clients wait for a job it can be cancelled", seconds=25)
def cancelled_beside_waiters(t):
    can_cancel(t, 800)


@case("waits.many-waiters", "while 2,000 clients wait for a job it can be cancelled", seconds=30, alone=True)
def many_waiters(t):
    can_cancel(t, 2000)


@case("waits.health-beside-waiters", "while 800 clients wait for a job the server says that it is well", seconds=15)
def health_beside_waiters(t):
    s, _ = waiters(t, 800)
    t.check(t.until(lambda: s.answers(10), 10), "800 clients wait; no answer about its health in 10 s")


@case("waits.fewer-waiters", "700 clients that wait for a job are served, and others beside them", seconds=10)
def fewer_waiters(t):
    can_cancel(t, 700)
    answered = 0
    for connection in t.connections:
        connection.settimeout(min(10, t.left()))
        try:
            answered += b"cancelled" in connection.recv(65536)
        except OSError:
            break
    t.check(answered == 700, f"{answered} of 700 were told of the end")
