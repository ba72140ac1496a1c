"""How models are divided from the command line: by rank, family, date, and the third set."""

import unittest

from support import assert_near, record, run, slow

MODELS = "data/obs-scaling/models.csv"
DATES = ["--with", "data/obs-scaling/family_dates.csv"]
INSTRUCT = "mmlu,arc_c,hellaswag,winogrande,truthfulqa,gsm8k,humaneval"
GSM = ["observe", MODELS, "--target", "gsm8k_cot", "--predictors", "pc3"]


def models(target, split):
    return {p["model"]: p for p in target["predictions"] if p["split"] == split}


class Rank(unittest.TestCase):
    @slow
    def test_agents_as_published(self):
        """22 models have the target; the best int(0.1 * 22) are test (digits of the reference)."""
        got = record(["observe", "data/obs-scaling/instruct_models.csv", "--target", "agentbench",
                      "--rank", "0.1", "--ceiling", "10", "--link", "sigmoid_floor",
                      "--benchmarks", INSTRUCT, "--predictors", "pc1,pc2,pc3,pc4"])
        self.assertEqual(got["split"], {"by": "rank", "rule": "0.1", "later": None})
        for target, want in zip(got["targets"], (5.7e-3, 2.6e-4, 2.2e-4, 1.0e-3)):
            self.assertEqual(target["test"]["n"], 2)
            assert_near(target["test"]["mse"], want, relative=0.05, what=target["predictors"])
        self.assertEqual(set(models(got["targets"][0], "test")), {"gpt-4-0613", "claude-2.0"})

    def test_needs_a_target_and_a_share(self):
        code, _, err = run(["observe", MODELS, "--rank", "0.1"])
        self.assertEqual(code, 2)
        self.assertIn("--target", err)
        code, _, err = run([*GSM, "--rank", "10"])
        self.assertEqual(code, 2)
        self.assertIn("between 0 and 1", err)


class Family(unittest.TestCase):
    def test_held_families_are_the_test_set(self):
        got = record([*GSM, "--hold-family", "Llama-2", "--hold-family", "Phi"])
        test = models(got["targets"][0], "test")
        self.assertEqual({p["family"] for p in test.values()}, {"Llama-2", "Phi"})
        self.assertEqual(len(test), 5)
        self.assertNotIn("Phi", {p["family"] for p in models(got["targets"][0], "train").values()})
        self.assertEqual(got["split"]["rule"], "Llama-2, Phi")

    def test_unknown_family_suggests(self):
        code, _, err = run([*GSM, "--hold-family", "Lama-2"])
        self.assertEqual(code, 3)
        self.assertIn("did you mean 'Llama-2'", err)


class Date(unittest.TestCase):
    def families(self, until):
        got = record([*GSM, *DATES, "--until", until])
        return {p["family"] for p in models(got["targets"][0], "train").values()}

    @slow
    def test_dates_joined_on_the_family(self):
        july = self.families("2023-07-18")
        self.assertIn("Llama-2", july)  # released on that day
        self.assertNotIn("Qwen", july)  # 2023-08-03
        self.assertEqual(july, self.families("2023-07"))
        self.assertNotIn("Llama-2", self.families("2023-07-17"))
        self.assertIn("Mixtral", self.families("2023"))

    def test_no_date(self):
        code, _, err = run([*GSM, "--until", "2023-07"])
        self.assertEqual(code, 3)
        self.assertIn("no column of release dates", err)
        code, _, err = run([*GSM, *DATES, "--until", "last year"])
        self.assertEqual(code, 3)
        self.assertIn("'last year' is not a date", err)


class Together(unittest.TestCase):
    def test_two_ways_are_refused(self):
        code, _, err = run([*GSM, "--cutoff", "flops <= 8.4e22", "--rank", "0.1"])
        self.assertEqual(code, 2)
        self.assertIn("--cutoff and --rank are two ways", err)

    def test_later_models_are_scored_apart_and_change_nothing(self):
        cut = [*GSM, "--cutoff", "flops <= 8.4e22"]
        both = record([*cut, "--later", "family == \"Llama-3\""])
        alone = record([*cut, "--where", "family != \"Llama-3\""])
        a, b = both["targets"][0], alone["targets"][0]
        self.assertEqual(a["weights"], b["weights"])
        self.assertEqual(a["test"], b["test"])
        self.assertEqual(a["later"]["n"], 2)
        self.assertEqual(len(models(a, "later")), 2)
        self.assertEqual(both["models"]["n_later"], 2)


if __name__ == "__main__":
    unittest.main()
