"""Profile intervals of the five Chinchilla parameters in SciPy: for each end brentq on the objective
minimised with one coordinate held (L-BFGS-B, exact gradient, from the last point and from the fit, since
it stops early at the kinks of this loss). Rows, objective and coordinates are those of bench/solver.
Arguments: table, limit of the objective. Prints CPU seconds
and the ends."""
import json
import pathlib
import sys
import time

import numpy as np
from scipy.optimize import brentq, minimize

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "solver"))
from chinchilla import objective, read  # noqa: E402

OPTIONS = {"maxiter": 10000, "maxfun": 10000, "ftol": 1e-14, "gtol": 1e-10}
NAMES = ["A", "B", "E", "alpha", "beta"]


def main():
    data, limits = read(sys.argv[1]), json.loads(sys.argv[2])
    begin = time.process_time()
    start = np.array([np.log(477.8), np.log(2143.0), np.log(1.8172), 0.3473, 0.3672])
    best = minimize(objective, start, args=tuple(data), jac=True, method="L-BFGS-B",
                    options=OPTIONS)
    ends = {}
    for k, name in enumerate(NAMES):
        others = [i for i in range(5) if i != k]
        warm = best.x.copy()

        def above(value, k=k, others=others, warm=warm, limit=limits[name]):
            def held(rest):
                theta = np.empty(5)
                theta[k], theta[others] = value, rest
                f, g = objective(theta, *data)
                return f, g[others]
            found = min((minimize(held, rest, jac=True, method="L-BFGS-B", options=OPTIONS)
                         for rest in (warm[others], best.x[others])), key=lambda one: one.fun)
            warm[others] = found.x
            return found.fun - best.fun - limit

        ends[name] = []
        for sign in (-1, 1):
            warm[:] = best.x
            step = sign * 0.02
            while above(best.x[k] + step) < 0:
                step *= 2
            root = brentq(above, best.x[k], best.x[k] + step, xtol=1e-9)
            ends[name].append(float(np.exp(root) if k < 3 else root))
    print(json.dumps({"cpu_seconds": time.process_time() - begin, "ends": ends}))


main()
