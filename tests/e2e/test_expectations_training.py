"""What the laws of learning curves, repeated and pooled data, batches, over-training and transfer
expect: sound rows say nothing, rows spoiled as the literature warns of are told by their code."""

import math
import re
import unittest

from expected import REFUSED, Expected
from support import ROOT, slow
from test_expectations import CASES as COMMON
from test_expectations import FLOOR, POWER, curve, steps, table


def pools(seen, size=12.8e6, scale=1.0, ends=1.0):
    """Ten passes over a bucket by the law of the paper; `scale` in all errors, `ends` in the first."""
    def error(n):
        first = min(n, size)
        growth = sum(math.log(min(max(n / size, j), j + 1) / j) * 0.5 ** (j / 6)
                     for j in range(1, 64))
        return scale * (0.1 + (0.022 * first / 1e5) ** -0.18 * math.exp(-0.18 * growth))
    return table(("n", "P", "y"), [(n * ends, size * ends, error(n)) for n in seen])


def pooled(seen, share):
    head, *rows = pools(seen).splitlines()
    return "\n".join([f"{head},p,w_1", *(f"{row},1,{share}" for row in rows)]) + "\n"


def worn(seen, size=12.8e6, scale=1.0):
    def error(n):
        worth = min(n, size) + size * sum((min(max(n / size, j), j + 1) - j) * 0.5 ** (j / 4)
                                          for j in range(1, 64))
        return scale * (0.022 * worth / 1e5) ** -0.18
    return table(("n", "P", "y"), [(n, size, error(n)) for n in seen])


def family(sizes, kinds, share=0.5):
    return table(("N", "repeated", "L"), [(n, k, (8.8e13 / (n * (share if k else 1))) ** 0.076)
                                          for n in sizes for k in kinds])


def batches(sizes, in_units=1):
    def count(n, b, loss):
        floor = (6.5e13 / n) ** 0.077
        return 2.1e3 * (loss - floor) ** (-1 / 0.76) * (1 + 2e8 * loss ** (-1 / 0.21) / b)
    return table(("N", "B", "L", "S"), [(n, b / in_units, loss, count(n, b, loss))
                                        for n in steps(1e7, 1e9, 3) for b in sizes
                                        for loss in (4.0, 4.5, 5.0)])


def runs(sizes):
    return table(("N", "S", "L"), [(n, s, (6.5e13 / n) ** 0.077 + (2.1e3 / s) ** 0.76)
                                   for n in sizes for s in steps(1e3, 1e5, 5)])


def errors(ratios, top=0.0, eps=0.8497, k=2.0789, gamma=0.7561):
    def error(c, m):
        loss = 1.5083 + (141.28 * m ** 0.12124 + 189.52 * m ** -0.12124) * c ** -0.12124
        return eps - k * math.exp(-gamma * loss)
    return table(("C", "M", "err"), [(c, m, error(c, m) + top)
                                     for c in steps(1e17, 1e21, 6) for m in ratios])


def accuracies(hours, sizes, sides, scale=1.0):
    return table(("h", "n", "r", "acc"),
                 [(h, n, r, scale * (-0.6278 + 0.0707 * math.log10(h) + 0.0541 * math.log10(n)
                                     + 0.2264 * math.log10(r)))
                  for h in hours for n in sizes for r in sides])


def score(d):
    return (math.log(30) + 0.5 * math.log(d)) ** 1.2


TEN = [12.8e6 * k for k in range(1, 11)]
HELD = "a=0.022,d=0.1"
LOSS = "E=1.5083,a=141.28,b=189.52,eta=0.12124"
SCALES = (steps(1, 5000, 4), steps(2e7, 6e8, 4), [224, 448, 476])
BATCHES = [1e5, 1e6, 1e7]

# law, options, sound rows, spoiled rows, code, part of the sentence
CASES = [
    ("power-plus-constant", ["--map", "L=y", "--fix", "L_inf=0.3"], curve(FLOOR, steps(1e4, 1e8, 8)),
     curve(lambda v: 0.1 + 20 * v ** -0.3, steps(1e4, 1e8, 8)), "W-VALUE", "below the fitted floor"),
    ("power", [], curve(POWER, steps(1e5, 1e8, 6)),
     curve(POWER, steps(1e5, 1e8, 6)) + "1e9,0.9\n", "W-TREND", "y turns: it rises again"),
    ("optimal-size", [], table(("C", "N_opt"), [(c, 0.1 * c ** 0.5) for c in steps(1e18, 1e21, 5)]),
     table(("C", "N_opt"), [(c / 8.64e19, 0.1 * c ** 0.5) for c in steps(1e18, 1e21, 5)]), "W-UNIT",
     "C_plain=8.64e19*C"),
    ("optimal-size", [], table(("C", "N_opt"), [(c, 0.1 * c ** 0.5) for c in steps(1e18, 1e21, 5)]),
     table(("C", "N_opt"), [(c, 0.1 * c ** 0.5) for c in (1e18, 1e18, 1e20)]), "W-DESIGN",
     "fewer than three budgets"),
    ("optimal-size", [], table(("C", "N_opt"), [(c, 0.1 * c ** 0.5) for c in steps(1e18, 1e21, 5)]),
     table(("C", "N_opt"), [(c, 1e-13 * c ** 1.1) for c in steps(1e18, 1e21, 5)]), "W-VALUE",
     "are the rows minima?"),
    ("repeated-data", [], family(steps(2e7, 1.6e9, 6), [0, 1]), family([1e8, 1e9], [0, 1]),
     "W-DESIGN", "a clean family needs three sizes"),
    ("repeated-data", [], family(steps(2e7, 1.6e9, 6), [0, 1]), family(steps(2e7, 1.6e9, 6), [0]),
     "W-DESIGN", "no run with repeated data"),
    ("repeated-data", [], family(steps(2e7, 1.6e9, 6), [0, 1]),
     family(steps(2e7, 1.6e9, 6), [0, 1], share=1.5), "W-VALUE", "do better than clean ones"),
    ("shifted-power", ["--prepare", "none"],
     curve(lambda c: 0.1 + 3 * (c + 1e4) ** -0.2, steps(1e3, 1e8, 12), ("C", "err")),
     curve(lambda c: 0.1 + 30 * (c + 1e9) ** -0.2, steps(1e3, 1e8, 12), ("C", "err")), "W-DESIGN",
     "b lies beyond all compute"),
    ("log-linear-scales", [], accuracies(*SCALES), accuracies([100], *SCALES[1:]), "W-DESIGN",
     "one value of this scale"),
    ("log-linear-scales", [], accuracies(*SCALES), accuracies(SCALES[0], [1e8], SCALES[2]),
     "W-DESIGN", "one value of this scale"),
    ("log-linear-scales", [], accuracies(*SCALES), accuracies(*SCALES[:2], [224]), "W-DESIGN",
     "one value of this scale"),
    ("log-linear-scales", ["--fix", "b0=-0.6278"], accuracies(*SCALES),
     accuracies(*SCALES, scale=1.3).replace("acc\n", "acc\n1e6,1e10,952,1\n"), "W-VALUE",
     "the fitted accuracy exceeds 1"),
    ("scaling-ability", [], curve(lambda n: 30 * n ** -0.25, steps(1e5, 1e7, 6), ("n", "L")),
     curve(lambda n: 30 * n ** -0.25, [1e5, 1e7], ("n", "L")), "W-DESIGN", "fewer than three sizes"),
    ("translation-score", [], curve(score, steps(1e8, 1e11, 8), ("D", "score")),
     curve(score, [1e8, 1e9, 1e10], ("D", "score")), "W-DESIGN", "fewer than four amounts"),
    ("translation-score", [], curve(score, steps(1e8, 1e11, 8), ("D", "score")),
     curve(lambda d: 40 - math.log(d), steps(1e8, 1e11, 8), ("D", "score")), "W-TREND",
     "score falls with D"),
    ("translation-score", [], curve(score, steps(1e8, 1e11, 8), ("D", "score")),
     curve(lambda d: max(1e-3, 0.5 * math.log(d) - math.log(1e3)) ** 1.2, steps(1e5, 1e11, 8),
           ("D", "score")), "W-VALUE", "the logarithm in the law nears 0"),
    ("translation-cross-entropy", [], curve(lambda d: 1 + 100 * d ** -0.25, steps(1e7, 1e10, 6),
                                            ("D", "L")),
     curve(lambda d: 1 + 100 * d ** -0.25, [1e7, 1e8, 1e9], ("D", "L")), "W-DESIGN",
     "fewer than four amounts"),
    ("critical-batch", [], curve(lambda v: 2e8 * v ** -4.8, [2, 2.5, 3, 4], ("L", "B_crit")),
     curve(lambda v: 2e8 * v ** -4.8, [2, 4], ("L", "B_crit")), "W-DESIGN", "fewer than three losses"),
    ("kaplan-ns", [], runs(steps(1e7, 1e9, 4)), runs([1e7, 1e9]), "W-DESIGN",
     "fewer than three sizes"),
    ("steps-to-loss", ["--fix", "alpha_B=0.21"], batches(BATCHES), batches([1e5, 1e7]), "W-DESIGN",
     "needs three batch sizes"),
    ("steps-to-loss", ["--fix", "alpha_B=0.21"], batches(BATCHES), batches(BATCHES, in_units=512),
     "W-UNIT", "counted in sequences"),
    ("error-from-loss", ["--fix", "eps=0.85"],
     curve(lambda v: 0.8 - 2 * math.exp(-0.75 * v), steps(2, 5, 7), ("L", "err")),
     curve(lambda v: 0.9 - 2 * math.exp(-0.75 * v), steps(2, 5, 7), ("L", "err")), "W-VALUE",
     "an error exceeds the one"),
    ("error-from-loss", [],
     curve(lambda v: 0.85 - 2 * math.exp(-0.75 * v), steps(2, 5, 7), ("L", "err")),
     curve(lambda v: 1.5 - 2 * math.exp(-0.25 * v), steps(2, 5, 7), ("L", "err")), "W-VALUE",
     "the error without training exceeds 1"),
    ("overtraining-error", ["--fix", LOSS], errors([20, 80, 320]), errors([20]), "W-DESIGN",
     "one ratio of tokens"),
    ("overtraining-error", ["--fix", LOSS], errors([20, 80, 320]), errors([5, 20, 320]), "W-RANGE",
     "off the trend"),
    ("overtraining-error", ["--fix", LOSS + ",eps=0.85"], errors([20, 80, 320]),
     errors([20, 80, 320], top=0.12), "W-VALUE", "an error exceeds the one"),
    ("overtraining-error", ["--fix", LOSS], errors([20, 80, 320]),
     errors([20, 80, 320], eps=1.5, k=2, gamma=0.25), "W-VALUE",
     "the error without training exceeds 1"),
]

for law in ("quality-quantity", "quality-quantity-code", "quality-quantity-pool"):
    made = pools if law != "quality-quantity-pool" else lambda *args, **more: "\n".join(
        row + (",p,w_1" if i == 0 else ",1,1")
        for i, row in enumerate(pools(*args, **more).splitlines())) + "\n"
    CASES += [
        (law, ["--fix", HELD], made(TEN), made(TEN, scale=100), "W-UNIT", "in percent?"),
        (law, ["--fix", HELD], made(TEN), made([*TEN, 12.8e6 * 70]), "W-EPOCHS",
         "more than 64 passes"),
        (law, ["--fix", HELD + ",tau=6" if "pool" not in law else HELD], made(TEN),
         made([2e6, 4e6, 8e6, 12e6]), "W-DESIGN", "no run passes over its pool twice"),
        (law, ["--fix", HELD], made(TEN), made([*TEN, 3e6]), "W-VALUE",
         "error of a first pass exceeds 1"),
    ]
CASES += [
    ("quality-quantity", ["--fix", "d=0.1"], pools(TEN), pools(TEN, ends=1e-6), "W-UNIT",
     "counted in millions?"),
    ("quality-quantity-pool", ["--fix", HELD], pooled(TEN, 1), pooled(TEN, 0.5), REFUSED,
     "the shares of the buckets do not add to 1 (W-SHARES"),
    ("effective-data", ["--fix", "a=0.022,d=0"], worn(TEN), worn(TEN, scale=100), "W-UNIT",
     "in percent?"),
    ("effective-data", ["--fix", "a=0.022,d=0"], worn(TEN), worn([*TEN, 12.8e6 * 70]), "W-EPOCHS",
     "more than 64 passes"),
    ("effective-data", ["--fix", "a=0.022,d=0"], worn(TEN), worn([4e6, 8e6, 12e6]), "W-DESIGN",
     "no run passes over its pool twice"),
]


class Expectations(Expected, unittest.TestCase):
    CASES = CASES
    test_each_law = slow(Expected.test_each_law)

    def test_every_row_of_these_laws_is_tried(self):
        tried = CASES + COMMON
        for law in sorted({case[0] for case in CASES}):
            text = (ROOT / "laws" / f"{law}.yaml").read_text()
            said = re.findall(r'says: "([^"]*)"', text[text.index("expects:"):])
            self.assertTrue(said, law)
            for says in said:
                self.assertTrue(any(case[0] == law and case[5].split(" (W-")[0] in says
                                    for case in tried), f"{law}: {says}")


if __name__ == "__main__":
    unittest.main()
