"""What --csv prints: the table that was asked for."""

import csv
import io
import unittest

from support import assert_near, record, run, slow

FIT = ["fit", "chinchilla", "data/chinchilla-epoch/runs.csv", "--where", "kept_240 == 1"]


def rows(args):
    code, out, err = run([*args, "--csv"])
    assert code == 0, err
    return list(csv.DictReader(io.StringIO(out, newline="")))


class Csv(unittest.TestCase):
    def test_parameters_when_nothing_else_is_asked(self):
        self.assertEqual([r["name"] for r in rows([*FIT, "--quick"])], ["E", "A", "alpha", "B", "beta"])

    @slow
    def test_quantities_at_a_scale(self):
        got = rows([*FIT, "--at", "C=1e21..1e23"])
        want = [d for d in record([*FIT, "--at", "C=1e21..1e23"])["derived"] if d["arguments"]]
        self.assertEqual([r["name"] for r in got], [d["name"] for d in want])
        self.assertEqual([float(r["C"]) for r in got], [d["arguments"]["C"] for d in want])

    def test_predictions(self):
        got = rows([*FIT, "--quick", "--at", "N=70B,D=1.4T", "--at", "C=5.76e23"])
        self.assertEqual([(r["N"], r["D"]) for r in got], [("70000000000", "1400000000000")])
        assert_near(float(got[0]["mean"]), 1.8172 + 0.0818 + 0.0743, absolute=2e-4)

    def test_csv_and_json_are_two_answers(self):
        code, out, err = run([*FIT, "--csv", "--json"])
        self.assertEqual((code, out), (2, ""))
        self.assertIn("--json and --csv", err)


if __name__ == "__main__":
    unittest.main()
