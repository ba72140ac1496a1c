"""What the laws of theory, architecture, growth and evaluation expect: cases as in
test_expectations, and what they say against a point at which they are evaluated."""

import math
import random
import tempfile
import unittest

from expected import REFUSED, Expected, fit
from support import IS_QUICK, record, run, slow
from test_expectations import OVER, RAY, SIMPLEX, SQUARE, chinchilla, curve, steps, table


def grid(names, f, *axes):
    points = [()]
    for axis in axes:
        points = [p + (v,) for p in points for v in axis]
    return table((*names, "y"), [(*p, f(*p) * (1 + 0.002 * math.sin(7 * i)))
                                 for i, p in enumerate(points)])


def precision(bits, sizes=(1e8, 4e8, 1.6e9), acts=16, cache=16):
    def loss(n, w, post):
        kept = (1 - math.exp(0.3 - w / 2.67)) * (1 - math.exp(1.4 - acts / 2.21)) \
            * (1 - math.exp(2.4 - cache / 0.96))
        return 2.76 + 4299 * (n * kept) ** -0.4965 + 18060 * 1e10 ** -0.4965 \
            + 0.0598 * 1e10 ** 0.5068 * n ** -0.3439 * math.exp(-post / 0.59)
    return table(("N", "D", "P_w", "P_a", "P_kv", "P_post", "L"),
                 [(n, 1e10, w, acts, cache, post, loss(n, w, post))
                  for n in sizes for w in bits for post in (3, 4, 6)])


PRECISION = ["--fix", "E=2.76,A=4299,alpha=0.4965,B=18060,beta=0.4965,g_a=2.21,n_a=1.4,g_kv=0.96,"
             "n_kv=2.4,C_T=0.0598,g_D=0.5068,g_N=0.3439,g_post=0.59"]


def private(ratios, sizes=(5e6, 2e7, 8e7)):
    def noise(s):
        return 1 / (1 + math.exp(-(math.log(s) + 8) / 1.6))
    return table(("M", "T", "sbar", "L"),
                 [(m, t, s, 2 + 1000 * m ** -0.47 + 10 * t ** -0.12 + noise(s) ** 0.95 * m ** 0.07)
                  for m in sizes for t in steps(1e3, 1e5, 3) for s in ratios])


def elbows(losses, slope=0.4, noise=0.0, seed=1):
    stream = random.Random(seed)
    return table(("L", "D", "P"),
                 [(l, d, 0.25 + slope * max(0, 1.9 + 0.05 * math.log(d) ** 1.5 - l)
                   + noise * stream.gauss(0, 1)) for l in losses for d in (50, 200, 1000, 5000)])


def features(pairs):
    return table(("N", "T", "L"), [(n, t, 2.467 / min(n, t) / (1 - min(n, t) / max(n, t)))
                                   for n, t in pairs])


def growth(f, times):
    return curve(f, times, ("t", "K"))


def score(f, amounts):
    return curve(f, amounts, ("x", "s"))


def flexible(shares, law):
    """Losses of the candidates M1, M2 and M3, three domains."""
    def loss(a, b):
        c = 1 - a - b
        return {"m1": 1 + 0.5 * math.exp(-2 * a) + 0.3 * math.exp(-4 * b) + 0.2 * math.exp(-6 * c),
                "m2": 1 + 0.5 * math.exp(-2 * a) + 0.5 * math.exp(-4 * b) + 0.5 * math.exp(-6 * c),
                "m3": 1 + 0.5 * math.exp(-2 * a - 4 * b - 6 * c)}[law]
    return table(("r1", "r2", "L"), [(a, b, loss(a, b)) for a, b in shares])


def low(rows):
    """One loss below all others, as by a slip."""
    names, *lines = rows.strip().split("\n")
    at = names.split(",").index("L")
    cells = lines[3].split(",")
    cells[at] = "0.2"
    return "\n".join([names, *lines[:3], ",".join(cells), *lines[4:]]) + "\n"


EXACT = lambda sizes, lengths: table(
    ("N", "T", "acc"), [(n, t, math.exp(-t * (n / 1e6) ** -0.5)) for n in sizes for t in lengths])
PASS = lambda sizes: curve(lambda n: math.exp(-77 * n ** -0.13), sizes, ("N", "PU"))
COVER = lambda b: curve(lambda k: math.exp(-3 * k ** -b), [1, 3, 10, 30, 100], ("k", "pass"))
HILL = lambda x: 0.2 + 0.6 * x ** 2 / (x ** 2 + 100)
SATURATE = lambda x: 0.9 - 0.6 * math.exp(-x / 4)
TOP = lambda x: 0.5 - 0.1 * math.log(x / 4) ** 2
ACCURACY = lambda x: 0.05 + 0.95 / (1 + math.exp(3 - 2 * x))
WHOLE = range(11)

# law, options, sound rows, spoiled rows, code, part of the sentence
CASES = [
    ("precision", PRECISION, precision([4, 6, 8, 16]), precision([4, 6, 8, 65536]), "W-UNIT",
     "more than 32 bits"),
    ("precision", PRECISION, precision([4, 6, 8, 16]), precision([0.9, 4, 8, 16]), "W-UNIT",
     "less than one bit"),
    ("precision", PRECISION, precision([4, 8, 16]), precision([4, 8, 16], acts=3, cache=2),
     "W-VALUE", "so few bits leave no effective parameter"),
    ("precision", PRECISION, precision([4, 6, 8, 16]), precision([16]), "W-DESIGN",
     "g_w and n_w cannot be known"),
    ("precision", PRECISION, precision([4, 8]), precision([4, 8], sizes=(1e8, 4e8)), "W-DESIGN",
     "fewer than three sizes"),
    ("private-training", [], private([1e-6, 1e-5, 1e-4]), private([1e-6, 1e-5, 0.1]), "W-RANGE",
     "from 2^-23 to 2^-6"),
    ("private-training", [], private([1e-6, 1e-5]), private([1e-6, 1e-5], sizes=(5e6, 2e7)),
     "W-DESIGN", "fewer than three sizes"),
    ("vocabulary-growth", [], curve(lambda n: 3e6 * (n / 33e6) ** 0.83, steps(33e6, 3e9, 5),
                                    ("N", "N_v")),
     curve(lambda n: 3e6 * (n / 33e6) ** 0.83, [33e6, 3e9], ("N", "N_v")), "W-DESIGN",
     "fewer than three sizes"),
    ("vocabulary-growth", [], curve(lambda n: 3e6 * (n / 33e6) ** 0.83, steps(33e6, 3e9, 5),
                                    ("N", "N_v")),
     curve(lambda n: 30 * n, steps(33e6, 3e9, 5), ("N", "N_v")), "W-RANGE", "more parameters than"),
    ("vocabulary-growth", [], curve(lambda n: 3e6 * (n / 33e6) ** 0.83, steps(33e6, 3e9, 5),
                                    ("N", "N_v")),
     curve(lambda n: 3e6 * (n / 33e6) ** 0.83, steps(33e6, 1e11, 5), ("N", "N_v")), "W-RANGE",
     "from 33M to 3B"),
    ("exact-match", [], EXACT(steps(1e8, 1e10, 4), [1, 5]), EXACT(steps(1e8, 1e10, 4), [1, 5.5]),
     "W-WHOLE", "a whole number of tokens"),
    ("exact-match", [], EXACT(steps(1e8, 1e10, 4), [1, 5]), EXACT([1e8, 1e10], [1, 5]), "W-DESIGN",
     "fewer than three sizes"),
    ("task-pass", [], PASS(steps(7e7, 7e9, 5)), PASS([7e7, 7e9]), "W-DESIGN",
     "fewer than three sizes"),
    ("coverage", [], COVER(0.3), COVER(1.0), "W-NO-POWER-LAW", "an exponent near 1"),
    ("coverage", [], COVER(0.3), curve(lambda k: math.exp(-3 * k ** -0.3), [1, 10], ("k", "pass")),
     "W-DESIGN", "fewer than three numbers of samples"),
    ("beta-coverage", [], curve(lambda k: 1 - (k + 1) ** -0.3, [1, 3, 10, 30], ("k", "pass")),
     curve(lambda k: 1 - (k + 1) ** -0.3, [1, 2.5, 10, 30], ("k", "pass")), "W-WHOLE",
     "a number of samples is whole"),
    ("beta-coverage", [], curve(lambda k: 1 - (k + 1) ** -0.3, [1, 3, 10, 30], ("k", "pass")),
     curve(lambda k: 1 - (k + 1) ** -0.3, [1, 10], ("k", "pass")), "W-DESIGN",
     "fewer than three numbers of samples"),
    ("emergence-elbow", [], elbows(steps(1.4, 3.6, 12), noise=0.02), elbows(
        steps(1.4, 3.6, 12), slope=0, noise=0.01), "W-NO-ELBOW", "above chance by more than"),
    ("emergence-elbow", [], elbows(steps(1.4, 3.6, 12)), elbows(steps(3.3, 3.9, 12)), "W-NO-ELBOW",
     "above chance by more than"),
    ("emergence-elbow", [], elbows(steps(1.4, 3.6, 12)), elbows(steps(0.5, 2.0, 12)), "W-DESIGN",
     "all scores lie beyond their elbow, or all but one"),
    ("emergence-elbow", [], elbows(steps(1.4, 3.6, 12), noise=0.01),
     elbows(steps(1.4, 3.6, 12), noise=0.01) + "3.5,200,0.1\n", "W-BELOW-CHANCE",
     "below chance by more than the scatter"),
    ("emergence-elbow", [], elbows(steps(1.4, 3.6, 12)),
     table(("L", "D", "P"), [(l, d, 25 + 50 * max(0, 1.9 + 0.05 * math.log(d) ** 1.5 - l))
                             for l in steps(1.4, 3.6, 12) for d in (50, 200, 1000)]), "W-UNIT",
     "in percent?"),
    ("sigmoid-floor", [], curve(ACCURACY, steps(0.1, 3, 9)), curve(ACCURACY, [0.5, 1.5, 2.5]),
     "W-DESIGN", "fewer than four values"),
    ("sigmoid-floor", [], curve(ACCURACY, steps(0.1, 3, 9)),
     curve(lambda x: ACCURACY(3.2 - x), steps(0.1, 3, 9)), "W-VALUE", "is x a loss?"),
    ("sigmoid-floor", ["--fix", "w=2,b=-3"], curve(ACCURACY, steps(0.1, 3, 9)),
     curve(lambda x: 0.05, [-3, -2.5, -2, -1.5, -1]), "W-DESIGN", "no score has left the floor"),
    ("hill", [], score(HILL, steps(1, 100, 8)), score(HILL, steps(1, 100, 4)), "W-DESIGN",
     "fewer than five amounts"),
    ("hill", ["--fix", "x50=10"], score(HILL, steps(1, 100, 8)), score(HILL, steps(1, 8, 8)),
     "W-DESIGN", "beyond half the gain"),
    ("hill", [], score(HILL, steps(1, 100, 8)), score(lambda x: 1.4 * HILL(x), steps(1, 18, 8)),
     "W-OUTSIDE-RANGE", "fractions that end above 1"),
    ("saturating-exponential", [], score(SATURATE, steps(1, 32, 6)),
     score(SATURATE, steps(1, 32, 3)), "W-DESIGN", "fewer than four amounts"),
    ("saturating-exponential", [], score(SATURATE, steps(1, 32, 6)),
     score(lambda x: 1.3 * SATURATE(x), steps(0.5, 3, 6)), "W-OUTSIDE-RANGE",
     "fractions that end above 1"),
    ("inverted-u", [], score(TOP, steps(1, 32, 6)), score(TOP, steps(1, 32, 3)), "W-DESIGN",
     "fewer than four amounts"),
    ("inverted-u", [], score(TOP, steps(1, 32, 6)), score(lambda x: 1 - TOP(x), steps(1, 32, 6)),
     "W-VALUE", "the curve bends up"),
    ("inverted-u", [], score(TOP, steps(1, 32, 6)), score(TOP, steps(0.1, 3, 6)), "W-DESIGN",
     "not been seen to fall"),
    ("inverted-u", [], score(TOP, steps(1, 32, 6)), score(TOP, steps(6, 64, 6)), "W-DESIGN",
     "not been seen to rise"),
    ("exponential-growth", [], growth(lambda t: 2.0 ** t, WHOLE), growth(lambda t: 2.0 ** t,
                                                                         range(5)), "W-DESIGN",
     "fewer than six times"),
    ("exponential-growth", [], growth(lambda t: 2.0 ** t, WHOLE), growth(lambda t: 2.0 ** -t,
                                                                         WHOLE), "W-VALUE",
     "the amount falls"),
    ("logistic-growth", [], growth(lambda t: 10 / (1 + math.exp(5 - t)), WHOLE),
     growth(lambda t: 10 / (1 + math.exp(5 - t)), range(5)), "W-DESIGN", "fewer than six times"),
    ("logistic-growth", ["--fix", "t_mid=5"], growth(lambda t: 10 / (1 + math.exp(5 - t)), WHOLE),
     growth(lambda t: 10 / (1 + math.exp(5 - t)), [0, 0.5, 1, 2, 3, 4, 4.5]), "W-DESIGN",
     "beyond the middle"),
    ("logistic-growth", [], growth(lambda t: 10 / (1 + math.exp(5 - t)), WHOLE),
     growth(lambda t: 10 / (1 + math.exp(t - 5)), WHOLE), "W-VALUE", "the amount falls"),
    ("hyperbolic-growth", [], growth(lambda t: 3 / (1 - t / 12), range(8)),
     growth(lambda t: 3 / (1 - t / 12), range(4)), "W-DESIGN", "fewer than six times"),
    ("agents-power", [], grid(("M", "Q"), lambda m, q: 2 * m ** 0.8 * q ** 0.5, (1, 4, 16), (1, 3))
     .replace(",y", ",K"),
     grid(("M", "Q"), lambda m, q: 2 * m ** 0.8, (1, 4, 16, 64), (3,)).replace(",y", ",K"),
     "W-DESIGN", "d cannot be known"),
    ("agents-power", [], grid(("M", "Q"), lambda m, q: 2 * m ** 0.8 * q ** 0.5, (1, 4, 16), (1, 3))
     .replace(",y", ",K"),
     grid(("M", "Q"), lambda m, q: 2 * m ** 0.8 * q ** 0.5, (1, 4), (1, 3)).replace(",y", ",K"),
     "W-DESIGN", "fewer than three numbers of agents"),
    ("attack-capacity", [], curve(lambda a: 24 * a, [1, 2, 4, 8], ("a", "t")),
     curve(lambda a: 24 * a, [1, 2.5, 4, 8], ("a", "t")), "W-WHOLE", "controlled tokens is whole"),
    ("attack-capacity", [], curve(lambda a: 24 * a, [1, 2, 4, 8], ("a", "t")),
     table(("a", "t"), [(2, 47), (2, 48), (2, 49)]), "W-DESIGN", "grow in proportion"),
    ("variance-limited", [], curve(lambda x: 0.5 + 40 / x, steps(50, 5000, 8), ("x", "L")),
     curve(lambda x: 0.5 + 40 / x, steps(50, 5000, 3), ("x", "L")), "W-DESIGN",
     "fewer than four amounts"),
    ("variance-limited", [], curve(lambda x: 0.5 + 40 / x, steps(50, 5000, 8), ("x", "L")),
     curve(lambda x: 0.5 + 4 * x ** -0.2, steps(50, 5e6, 12), ("x", "L")), "W-VALUE",
     "limited by resolution"),
    ("manifold-dimension", [], curve(lambda n: 1 + 40 * n ** -0.4, steps(1e5, 1e9, 8), ("N", "L")),
     curve(lambda n: 1 + 40 * n ** -0.4, [1e5, 1e9, 1e5, 1e9], ("N", "L")), "W-DESIGN",
     "fewer than three sizes"),
    ("random-features", [], features([(50, 400), (100, 400), (200, 1000)]),
     features([(50, 400), (100, 400)]) + "400,400,5\n", REFUSED,
     "other than 0, found 0"),
    ("random-features", [], features([(50, 400), (100, 400), (200, 1000)]),
     features([(50, 400), (100, 400), (380, 400)]), "W-RANGE", "within a tenth"),
    ("random-features", [], features([(50, 400), (100, 400), (200, 1000)]),
     features([(50, 400), (50, 800), (50, 1600)]), "W-DESIGN", "a cannot be known"),
    ("zipf-learning", [], curve(lambda n: 0.69 * n ** -0.5, steps(10, 1e5, 6), ("n", "err")),
     curve(lambda n: 0.69 * n ** -0.5, [10, 1e5], ("n", "err")), "W-DESIGN", "two amounts"),
    ("zipf-learning", [], curve(lambda n: 0.69 * n ** -0.5, steps(10, 1e5, 6), ("n", "err")),
     curve(lambda n: 0.69 * n ** -0.5, steps(2, 1e5, 6), ("n", "err")), "W-RANGE",
     "fewer than 10 samples"),
    ("quanta", [], grid(("N", "D"), lambda n, d: 1 + n ** -0.7 + d ** -0.41, (1, 10, 100, 1000),
                        (1, 10, 100)).replace(",y", ",L"),
     grid(("N", "D"), lambda n, d: 1 + n ** -0.7 + d ** -0.41, (1, 10, 100, 1000), (10,))
     .replace(",y", ",L"), "W-DESIGN", "its term is part of E"),
    ("quanta", [], grid(("N", "D"), lambda n, d: 1 + n ** -0.7 + d ** -0.41, (1, 10, 100, 1000),
                        (1, 10, 100)).replace(",y", ",L"),
     grid(("N", "D"), lambda n, d: 1 + n ** -0.7 + d ** -0.41, (1, 10), (1, 10, 100))
     .replace(",y", ",L"), "W-DESIGN", "fewer than three sizes"),
    ("pruned-data", [], curve(lambda n: 0.05 + 0.4 * math.exp(-n / 2), steps(0.5, 8, 6),
                              ("n", "err")),
     curve(lambda n: 0.05 + 0.4 * math.exp(-n / 2), steps(0.5, 8, 3), ("n", "err")), "W-DESIGN",
     "fewer than four amounts"),
    ("linear", [], curve(lambda x: 1 + 2 * x, [1, 2, 3, 4]), curve(lambda x: 1 + 2 * x, [1, 4]),
     "W-DESIGN", "two points lie on any line"),
    ("clip-compute", ["--prepare", "none"], curve(lambda c: 5.8 * c ** -0.11, steps(1e10, 1e13, 5),
                                                  ("C", "err")),
     curve(lambda c: 5.8 * c ** -0.11, [1e10, 1e13], ("C", "err")), "W-DESIGN",
     "fewer than three amounts of compute"),
    ("mixing-2", [], curve(lambda r: 1 + 0.5 * math.exp(-2 * r), [0, 0.25, 0.5, 1], ("r", "L")),
     curve(lambda r: 1 + 0.5 * math.exp(-2 * r), [0, 1, 0, 1], ("r", "L")), "W-DESIGN",
     "fewer than three shares"),
    *((f"mixing-3-{m}", [], flexible(SIMPLEX, m), flexible(OVER, m), REFUSED,
       "add to more than 1 (W-SHARES") for m in ("m1", "m2", "m3")),
    *((f"mixing-3-{m}", ["--fix", "c=1"], flexible(SIMPLEX, m),
       flexible([(0.25, b / 16) for b in range(12)], m), "W-DESIGN", "the same in all mixtures")
      for m in ("m1", "m2", "m3")),
    ("mixing-3", ["--fix", "c=1"], flexible(SIMPLEX, "m3"), low(flexible(SIMPLEX, "m3")), "W-VALUE",
     "below the one that no mixture removes"),
    ("mixing", ["--map", "r_j=r1,r_j=r2", "--fix", "c=1"], flexible(SIMPLEX, "m3"),
     low(flexible(SIMPLEX, "m3")), "W-VALUE", "below the one that no mixture removes"),
    ("inference-aware", [], chinchilla(SQUARE), chinchilla(RAY), "W-DESIGN", "keep one ratio"),
    ("inference-aware", [], chinchilla(SQUARE), chinchilla([p for p in SQUARE if p[0] < 1e8]),
     "W-DESIGN", "fewer than three sizes"),
    ("error-from-loss", ["--fix", "eps=0.85"],
     curve(lambda l: 0.85 - 2 * math.exp(-0.75 * l), steps(2.2, 5, 6), ("L", "err")),
     curve(lambda l: 0.85 - 2 * math.exp(-0.75 * l), steps(2.2, 5, 6), ("L", "err")) + "6,0.93\n",
     "W-VALUE", "exceeds the one the law has without training"),
    ("emergence-elbow", ["--fix", "alpha=1.5"], elbows(steps(1.4, 3.6, 12)),
     table(("L", "D", "P"), [(l, d, 0.25 + 0.4 * max(0, 1.9 + 0.05 * math.log(d) ** 1.5 - l))
                             for l in steps(1.4, 3.6, 12) for d in (50, 5000)]), "W-DESIGN",
     "fewer than three amounts"),
    ("mixing-2", ["--fix", "c=1"], curve(lambda r: 1 + 0.5 * math.exp(-2 * r), [0, 0.25, 0.5, 1],
                                         ("r", "L")),
     curve(lambda r: 0.99 + 0.5 * math.exp(-9 * r), [0, 0.25, 0.5, 1], ("r", "L")), "W-VALUE",
     "below the one that no mixture removes"),
]


@slow
class Theory(Expected, unittest.TestCase):
    CASES = CASES


class Points(unittest.TestCase):
    """Where a law is evaluated: what it refuses, what it warns of, and a sound neighbour."""
    CASES = [
        ("private-training", "users=1e5,epsilon=4,delta=1e-8,T=1e4,batch=2e4",
         "users=1e4,epsilon=4,delta=1e-8,T=1e4,batch=2e4", REFUSED, "more users than there are"),
        ("private-training", "epsilon=4,delta=1e-8", "epsilon=-1,delta=1e-8", REFUSED,
         "epsilon is above 0"),
        ("private-training", "users=1e5,epsilon=4,delta=1e-8,T=1e4,batch=2e4",
         "users=1e5,epsilon=4,delta=1e-4,T=1e4,batch=2e4", "W-VALUE", "not below one over"),
        ("private-training", "users=1e5,epsilon=4,delta=1e-8,T=1e4,batch=2e4",
         "users=1e7,epsilon=4,delta=1e-8,T=10,batch=20", "W-RANGE", "the central limit is rough"),
        ("private-training", "M=1e8,T=1e4,sbar=1e-5", "M=1e8,T=1e4,sbar=1", "W-RANGE",
         "from 2^-23 to 2^-6"),
        ("vocabulary", "N=1e9,d=2048,H=1e12,V=32000", "N=1e9,d=2048,H=1e12,V=300000", "W-RANGE",
         "frozen above 200,000"),
        ("vocabulary", "N=1e9,d=2048,H=1e12,V=32000", "N=7e10,d=8192,H=1e12,V=32000", "W-RANGE",
         "33M to 3B"),
        ("attack-capacity", "width=512,bits=16,vocabulary=50304", "width=512,bits=16,vocabulary=1",
         REFUSED, "two entries or more"),
        ("precision", "C=1e21,P=8", "C=1e21,P=0.5", REFUSED, "a number of bits is 1 or more"),
        ("random-features", "N=100,T=400", "N=100,T=100", REFUSED, "as many features as samples"),
        ("random-features", "N=100,T=400", "N=100,T=105", "W-RANGE", "within a tenth"),
        ("inference-aware", "N_best=13e9,D_inf=2e12", "N_best=13e9,D_inf=-1e12", REFUSED,
         "tokens to serve are 0 or more"),
        ("inference-aware", "D_in=1e12,D_out=1e12,U_train=0.4,U_in=0.4,U_out=0.1",
         "D_in=1e12,D_out=1e12,U_train=40,U_in=40,U_out=10", REFUSED, "fractions of the peak"),
        ("mixing", "r_1=0.4", "r_1=1.0", None, None),
        # What is expected of a fitted curve holds of a published one where it is asked too.
        ("precision", "P_w=8,P_a=8,P_kv=8,P_post=100,N=1e8,D=1e10",
         "P_w=8,P_a=2,P_kv=2,P_post=100,N=1e8,D=1e10", "W-VALUE", "no effective parameter"),
        ("quality-quantity", "n=12.8e6,P=12.8e6", "n=4e5,P=12.8e6", "W-VALUE", "exceeds 1"),
        ("lr-annealing", "S1=10,S2=0.1", "S1=10,S2=20", "W-VALUE", "not positive"),
        ("examples-power", "D=1e4", "D=1e9", "W-VALUE", "score exceeds 1"),
        ("shifted-power", "C=1e10", "C=1", "W-OUTSIDE-RANGE", "err is 1.002 there, above 1"),
    ]

    def test_each(self):
        for law, sound, spoiled, code, sentence in self.CASES[::3 if IS_QUICK else 1]:
            with self.subTest(f"{law}: {sentence}"):
                said = record(["laws", "eval", law, "--at", sound]).get("warnings", [])
                self.assertFalse([w for w in said if sentence and sentence in w["message"]])
                if code is REFUSED:
                    status, _, err = run(["laws", "eval", law, "--at", spoiled])
                    self.assertEqual(status, 3, err)
                    self.assertIn(sentence, " ".join(err.split()))
                elif code:
                    said = record(["laws", "eval", law, "--at", spoiled])["warnings"]
                    self.assertEqual({w["code"] for w in said if sentence in w["message"]}, {code})

    def test_a_size_too_small_for_the_loss(self):
        """Half a billion parameters never have the loss of 13 billion: no number, not a wrong one."""
        for size, known in (("7e9", True), ("5e8", False)):
            got = record(["laws", "eval", "inference-aware", "--at", f"N_best=13e9,N={size}"])
            tokens = next(d["value"] for d in got["derived"] if d["name"] == "D_needed")
            self.assertEqual(tokens is not None, known)

    def test_a_fit_is_asked_the_same(self):
        """--at of a fit, and of one that was saved."""
        sound, spoiled = "P_w=8,P_a=8,P_kv=8,P_post=4,N=1e9,D=1e10", \
            "P_w=64,P_a=8,P_kv=8,P_post=4,N=1e9,D=1e10"
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/fit.json"
            plain = ["fit", "precision", "-", "--quick", "--starts", "6", *PRECISION]
            record([*plain, "-o", path], stdin=precision([4, 6, 8, 16]))
            for at, said in ((sound, set()), (spoiled, {"W-UNIT"})):
                for got in (record([*plain, "--at", at], stdin=precision([4, 6, 8, 16])),
                            record(["predict", path, "--at", at])):
                    self.assertEqual({w["code"] for w in got["warnings"]
                                      if "more than 32 bits" in w["message"]}, said)
            few = "P_w=8,P_a=0.5,P_kv=8,P_post=4,N=1e9,D=1e10"
            for got in (record([*plain, "--at", few], stdin=precision([4, 6, 8, 16])),
                        record(["predict", path, "--at", few])):
                self.assertIn("W-VALUE", {w["code"] for w in got["warnings"]
                                          if "asked by --at" in w["message"]})
            for args in ([*plain, "--at", "C=1e21,P=0.5"], ["predict", path, "--at",
                                                            "C=1e21,P=0.5..8"]):
                status, _, err = run(args, stdin=precision([4, 6, 8, 16]))
                self.assertEqual(status, 3)
                self.assertIn("a number of bits is 1 or more (W-UNIT: not P >= 1", err)

    def test_a_fit_by_level_is_held_to_the_same(self):
        """Constants by level: those of one level that are out, a level with too few rows of its own,
        a point asked of one level."""
        def rows(source, slope, sizes):
            return "".join(f"{source},{n!r},{min(1, 0.1 * n ** slope * (1 + 1e-3 * math.sin(n)))!r}\n"
                           for n in sizes)
        sizes = steps(1e2, 1e4, 6)
        fit = ["fit", "examples-power", "-", "--quick", "--by", "source"]
        table = "source,D,P\n" + rows("web", 0.2, sizes)
        for more, said in ((rows("books", 0.15, sizes), set()),
                           (rows("books", 0.15, sizes[:2]), {"W-DESIGN"}),
                           (rows("books", 0.27, sizes), {"W-VALUE"})):
            for at, codes in ((["--at", "D=2e4,source=web"], said),
                              (["--at", "D=1e8,source=books"], said | {"W-VALUE"})):
                got = record([*fit, *at], stdin=table + more)["warnings"]
                self.assertEqual({w["code"] for w in got if "amounts of examples" in w["message"]
                                  or "fitted score exceeds 1" in w["message"]}, codes)

    def test_domains(self):
        """Bits of 0, a size of 0 and a pass rate of 1 are outside the domain of their column."""
        for law, rows, sentence in (
                ("precision", precision([4, 8]).replace("\n100000000.0,", "\n0,", 1),
                 "N must be > 0, found 0"),
                ("precision", precision([4, 8]) + "1e8,1e10,0,16,16,4,3\n", "P_w must be > 0, found 0"),
                ("emergence-elbow", elbows(steps(1.4, 3.6, 6)) + "2.0,1,0.3\n",
                 "D must be > 1, found 1"),
                ("clip-compute", "C,err\n1e10,20.5\n1e11,0.2\n1e12,0.1\n", "a percentage?"),
                ("task-pass", "N,PU\n1e8,0\n1e9,0.1\n1e10,0.2\n", "PU must be > 0, found 0"),
                ("exact-match", "N,T,acc\n1e8,5,0\n1e9,5,0.1\n1e10,5,0.2\n",
                 "acc must be > 0, found 0")):
            status, _, err = fit(law, [], rows)
            self.assertEqual(status, 3, law)
            self.assertIn(sentence, " ".join(err.split()))


if __name__ == "__main__":
    unittest.main()
