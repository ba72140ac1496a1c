"""The observational pipeline as its published analyses run it, stated again in NumPy and SciPy.

Ruan, Maddison and Hashimoto (2024, arXiv:2405.10938): rank-one imputation of standardised scores,
principal components of centred ones, a sigmoid fitted by SciPy's minimisers from one start with
numerical gradients and default stop tests. It is the yardstick of bench/observe/run where the
authors' code is not at hand, and tells in tests/data/obs/aue.json which objective each of their
splits ended at. Nothing is taken from their code.
"""

import csv
import pathlib

import numpy as np
from scipy.optimize import minimize

DATA = pathlib.Path(__file__).resolve().parent.parent.parent / "data/obs-scaling"
SEVEN = ["mmlu", "arc_c", "hellaswag", "winogrande", "truthfulqa", "xwinograd", "humaneval"]
EIGHT = ["mmlu", "arc_c", "hellaswag", "winogrande", "truthfulqa", "gsm8k", "xwinograd",
         "humaneval"]
ROUNDS = 1000
FLOOR_MOST = 0.2


def number(text):
    return float(text) if text else np.nan


def read(name):
    with open(DATA / f"{name}.csv", encoding="utf-8") as source:
        return list(csv.DictReader(source))


def table(scores, target, benchmarks, known_flops=False):
    """B [n, p], t [n], FLOPs/1e21 [n], parameters/1e9 [n] of the models that have the target."""
    of = {row["model"]: number(row[target]) for row in read(scores)}
    rows = [row for row in read("models")
            if not np.isnan(of.get(row["model"], np.nan))
            and not (known_flops and row["family"] in ("Mistral", "Mixtral"))]
    return (np.array([[number(row[b]) for b in benchmarks] for row in rows]),
            np.array([of[row["model"]] for row in rows]),
            np.array([number(row["flops"]) / 1e21 for row in rows]),
            np.array([number(row["params"]) / 1e9 for row in rows]))


# ---- capability space ----

def first_component(Z):
    mean = Z.mean(axis=0)
    _, _, V = np.linalg.svd(Z - mean, full_matrices=False)
    return mean, V[0]


def on_line(Z, mean, direction):
    return mean + np.outer((Z - mean) @ direction, direction)


def impute(train, test, rounds=None):
    mean, deviation = np.nanmean(train, axis=0), np.nanstd(train, axis=0)
    filled = []
    line = None
    for rows in (train, test):
        Z = (rows - mean) / deviation
        empty = np.isnan(Z)
        Z[empty] = 0
        fitting = line is None
        for _ in range((rounds or ROUNDS) if fitting or empty.any() else 0):
            if fitting:
                line = first_component(Z)
            Z[empty] = on_line(Z, *line)[empty]
        filled.append(np.clip(Z * deviation + mean, 0, 1))
    return filled


def components(train, test, k):
    """Scores of both; of each component the largest training score is positive."""
    mean = train.mean(axis=0)
    U, _, V = np.linalg.svd(train - mean, full_matrices=False)
    sign = np.sign(U[np.abs(U).argmax(axis=0), range(U.shape[1])])
    V = (V * sign[:, None])[:k]
    return (train - mean) @ V.T, (test - mean) @ V.T


# ---- curve ----

def curve(theta, X, floor):
    b = theta[-1] if floor else 0.0
    w = theta[1:-1] if floor else theta[1:]
    with np.errstate(over="ignore"):
        return b + (1 - b) / (1 + np.exp(-(theta[0] + X @ w)))


def huber(r, delta):
    size = np.abs(r)
    return np.where(size <= delta, r * r / 2, delta * (size - delta / 2)).sum()


def fit(X, t, floor, delta=1.0):
    """From one start with SciPy's defaults, as published."""
    start = np.r_[0.0, np.full(X.shape[1], 0.03), [0.0] * floor]
    bounds = [(None, None)] * (X.shape[1] + 1) + [(0, FLOOR_MOST)] if floor else None
    return minimize(lambda theta: huber(curve(theta, X, floor) - t, delta), start, bounds=bounds,
                    method="L-BFGS-B" if floor else "BFGS").x


# ---- one forecast, and the sweep ----

def features(predictor, B, flops, size, train, test):
    """X of the training and of the test rows; rows of unknown compute have NaN."""
    if predictor.startswith("pc"):
        return components(*impute(B[train], B[test]), int(predictor[2:]))
    x = np.log((flops if predictor == "flops" else size) + 1e-9)[:, None]
    return x[train], x[test]


def forecast(predictor, B, t, flops, size, train, test, floor=False):
    """Training and test error, means of squares, of one split."""
    X, X_test = features(predictor, B, flops, size, train, test)
    known, judged = ~np.isnan(X).any(axis=1), ~np.isnan(X_test).any(axis=1)
    theta = fit(X[known], t[train][known], floor)
    return (np.mean((curve(theta, X[known], floor) - t[train][known]) ** 2),
            np.mean((curve(theta, X_test[judged], floor) - t[test][judged]) ** 2))


def descending(key, stable=False):
    """Order by key from the largest: equals in order of appearance, or as pandas leaves them."""
    if stable:
        return np.argsort(-key, kind="stable")
    order = np.arange(len(key))[::-1]
    return order[np.argsort(key[::-1], kind="quicksort")][::-1]


def sweep(predictor, B, t, flops, size, stable=False, by=None, floor=False):
    """(fraction, training error, test error) of 30 splits by a key, else by the target itself."""
    order = descending(t if by is None else by, stable)
    steps = []
    for fraction in np.linspace(0.6, 0.05, 30):
        n_test = int(fraction * len(t))
        steps.append((fraction, *forecast(predictor, B, t, flops, size, order[n_test:],
                                          order[:n_test], floor)))
    return steps


# ---- choosing models ----

def candidates():
    """Component scores of all models, by family: a list of [n_f, 3]."""
    rows = read("models")
    B = np.array([[number(row[b]) for b in EIGHT] for row in rows])
    scores = components(*impute(B, B[:0]), 3)[0]
    families = sorted({row["family"] for row in rows})
    return {f: scores[[row["family"] == f for row in rows]] for f in families}


def subset_objective(by_family, chosen):
    """Minus the trace of G_all G_chosen^-1, each computed anew as published."""
    everything = np.vstack(list(by_family.values()))
    X = np.vstack([by_family[f] for f in chosen])
    return -np.trace(everything.T @ everything @ np.linalg.inv(X.T @ X))
