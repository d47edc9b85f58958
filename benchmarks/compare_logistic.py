#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Logistic regression of 1 million rows and 20 columns: segmenta against scikit-learn, side by side, one thread,
CPU seconds.

Needs numpy and scikit-learn. Usage: compare_logistic.py build/release/benchmarks/bench.logistic [rounds]
Both read the same numbers. The mean loss of each answer is computed here in the same way; segmenta's must be no worse.
"""
import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

ROWS, COLUMNS = 1_000_000, 20


def mean_loss(x, y, model):
    odds = x @ model.coef_[0] + model.intercept_[0]
    return float(np.mean(np.logaddexp(0, np.where(y, -odds, odds))))


def main():
    program = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, f"--write={folder}"], check=True)
        x = np.column_stack([np.fromfile(f"{folder}/x{j}.f64") for j in range(COLUMNS)])
        y = np.fromfile(f"{folder}/y.u8", dtype=np.uint8)
    ours, ours_loss, peers = [], None, {"lbfgs": [], "newton-cholesky": []}
    losses = {}
    for _ in range(rounds):
        line = subprocess.run([program, "--rounds=2"], check=True, capture_output=True, text=True).stdout.split("\n")[1]
        seconds, loss = line.split()
        ours.append(float(seconds))
        ours_loss = float(loss)
        for solver, times in peers.items():
            model = LogisticRegression(C=np.inf, solver=solver)
            begin = time.process_time()
            model.fit(x, y)
            times.append(time.process_time() - begin)
            losses[solver] = mean_loss(x, y, model)
    median = statistics.median(ours)
    print(f"segmenta          {median:.3f} s   mean loss {ours_loss:.15f}")
    for solver, times in peers.items():
        ratio = statistics.median(times) / median
        print(f"{solver:17s} {statistics.median(times):.3f} s   mean loss {losses[solver]:.15f}   {ratio:.1f} times as long")
        assert ours_loss <= losses[solver] + 1e-12, "segmenta's objective is worse"
    print(f"scikit-learn {sklearn.__version__}, {rounds} rounds, medians")


if __name__ == "__main__":
    main()
