"""The error of a forecast over many splits, against what the reference says of each of them."""

import json
import unittest

import test_study
from support import DATA, assert_near, record, slow

MODELS = "data/obs-scaling/models.csv"
SEVEN = "mmlu,arc_c,hellaswag,winogrande,truthfulqa,xwinograd,humaneval"
EIGHT = SEVEN + ",gsm8k"
KNOWN = 'family != "Mistral" and family != "Mixtral"'

FRACTIONS = [*(i * ((0.05 - 0.6) / 29) + 0.6 for i in range(29)), 0.05]  # as numpy.linspace


@slow
class Sweep(unittest.TestCase):
    """The area under the error curve of the reference, ranked by the target.

    tests/data/obs/aue.json holds the reference's test error of every split, and the training error
    at which its optimiser stopped. Ours is never above that. Where an area is more than 2 % from
    the reference's, the splits at which it stopped short of our optimum, and the few at whose
    border models tie, explain all of it: with its own test errors there, the areas agree."""

    SHORT = 1e-6  # relative excess of a training error that is no longer the optimum's
    # What the reference's early stops decide; every other area agrees within 2 %.
    STOPPED = {("word_unscrambling", "pc3"), ("word_unscrambling", "pc4"),
               ("persian_qa", "pc1"), ("persian_qa", "pc2"), ("persian_qa", "pc3"),
               ("persian_qa", "pc4"), ("persian_qa", "flops"), ("subtract_3_digits", "pc4")}

    @classmethod
    def setUpClass(cls):
        """The study has all predictors of three targets, by the target and by compute."""
        cls.study = record(["observe", "--study", "sweeps"])
        cls.sweeps = {part["aue"][0]["target"]: part["aue"] for part in cls.study["records"]}

    def sweeps_of(self, target):
        return self.sweeps.get(target) or record(
            ["observe", MODELS, "--target", target, "--as", "ruan2024", "--aue", "--predictors",
             "pc3,flops"])["aue"]

    def test_the_study(self):
        test_study.check(self, "sweeps", self.study)
        for e in self.study["expected"]:
            if e["run"] != "persian-qa":
                assert_near(e["ours"], e["published"], relative=0.05, what=e["what"])

    def check(self, target):
        gold = json.loads((DATA / "obs/aue.json").read_text())[target]
        sweeps = self.sweeps[target]
        self.assertEqual({s["rank_by"] for s in sweeps}, {"flops", "target"})
        for sweep in sweeps:
            steps = sweep["steps"]
            self.assertEqual([s["fraction"] for s in steps], FRACTIONS)
            self.assertEqual([s["n_test"] for s in steps],
                             [int(f * sweep["n"]) for f in FRACTIONS])
            assert_near(sweep["value"], self.area([s["mse"] for s in steps]), relative=1e-12)
            if sweep["rank_by"] == "target":
                with self.subTest(target=target, predictors=sweep["predictors"]):
                    self.compare(sweep, gold[sweep["predictors"]], self.STOPPED)

    def area(self, errors):
        return sum((f - g) * (a + b) / 2 for f, g, a, b in
                   zip(FRACTIONS, FRACTIONS[1:], errors, errors[1:]))

    def compare(self, sweep, want, stopped):
        """Split by split, then the area, `stopped` where the reference's early stops decide it."""
        tied = {step: (train, test) for step, train, test in want.get("tied", [])}
        explained = []
        for i, step in enumerate(sweep["steps"]):
            train, test = tied.get(i, (want["mse_train"][i], want["mse_test"][i]))
            self.assertLessEqual(step["train_mse"], train * (1 + self.SHORT), f"split {i}")
            at_optimum = train <= step["train_mse"] * (1 + self.SHORT)
            if at_optimum:
                assert_near(step["mse"], test, relative=0.03, what=f"split {i}")
            explained.append(step["mse"] if at_optimum and i not in tied else want["mse_test"][i])
        assert_near(self.area(explained), want["aue"], relative=1e-3, what="area, explained")
        agrees = abs(sweep["value"] / want["aue"] - 1) <= 0.02
        self.assertEqual(agrees, (sweep["target"], sweep["predictors"]) not in stopped)

    # Appendix C.4 ranked by compute, as measured with the authors' functions: size, FLOPs, K = 1..4.
    PRINTED = {"word_unscrambling": (3.5e-2, 1.8e-2, 1.2e-2, 6.5e-3, 5.8e-3, 8.2e-3),
               "persian_qa": (1.6e-2, 3.05e-2, 6.3e-3, 3.7e-2, 4.2e-2, 4.0e-2),
               "gsm8k_naive": (7.0e-3, 3.0e-2, 6.1e-3, 5.7e-4, 6.1e-4, 7.7e-4),
               "gsm8k_cot": (8.8e-2, 3.4e-2, 2.5e-2, 6.1e-3, 5.8e-3, 1.8e-2),
               "gsm8k_cot_sc": (1.03e-1, 3.9e-2, 2.5e-2, 7.1e-3, 6.9e-3, 2.1e-2)}
    STOPPED_BY_COMPUTE = {
        ("word_unscrambling", "flops"), ("word_unscrambling", "pc3"), ("persian_qa", "flops"),
        ("persian_qa", "pc3"), ("gsm8k_naive", "flops"), ("gsm8k_naive", "pc3"),
        ("gsm8k_cot", "flops"), ("gsm8k_cot_sc", "flops")}

    def test_by_compute(self):
        """aue_compute.json is what one start of SciPy's minimisers with their default stops gives
        (bench/observe/restated.py): the printed areas, but for K = 4 of chain of thought, where it
        stops elsewhere. Through compute that is 3.4e-2 and 3.9e-2 for chain of thought, without
        and with majority; at the optimum of the same curve on the same splits 3.07e-2 and 3.3e-2,
        which SciPy's bounded least squares gives too (3.072e-2, 3.305e-2). Word unscrambling's
        1.8e-2 becomes 2.6e-2 by one split, the sixth, where the best curve is a step: half the
        training error, and a test error of 0.69."""
        gold = json.loads((DATA / "obs/aue_compute.json").read_text())
        for target, printed in self.PRINTED.items():
            for predictor, area in zip(("size", "flops", "pc1", "pc2", "pc3", "pc4"), printed):
                if predictor != "pc4" or "cot" not in target:
                    assert_near(gold[target][predictor]["aue"], area, relative=0.04)
            for sweep in self.sweeps_of(target):
                if sweep["rank_by"] == "flops" and sweep["predictors"] in ("pc3", "flops"):
                    with self.subTest(target=target, predictors=sweep["predictors"]):
                        self.compare(sweep, gold[target][sweep["predictors"]],
                                     self.STOPPED_BY_COMPUTE)
                if (target, sweep["predictors"], sweep["rank_by"]) == (
                        "word_unscrambling", "flops", "flops"):
                    self.assertLess(sweep["steps"][5]["train_mse"],
                                    0.5 * gold[target]["flops"]["mse_train"][5])

    def test_word_unscrambling(self):
        self.check("word_unscrambling")

    def test_subtraction(self):
        self.check("subtract_3_digits")

    def test_persian(self):
        self.check("persian_qa")

    def test_a_step_is_the_split_by_rank(self):
        args = ["observe", MODELS, "--target", "word_unscrambling", "--where", KNOWN,
                "--benchmarks", EIGHT, "--predictors", "pc3,persistence"]
        sweeps = [s for s in record([*args, "--aue"])["aue"] if s["rank_by"] == "target"]
        for step in (0, 17, 29):
            split = record([*args, "--rank", repr(FRACTIONS[step])])
            for sweep, target in zip(sweeps, split["targets"]):
                got = sweep["steps"][step]
                self.assertEqual((got["n_train"], got["n_test"]),
                                 (target["train"]["n"], target["test"]["n"]))
                assert_near(got["mse"], target["test"]["mse"], relative=1e-9)

    def test_published_ranking_by_compute(self):
        """Areas by compute of the digest: GSM8K with chain of thought from one to four components."""
        got = record(["observe", MODELS, "--target", "gsm8k_cot", "--benchmarks", SEVEN,
                      "--where", KNOWN, "--link", "sigmoid_floor", "--predictors", "pc2,pc3",
                      "--aue"])["aue"]
        found = {s["predictors"]: s["value"] for s in got if s["rank_by"] == "flops"}
        assert_near(found["pc2"], 6.1e-3, relative=0.02)
        assert_near(found["pc3"], 5.8e-3, relative=0.02)

    def test_too_few_models(self):
        got = record(["observe", MODELS, "--target", "gsm8k_cot", "--benchmarks", SEVEN, "--where",
                      'family == "OPT"', "--predictors", "pc3", "--aue"])
        self.assertTrue(all(s["value"] is None for s in got["aue"]))
        self.assertIn("W-AUE", [w["code"] for w in got["warnings"]])


if __name__ == "__main__":
    unittest.main()
