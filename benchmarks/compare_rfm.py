#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""RFM from an orders CSV: the command `segmenta run` against DuckDB doing the same work in SQL.

Same work: read the CSV; per customer recency, orders, sum, distinct days and mean gap between them; quintiles; ten
segments; one CSV row per customer. One thread each; user + system seconds of the whole process; interleaved rounds; the
answers are compared. With --memory both sides have the orders in memory already and only the job is measured.

    python3 -m venv venv && venv/bin/pip install duckdb
    venv/bin/python benchmarks/compare_rfm.py --build build/release [--rows 10000000] [--rounds 5] [--shuffled] [--strings] [--memory]

Without DuckDB it says so and measures the command alone.
"""
import argparse
import csv
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile

SEGMENTS = """
  WITH history AS (
    SELECT customer_id,
           DATE '2025-01-01' - max(CAST(order_time AS DATE)) AS recency_days,
           count(*) AS frequency, coalesce(sum(amount), 0) AS monetary,
           count(DISTINCT CAST(order_time AS DATE)) AS days,
           (max(CAST(order_time AS DATE)) - min(CAST(order_time AS DATE)))
             / nullif(count(DISTINCT CAST(order_time AS DATE)) - 1, 0) AS mean_gap
    FROM {orders}
    GROUP BY customer_id),
  edges AS (
    SELECT quantile_cont(recency_days, [0.2, 0.4, 0.6, 0.8]) AS re, quantile_cont(frequency, [0.2, 0.4, 0.6, 0.8]) AS fe,
           quantile_cont(CAST(monetary AS DOUBLE), [0.2, 0.4, 0.6, 0.8]) AS me FROM history),
  scores AS (
    SELECT history.*,
           5 - (recency_days > re[1])::INT - (recency_days > re[2])::INT - (recency_days > re[3])::INT - (recency_days > re[4])::INT AS r,
           1 + (frequency > fe[1])::INT + (frequency > fe[2])::INT + (frequency > fe[3])::INT + (frequency > fe[4])::INT AS f,
           1 + (CAST(monetary AS DOUBLE) > me[1])::INT + (CAST(monetary AS DOUBLE) > me[2])::INT
             + (CAST(monetary AS DOUBLE) > me[3])::INT + (CAST(monetary AS DOUBLE) > me[4])::INT AS m
    FROM history, edges)
  SELECT *, CASE WHEN r <= 2 AND f <= 2 THEN 'hibernating' WHEN r <= 2 AND f <= 4 THEN 'at_risk' WHEN r <= 2 THEN 'cant_loose'
                 WHEN r = 3 AND f <= 2 THEN 'about_to_sleep' WHEN r = 3 AND f = 3 THEN 'need_attention'
                 WHEN r <= 4 AND f >= 4 THEN 'loyal_customers' WHEN r = 4 AND f = 1 THEN 'promising'
                 WHEN r = 5 AND f = 1 THEN 'new_customers' WHEN r >= 4 AND f <= 3 THEN 'potential_loyalists'
                 ELSE 'champions' END AS segment
  FROM scores ORDER BY customer_id
"""
CSV = """read_csv('{csv}', header = true, columns = {{'customer_id': '{id}', 'order_time': 'TIMESTAMP',
                  'amount': 'DECIMAL(18,2)', 'category': 'VARCHAR', 'channel': 'VARCHAR'}})"""
COPY = "SET threads = 1; COPY ({segments}) TO '{out}' (HEADER);"

# The same from a table in memory: answers each line on the standard input, as bench.columns_rfm --orders does.
DUCKDB_MEMORY = """
import duckdb, json, sys, time
source, segments, out = sys.argv[1:]
con = duckdb.connect()
con.execute("SET threads = 1; SET enable_progress_bar = false")
con.execute(f"CREATE TABLE orders AS SELECT customer_id, order_time, amount FROM {source}")
for line in sys.stdin:
    con.execute("DROP TABLE IF EXISTS customers")
    begin = time.process_time()
    con.execute(f"CREATE TABLE customers AS {segments}")
    print(json.dumps({"cpu_seconds": time.process_time() - begin}), flush=True)
con.execute(f"COPY customers TO '{out}' (HEADER)")
"""


def measured(command):
    """User + system seconds, wall seconds and peak MiB of a finished child."""
    pid = os.posix_spawn(command[0], command, os.environ,
                         file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def same_answers(ours, theirs):
    """Counts rows that differ; a sum that meets an edge may differ where DuckDB uses doubles."""
    differing = total = 0
    with open(ours) as a, open(theirs) as b:
        for mine, other in zip(csv.DictReader(a), csv.DictReader(b)):
            total += 1
            exact = all(mine[k] == other[k] for k in ("customer_id", "recency_days", "frequency", "monetary", "days", "r", "f", "segment"))
            gap = (mine["mean_gap"], other["mean_gap"])
            near = gap[0] == gap[1] or "" not in gap and abs(float(gap[0]) - float(gap[1])) <= 1e-9 * abs(float(gap[1]))
            differing += not (exact and near and mine["m"] == other["m"])
        if next(csv.DictReader(a), None) or next(csv.DictReader(b), None):
            sys.exit("the two results have different numbers of customers")
    return total, differing


def compare_in_memory(bench, data, work, rounds):
    """The job from columns in memory against DuckDB with its table loaded: CPU seconds of the job alone, in turn."""
    ours_csv, theirs_csv = os.path.join(work, "ours.csv"), os.path.join(work, "duckdb.csv")
    sides = [[bench, "--orders", data, ours_csv]]
    if importlib.util.find_spec("duckdb") is None:
        print("DuckDB is not installed (pip install duckdb): measuring the library alone")
    else:
        sides.append([sys.executable, "-c", DUCKDB_MEMORY, CSV.format(csv=data, id="BIGINT"),
                      SEGMENTS.format(orders="orders"), theirs_csv])
    running = [subprocess.Popen(s, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for s in sides]

    def answer(process):
        process.stdin.write("\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            sys.exit(f"failed: {process.args[0]}")
        return json.loads(line)["cpu_seconds"]

    seconds = [[answer(p) for p in running] for _ in range(rounds + 1)][1:]  # the first one warms up
    for process in running:
        process.stdin.close()
        if process.wait() != 0:
            sys.exit(f"failed: {process.args[0]}")
    mine = statistics.median(s[0] for s in seconds)
    print(f"in memory, one thread, median of {rounds}")
    print(f"segmenta: {mine:.3f} s CPU")
    if len(sides) == 1:
        return
    ratios = sorted(s[1] / s[0] for s in seconds)
    print(f"DuckDB:   {statistics.median(s[1] for s in seconds):.3f} s CPU")
    print(f"ratio:    {statistics.median(ratios):.2f} (pairs from {ratios[0]:.2f} to {ratios[-1]:.2f})")
    report_answers(ours_csv, theirs_csv)


def report_answers(ours, theirs):
    total, differing = same_answers(ours, theirs)
    print(f"answers:  {total} customers compared, {differing} differ")
    if differing > total / 10_000:
        sys.exit("the answers differ")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, help="a release build of this project")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--shuffled", action="store_true", help="rows in no order of time")
    parser.add_argument("--strings", action="store_true", help="text ids, quoted fields, missing values")
    parser.add_argument("--memory", action="store_true", help="both from a table in memory, without a file")
    parser.add_argument("--threads", type=int, default=1, help="of the command")
    parser.add_argument("--keep", help="directory for the CSV, to use it again")
    options = parser.parse_args()
    if options.memory and (options.strings or options.threads != 1):
        parser.error("--memory is for numeric ids and one thread")

    here = os.path.dirname(os.path.abspath(__file__))
    work = options.keep or tempfile.mkdtemp(prefix="segmenta-rfm-")
    os.makedirs(work, exist_ok=True)
    data = os.path.join(work, f"orders{'-strings' if options.strings else ''}{'-shuffled' if options.shuffled else ''}-{options.rows}.csv")
    if not os.path.exists(data):
        flags = (["--shuffled"] if options.shuffled else []) + (["--strings"] if options.strings else [])
        subprocess.run([os.path.join(options.build, "benchmarks", "make_orders"), "--lines", str(options.rows),
                        "--out", data, *flags], check=True)
    if options.memory:
        compare_in_memory(os.path.join(options.build, "benchmarks", "bench.columns_rfm"), data, work, options.rounds)
        return
    plan = os.path.join(here, "plans", "orders_rfm_text.json" if options.strings else "orders_rfm.json")
    ours = [os.path.join(options.build, "bin", "segmenta"), "run", plan, "--source", f"orders={data}", "--as-of",
            "2025-01-01", "--out", os.path.join(work, "ours"), "--threads", str(options.threads), "--quiet"]
    theirs_csv = os.path.join(work, "duckdb.csv")
    orders = CSV.format(csv=data, id="VARCHAR" if options.strings else "BIGINT")
    if options.strings:  # the plan counts no order without its time
        orders = f"(SELECT * FROM {orders} WHERE order_time IS NOT NULL)"
    query = COPY.format(segments=SEGMENTS.format(orders=orders), out=theirs_csv)
    theirs = [sys.executable, "-c", f"import duckdb; duckdb.execute({query!r})"]
    have_duckdb = importlib.util.find_spec("duckdb") is not None
    if not have_duckdb:
        print("DuckDB is not installed (pip install duckdb): measuring the command alone")

    with open(data, "rb") as f:  # warm the cache for both
        while f.read(1 << 24):
            pass
    mine, other = [], []
    for _ in range(options.rounds):
        mine.append(measured(ours))
        if have_duckdb:
            other.append(measured(theirs))
    size = os.path.getsize(data)
    cpu = statistics.median(c for c, _ in mine)
    print(f"{options.rows} rows, {size / 1e6:.0f} MB, {options.threads} thread(s), median of {options.rounds}")
    print(f"segmenta: {cpu:.3f} s CPU ({cpu / options.rows * 1e9:.0f} ns a row), peak {max(p for _, p in mine):.0f} MiB")
    if have_duckdb:
        theirs_cpu = statistics.median(c for c, _ in other)
        ratios = sorted(o[0] / m[0] for m, o in zip(mine, other))
        print(f"DuckDB:   {theirs_cpu:.3f} s CPU, peak {max(p for _, p in other):.0f} MiB")
        print(f"ratio:    {statistics.median(ratios):.2f} (pairs from {ratios[0]:.2f} to {ratios[-1]:.2f})")
        report_answers(os.path.join(work, "ours", "customers.csv"), theirs_csv)


if __name__ == "__main__":
    main()
