"""--prepare and `table`: operators before a fit, from the command line and from law files."""

import csv
import math
import pathlib
import random
import tempfile
import unittest

from support import ROOT, assert_near, record, run, slow

POINTS = "gflop,error\n1e9,0.5\n1e10,0.4\n5e10,0.45\n1e11,0.3\n1e12,0.25\n1e13,0.22\n2e12,0.24\n"


class Prepare(unittest.TestCase):
    def test_operators_are_listed(self):
        names = [o["name"] for o in record(["table"])["operators"]]
        self.assertIn("isoflop", names)
        status, out, _ = run(["table"])
        self.assertEqual(status, 0)
        self.assertTrue(all(len(line) <= 80 for line in out.splitlines()))

    def test_steps_are_applied_in_order_and_counted(self):
        t = record(["table", "-", "--prepare", "pareto(gflop, error)", "--prepare",
                    "where(gflop < 1e13)"], stdin=POINTS)
        self.assertEqual([r["gflop"] for r in t["rows"]], [1e9, 1e10, 1e11, 1e12, 2e12])
        self.assertEqual(t["prepared"], ["pareto(gflop, error)", "where(gflop < 1e13)"])
        self.assertEqual([d["rows"] for d in t["data"]["dropped"]], [1, 1])

    def test_a_law_brings_its_own(self):
        fit = record(["fit", "shifted-power", "-", "--quick"], stdin=POINTS)
        self.assertEqual(fit["prepared"], ["pareto(C, err)"])
        self.assertEqual(fit["data"]["rows_used"], 6)
        fit = record(["fit", "shifted-power", "-", "--quick", "--prepare", "none"], stdin=POINTS)
        self.assertNotIn("prepared", fit)
        self.assertEqual(fit["data"]["rows_used"], 7)

    def test_an_operator_whose_columns_are_there_is_passed_over(self):
        rows = "".join(f"{3 + s ** -0.5 - 0.1 * a!r},{s},{a}\n" for s in (1, 2, 3, 4) for a in (0, 1))
        fit = record(["fit", "lr-annealing", "-", "--quick"], stdin="loss,S1,S2\n" + rows)
        self.assertNotIn("prepared", fit)
        assert_near(next(p["value"] for p in fit["parameters"] if p["name"] == "C"), 0.1,
                    absolute=1e-6)

    def test_remarks_become_warnings(self):
        rows = "".join(f"a,1,{n},{l}\n" for n, l in ((1e5, 16), (1e6, 9), (1e7, 4), (1e8, 1)))
        t = record(["table", "-", "--prepare", "isoflop(C, N, L, by=budget)"],
                   stdin="budget,C,N,L\n" + rows)
        self.assertEqual([w["code"] for w in t["warnings"]], ["W-EDGE"])

    def test_other_numbers_are_those_of_the_best_size(self):
        """Tokens are C/(6 N) at the minimum, not those of some run; a number below 0 is a line."""
        rows = "".join(f"{c},{n!r},{c / 6 / n!r},{(math.log(n) - math.log(c) / 2 + 2) ** 2 + 3!r},"
                       f"{math.log10(n / c ** 0.5)!r},{c * 2}\n"
                       for c in (1e18, 1e19, 1e20)
                       for n in (c ** 0.5 * f for f in (0.03, 0.06, 0.1, 0.25, 0.5)))
        for method in ("parabola", "akima"):
            t = record(["table", "-", "--prepare", f"isoflop(C, N, L, by=twice, method={method})"],
                       stdin="C,N,D,L,rate,twice\n" + rows)
            self.assertEqual(len(t["rows"]), 3)
            for row in t["rows"]:
                got = dict(zip([c["name"] if isinstance(c, dict) else c for c in t["columns"]], row)
                           ) if isinstance(row, list) else row
                assert_near(got["D"], got["C"] / 6 / got["N"], relative=1e-9)
                assert_near(got["rate"], math.log10(got["N"] / got["C"] ** 0.5), absolute=1e-9)
                assert_near(got["twice"], 2 * got["C"], relative=1e-12)

    def test_rows_outside_a_domain_do_not_reach_an_operator(self):
        """An error of 1.2 that no front passes through, and one below 0 that every front would."""
        rows = "".join(f"1e{k},{0.2 + 0.6 * 10 ** (-0.2 * (k - 8))!r}\n" for k in range(8, 16))
        for cell, said in (("1e9,1.2\n", "err must be <= 1, found 1.2; a percentage?"),
                           ("1e9,-0.1\n", "err must be >= 0, found -0.1")):
            table = "C,err\n" + rows + cell
            status, _, err = run(["fit", "shifted-power", "-", "--quick", "--prepare",
                                  "pareto(C, err)"], stdin=table)
            self.assertEqual(status, 3)
            self.assertIn("line 10, column err: " + said, err)
            fit = record(["fit", "shifted-power", "-", "--quick", "--drop-bad", "--prepare",
                          "pareto(C, err)"], stdin=table)
            self.assertEqual(fit["data"]["rows_used"], 8)
            self.assertIn({"rule": "outside domain", "rows": 1}, fit["data"]["dropped"])

    def test_what_is_wrong_is_said(self):
        for text, said in (("paretto(gflop, error)", "did you mean 'pareto'?"),
                           ("pareto(gflop", "expected ',' or ')'"),
                           ("pareto(gflop, err)", "did you mean 'error'?"),
                           ("where(gflop > 1e20)", "keeps no row")):
            status, _, err = run(["table", "-", "--prepare", text], stdin=POINTS)
            self.assertEqual(status, 3, text)
            self.assertIn(said, err)

    LAW = ("id: front\nversion: 1\ntitle: t\nquestion: theory\nformula: y = a*x^-b\n"
           "prepare: PREPARE\n"
           "columns: {y: {meaning: error, aliases: [error]}, x: {meaning: c, aliases: [gflop]}}\n"
           "parameters:\n  a: {meaning: w, domain: '> 0', start: [0.1, 10, log]}\n"
           "  b: {meaning: e, domain: any, start: [0, 1]}\n")

    def law(self, operators):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        law = pathlib.Path(folder.name, "front.yaml")
        law.write_text(self.LAW.replace("PREPARE", operators), encoding="utf-8")
        return str(law)

    def test_a_users_law_with_an_operator(self):
        fit = record(["fit", self.law('["pareto(x, y)"]'), "-", "--quick"], stdin=POINTS)
        self.assertEqual(fit["data"]["rows_used"], 6)

    def test_a_condition_in_a_law_knows_its_symbols(self):
        """x is the table's gflop; a name of the table does too."""
        for condition in ("x < 1e13", "gflop < 1e13 and x >= 1e9"):
            fit = record(["fit", self.law(f'["pareto(x, y)", "where({condition})"]'), "-", "--quick"],
                         stdin=POINTS)
            self.assertEqual(fit["data"]["rows_used"], 5)
            self.assertEqual(fit["prepared"], ["pareto(x, y)", f"where({condition})"])
        fit = record(["fit", "shifted-power", "-", "--prepare", "where(C < 1e13)", "--quick"],
                     stdin=POINTS)
        self.assertEqual(fit["data"]["rows_used"], 6)

    def test_a_symbol_without_a_column_is_told_with_its_meaning(self):
        status, _, err = run(["fit", "shifted-power", "-"], stdin=POINTS.replace("gflop", "work"))
        self.assertEqual(status, 3)
        self.assertIn("standard input has no column 'C' (columns: work, error); C is compute in law "
                      "shifted-power: give --map C=COLUMN", err)

    def test_a_condition_in_a_law_is_checked(self):
        for condition, column, said in (("x <", 21, "missing: found the end of the formula"),
                                        ("x = 3", 18, "not an equation; compare with ==")):
            status, out, _ = run(["laws", "check", self.law(f'["where({condition})"]')])
            self.assertEqual(status, 1)
            self.assertIn(f":6:{column}: error: ", out)
            self.assertIn(said, " ".join(out.split()))


class ByLevel(unittest.TestCase):
    """With --by an operator works on the rows of each level, as the fits do."""

    ROWS = "".join(f"{f},{g},{s},{10.0 ** g},{d + a * 10.0 ** (-0.2 * g)}\n"
                   for f, d, a in (("one", 0.1, 8), ("two", 0.3, 9)) for g in range(6, 14)
                   for s in ("base", 3))
    TABLE = "family,budget,kind,C,err\n" + ROWS.replace("two,13,base", "two,extra,base")

    def test_fronts_are_of_each_level(self):
        """Pooled, no point of the worse family is on the front."""
        fit = ["fit", "shifted-power", "-", "--quick"]
        both = record([*fit, "--by", "family"], stdin=self.TABLE)
        self.assertEqual(both["data"]["rows_used"], 16)
        self.assertEqual(both["prepared"], ["pareto(C, err) by family"])
        got = {(p["name"], p["group"]): p["value"] for p in both["parameters"]}
        for family in ("one", "two"):
            alone = record([*fit, "--where", f'family == "{family}"'], stdin=self.TABLE)
            for p in alone["parameters"]:
                assert_near(got[p["name"], family], p["value"], relative=1e-3, absolute=1e-6)

    def test_levels_may_be_numbers(self):
        table = self.TABLE.replace("one,", "1,").replace("two,", "2,")
        both = record(["fit", "shifted-power", "-", "--quick", "--by", "family"], stdin=table)
        self.assertEqual(both["data"]["rows_used"], 16)

    def test_text_stays_text_where_a_level_has_numbers_only(self):
        """`budget` is text by one cell of `two`; the message names that cell."""
        status, _, err = run(["fit", "shifted-power", "-", "--by", "family", "--map", "C=budget",
                              "--prepare", "best(err, by=kind)"], stdin=self.TABLE)
        self.assertEqual(status, 3)
        self.assertIn("column budget: 'extra' is not a number", err)

    def test_what_an_operator_says_names_the_level(self):
        rows = "".join(f"{f},{b},{10.0 ** 18},{n},{(math.log10(n) - 8) ** 2 + 2}\n"
                       for f, sizes in (("one", (1e6, 1e7, 1e8, 1e9, 1e10)), ("two", (1e7,))) for n in sizes
                       for b in ("low",))
        status, _, err = run(["fit", "optimal-size", "-", "--by", "f", "--map", "N_opt=N",
                              "--prepare", "isoflop(C, N, L, by=b)"], stdin="f,b,C,N,L\n" + rows)
        self.assertEqual(status, 3)
        self.assertIn("f two: operator isoflop leaves no row", err)


class Envelope(unittest.TestCase):
    """Approach 1 of Hoffmann et al. 2022: the lower envelope of training curves."""

    def curves(self, sizes, noise=0.0, rows=200):
        """Runs of 1e7 to 1.6e10 parameters up to 200 tokens each, by the constants of Besiroglu."""
        draw, text = random.Random(1), ["run,params,tokens,flops,loss"]
        for i in range(sizes):
            n = 10 ** (7 + 3.2 * i / (sizes - 1))
            for k in range(1, rows + 1):
                d = n * 200 * k / rows
                loss = 1.8172 + 482.01 * n ** -0.3478 + 2085.43 * d ** -0.3658
                text.append(f"r{i},{n!r},{d!r},{6 * n * d!r},{loss + draw.gauss(0, noise)!r}")
        return "\n".join(text) + "\n"

    def exponent(self, table, *options, column="params", law="optimal-size"):
        prepare = ["--prepare", ", ".join(["envelope(flops, params, loss, by=run", *options]) + ")"]
        fit = record(["fit", law, "-", "--quick", *prepare, "--map", f"N_opt={column}"],
                     stdin=table)
        return next(p["value"] for p in fit["parameters"] if p["name"] == "b")

    @slow
    def test_exponents_of_a_known_law(self):
        """Best sizes are steps of a staircase, so the exponent is known to the width of a step."""
        a, clean, noisy = 0.3658 / (0.3478 + 0.3658), self.curves(40), self.curves(40, 0.01)
        size = self.exponent(clean)
        fit = record(["fit", "optimal-size", "-", "--quick"], stdin="N_opt,C\n" + "".join(
            f"{1e9 * 2 ** i},{1e20 * 4 ** i}\n" for i in range(5)))
        self.assertNotIn("henighan-2020-language", [p["name"] for p in fit["published"]]) # PF-days
        assert_near(size, a, absolute=1e-3)
        assert_near(self.exponent(clean, column="tokens"), 1 - size, absolute=1e-9)
        self.assertGreater(abs(self.exponent(noisy) - a), 0.01)
        assert_near(self.exponent(noisy, "smooth=0.05"), a, absolute=5e-3)

    def test_from_a_law_file(self):
        with tempfile.TemporaryDirectory() as folder:
            text = (ROOT / "laws/optimal-size.yaml").read_text()
            law = pathlib.Path(folder, "optimal-size.yaml")
            law.write_text(text.replace(
                "\ncolumns:", '\nprepare: ["envelope(C, N_opt, loss, by=run)"]\n\ncolumns:'))
            table = self.curves(12, rows=60)
            fit = record(["fit", str(law), "-", "--quick"], stdin=table)
            self.assertEqual(fit["prepared"], ["envelope(C, N_opt, loss, by=run)"])
            b = next(p["value"] for p in fit["parameters"] if p["name"] == "b")
            self.assertEqual(b, self.exponent(table))

    def test_real_curves_by_hand(self):
        """The winner and its loss at 200 computes by an interpolation of our own."""
        with open(ROOT / "data/training-curves/curves.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        runs = {}
        for r in rows:
            compute = 6 * float(r["params"]) * float(r["tokens"])
            runs.setdefault(float(r["params"]), {})[compute] = float(r["loss"])
        lo = math.log10(min(min(c) for c in runs.values()))
        hi = math.log10(max(max(c) for c in runs.values()))
        want = []
        for i in range(200):
            compute = 10 ** (lo + i / 199 * (hi - lo)) if i < 199 else 10 ** hi
            losses = {}
            for size, curve in runs.items():
                at = sorted(curve)
                if at[0] <= compute <= at[-1]:
                    k = max(j for j in range(len(at) - 1) if at[j] <= compute)
                    t = math.log(compute / at[k]) / math.log(at[k + 1] / at[k])
                    losses[size] = (1 - t) * curve[at[k]] + t * curve[at[k + 1]]
            if losses:
                best = min(losses, key=losses.get)
                if min(losses) < best < max(losses):
                    want.append((best, losses[best], len(losses)))
        got = record(["table", "data/training-curves/curves.csv", "--let", "C=6*params*tokens",
                      "--prepare", "envelope(C, params, loss, by=model, points=200)"])
        self.assertEqual({w["code"] for w in got["warnings"]}, {"W-EDGE", "W-NOISY"})
        self.assertEqual([(r["params"], r["runs_compared"]) for r in got["rows"]],
                         [(s, n) for s, _, n in want])
        self.assertGreater(len(want), 40)
        for row, (_, loss, _) in zip(got["rows"], want):
            assert_near(row["loss"], loss, relative=1e-12)


if __name__ == "__main__":
    unittest.main()
