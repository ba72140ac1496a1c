"""Simulated runs of the laws of pretraining, at the designs and noises of independent simulations:
constants come back within the 95 % ranges found there, and what a design cannot tell is said."""

import json
import math
import random
import tempfile
import unittest

from support import assert_near, record, run, slow
from test_expectations import steps, table


def simulate(names, points, law, seed, log_noise=0.0, noise=0.0):
    draw = random.Random(seed)
    return table(names, [(*p, law(*p) * math.exp(draw.gauss(0, log_noise)) + draw.gauss(0, noise))
                         for p in points])


def constants(law, rows, *options):
    got = record(["fit", law, "-", "--quick", *options], stdin=rows)
    return {p["name"]: p["value"] for p in got["parameters"] + got["derived"]}, got


def grid(*axes):
    points = [()]
    for axis in axes:
        points = [(*p, v) for p in points for v in axis]
    return points


def inside(ranges, law, names, points, truth, seeds=8, options=(), **noise):
    """Every constant lies in its range for six seeds of eight or more; the ranges hold 95 %."""
    hits = dict.fromkeys(ranges, 0)
    for seed in range(seeds):
        got = constants(law, simulate(names, points, truth, seed, **noise), *options)[0]
        for name, (lo, hi) in ranges.items():
            hits[name] += lo <= got[name] <= hi
    for name, count in hits.items():
        assert count >= seeds * 0.75, f"{law}: {name} in its range for {count} of {seeds} seeds"


@slow
class LearningCurves(unittest.TestCase):
    """Hestness et al. 2017: tokens 2^20 to 2^27, 1 % of noise."""
    TOKENS = [(2.0 ** k,) for k in range(20, 28)]

    def test_without_a_floor(self):
        inside({"b": (0.125, 0.135)}, "power", ("x", "y"), self.TOKENS,
               lambda m: 3.87 * m ** -0.13, log_noise=0.01)

    def test_with_a_floor(self):
        """The floor, never the weight, which is off by factors."""
        inside({"gamma": (0.27, 0.37)}, "learning-curve", ("x", "y"), self.TOKENS,
               lambda m: 21.5 * m ** -0.3 + 0.32, log_noise=0.01)

    def test_the_plateau_of_a_guesser_is_left_out(self):
        """Eight sizes at best guess, then the law: without the operator the exponent is wrong."""
        def error(m):
            return min(0.9, 3.87 * m ** -0.13)
        tokens = [(2.0 ** k,) for k in range(5, 28)]
        inside({"b": (0.125, 0.135)}, "power", ("x", "y"), tokens, error, log_noise=0.01,
               options=("--prepare", "power_region(x, y)"))
        flat = constants("power", simulate(("x", "y"), tokens, error, 1, log_noise=0.01))[0]
        self.assertLess(flat["b"], 0.12)

    def test_losses_of_images(self):
        """Henighan et al. 2020, 32x32: twelve sizes, 0.2 % of noise."""
        inside({"L_inf": (2.161, 2.231), "a": (0.11, 0.153), "x0": (33, 127)},
               "power-plus-constant", ("x", "L"), [(n,) for n in steps(1e5, 3e9, 12)],
               lambda n: 2.2 + (63 / n) ** 0.13, log_noise=0.002)

    def test_two_plateaus(self):
        """Bachmann et al. 2023: five decades, 1 % of noise."""
        inside({"c": (0.234, 0.27), "d": (0.192, 0.208), "b": (0.63, 1.53)}, "shifted-power",
               ("C", "err"), [(c,) for c in steps(1, 1e5, 20)],
               lambda c: 0.6 * (1 + c) ** -0.25 + 0.2, log_noise=0.01,
               options=("--prepare", "none", "--residual", "log"))

    def test_compute_of_examples_and_epochs(self):
        got = record(["table", "-", "--let", "C=3*flop*n*T"], stdin="flop,n,T\n1e8,1e6,50\n")
        self.assertEqual(got["rows"][0]["C"], 1.5e16)


@slow
class EncoderDecoder(unittest.TestCase):
    """Ghorbani et al. 2021: two sizes, noise of 0.003 nat as between their repeats."""
    SIZES = steps(2e7, 1.2e9, 6)

    @staticmethod
    def loss(ne, nd):
        return 0.5 * (ne / 1e8) ** -0.2 * (nd / 1e8) ** -0.3 + 1.2

    def test_full_grid(self):
        inside({"p_e": (0.196, 0.204), "p_d": (0.295, 0.305), "L_inf": (1.19, 1.21)},
               "encoder-decoder", ("Ne", "Nd", "L"), grid(self.SIZES, self.SIZES), self.loss,
               noise=0.003)

    def test_three_lines(self):
        lines = [*[(n, 1e8) for n in self.SIZES], *[(1e8, n) for n in self.SIZES],
                 *[(n, n) for n in steps(2e7, 1.2e9, 4)]]
        inside({"p_e": (0.194, 0.206), "p_d": (0.292, 0.308), "L_inf": (1.187, 1.213)},
               "encoder-decoder", ("Ne", "Nd", "L"), lines, self.loss, noise=0.003)

    def test_one_diagonal_tells_the_sum_only(self):
        """The sum has an interval, on a fit that does not know its parts; so has the diagonal."""
        rows = simulate(("Ne", "Nd", "L"), [(n, n) for n in steps(2e7, 1.2e9, 12)], self.loss, 1,
                        noise=0.003)
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/fit.json"
            got, fit = constants("encoder-decoder", rows, "-o", path, "--at", "Ne=1e8,Nd=1e8",
                                 "--at", "Ne=1e8,Nd=1e9")
            again = record(["predict", path, "--at", "Ne=1e8,Nd=1e8"])["rows"][0]
        status = {p["name"]: p["status"] for p in fit["parameters"] + fit["derived"]}
        for name in ("p_e", "p_d", "encoder_share"):
            self.assertEqual(status[name], "ambiguous")
        (sum_,) = [d for d in fit["derived"] if d["name"] == "exponent"]
        self.assertEqual(sum_["status"], "ok")
        self.assertTrue(sum_["lo"] < 0.5 < sum_["hi"] < 1.1 * sum_["lo"])
        on, off = fit["predictions"]
        self.assertTrue(on["mean_lo"] < 1.7 < on["mean_hi"])
        self.assertIsNone(off["mean_lo"])
        self.assertEqual(again["mean_lo"], on["mean_lo"])
        (loose,) = fit["unsettled"]
        self.assertEqual((loose["L_inf"], loose["alpha"]), (0, 0))
        assert_near(loose["p_e"], -loose["p_d"], relative=1e-6)
        self.assertTrue(any(w["code"] == "W-DESIGN" and "only the sum of the exponents" in
                            w["message"] for w in fit["warnings"]))

    def test_the_best_split_is_a_minimum(self):
        """Against a numeric minimiser of the same loss."""
        share = constants("encoder-decoder", simulate(("Ne", "Nd", "L"), grid(self.SIZES, self.SIZES),
                                                      self.loss, 1))[0]["encoder_share"]
        lo, hi = 0.01, 0.99
        while hi - lo > 1e-9:
            a, b = lo + 0.382 * (hi - lo), hi - 0.382 * (hi - lo)
            lo, hi = (lo, b) if self.loss(a * 1e9, (1 - a) * 1e9) < self.loss(
                b * 1e9, (1 - b) * 1e9) else (a, hi)
        assert_near(share, (lo + hi) / 2, absolute=1e-6)
        assert_near(share, 0.4, absolute=1e-6)


@slow
class RepeatedData(unittest.TestCase):
    """Hernandez et al. 2022: sizes 2e7 to 1.6e9, one family clean, one size with repeats."""

    def test_half_the_parameters(self):
        points = [*[(n, 0) for n in steps(2e7, 1.6e9, 6)], (8e8, 1)]
        inside({"rho": (0.42, 0.58)}, "repeated-data", ("N", "repeated", "L"), points,
               lambda n, r: (8.8e13 / (n * 0.5 ** r)) ** 0.076, log_noise=0.005)

    def test_a_hundredth_of_loss_is_an_eighth_of_size(self):
        sizes = []
        for observed in (2.5470, 2.5470 * 1.01):
            got = record(["laws", "eval", "repeated-data", "--at", f"observed={observed}"])
            sizes.append({d["name"]: d["value"] for d in got["derived"]}["N_eff"])
        assert_near(sizes[0], 4e8, relative=2e-3)
        assert_near(math.log(sizes[0] / sizes[1]), 0.01 / 0.076, relative=0.01)

    def test_a_loss_that_rises_again(self):
        """14M parameters on 100M unique tokens (Muennighoff et al. 2023): double descent."""
        rows = "tokens,loss\n14e9,4.383392\n20e9,4.510410\n91e9,4.396074\n"
        got = record(["fit", "power", "-", "--quick"], stdin=rows)
        (said,) = [w["message"] for w in got["warnings"] if w["code"] == "W-TREND"]
        self.assertIn("from 4.383 at tokens = 1.4e10 to 4.51 at 2e10", said)


@slow
class ScalingAbility(unittest.TestCase):
    """Fan et al. 2023: slopes of log loss, six sizes over 2.1 decades, 2 % of noise."""

    def test_slopes_and_their_order(self):
        for seed in range(4):
            slopes = []
            for k in (0.245, 0.528):
                rows = simulate(("n", "L"), [(n,) for n in steps(1e4, 1.26e6, 6)],
                                lambda n, k=k: 60 * n ** -k, seed, 0.02)
                slopes.append(constants("scaling-ability", rows)[0]["k"])
                assert_near(slopes[-1], k, absolute=0.02)
            self.assertLess(*slopes)

    def test_order_of_the_published_sources(self):
        sets = {p["name"]: p["values"]["k"] for p in
                record(["laws", "show", "scaling-ability"])["laws"][0]["published"]}
        order = ["real", "imagen", "sd-captions", "muse", "sd-template"]
        ranked = [sets["fan-2023-imagenet-" + s] for s in order]
        self.assertEqual(ranked, sorted(ranked, reverse=True))
        self.assertEqual(max(order, key=lambda s: sets["fan-2023-r-" + s]), "sd-template")


@slow
class TranslationScore(unittest.TestCase):
    """Isik et al. 2024: three constants of a curve that eight sizes hardly tell apart."""
    TOKENS = [(1e8 * 2.78 ** k,) for k in range(8)]

    @staticmethod
    def score(d):
        return (math.log(30) + 0.5 * math.log(d)) ** 1.2

    def test_exact_scores(self):
        rows = simulate(("D", "score"), self.TOKENS, self.score, 1)
        got = constants("translation-score", rows)[0]
        assert_near(got["A"], 30, relative=1e-3)
        assert_near(got["alpha"], 0.5, relative=1e-4)
        assert_near(got["beta"], 1.2, relative=1e-4)

    def test_a_hundredth_of_noise_hides_the_constants_and_not_the_curve(self):
        rows = simulate(("D", "score"), self.TOKENS, self.score, 3, log_noise=0.01)
        _, fit = constants("translation-score", rows, *[w for (d,) in self.TOKENS
                                                        for w in ("--at", f"D={d!r}")])
        spread = [p["hi"] / p["lo"] for p in fit["parameters"] if p["lo"] and p["lo"] > 0]
        said = {w["code"] for w in fit["warnings"]}
        self.assertTrue("W-AMBIG" in said or max(spread) > 5 or "W-BOUND" in said)
        for row, (d,) in zip(fit["predictions"], self.TOKENS):
            assert_near(row["mean"], self.score(d), relative=0.02)


@slow
class Steps(unittest.TestCase):
    """Kaplan et al. 2020 and Su et al. 2024: sizes 1e6 to 1e9, 1e3 to 2.5e5 steps, 1 % of noise."""

    def test_sizes_and_steps(self):
        points = grid(steps(1e6, 1e9, 6), steps(1e3, 2.5e5, 10))
        inside({"alpha_N": (0.0759, 0.0783), "alpha_S": (0.731, 0.792), "Sc": (2034, 2179)},
               "kaplan-ns", ("N", "S", "L"), points,
               lambda n, s: (6.5e13 / n) ** 0.077 + (2.1e3 / s) ** 0.76, log_noise=0.01,
               options=("--objective", "squared"))

    def test_the_whole_chain_comes_back(self):
        """All six constants of the trajectory at three batches, from exact steps."""
        def count(n, b, loss):
            floor = (6.5e13 / n) ** 0.077
            return 2.1e3 * (loss - floor) ** (-1 / 0.76) * (1 + 2e8 * loss ** (-1 / 0.21) / b)
        rows = simulate(("N", "B", "L", "S"),
                        grid(steps(1e7, 1e9, 4), [1e5, 1e6, 1e7], [3.6, 4.0, 4.5, 5.0]), count, 1)
        got = constants("steps-to-loss", rows)[0]
        for name, want in (("alpha_N", 0.077), ("Sc", 2100), ("alpha_S", 0.76), ("B_star", 2e8),
                           ("alpha_B", 0.21)):
            assert_near(got[name], want, relative=1e-4, what=name)


class Questions(unittest.TestCase):
    """Questions that have no answer, and amounts of another unit, are said to be."""

    def test_a_target_below_the_floor(self):
        rows = simulate(("x", "y"), [(x,) for x in steps(1e4, 1e8, 8)],
                        lambda x: 0.3 + 20 * x ** -0.3, 1, 0.001)
        for target, said in ((0.2, True), (0.5, False)):
            got = record(["fit", "learning-curve", "-", "--quick", "--at", f"target={target}"],
                         stdin=rows)
            codes = [w["message"] for w in got["warnings"] if w["code"] == "W-OUT-OF-REACH"]
            self.assertEqual(bool(codes), said)
            got = record(["laws", "eval", "learning-curve", "--at", f"target={target}"])
            self.assertEqual("W-OUT-OF-REACH" in json.dumps(got["warnings"]), target == 0.2)

    def test_an_amount_beyond_the_rows(self):
        """The clean size of a loss that no clean run reached is an extrapolation."""
        points = grid(steps(2e7, 1.6e9, 6), [0, 1])
        rows = simulate(("N", "repeated", "L"), points,
                        lambda n, r: (8.8e13 / (n * 0.5 ** r)) ** 0.076, 1, 0.001)
        for observed, said in ((1.5, True), (2.6, False)):
            got = record(["fit", "repeated-data", "-", "--quick", "--at", f"observed={observed}"],
                         stdin=rows)
            self.assertEqual("W-EXTRAP" in {w["code"] for w in got["warnings"]}, said)

    def test_units_of_published_sets(self):
        for law, at, said in (("optimal-size", "C=1", None), ("optimal-size", "C=1e21", "PF-days"),
                              ("chinchilla", "N=70,D=1400", "millions or billions"),
                              ("chinchilla", "N=70B,D=1.4T", None)):
            got = record(["laws", "eval", law, "--at", at])
            messages = [w["message"] for w in got["warnings"] if w["code"] == "W-UNIT"]
            self.assertEqual(bool(messages), bool(said), at)
            self.assertTrue(all(said in m for m in messages), messages)
        page = run(["laws", "eval", "optimal-size", "--at", "C=1"])[1]
        self.assertIn("C = 1 PF-day", page)

    def test_losses_of_another_unit(self):
        rows = table(("N", "D", "L"), [(n, d, 1.8 + 480 / n ** 0.35 + 2100 / d ** 0.37)
                                       for n in steps(1e7, 1e10, 4) for d in steps(1e9, 1e12, 4)])
        for name, said in (("val_bpb", True), ("perplexity", True), ("val_loss", False)):
            got = record(["fit", "chinchilla", "-", "--quick", "--starts", "6", "--map", "L=" + name],
                         stdin=rows.replace("D,L", "D," + name))
            self.assertEqual("W-UNIT" in {w["code"] for w in got["warnings"]}, said, name)


if __name__ == "__main__":
    unittest.main()
