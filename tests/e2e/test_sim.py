"""Simulated worlds: tables of runs whose law is known, and whether intervals hold the truth."""

import csv
import io
import math
import pathlib
import tempfile
import unittest

from support import assert_near, record, run, slow

POWER = ["y = E + A*x^-a", "--fix", "E=1,A=2,a=0.5"]
USAGE, INPUT = 2, 3


class Worlds(unittest.TestCase):
    def test_the_noise_free_table_is_the_law(self):
        sim = record(["sim", "law", *POWER, "--at", "x=1..1e4:9"])
        self.assertEqual(sim["kind"], "simulation")
        self.assertEqual(len(sim["table"]), 9)
        for row in sim["table"]:
            assert_near(row["y"], 1 + 2 * row["x"] ** -0.5, relative=1e-14)
        assert_near(sim["table"][1]["x"], 10 ** 0.5, relative=1e-14)

    def test_a_published_set_and_a_grid(self):
        sim = record(["sim", "law", "chinchilla", "--set", "hoffmann-2022", "--at",
                      "N=1e8..1e10:3,D=2e9..2e11:4"])
        self.assertEqual(len(sim["table"]), 12)
        row = sim["table"][5]
        assert_near(row["N"], 1e9, relative=1e-12)
        want = 1.69 + 406.4 * row["N"] ** -0.34 + 410.7 * row["D"] ** -0.28
        assert_near(row["L"], want, relative=1e-12)

    IMPLICIT = """id: feedback
version: 1
title: A loss that feeds on itself, by the mixture
question: theory
formula: log(L) + g*L = log(A) - a*log(N) + sum_j(t_j*r_j)
implicit: L
columns:
  L: {meaning: loss, domain: "> 0"}
  N: {meaning: parameters, domain: "> 0"}
  r_j: {meaning: share, domain: ">= 0, <= 1"}
parameters:
  g: {meaning: feedback, domain: ">= 0", start: [0, 2]}
  A: {meaning: weight, domain: "> 0", start: [1, 1e4, log]}
  a: {meaning: exponent, domain: "> 0", start: [0.05, 1]}
  t_j: {meaning: slope of a share, domain: any, start: [-3, 3]}
published:
  - {name: mine, values: {g: 0.3, A: 50, a: 0.15, t_j: {web: -0.5, code: 0.4}}}
"""

    def test_a_response_that_is_solved_for(self):
        """Implicit laws: every row meets the equation; the law M4 of the catalogue, by its limits."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "feedback.yaml")
            path.write_text(self.IMPLICIT)
            sim = record(["sim", "law", str(path), "--at",
                          "N=1e5..1e9:5,web=0.1..0.5:2,code=0.2..0.4:2"])
            self.assertEqual(len(sim["table"]), 20)
            for row in sim["table"]:
                gap = math.log(row["L"]) + 0.3 * row["L"] - math.log(50) \
                    + 0.15 * math.log(row["N"]) + 0.5 * row["web"] - 0.4 * row["code"]
                assert_near(gap, 0, absolute=1e-12)
            status, _, err = run(["sim", "law", str(path), "--at", "N=1e5,web=0.5"])
            self.assertEqual(status, USAGE)
            self.assertIn("no value for 'code' of r_j", err)
        curve = [row["y"] for row in record(["sim", "law", "m4-plateaus", "--at",
                                             "x=1e3..1e12:10"])["table"]]
        self.assertEqual(curve, sorted(curve, reverse=True))

    BY_FAMILY = """id: by-family
version: 1
title: One exponent, a weight for each family
question: data
formula: y = c[family]*x^-b + floor
columns:
  y: {meaning: error, domain: "> 0"}
  x: {meaning: samples, domain: "> 0", range: [1e3, 1e7, log], trend: falling}
  family: {meaning: model family}
parameters:
  c: {meaning: weight, domain: "> 0", start: [0.1, 100, log]}
  b: {meaning: exponent, domain: "> 0", start: [0.05, 1]}
  floor: {meaning: floor, domain: ">= 0", start: [0, min(y)]}
objective: {residual: log}
published:
  - {name: gpt, values: {c: 20, b: 0.3, floor: 0.1}}
  - {name: llama, values: {c: 12, b: 0.3, floor: 0.1}}
checks:
  - {set: llama, at: {x: 1e5}, gives: {y: 0.479473}, tolerance: 1e-6, by: hand calculation}
"""
    FAMILIES = "family,x\n" + "".join(f"{f},1e{k}\n" for f in ("gpt", "llama") for k in range(2, 8))

    def by_family(self, folder, text=None):
        path = pathlib.Path(folder, "by-family.yaml")
        path.write_text(text or self.BY_FAMILY)
        return str(path)

    def test_parameters_by_level(self):
        """Values of --fix at a level go before those for all; every level needs one."""
        with tempfile.TemporaryDirectory() as folder:
            law = self.by_family(folder)
            sim = ["sim", "law", law, "--design", "-"]
            for options, weights in (([], (20, 20)), (["--set", "llama"], (12, 12)),
                                     (["--fix", "c=5,c[llama]=7,b=0.3,floor=0.1"], (5, 7))):
                for row in record([*sim, *options], stdin=self.FAMILIES)["table"]:
                    weight = weights[row["family"] == "llama"]
                    assert_near(row["y"], weight * row["x"] ** -0.3 + 0.1, relative=1e-14)
            status, _, err = run([*sim, "--fix", "c[gpt]=5,b=0.3,floor=0.1"], stdin=self.FAMILIES)
            self.assertEqual(status, USAGE)
            self.assertIn("no value for c[llama]", err)
            out = record(["sim", "coverage", law, "--design", "-", "--fix",
                          "c[gpt]=20,c[llama]=12,b=0.3,floor=0.1", "--errors", "normal:0.01",
                          "--replicates", "12", "--interval", "local", "--point",
                          "family=llama,x=1e8"], stdin=self.FAMILIES)
            self.assertEqual([row["quantity"] for row in out["rows"]],
                             ["c[gpt]", "c[llama]", "b", "floor", "curve", "new run"])
            self.assertTrue(all(row["none"] == 0 for row in out["rows"]), out["rows"])

    @slow
    def test_such_a_law_is_tried_out(self):
        """A published set is of one level: it is evaluated, checked, and simulated at three."""
        with tempfile.TemporaryDirectory() as folder:
            law = self.by_family(folder)
            got = record(["laws", "eval", law, "--set", "gpt", "--at", "x=1e5"])
            assert_near(got["value"], 20 * 1e5 ** -0.3 + 0.1, relative=1e-14)
            tried = record(["laws", "check", "--full", law])
            self.assertEqual({t["what"]: t["ok"] for t in tried["trials"]}, dict.fromkeys(
                ("checks", "derivatives", "trend", "recovery", "coverage"), True))
            status, _, err = run(["design", law, "--at", "x=1e3..1e6"])
            self.assertEqual(status, INPUT)
            self.assertIn("parameters by level of family", err)
            shown = record(["laws", "show", law])["figures"]
            self.assertEqual([s["name"] for s in shown[0]["series"]], ["gpt", "llama"])
            for slip in ("sum_i(0, c[family]*x^-i)", "c[family"):
                broken = self.BY_FAMILY.replace("c[family]*x^-b", slip).replace(
                    "c: 20,", "c: {gpt: 20},")
                status, out, err = run(["laws", "check", self.by_family(folder, broken)])
                self.assertEqual(status, 1, err)
                self.assertIn("by-family.yaml:5:", out + err)
            status, out, err = run(["laws", "check", self.by_family(folder, self.BY_FAMILY.replace(
                "c: 20,", "c: {gpt: 20, llama: 12},"))])
            self.assertEqual(status, 1)
            self.assertIn("16:30: error: 'c' differs by 'family', and a set has its value at one "
                          "level", " ".join((out + err).split()))

    def test_noise_has_its_scale_in_its_space(self):
        sim = record(["sim", "law", *POWER, "--at", "x=1..1e4:4000", "--errors", "normal:0.05",
                      "--residual", "log"])
        errors = [math.log(row["y"] / (1 + 2 * row["x"] ** -0.5)) for row in sim["table"]]
        assert_near(sum(errors) / 4000, 0, absolute=3 * 0.05 / 4000 ** 0.5)
        assert_near((sum(e * e for e in errors) / 4000) ** 0.5, 0.05, relative=0.04)

    def test_clusters_share_an_error(self):
        sim = record(["sim", "law", *POWER, "--at", "x=1..1e4", "--rows", "60", "--cluster-errors",
                      "6:0.5"])
        shared = {}
        for row in sim["table"]:
            shared.setdefault(row["run"], []).append(row["y"] - 1 - 2 * row["x"] ** -0.5)
        self.assertEqual(len(shared), 6)
        for errors in shared.values():
            self.assertEqual(len(errors), 10)
            assert_near(max(errors) - min(errors), 0, absolute=1e-12)

    def test_the_table_is_ready_to_fit(self):
        status, out, err = run(["sim", "law", *POWER, "--at", "x=1..1e4:40", "--errors",
                                "student:4:0.01", "--csv"])
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(len(list(csv.DictReader(io.StringIO(out)))), 40)
        fit = record(["fit", POWER[0], "-", "--quick"], stdin=out)
        for p in fit["parameters"]:
            assert_near(p["value"], {"E": 1, "A": 2, "a": 0.5}[p["name"]], absolute=0.05)

    def test_a_seed_is_a_world(self):
        args = ["sim", "law", *POWER, "--at", "x=1..9", "--errors", "normal:1"]
        self.assertEqual(record(args)["table"], record(args)["table"])
        self.assertNotEqual(record(args)["table"], record([*args, "--seed", "2"])["table"])

    def test_the_design_of_a_table(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "d.csv")
            path.write_text("x,note\n4,a\n16,b\n")
            sim = record(["sim", "law", *POWER, "--design", str(path)])
        self.assertEqual(sim["table"], [{"x": 4, "y": 2}, {"x": 16, "y": 1.5}])

    def test_refusals(self):
        at = ["--at", "x=1..9"]
        for args, status, said in (
                (["sim", "lab", POWER[0]], USAGE, "sim law"),
                (["sim", "law", POWER[0], "--fix", "E=1", *at], USAGE, "no value for A, a"),
                (["sim", "law", *POWER], USAGE, "--design"),
                (["sim", "law", *POWER, "--at", "x=9..1"], USAGE, "LO..HI"),
                (["sim", "law", *POWER, *at, "--errors", "uniform:3"], USAGE, "normal:SD"),
                (["sim", "law", *POWER, *at, "--errors", "normal:-1"], USAGE, "normal:SD"),
                (["sim", "law", *POWER, *at, "--cluster-errors", "1:1"], USAGE, "K:SD"),
                (["sim", "law", *POWER, *at, "--cluster-errors", "99:1"], USAGE, "99 clusters"),
                (["sim", "law", "y = a - x", "--fix", "a=5", *at, "--residual", "log"], INPUT, "row 7"),
                (["sim", "law", "y^2 = a - x", "--fix", "a=5", *at], INPUT, "left side"),
                (["sim", "coverage", *POWER, *at, "--replicates", "1"], USAGE, "--replicates")):
            code, out, err = run(args)
            self.assertEqual((code, out), (status, ""), err)
            self.assertIn(said, err)


def shares(study, quantity, unit):
    return [[row["coverage"][level] for level in ("50", "80", "95")] for row in study["rows"]
            if row["quantity"] == quantity and row["unit"] == unit]


class Coverage(unittest.TestCase):
    """The small version of docs/coverage.md; chance alone fails one cell in a thousand, and the
    seed is fixed."""

    @slow
    def test_well_specified_worlds_are_nominal(self):
        study = record(["sim", "coverage", *POWER, "--at", "x=1..1e4:60", "--errors", "normal:0.02",
                        "--residual", "log", "--point", "x=1e6", "--replicates", "150",
                        "--bootstrap", "199", "--threads", "0"])
        self.assertEqual({row["method"] for row in study["rows"]},
                         {"local", "profile", "percentile", "bca", "studentised"})
        for row in study["rows"]:
            self.assertTrue(row["nominal"], row)
            self.assertEqual(row["none"], 0)

    @slow
    def test_rows_of_clusters_taken_for_independent_are_not(self):
        study = record(["sim", "coverage", *POWER, "--at", "x=1..1e4:120", "--errors", "normal:0.01",
                        "--cluster-errors", "24:0.03", "--residual", "log", "--replicates", "80",
                        "--bootstrap", "99", "--threads", "0"])
        for rows, clusters in zip(shares(study, "E", "rows"), shares(study, "E", "clusters")):
            self.assertLess(rows[2], 0.75)
            self.assertGreater(clusters[2], 0.86)

    @slow
    def test_near_a_bound_local_intervals_are_missing(self):
        study = record(["sim", "coverage", POWER[0], "--fix", "E=0,A=2,a=0.5", "--at",
                        "x=1..1e4:60", "--errors", "normal:0.02", "--residual", "log", "--bound",
                        "E=0:", "--interval", "local", "--replicates", "100", "--threads", "0"])
        row = next(row for row in study["rows"] if row["quantity"] == "E")
        assert_near(row["none"], 0.5, absolute=0.2)

    @slow
    def test_threads_change_no_bit(self):
        args = ["sim", "coverage", *POWER, "--at", "x=1..1e4:20", "--errors", "normal:0.02",
                "--replicates", "10", "--bootstrap", "20"]
        studies = [record([*args, "--threads", threads]) for threads in ("1", "3")]
        self.assertEqual(studies[0]["rows"], studies[1]["rows"])


if __name__ == "__main__":
    unittest.main()
