"""Priors: parameters by level that shrink towards a mean, and single ones that are known from
elsewhere; closed forms of normal laws are the reference."""

import math
import pathlib
import random
import tempfile
import unittest

from support import assert_near, record, run

USAGE = 2
GROUPS, EACH, SIGMA = 8, 5, 0.5


def mean(values):
    return sum(values) / len(values)


class Priors(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        draw = random.Random(11)
        self.rows = {f"g{k}": [3 + 0.4 * k % 1.7 + draw.gauss(0, SIGMA) for _ in range(EACH)]
                     for k in range(GROUPS)}
        self.table = self.folder / "t.csv"
        self.table.write_text("family,y\n" + "".join(
            f"{name},{y!r}\n" for name, values in self.rows.items() for y in values))

    def fit(self, *options):
        return record(["fit", "y = a[family]", self.table, "--objective", "normal", "--fix",
                       f"sigma={SIGMA}", "--quick", *options])

    def levels(self, fit):
        return {p["group"]: p for p in fit["parameters"] if p["name"] == "a"}

    def check_shrunk(self, fit, centre, sd):
        """Each level lies between its own mean and the centre, as their variances say."""
        own = SIGMA ** 2 / EACH
        for name, values in self.rows.items():
            keep = sd ** 2 / (sd ** 2 + own)
            want = centre + keep * (mean(values) - centre)
            assert_near(self.levels(fit)[name]["value"], want, relative=1e-7)

    def test_given_mean_and_deviation(self):
        fit = self.fit("--prior", "a=normal:2.5:0.3")
        self.check_shrunk(fit, 2.5, 0.3)
        prior = fit["objective"]["priors"][0]
        self.assertEqual((prior["parameter"], prior["mean"], prior["sd"]), ("a", 2.5, 0.3))
        posterior = 1 / math.sqrt(EACH / SIGMA ** 2 + 1 / 0.3 ** 2)
        assert_near(fit["covariance"]["a[g0]"]["a[g0]"] ** 0.5, posterior, relative=1e-7)
        rows = sum(0.5 * ((y - self.levels(fit)[name]["value"]) / SIGMA) ** 2 + math.log(SIGMA)
                   + 0.5 * math.log(2 * math.pi)
                   for name, values in self.rows.items() for y in values)
        assert_near(fit["objective"]["value"] - fit["objective"]["penalty"], rows, relative=1e-9)
        assert_near(fit["diagnostics"]["minus_two_log_likelihood"], 2 * rows, relative=1e-9)
        keep = 0.3 ** 2 / (0.3 ** 2 + SIGMA ** 2 / EACH)
        assert_near(fit["diagnostics"]["effective_parameters"], GROUPS * keep, relative=1e-7)

    def test_fitted_mean(self):
        fit = self.fit("--prior", "a=normal:fitted:0.3")
        centre = mean([mean(values) for values in self.rows.values()])
        self.check_shrunk(fit, centre, 0.3)
        mu = next(p for p in fit["parameters"] if p["name"] == "a_mean")
        assert_near(mu["value"], centre, relative=1e-8)
        assert_near(fit["covariance"]["a_mean"]["a_mean"],
                    (0.3 ** 2 + SIGMA ** 2 / EACH) / GROUPS, relative=1e-6)

    def spans(self, parameter, value, deviation):
        """The 95 % interval of a normal posterior; the profile is that of a parabola."""
        assert_near(parameter["lo"], value - 1.959964 * deviation, relative=1e-6)
        assert_near(parameter["hi"], value + 1.959964 * deviation, relative=1e-6)

    def test_profiles_with_priors(self):
        """Of normal rows and a normal prior the posterior is normal, in closed form."""
        fit = self.fit("--prior", "a=normal:2.5:0.3", "--interval", "profile")
        posterior = 1 / math.sqrt(EACH / SIGMA ** 2 + 1 / 0.3 ** 2)
        for level in self.levels(fit).values():
            self.spans(level, level["value"], posterior)
        fit = self.fit("--prior", "a=normal:fitted:0.3", "--interval", "profile")
        mu = next(p for p in fit["parameters"] if p["name"] == "a_mean")
        self.spans(mu, mu["value"], math.sqrt((0.3 ** 2 + SIGMA ** 2 / EACH) / GROUPS))

    def test_a_saved_fit_keeps_its_priors(self):
        saved = self.folder / "fit.json"
        status, _, err = run(["fit", "y = a[family]", self.table, "--objective", "normal", "--fix",
                              f"sigma={SIGMA}", "--prior", "a=normal:2.5:0.3", "--quick",
                              "--interval", "profile", "-o", saved])
        self.assertEqual(status, 0, err)
        answer = record(["predict", saved, "--at", "family=g0"])["rows"][0]
        posterior = 1 / math.sqrt(EACH / SIGMA ** 2 + 1 / 0.3 ** 2)
        assert_near(answer["mean_hi"] - answer["mean"], 1.959964 * posterior, relative=1e-4)

    def test_fitted_deviation_is_that_of_maximum_likelihood(self):
        """Of a balanced one-way layout of known error: tau^2 + sigma^2/n is the mean square of the
        level means (Searle, Casella and McCulloch 1992, section 3.7)."""
        fit = self.fit("--prior", "a=normal:fitted:fitted")
        means = [mean(values) for values in self.rows.values()]
        total = mean([(m - mean(means)) ** 2 for m in means])
        tau = math.sqrt(total - SIGMA ** 2 / EACH)
        prior = fit["objective"]["priors"][0]
        self.assertTrue(prior["sd_fitted"])
        assert_near(prior["sd"], tau, relative=1e-4)
        self.check_shrunk(fit, mean(means), prior["sd"])

    def test_a_level_without_say(self):
        """A level of one row leans on the others, and --bootstrap works with priors."""
        with self.table.open("a") as file:
            file.write("lonely,9\n")
        fit = self.fit("--prior", "a=normal:fitted:0.2", "--bootstrap", "20")
        value = self.levels(fit)["lonely"]["value"]
        self.assertTrue(3 < value < 5)
        status, out, err = run(["fit", "y = a[family]", self.table, "--objective", "normal",
                                "--quick", "--prior", "a=normal:fitted:fitted"])
        self.assertEqual(status, 0, err)
        self.assertIn("normal about a_mean", out)

    def test_a_prior_on_a_single_parameter(self):
        table = self.folder / "line.csv"
        table.write_text("x,y\n" + "".join(f"{x},{1 + 2 * x + 0.1 * (-1) ** x}\n"
                                           for x in range(6)))
        fit = record(["fit", "y = a + b*x", table, "--objective", "normal", "--fix", "sigma=0.1",
                      "--prior", "b=normal:1:0.01", "--quick"])
        b = next(p for p in fit["parameters"] if p["name"] == "b")
        xs, ys = list(range(6)), [1 + 2 * x + 0.1 * (-1) ** x for x in range(6)]
        sxx = sum((x - 2.5) ** 2 for x in xs)
        sxy = sum((x - 2.5) * y for x, y in zip(xs, ys))
        want = (sxy / 0.01 + 1 / 0.0001) / (sxx / 0.01 + 1 / 0.0001)
        assert_near(b["value"], want, relative=1e-7)

    def test_a_law_declares_its_prior(self):
        law = self.folder / "levels.yaml"
        law.write_text("""id: levels
version: 1
title: A level for each family
question: downstream
formula: y = a[family]
columns:
  y: {meaning: score}
  family: {meaning: family of models}
parameters:
  a: {meaning: level, domain: any, start: [0, 5], prior: "normal:fitted:0.3"}
objective: {loss: normal}
""")
        fit = record(["fit", law, self.table, "--fix", f"sigma={SIGMA}", "--quick"])
        self.check_shrunk(fit, mean([mean(v) for v in self.rows.values()]), 0.3)

    def test_order_is_kept_by_a_gap(self):
        """docs/law-format.md: d2 = d1 + gap stands in the law and is reported with its interval."""
        law, table = self.folder / "ordered.yaml", self.folder / "ordered.csv"
        law.write_text("""id: ordered
version: 1
title: Two saturating terms in order
question: downstream
formula: y = a*exp(-x/d1) + exp(-x/d2)
columns:
  y: {meaning: score}
  x: {meaning: size}
parameters:
  a: {meaning: weight, domain: "> 0", start: [0.1, 10, log]}
  d1: {meaning: first scale, domain: "> 0", start: [0.1, 10, log]}
  gap: {meaning: to the second scale, domain: "> 0", start: [0.1, 10, log]}
derived:
  d2: {formula: d1 + gap, meaning: second scale}
""")
        table.write_text("x,y\n" + "".join(
            f"{x},{2 * math.exp(-x / 0.8) + math.exp(-x / 5) + 1e-3 * (-1) ** x!r}\n"
            for x in range(12)))
        fit = record(["fit", law, table, "--quick"])
        second = next(d for d in fit["derived"] if d["name"] == "d2")
        assert_near(second["value"], 5, relative=0.02)
        self.assertTrue(second["lo"] < second["value"] < second["hi"])
        status, _, err = run(["laws", "check", law])
        self.assertEqual(status, 0, err)

    def test_refusals(self):
        base = ["fit", "y = a[family]", self.table, "--prior"]
        for options, words in (
                (["a=normal:0:1"], "likelihood"),
                (["b=normal:0:1", "--objective", "normal"], "'b'"),
                (["a=normal:0", "--objective", "normal"], "normal:MEAN:SD"),
                (["a=normal:0:-1", "--objective", "normal"], "normal:MEAN:SD"),
                (["a=cauchy:0:1", "--objective", "normal"], "normal:MEAN:SD")):
            status, _, err = run([*base, *options])
            self.assertEqual(status, USAGE, err)
            self.assertIn(words, err)


class Contests(unittest.TestCase):
    LAWS = ["y = a + b*x", "y = a + b*x + c*x^2"]

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        draw = random.Random(3)
        self.table = pathlib.Path(folder.name) / "t.csv"
        self.table.write_text("x,y,lab\n" + "".join(
            f"{k / 10},{1 + 0.05 * k + draw.gauss(0, 0.2)!r},{'AB'[k % 2]}\n" for k in range(40)))

    def compare(self, *options):
        return record(["compare", *self.LAWS, self.table, "--objective", "normal", *options])

    def test_each_law_takes_the_priors_of_its_parameters(self):
        """A parameter pinned to 0 is as good as none, and AICc counts it so."""
        line, curve = self.compare("--prior", "c=normal:0:1e-6")["laws"]
        assert_near(curve["aicc"], line["aicc"], absolute=1e-4)
        self.assertEqual((line["parameters"], curve["parameters"]), (3, 4))
        free = self.compare()["laws"]
        self.assertEqual(free[0]["aicc"], line["aicc"])
        self.assertGreater(abs(free[1]["aicc"] - curve["aicc"]), 0.5)
        status, _, err = run(["compare", *self.LAWS, self.table, "--objective", "normal",
                              "--prior", "q=normal:0:1"])
        self.assertEqual(status, USAGE)
        self.assertIn("no law here has a symbol 'q'", err)

    def test_the_dispersion_has_a_prior(self):
        """Every law has it, and pinned to half its value it spoils all fits."""
        free = self.compare()["laws"]
        held = self.compare("--prior", "sigma=normal:0.1:1e-6")["laws"]
        for before, after in zip(free, held):
            self.assertGreater(after["aicc"], before["aicc"] + 10)
        status, _, err = run(["compare", *self.LAWS, self.table, "--prior", "sigma=normal:0.1:1"])
        self.assertEqual(status, USAGE)
        self.assertIn("no law here has a symbol 'sigma'", err)

    def test_no_likelihood_ratio_of_penalised_fits(self):
        laws = ["compare", "y = a + b*x", self.table, "--objective", "normal", "--by", "lab",
                "--share", "b"]
        sound = record(laws)["nested"]
        self.assertTrue(sound)
        self.assertTrue(all(0 <= test["p"] <= 1 for test in sound))
        penalised = record([*laws, "--prior", "b=normal:0:0.3"])["nested"]
        self.assertEqual(len(penalised), len(sound))
        for test in penalised:
            self.assertIsNone(test["p"])
            self.assertIn("priors", test["note"])

    def test_a_backtest_forecasts_with_them(self):
        law = ["backtest", self.LAWS[0], self.table, "--objective", "normal", "--holdout", "x > 3"]

        def error(*options):
            return next(m["mse"] for m in record([*law, *options])["methods"]
                        if m["id"] == self.LAWS[0])
        assert_near(error("--prior", "b=normal:0:100"), error(), relative=1e-3)
        self.assertGreater(error("--prior", "b=normal:0:0.01"), 4 * error())


if __name__ == "__main__":
    unittest.main()
