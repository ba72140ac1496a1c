"""Case bootstrap of the Chinchilla fit in SciPy, each refit from the best point: the cheapest honest
form. The objective is the one tuned by hand of bench/solver. Prints CPU seconds per resample."""
import pathlib
import sys
import time

import numpy as np
from scipy.optimize import minimize

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "solver"))
from chinchilla import objective, read  # noqa: E402


def main():
    data = np.array(read(sys.argv[1]))
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
