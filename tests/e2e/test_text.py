"""What the terminal shows: one style, one line for each answer, whole sentences."""

import pathlib
import tempfile
import unittest

from support import record, run, slow

FIT = ["fit", "chinchilla", "data/chinchilla-epoch/runs.csv", "--where", "kept_240 == 1"]


def text(*args, **options):
    code, out, err = run([*args], **options)
    assert code == 0, err
    return out


def joined(*args, **options):
    """The text with line breaks taken as blanks."""
    return " ".join(text(*args, **options).split())


class Fit(unittest.TestCase):
    @slow
    def test_starts(self):
        self.assertIn("128 points screened, 24 solved, all 24 reached it", joined(*FIT))
        self.assertRegex(joined(*FIT, "--starts", "7"), r"; 7 starts, \d+ reached it")

    @slow
    def test_published_sets_of_many_parameters_are_columns(self):
        out = text("fit", "data-constrained", "data/data-constrained/runs.csv", "--quick", "--where",
                   "kept_182 == 1", "--fix", "A=520.8,B=1488")
        self.assertRegex(out, r"(?m)^  published set +this fit +muennighoff-2023$")
        self.assertRegex(out, r"(?m)^  R_N +\S+ +5\.31$")

    def test_what_is_compared_is_the_left_side(self):
        self.assertIn("least squares on log(y - e_inf) - α·log(e_0 - y)",
                      joined("laws", "show", "m4-plateaus"))
        self.assertIn("Huber 0.001 on log L", joined("laws", "show", "chinchilla"))
        self.assertIn("(least squares on log1p(y))", joined(
            "fit", "log1p(y) = a*log1p(x)", "-", "--quick", stdin="x,y\n1,2\n2,4\n5,9\n9,15\n"))

    @slow
    def test_distance_is_said_in_one_style(self):
        self.assertIn("1.65 decades (44 times) beyond the data", joined(*FIT, "--at", "C=5.76e23"))
        _, _, warned = run([*FIT, "--at", "C=5.76e23", "--json"])
        self.assertIn("1.65 decades (44 times) beyond the data", warned)
        self.assertIn("inside the data", joined(*FIT, "--at", "N=1B,D=10B"))

    def test_the_response_comes_first(self):
        got = joined(*FIT, "--quick", "--at", "C=5.76e23", "--at", "N=70B,D=1.4T")
        self.assertLess(got.index("At N = 70 B parameters, D = 1.4 T tokens: L ="),
                        got.index("At C = 5.76e23"))

    def test_several_points_are_rows(self):
        got = text(*FIT, "--quick", "--at", "C=1e21..1e23")
        self.assertIn("Quantities by C, with 95 % local (by rows) intervals:", got)
        quantities, regions = got.split("Sizes within 0.5 % of the least loss:")
        for table in (quantities, regions):
            self.assertEqual(sum(line.startswith("  1e2") for line in table.splitlines()), 3)
        self.assertIn("(2.2941–2.3149)", got)
        self.assertLessEqual(max(map(len, got.splitlines())), 80)

    @slow
    def test_meanings_need_room(self):
        narrow = text(*FIT, "--at", "C=1e21", env={"COLUMNS": "80"})
        wide = text(*FIT, "--at", "C=1e21", env={"COLUMNS": "100"})
        self.assertNotIn("size of least", narrow)
        self.assertIn("size of least", wide)

    def test_a_positive_quantity_has_a_positive_interval(self):
        """G is made of weights, which spread by factors; a and b of exponents, which do not."""
        fit = record([*FIT, "--quick"])
        g, a, b = (next(d for d in fit["derived"] if d["name"] == name) for name in "Gab")
        self.assertAlmostEqual(g["lo"] * g["hi"], g["value"] ** 2, places=6)
        self.assertAlmostEqual(a["lo"] + b["hi"], 1, places=9)
        self.assertGreater(g["lo"], 0)

    def test_level_is_said_in_full(self):
        self.assertIn("99.99999 %", text(*FIT, "--quick", "--level", "0.9999999"))


class Laws(unittest.TestCase):
    def test_list_shows_formulas(self):
        self.assertIn("L = E + A·N^-α + B·D^-β", text("laws"))

    def test_eval_leads_with_what_the_inputs_give(self):
        got = text("laws", "eval", "chinchilla", "--set", "hoffmann-2022", "--at", "C=5.76e23")
        self.assertIn("\n  At C = 5.76e23:\n  derived", got)
        self.assertRegex(got, r"N_opt +32\.19 B parameters +size of least loss")
        self.assertNotIn(": –", got)
        self.assertIn("At N = 70 B parameters, D = 1.4 T tokens: L = 1.937 nat/token",
                      joined("laws", "eval", "chinchilla", "--at", "N=70B,D=1.4T"))

    def test_eval_without_a_point_says_what_to_give(self):
        self.assertIn("Give --at N=…,D=… for L, or --at C=… for N_opt, D_opt,",
                      joined("laws", "eval", "chinchilla"))
        self.assertIn("Give --at x=… for y, bend1, bend2, slope1, slope. ",
                      joined("laws", "eval", "broken-2"))


if __name__ == "__main__":
    unittest.main()
