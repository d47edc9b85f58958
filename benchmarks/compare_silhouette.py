#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The silhouette of scikit-learn over the customers of bench.silhouette:

    SEGMENTA_BENCH_DATA=customers.raw bench.silhouette
    python3 compare_silhouette.py customers.raw

Prints seconds and the mean; the mean is the one bench.silhouette shows.
"""
import sys
import time

import numpy
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

rows = numpy.ascontiguousarray(numpy.fromfile(sys.argv[1]).reshape(4, -1).T)
labels = numpy.arange(len(rows)) % 8
with threadpool_limits(1):
    for round_ in range(2):
        wall, cpu = time.perf_counter(), time.process_time()
        mean = silhouette_score(rows, labels)
        print(f"{time.perf_counter() - wall:.3f} s wall, {time.process_time() - cpu:.3f} s CPU, silhouette {mean:.9f}")
