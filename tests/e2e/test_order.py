"""Bounds that name another parameter: --bound b=:a and domains such as "> 0, < a"."""

import math
import pathlib
import random
import tempfile
import unittest

from support import assert_near, record, run, slow

RUNS = ["data/chinchilla-epoch/runs.csv", "--where", "kept_240 == 1", "--quick"]
LAW = """id: two-rates
version: 1
title: Two rates in order
question: theory
formula: y = a*exp(-x/d1) + b*exp(-x/d2)
columns:
  y: {meaning: loss, domain: "> 0"}
  x: {meaning: steps, domain: ">= 0", range: [0, 6]}
parameters:
  a: {meaning: weight, domain: "> 0", start: [0.1, 10, log]}
  d1: {meaning: first scale, domain: "> 0", start: [0.05, 20, log]}
  b: {meaning: weight, domain: "> 0", start: [0.1, 10, log]}
  d2: {meaning: second scale, domain: "> d1", start: [0.05, 20, log]}
objective: {residual: log, loss: squared}
published:
  - {name: example, values: {a: 2, d1: 0.4, b: 1, d2: 3}}
checks:
  - {set: example, at: {x: 0}, gives: {y: 3}, tolerance: 1e-12, by: hand calculation}
"""


def decays(noise):
    draw = random.Random(2)
    return "x,y\n" + "".join(
        f"{0.1 * i!r},{(2 * math.exp(-i / 4) + math.exp(-i / 30)) * (1 + draw.gauss(0, noise))!r}\n"
        for i in range(60))


def of(fit, key="value"):
    return {p["name"]: p[key] for p in fit["parameters"]}


class Bounds(unittest.TestCase):
    def fit(self, *options):
        return record(["fit", "chinchilla", *RUNS, *options])

    @slow
    def test_a_bound_that_holds_anyway_changes_nothing(self):
        """Local and profile intervals, covariance and derived quantities."""
        plain, bound = (self.fit("--interval", "profile", "--at", "N=1e10,D=1e12", *more)
                        for more in ([], ["--bound", "alpha=:beta"]))
        assert_near(bound["objective"]["value"], plain["objective"]["value"], relative=1e-9)
        for p, q in zip(plain["parameters"], bound["parameters"]):
            assert_near(q["value"], p["value"], relative=1e-6)
            assert_near(q["se"], p["se"], relative=1e-6)
            for r in plain["parameters"]:
                assert_near(bound["covariance"][p["name"]][r["name"]],
                            plain["covariance"][p["name"]][r["name"]], relative=1e-5)
        for end in ("lo", "hi"): # where a profile does not meet the bound
            name = "alpha" if end == "lo" else "beta"
            assert_near(of(bound, end)[name], of(plain, end)[name], relative=1e-5)
        self.assertLess(of(bound, "hi")["alpha"], of(plain, "hi")["alpha"])
        for key in ("mean", "mean_lo", "mean_hi"):
            assert_near(bound["predictions"][0][key], plain["predictions"][0][key], relative=1e-4)

    def test_an_active_bound_is_a_tie(self):
        bound, tied = self.fit("--bound", "beta=:alpha"), self.fit("--tie", "beta=alpha")
        assert_near(bound["objective"]["value"], tied["objective"]["value"], relative=1e-9)
        for p, q in zip(bound["parameters"], tied["parameters"]):
            assert_near(p["value"], q["value"], relative=1e-7)
            assert_near(p["se"], q["se"], relative=1e-6)
        beta = bound["parameters"][4]
        self.assertEqual((beta["status"], beta["below"]), ("at_bound", "alpha"))
        said = [w["message"] for w in bound["warnings"] if w["code"] == "W-BOUND"]
        self.assertEqual(len(said), 1)
        self.assertIn("beta ended on its bound, alpha (0.3571)", said[0])

    def test_resamples_keep_the_order(self):
        fit = self.fit("--bound", "beta=:alpha", "--bootstrap", "200")
        names = [p["name"] for p in fit["parameters"]]
        alpha, beta = names.index("alpha"), names.index("beta")
        self.assertTrue(all(r[beta] <= r[alpha] for r in fit["resamples"]))
        below = sum(r[beta] < r[alpha] * (1 - 1e-6) for r in fit["resamples"])
        self.assertTrue(20 < below < 120, below) # where the rows drawn want it
        a = next(d for d in fit["derived"] if d["name"] == "a")
        self.assertLess(a["lo"], 0.49)
        assert_near(a["hi"], 0.5, absolute=1e-12)

    @slow
    def test_a_saved_fit_predicts_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            for options in (["--bound", "beta=:alpha"],
                            ["--bound", "alpha=:beta", "--interval", "profile"]):
                path = str(pathlib.Path(folder, "fit.json"))
                fit = self.fit(*options, "--at", "N=1e10,D=1e12", "-o", path)
                again = record(["predict", path, "--at", "N=1e10,D=1e12"])
                self.assertEqual(again["rows"], fit["predictions"])

    def test_numbers_at_the_other_end(self):
        fit = self.fit("--bound", "beta=0.36:alpha")
        self.assertTrue(0.36 <= of(fit)["beta"] <= of(fit)["alpha"])
        fit = self.fit("--bound", "alpha=:beta", "--fix", "beta=0.3")
        self.assertEqual(of(fit)["alpha"], 0.3)

    @slow
    def test_written_as_comparisons(self):
        want = of(self.fit("--bound", "beta=:alpha"))
        for text in ("beta < alpha", "beta<=alpha", "beta=:alpha"):
            self.assertEqual(of(self.fit("--bound", text)), want, text)
        self.assertEqual(of(self.fit("--bound", "alpha > beta")).keys(), want.keys())
        assert_near(of(self.fit("--bound", "E<1.7"))["E"], 1.7, relative=1e-9)

    def test_refusals(self):
        for options, sentence in (
                (["--bound", "beta=:alph"], "did you mean 'alpha'?"),
                (["--bound", "beta=:alpha", "--bound", "alpha=:beta"], "in a circle"),
                (["--bound", "beta=alpha:E"], "only one end can be a parameter"),
                (["--bound", "beta=:beta"], "is 'beta' itself"),
                (["--bound", "beta=:alpha", "--tie", "beta=E"], "--tie and --bound"),
                (["--bound", "beta=:alpha", "--fix", "alpha=0.3,beta=0.4"], "nothing is left"),
                (["--bound", "beta=:alpha", "--bootstrap", "50", "--interval", "studentised"],
                 "give percentile or bca")):
            status, _, err = run(["fit", "chinchilla", *RUNS, *options])
            self.assertEqual(status, 2, options)
            self.assertIn(sentence, err)


class LawFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.law = pathlib.Path(folder.name, "two-rates.yaml")
        self.law.write_text(LAW)

    def test_recovery_and_other_trials(self):
        status, out, _ = run(["laws", "check", "--full", str(self.law)])
        self.assertEqual(status, 0, out)
        self.assertRegex(out, r"recovery +holds")

    def test_the_terms_are_told_apart(self):
        """Without an order which is d1 is up to the starts; with it the answer has one form."""
        for objective in ([], ["--objective", "lognormal"]):
            fit = record(["fit", str(self.law), "-", "--quick", *objective], stdin=decays(0.01))
            assert_near(of(fit)["d1"], 0.4, absolute=0.03)
            assert_near(of(fit)["d2"], 3.0, absolute=0.1)
            self.assertEqual(len(fit["starts"]["distinct_optima"][:1]), 1)

    @slow
    def test_coverage_of_an_order(self):
        held = 0
        for seed in range(40):
            draw = random.Random(seed)
            rows = "x,y\n" + "".join(
                f"{0.1 * i!r},{(2 * math.exp(-i / 4) + math.exp(-i / 30)) * math.exp(draw.gauss(0, 0.02))!r}\n"
                for i in range(60))
            fit = record(["fit", str(self.law), "-", "--quick"], stdin=rows)
            held += sum(p["lo"] <= want <= p["hi"]
                        for p, want in zip(fit["parameters"], (2, 0.4, 1, 3)))
        self.assertTrue(142 <= held <= 160, held)

    def test_what_is_wrong_is_said(self):
        for old, new, sentence in (
                ("> d1", "> dd1", "did you mean 'd1'?"), ("> d1", "> x", "give min(x) or max(x)"),
                ('d1: {meaning: first scale, domain: "> 0"', 'd1: {meaning: first scale, domain: "> d2"',
                 "go in a circle"), ("> d1", "> a, < d1", "lies between two parameters"),
                ("d1: 0.4", "d1: 4", "outside the domain > d1"),
                ("> d1", "> 2*d1", "max(column) or a parameter"),
                (">= 0", ">= d1", "the domain of a column has numbers")):
            self.law.write_text(LAW.replace(old, new, 1))
            status, out, _ = run(["laws", "check", str(self.law)])
            self.assertEqual(status, 1, new)
            self.assertIn(sentence, " ".join(out.split()))


if __name__ == "__main__":
    unittest.main()
