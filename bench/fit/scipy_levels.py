"""A power law with a constant for each level of a table, in SciPy: least squares from 24 points with
the exact Jacobian, parameters that are positive as logarithms. Prints CPU seconds per level, of the
first COUNT of them.

    scipy_levels.py TABLE COUNT"""
import csv
import sys
import time

import numpy as np
from scipy.optimize import least_squares

STARTS = 24


def residual(theta, x, y):
    return theta[0] + np.exp(theta[1]) * x ** -theta[2] - y


def jacobian(theta, x, y):
    power = np.exp(theta[1]) * x ** -theta[2]
    return np.stack([np.ones_like(x), power, -power * np.log(x)], axis=1)


def main():
    levels = {}
    with open(sys.argv[1], newline="") as file:
        for row in csv.DictReader(file):
            levels.setdefault(row["g"], []).append((float(row["x"]), float(row["y"])))
    random, count = np.random.default_rng(1), int(sys.argv[2])
    begin = time.process_time()
    for rows in list(levels.values())[:count]:
        x, y = np.array(rows).T
        for _ in range(STARTS):
            start = [random.uniform(0, y.min()), np.log(10) * random.uniform(-2, 4), random.uniform(0.05, 1)]
            least_squares(residual, start, jacobian, args=(x, y), xtol=1e-12, ftol=1e-12, gtol=1e-12)
    print((time.process_time() - begin) / count)


main()
