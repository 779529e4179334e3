"""Figures as tables for people."""

import statistics

COLUMNS = [
    ("jobs/s", "jobs_per_second", 1), ("p50 µs", "p50_us", 1), ("p99 µs", "p99_us", 1),
    ("cpu s/1000", "cpu_seconds_per_1000", 1), ("cpu %", "cpu_share_percent", 1), ("PSS MiB", "pss_bytes", 1 / (1 << 20)),
]
CALIBRATION = [("fsync µs", "fsync_us"), ("ping-pong µs", "ping_pong_us"), ("loop µs", "loop_us")]
# These say something only when nothing happens.
IDLE_ONLY = {"cpu_share_percent", "pss_bytes"}


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


def summary(records):
    """One row for each workload, system and key: the medians, and how many rounds they are of."""
    groups = {}
    for record in records:
        groups.setdefault((record["workload"], record["system"], record["key"]), []).append(record)
    rows = []
    for (workload, system, key), group in groups.items():
        row = {"workload": workload, "system": system, "key": key, "rounds": len(group)}
        for _, field, scale in COLUMNS:
            middle = median([record["figures"].get(field) for record in group])
            if middle is not None and (field not in IDLE_ONLY or key == "idle"):
                row[field] = middle * scale
        rates = [rate for rate in (record["figures"].get("jobs_per_second") for record in group) if rate]
        if rates:
            row["slowest"], row["fastest"] = min(rates), max(rates)
        for _, field in CALIBRATION:
            row[field] = median([record["calibration"][field] for record in group])
        rows.append(row)
    return sorted(rows, key=lambda row: row["workload"])


def lines(titles, rows):
    widths = [max(len(text) for text in [title, *(row[index] for row in rows)]) for index, title in enumerate(titles)]
    for row in [titles, ["-" * width for width in widths], *rows]:
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"


def figure_table(records):
    titles = ["load", "system", "what", *(title for title, _, _ in COLUMNS), "slowest..fastest"]
    titles += [title for title, _ in CALIBRATION] + ["rounds"]
    rows = []
    for row in summary(records):
        spread = f"{number(row['slowest'])}..{number(row['fastest'])}" if "slowest" in row else ""
        rows.append([
            row["workload"], row["system"], row["key"], *(number(row.get(field)) for _, field, _ in COLUMNS), spread,
            *(number(row[field]) for _, field in CALIBRATION), str(row["rounds"])
        ])
    return lines(titles, rows)


def goal_table(judged):
    rows = []
    for goal in judged:
        held = {True: "yes", False: "NO", None: "not measured"}[goal["held"]]
        spread = f"{number(min(goal['rounds']))}..{number(max(goal['rounds']))}" if goal["rounds"] else ""
        sign = "≥" if goal["direction"] == ">=" else "≤"
        rows.append([
            goal["goal"], f"{sign} {goal['bound']:g} {goal['unit']}".strip(),
            f"{number(goal['measured'])} {goal['unit']}".strip() if goal["rounds"] else "", spread, held
        ])
    return lines(["goal", "bound", "measured", "rounds", "held"], rows)
