"""What a fit is put through by default: other choices, single runs."""

import csv
import functools
import math
import pathlib
import re
import tempfile
import unittest

from support import ROOT, assert_near, record, record_and_text, run, slow

RUNS = ["fit", "chinchilla", "data/chinchilla-epoch/runs.csv"]
FIT = [*RUNS, "--where", "kept_240 == 1"]


@functools.cache
def the_fit():
    """The record of FIT, with some answers to the checklist, and its text."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as answers:
        answers.write("metric: loss | MassiveText\nprinciple: two terms\n")
        answers.flush()
        return record_and_text([*FIT, "--answers", answers.name])


def codes(fit):
    return {warning["code"] for warning in fit["warnings"]}


def table(fit):
    """{change: {quantity: value}}"""
    changes = {}
    for row in fit["sensitivity"]:
        changes.setdefault(row["change"], {})[row["quantity"]] = row["value"]
    return changes


def rows_kept():
    with open(ROOT / "data/chinchilla-epoch/runs.csv", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["kept_240"] == "1"]


class Sensitivity(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fit = the_fit()[0]
        cls.table = table(cls.fit)

    def test_rows_known_from_separate_fits(self):
        """The same 245 digitised runs fitted with other software."""
        known = {
            "squared loss on L": dict(E=1.883, alpha=0.358, beta=0.428, a=0.545),
            "5 rows dropped by --where put back": dict(E=1.891, alpha=0.349, beta=0.453, a=0.565),
            "5 rows dropped by --where put back, squared loss on L":
                dict(E=2.011, alpha=0.368, beta=0.661, a=0.642),
        }
        for change, quantities in known.items():
            for name, value in quantities.items():
                assert_near(self.table[change][name], value, absolute=6e-4, what=f"{change}: {name}")

    def test_other_rows(self):
        for change in ("squared loss on log L", "beta tied to alpha",
                       "the 4 most influential runs left out",
                       "lowest decade of C left out (53 rows)"):
            self.assertIn(change, self.table)
        tied = self.table["beta tied to alpha"]
        self.assertEqual(tied["alpha"], tied["beta"])

    @slow
    def test_an_exponent_bounded_by_the_other_is_not_tied_to_it(self):
        bounded = table(record([*FIT, "--bound", "beta < alpha"]))
        self.assertNotIn("beta tied to alpha", bounded)

    def test_moves_are_differences_from_the_fit(self):
        own = {p["name"]: p["value"] for p in self.fit["parameters"]}
        own.update({d["name"]: d["value"] for d in self.fit["derived"]})
        for row in self.fit["sensitivity"]:
            if row["value"] is None:  # another law has no such quantity
                continue
            assert_near(row["moved"], row["value"] - own[row["quantity"]], relative=1e-12,
                        absolute=1e-12)

    def test_the_worst_move_is_said(self):
        said = [w["message"] for w in self.fit["warnings"] if w["code"] == "W-SENS"]
        self.assertEqual(len(said), 1)
        self.assertTrue(said[0].startswith("beta moves from 0.367 to 0.661"), said[0])

    def test_a_change_is_the_fit_with_that_change(self):
        other = record([*FIT, "--quick", "--objective", "squared"])
        for parameter in other["parameters"]:
            assert_near(self.table["squared loss on log L"][parameter["name"]],
                        parameter["value"], relative=1e-6)

    @slow
    def test_answers_are_headlines(self):
        fit = record([*FIT, "--at", "C=1e22..1e24"])
        names = [q["quantity"] for q in fit["headline"]["quantities"]]
        self.assertEqual(names, ["N_opt", "D_opt", "alpha", "beta"])
        self.assertEqual(fit["headline"]["quantities"][0]["at"], {"C": 1e24})

    @slow
    def test_another_way_of_counting(self):
        gadre = ["fit", "chinchilla", "data/overtraining-gadre/models.csv", "--map", "L=loss_c4_val"]
        rows, own = table(record(gadre)), record([*gadre, "--quick", "--map", "N=N_no_embed"])
        for parameter in own["parameters"]:
            assert_near(rows["N counted as N_no_embed"][parameter["name"]], parameter["value"],
                        relative=1e-6)

    @slow
    def test_same_bits_at_any_thread_count(self):
        again = record([*FIT, "--threads", "2"])
        for member in ("sensitivity", "influence", "headline", "warnings"):
            self.assertEqual(again[member], self.fit[member])

    def test_quick_keeps_to_the_fit(self):
        fit = record([*FIT, "--quick"])
        self.assertEqual({"sensitivity", "influence", "headline"} & set(fit), set())
        self.assertNotIn("W-SENS", codes(fit))

    def test_text_has_one_line_for_each_change(self):
        out = the_fit()[1]
        lines = [line for line in out.splitlines() if line.startswith("  beta tied to alpha")]
        self.assertEqual(len(lines), 1)
        self.assertIn("0.661 !", out)


@slow
class OtherLaws(unittest.TestCase):
    POINT = {"N": 7e10, "D": 1.4e12}
    AT = ["--at", "N=70B,D=1.4T"]

    @classmethod
    def setUpClass(cls):
        cls.fit = record([*FIT, *cls.AT])
        (cls.change,) = [c for c in table(cls.fit) if " law " in c]
        cls.id = cls.change.split(" law ")[1].split()[0]
        cls.other = record(["fit", cls.id, *FIT[2:], "--objective", "huber:1e-3", "--residual",
                            "log", *cls.AT])

    def test_the_best_of_them_is_a_row(self):
        """As a fit of its own, under the same objective; names count where meanings are the same."""
        row = table(self.fit)[self.change]
        self.assertEqual(self.id, "quanta")
        own = {p["name"]: p["value"] for p in self.other["parameters"]}
        for name in ("E", "alpha"):
            assert_near(row[name], own[name], relative=1e-6)
        assert_near(row["L"], self.other["predictions"][0]["mean"], relative=1e-9)
        self.assertIsNone(row["a"])
        for said, law in zip(re.findall(r"rmse ([\d.e-]+)", self.change.replace("here", "rmse")),
                             (self.other, self.fit)):
            assert_near(float(said), law["holdout"]["rmse"], relative=0.05)

    def test_no_law_of_the_same_inputs_forecasts_better(self):
        mine = self.other["holdout"]["rmse"]
        for law in ("kaplan-nd", "manifold-dimension", "translation-cross-entropy",
                    "variance-limited"):
            held = record(["fit", law, *FIT[2:], "--objective", "huber:1e-3", "--residual",
                           "log"])["holdout"]
            self.assertGreater(held["rmse"], mine, law)

    def test_how_far_forms_lie_apart(self):
        form = self.fit["form"]
        self.assertEqual((form["asked"], form["at"]), (True, self.POINT))
        self.assertEqual([law["id"] for law in form["laws"]], ["quanta"])
        best = min(self.fit["holdout"]["rmse"], self.other["holdout"]["rmse"])
        for law in form["laws"]:
            self.assertLessEqual(law["rmse"], 1.1 * best)
        answer = self.other["predictions"][0]["mean"]
        assert_near(form["lo"], answer, relative=1e-9)
        assert_near(form["hi"], answer, relative=1e-9)
        assert_near(form["value"], self.fit["predictions"][0]["mean"], relative=1e-12)

    def test_a_formula_is_compared_too_and_never_with_itself(self):
        fit = record(["fit", "loss = E + A*N^-alpha + B*D^-beta", *FIT[2:], "--residual", "log",
                      "--objective", "huber:1e-3"])
        laws = [c for c in table(fit) if " law " in c]
        self.assertEqual(len(laws), 1)
        self.assertIn("quanta", laws[0])
        form = fit["form"]
        self.assertFalse(form["asked"])
        largest = max(float(row["C"]) for row in rows_kept())
        assert_near(6 * form["at"]["N"] * form["at"]["D"], 10 * largest, relative=1e-9)

    def test_none_where_nothing_was_held_out(self):
        fit = record(["fit", "y = a + b*x", "-"], stdin="x,y\n1,2\n2,3.9\n3,6.1\n")
        self.assertNotIn("form", fit)


class SideBySide(unittest.TestCase):
    """Intervals of the headline by other methods are those of fits with these methods."""
    ANSWERS = ["--at", "N=70B,D=1.4T", "--at", "C=5.76e23"]

    def ends(self, fit):
        ends = {p["name"]: (p["lo"], p["hi"]) for p in fit["parameters"]}
        ends["L"] = (fit["predictions"][0]["mean_lo"], fit["predictions"][0]["mean_hi"])
        ends.update({d["name"]: (d["lo"], d["hi"]) for d in fit["derived"]})
        return ends

    @slow
    def test_each_is_the_fit_with_that_method(self):
        fit = record([*FIT, *self.ANSWERS, "--bootstrap", "60"])
        self.assertEqual([q["quantity"] for q in fit["headline"]["quantities"]],
                         ["L", "N_opt", "alpha", "beta"])
        for method, options in (("local", []), ("profile", ["--interval", "profile"]),
                                ("percentile", ["--bootstrap", "60"])):
            own = self.ends(record([*FIT, *self.ANSWERS, "--quick", *options]))
            for q in fit["headline"]["quantities"]:
                said = q["by_method"][method]
                for end, value in zip(("lo", "hi"), own[q["quantity"]]):
                    assert_near(said[end], value, relative=1e-6, what=f"{method} {q['quantity']}")

    def test_in_the_text(self):
        self.assertRegex(the_fit()[1], r"interval +95 % local +95 % profile\n")


class Residuals(unittest.TestCase):
    def test_against_all_that_they_should_not_depend_on(self):
        fit = record([*FIT, "--quick"])
        figures = {figure["id"]: figure for figure in fit["figures"]}
        ids = ["residuals", "residuals-D", "residuals-ratio", "residuals-scale", "residuals-normal"]
        self.assertEqual([i for i in figures if i.startswith("residuals")], ids)
        rows = rows_kept()
        for i, of in zip(ids, (lambda r: float(r["N"]), lambda r: float(r["D"]),
                               lambda r: float(r["D"]) / float(r["N"]), lambda r: float(r["C"]))):
            for drawn, row in zip(figures[i]["series"][0]["x"], rows):
                assert_near(drawn, of(row), relative=1e-12)
        normal = figures["residuals-normal"]["series"][0]
        self.assertEqual(normal["y"], sorted(figures["residuals"]["series"][0]["y"]))
        assert_near(normal["x"][-1], 2.865, absolute=0.005)  # 1 - 0.5/240

    def test_noise_between_runs_with_the_same_inputs(self):
        table = "x,y\n1,2.0\n1,2.2\n1,2.1\n2,3.0\n2,3.4\n3,4.1\n4,5.2\n"
        fit = record(["fit", "y = a + b*x", "-", "--quick"], stdin=table)
        within = (0.1 ** 2 + 0.1 ** 2) + 2 * 0.2 ** 2
        self.assertEqual((fit["repeats"]["points"], fit["repeats"]["rows"]), (2, 5))
        assert_near(fit["repeats"]["sd"], math.sqrt(within / 3), relative=1e-9)
        self.assertNotIn("repeats", record([*FIT, "--quick"]))

    def test_repeats_without_difference_tell_no_noise(self):
        rows = "".join(f"{run},{x},{2 + 3 / x + 0.01 * (-1) ** x}\n" for x in range(1, 9) for run in "ab")
        out = run(["fit", "y = a + b*x^-1", "-", "--quick"], stdin="run,x,y\n" + rows)[1]
        self.assertIn("16 rows repeat 8 points without any difference", out)


class TradeOffs(unittest.TestCase):
    def test_correlations_and_the_direction_least_known(self):
        """A straight line far from its intercept: the covariance of least squares in closed form."""
        xs = [10 + k / 10 for k in range(12)]
        table = "x,y\n" + "".join(f"{x},{1 + 2 * x + 0.01 * (-1) ** k}\n"
                                  for k, x in enumerate(xs))
        fit = record(["fit", "y = a + b*x", "-", "--quick"], stdin=table)
        mean, square = sum(xs) / 12, sum(x * x for x in xs) / 12
        (pair,) = fit["trade_offs"]["correlations"]
        cov = fit["covariance"]
        assert_near(pair["value"], cov["a"]["b"] / math.sqrt(cov["a"]["a"] * cov["b"]["b"]),
                    relative=1e-12)
        # the sandwich weighs rows by leverage, least squares does not
        assert_near(pair["value"], -mean / math.sqrt(square), absolute=1e-4)
        moves = fit["trade_offs"]["direction"]["moves"]
        up, down = (m["to"] - m["from"] for m in moves)
        self.assertLess(up * down, 0)
        for move, p in zip(moves, fit["parameters"]):  # both as far as their own intervals
            assert_near(abs(move["to"] - move["from"]), (p["hi"] - p["lo"]) / 2, relative=0.01)
        xs = "x,y\n" + "".join(f"{x},{1 + 2 * x + 0.01 * (-1) ** x}\n" for x in range(-5, 6))
        self.assertNotIn("trade_offs", record(["fit", "y = a + b*x", "-", "--quick"], stdin=xs))


class Cuts(unittest.TestCase):
    """Where the start of a run is cut off is habit, so other cuts are tried."""
    TABLE = "x,y,run,step\n" + "".join(
        f"{40 * r + k},{2 + 3 * (40 * r + k) ** -0.5 + (0.2 if k < 3 else 0) + 0.01 * (-1) ** k},"
        f"{r},{k}\n" for r in range(1, 5) for k in range(1, 21))
    LAW = ["fit", "y = E + A*x^-p", "-"]

    @slow
    def test_other_cuts_are_separate_fits(self):
        rows = table(record(self.LAW, stdin=self.TABLE))
        for change, where in (("first 10 % of each run left out (4 rows)", "step >= 2"),
                              ("first 20 % of each run left out (12 rows)", "step >= 4")):
            own = record([*self.LAW, "--quick", "--where", where], stdin=self.TABLE)
            for p in own["parameters"]:
                assert_near(rows[change][p["name"]], p["value"], relative=1e-5)
        self.assertIn("only the last row of each run", rows)

    @slow
    def test_checkpoints_of_models_are_recognised(self):
        """Where a model and a step are one row; a model trained twice is no run."""
        fit = record([*self.LAW, "--quick"], stdin=self.TABLE.replace("run,step", "model,step"))
        self.assertEqual(fit["data"]["runs"], {"column": "model", "n": 4})
        self.assertIn("W-TRAJ", codes(fit))
        fit = record(["fit", "chinchilla", "data/misfitting/checkpoints.csv", "--quick"])
        self.assertNotIn("runs", fit["data"])

    @slow
    def test_not_of_finished_runs(self):
        rows = table(record(self.LAW, stdin=self.TABLE.replace("run,step", "trial_of,stop")))
        self.assertFalse([c for c in rows if "each run" in c])


class HoldOut(unittest.TestCase):
    def test_is_the_fit_without_the_largest(self):
        """Rows above the cutoff predicted from a fit to those below."""
        held = the_fit()[0]["holdout"]
        cut = ["--where", f"C <= {held['cutoff']!r}"]
        fit = record([*FIT, *cut, "--quick", "--predict", "data/chinchilla-epoch/runs.csv"])
        self.assertEqual(fit["data"]["rows_used"], held["n_train"])
        with open(ROOT / "data/chinchilla-epoch/runs.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        pairs = [(float(row["loss"]), said) for row, said in zip(rows, fit["predictions"])
                 if row["kept_240"] == "1" and float(row["C"]) > held["cutoff"]]
        self.assertEqual(len(pairs), held["n_test"])
        errors = [said["mean"] - loss for loss, said in pairs]
        assert_near(held["rmse"], math.sqrt(sum(e * e for e in errors) / len(errors)),
                    relative=1e-9)
        assert_near(held["mean_signed_error"], sum(errors) / len(errors), relative=1e-6)
        inside = sum(said["obs_lo"] <= loss <= said["obs_hi"] for loss, said in pairs)
        assert_near(held["coverage"]["95"], inside / len(pairs), absolute=1e-12)

    def test_said_in_the_text(self):
        out = the_fit()[1]
        self.assertIn("held out", out)
        self.assertIn("24 forecast", " ".join(out.split()))

    @slow
    def test_why_there_is_none(self):
        cases = {
            "--quick": record([*FIT, "--quick"]),
            "too few": record(["fit", "y = a + b*x", "-"], stdin="x,y\n1,2\n2,3.9\n"),
            "no column": record(["fit", "y = a + b*x", "-"],
                                stdin="x,y\n-1,-2\n2,3.9\n3,6.2\n4,8.1\n5,9.7\n"),
        }
        for why, fit in cases.items():
            said = [w["message"] for w in fit["warnings"] if w["code"] == "W-NOHOLD"]
            self.assertEqual(len(said), 1, why)
            self.assertIn(why, said[0])
            self.assertNotIn("holdout", fit)
        self.assertNotIn("W-NOHOLD", codes(the_fit()[0]))


class Checklist(unittest.TestCase):
    def answers(self, text):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name, "answers.yaml")
        path.write_text(text)
        return path

    def test_filled_answered_and_not_stated(self):
        got = the_fit()[0]
        by_key = {item["key"]: item for item in got["checklist"]}
        self.assertEqual(by_key["metric"]["answer"], "loss | MassiveText")
        self.assertTrue(by_key["principle"]["answer"].endswith("two terms"))
        self.assertIn("Hoffmann et al. 2022", by_key["principle"]["answer"])
        self.assertEqual(by_key["counting"]["answer"], "not stated")
        self.assertIsNone(by_key["counting"]["filled"])
        self.assertEqual(by_key["dropped"]["answer"], "5 by --where kept_240 == 1")
        self.assertEqual(by_key["sensitivity"]["warnings"], ["W-SENS"])
        self.assertEqual(by_key["measured"]["warnings"], ["W-DERIVED"])

    def test_what_the_table_tells(self):
        """Runs, settings, derived counts, operators and weights are filled in, with no answer."""
        rows = "N,D,C,loss,lr,batch_size,run,w\n" + "".join(
            f"{1e7 * 4 ** a},{1.7e9 * 4.1 ** b},{6 * (1e7 * 4 ** a) * (1.7e9 * 4.1 ** b)!r},"
            f"{1.8 + 480 * (1e7 * 4 ** a) ** -0.35 + 2100 * (1.7e9 * 4.1 ** b) ** -0.37!r},"
            f"{3e-4 * (1 + b % 2)},256,r{a},1\n" for a in range(6) for b in range(6))
        fit = record(["fit", "chinchilla", "-", "--quick", "--checklist", "markdown", "--weight",
                      "w", "--prepare", "where(N > 0)"], stdin=rows)
        by_key = {item["key"]: item for item in fit["checklist"]}
        for key, said in (("checkpoints", "36 rows of 6 runs (column run)"),
                          ("hyperparameters", "lr varies from 0.0003 to 0.0006; batch_size held "
                                              "at 256"),
                          ("transformations", "where(N > 0)"),
                          ("measured", "D was computed from the others (C = 6·N·D in every row)")):
            self.assertEqual((by_key[key]["answer"], by_key[key]["filled"]), (said, "automatic"))
        self.assertIn("weights w;", by_key["objective"]["answer"])

    def test_markdown(self):
        path = self.answers("metric: loss | MassiveText\n")
        _, out, _ = run([*FIT, "--quick", "--checklist", "markdown", "--answers", path])
        lines = out.splitlines()
        self.assertEqual(len(lines), 22)
        for line in lines:
            self.assertEqual(len(re.findall(r"(?<!\\)\|", line)), 4, line)
        self.assertIn("loss \\| MassiveText", out)
        self.assertIn("**not stated**", out)

    def test_latex(self):
        _, out, _ = run([*FIT, "--quick", "--checklist", "latex"])
        rows = [line for line in out.splitlines() if line.endswith("\\\\") and " & " in line]
        self.assertEqual(len(rows), 21)
        for line in rows:
            self.assertEqual(len(re.findall(r"(?<!\\)&", line)), 1, line)
            self.assertEqual(re.findall(r"(?<!\\)[%#_]", line), [], line)
        self.assertIn("\\textbf{not stated}", out)

    def test_unknown_key(self):
        status, out, err = run([*FIT, "--quick", "--answers", self.answers("counting: all\nmetrc: x\n")])
        self.assertEqual((status, out), (3, ""))
        self.assertIn("answers.yaml:2:1", err)
        self.assertIn("did you mean 'metric'", err)

    def test_is_told_before_the_fit(self):
        """Of a table that cannot be fitted the slip in an option is told."""
        table = "N,D,loss,kind\n1e9,1e10,2,a\n"
        for option, value, said in (("--answers", self.answers("metrc: x\n"), "asks no 'metrc'"),
                                    ("--family", "kin", "no column 'kin'")):
            status, _, err = run(["fit", "chinchilla", "-", option, value], stdin=table)
            self.assertEqual(status, 3)
            self.assertIn(said, err)

    def test_an_answer_that_is_no_text(self):
        status, _, err = run([*FIT, "--quick", "--answers", self.answers("metric: [a, b]\n")])
        self.assertEqual(status, 3)
        self.assertIn("is to be text", err)


class Families(unittest.TestCase):
    ROWS = "".join(f"{x},{2 + 3 * x ** -0.5 * (1 + 0.01 * (-1) ** x)},{'ab'[x % 2]}\n"
                   for x in range(1, 21))

    @slow
    def test_each_family_is_left_out(self):
        fit = record(["fit", "y = E + A*x^-p", "-"], stdin="x,y,family\n" + self.ROWS)
        self.assertIn("family a left out (10 rows)", table(fit))
        self.assertIn("family b left out (10 rows)", table(fit))

    def test_the_column_can_be_named(self):
        fit = record(["fit", "y = E + A*x^-p", "-", "--family", "kind"],
                     stdin="x,y,kind\n" + self.ROWS)
        self.assertIn("kind a left out (10 rows)", table(fit))
        status, _, err = run(["fit", "y = E + A*x^-p", "-", "--family", "kin"],
                             stdin="x,y,kind\n" + self.ROWS)
        self.assertEqual(status, 3)
        self.assertIn("did you mean 'kind'", err)


if __name__ == "__main__":
    unittest.main()
