"""NumPy doing what bench/metric measures; each function prints one line of JSON."""

import json
import resource
import sys
import time

import numpy as np
import pandas as pd


def passk(path):
    """Counts of a long table of samples, and pass@1 by model."""
    wall, cpu = time.perf_counter(), time.process_time()
    frame = pd.read_csv(path, usecols=["model", "item", "correct"])
    counts = frame.groupby(["model", "item"]).correct.agg(["size", "sum"])
    value = (counts["sum"] / counts["size"]).groupby("model").mean()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu,
            "value": float(value.mean()),
            "resident": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}


def particles(n, steps, states=16):
    """Multinomial and systematic resampling on a chain, vectorised over particles."""
    draw = np.random.default_rng(1)
    transition = draw.random((states, states))
    transition /= transition.sum(1, keepdims=True)
    cumulated = transition.cumsum(1)
    odds = np.arange(1, states + 1) / np.arange(states, 0, -1)
    out = {}
    for scheme in ("multinomial", "systematic"):
        cpu = time.process_time()
        state = draw.integers(states, size=n)
        for _ in range(steps - 1):
            weight = odds[state]
            total = weight.cumsum()
            u = draw.random(n) if scheme == "multinomial" else (np.arange(n) + draw.random()) / n
            parent = np.searchsorted(total, np.sort(u) * total[-1])
            state = state[np.minimum(parent, n - 1)]
            state = (draw.random((n, 1)) > cumulated[state]).sum(1)
        out[scheme] = {"rate": n * steps / (time.process_time() - cpu)}
    return out


def irt(models, items, seen, iterations=7, nodes=21):
    """EM of a 2PL with fixed quadrature: seconds of as many iterations, dense with a mask."""
    draw = np.random.default_rng(1)
    theta = draw.normal(size=models)
    a, d = np.exp(.3 * draw.normal(size=items)), draw.normal(size=items)
    mask = draw.random((models, items)) < seen
    right = (draw.random((models, items)) < 1 / (1 + np.exp(-(theta[:, None] * a + d)))) & mask
    wrong = mask & ~right
    right, wrong = right.astype(np.float32), wrong.astype(np.float32)
    x = np.linspace(-4, 4, nodes)
    prior = np.exp(-.5 * x * x)
    a, d = np.ones(items), np.zeros(items)
    cpu = time.process_time()
    for _ in range(iterations):
        eta = np.outer(a, x) + d[:, None]
        log_p, log_q = -np.log1p(np.exp(-eta)), -np.log1p(np.exp(eta))
        value = right @ log_p.astype(np.float32) + wrong @ log_q.astype(np.float32)
        weight = np.exp(value - value.max(1, keepdims=True)) * prior
        weight = (weight / weight.sum(1, keepdims=True)).astype(np.float32)
        r, w = right.T @ weight, wrong.T @ weight
        for _ in range(2):
            p = 1 / (1 + np.exp(-(np.outer(a, x) + d[:, None])))
            g, v = r - (r + w) * p, (r + w) * p * (1 - p)
            s0, s1 = g.sum(1) - d / 9, (g * x).sum(1)
            i0, i1, i2 = v.sum(1) + 1 / 9, (v * x).sum(1), (v * x * x).sum(1) + 1
            det = i0 * i2 - i1 * i1
            d, a = d + (i2 * s0 - i1 * s1) / det, np.maximum(.05, a + (i0 * s1 - i1 * s0) / det)
    return {"cpu": time.process_time() - cpu,
            "resident": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}


if __name__ == "__main__":
    name, arguments = sys.argv[1], [float(x) if x[0].isdigit() else x for x in sys.argv[2:]]
    call = {"passk": passk, "particles": particles, "irt": irt}[name]
    print(json.dumps(call(*[int(x) if isinstance(x, float) and x == int(x) else x for x in arguments])))
