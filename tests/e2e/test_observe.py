"""The observational pipeline from the command line, on our table and on one with foreign names."""

import json
import re
import unittest

from support import DATA, assert_near, record, run, slow

MODELS = "data/obs-scaling/models.csv"
SEVEN = "mmlu,arc_c,hellaswag,winogrande,truthfulqa,xwinograd,humaneval"
FORECAST = ["observe", MODELS, "--target", "gsm8k_cot", "--benchmarks", SEVEN,
            "--cutoff", "flops <= 8.4e22", "--link", "sigmoid_floor", "--predictors", "pc3,flops"]


class Space(unittest.TestCase):
    def test_capability_space(self):
        space = record(["observe", MODELS])
        for got, want in zip(space["pca"]["explained_variance_ratio"],
                             (0.8016302891777229, 0.11902775177006793, 0.04633048209433162)):
            assert_near(got, want, absolute=1e-9)
        self.assertEqual(len(space["imputed"]), 6)
        cells = {(c["model"], c["benchmark"]): c["value"] for c in space["imputed"]}
        assert_near(cells["meta-llama/Meta-Llama-3-70B", "arc_c"], 0.7272183735072868, absolute=1e-9)
        assert_near(cells["tiiuae/falcon-rw-1b", "humaneval"], 0.0934507092116878, absolute=1e-9)
        self.assertEqual(space["models"]["n_test"], 0)
        self.assertTrue(space["imputation"]["converged"])


class Forecast(unittest.TestCase):
    SSE = None

    def check(self, observation):
        gold = json.loads((DATA / "gold/gsm8k_cot.json").read_text())
        target = next(t for t in observation["targets"] if t["predictors"] == "pc3")
        self.assertEqual((target["train"]["n"], target["test"]["n"]), (47, 28))
        sse = target["train"]["mse"] * target["train"]["n"]
        self.assertLessEqual(sse, gold["sse_train"] * (1 + 1e-6))
        assert_near(target["test"]["mse"], gold["mse_test"], relative=1e-3)
        flops = next(t for t in observation["targets"] if t["predictors"] == "flops")
        self.assertGreater(flops["test"]["mse"], target["test"]["mse"])
        return target

    def test_our_table(self):
        target = self.check(record(FORECAST))
        self.assertEqual(target["equivalent"]["family"], "Llama-2")
        llama = next(p for p in target["predictions"] if p["model"] == "meta-llama/Llama-2-7b-hf")
        assert_near(llama["flops"], 8.4e22, relative=1e-12)
        self.assertEqual(llama["split"], "train")

    @slow
    def test_table_named(self):
        self.check(record([*FORECAST, "--with", "data/obs-scaling/post_training.csv"]))

    def test_unknown_target_suggests(self):
        code, _, err = run(["observe", MODELS, "--target", "gsm8k_cto"])
        self.assertEqual(code, 3)
        self.assertIn("gsm8k_cto", err)


FOREIGN = "\ufeff" + "\r\n".join(
    ['model,family,"reading, easy",code %,🧮 maths,"compute, total",goal'] +
    [f'"M, {i}",F,{0.1 + 0.05 * i + 0.01 * (i % 4)},{0.05 + 0.06 * i - 0.01 * (i % 3)},{0.2 + 0.04 * i + 0.01 * (i % 2)},'
     f"{10 ** (20 + 0.25 * i):.4g},{0.03 + 0.07 * i:.3f}" for i in range(12)])


class ForeignNames(unittest.TestCase):
    """Names with commas, spaces, percent signs and emoji; a byte order mark; lines ended by CRLF."""

    def test_commas_in_names(self):
        """In backticks or quotes, or after a backslash, a comma belongs to the name."""
        spaces = []
        for name, compute in (("`reading, easy`", "`compute, total`"),
                              ('"reading, easy"', "`compute, total`"),
                              ("reading\\, easy", "`compute\\, total`")):
            got = record(["observe", "-", "--benchmarks", f"{name},code %,🧮 maths", "--target",
                          "goal", "--let", f"flops={compute}", "--cutoff", "flops < 3e21"],
                         stdin=FOREIGN)
            self.assertEqual(got["benchmarks"], ["reading, easy", "code %", "🧮 maths"])
            self.assertEqual(got["models"]["n_test"], 6)
            spaces.append(got["pca"])
        self.assertEqual(spaces[0], spaces[1])
        self.assertEqual(spaces[0], spaces[2])

    def test_curve_of_compute_is_drawn_smoothly(self):
        """Not from one of the twelve models to the next."""
        status, svg, err = run(["observe", "-", "--benchmarks", "code %,🧮 maths", "--target", "goal",
                                "--let", "flops=`compute, total`", "--cutoff", "flops < 3e21",
                                "--predictors", "flops", "-q", "--svg", "-"], stdin=FOREIGN)
        self.assertEqual(status, 0, err)
        longest = max((path.count("L") for path in re.findall(r"<path[^>]*", svg)), default=0)
        self.assertGreater(longest, 100)

    def test_message_shows_how_to_write_them(self):
        code, _, err = run(["observe", "-", "--target", "goals"], stdin=FOREIGN)
        self.assertEqual(code, 3)
        self.assertIn("did you mean 'goal'? (columns: model, family, `reading, easy`, code %,", err)


if __name__ == "__main__":
    unittest.main()
