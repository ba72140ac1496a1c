"""Laws that are not solved for their response: M4 of Alabdulmohsin et al. (2022) and typed ones."""

import math
import pathlib
import random
import tempfile
import unittest

from support import assert_near, record, run, slow

TRUE = {"e_inf": 0.1, "e_0": 1.0, "alpha": 0.3, "beta": 50.0, "c": -0.4}


def x_of(y, p=None):
    """The x at which M4 gives y, in closed form."""
    p = p or TRUE
    return ((y - p["e_inf"]) / ((p["e_0"] - y) ** p["alpha"] * p["beta"])) ** (1 / p["c"])


class Implicit(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def table(self, noise=0.0, n=40):
        draw = random.Random(3)
        path = self.folder / "m4.csv"
        rows = ["x,y"]
        for k in range(n):
            y = 0.12 + 0.8 * k / (n - 1)
            seen = TRUE["e_inf"] + (y - TRUE["e_inf"]) * math.exp(draw.gauss(0, noise))
            rows.append(f"{x_of(y)!r},{seen!r}")
        path.write_text("\n".join(rows) + "\n")
        return str(path)

    def test_exact_data_are_recovered_and_predicted(self):
        fit = record(["fit", "m4-plateaus", self.table(), "--quick", "--at", f"x={x_of(0.4)!r}",
                      "--at", f"x={x_of(0.999)!r}", "--at", f"x={x_of(0.1001)!r}"])
        for item in fit["parameters"]:
            assert_near(item["value"], TRUE[item["name"]], relative=1e-5, what=item["name"])
        for row, want in zip(fit["predictions"], (0.4, 0.999, 0.1001)):
            assert_near(row["mean"], want, relative=1e-6)

    def test_a_new_run_spreads_as_the_residuals_of_the_equation(self):
        """M2 with its floor at 0 is the power law with residuals of log y: the interval of a new run
        is the same, though M2 is solved for y and y has no logarithm of its own."""
        draw = random.Random(5)
        table = "x,y\n" + "".join(
            f"{2.0 ** i},{0.4 * 2 ** (-0.2 * i) * math.exp(draw.gauss(0, 0.1))}\n" for i in range(20))
        at = ["--at", "x=5000", "--quick"]
        m2 = record(["fit", "m2-floor", "-", "--fix", "e_inf=0", *at], stdin=table)
        power = record(["fit", "power", "-", "--residual", "log", "--objective", "squared", *at],
                       stdin=table)
        for key, near in (("mean", 1e-6), ("obs_lo", 0.02), ("obs_hi", 0.02)):
            assert_near(m2["predictions"][0][key], power["predictions"][0][key], relative=near)

    @slow
    def test_the_four_laws_of_one_paper_are_compared(self):
        """M2 and M4 keep the objectives of their equations; no criterion is said of them."""
        path, laws = self.table(noise=0.02), ["m4-plateaus", "power", "m2-floor", "m3-shift"]
        got = record(["compare", *laws, path])
        apart = {law["id"]: law["apart"] for law in got["laws"]}
        self.assertEqual(apart, {"m4-plateaus": True, "power": False, "m2-floor": True,
                                 "m3-shift": False})
        for law in got["laws"]:
            self.assertEqual(law["aicc"] is None, law["apart"])
            self.assertEqual(law["weight"] is None, law["apart"])
            self.assertIsNotNone(law["backtest_rmse"])
        self.assertEqual(got["objective"]["space"], "log")
        _, out, _ = run(["compare", *laws, path])
        self.assertIn("fitted to the sides of an equation of its own", " ".join(out.split()))
        tested = record(["backtest", *laws, path, "--holdout", "x > 1e6"])["methods"]
        self.assertEqual({m["id"] for m in tested}, {*laws, "persistence"})
        status, _, err = run(["compare", *laws, path, "--residual", "log"])
        self.assertEqual(status, 3)
        self.assertIn("m4-plateaus: the law cannot be evaluated at any start", err)

    def test_intervals_follow_the_implicit_function(self):
        """The local interval of y(x) against that of x(y), a derived quantity in closed form: a step
        in x is a step in y by the slope of the curve."""
        table = self.table(noise=0.02)
        fit = record(["fit", "m4-plateaus", table, "--quick", "--at", "target=0.5"])
        own = {p["name"]: p["value"] for p in fit["parameters"]}
        x = fit["derived"][0]
        seen = record(["fit", "m4-plateaus", table, "--quick", "--at", f"x={x['value']!r}"])
        row = seen["predictions"][0]
        assert_near(row["mean"], 0.5, relative=1e-10)
        slope = (math.log(x_of(0.5 + 1e-6, own)) - math.log(x_of(0.5 - 1e-6, own))) / 2e-6
        width = math.log(x["hi"] / x["lo"])
        assert_near(row["mean_hi"] - row["mean_lo"], width / abs(slope), relative=1e-3)
        self.assertLess(row["obs_lo"], row["mean_lo"])
        self.assertGreater(row["obs_hi"], row["mean_hi"])

    @slow
    def test_saved_fit_bootstrap_and_holdout(self):
        table, saved = self.table(noise=0.02), self.folder / "fit.json"
        fit = record(["fit", "m4-plateaus", table, "--bootstrap", "50", "-o", saved, "--at",
                      "x=1e6"])
        again = record(["predict", saved, "--at", "x=1e6"])["rows"][0]
        self.assertEqual(again["mean"], fit["predictions"][0]["mean"])
        self.assertTrue(again["mean_lo"] < again["mean"] < again["mean_hi"])
        self.assertIsNotNone(fit["holdout"]["rmse"])
        self.assertIn("figures", fit)
        self.assertTrue(fit["figures"])

    def test_a_typed_law(self):
        """y = a + b*exp(-y)*x: y stands on both sides."""
        path = self.folder / "t.csv"
        rows = []
        for k in range(20):
            y = 0.5 + 0.1 * k
            rows.append(f"{(y - 0.2) / 0.3 * math.exp(y)!r},{y!r}")
        path.write_text("x,y\n" + "\n".join(rows) + "\n")
        fit = record(["fit", "y = a + b*exp(-y)*x", path, "--quick", "--at", "x=2"])
        y = fit["predictions"][0]["mean"]
        assert_near(y, 0.2 + 0.3 * math.exp(-y) * 2, relative=1e-6)

    def test_evaluated_from_published_constants(self):
        value = record(["laws", "eval", "m4-plateaus", "--at", f"x={x_of(0.7)!r}"])["value"]
        assert_near(value, 0.7, relative=1e-9)
        status, out, err = run(["laws", "eval", "m4-plateaus"])
        self.assertEqual(status, 0, err)
        self.assertIn("x=", out)


if __name__ == "__main__":
    unittest.main()
