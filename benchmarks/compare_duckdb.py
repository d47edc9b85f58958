#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CSV to five typed columns (workload W4): the CSV reader against DuckDB's, one thread, CPU seconds.

Same work: read customer_id, order_time, amount, category and channel as int64 (or text), timestamp, decimal, text, text and
add each of them up. Interleaved rounds; the sums are compared.

    python3 -m venv venv && venv/bin/pip install duckdb
    cmake --preset release && cmake --build --preset release --target bench.csv_read make_orders
    venv/bin/python benchmarks/compare_duckdb.py --build build/release [--rows 10000000] [--rounds 5] [--strings]

Without DuckDB it says so and measures the reader alone.
"""
import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile

# Run in a process of its own, so that only the query's CPU seconds count and both sides start cold.
DUCKDB = """
import duckdb, json, sys, time
path, strings = sys.argv[1], sys.argv[2] == "1"
con = duckdb.connect()
con.execute("SET threads = 1; SET enable_progress_bar = false")
begin = time.process_time()
row = con.execute(f'''
  SELECT count(*), {"0" if strings else "sum(customer_id)"}, sum(epoch_us(order_time) // 1000000), sum(amount),
         5 * count(*) - count(customer_id) - count(order_time) - count(amount) - count(category) - count(channel),
         sum(length(category)), sum(length(channel)){", sum(length(customer_id))" if strings else ""}
  FROM read_csv('{path}', header = true, delim = ',', quote = '"', columns = {{'customer_id': '{"VARCHAR" if strings else "BIGINT"}',
                'order_time': 'TIMESTAMP', 'amount': 'DECIMAL(18,2)', 'category': 'VARCHAR', 'channel': 'VARCHAR'}})
''').fetchone()
seconds = time.process_time() - begin
print(json.dumps({"cpu_seconds": seconds, "lines": row[0], "customers": int(row[1]), "seconds": int(row[2]),
                  "cents": int(row[3] * 100), "missing": row[4]}))
"""


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed ({done.returncode})")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, help="folder of a release build")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--strings", action="store_true", help="UUID ids, quoted fields with commas, 5 %% missing values")
    parser.add_argument("--dir", default=tempfile.gettempdir(), help="where the orders file is put (about 50 bytes a row)")
    arguments = parser.parse_args()

    reader = os.path.join(arguments.build, "benchmarks", "bench.csv_read")
    path = os.path.join(arguments.dir, f"orders-{arguments.rows}{'-strings' if arguments.strings else ''}.csv")
    if not os.path.exists(path):
        print(f"making {path}", flush=True)
        made = [os.path.join(arguments.build, "benchmarks", "make_orders"), "--lines", str(arguments.rows), "--out", path]
        subprocess.run(made + (["--strings"] if arguments.strings else []), check=True)
    gigabytes = os.path.getsize(path) / 1e9

    sides = {"segmenta": [reader, "--read", path]}
    if importlib.util.find_spec("duckdb") is None:
        print("SKIPPED: DuckDB is not installed for this Python (pip install duckdb); measuring the reader alone")
    else:
        sides["duckdb"] = [sys.executable, "-c", DUCKDB, path, "1" if arguments.strings else "0"]
    seconds = {name: [] for name in sides}
    for _ in range(arguments.rounds):
        answers = {}
        for name, command in sides.items():
            answer = run(command)
            seconds[name].append(answer.pop("cpu_seconds"))
            answers[name] = answer
        if len({json.dumps(a, sort_keys=True) for a in answers.values()}) != 1:
            sys.exit(f"the answers differ: {answers}")
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, median in medians.items():
        print(f"{name:9} {median:7.3f} CPU s   {gigabytes / median:5.2f} GB/s   (min {min(seconds[name]):.3f})")
    if "duckdb" in medians:
        print(f"DuckDB takes {medians['duckdb'] / medians['segmenta']:.1f} times the CPU (same sums)")


if __name__ == "__main__":
    main()
