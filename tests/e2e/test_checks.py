"""What a fit is put through by default: other choices, single runs."""

import csv
import math
import pathlib
import re
import tempfile
import unittest

from support import ROOT, assert_near, record, run

RUNS = ["fit", "chinchilla", "data/chinchilla-epoch/runs.csv"]
FIT = [*RUNS, "--where", "kept_240 == 1"]


def codes(fit):
    return {warning["code"] for warning in fit["warnings"]}


def table(fit):
    """{change: {quantity: value}}"""
    changes = {}
    for row in fit["sensitivity"]:
        changes.setdefault(row["change"], {})[row["quantity"]] = row["value"]
    return changes


class Sensitivity(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fit = record(FIT)
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

    def test_moves_are_differences_from_the_fit(self):
        own = {p["name"]: p["value"] for p in self.fit["parameters"]}
        own.update({d["name"]: d["value"] for d in self.fit["derived"]})
        for row in self.fit["sensitivity"]:
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

    def test_answers_are_headlines(self):
        fit = record([*FIT, "--at", "C=1e22..1e24"])
        names = [q["quantity"] for q in fit["headline"]["quantities"]]
        self.assertEqual(names, ["N_opt", "D_opt", "alpha", "beta"])
        self.assertEqual(fit["headline"]["quantities"][0]["at"], {"C": 1e24})

    def test_another_way_of_counting(self):
        gadre = ["fit", "chinchilla", "data/overtraining-gadre/models.csv", "--map", "L=loss_c4_val"]
        rows, own = table(record(gadre)), record([*gadre, "--quick", "--map", "N=N_no_embed"])
        for parameter in own["parameters"]:
            assert_near(rows["N counted as N_no_embed"][parameter["name"]], parameter["value"],
                        relative=1e-6)

    def test_same_bits_at_any_thread_count(self):
        again = record([*FIT, "--threads", "2"])
        for member in ("sensitivity", "influence", "headline", "warnings"):
            self.assertEqual(again[member], self.fit[member])

    def test_quick_keeps_to_the_fit(self):
        fit = record([*FIT, "--quick"])
        self.assertEqual({"sensitivity", "influence", "headline"} & set(fit), set())
        self.assertNotIn("W-SENS", codes(fit))

    def test_text_has_one_line_for_each_change(self):
        _, out, _ = run(FIT)
        lines = [line for line in out.splitlines() if line.startswith("  beta tied to alpha")]
        self.assertEqual(len(lines), 1)
        self.assertIn("0.661 !", out)


class HoldOut(unittest.TestCase):
    def test_is_the_fit_without_the_largest(self):
        """Rows above the cutoff predicted from a fit to those below."""
        held = record(FIT)["holdout"]
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
        _, out, _ = run(FIT)
        self.assertIn("held out", out)
        self.assertIn("24 forecast", " ".join(out.split()))

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
        self.assertNotIn("W-NOHOLD", codes(record(FIT)))


class Checklist(unittest.TestCase):
    def answers(self, text):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name, "answers.yaml")
        path.write_text(text)
        return path

    def test_filled_answered_and_not_stated(self):
        path = self.answers("metric: loss | MassiveText\nprinciple: two terms\n")
        got = record([*FIT, "--answers", path])
        by_key = {item["key"]: item for item in got["checklist"]}
        self.assertEqual(by_key["metric"]["answer"], "loss | MassiveText")
        self.assertTrue(by_key["principle"]["answer"].endswith("two terms"))
        self.assertIn("Hoffmann et al. 2022", by_key["principle"]["answer"])
        self.assertEqual(by_key["counting"]["answer"], "not stated")
        self.assertIsNone(by_key["counting"]["filled"])
        self.assertEqual(by_key["dropped"]["answer"], "5 by --where kept_240 == 1")
        self.assertEqual(by_key["sensitivity"]["warnings"], ["W-SENS"])
        self.assertEqual(by_key["measured"]["warnings"], ["W-DERIVED"])

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
        status, out, err = run([*FIT, "--answers", self.answers("counting: all\nmetrc: x\n")])
        self.assertEqual((status, out), (3, ""))
        self.assertIn("answers.yaml:2:1", err)
        self.assertIn("did you mean 'metric'", err)

    def test_an_answer_that_is_no_text(self):
        status, _, err = run([*FIT, "--answers", self.answers("metric: [a, b]\n")])
        self.assertEqual(status, 3)
        self.assertIn("is to be text", err)


class Families(unittest.TestCase):
    ROWS = "".join(f"{x},{2 + 3 * x ** -0.5 * (1 + 0.01 * (-1) ** x)},{'ab'[x % 2]}\n"
                   for x in range(1, 21))

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
