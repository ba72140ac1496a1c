"""Intervals of forecasts: what they are made from, what widens them, and the page that compares them."""

import json
import subprocess
import unittest

from support import IS_QUICK, PROGRAM, ROOT, assert_near, record, run, shared, slow

MODELS = "data/obs-scaling/models.csv"
SEVEN = "mmlu,arc_c,hellaswag,winogrande,truthfulqa,xwinograd,humaneval"
GSM = ["observe", MODELS, "--target", "gsm8k_cot", "--benchmarks", SEVEN, "--cutoff",
       "flops <= 8.4e22", "--predictors", "pc3"]
PREDICTIVE = [*GSM, "--interval", "predictive", "--bootstrap", "200"]


def only(observation, predictors="pc3"):
    return next(t for t in observation["targets"] if t["predictors"] == predictors)


def width(target, split="test"):
    widths = [p["hi"] - p["lo"] for p in target["predictions"] if p["split"] == split]
    return sum(widths) / len(widths)


class Predictive(unittest.TestCase):
    def test_what_it_says_of_itself(self):
        target = only(shared(PREDICTIVE))
        says = target["intervals"]
        self.assertEqual((says["method"], says["unit"], says["n"], says["failed"]),
                         ("predictive", "family", 200, 0))
        train = {p["family"] for p in target["predictions"] if p["split"] == "train"}
        self.assertEqual(says["units"], len(train))
        for word in ("imputation", "components", "items", "scatter", "distance"):
            self.assertIn(word, says["includes"])

    def test_how_it_held_is_recomputed_from_the_predictions(self):
        for level, more in ((0.95, []), *([] if IS_QUICK else [(0.5, ["--level", "0.5"])])):
            target = only(shared([*PREDICTIVE, *more]))
            held = [p for p in target["predictions"] if p["split"] == "test"]
            inside = sum(p["lo"] <= p["observed"] <= p["hi"] for p in held) / len(held)
            misses = sum(max(p["lo"] - p["observed"], p["observed"] - p["hi"], 0) for p in held)
            score = width(target) + 2 / (1 - level) * misses / len(held)
            key = f"{100 * level:g}"
            assert_near(target["intervals"]["coverage"][key], inside, absolute=1e-12)
            assert_near(target["test"]["coverage"], inside, absolute=1e-12)
            assert_near(target["intervals"]["width"][key], width(target), relative=1e-9)
            assert_near(target["intervals"]["interval_score"][key], score, relative=1e-9)

    @slow
    def test_fewer_items_widen(self):
        """With ten items a score near a half is known to a sixth, whatever else is."""
        many = only(record([*PREDICTIVE, "--items", "gsm8k_cot=1e9"]))
        few = only(record([*PREDICTIVE, "--items", "gsm8k_cot=10"]))
        self.assertGreater(width(few, "train"), 1.15 * width(many, "train"))
        noisy = only(record([*PREDICTIVE, "--items", ",".join(f"{b}=20" for b in SEVEN.split(","))]))
        self.assertGreater(width(noisy), 1.1 * width(only(shared(PREDICTIVE))))

    def test_distance_is_that_of_the_components(self):
        got = shared(PREDICTIVE)
        scores = {s["model"]: s["pc"] for s in got["pca"]["scores"]}
        train = [s["pc"] for s in got["pca"]["scores"] if s["split"] == "train"]
        spread = [sum(pc[k] ** 2 for pc in train) / len(train) for k in range(3)]  # of mean 0
        for p in only(got)["predictions"]:
            squares = [scores[p["model"]][k] ** 2 / spread[k] for k in range(3)]
            assert_near(p["distance"], (sum(squares) / 3) ** 0.5, relative=1e-9, what=p["model"])

    def test_without_a_curve_it_is_a_bootstrap(self):
        got = record([*GSM[:-1], "persistence,flops", "--interval", "predictive", "--bootstrap", "50"])
        self.assertEqual(only(got, "persistence")["intervals"]["method"], "bootstrap")
        self.assertEqual(only(got, "flops")["intervals"]["method"], "predictive")

    def test_models_without_families(self):
        table = "model,flops,a,b,t\n" + "".join(
            f"m{i},{10 ** (20 + i / 5):g},{.1 + .03 * i + .02 * (i % 2)},{.2 + .02 * i + .01 * (i % 3)},"
            f"{.05 * i:g}\n" for i in range(18))
        got = record(["observe", "-", "--target", "t", "--pcs", "1", "--cutoff", "flops < 3e22",
                      "--interval", "predictive", "--bootstrap", "50"], stdin=table)
        self.assertEqual(only(got, "pc1")["intervals"]["unit"], "model")
        self.assertIn("W-CLUSTERS", [w["code"] for w in got["warnings"]])

    def test_too_few_families(self):
        got = record([*PREDICTIVE, "--where", 'family == "OPT" or family == "Pythia" or '
                      'family == "Llama-2"', "--predictors", "pc1"])
        sentence = next(w["message"] for w in got["warnings"] if w["code"] == "W-CLUSTERS")
        self.assertIn("3 families", sentence)

    @slow
    def test_same_bits_at_any_thread_count(self):
        def bits(threads):
            got = record([*PREDICTIVE, "--threads", threads])
            del got["provenance"]
            return json.dumps(got)
        self.assertEqual(bits("1"), bits("2"))


class Coverage(unittest.TestCase):
    @slow
    def test_said_once_for_many_forecasts(self):
        got = record(["observe", MODELS, "--target", "bbh_cot", "--target", "bbh_naive", "--target",
                      "gsm8k_naive", "--benchmarks", SEVEN, "--cutoff", "flops <= 8.4e22",
                      "--link", "sigmoid_floor"])
        said = [w["message"] for w in got["warnings"] if w["code"] == "W-COVERAGE"]
        self.assertEqual(len(said), 1)
        self.assertRegex(said[0], r"in \d of 6 forecasts; fewest \d+ % of \d+ \(\w+ from \w+\)")
        self.assertIn("--interval predictive", said[0])


class Refusals(unittest.TestCase):
    CASES = [
        (["--interval", "profile"], "--interval"),
        (["--bootstrap", "1"], "has no spread"),
        (["--bootstrap", "0"], "has no spread"),
        (["--interval", "local", "--bootstrap", "100"], "needs no refits"),
        (["--interval", "predictive", "--items", "mmlu=0"], "--items mmlu=0"),
        (["--items", "mmlu=many"], "number of at least 1"),
        (["--level", "1"], "--level"),
    ]

    def test_said_in_one_sentence(self):
        for args, part in self.CASES:
            with self.subTest(" ".join(args)):
                code, out, err = run([*GSM, *args])
                self.assertEqual((code, out), (2, ""), err)
                self.assertIn(part, err)
        code, _, err = run([*GSM, "--bootstrap", "1e12"])
        self.assertEqual(code, 4)
        self.assertRegex(err, r"would take [\d.e+]+ GB .* GB are free; give \d+ or fewer")
        code, _, err = run("fit linear data/bnsl-addition/curve.csv --interval predictive")
        self.assertEqual(code, 2)
        self.assertIn("for forecasts", err)


@slow
class Page(unittest.TestCase):
    def test_the_table_is_what_the_study_says(self):
        done = subprocess.run([ROOT / "tools/interval-table", "--check"], cwd=ROOT, check=False,
                              env={"FORESCALE": PROGRAM, "PATH": "/usr/bin:/bin"}, timeout=200)
        self.assertEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main()
