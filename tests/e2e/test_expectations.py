"""What law files expect of rows and constants: each case spoils sound rows in one way that the
literature warns of, and the law says so by its code (or refuses). Sound rows say nothing."""

import math
import re
import unittest

from expected import REFUSED, Expected, fit
from support import ROOT, run, slow



def table(names, rows):
    return "\n".join([",".join(names), *(",".join(f"{v!r}" for v in row) for row in rows)]) + "\n"


def curve(f, x, names=("x", "y")):
    return table(names, [(v, f(v) * (1 + 0.002 * math.sin(7 * i))) for i, v in enumerate(x)])


def steps(lo, hi, n):
    return [lo * (hi / lo) ** (i / (n - 1)) for i in range(n)]


def chinchilla(pairs):
    return table(("N", "D", "L"), [(n, d, 1.8 + 480 / n ** 0.35 + 2100 / d ** 0.37)
                                   for n, d in pairs])


def kaplan(pairs):
    return table(("N", "D", "L"), [(n, d, ((8e13 / n) ** 0.76 + 5e13 / d) ** 0.1)
                                   for n, d in pairs])


def streams(counts):
    return table(("N", "P", "L"), [(n, p, 1.2 + (2e8 / (n * (1 + 0.35 * math.log(p)))) ** 0.2)
                                   for n in steps(5e8, 5e9, 4) for p in counts])


def gadre(ratios):
    return table(("C", "M", "L"), [(c, m, 1.5 + (140 * m ** 0.12 + 190 * m ** -0.12) * c ** -0.12)
                                   for c in steps(1e17, 1e20, 4) for m in ratios])


def mixtures(shares):
    return table(("r1", "r2", "L"), [(a, b, 1 + 0.5 * math.exp(-2 * a + b)) for a, b in shares])


def broken(x):
    return curve(lambda v: 0.4 + 2.3 * v ** -0.06 * (1 + (v / 50) ** 2) ** -0.3, x)


def annealed(sign):
    return table(("S1", "S2", "L"), [(s, sign * a, 2.6 + 0.6 * s ** -0.45 - 0.4 * a)
                                     for s in steps(0.5, 20, 6) for a in (0, 0.01, 0.02)])


def repeated(uniques):
    return table(("N", "D", "U", "L"),
                 [(n, d, u * d, 1.8 + 520 / n ** 0.35 + 1490 / (d * min(u, 1) ** 0.1) ** 0.35)
                  for n in steps(1e8, 1e10, 4) for d in steps(1e10, 1e11, 3) for u in uniques])


def vocabulary(sizes, entries):
    def tokens(v, h):
        l = math.log(min(v, 200000))
        return h * (0.00639222 * l * l - 0.15811069 * l + 1.20470122)
    return table(("N", "V", "d", "H", "L"),
                 [(n, v, 1024, h, -5.5 + 1.8 * (n / 1e6) ** -0.45 + 0.2 * (v * 1024 / 1e6) ** -0.67
                   + 2.1 * (tokens(v, h) / 1e9) ** -0.45)
                  for n in sizes for v in entries for h in steps(1e9, 1e11, 3)])


def crossing(scales, second=(0, 1), exponents=(0.2, 0.3)):
    return table(("x", "second", "y"),
                 [(x, s, 0.1 + (20 * x ** -exponents[1] if s else 5 * x ** -exponents[0])
                   * (1 + 1e-3 * math.sin(x))) for x in scales for s in second])


def one_scale_each(scales):
    """Four scales in all, two for each recipe."""
    return table(("x", "second", "y"), [(x * (1 + 0.01 * k), int(i > 1), 0.1 + 5 * x ** -0.2)
                                        for i, x in enumerate(scales) for k in (0, 0)])


def falls(limit):
    """A rate that falls by steps: columns of the law multi-power."""
    rows = []
    for s in steps(0.4, 20, 30):
        lag = max(0.0, s - 2)
        loss = limit + 0.6 * s ** -0.45
        if lag:
            loss -= 400 * 1e-4 * (1 - (1 + 2 * 2e-4 ** -0.6 * lag) ** -0.6)
        rows.append((s, 1e-4 if lag else 0, 2e-4, lag, loss))
    return table(("S1", "fall_1", "rate_1", "lag_1", "L"), rows)


def curves_twice(x):
    return curve(lambda v: 0.3 + 20 * v ** -0.3, [v for v in x for _ in (0, 1)])


SQUARE = [(n, d) for n in steps(1e7, 1e10, 5) for d in steps(1e9, 1e12, 5)]
RAY = [(n, 20 * n) for n in steps(1e7, 1e10, 9)]
SIMPLEX = [(a / 8, b / 8) for a in range(7) for b in range(7) if a + b <= 8]
OVER = [*SIMPLEX, (0.75, 0.5)]
POWER = lambda v: 40 * v ** -0.3
FLOOR = lambda v: 0.3 + 20 * v ** -0.3

# law, options, sound rows, spoiled rows, code, part of the sentence
CASES = [
    ("power", [], curve(POWER, steps(1e5, 1e8, 6)), curve(POWER, [1e5, 1e8]), "W-DESIGN",
     "two sizes"),
    ("learning-curve", [], curve(FLOOR, steps(1e4, 1e8, 8)), curve(FLOOR, steps(1e4, 1e8, 4)),
     "W-DESIGN", "needs five sizes"),
    ("power-plus-constant", ["--map", "L=y"], curve(FLOOR, steps(1e4, 1e8, 8)),
     curve(FLOOR, steps(1e4, 1e8, 3)), "W-DESIGN", "four scales"),
    ("power", [], curve(POWER, steps(1e5, 1e8, 6)), curve(lambda v: 0.2 * v ** 0.05, steps(1e5,
     1e8, 6)),
     "W-TREND", "a score where a loss is meant"),
    ("chinchilla", [], chinchilla(SQUARE), chinchilla(RAY), "W-DESIGN", "keep one ratio"),
    ("chinchilla", [], chinchilla(SQUARE), chinchilla([p for p in SQUARE if p[0] < 1e8]),
     "W-DESIGN", "fewer than three sizes"),
    ("kaplan-nd", [], kaplan(SQUARE), kaplan(RAY), "W-DESIGN", "keep one ratio"),
    ("parallel-streams", [], streams([1, 2, 4, 8]), streams([1, 1.5, 4, 8]), REFUSED,
     "a number of streams is whole (W-WHOLE: not P == round(P) at 4 of 16 rows, first at line 3)"),
    ("parallel-streams", ["--fix", "k=0.35"], streams([1, 2, 4, 8]), streams([1]), "W-DESIGN",
     "k cannot be known"),
    ("parallel-streams", [], streams([1, 2, 4, 8]), streams([1, 2, 4, 16]), "W-RANGE",
     "more than eight"),
    ("correlated-streams", [], streams([1, 2, 4, 8]), streams([1, 1.5, 4, 8]), REFUSED,
     "a number of streams is whole"),
    ("correlated-streams", ["--fix", "rho=0.9"], streams([1, 2, 4, 8]), streams([1]), "W-DESIGN",
     "rho cannot be known"),
    ("correlated-streams", [], streams([1, 2, 4, 8]), streams([1, 2, 4, 16]), "W-RANGE",
     "more than eight"),
    ("overtraining", [], gadre([20, 80, 320]), gadre([20]), "W-DESIGN", "one ratio of tokens"),
    ("overtraining", [], gadre([20, 80, 320]), gadre([5, 20, 320]), "W-RANGE", "off the trend"),
    ("mixing-3", [], mixtures(SIMPLEX), mixtures(OVER), REFUSED, "add to more than 1 (W-SHARES"),
    ("mixing", ["--map", "r_j=r1,r_j=r2"], mixtures(SIMPLEX), mixtures(OVER), REFUSED,
     "the shares add to more than 1 (W-SHARES"),
    ("mixing-3", [], mixtures(SIMPLEX), mixtures([(0.25, b / 8) for b in range(7)]), "W-DESIGN",
     "the same in all mixtures"),
    ("broken-1", [], broken(steps(1, 1e4, 12)), broken(steps(1, 1e4, 6)), "W-DESIGN",
     "fewer points than 7"),
    ("broken-1", ["--fix", "d1=50"], broken(steps(1, 1e4, 12)), broken(steps(1, 30, 12)),
     "W-DESIGN",
     "break 1 lies beyond"),
    ("lr-annealing", [], annealed(1), annealed(-1), "W-RANGE", "the rate rises after warm-up"),
    ("data-constrained", ["--fix", "E=1.8,A=520,B=1490,alpha=0.35,beta=0.35"], repeated([1, 0.3,
     0.1]),
     repeated([1]), "W-DESIGN", "hardly any token is seen twice"),
    ("data-constrained", ["--fix", "E=1.8,A=520,B=1490,alpha=0.35,beta=0.35"], repeated([1, 0.3,
     0.1]),
     repeated([2, 0.3, 0.1]), "W-RANGE", "more unique tokens than tokens"),
    ("vocabulary", [], vocabulary(steps(4e7, 2e9, 4), [4096, 16384, 65536]),
     vocabulary(steps(4e7, 2e9, 4), [4096, 16384, 262144]), "W-RANGE", "frozen above 200,000"),
    ("vocabulary", [], vocabulary(steps(4e7, 2e9, 4), [4096, 16384, 65536]),
     vocabulary(steps(4e7, 2e10, 4), [4096, 16384, 65536]), "W-RANGE", "33M to 3B"),
    ("crossover", [], crossing(steps(1e3, 1e9, 8)), crossing(steps(1e3, 1e9, 8), [1]), REFUSED,
     "nothing crosses"),
    ("crossover", [], crossing(steps(1e3, 1e9, 8)), crossing(steps(1e3, 1e9, 8),
     exponents=(0.3, 0.3)), "W-VALUE", "the exponents are equal"),
    ("crossover", [], crossing(steps(1e3, 1e9, 8)), crossing(steps(10, 1e4, 8)), "W-EXTRAP",
     "more than a decade beyond all runs"),
    ("crossover", [], crossing(steps(1e3, 1e9, 8)), crossing(steps(1e8, 1e12, 8)), "W-EXTRAP",
     "more than a decade before all runs"),
    ("crossover", [], crossing(steps(1e3, 1e9, 8)), one_scale_each(steps(1e3, 1e9, 4)), "W-DESIGN",
     "fewer than four scales of a recipe"),
    ("lr-annealing", ["--residual", "identity", "--fix", "C=9"], annealed(1), annealed(100), "W-VALUE",
     "the fitted loss is not positive"),
    ("multi-power", ["--fix", "B=400,C=2,beta=0.6,gamma=0.6"], falls(2.5), falls(0), "W-VALUE",
     "nearly no loss is left"),
    ("shifted-power", ["--prepare", "none", "--fix", "b=1e6"], curve(lambda c: 0.1 + 3 * (c + 1e6)
     ** -0.2, steps(1e3, 1e8, 12), ("C", "err")), curve(lambda c: 0.1 + 3 * (c + 1e6) ** -0.2,
     steps(1e3, 9e5, 12), ("C", "err")), "W-DESIGN", "b lies beyond all compute measured"),
    ("kaplan-nd", [], kaplan(SQUARE), kaplan([(n, 2e10) for n, _ in SQUARE]), "W-DESIGN",
     "fewer than three amounts of tokens"),
    ("chinchilla", [], chinchilla(SQUARE), chinchilla([(n, 2e10) for n, _ in SQUARE]), "W-DESIGN",
     "fewer than three amounts of tokens"),
    ("optimal-size", ["--prepare", "none"], curve(lambda c: 0.1 * c ** 0.5, steps(1e18, 1e22, 6),
     ("C", "N_opt")), curve(lambda c: 1e-14 * c ** 1.2, steps(1e18, 1e22, 6), ("C", "N_opt")),
     "W-VALUE", "grows faster than it; are the rows minima"),
    ("m2-floor", [], curve(FLOOR, steps(1e4, 1e8, 8)), curves_twice(steps(1e4, 1e8, 8)),
     "W-DUPLICATE", "several rows at one x"),
    ("learning-curve", [], curve(FLOOR, steps(1e4, 1e8, 8)), curves_twice(steps(1e4, 1e8, 8)),
     "W-DUPLICATE", "several rows at one size"),
    ("m3-shift", [], curve(FLOOR, steps(1e4, 1e8, 8)), curves_twice(steps(1e4, 1e8, 8)),
     "W-DUPLICATE", "several rows at one x"),
    ("m4-plateaus", [], curve(FLOOR, steps(1e4, 1e8, 8)), curves_twice(steps(1e4, 1e8, 8)),
     "W-DUPLICATE", "several rows at one x"),
    ("coverage", [], curve(lambda k: math.exp(-3 * k ** -0.3), [1, 3, 10, 30, 100], ("k", "pass")),
     curve(lambda k: math.exp(-3 * k ** -0.3), [1.5, 3, 10, 30, 100], ("k", "pass")), "W-WHOLE",
     "a number of samples is whole"),
    ("scaling-ability", [], curve(lambda n: 30 * n ** -0.25, steps(1e5, 1e7, 6), ("n", "L")),
     curve(lambda n: 0.1 * n ** 0.1, steps(1e5, 1e7, 6), ("n", "L")), "W-VALUE",
      "scaling ability is negative"),
    ("examples-power", [], curve(lambda d: 0.1 * d ** 0.15, steps(100, 1e4, 7), ("D", "P")),
     curve(lambda d: min(1, 0.3 * d ** 0.15), steps(100, 1e4, 7), ("D", "P")), "W-VALUE",
     "the fitted score exceeds 1"),
    ("shifted-power", ["--prepare", "none"], curve(lambda c: 0.1 + 3 * (c + 1e4) ** -0.2,
     steps(1e3, 1e8, 12), ("C", "err")),
     curve(lambda c: 0.1 + 3 * (c + 1e4) ** -0.2, steps(1e4, 1e8, 5), ("C", "err")), "W-DESIGN",
      "fewer than six points"),
    ("critical-batch", [], curve(lambda l: 2e8 * l ** -4.8, [2, 2.5, 3, 4], ("L", "B_crit")),
     curve(lambda l: 2e5 * l ** -4.8, [2, 2.5, 3, 4], ("L", "B_crit")), "W-UNIT",
      "counted in sequences"),
    ("encoder-decoder", [],
     table(("Ne", "Nd", "L"), [(a, b, 1.2 + 0.5 * (a / 1e8) ** -0.2 * (b / 1e8) ** -0.3)
                               for a in steps(2e7, 1e9, 4) for b in steps(2e7, 1e9, 4)]),
     table(("Ne", "Nd", "L"), [(a, 2 * a, 1.2 + 0.5 * (a / 1e8) ** -0.2 * (a / 5e7) ** -0.3)
                               for a in steps(2e7, 1e9, 9)]), "W-DESIGN",
                                "only the sum of the exponents"),
]


class Expectations(Expected, unittest.TestCase):
    CASES = CASES

    @slow
    def test_breaks_beyond_and_before_the_points(self):
        """Each break of broken-1 to broken-6, the breaks held at 10, 100, ..."""
        for n in range(1, 7):
            law = f"broken-{n}"
            held = ["--fix", ",".join(f"d{i}={10 ** i}" for i in range(1, n + 1))]
            rows = lambda lo, hi: curve(lambda v: 0.4 + 2 * v ** -0.3, steps(lo, hi, 40))
            whole = rows(1, 10 ** (n + 1))
            for i in range(1, n + 1):
                for where, part in (("beyond", rows(0.1, 0.9 * 10 ** i)),
                                    ("before", rows(1.1 * 10 ** i, 10 ** (n + 2)))):
                    sentence = f"break {i} lies {where} all points"
                    self.assertEqual(self.said(law, held, whole, sentence), set(), law)
                    self.assertEqual(self.said(law, held, part, sentence), {"W-DESIGN"}, sentence)

    def test_what_domains_refuse(self):
        """Zeros under a logarithm and percentages are outside the domain of their column."""
        score = curve(lambda d: 0.1 * d ** 0.15, steps(100, 1e4, 7), ("D", "P"))
        cases = [("examples-power", score + "0,0.02\n", "D must be > 0, found 0"),
                 ("examples-power", score + "200,20.5\n", "a percentage?"),
                 ("coverage", "k,pass\n1,0.1\n3,0.2\n10,0\n", "pass must be > 0, found 0"),
                 ("parallel-streams", streams([1, 2]) + "1e9,0.5,2\n", "P must be >= 1"),
                 ("task-pass", "N,PU\n1e8,0.01\n1e9,0.1\n1e10,1\n", "PU must be < 1, found 1")]
        for law, rows, sentence in cases:
            status, _, err = fit(law, [], rows)
            self.assertEqual(status, 3, law)
            self.assertIn(sentence, err)

    def test_every_code_of_a_law_has_a_row(self):
        known = set(re.findall(r'\{"(W-[A-Z-]+)"', (ROOT / "src/record/codes.c").read_text()))
        for law in sorted((ROOT / "laws").glob("*.yaml")):
            used = set(re.findall(r"code: (W-[A-Z-]+)", law.read_text()))
            self.assertLessEqual(used, known, law.name)

    def test_shown_with_the_law(self):
        status, out, _ = run(["laws", "show", "parallel-streams"])
        text = " ".join(out.split())
        self.assertEqual(status, 0)
        self.assertIn("every row: P == round(P)", text)
        self.assertIn("W-WHOLE, refused", text)


if __name__ == "__main__":
    unittest.main()
