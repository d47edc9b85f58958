#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""k-means of a million customers by scikit-learn, from the centres and over the data of bench.k_means:

    SEGMENTA_BENCH_DATA=customers.raw bench.k_means --benchmark_filter=fit_to_convergence
    python3 compare_k_means.py customers.raw

Prints seconds, iterations and inertia; the inertia is the one bench.k_means shows.
"""
import sys
import time

import numpy
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

columns = numpy.fromfile(sys.argv[1]).reshape(4, -1)
rows = numpy.ascontiguousarray(columns.T)
for threads in (1, 2):
    with threadpool_limits(threads):
        for round_ in range(3):
            model = KMeans(8, init=rows[:8], n_init=1, max_iter=1000, tol=0, algorithm="lloyd")
            wall, cpu = time.perf_counter(), time.process_time()
            model.fit(rows)
            print(
                f"threads {threads}: {time.perf_counter() - wall:.3f} s wall, {time.process_time() - cpu:.3f} s CPU, "
                f"{model.n_iter_} iterations, inertia {model.inertia_:.6f}"
            )
