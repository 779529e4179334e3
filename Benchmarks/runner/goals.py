"""What Lovage wants to hold, each as one number out of one round's figures."""

import statistics


def rate(system, key):
    return lambda figures: figures[system][key]["jobs_per_second"]


def of(system, key, field, scale=1):
    return lambda figures: figures[system][key][field] * scale


def ratio(above, below):
    return lambda figures: above(figures) / below(figures)


COMMIT = of("raw SQLite", "insert:1", "p50_us")

# Words, "at least" or "at most", the goal, its unit, and how it is read from the figures of one round.
GOALS = [
    ("submit many at bulk 1,000, of SQLite's insert", ">=", 0.5, "", "W2",
     ratio(rate("lovage", "bulk_1000"), rate("raw SQLite", "insert:1000"))),
    ("drain by one worker, of SQLite's claim and mark at bulk 100", ">=", 0.5, "", "W3",
     ratio(rate("lovage", "drain"), rate("raw SQLite", "claim:100"))),
    ("drain by one worker, of gearmand's in memory", ">=", 1.0, "", "W3",
     ratio(rate("lovage", "drain"), rate("gearmand", "drain"))),
    ("64 submitters at once, of one submitter", ">=", 5.0, "", "W1",
     ratio(rate("lovage", "submit_64"), rate("lovage", "submit_1"))),
    ("drain with the backlog behind it, of that without", ">=", 0.85, "", "W3+",
     ratio(rate("lovage", "drain_backlog"), rate("lovage", "drain"))),
    ("submit to handler start, in commits", "<=", 3.0, "", "W5", ratio(of("lovage", "start", "p50_us"), COMMIT)),
    ("a step of a chain of 100, in commits", "<=", 3.0, "", "W7", ratio(of("lovage", "chain", "p50_us"), COMMIT)),
    ("fan-out of 1,000 and its callback", "<=", 0.3, "s", "W7", of("lovage", "fan_out", "p50_us", 1e-6)),
    ("lateness p99 with the backlog delayed", "<=", 3.0, "ms", "W6+",
     of("lovage", "due_backlog", "p99_us", 1e-3)),
    ("processor time for 1,000 drained jobs", "<=", 0.05, "s", "W3", of("lovage", "drain", "cpu_seconds_per_1000")),
    ("idle `lovage up`: share of a core", "<=", 0.5, "%", "HTTP", of("lovage up", "idle", "cpu_share_percent")),
    ("idle `lovage up`: memory (PSS)", "<=", 60.0, "MiB", "HTTP", of("lovage up", "idle", "pss_bytes", 1 / (1 << 20))),
    ("`POST /api/v1/jobs` by 64 connections", ">=", 5000.0, "/s", "HTTP", rate("lovage up", "http_64")),
]


def judge(records):
    """Each goal with its median over the rounds in which all that it needs was measured; None where it was not."""
    judged = []
    for words, direction, goal, unit, workload, read in GOALS:
        values = []
        for number in sorted({record["round"] for record in records}):
            figures = {}
            for record in records:
                if record["round"] == number and record["workload"] == workload:
                    figures.setdefault(record["system"], {})[record["key"]] = record["figures"]
            try:
                values.append(read(figures))
            except (KeyError, TypeError):
                continue
        measured = statistics.median(values) if values else None
        judged.append({
            "goal": words, "direction": direction, "bound": goal, "unit": unit, "measured": measured, "rounds": values,
            "held": None if measured is None else measured >= goal if direction == ">=" else measured <= goal,
        })
    return judged
