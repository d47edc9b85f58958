#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Quintile codes of ten million doubles: segmenta against NumPy and DuckDB, in turn, one thread each.

Same work: the quintile (0 to 4) of each of the values of bench.quantiles, which writes them. NumPy: quantile() and
searchsorted(). DuckDB, with the values in a table: ntile(5), which splits equal values, and quantile_cont() with
comparisons. The codes of NumPy and of quantile_cont() are compared with segmenta's, row by row.

    python3 -m venv venv && venv/bin/pip install numpy duckdb
    venv/bin/python benchmarks/compare_quantiles.py --bench build/release/benchmarks/bench.quantiles [--rounds 5]

Prints CPU seconds, medians over the rounds, and how many times as long the others take. Without DuckDB it says so.
"""
import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import tempfile
import time

import numpy

PROBABILITIES = [0.2, 0.4, 0.6, 0.8]
CASES = """CASE WHEN v <= q[1] THEN 0 WHEN v <= q[2] THEN 1 WHEN v <= q[3] THEN 2 WHEN v <= q[4] THEN 3 ELSE 4 END"""
STATEMENTS = {
    "DuckDB ntile": "CREATE OR REPLACE TABLE answer AS SELECT row, ntile(5) OVER (ORDER BY v) - 1 AS code FROM amounts",
    "DuckDB quantile_cont": f"""CREATE OR REPLACE TABLE answer AS SELECT row, {CASES} AS code FROM amounts,
        (SELECT quantile_cont(v, {PROBABILITIES}) AS q FROM amounts)""",
}


def timed(work):
    begin = time.process_time()
    made = work()
    return time.process_time() - begin, made


def ours(bench, path):
    command = [bench, "--benchmark_filter=^doubles/codes$", "--benchmark_format=json"]
    run = subprocess.run(command, env={**os.environ, "SEGMENTA_BENCH_DATA": path}, capture_output=True, check=True)
    measured = json.loads(run.stdout)["benchmarks"][0]
    if measured.get("error_occurred"):
        raise SystemExit(measured["error_message"])
    return measured["cpu_time"] / 1000


def by_numpy(values):
    return numpy.searchsorted(numpy.quantile(values, PROBABILITIES), values).astype(numpy.uint8)


def load(values):
    if importlib.util.find_spec("duckdb") is None:
        print("DuckDB is not installed here: without it")
        return None
    import duckdb

    database = duckdb.connect()
    database.execute("SET threads = 1")
    table = {"row": numpy.arange(len(values)), "v": values}
    database.register("given", table)
    database.execute("CREATE TABLE amounts AS SELECT * FROM given")
    return database


def same(name, made, codes):
    different = int(numpy.count_nonzero(made != codes))
    if different:
        raise SystemExit(f"{name}: {different} codes differ")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", required=True, help="the program bench.quantiles")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "amounts.raw")
        ours(arguments.bench, path)  # writes the values
        values = numpy.fromfile(path)
        codes = numpy.fromfile(path + ".codes", dtype=numpy.uint8)
        database = load(values)
        times = {}
        for _ in range(arguments.rounds):
            times.setdefault("segmenta", []).append(ours(arguments.bench, path))
            seconds, made = timed(lambda: by_numpy(values))
            times.setdefault("NumPy", []).append(seconds)
            same("NumPy", made, codes)
            for name, statement in STATEMENTS.items() if database else ():
                times.setdefault(name, []).append(timed(lambda: database.execute(statement))[0])
                answer = database.execute("SELECT code FROM answer ORDER BY row").fetchnumpy()["code"]
                if "ntile" not in name:
                    same(name, answer, codes)
                elif numpy.count_nonzero(answer != codes) > 5:  # ranks of ntile are cut a row earlier or later
                    raise SystemExit(f"{name}: more than the values at the edges differ")
    mine = statistics.median(times["segmenta"])
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f"{name:22} {median:8.4f} s   {median / mine:6.1f} times")


if __name__ == "__main__":
    main()
