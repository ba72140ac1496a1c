"""A law asked the other way round: the amount of one input that gives a response."""

import math
import unittest

from support import assert_near, record, run, slow

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

    def test_a_level_with_a_comma(self):
        rows = "".join(f'"{name}",{x},{E + x ** -.3}\n' for name, E in (("web, raw", 1), ("code", 2))
                       for x in (1, 3, 10, 30, 100, 300))
        fit = record(["fit", "power-plus-constant", "-", "-m", "L=y", "--quick", "--by", "data set",
                      "--at", "data set=`web, raw`,L=1.2"], stdin="data set,x,y\n" + rows)
        answer = fit["derived"][-1]
        assert_near(answer["value"], .2 ** (-1 / .3), relative=1e-6)

    def test_of_an_implicit_law(self):
        curve_of = "data/learning-curves/curves.csv"
        fit = ["fit", "m4-plateaus", curve_of, "--where",
               'domain == "NMT" and model == "6 Enc, 6 Dec"', "--quick"]
        answer = record([*fit, "--at", "y=0.5"])["derived"][-1]
        closed = record([*fit, "--at", "target=0.5"])["derived"][-1]
        assert_near(answer["value"], closed["value"], relative=1e-9)

    def test_of_published_constants(self):
        at = {"E": 1.69, "A": 406.4, "B": 410.7, "alpha": .34, "beta": .28}
        want = (at["B"] / (2 - at["E"] - at["A"] * 70e9 ** -at["alpha"])) ** (1 / at["beta"])
        answer = record("laws eval chinchilla --set hoffmann-2022 --at L=2,N=70B")["derived"][-1]
        self.assertEqual((answer["name"], answer["unit"]), ("D", "token"))
        assert_near(answer["value"], want, relative=1e-9)
        beyond = record("laws eval chinchilla --set hoffmann-2022 --at L=1.5,N=70B")
        self.assertIsNone(beyond["derived"][-1]["value"])
        self.assertEqual([w["code"] for w in beyond["warnings"]], ["W-OUT-OF-REACH"])

    @slow
    def test_every_law_gives_its_own_inputs_back(self):
        """A set of constants at the middle of the inputs' ranges; then each input that the response
        rises or falls with, from the response."""
        tried = 0
        for law in record("laws")["laws"]:
            columns = record(["laws", "show", law["id"]])["laws"][0]["columns"]
            takes = record(["laws", "eval", law["id"]])["takes"] if law["published"] else []
            response = takes[0]["gives"][0] if takes else None
            if response not in columns or sorted([*takes[0]["at"], response]) != sorted(columns):
                continue
            ranges = {n: c.get("range", []) for n, c in columns.items() if n != response}
            if not all("log" in r and isinstance(r[0], (int, float)) for r in ranges.values()):
                continue
            point = {n: math.sqrt(r[0] * r[1]) for n, r in ranges.items()}
            give = lambda p: ",".join(f"{n}={v!r}" for n, v in p.items())
            value = record(["laws", "eval", law["id"], "--at", give(point)])["value"]
            if value is None or value <= 0:
                continue
            for unknown in (n for n in point if columns[n].get("trend")):
                rest = {n: v for n, v in point.items() if n != unknown}
                answer = record(["laws", "eval", law["id"], "--at",
                                 give({**rest, response: value})])["derived"]
                found = [d["value"] for d in answer if d["name"] == unknown][-1]
                back = record(["laws", "eval", law["id"], "--at", give({**rest, unknown: found})])
                assert_near(back["value"], value, relative=1e-9, what=f"{law['id']} {unknown}")
                tried += 1
        self.assertGreater(tried, 30)

    def test_two_unknowns_are_refused(self):
        status, _, err = run([*FIT, "--at", "L=2.0"])
        self.assertEqual(status, 2)
        self.assertIn("all inputs but one", err)


if __name__ == "__main__":
    unittest.main()
