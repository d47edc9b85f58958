#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Gaussian mixtures, mini-batch k-means, k-prototypes, k-medoids and Ward's tree by Python packages, over the data of
bench.clusterings:

    pip install scikit-learn scipy kmodes kmedoids
    mkdir data; SEGMENTA_BENCH_DATA=data bench.clusterings
    python3 compare_clusterings.py data [--two]

One thread (--two: then two as well). Prints seconds and `answer`, which is that of bench.clusterings: the mean
log-likelihood, the inertia or cost a customer, the mean distance to the medoid, the height of the last merge. What is
not installed is said and left out.
"""
import argparse
import importlib.util
import os
import time

import numpy
from threadpoolctl import threadpool_limits


def have(name):
    found = importlib.util.find_spec(name) is not None
    if not found:
        print(f"{name} is not installed: left out")
    return found


def rows_of(folder, rows, kind, dtype):
    columns = numpy.fromfile(os.path.join(folder, f"{rows}.{kind}"), dtype=dtype).reshape(-1, rows)
    return numpy.ascontiguousarray(columns.T)


def timed(name, fit, answer, rounds=3):
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        model = fit()
        seconds.append(time.perf_counter() - start)
    print(f"{name}: {sorted(seconds)[len(seconds) // 2]:.3f} s (median of {rounds}), answer {answer(model):.6f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--two", action="store_true")
    options = parser.parse_args()
    numbers = {n: rows_of(options.folder, n, "numbers", numpy.float64) for n in (5_000, 20_000, 200_000, 1_000_000)}
    codes = {n: rows_of(options.folder, n, "categories", numpy.uint32) for n in (5_000, 200_000)}
    for threads in (1, 2) if options.two else (1,):
        print(f"threads {threads}")
        with threadpool_limits(threads):
            compare(numbers, codes)


def compare(numbers, codes):
    if have("sklearn"):
        from sklearn.cluster import MiniBatchKMeans
        from sklearn.mixture import GaussianMixture

        some = numbers[200_000]
        timed(
            "Gaussian mixture, 200,000",
            lambda: GaussianMixture(4, tol=1e-7, max_iter=1000, random_state=0).fit(some),
            lambda model: model.score(some),
        )
        for n in (200_000, 1_000_000):
            # as many steps as bench.clusterings makes: 100 from each of three starts
            timed(
                f"mini-batch k-means, {n:,}",
                lambda n=n: [
                    MiniBatchKMeans(8, batch_size=1024, max_iter=1, n_init=1, random_state=s).fit(numbers[n][: 1024 * 100])
                    for s in range(3)
                ],
                lambda models, n=n: min(-model.score(numbers[n]) / n for model in models),
            )
    if have("scipy"):
        from scipy.cluster.hierarchy import linkage

        for n in (5_000, 20_000):
            timed(f"Ward, {n:,}", lambda n=n: linkage(numbers[n], "ward"), lambda tree: tree[-1, 2], 1)
    if have("kmedoids"):
        import kmedoids
        from scipy.spatial.distance import cdist

        few = numbers[5_000]
        timed(
            "k-medoids, 5,000",
            lambda: kmedoids.fasterpam(cdist(few, few), 8, init="build"),
            lambda model: model.loss / len(few),
        )
    if have("kmodes"):
        from kmodes.kprototypes import KPrototypes

        mixed = numpy.concatenate([numbers[5_000].astype(object), codes[5_000].astype(object)], axis=1)
        timed(
            "k-prototypes, 5,000, one start",
            lambda: KPrototypes(4, init="Huang", n_init=1, random_state=0).fit(mixed, categorical=list(range(4, 10))),
            lambda model: model.cost_ / len(mixed),
            1,
        )


if __name__ == "__main__":
    main()
