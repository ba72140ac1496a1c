"""Case bootstrap of the Chinchilla fit in SciPy: the objective and starts of the replication's
notebook cut down to one warm start, the cheapest honest form. Prints CPU seconds per resample."""
import csv
import sys
import time

import numpy as np
from scipy.optimize import minimize

DELTA = 1e-3


def objective(theta, log_n, log_d, log_loss):
    a, b, e, alpha, beta = theta
    u, v = a - alpha * log_n, b - beta * log_d
    top = np.maximum(np.maximum(u, v), e)
    eu, ev, ee = np.exp(u - top), np.exp(v - top), np.exp(e - top)
    total = eu + ev + ee
    r = top + np.log(total) - log_loss
    c = np.clip(r, -DELTA, DELTA)
    value = np.dot(c, r - 0.5 * c)
    c /= total
    gu, gv = c * eu, c * ev
    return value, np.array([gu.sum(), gv.sum(), np.dot(c, ee), -np.dot(gu, log_n), -np.dot(gv, log_d)])


def main():
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kept_240"] == "1"]
    data = np.log([[float(row[name]) for row in rows] for name in ("N", "D", "loss")])
    best = np.array([np.log(477.8), np.log(2143.0), np.log(1.8172), 0.3473, 0.3672])
    resamples = int(sys.argv[2])
    random = np.random.default_rng(1)
    begin = time.process_time()
    for _ in range(resamples):
        rows = random.integers(0, data.shape[1], data.shape[1])
        minimize(objective, best, args=tuple(data[:, rows]), jac=True, method="L-BFGS-B",
                 options={"maxiter": 10000, "maxfun": 10000})
    print((time.process_time() - begin) / resamples)


main()
