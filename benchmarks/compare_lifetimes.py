#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
r"""The maximum-likelihood fit of BG/NBD to a million customers: segmenta against the Python package lifetimes.

Same work: find r, alpha, a, b for the same summary (repeats, age at the last purchase, age) of one million customers,
whose times are continuous, whole days or whole weeks. lifetimes gets the whole and, where many customers are equal,
also the distinct rows with weights, grouped beforehand and outside the clock; segmenta always gets the whole. One
thread each; user + system seconds of the fit alone; interleaved rounds; log-likelihoods of both at the same formula.

    python3 -m venv venv && venv/bin/pip install lifetimes==0.11.3 'numpy<1.24' 'pandas<2' 'scipy<1.11'
    OPENBLAS_NUM_THREADS=1 venv/bin/python benchmarks/compare_lifetimes.py \
        --bench build/release/benchmarks/bench.bg_nbd [--rounds 3] [--times continuous daily weekly]

Without lifetimes it says so and measures segmenta alone.
"""
import argparse
import csv
import importlib.util
import json
import os
import statistics
import subprocess
import tempfile
import time
import warnings

HAVE_LIFETIMES = importlib.util.find_spec("lifetimes") is not None


def read(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))[1:]
    return [tuple(float(v) for v in row) for row in rows]


class Lifetimes:
    """One data set, fitted as its documentation shows."""

    def __init__(self, rows, weights=None):
        import numpy

        data = numpy.array(rows)
        self.x, self.last, self.age = data[:, 0], data[:, 1], data[:, 2]
        self.weights = None if weights is None else numpy.array(weights)

    def fit(self):
        from lifetimes import BetaGeoFitter

        fitter = BetaGeoFitter()
        begin = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitter.fit(self.x, self.last, self.age, weights=self.weights)
        seconds = time.process_time() - begin
        r, alpha, a, b = (float(fitter.params_[name]) for name in ("r", "alpha", "a", "b"))
        return seconds, self.log_likelihood(r, alpha, a, b)

    def log_likelihood(self, r, alpha, a, b):
        import numpy
        from scipy.special import betaln, gammaln

        x, last, age = self.x, self.last, self.age
        met = numpy.maximum(b + x - 1, 1e-300)
        alive = -(r + x) * numpy.log(alpha + age)
        dead = numpy.where(x > 0, numpy.log(a) - numpy.log(met) - (r + x) * numpy.log(alpha + last), -numpy.inf)
        terms = gammaln(r + x) - gammaln(r) + r * numpy.log(alpha) + betaln(a, b + x) - betaln(a, b)
        terms = terms + numpy.logaddexp(alive, dead)
        return float(numpy.sum(terms if self.weights is None else terms * self.weights))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", required=True, help="the program bench.bg_nbd")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--times", nargs="+", default=["continuous", "daily", "weekly"])
    arguments = parser.parse_args()
    if not HAVE_LIFETIMES:
        print("lifetimes is not installed here: segmenta alone")
    with tempfile.TemporaryDirectory() as folder:
        if HAVE_LIFETIMES:
            subprocess.run([arguments.bench, "--write", folder], check=True)
        ours = subprocess.Popen([arguments.bench, "--answer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        def ask(name):
            ours.stdin.write(name + "\n")
            ours.stdin.flush()
            return json.loads(ours.stdout.readline())

        for name in arguments.times:
            theirs = {}
            if HAVE_LIFETIMES:
                rows = read(os.path.join(folder, name + ".csv"))
                theirs["lifetimes"] = Lifetimes(rows)
                if name != "continuous":
                    groups = {}
                    for row in rows:
                        groups[row] = groups.get(row, 0) + 1
                    theirs["lifetimes, grouped before"] = Lifetimes(list(groups), list(groups.values()))
                    print(f"{name}: {len(groups)} distinct rows")
            seconds = {key: [] for key in ["segmenta", *theirs]}
            likelihood = {}
            ask(name)  # makes the data
            for _ in range(arguments.rounds):
                answers = [ask(name) for _ in range(5)]
                seconds["segmenta"].append(statistics.median(a["seconds"] for a in answers))
                likelihood["segmenta"] = answers[-1]["log_likelihood"]
                gradient = answers[-1]["gradient"]
                for key, fitter in theirs.items():
                    spent, likelihood[key] = fitter.fit()
                    seconds[key].append(spent)
            base = statistics.median(seconds["segmenta"])
            print(f"{name}: segmenta {base * 1e3:.1f} ms, log-likelihood {likelihood['segmenta']:.4f}, "
                  f"largest slope {gradient:.1e}")
            for key in theirs:
                middle = statistics.median(seconds[key])
                no_worse = likelihood["segmenta"] >= likelihood[key] - 1e-3
                print(f"{name}: {key} {middle:.3f} s, {middle / base:.0f}x, log-likelihood {likelihood[key]:.4f}"
                      f"{'' if no_worse else '  BETTER THAN SEGMENTA'}")
        ours.stdin.close()
        ours.wait()


if __name__ == "__main__":
    main()
