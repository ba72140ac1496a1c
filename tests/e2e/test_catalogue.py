"""Every law file is tried out by one test that asks for nothing but its presence in laws/: its checks,
derivatives, trends and reductions, and what a fit makes of data simulated from it."""

import pathlib
import re
import tempfile
import unittest

from support import ROOT, assert_near, record, run, slow

QUICK = ("chinchilla", "coverage")

USERS = """id: users-own
version: 1
title: A law of a user
question: theory
formula: y = a + b*x^-c
columns:
  y: {meaning: loss, domain: "> 0"}
  x: {meaning: size, domain: "> 0", range: [10, 1e5, log], trend: falling}
parameters:
  a: {meaning: floor, domain: ">= 0", start: [0, min(y)]}
  b: {meaning: weight, domain: "> 0", start: [0.1, 100, log]}
  c: {meaning: exponent, domain: "> 0", start: [0.05, 2]}
published:
  - {name: made-up, values: {a: 1, b: 5, c: 0.5}}
checks:
  - {set: made-up, at: {x: 100}, gives: {y: 1.5}, tolerance: 1e-12, by: hand}
reduces_to:
  - {law: learning-curve, when: always, maps: {gamma: a, alpha: b, b: c}}
"""


class Catalogue(unittest.TestCase):
    def try_law(self, law):
        trials = record(["laws", "check", "--full", law])["trials"]
        self.assertEqual([t for t in trials if t["ok"] is False], [], law)
        done = {t["what"] for t in trials if t["ok"]}
        self.assertLessEqual({"checks", "derivatives", "recovery", "coverage"}, done, law)

    def test_pages_say_how_far_a_law_was_tried(self):
        told = {law: record(["laws", "show", law])["laws"][0].get("reach", [])
                for law in ("overtraining", "broken-1", "parallel-streams")}
        self.assertEqual(told["broken-1"][0]["predicted"], 928)
        self.assertNotIn("predicted", told["parallel-streams"][0])
        page = run(["laws", "show", "overtraining"])[1]
        self.assertRegex(page, r"C 1.34e16 to 2.03e19 +5.7e21 FLOP, 2.45 +4.3 %")

    def test_pages_show_the_published_sets(self):
        shown = record(["laws", "show", "chinchilla"])
        self.assertEqual([f["id"] for f in shown["figures"]], ["over-N", "over-D"])
        lines = {s["name"]: s for s in shown["figures"][0]["series"]}
        self.assertEqual(set(lines), {p["name"] for p in shown["laws"][0]["published"]})
        curve = lines["hoffmann-2022"]
        middle = curve["x"][30]
        here = record(["laws", "eval", "chinchilla", "--set", "hoffmann-2022", "--at",
                       f"N={middle!r},D={1e9 * 1e12 ** 0.5 / 1e9 ** 0.5!r}"])["value"]
        assert_near(curve["y"][30], here, relative=1e-12)

    @slow
    def test_every_published_set_can_be_evaluated(self):
        for law in record(["laws"])["laws"]:
            for name in law["published"]:
                got = record(["laws", "eval", law["id"], "--set", name])
                self.assertEqual(got["set"], name)


def add(law):
    def test(self):
        self.try_law(law)
    setattr(Catalogue, "test_" + law.replace("-", "_"), test if law in QUICK else slow(test))


for path in sorted(ROOT.glob("laws/*.yaml")):
    add(path.stem)


class UsersLaw(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def check(self, text):
        path = self.folder / "users-own.yaml"
        path.write_text(text, encoding="utf-8")
        status, out, _ = run(["laws", "check", "--full", str(path)])
        return status, " ".join(out.split())

    def test_passes_the_same_trials(self):
        status, out = self.check(USERS)
        self.assertEqual(status, 0, out)
        for what in ("checks", "derivatives", "trend", "reduces to learning-curve", "recovery",
                     "coverage"):
            self.assertIn(what + " holds", out)

    def test_rows_are_tried_from_one_end_of_a_range_to_the_other(self):
        low, high = re.search(r"range: \[(\S+), (\S+), log\]", USERS).groups()
        expected = (f'expects:\n  - {{rows: "x >= {low} and x <= {high}", otherwise: refuse, '
                    "code: W-UNIT, says: outside}\n")
        status, out = self.check(USERS + expected)
        self.assertEqual(status, 0, out)
        status, out = self.check(USERS + expected.replace(high, "1e4"))
        self.assertEqual(status, 1)
        self.assertIn("coverage – no simulated table could be fitted", out)

    def test_is_found_on_the_law_path(self):
        self.check(USERS)
        laws = record(["laws", "--law-path", str(self.folder)])["laws"]
        self.assertIn("users-own", [law["id"] for law in laws])
        self.assertEqual(run(["laws", "eval", "users-own", "--at", "x=100", "--law-path",
                              str(self.folder)])[0], 0)

    def test_what_does_not_hold_is_said(self):
        for old, new, said in (
                ("trend: falling", "trend: rising", "trend FAILS rising in x is stated, and not so"),
                ("gives: {y: 1.5}", "gives: {y: 1.6}", "y is 1.5, where 1.6 is stated"),
                ("law: learning-curve", "law: learning-curv",
                 "no law is called 'learning-curv'; did you mean 'learning-curve'?"),
                ("alpha: b,", "alpha: 2*b,", "reduces to learning-curve FAILS")):
            status, out = self.check(USERS.replace(old, new))
            self.assertEqual(status, 1, out)
            self.assertIn(said, out)

    def test_without_ranges_the_data_are_not_simulated(self):
        status, out = self.check(USERS.replace(", range: [10, 1e5, log], trend: falling", ""))
        self.assertEqual(status, 0)
        self.assertIn("column x has no range", out)


if __name__ == "__main__":
    unittest.main()
