"""What people hand to a law by mistake, as the papers list it."""

import re
import shlex
import unittest

from support import record, run

INPUT = 3


class LossLaws(unittest.TestCase):
    def fit(self, law, text, *more):
        return run(["fit", law, "-", "--quick", *more], stdin=text)

    def test_percentages_where_a_share_is_meant(self):
        status, _, err = self.fit("error-from-loss", "err,L\n45,2\n40,2.5\n30,3\n20,3.5\n")
        self.assertEqual(status, INPUT)
        self.assertIn("found 45; a percentage? give the fraction with --let", err)

    def test_a_sum_or_a_perplexity_where_a_mean_loss_is_meant(self):
        rows = "".join(f"{40 - 5 * i},{10 ** (6 + i)}\n" for i in range(6))
        warnings = record(["fit", "manifold-dimension", "-", "--quick"],
                          stdin="loss,N\n" + rows)["warnings"]
        said = [w["message"] for w in warnings if w["code"] == "W-UNIT"]
        self.assertEqual(len(said), 1)
        self.assertIn("is it a sum over tokens, a perplexity", said[0])

    def test_the_advice_on_units_works_as_printed(self):
        rows = "".join(f"{2 ** i},{2 + 2 ** (-i / 3)}\n" for i in range(8))
        law = ["fit", "chinchilla", "-", "--quick", "--fix", "B=0", "--fix", "beta=1",
               "--let", "D=1e9", "--map", "N=sizes (B)"]
        said = next(w["message"] for w in record(law, stdin="sizes (B),loss\n" + rows)["warnings"]
                    if w["code"] == "W-UNIT" and "sizes" in w["message"])
        let, of = re.search(r"(--let '.*') (--map \S+)\.$", said).groups()
        words = [*law[:-2], *shlex.split(let), *shlex.split(of)]
        warnings = record(words, stdin="sizes (B),loss\n" + rows)["warnings"]
        self.assertNotIn("N_plain", "".join(w["message"] for w in warnings if w["code"] == "W-UNIT"))

    def test_streams_below_one(self):
        self.assertEqual(self.fit("parallel-streams", "loss,N,P\n1,1e9,0\n")[0], INPUT)

    def test_no_examples_has_no_logarithm(self):
        status, _, err = self.fit("examples-power", "score,examples\n0.2,0\n0.3,10\n0.4,100\n")
        self.assertEqual(status, INPUT)
        self.assertIn("D must be > 0, found 0", err)

    def test_coverage_of_one(self):
        self.assertEqual(self.fit("coverage", "coverage,k\n0.5,1\n0.7,2\n1,4\n")[0], INPUT)

    def test_a_target_below_the_floor_has_no_answer(self):
        e = record(["laws", "eval", "learning-curve", "--set", "hestness-2017-translation-512",
                    "--at", "target=0.3"])
        self.assertIsNone(next(d["value"] for d in e["derived"] if d["name"] == "x_needed"))


if __name__ == "__main__":
    unittest.main()
