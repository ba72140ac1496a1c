"""Times the published steps in Python, on the jobs of bench/observe/run, and prints JSON.

    peers.py                 our own statement of them in NumPy and SciPy (restated.py)
    peers.py CHECKOUT        the authors' code in that folder (checkout.py)

Of long jobs a part is measured and the seconds are those of the whole in proportion; imports are
not counted. With a checkout that cannot be used, prints one sentence and ends with status 1.
"""

import itertools
import json
import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np  # noqa: E402

import checkout  # noqa: E402
import restated  # noqa: E402

EMERGENT = ["persian_qa", "word_unscrambling", "ipa_transliterate", "subtract_3_digits",
            "add_3_digits", "multiply_2_digits", "add_2_digits"]
PREDICTORS = ["pc1", "pc2", "pc3", "pc4", "flops", "size"]
BOOTSTRAPS, MEASURED_BOOTSTRAPS = 1000, 20
SUBSETS, MEASURED_SUBSETS = 431909, 1000


def emergent(forecast):
    errors = {}
    for target in EMERGENT:
        B, t, flops, size = restated.table("emergent", target, restated.EIGHT, known_flops=True)
        train = np.flatnonzero(flops <= 84)
        test = np.setdiff1d(np.arange(len(t)), train)
        for predictor in PREDICTORS:
            errors[f"{target} {predictor}"] = forecast(predictor, B, t, flops, size, train, test)
    return 1, errors


def bootstrap(forecast):
    B, t, flops, size = restated.table("post_training", "gsm8k_cot", restated.SEVEN)
    train = np.flatnonzero(flops <= 84)
    test = np.setdiff1d(np.arange(len(t)), train)
    random = np.random.default_rng(1)
    for _ in range(MEASURED_BOOTSTRAPS):
        forecast("pc3", B, t, flops, size, random.choice(train, len(train)), test, True)
    return BOOTSTRAPS / MEASURED_BOOTSTRAPS, None


def sweep(forecast):
    B, t, flops, size = restated.table("emergent", "word_unscrambling", restated.EIGHT, True)
    order = restated.descending(t)
    for predictor in PREDICTORS:
        for fraction in np.linspace(0.6, 0.05, 30):
            n = int(fraction * len(t))
            forecast(predictor, B, t, flops, size, order[n:], order[:n])
    return 1, None


def selection(objective):
    by_family = restated.candidates()
    others = [f for f in by_family if f != "Llama-2"]
    best = -np.inf
    for chosen in itertools.islice(itertools.combinations(others, 5), MEASURED_SUBSETS):
        best = max(best, objective(by_family, ["Llama-2", *chosen]))
    return SUBSETS / MEASURED_SUBSETS, float(best)


def main():
    forecast, objective = restated.forecast, restated.subset_objective
    if len(sys.argv) > 1:
        try:
            forecast, objective = checkout.load(sys.argv[1])
        except checkout.Unusable as why:
            print(why)
            return 1
    found = {}
    for name, job, how in (("emergent", emergent, forecast), ("bootstrap", bootstrap, forecast),
                           ("sweep", sweep, forecast), ("selection", selection, objective)):
        start = time.process_time()
        factor, answer = job(how)
        found[name] = {"seconds": factor * (time.process_time() - start), "answer": answer}
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
