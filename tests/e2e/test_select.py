"""The choice of models: against the reference by families, against trial of all subsets by models."""

import csv
import io
import itertools
import json
import math
import pathlib
import tempfile
import unittest

from support import DATA, assert_near, record, run, slow

MODELS = "data/obs-scaling/models.csv"
GOLD = json.loads((DATA / "gold/selection.json").read_text())


def select(*args):
    return record(["select", MODELS, *args])


class ByFamily(unittest.TestCase):
    """Objectives and families as the reference, the runners-up too."""

    def check(self, gold):
        for budget, best in gold["best"].items():
            found = select("--budget", budget, *gold["args"])
            self.assertEqual(found["combinations"], gold["combinations"])
            self.assertTrue(found["exhaustive"])
            self.assertEqual((found["gap"], found["bound"]), (0, found["objective"]))
            for ours, theirs in zip([found, *found["runners_up"]], best):
                assert_near(ours["objective"], theirs["objective"], what=budget,
                            absolute=gold.get("tolerance", 1e-9))
                if "families" in theirs:
                    self.assertEqual(set(ours["families"]), set(theirs["families"]))
                    self.assertEqual(ours["n_models"], theirs["n_models"])


for entry in GOLD["by_family"]:
    case = lambda self, gold=entry: self.check(gold)
    setattr(ByFamily, "test_" + entry["name"], slow(case) if len(entry["best"]) > 4 else case)


class ByModel(unittest.TestCase):
    @slow
    def test_proven_and_as_tried(self):
        for budget, best in GOLD["by_model"].items():
            found = select("--budget", budget, "--by", "model")
            self.assertTrue(found["exhaustive"], budget)
            self.assertEqual(found["method"], "branch and bound")
            assert_near(found["objective"], best["objective"], absolute=1e-9, what=budget)
            self.assertEqual(set(found["models"]), set(best["models"]))

    @slow
    def test_every_criterion_is_proven(self):
        for criterion, budget in itertools.product("VDAE", ("4", "20", "36")):
            found = select("--budget", budget, "--by", "model", "--criterion", criterion)
            self.assertTrue(found["exhaustive"], (criterion, budget))
            self.assertEqual(found["n_models"], int(budget))


def inverse(g):
    """Of a symmetric 3 x 3 matrix."""
    (a, b, c), (_, d, e), (_, _, f) = g
    m = [[d * f - e * e, c * e - b * f, b * e - c * d],
         [c * e - b * f, a * f - c * c, b * c - a * e],
         [b * e - c * d, b * c - a * e, a * d - b * b]]
    det = a * m[0][0] + b * m[0][1] + c * m[0][2]
    return [[x / det for x in row] for row in m] if det > 1e-14 else None


def information(points):
    return [[sum(p[i] * p[j] for p in points) for j in range(3)] for i in range(3)]


def v_criterion(everything, chosen):
    """Of points chosen from those whose information is `everything`."""
    own = inverse(information(chosen))
    if own is None:
        return -math.inf
    return -sum(everything[i][j] * own[j][i] for i in range(3) for j in range(3))


class FromTheRecord(unittest.TestCase):
    """What the record says can be computed from the scores it carries."""

    def setUp(self):
        self.found = select("--budget", "9", "--by", "model")
        self.points = {s["model"]: s["pc"] for s in self.found["space"]["pca"]["scores"]}
        self.everything = information(self.points.values())

    def of(self, models):
        return v_criterion(self.everything, [self.points[m] for m in models])

    def test_objectives(self):
        assert_near(self.of(self.found["models"]), self.found["objective"], relative=1e-10)
        assert_near(self.of(self.points), self.found["all"]["objective"], relative=1e-10)
        assert_near(self.found["efficiency"],
                    self.found["all"]["objective"] / self.found["objective"], relative=1e-14)
        for other in self.found["runners_up"]:
            assert_near(self.of(other["models"]), other["objective"], relative=1e-10)
        for part in self.found["chosen"]:
            left = set(self.found["models"]) - set(part["models"])
            assert_near(self.of(left), part["objective_without"], relative=1e-10)

    def test_no_exchange_is_better(self):
        models = set(self.found["models"])
        for out, into in itertools.product(models, set(self.points) - models):
            self.assertLess(self.of(models - {out} | {into}),
                            self.found["runners_up"][-1]["objective"] + 1e-9
                            if not self.is_listed(models - {out} | {into}) else math.inf)

    def is_listed(self, models):
        return any(set(other["models"]) == models for other in self.found["runners_up"])

    def test_curve_and_figures(self):
        steps = self.found["curve"]
        values = [step["objective"] for step in steps]
        self.assertEqual(values, sorted(values))
        self.assertEqual([s["objective"] for s in steps if s["budget"] == 9],
                         [self.found["objective"]])
        assert_near(steps[-1]["efficiency"], 1, absolute=1e-12)
        self.assertEqual([f["id"] for f in self.found["figures"]], ["models", "budget"])

    @slow
    def test_small_table_by_trial(self):
        where = ["--where", "params <= 1.5e9 and flops < 1e22"]
        for criterion_budget in (3, 4, 5):
            found = select("--budget", str(criterion_budget), "--by", "model", *where)
            points = {s["model"]: s["pc"] for s in found["space"]["pca"]["scores"]}
            best = max(v_criterion(information(points.values()), subset) for subset in
                       itertools.combinations(points.values(), criterion_budget))
            assert_near(found["objective"], best, relative=1e-9)


class Limits(unittest.TestCase):
    def test_included_and_excluded(self):
        found = select("--budget", "10", "--by", "model", "--include", "Llama-2",
                       "--include", "microsoft/phi-2", "--exclude", "Qwen",
                       "--exclude", "mosaicml/mpt-7b")
        chosen = set(found["models"])
        self.assertIn("microsoft/phi-2", chosen)
        self.assertEqual(len(found["included"]), 4)
        self.assertLessEqual(set(found["included"]), chosen)
        self.assertEqual(len(found["excluded"]), 4)
        self.assertFalse(set(found["excluded"]) & chosen)
        self.assertEqual(found["all"]["n_models"], 73)

    def test_a_model_left_out_of_its_family(self):
        found = select("--budget", "8", "--include", "Llama-2",
                       "--exclude", "meta-llama/Llama-2-70b-hf")
        self.assertIn("Llama-2", found["families"])
        self.assertNotIn("meta-llama/Llama-2-70b-hf", found["models"])

    @slow
    def test_cost_column(self):
        free = select("--let", "price=params/1e9", "--cost", "price", "--by", "model",
                      "--budget", "1000")
        tight = select("--let", "price=params/1e9", "--cost", "price", "--by", "model",
                       "--budget", "30.5")
        self.assertLessEqual(tight["total_cost"], 30.5 * (1 + 1e-9))
        self.assertLess(tight["objective"], free["objective"])
        self.assertNotIn("price", tight["space"]["benchmarks"])
        prices = {c["model"]: c["cost"] for c in tight["candidates"]}
        assert_near(sum(prices[m] for m in tight["models"]), tight["total_cost"], relative=1e-12)

    def test_max_families(self):
        for most in (2, 3, 4):
            found = select("--budget", "40", "--max-families", str(most))
            self.assertLessEqual(len(found["families"]), most)


class Glm(unittest.TestCase):
    ARGS = ["--criterion", "glm", "--target", "gsm8k_cot", "--cutoff", "flops <= 8.4e22"]

    def check(self, found):
        """The documented formula, from the curve and the scores in the record."""
        guess = found["glm"]
        floor = guess["link"]["floor"]
        points = {s["model"]: [1, *s["pc"]] for s in found["space"]["pca"]["scores"]}

        def mean(x):
            z = guess["intercept"] + sum(w * s for w, s in zip(guess["weights"], x[1:]))
            return floor + (1 - floor) / (1 + math.exp(-z))

        def slope(x):
            return (mean(x) - floor) * (1 - mean(x)) / (1 - floor)

        def weight(x):
            return slope(x) ** 2 / (mean(x) * (1 - mean(x)))

        def total(models, factor):
            return [[sum(factor(points[m]) * points[m][i] * points[m][j] for m in models)
                     for j in range(4)] for i in range(4)]

        g = total(found["models"], weight)
        t = total(guess["region"], lambda x: slope(x) ** 2 / len(guess["region"]))
        objective = -sum(solve(g, [row[j] for row in t])[j] for j in range(4))
        assert_near(found["objective"], objective, relative=1e-9)
        weights = {c["model"]: c["weight"] for c in found["candidates"]}
        for model, own in weights.items():
            assert_near(own, weight(points[model]), relative=1e-9, what=model)
        self.assertEqual(len(guess["region"]), 30)
        self.assertFalse(set(guess["region"]) & set(weights))

    def test_sigmoid(self):
        self.check(select("--budget", "12", *self.ARGS))

    def test_floor(self):
        found = select("--budget", "8", "--criterion", "glm", "--target", "persian_qa",
                       "--cutoff", "flops <= 8.4e22", "--link", "sigmoid_floor")
        self.assertGreater(found["glm"]["link"]["floor"], 0.1)
        self.check(found)

    def test_linear(self):
        linear = select("--budget", "8", *self.ARGS, "--link", "linear")
        self.assertEqual({c["weight"] for c in linear["candidates"]}, {1})

    def test_aimed_choice_is_better_where_it_is_aimed(self):
        """Chosen by V, the same budget tells less about the models beyond the cutoff."""
        aimed = select("--budget", "8", "--by", "model", *self.ARGS)
        plain = select("--budget", "8", "--by", "model", "--cutoff", "flops <= 8.4e22")
        forced = [x for model in plain["models"] for x in ("--include", model)]
        judged = select("--budget", "8", "--by", "model", *self.ARGS, *forced)
        self.assertGreater(aimed["objective"], judged["objective"] * 0.999)
        self.assertNotEqual(set(aimed["models"]), set(plain["models"]))

    def test_without_a_cutoff_the_strongest_are_aimed_at(self):
        found = select("--budget", "12", "--criterion", "glm", "--target", "gsm8k_cot")
        self.assertEqual(len(found["glm"]["region"]), 8)
        self.assertIn("meta-llama/Meta-Llama-3-70B", found["glm"]["region"])


def solve(matrix, right):
    """Gauss with pivoting."""
    rows = [[*row, r] for row, r in zip(matrix, right)]
    for i in range(len(rows)):
        pivot = max(range(i, len(rows)), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(len(rows)):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    return [row[-1] / row[i] for i, row in enumerate(rows)]


class OwnTable(unittest.TestCase):
    """Names with spaces, commas, percent signs and more; a price and a gap."""

    TABLE = ('Model,Model Family,"Price, $ 💰",Score % (a),"b, c",d\n'
             'One,F 1,2,.1,.3,.2\nTwo,F 1,3,.4,.35,.5\nThree,"G, 2",1,.2,.6,.1\n'
             'Four,"G, 2",5,.9,.7,\nFive,H%,4,.5,.1,.9\nSix,H%,2,.7,.2,.3\n')

    def setUp(self):
        with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
            file.write(self.TABLE)
        self.path = file.name

    def tearDown(self):
        pathlib.Path(self.path).unlink()

    def test_all_of_it(self):
        found = record(["select", self.path, "--budget", "9", "--cost", "Price, $ 💰", "--pcs", "2",
                        "--exclude", "F 1"])
        self.assertEqual(found["space"]["benchmarks"], ["Score % (a)", "b, c", "d"])
        self.assertEqual(found["families"], ["G, 2"])
        self.assertEqual(found["total_cost"], 6)
        code, out, _ = run(["select", self.path, "--budget", "9", "--cost", "Price, $ 💰", "--pcs",
                            "2", "--csv"])
        rows = list(csv.DictReader(io.StringIO(out)))
        self.assertEqual((code, len(rows), rows[2]["family"]), (0, 6, "G, 2"))

    def test_gaps(self):
        dropped = record(["select", self.path, "--budget", "9", "--cost", "Price, $ 💰", "--pcs",
                          "2", "--missing", "drop"])
        self.assertEqual((len(dropped["candidates"]), dropped["left_out"]), (5, 1))
        code, _, err = run(["select", self.path, "--budget", "9", "--cost", "Price, $ 💰", "--pcs",
                            "2", "--missing", "stop"])
        self.assertEqual(code, 3)
        self.assertIn("Four has no d", err)


class Refusals(unittest.TestCase):
    CASES = [
        (2, [], "needs --budget"),
        (2, ["--budget", "8", "--by", "size"], "--by is one of family|model, not 'size'"),
        (2, ["--budget", "8", "--criterion", "G"], "--criterion is one of V|D|A|E|glm"),
        (2, ["--budget", "8", "--criterion", "glm"], "needs one --target"),
        (2, ["--budget", "8", "--target", "gsm8k_cot"], "only guides --criterion glm"),
        (2, ["--budget", "8", "--by", "model", "--max-families", "3"], "choose --by family"),
        (3, ["--budget", "2"], "3 models are needed"),
        (3, ["--budget", "8", "--include", "Lama-2"], "did you mean 'Llama-2'?"),
        (3, ["--budget", "8", "--exclude", "microsoft/phi-3"], "did you mean 'microsoft/phi-2'?"),
        (3, ["--budget", "8", "--include", "microsoft/phi-2"], "include the family"),
        (3, ["--budget", "8", "--include", "Phi", "--exclude", "Phi"], "included and excluded"),
        (3, ["--budget", "8", "--include", "Pythia", "--include", "OPT"], "more than the budget"),
        (3, ["--budget", "20", "--include", "Phi", "--include", "MPT", "--max-families", "1"],
         "2 families are included"),
        (3, ["--budget", "8", "--missing", "stop"], "has no arc_c"),
        (3, ["--budget", "8", "--pcs", "9"], "9 components cannot be taken from 8 benchmarks"),
        (3, ["--budget", "8", "--cost", "flops"], "is missing; every candidate needs a cost"),
        (3, ["--budget", "8", "--cost", "prise"], "prise"),
        (3, ["--budget", "3", "--where", "family == 'Phi' or family == 'MPT'", "--pcs", "3"],
         "no choice of whole families within a budget of 3"),
        (3, ["--budget", "9", "--let", "none=0*mmlu+0.5", "--benchmarks", "mmlu,none,arc_c"],
         "raise --budget, use fewer --pcs, or choose --by model"),
        (3, ["--budget", "30", "--exclude", "Phi", "--where",
             "family == 'Phi' or family == 'MPT'", "--pcs", "3"], "2 models may be chosen"),
    ]

    def test_said_in_one_sentence(self):
        for status, args, part in self.CASES:
            with self.subTest(" ".join(args)):
                code, out, err = run(["select", MODELS, *args])
                self.assertEqual((code, out), (status, ""))
                self.assertIn(part, err)
                self.assertEqual(err.count("\n"), 1, err)


class Views(unittest.TestCase):
    def test_text_says_the_answer_and_its_proof(self):
        code, out, _ = run(["select", MODELS, "--budget", "8", "--include", "Llama-2"])
        self.assertEqual(code, 0)
        self.assertIn("Evaluate 8 models of 4 families: Llama-2, Mixtral, Phi, MPT.", out)
        self.assertIn("proven best of 431909 combinations", out)

    def test_same_bits_again(self):
        def bits():
            found = select("--budget", "20", "--by", "model", "--criterion", "D")
            del found["provenance"]
            return json.dumps(found)
        self.assertEqual(bits(), bits())


if __name__ == "__main__":
    unittest.main()
