"""Likelihood objectives: published fits, the record they give, predictions, and what is refused.

Reference numbers are minima of -log densities of scipy.stats (binom, betabinom, nbinom, norm,
lognorm; 1.10) by scipy.optimize.minimize(method='Nelder-Mead', xatol=1e-12, fatol=1e-14), run twice;
standard errors are from the inverse of their Hessian by central differences, good to four digits, for
the binomial from X'WX.
"""

import json
import math
import random
import statistics
import unittest

from support import InFolder, assert_near, record, run, slow

USAGE, INPUT = 2, 3

# Tobacco budworms killed, of 20, by dose and sex (Collett 1991; Venables and Ripley 2002, 7.2).
DOSES = [1, 2, 4, 8, 16, 32]
BUDWORM = "dose,male,dead\n" + "".join(
    f"{dose},{male},{dead}\n"
    for male, counts in ((1, [1, 4, 9, 13, 18, 20]), (0, [0, 2, 6, 10, 12, 16]))
    for dose, dead in zip(DOSES, counts))
# Seeds germinated of two species under two extracts (Crowder 1978, Applied Statistics 27).
SEEDS = "species,extract,seeds,grown\n" + "".join(
    f"{species},{extract},{seeds},{grown}\n"
    for species, extract, pairs in (
        (0, 0, [(39, 10), (62, 23), (81, 23), (51, 26), (39, 17)]),
        (0, 1, [(6, 5), (74, 53), (72, 55), (51, 32), (79, 46), (13, 10)]),
        (1, 0, [(16, 8), (30, 10), (28, 8), (45, 23), (4, 0)]),
        (1, 1, [(12, 3), (41, 22), (30, 15), (51, 32), (7, 3)]))
    for seeds, grown in pairs)
# European red mites on apple leaves (Bliss and Fisher 1953, Biometrics 9, table 1).
MITES = "mites,leaves\n0,70\n1,38\n2,17\n3,10\n4,9\n5,3\n6,2\n7,1\n"

LOGIT = "dead/20 = sigmoid(a + b*male + c*log2(dose))"


def parameter(fit, name):
    return next(p for p in fit["parameters"] if p["name"] == name)


def codes(fit):
    return [warning["code"] for warning in fit["warnings"]]


class HeldOut(unittest.TestCase):
    @slow
    def test_of_a_left_side_that_is_no_column(self):
        """dead/20 of the largest dose is forecast as the column of shares would be."""
        head, *rows = [line.split(",") for line in BUDWORM.split()]
        self.assertEqual(head[2], "dead")
        shares = "dose,male,share\n" + "".join(
            f"{dose},{male},{int(dead) / 20!r}\n" for dose, male, dead in rows)
        options = ["--objective", "binomial", "--trials", "20"]
        counts = record(["fit", LOGIT, "-", *options], stdin=BUDWORM)
        other = record(["fit", LOGIT.replace("dead/20", "share"), "-", *options], stdin=shares)
        self.assertNotIn("W-NOHOLD", codes(counts))
        for key in ("n_test", "rmse", "rmse_within", "mae"):
            assert_near(counts["holdout"][key], other["holdout"][key], relative=1e-7)


class Likelihoods(InFolder):
    def table(self, text):
        return self.file("t.csv", text)

    def budworm(self, *options):
        return record(["fit", LOGIT, self.table(BUDWORM), "--objective", "binomial", "--trials",
                       "20", *options])

    def check(self, fit, value, parameters, errors, relative=1e-7):
        assert_near(fit["objective"]["value"], value, relative=1e-11)
        for (name, want), error in zip(parameters.items(), errors):
            assert_near(parameter(fit, name)["value"], want, relative=relative, what=name)
            if parameter(fit, name)["status"] == "ok":
                se = fit["covariance"][name][name] ** 0.5
                assert_near(se, error, relative=1e-4, what=f"se of {name}")


class PublishedFits(Likelihoods):
    def test_binomial(self):
        fit = self.budworm()
        self.check(fit, 18.433732616822702,
                   {"a": -3.4731552993502923, "b": 1.1007433641656819, "c": 1.0642139684342469},
                   [0.46852038, 0.35582713, 0.13107749])
        for name, error in (("a", 0.3302365), ("b", 0.23124584), ("c", 0.09118011)):
            assert_near(fit["covariance_sandwich"][name][name] ** 0.5, error, relative=1e-6)
        assert_near(fit["diagnostics"]["aic"], 2 * 18.433732616822702 + 6, relative=1e-11)
        assert_near(fit["diagnostics"]["bic"], 2 * 18.433732616822702 + 3 * math.log(12),
                    relative=1e-11)
        z = 1.959963984540054
        assert_near(parameter(fit, "b")["lo"], 1.1007433641656819 - z * 0.35582713, relative=1e-6)
        self.assertEqual(fit["solver"]["stop"], "converged")
        self.assertEqual(fit["starts"]["reached_best"], fit["starts"]["solved"])

    def test_beta_binomial(self):
        law = ("grown/seeds = sigmoid(a + b*species + c*extract + d*species*extract)")
        fit = record(["fit", law, self.table(SEEDS), "--objective", "beta-binomial", "--trials",
                      "seeds"])
        self.check(fit, 53.766763364867536,
                   {"a": -0.5419505212830606, "b": 0.0973905352602901, "c": 1.3200681859575982,
                    "d": -0.7979246820864762, "rho": 0.012360893470625581},
                   [0.16378269831959844, 0.2736606478966765, 0.23397552812533273,
                    0.3779492708123834, 0.011351021689384486], relative=1e-5)
        plain = record(["fit", law, self.table(SEEDS), "--objective", "binomial", "--trials",
                        "seeds", "--quick"])
        self.assertLess(fit["objective"]["value"], plain["objective"]["value"])

    def test_negative_binomial(self):
        """1/phi is 1.0246, the k of Bliss and Fisher; leaves are weights."""
        fit = record(["fit", "mites = m", self.table(MITES), "--objective", "negative-binomial",
                      "--weight", "leaves", "--quick"])
        self.check(fit, 222.43715359843475, {"m": 1.1466666849925047, "phi": 0.9759979039689841},
                   [0.127277962800771, 0.26282149050295295])
        assert_near(1 / parameter(fit, "phi")["value"], 1.0246, absolute=5e-5)

    @slow
    def test_normal_is_least_squares(self):
        """sigma^2 is the mean square, and -2 log L what least squares say of themselves."""
        law = "loss = E + A*N^-a"
        rows = [(10.0 ** (7 + k / 4), 2 + 300 * 10 ** (-(7 + k / 4) * 0.4) + (-1) ** k * 0.01)
                for k in range(12)]
        table = self.table("N,loss\n" + "".join(f"{n!r},{y!r}\n" for n, y in rows))
        normal = record(["fit", law, table, "--objective", "normal"])
        squares = record(["fit", law, table])
        for name in ("E", "A", "a"):
            assert_near(parameter(normal, name)["value"], parameter(squares, name)["value"],
                        relative=1e-6)
        sigma = parameter(normal, "sigma")["value"]
        assert_near(sigma ** 2, squares["objective"]["value"] / 12, relative=1e-9)
        for key in ("minus_two_log_likelihood", "aic", "bic"):
            assert_near(normal["diagnostics"][key], squares["diagnostics"][key], relative=1e-9)
        lognormal = record(["fit", law, table, "--objective", "lognormal"])
        logs = record(["fit", law, table, "--residual", "log"])
        assert_near(parameter(lognormal, "a")["value"], parameter(logs, "a")["value"],
                    relative=1e-6)
        jacobian = sum(math.log(y) for _, y in rows)
        assert_near(lognormal["diagnostics"]["minus_two_log_likelihood"],
                    logs["diagnostics"]["minus_two_log_likelihood"] + 2 * jacobian, relative=1e-9)


class Predictions(Likelihoods):
    def test_observations_are_shares_of_their_trials(self):
        """With the parameters held the interval is the binomial's own."""
        table = self.table("x,n,y\n" + "".join(f"{x},50,{y}\n" for x, y in
                                              ((1, 0.1), (2, 0.28), (3, 0.5), (4, 0.76))))
        fit = self.folder / "fit.json"
        law = ["fit", "y = sigmoid(a + b*x)", table, "--objective", "binomial", "--trials", "n",
               "--quick", "-o", str(fit), "--json"]
        status, out, err = run([*law, "--at", "x=2.5,n=1000", "--at", "x=2.5"])
        self.assertEqual(status, 0, err)
        with_trials, without = json.loads(out)["predictions"]
        self.assertIsNone(without["obs_lo"])
        mean = with_trials["mean"]
        wide = 1.96 * math.hypot((with_trials["mean_hi"] - with_trials["mean_lo"]) / 3.92,
                                 math.sqrt(mean * (1 - mean) / 1000))
        assert_near(with_trials["obs_hi"] - with_trials["obs_lo"], 2 * wide, relative=0.03)
        for end in ("obs_lo", "obs_hi"):
            self.assertEqual(round(with_trials[end] * 1000, 6), round(with_trials[end] * 1000))
        again = record(["predict", fit, self.file("new.csv", "x,n\n2.5,1000\n2.5,20\n")])["rows"]
        self.assertEqual([again[0]["obs_lo"], again[0]["obs_hi"]],
                         [with_trials["obs_lo"], with_trials["obs_hi"]])
        self.assertLess(again[1]["obs_lo"], again[0]["obs_lo"])
        self.assertEqual(with_trials["log10_beyond"], 0)

    def test_bootstrap_and_clusters(self):
        fit = self.budworm("--bootstrap", "200", "--quick")
        self.assertEqual(fit["intervals"]["method"], "bootstrap")
        assert_near(parameter(fit, "c")["se"], 0.13, absolute=0.06)
        self.assertEqual(self.budworm("--bootstrap", "50", "--quick", "--threads", "2")["resamples"],
                         self.budworm("--bootstrap", "50", "--quick")["resamples"])

    def test_profile(self):
        """Ends where the log-likelihood, the other two parameters at their best, is half of
        scipy.stats.chi2.ppf(0.95, 1) below its maximum: scipy 1.10, optimize.root(gradient of
        binom.logpmf, tol=1e-14) inside optimize.brentq(xtol=1e-13)."""
        fit = self.budworm("--interval", "profile", "--quick")
        self.assertEqual(fit["intervals"]["detail"], "profile of the likelihood")
        for name, lo, hi in (("a", -4.458068048987506, -2.6135359691139963),
                             ("b", 0.4192124273913444, 1.8204445588407376),
                             ("c", 0.8228545156975431, 1.339038779258902)):
            assert_near(parameter(fit, name)["lo"], lo, relative=1e-7, what=f"lower end of {name}")
            assert_near(parameter(fit, name)["hi"], hi, relative=1e-7, what=f"upper end of {name}")

    def test_views(self):
        status, out, err = run(["fit", LOGIT, self.table(BUDWORM), "--objective", "binomial",
                                "--trials", "20", "--quick", "--html", self.folder / "r.html"])
        self.assertEqual(status, 0, err)
        self.assertIn("binomial", out)
        self.assertIn("observed information", (self.folder / "r.html").read_text())

    def test_overdispersion_is_said(self):
        rows = "".join(f"{k},{0.5 + (-1) ** k * 0.3:.1f}\n" for k in range(12))
        fit = record(["fit", "y = p", self.table("k,y\n" + rows), "--objective", "binomial",
                      "--trials", "100", "--quick"])
        self.assertIn("W-DISP", codes(fit))
        self.assertNotIn("W-DISP", codes(self.budworm("--quick")))


class SimulatedResponses(Likelihoods):
    """--resample parametric: with much data the refits scatter as the observed information says."""

    # One table per density: its left side is drawn by Python's own generator around a known curve.
    LAWS = {"binomial": "k/n = sigmoid(a + b*x)", "beta-binomial": "k/n = sigmoid(a + b*x)",
            "normal": "y = a + b*x", "lognormal": "y = exp(a + b*x)",
            "negative-binomial": "k = exp(a + b*x)"}
    ROWS, TRIALS, REFITS = 240, 40, 600

    @classmethod
    def response(cls, draw, density, x):
        share, mean = 1 / (1 + math.exp(0.5 - x)), math.exp(2 + x)
        if density == "beta-binomial":  # rho = 1/(a + b + 1) = 0.2
            share = draw.betavariate(4 * share, 4 * (1 - share))
        if density == "negative-binomial":  # phi = 0.5
            mean, count = draw.gammavariate(2, mean / 2), -1
            while mean > 0:
                mean, count = mean - draw.expovariate(1), count + 1
            return 0, count
        if density in ("normal", "lognormal"):
            y = 2 + x + draw.gauss(0, 0.3)
            return (math.exp(y) if density == "lognormal" else y), 0
        return 0, sum(draw.random() < share for _ in range(cls.TRIALS))

    def simulated(self, density, *options):
        draw = random.Random(5)
        text = "x,n,y,k\n"
        for i in range(self.ROWS):
            x = i / self.ROWS * 2 - 1
            y, k = self.response(draw, density, x)
            text += f"{x!r},{self.TRIALS},{y!r},{k}\n"
        trials = ["--trials", "n"] if "/n" in self.LAWS[density] else []
        return record(["fit", self.LAWS[density], self.table(text), "--objective", density, *trials,
                       "--quick", *options])

    @slow
    def test_refits_scatter_as_the_information_says(self):
        """The allowance is four standard errors of a standard deviation of so many refits, and a
        share of the order of one over the rows."""
        allowed = 4 / math.sqrt(2 * self.REFITS) + 5 / self.ROWS
        for density in self.LAWS:
            with self.subTest(density):
                local = self.simulated(density)
                fit = self.simulated(density, "--resample", "parametric", "--bootstrap",
                                     str(self.REFITS))
                self.assertEqual(fit["intervals"]["failed"], 0)
                self.assertEqual(fit["intervals"]["unit"], "simulation")
                self.assertIn(density, fit["intervals"]["detail"])
                for k, p in enumerate(local["parameters"]):
                    se = local["covariance"][p["name"]][p["name"]] ** 0.5
                    refits = [r[k] for r in fit["resamples"]]
                    sd = statistics.stdev(math.log(r) for r in refits) * p["value"] \
                        if p["name"] in ("sigma", "rho", "phi") else statistics.stdev(refits)
                    assert_near(sd, se, relative=allowed, what=f"sd of {p['name']}")
                    assert_near(statistics.mean(refits), p["value"], what=p["name"],
                                absolute=4 * se / math.sqrt(self.REFITS) + 0.15 * se)

    def check_near_local(self, kind):
        """Ends of 600 refits by cases: a 2.5 % quantile of so many has a standard error of 0.11 of
        theirs, and the spread of cases differs from the information's by some percent."""
        local = self.simulated("binomial")
        fit = self.simulated("binomial", "--interval", kind, "--bootstrap", str(self.REFITS))
        about = fit["intervals"]
        self.assertEqual((about["method"], about["kind"], about["resample"], about["unit"]),
                         ("bootstrap", kind, "cases", "rows"))
        self.assertEqual((about["n"], about["failed"]), (self.REFITS, 0))
        for p, q in zip(local["parameters"], fit["parameters"]):
            se = (p["hi"] - p["lo"]) / 3.92
            for end in ("lo", "hi"):
                assert_near(q[end], p[end], absolute=0.5 * se, what=f"{end} of {p['name']}")
            self.assertNotEqual(q["lo"], p["lo"])

    @slow
    def test_percentile(self):
        self.check_near_local("percentile")

    @slow
    def test_bca(self):
        self.check_near_local("bca")

    @slow
    def test_studentised(self):
        self.check_near_local("studentised")

    @slow
    def test_same_bits_at_any_number_of_threads(self):
        options = ["--resample", "parametric", "--bootstrap", "20", "--interval", "studentised"]
        one, two = (self.simulated("beta-binomial", *options, "--threads", str(threads))
                    for threads in (1, 2))
        for key in ("resamples", "resample_covariances"):
            self.assertEqual(one[key], two[key])


class LawFiles(Likelihoods):
    LAW = """id: shares
version: 1
title: Shares of trials
question: downstream
formula: y = sigmoid(a + b*x)
columns:
  y: {meaning: share of items solved, aliases: [acc]}
  x: {meaning: size}
  n: {meaning: items, domain: "> 0", aliases: [items]}
parameters:
  a: {meaning: intercept, domain: any, start: [-3, 3]}
  b: {meaning: slope, domain: any, start: [-2, 2]}
objective: {loss: binomial, trials: n}
"""

    def test_a_law_declares_its_likelihood(self):
        law = self.file("shares.yaml", self.LAW)
        table = self.table("x,items,acc\n0,50,0.1\n1,50,0.28\n2,50,0.5\n3,25,0.76\n")
        fit = record(["fit", law, table, "--quick"])
        self.assertEqual(fit["objective"]["loss"], "binomial")
        self.assertEqual(fit["data"]["columns"]["n"]["column"], "items")
        typed = record(["fit", "acc = sigmoid(a + b*x)", table, "--objective", "binomial",
                        "--trials", "items", "--quick"])
        assert_near(fit["objective"]["value"], typed["objective"]["value"], relative=1e-12)


class Refusals(Likelihoods):
    def refused(self, status, words, law, table, *options):
        got, _, err = run(["fit", law, self.table(table), *options])
        self.assertEqual(got, status, err)
        for word in words:
            self.assertIn(word, err)

    def test_what_is_no_response(self):
        share = ["--objective", "binomial", "--trials", "n"]
        law = "y = sigmoid(a + 0*x)"
        self.refused(INPUT, ["line 3", "6.66", "no whole number", "round"], law,
                     "x,y,n\n1,0.5,20\n2,0.333,20\n", *share)
        self.refused(INPUT, ["line 2", "share"], law, "x,y,n\n1,1.5,20\n2,0.5,20\n", *share)
        self.refused(INPUT, ["line 2", "trials"], law, "x,y,n\n1,0.5,2.5\n2,0.5,20\n", *share)
        self.refused(INPUT, ["line 3", "-1"], "y = m", "y,x\n1,1\n-1,2\n3,4\n", "--objective",
                     "negative-binomial")
        self.refused(INPUT, ["line 2", "whole number"], "y = m", "y\n1.5\n2\n3\n", "--objective",
                     "negative-binomial")
        self.refused(INPUT, ["above 0"], "y = m", "y\n1.5\n0\n3\n", "--objective", "lognormal")

    def test_bad_rows_are_dropped_when_asked(self):
        table = self.table("x,y,n\n1,0.5,20\n2,0.333,20\n3,0.25,20\n")
        fit = record(["fit", "y = sigmoid(a + 0*x)", table, "--objective", "binomial", "--trials",
                      "n", "--drop-bad", "--quick"])
        self.assertEqual(fit["data"]["rows_used"], 2)
        rounded = record(["fit", "z = sigmoid(a + 0*x)", table, "--let", "z=round(y*n)/n",
                          "--objective", "binomial", "--trials", "n", "--quick"])
        self.assertEqual(rounded["data"]["rows_used"], 3)

    def test_options_that_do_not_go_together(self):
        table = "x,y,n\n1,0.5,20\n2,0.25,20\n"
        law = "y = sigmoid(a + 0*x)"
        self.refused(USAGE, ["--trials COLUMN"], law, table, "--objective", "binomial")
        self.refused(USAGE, ["squared"], law, table, "--trials", "n")
        self.refused(USAGE, ["binomial"], law, table, "--objective", "binomal")
        self.refused(USAGE, ["--residual"], law, table, "--objective", "binomial", "--trials", "n",
                     "--residual", "logit")
        self.refused(INPUT, ["'m'", "no column"], law, table, "--objective", "binomial",
                     "--trials", "m")
        self.refused(INPUT, ["'c' is no column"], "log(y + c) = a + 0*x", table, "--objective",
                     "normal")
        simulated = ["--bootstrap", "50", "--resample", "parametric"]
        self.refused(INPUT, ["line 2", "weight is 2", "0 or 1"], law, table, "--objective",
                     "binomial", "--trials", "n", "--weight", "2*x", *simulated)
        self.refused(INPUT, ["the right side leaves out"], "y = m + x + 0*y", table, "--objective",
                     "normal", *simulated)


if __name__ == "__main__":
    unittest.main()
