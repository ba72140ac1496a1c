"""--prepare and `table`: operators before a fit, from the command line and from law files."""

import pathlib
import tempfile
import unittest

from support import assert_near, record, run

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

    def test_what_is_wrong_is_said(self):
        for text, said in (("paretto(gflop, error)", "did you mean 'pareto'?"),
                           ("pareto(gflop", "expected ',' or ')'"),
                           ("pareto(gflop, err)", "did you mean 'error'?"),
                           ("where(gflop > 1e20)", "keeps no row")):
            status, _, err = run(["table", "-", "--prepare", text], stdin=POINTS)
            self.assertEqual(status, 3, text)
            self.assertIn(said, err)

    def test_a_users_law_with_an_operator(self):
        with tempfile.TemporaryDirectory() as folder:
            law = pathlib.Path(folder, "front.yaml")
            law.write_text(
                "id: front\nversion: 1\ntitle: t\nquestion: theory\nformula: y = a*x^-b\n"
                'prepare: ["pareto(x, y)"]\n'
                'columns: {y: {meaning: error, aliases: [error]}, x: {meaning: c, aliases: [gflop]}}\n'
                "parameters:\n  a: {meaning: w, domain: '> 0', start: [0.1, 10, log]}\n"
                "  b: {meaning: e, domain: any, start: [0, 1]}\n", encoding="utf-8")
            fit = record(["fit", str(law), "-", "--quick"], stdin=POINTS)
            self.assertEqual(fit["data"]["rows_used"], 6)


if __name__ == "__main__":
    unittest.main()
