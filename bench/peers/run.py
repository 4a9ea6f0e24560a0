"""Times one peer: run.py SUITE FUNCTION REPETITIONS name:dtype:file ...  Prints the median CPU seconds."""

import importlib
import sys
import time

import numpy as np

suite, function, repetitions, *inputs = sys.argv[1:]
arrays = {}
for text in inputs:
    name, dtype, path = text.split(":", 2)
    arrays[name] = np.fromfile(path, dtype=dtype)
call = getattr(importlib.import_module(suite), function)
call(**arrays)
times = []
for _ in range(int(repetitions)):
    start = time.process_time()
    call(**arrays)
    times.append(time.process_time() - start)
print(sorted(times)[len(times) // 2])
