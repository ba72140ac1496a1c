"""A law asked the other way round: the amount of one input that gives a response."""

import unittest

from support import assert_near, record, run

RUNS = "data/chinchilla-epoch/runs.csv"
FIT = ["fit", "chinchilla", RUNS, "--where", "kept_240 == 1", "--quick"]


def curve(rows=20):
    """1.5 + (3e6/x)^0.3 with a little scatter."""
    lines = ["x,y"]
    for i in range(rows):
        x = 10 ** (6 + i / 5)
        lines.append(f"{x:.6g},{1.5 + (3e6 / x) ** .3 + .004 * (i * 7 % 5 - 2):.6f}")
    return "\n".join(lines) + "\n"


class Inverse(unittest.TestCase):
    def test_the_law_gives_the_response_back(self):
        for unknown, given in (("N", "D=1.4T"), ("D", "N=70e9")):
            answer = record([*FIT, "--at", f"L=2.05,{given}"])["derived"][-1]
            self.assertEqual(answer["name"], unknown)
            self.assertEqual(answer["unit"], {"N": "param", "D": "token"}[unknown])
            self.assertLess(answer["lo"], answer["value"])
            self.assertLess(answer["value"], answer["hi"])
            back = record([*FIT, "--at", f"{given},{unknown}={answer['value']!r}"])
            assert_near(back["predictions"][0]["mean"], 2.05, relative=1e-12)

    def test_value_and_interval_are_those_of_the_closed_form(self):
        fit = record(["fit", "power-plus-constant", "-", "-m", "L=y", "--quick", "--at", "target=1.9",
                      "--at", "L=1.9"], stdin=curve())
        closed, solved = fit["derived"][-2:]
        self.assertEqual((closed["name"], solved["name"]), ("x_needed", "x"))
        for part in ("value", "lo", "hi"):
            assert_near(solved[part], closed[part], relative=1e-10)

    def test_of_a_typed_formula_with_a_bootstrap(self):
        fit = record(["fit", "y = E + (x0/x)^a", "-", "--quick", "--bootstrap", "100", "--at", "y=1.9"],
                     stdin=curve())
        answer = fit["derived"][-1]
        self.assertEqual(answer["name"], "x")
        self.assertTrue(answer["lo"] < answer["value"] < answer["hi"])

    def test_the_amount_itself_may_lie_beyond_the_data(self):
        fit = record(["fit", "power-plus-constant", "-", "-m", "L=y", "--quick", "--at", "L=1.55"],
                     stdin=curve())
        answer = fit["derived"][-1]
        self.assertGreater(answer["log10_beyond"], 0.5)

    def test_what_no_amount_gives_is_said(self):
        answer = record([*FIT, "--at", "L=1.5,N=1e9"])["derived"][-1]
        self.assertIsNone(answer["value"])
        _, out, _ = run([*FIT, "--at", "L=1.5,N=1e9"])
        self.assertIn("nothing solves its equation", out)

    def test_of_an_implicit_law(self):
        curve_of = "data/learning-curves/curves.csv"
        fit = ["fit", "m4-plateaus", curve_of, "--where",
               'domain == "NMT" and model == "6 Enc, 6 Dec"', "--quick"]
        answer = record([*fit, "--at", "y=0.5"])["derived"][-1]
        closed = record([*fit, "--at", "target=0.5"])["derived"][-1]
        assert_near(answer["value"], closed["value"], relative=1e-9)

    def test_two_unknowns_are_refused(self):
        status, _, err = run([*FIT, "--at", "L=2.0"])
        self.assertEqual(status, 2)
        self.assertIn("all inputs but one", err)


if __name__ == "__main__":
    unittest.main()
