"""The Chinchilla problem of bench/solver/chinchilla.c in SciPy: L-BFGS-B with the exact gradient.

Same rows, same 4,500 starts, same objective (a sum, not a mean). SciPy's default options, or with
--tight a stop test that lets the starts converge; the limits on iterations and evaluations are out
of the way. The objective is tuned by hand, or with --plain written as the papers write it, with
SciPy's logsumexp and huber. Prints one line of JSON.
"""
import csv
import itertools
import json
import sys
import time

import numpy as np
from scipy.optimize import minimize
from scipy.special import huber, logsumexp

DELTA = 1e-3


def read(path):
    with open(path, newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kept_240"] == "1"]
    return [np.log([float(row[name]) for row in rows]) for name in ("N", "D", "loss")]


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
    return value, np.array(
        [gu.sum(), gv.sum(), np.dot(c, ee), -np.dot(gu, log_n), -np.dot(gv, log_d)]
    )


def plain_objective(theta, log_n, log_d, log_loss):
    a, b, e, alpha, beta = theta
    terms = np.stack([a - alpha * log_n, b - beta * log_d, np.full_like(log_n, e)])
    predicted = logsumexp(terms, axis=0)
    r = predicted - log_loss
    share = np.exp(terms - predicted) * np.clip(r, -DELTA, DELTA)
    return huber(DELTA, r).sum(), np.array(
        [share[0].sum(), share[1].sum(), share[2].sum(),
         -(share[0] * log_n).sum(), -(share[1] * log_d).sum()]
    )


def main():
    data = read(sys.argv[1])
    grid = [range(0, 30, 5), range(0, 30, 5), (-1, -0.5, 0, 0.5, 1)] + 2 * [(0, 0.5, 1, 1.5, 2)]
    options = {"maxiter": 100000, "maxfun": 100000}
    if "--tight" in sys.argv:
        options |= {"ftol": 0, "gtol": 1e-12}
    function = plain_objective if "--plain" in sys.argv else objective
    begin = time.process_time()
    answers = [
        minimize(function, start, args=tuple(data), jac=True, method="L-BFGS-B",
                 options=options)
        for start in itertools.product(*grid)
    ]
    seconds = time.process_time() - begin
    values = np.array([answer.fun for answer in answers])
    print(json.dumps({
        "starts": len(answers),
        "cpu_seconds": seconds,
        "evaluations_per_start": sum(answer.nfev for answer in answers) / len(answers),
        "best": values.min(),
        "within_1e-10": int((values <= 0.0010182740178006 * (1 + 1e-10)).sum()),
        "within_1e-6": int((values <= 0.0010182740178006 * (1 + 1e-6)).sum()),
        "within_1e-3": int((values <= 0.0010182740178006 * (1 + 1e-3)).sum()),
    }))


if __name__ == "__main__":
    main()
