#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many customers does each of a thousand rules hold for: this library against DuckDB, on one thread each.

    python3 -m venv venv && venv/bin/pip install duckdb
    venv/bin/python benchmarks/compare_rules_duckdb.py --build build/release [--customers 1000000]

bench.rule_batch makes the customers (seeded), the rules and its counts and says how long counting took (CPU seconds of its
thread, median of 7). DuckDB gets the table with narrow integers and enums, which is its fastest form, and counts in two
ways: one query of 1,000 sums, and the first 200 rules one by one with COUNT and WHERE. Times are CPU seconds of the process;
every count is compared.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

TEXTS = ("city", "province", "gender", "channel", "device", "pref_cat")
FLAGS = ("opted_out", "has_app")


def sql_of(rule: str) -> str:
    """The rules of workload CSW-1 as SQL; their texts hold no operators."""
    out = rule.replace("&&", " AND ").replace("||", " OR ").replace("==", "=")
    out = re.sub(r"\[([^\]]*)\]", r"(\1)", out)
    return re.sub(r"!(?!=)", " NOT ", out)


def load(connection, path: pathlib.Path) -> None:
    connection.execute("SET threads = 1")
    connection.execute(f"CREATE TABLE raw AS SELECT * FROM read_csv('{path}', all_varchar = true)")
    columns = []
    for (name, *_rest) in connection.execute("DESCRIBE raw").fetchall():
        if name in TEXTS:
            connection.execute(f"CREATE TYPE of_{name} AS ENUM (SELECT DISTINCT {name} FROM raw ORDER BY 1)")
            columns.append(f"{name}::of_{name} AS {name}")
        elif name in FLAGS:
            columns.append(f"{name}::BOOLEAN AS {name}")
        else:
            largest = connection.execute(f"SELECT max({name}::BIGINT) FROM raw").fetchone()[0]
            narrow = "UTINYINT" if largest < 256 else "USMALLINT" if largest < 65536 else "UINTEGER"
            columns.append(f"{name}::{narrow} AS {name}")
    connection.execute(f"CREATE TABLE customers AS SELECT {', '.join(columns)} FROM raw")
    connection.execute("DROP TABLE raw")


def timed(run):
    begin = time.process_time()
    result = run()
    return result, time.process_time() - begin


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--customers", type=int, default=1_000_000)
    options = parser.parse_args()
    try:
        import duckdb
    except ImportError:
        print("DuckDB is not installed: python3 -m venv venv && venv/bin/pip install duckdb", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(options.build) / "benchmarks" / "bench.rule_batch"
        environment = {**os.environ, "SEGMENTA_BENCH_LINES": str(options.customers)}
        made = subprocess.run([program, "--export", folder], env=environment, capture_output=True, text=True, check=True)
        ours = float(made.stdout)
        lines = (pathlib.Path(folder) / "rules.txt").read_text().splitlines()
        expected = [int(line.split("\t")[0]) for line in lines]
        rules = [sql_of(line.split("\t")[1]) for line in lines]
        connection = duckdb.connect()
        load(connection, pathlib.Path(folder) / "customers.csv")
        sums = ", ".join(f"sum(({rule})::INT)" for rule in rules)
        counts, all_at_once = timed(lambda: connection.execute(f"SELECT {sums} FROM customers").fetchone())
        wrong = sum(1 for a, b in zip(counts, expected) if int(a or 0) != b)
        some = rules[:200]
        found, one_by_one = timed(
            lambda: [connection.execute(f"SELECT count(*) FROM customers WHERE {rule}").fetchone()[0] for rule in some]
        )
        wrong += sum(1 for a, b in zip(found, expected) if a != b)
    per = 1e9 / options.customers
    rows = [("this library, 1,000 rules", ours * per / len(rules)),
            (f"DuckDB {duckdb.__version__}, 1,000 sums in one query", all_at_once * per / len(rules)),
            (f"DuckDB {duckdb.__version__}, 200 queries with WHERE", one_by_one * per / len(some))]
    for name, nanoseconds in rows:
        print(f"{name:45} {nanoseconds:8.4f} ns a rule and row, {nanoseconds / rows[0][1]:6.1f} times")
    print(f"{len(rules)} + {len(some)} counts compared, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
