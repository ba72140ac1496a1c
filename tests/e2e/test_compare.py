"""Laws side by side: same rows, criteria, folds, nested tests, groups, crossings, backtest; against
separate fits and against least squares done here."""

import math
import pathlib
import random
import tempfile
import unittest

from support import assert_near, record, run, slow

RUNS = "data/chinchilla-epoch/runs.csv"
WHERE = ["--where", "kept_240 == 1"]
SQUARED = ["--objective", "squared", "--residual", "identity"]


def noise(i):
    return ((i * 37 + i * i * 11) % 23 - 11) / 11


def ols(rows):
    """Intercept, slope, residual sum of squares, leverages of y on x."""
    n = len(rows)
    mx, my = sum(x for x, _ in rows) / n, sum(y for _, y in rows) / n
    xx = sum((x - mx) ** 2 for x, _ in rows)
    b = sum((x - mx) * (y - my) for x, y in rows) / xx
    a = my - b * mx
    residuals = [y - a - b * x for x, y in rows]
    return a, b, sum(r * r for r in residuals), [1 / n + (x - mx) ** 2 / xx for x, _ in rows]


GROUPS = [(g, float(x), 1 + 0.5 * k + (2 + 0.3 * k) * x + 0.2 * noise(7 * k + x))
          for k, g in enumerate("abc") for x in range(1, 9)]
GROUPED = "g,x,y\n" + "".join(f"{g},{x!r},{y!r}\n" for g, x, y in GROUPS)


class Prepared(unittest.TestCase):
    """Laws compared on the table that one of them is fitted to, or on that of --prepare."""

    RUNS = "C,err,x,seed\n" + "".join(
        f"{10 ** (k / 2)!r},{0.1 + 0.6 * 10 ** (-k / 10) + 0.01 * s + 2e-4 * noise(k)!r},"
        f"{10 ** (k / 2)!r},{s}\n" for k in range(12) for s in range(3))
    LAWS = ["compare", "shifted-power", "power-plus-constant", "-", "--map", "L=err"]

    def test_that_of_a_law(self):
        got = record(self.LAWS, stdin=self.RUNS)
        self.assertEqual((got["data"]["rows_used"], got["prepared"]), (12, ["pareto(C, err)"]))
        alone = record(["fit", "shifted-power", "-", "--quick"], stdin=self.RUNS)
        row = next(l for l in got["laws"] if l["id"] == "shifted-power")
        assert_near(row["objective"], alone["objective"]["value"], relative=1e-6)

    def test_that_of_the_option(self):
        got = record([*self.LAWS, "--prepare", "mean(err, by=C)"], stdin=self.RUNS)
        self.assertEqual((got["data"]["rows_used"], got["prepared"]), (12, ["mean(err, by=C)"]))
        got = record([*self.LAWS, "--prepare", "none"], stdin=self.RUNS)
        self.assertEqual(got["data"]["rows_used"], 36)


class Compare(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.got = record(["compare", "kaplan-nd", "chinchilla", RUNS, *WHERE])
        cls.laws = {law["id"]: law for law in cls.got["laws"]}

    def test_sorted_by_backtest(self):
        errors = [law["backtest_rmse"] for law in self.got["laws"]]
        self.assertEqual(errors, sorted(errors))
        self.assertEqual(self.got["laws"][0]["id"], "chinchilla")

    @slow
    def test_criteria_are_those_of_separate_fits(self):
        for name in ("kaplan-nd", "chinchilla"):
            fit = record(["fit", name, RUNS, *WHERE])
            for criterion in ("aicc", "bic"):
                assert_near(self.laws[name][criterion], fit["diagnostics"][criterion],
                            relative=1e-9)
            self.assertEqual(self.laws[name]["parameters"], fit["diagnostics"]["free_parameters"])
            assert_near(self.laws[name]["backtest_rmse"], fit["holdout"]["rmse"], relative=1e-9)

    def test_weights(self):
        best = min(law["aicc"] for law in self.got["laws"])
        total = sum(math.exp(-0.5 * (law["aicc"] - best)) for law in self.got["laws"])
        for law in self.got["laws"]:
            assert_near(law["weight"], math.exp(-0.5 * (law["aicc"] - best)) / total,
                        relative=1e-9)

    def test_every_row_is_in_one_fold(self):
        folds = [s for s in self.got["splits"] if s["kind"] == "fold"]
        self.assertEqual(len(folds), 10)
        self.assertEqual(sum(s["n_test"] for s in folds), 240)

    @slow
    def test_same_bits_at_any_thread_count(self):
        again = record(["compare", "kaplan-nd", "chinchilla", RUNS, *WHERE, "--threads", "2"])
        self.assertEqual(again["laws"], self.got["laws"])

    @slow
    def test_text(self):
        _, out, _ = run(["compare", "kaplan-nd", "chinchilla", RUNS, *WHERE])
        self.assertIn("chinchilla forecasts the rows held out best", " ".join(out.split()))
        self.assertLessEqual(max(map(len, out.splitlines())), 80)
        self.assertNotIn("R²", out)


class LeaveOneOut(unittest.TestCase):
    def test_folds_of_one_row(self):
        """The error of leaving out a row is its residual over one less its leverage."""
        rows = [(x, y) for _, x, y in GROUPS]
        a, b, _, h = ols(rows)
        want = math.sqrt(sum(((y - a - b * x) / (1 - l)) ** 2
                             for (x, y), l in zip(rows, h)) / len(rows))
        got = record(["compare", "y = a + b*x", "y = c + 0*x", "-", *SQUARED, "--folds", "24"],
                     stdin=GROUPED)
        law = next(law for law in got["laws"] if law["id"] == "y = a + b*x")
        assert_near(law["cv_rmse"], want, relative=1e-7)

    def test_whole_clusters(self):
        got = record(["compare", "y = a + b*x", "y = c + 0*x", "-", *SQUARED, "--cluster", "g"],
                     stdin=GROUPED)
        folds = [s["n_test"] for s in got["splits"] if s["kind"] == "fold"]
        self.assertEqual(folds, [8, 8, 8])


class Groups(unittest.TestCase):
    def test_analysis_of_covariance(self):
        """F tests of slopes and intercepts by group, from sums of squares computed here."""
        got = record(["compare", "y = a + b*x", "-", *SQUARED, "--by", "g", "--share", "b"],
                     stdin=GROUPED)
        by = {g: [(x, y) for h, x, y in GROUPS if h == g] for g in "abc"}
        pooled = ols([(x, y) for _, x, y in GROUPS])[2]
        free = sum(ols(rows)[2] for rows in by.values())
        xx = xy = yy = 0
        for rows in by.values():
            mx, my = sum(x for x, _ in rows) / 8, sum(y for _, y in rows) / 8
            xx += sum((x - mx) ** 2 for x, _ in rows)
            xy += sum((x - mx) * (y - my) for x, y in rows)
            yy += sum((y - my) ** 2 for _, y in rows)
        shared = yy - xy * xy / xx
        law = {one["id"]: one["objective"] for one in got["laws"]}
        assert_near(law["y = a + b*x"], pooled, relative=1e-8)
        assert_near(law["y = a + b*x by g, b shared"], shared, relative=1e-8)
        assert_near(law["y = a + b*x by g"], free, relative=1e-8)
        tests = {(t["full"], t["reduced"]): t for t in got["nested"]}
        self.assertEqual(len(tests), 3)
        slopes = tests["y = a + b*x by g", "y = a + b*x by g, b shared"]
        self.assertEqual((slopes["statistic"], slopes["df"]), ("F", [2, 18]))
        assert_near(slopes["value"], (shared - free) / 2 / (free / 18), relative=1e-6)
        # upper tail of F(2, n) in closed form
        assert_near(slopes["p"], (1 + 2 * slopes["value"] / 18) ** -9, relative=1e-9)

    def test_fit_by_is_each_level_fitted(self):
        got = record(["fit", "y = a + b*x", "-", *SQUARED, "--by", "g", "--quick"], stdin=GROUPED)
        values = {(p["name"], p["group"]): p["value"] for p in got["parameters"]}
        for g in "abc":
            a, b, _, _ = ols([(x, y) for h, x, y in GROUPS if h == g])
            assert_near(values["a", g], a, relative=1e-7)
            assert_near(values["b", g], b, relative=1e-7)

    def test_bounds_by_the_data_are_those_of_the_level(self):
        """e_0 > max(y) and e_inf < min(y) of M4 are of the rows that a level's constants answer for,
        so by level the minimum is the sum of the separate ones."""
        draw = random.Random(4)
        rows = {"low": (0.05, 0.6), "high": (0.5, 0.99)}
        table = "g,x,y\n"
        for g, (e_inf, e_0) in rows.items():
            for k in range(1, 12):
                y = e_inf + (e_0 - e_inf) * k / 12
                x = ((y - e_inf) / ((e_0 - y) ** 0.4 * 50)) ** (1 / -0.4)
                table += f"{g},{x!r},{e_inf + (y - e_inf) * (1 + draw.gauss(0, 0.01))!r}\n"
        fit = ["fit", "m4-plateaus", "-", "--quick"]
        both = record([*fit, "--by", "g"], stdin=table)["objective"]["value"]
        alone = sum(record([*fit, "--where", f'g == "{g}"'], stdin=table)["objective"]["value"]
                    for g in rows)
        self.assertLessEqual(both, alone * (1 + 1e-6))

    def test_a_law_by_group_answers_by_group(self):
        gadre = ["fit", "chinchilla", "data/overtraining-gadre/models.csv", "--map",
                 "L=loss_c4_val", "--quick", "--at"]
        got = record([*gadre, "C=1e22,train_set=rpj", "--by", "train_set"])
        alone = record([*gadre, "C=1e22", "--where", "train_set == 'rpj'"])
        for name in ("N_opt", "L_opt"):
            one, two = (next(d for d in r["derived"] if d["name"] == name) for r in (got, alone))
            assert_near(one["value"], two["value"], relative=1e-4, what=name)

    def test_saved_by_group(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "fit.json")
            run(["fit", "y = a + b*x", "-", *SQUARED, "--by", "g", "-q", "-o", path],
                stdin=GROUPED)
            got = record(["predict", path, "--at", "x=10,g=b"])
        a, b, _, _ = ols([(x, y) for h, x, y in GROUPS if h == "b"])
        assert_near(got["rows"][0]["mean"], a + 10 * b, relative=1e-6)


class Nested(unittest.TestCase):
    @slow
    def test_declared(self):
        got = record(["compare", "chinchilla", "overtraining", "data/overtraining-gadre/models.csv",
                      "--map", "L=loss_c4_val", "--where", "train_set == 'rpj'"])
        self.assertEqual([(t["full"], t["reduced"]) for t in got["nested"]],
                         [("chinchilla", "overtraining")])
        test = got["nested"][0]
        self.assertEqual(test["df"], [1])
        assert_near(test["p"], math.erfc(math.sqrt(test["value"] / 2)), relative=1e-9)

    @slow
    def test_not_declared(self):
        self.assertEqual(record(["compare", "kaplan-nd", "chinchilla", RUNS])["nested"], [])

    @slow
    def test_a_law_that_is_another_with_parameters_tied(self):
        """quanta is chinchilla with beta = alpha/(1 + alpha): it is the reduced one, and twice the
        gain in likelihood is chi-squared with one degree of freedom."""
        got = record(["compare", "quanta", "chinchilla", RUNS, "--where", "kept_240 == 1"])
        (test,) = got["nested"]
        self.assertEqual((test["full"], test["reduced"]), ("chinchilla", "quanta"))
        self.assertEqual(test["when"], "beta = alpha/(1 + alpha)")
        self.assertEqual(test["df"], [1])
        laws = {law["id"]: law for law in got["laws"]}
        n = got["data"]["rows_used"]

        def twice(law):  # AICc less its penalty, of the parameters and the scale of the errors
            k = law["parameters"] + 1
            return law["aicc"] - 2 * k - 2 * k * (k + 1) / (n - k - 1)
        assert_near(test["value"], twice(laws["quanta"]) - twice(laws["chinchilla"]), relative=1e-6)
        self.assertLess(test["p"], 1e-10)


class Crossing(unittest.TestCase):
    def rows(self, second=0.5):
        lines = []
        for i, x in enumerate(10 ** (k / 4) for k in range(4, 20)):
            lines.append(f"a,{x!r},{10 * x ** -0.3 * (1 + 0.003 * noise(i))!r}\n")
            lines.append(f"b,{x!r},{100 * x ** -second * (1 + 0.003 * noise(i + 50))!r}\n")
        return "recipe,x,y\n" + "".join(lines)

    def test_where_two_recipes_cross(self):
        """10 x^-0.3 = 100 x^-0.5 at x = 1e5."""
        got = record(["compare", "y = A*x^-p", "-", "--residual", "log", "--by", "recipe",
                      "--crossover", "x"], stdin=self.rows())
        (pair,) = got["crossover"]["pairs"]
        assert_near(pair["at"], 1e5, relative=0.1)
        self.assertLess(pair["lo"], 1e5)
        self.assertGreater(pair["hi"], 1e5)
        self.assertLess(pair["hi"] / pair["lo"], 1.5)
        self.assertEqual(pair["lower_beyond"], "b")
        self.assertEqual(pair["share_crossing"], 1)

    ALONG = ["compare", "y = A*x^-p", "-", "--residual", "log", "--by", "recipe", "--crossover", "x"]

    @slow
    def test_the_runs_that_decide(self):
        """At 1e6 recipe b is lower, and runs far below the crossing foretell it; below it the other
        recipe is lower at every scale, which is what choosing by it would cost."""
        got = record([*self.ALONG, "--folds", "0", "--at", "x=1e6"], stdin=self.rows())["crossover"]
        (pair,) = got["decision"]["pairs"]
        want = 10 * 1e6 ** -0.3 - 100 * 1e6 ** -0.5
        self.assertEqual(pair["lower"], "b")
        assert_near(pair["gap"], want, relative=0.1)
        self.assertTrue(pair["lo"] < want < pair["hi"])
        self.assertEqual(pair["share_lower"], 1)
        self.assertLess(pair["least_scale"], 2e4)
        self.assertLessEqual(len(pair["cuts"]), 12)
        for cut in pair["cuts"]:
            self.assertGreaterEqual(cut["rows"], 6) # three scales of two recipes for two constants
            self.assertEqual(cut["lower_there"], "a" if cut["scale"] < 0.9e5 else "b")
            if cut["lower_there"] == "a":
                assert_near(cut["regret"], pair["gap"], relative=1e-12)
            if cut["scale"] >= pair["least_scale"]:
                self.assertGreaterEqual(cut["share_lower"], 0.9)
        refused = [c["scale"] for c in pair["cuts"] if (c["share_lower"] or 0) < 0.9]
        self.assertTrue(all(s < pair["least_scale"] for s in refused))
        self.assertEqual(pair["cuts"][-1]["share_lower"], pair["share_lower"])
        self.assertAlmostEqual(got["decision"]["log10_beyond"], math.log10(1e6 / 10 ** 4.75), 9)

    @slow
    def test_curves_that_are_one_decide_nothing(self):
        got = record([*self.ALONG, "--folds", "0", "--at", "x=1e4"], stdin="recipe,x,y\n" + "".join(
            f"{r},{10 ** (k / 4)!r},{10 ** (1 - k / 13) * (1 + 0.01 * noise(2 * k + i))!r}\n"
            for k in range(4, 20) for i, r in enumerate("ab")))
        (pair,) = got["crossover"]["decision"]["pairs"]
        self.assertIsNone(pair["least_scale"])

    def test_two_crossings(self):
        """10 x^-0.5 - 4 x^-0.3 + 0.05 is above 0 at both ends."""
        def zero(lo, hi):
            f = lambda x: 10 * x ** -0.5 - 4 * x ** -0.3 + 0.05
            for _ in range(200):
                middle = math.sqrt(lo * hi)
                lo, hi = (middle, hi) if (f(middle) > 0) == (f(lo) > 0) else (lo, middle)
            return lo
        text = "recipe,x,y\n" + "".join(
            f"a,{x!r},{2.05 + 10 * x ** -0.5!r}\nb,{x!r},{2 + 4 * x ** -0.3!r}\n"
            for x in (10 ** (k / 3) for k in range(2, 21)))
        got = record(["compare", "y = E + A*x^-p", "-", "--by", "recipe", "--folds", "0", "--crossover",
                      "x"], stdin=text)["crossover"]["pairs"]
        self.assertEqual([p["lower_beyond"] for p in got], ["a", "b"])
        for pair, want in zip(got, (zero(10, 1e3), zero(1e3, 1e9))):
            assert_near(pair["at"], want, relative=0.02)
            self.assertGreater(pair["share_crossing"], 0.99)

    def test_what_a_decision_refuses(self):
        for args, said in ((["compare", "y = A*x^-p", "-", "--by", "recipe", "--at", "x=1e6"],
                            "give --crossover SYMBOL"),
                           ([*self.ALONG, "--at", "y=3"], "give --crossover x --at x=VALUE"),
                           ([*self.ALONG, "--at", "x=-1"], "above 0"),
                           ([*self.ALONG, "--at", "x=1e3..1e5"], "1e3..1e5")):
            status, _, err = run(args, stdin=self.rows())
            self.assertEqual(status, 2, err)
            self.assertIn(said, err)

    @slow
    def test_parallel_curves(self):
        got = record(["compare", "y = A*x^-p", "-", "--residual", "log", "--by", "recipe",
                      "--share", "p", "--crossover", "x"], stdin=self.rows(second=0.3))
        (pair,) = got["crossover"]["pairs"]
        self.assertIsNone(pair["lo"])

    @slow
    def test_what_lies_far_beyond_is_warned_of(self):
        codes = lambda rows, *more: {w["code"] for w in record(
            [*self.ALONG, "--folds", "0", *more], stdin=rows)["warnings"]}
        self.assertFalse({"W-EXTRAP", "W-OUT-OF-REACH"} & codes(self.rows(), "--at", "x=1e5"))
        self.assertIn("W-EXTRAP", codes(self.rows(), "--at", "x=1e6"))
        self.assertIn("W-EXTRAP", codes(self.rows(second=0.43))) # 5e7
        apart = "recipe,x,y\n" + "".join(f"{r},{10 ** k},{v * 10 ** (1 - 0.3 * k) * (1 + 0.01 * noise(k))!r}\n"
                                         for k in range(1, 7) for r, v in (("a", 1), ("b", 2)))
        self.assertIn("W-OUT-OF-REACH", codes(apart, "--share", "p"))


class Backtest(unittest.TestCase):
    def test_is_a_fit_and_its_predictions(self):
        got = record(["backtest", "chinchilla", "kaplan-nd", RUNS, *WHERE, "--holdout", "C > 1e21"])
        (split,) = got["splits"]
        self.assertEqual((split["n_train"], split["n_test"]), (217, 23))
        methods = {m["id"]: m for m in got["methods"]}
        self.assertEqual(set(methods), {"chinchilla", "kaplan-nd", "persistence"})
        fit = record(["fit", "chinchilla", RUNS, "--where", "kept_240 == 1 and C <= 1e21",
                      "--quick", "--predict", RUNS])
        pairs = []
        with open(pathlib.Path(__file__).parents[2] / RUNS, encoding="utf-8") as file:
            names = file.readline().strip().split(",")
            for line, said in zip(file, fit["predictions"]):
                row = dict(zip(names, line.strip().split(",")))
                if row["kept_240"] == "1" and float(row["C"]) > 1e21:
                    pairs.append((float(row["loss"]), said["mean"]))
        self.assertEqual(len(pairs), 23)
        mse = sum((y - m) ** 2 for y, m in pairs) / 23
        assert_near(methods["chinchilla"]["mse"], mse, relative=1e-9)
        assert_near(methods["chinchilla"]["skill_vs"]["persistence"],
                    1 - mse / methods["persistence"]["mse"], relative=1e-9)

    def test_rolling_origin(self):
        got = record(["backtest", "chinchilla", RUNS, *WHERE])
        self.assertEqual({m["split"] for m in got["overall"]}, {"held out", "rolling origin"})
        for split in got["splits"]:
            self.assertGreater(split["log10_beyond"], 0)


    def test_families(self):
        """Each family is forecast from the others; rows of none are always fitted."""
        rows = [f"{'' if x > 28 else 'abc'[x % 3]},{x},{2 * x + noise(x)}" for x in range(1, 31)]
        table = "lab,x,y\n" + "\n".join(rows) + "\n"
        got = record(["backtest", "y = a + b*x", "-", "--family", "lab"], stdin=table)
        families = {s["name"]: s for s in got["splits"] if s["kind"] == "family"}
        self.assertEqual({k: (s["n_train"], s["n_test"]) for k, s in families.items()},
                         {"lab a": (21, 9), "lab b": (20, 10), "lab c": (21, 9)})
        together = [m for m in got["overall"] if m["split"] == "families"]
        self.assertEqual({m["id"] for m in together}, {got["methods"][0]["id"], "persistence"})
        self.assertEqual(together[0]["n_test"], sum(s["n_test"] for s in families.values()))
        self.assertGreater(together[0]["skill_vs"]["persistence"], 0.9)


class SameRows(unittest.TestCase):
    TABLE = "x,z,y\n" + "".join(f"{x},{'' if x < 5 else x * x},{2 * x + noise(x)}\n"
                                for x in range(1, 31))

    def test_rows_usable_by_all(self):
        got = record(["compare", "y = a + b*x", "y = a + c*z", "-"], stdin=self.TABLE)
        self.assertEqual(got["data"]["rows_used"], 26)

    def test_none(self):
        table = "x,z,y\n" + "".join(f"{x if x % 2 else ''},{'' if x % 2 else x},{x}\n"
                                    for x in range(1, 21))
        status, out, err = run(["compare", "y = a + b*x", "y = a + c*z", "-"], stdin=table)
        self.assertEqual((status, out), (3, ""))
        self.assertIn("no row that all laws can use", err)

    def test_few_rows_are_not_ranked(self):
        table = "x,y\n" + "".join(f"{x},{2 * x + noise(x)}\n" for x in range(1, 7))
        got = record(["compare", "y = a + b*x", "y = c*x", "-"], stdin=table)
        self.assertIn("W-NO-RANK", {w["code"] for w in got["warnings"]})


class Refused(unittest.TestCase):
    def refuse(self, args, status, said, stdin=None):
        code, out, err = run(args, stdin=stdin)
        self.assertEqual((code, out), (status, ""), err)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertIn(said, err)

    @slow
    def test_bad_input(self):
        both = ["compare", "chinchilla", "kaplan-nd", RUNS]
        lines = ["compare", "y = a + b*x", "-"]
        for args, status, said in (
                (["compare", "chinchilla", RUNS], 2, "two laws"),
                ([*both, "--nested", "chinchilla,kaplan-nd"], 3, "kaplan-nd is not nested in"),
                ([*both, "--nested", "chinchilla,linear"], 2, "'linear' is not among"),
                ([*both, "--nested", "chinchilla"], 2, "takes two laws"),
                ([*both, "--share", "alpha"], 2, "--share needs --by"),
                ([*both, "--map", "Q=loss"], 2, "no law here has a symbol 'Q'"),
                ([*both, "--holdout", "C > 1e30"], 3, "holds out none"),
                ([*both, "--crossover", "Q"], 2, "--crossover Q"),
                ([*both, "--cluster", "fam"], 3, "no column 'fam'"),
                (["compare", "chinchilla", "chinchilla", RUNS], 2, "given twice"),
                (["backtest", "chinchilla", RUNS, "--holdout", "C > 0"], 3, "holds out all")):
            self.refuse(args, status, said)
        for args, status, said in (
                ([*lines, "--by", "g", "--share", "q"], 2, "no parameter 'q'"),
                ([*lines, "--by", "h"], 3, "no column 'h'"),
                ([*lines, "--by", "x"], 3, "names the groups here"),
                (["fit", "y = a + b*x", "-", "--share", "a"], 2, "--share needs --by"),
                (["fit", "y = a[g] + b*x", "-", "--by", "g"], 3, "by group already"),
                (["compare", "y = a + b*x", "x = a + b*y", "-"], 3, "compared on one response")):
            self.refuse(args, status, said, stdin=GROUPED)
        self.refuse([*lines, "--by", "g"], 3, "one level", stdin="g,x,y\na,1,2\na,2,3\na,3,5\n")


if __name__ == "__main__":
    unittest.main()
