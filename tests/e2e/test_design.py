"""What runs can tell about a law, against derivatives taken here and against adding the run."""

import math
import pathlib
import tempfile
import unittest

from support import assert_near, record, run

SET = dict(E=1.8172, A=482.01, B=2085.43, alpha=0.3478, beta=0.3658)
DESIGN = ["design", "chinchilla", "--set", "besiroglu-2024"]
GRID = [(N, D) for N in (1e8, 1e9, 1e10) for D in (2e9, 2e10, 2e11, 1e12)]


def log_loss(u, N, D):
    E, A, alpha, B, beta = u[0], math.exp(u[1]), u[2], math.exp(u[3]), u[4]
    return math.log(E + A * N ** -alpha + B * D ** -beta)


def expected_errors(runs, sigma):
    """sigma^2 (J'J)^-1 by central differences and Gauss-Jordan."""
    u = [SET["E"], math.log(SET["A"]), SET["alpha"], math.log(SET["B"]), SET["beta"]]
    J = []
    for N, D in runs:
        row = []
        for k in range(5):
            step = 1e-5
            up, down = list(u), list(u)
            up[k] += step
            down[k] -= step
            row.append((log_loss(up, N, D) - log_loss(down, N, D)) / (2 * step))
        J.append(row)
    M = [[sum(r[a] * r[b] for r in J) for b in range(5)] + [float(a == b) for b in range(5)]
         for a in range(5)]
    for a in range(5):
        pivot = max(range(a, 5), key=lambda r: abs(M[r][a]))
        M[a], M[pivot] = M[pivot], M[a]
        M[a] = [x / M[a][a] for x in M[a]]
        for r in range(5):
            if r != a:
                M[r] = [x - M[r][a] * y for x, y in zip(M[r], M[a])]
    return [sigma * math.sqrt(M[k][5 + k]) for k in range(5)]


def table(runs):
    return "N,D\n" + "".join(f"{N!r},{D!r}\n" for N, D in runs)


def errors(got):
    scale = {p["name"]: p["value"] if p["name"] in "AB" else 1 for p in got["parameters"]}
    return [p["se"] / scale[p["name"]] for p in got["parameters"]]


class Design(unittest.TestCase):
    def test_expected_errors(self):
        got = record([*DESIGN, "-", "--noise", "0.004"], stdin=table(GRID))
        self.assertEqual(got["rank"], 5)
        for se, want in zip(errors(got), expected_errors(GRID, 0.004)):
            assert_near(se, want, relative=1e-4)

    def test_a_candidate_does_what_is_said(self):
        got = record([*DESIGN, "-"], stdin=table(GRID))
        for best in (got["candidates"][0], got["strongest"][0]):
            run_added = (best["at"]["N"], best["at"]["D"])
            after = record([*DESIGN, "-"], stdin=table([*GRID, run_added]))
            logs = [math.log(a / b) for a, b in zip(errors(after), errors(got))]
            assert_near(best["narrower_by"], 1 - math.exp(sum(logs) / 5), relative=1e-6)

    def test_candidates_are_ranked(self):
        got = record([*DESIGN, "-", "--target", "a", "--add", "N=1e8..1e10,D=1e9..1e11"],
                     stdin=table(GRID))
        for key, by in (("candidates", "per_cost"), ("strongest", "narrower_by")):
            values = [c[by] for c in got[key]]
            self.assertEqual(values, sorted(values, reverse=True))
        for c in got["candidates"]:
            assert_near(c["cost"], 6 * c["at"]["N"] * c["at"]["D"], relative=1e-12)

    def test_one_number_of_tokens(self):
        got = record([*DESIGN, "--at", "N=1e8..1e10,D=2e10"])
        told = {p["name"]: p["told"] for p in got["parameters"]}
        self.assertEqual(told, dict(E=False, A=True, alpha=True, B=False, beta=False))
        self.assertIn("W-AMBIG", {w["code"] for w in got["warnings"]})
        self.assertIn("no run would show it", got["flat"][0]["words"])
        moved = {m["name"] for flat in got["flat"] if not flat["told"] for m in flat["moves"]}
        self.assertEqual(moved, {"E", "B", "beta"})
        self.assertIsNone(got["parameters"][0]["se"])

    def test_candidates_from_a_table(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "more.csv")
            path.write_text("params,tokens\n1e9,1e12\n1e10,1e9\n")
            got = record([*DESIGN, "--at", "N=1e8..1e10,D=2e9..2e11", "--candidates", path])
        self.assertEqual(got["n_candidates"], 2)

    def test_parameters_given(self):
        got = record([*DESIGN, "-", "--fix", "beta=0.5"], stdin=table(GRID))
        self.assertEqual({p["name"]: p["value"] for p in got["parameters"]}["beta"], 0.5)

    def test_rows_left_out_are_said(self):
        whole = record([*DESIGN, "-"], stdin=table(GRID))
        bad = table(GRID) + "-1e8,2e9\n1e8,-2\n,2e9\n"
        got = record([*DESIGN, "-"], stdin=bad)
        said = {w["code"]: w["message"] for w in got["warnings"]}
        self.assertIn("2 rows of standard input outside the law's domain", said["W-FAILED"])
        self.assertIn("1 row of standard input with a missing input", said["W-NAN"])
        self.assertEqual(errors(got), errors(whole))
        self.assertFalse({"W-FAILED", "W-NAN"} & {w["code"] for w in whole["warnings"]})

    def test_text(self):
        status, out, err = run([*DESIGN, "-"], stdin=table(GRID))
        self.assertEqual(status, 0, err)
        self.assertIn("12 runs would tell all 5 parameters apart", " ".join(out.split()))
        self.assertLessEqual(max(map(len, out.splitlines())), 80)


class Refused(unittest.TestCase):
    def refuse(self, args, status, said, stdin=None):
        code, out, err = run(["design", *args], stdin=stdin)
        self.assertEqual((code, out), (status, ""), err)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertIn(said, err)

    def test_bad_input(self):
        self.refuse(["chinchilla"], 2, "design needs runs")
        self.refuse(["chinchilla", "--at", "N=1e8"], 2, "--at lacks D")
        self.refuse(["chinchilla", "--at", "N=1e8,D=1e9,Q=1"], 2, "'Q' is no input")
        self.refuse(["chinchilla", "-", "--at", "N=1e8,D=1e9"], 2, "not both", table(GRID))
        self.refuse(["chinchilla", "-"], 3, "no column 'D'", "N\n1e8\n")
        self.refuse(["chinchilla", "-", "--target", "gamma"], 2, "--target gamma", table(GRID))
        self.refuse(["chinchilla", "-", "--noise", "0"], 2, "--noise", table(GRID))
        self.refuse(["chinchilla", "-", "--fix", "q=1"], 2, "no parameter 'q'", table(GRID))
        self.refuse(["chinchilla", "-", "--set", "hofmann-2022"], 3, "did you mean 'hoffmann-2022'",
                    table(GRID))


if __name__ == "__main__":
    unittest.main()
