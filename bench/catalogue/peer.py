"""The search of a fit by SciPy, with the fit's own protocol: as many points drawn from the law's boxes
and evaluated, the best 24 (or as many as the law's own recipe asks for) brought to convergence, and
then further ones until the minimum is met. The formula is a NumPy function; L-BFGS-B with numerical gradients; parameters within their domain,
positive ones in logarithms within a factor of 10^9 of their starts, as forescale has them."""
import random
import re
import time
import warnings

import numpy
import scipy.optimize
import scipy.special

LONGEST = 60 # seconds
NEAR = 1e-3 # of the minimum above it: it is met
STARTS = 24 # that forescale converges too, but of a law that is linear in all parameters one
FUNCTIONS = {"exp": numpy.exp, "log": numpy.log, "log10": numpy.log10, "sqrt": numpy.sqrt,
             "expm1": numpy.expm1, "log1p": numpy.log1p, "min": numpy.minimum, "max": numpy.maximum,
             "softplus": lambda x: numpy.logaddexp(0, x), "abs": abs, "tanh": numpy.tanh,
             "sigmoid": scipy.special.expit, "where": numpy.where, "lgamma": scipy.special.gammaln,
             "lbeta": scipy.special.betaln, "clamp": numpy.clip}
SPACES = {"log": numpy.log, "logit": scipy.special.logit, "identity": lambda x: x}
warnings.simplefilter("ignore")


def written_out(formula, derived):
    """The formula with the derived quantities in it replaced by their definitions."""
    pattern = re.compile(r"\b(" + "|".join(map(re.escape, derived)) + r")\b") if derived else None
    while pattern and pattern.search(formula):
        formula = pattern.sub(lambda found: f"({derived[found[1]]['formula']})", formula)
    return formula


def python(formula):
    """The formula in Python, names that are its keywords with _ behind them."""
    return re.sub(r"\b(pass|lambda|is|in|if|as)\b", r"\1_", formula.replace("^", "**"))


def sums(formula):
    """What its sums need: sum_j adds over the first axis, which members have; j of sum_j(8, ...) is the
    numbers 1 to 8 on an axis before it."""
    names = {"sum_" + index: lambda *x: x[-1].sum(axis=0)
             for index in re.findall(r"sum_(\w+)\(", formula)}
    for index, count in re.findall(r"sum_(\w+)\((\d+),", formula):
        names[index] = numpy.arange(1, int(count) + 1)[:, None, None]
    return names


def number(text, columns):
    """A number, or a multiple of the least or largest value of a column, or a number over it."""
    found = re.fullmatch(r"(?:(.+)([*/]))?(min|max)\((\w+)\)", str(text))
    if not found:
        return float(text)
    extreme = columns[found[4]].min() if found[3] == "min" else columns[found[4]].max()
    return float(found[1] or 1) * (1 / extreme if found[2] == "/" else extreme)


def bounds(domain, columns):
    lo = hi = None
    for sign, end in re.findall(r"([<>])=? ([^,]+)", domain):
        if sign == ">":
            lo = number(end, columns)
        else:
            hi = number(end, columns)
    return lo, hi


def log_bounds(start_lo, start_hi, lo, hi):
    far = 9 * numpy.log(10)
    return (max(numpy.log(start_lo) - far, numpy.log(lo) if lo and lo > 0 else -numpy.inf),
            min(numpy.log(start_hi) + far, numpy.log(hi) if hi else numpy.inf))


class Parameters:
    """Free parameters of a fit as the vector x, and x as the arguments of the formula."""

    def __init__(self, fit, law, columns):
        self.members = tuple("_" + index for index in re.findall(r"sum_(\w+)\(", law["formula"]))
        self.free, self.fixed, self.ties, self.sets = [], {}, {}, {}
        for i, p in enumerate(fit["parameters"]):
            name = p["name"]
            self.sets.setdefault(name, []).append(i)
            if p["status"] == "fixed":
                self.fixed[i] = p["value"]
            elif p["status"] == "tied":
                self.ties[i] = next(k for k, q in enumerate(fit["parameters"])
                                    if q["name"] == p["tied_to"])
            else:
                about = law["parameters"][name]
                start = about["start"]
                lo, hi = (number(end, columns) for end in start[:2])
                self.free.append((i, len(start) == 3, lo, hi, bounds(about["domain"], columns)))

    def draw(self, source):
        return [source.uniform(numpy.log(lo), numpy.log(hi)) if log else source.uniform(lo, hi)
                for _, log, lo, hi, _ in self.free]

    def bounds(self):
        return [log_bounds(lo, hi, *limits) if log else limits
                for _, log, lo, hi, limits in self.free]

    def values(self, x):
        all_of = dict(self.fixed)
        for value, (i, log, *_) in zip(x, self.free):
            all_of[i] = numpy.exp(value) if log else value
        for i, k in self.ties.items():
            all_of[i] = all_of[k]
        return [all_of[at[0]] if not name.endswith(self.members)
                else numpy.array([all_of[i] for i in at])[:, None] for name, at in self.sets.items()]


def objective_of(fit, law, columns):
    parameters = Parameters(fit, law, columns)
    goal, space = fit["objective"], SPACES[fit["objective"]["space"]]
    derived = {name: about for name, about in (law.get("derived") or {}).items() if name not in columns}
    left, right = python(written_out(law["formula"], derived)).split(" = ")
    names = {**FUNCTIONS, **sums(right), **{python(name): values for name, values in columns.items()}}
    arguments = ", ".join(parameters.sets)
    right = eval(f"lambda {arguments}: {right}", names)
    if any(re.search(rf"\b{name}\b", left) for name in parameters.sets):
        left = eval(f"lambda {arguments}: {left}", names)
    else:
        measured = space(eval(left, names))
        left = None

    def objective(x):
        values = parameters.values(x)
        residual = space(right(*values)) - (space(left(*values)) if left else measured)
        if goal["loss"] == "huber":
            size, delta = abs(residual), goal["delta"]
            cost = numpy.where(size <= delta, size * size / 2, delta * (size - delta / 2)).sum()
        else:
            cost = (residual * residual).sum()
        return cost if numpy.isfinite(cost) else 1e30
    return objective, parameters


def multistart(fit, law, columns):
    """CPU seconds of the search, and by how much of the minimum the least objective it found lies above
    it; given up after LONGEST, or when no point is left."""
    objective, parameters = objective_of(fit, law, columns)
    source, best, begin = random.Random(1), float("inf"), time.process_time()
    asked, minimum = max(fit["starts"]["solved"], STARTS), fit["objective"]["value"]
    points = [parameters.draw(source) for _ in range(max(fit["starts"]["n"], asked))]
    for i, x in enumerate(sorted(points, key=objective)):
        if time.process_time() - begin > LONGEST or (i >= asked and best <= minimum * (1 + NEAR)):
            break
        got = scipy.optimize.minimize(objective, x, method="L-BFGS-B", bounds=parameters.bounds(),
                                      options={"ftol": 1e-15, "gtol": 1e-12, "maxiter": 2000})
        best = min(best, got.fun)
    return time.process_time() - begin, best / minimum - 1
