"""metric: item response and particle filters."""

import math
import random
import statistics
import unittest

from support import assert_near, run, slow
from test_metric_scaling import by, metric, table

CHAIN = ("from,to,probability,reward\nstart,good,0.3,0.8\nstart,bad,0.7,0.3\n"
         "good,good,0.8,0.8\ngood,bad,0.2,0.3\nbad,good,0.1,0.8\nbad,bad,0.9,0.3\n")


def answers(models=60, items=25, seed=2, seen=.8):
    draw = random.Random(seed)
    theta = [draw.gauss(0, 1) for _ in range(models)]
    b = [draw.gauss(0, 1) for _ in range(items)]
    lines = ["model,item,correct"]
    for m in range(models):
        for i in range(items):
            if draw.random() < seen:
                p = 1 / (1 + math.exp(-1.5 * (theta[m] - b[i])))
                lines.append(f"m{m},i{i},{int(draw.random() < p)}")
    return "\n".join(lines) + "\n", theta, b


class ItemResponse(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text, cls.theta, cls.b = answers()
        cls.found = metric("item-response", cls.text, "--param", "next=3")

    def test_recovers_abilities_and_difficulties(self):
        rows, items = by(self.found["rows"]), by(self.found["items"], "item")
        mean, sd = statistics.mean(self.theta), statistics.pstdev(self.theta)  # the scale is theirs
        off = [(rows[f"m{m}"]["value"] - (t - mean) / sd) / rows[f"m{m}"]["se"]
               for m, t in enumerate(self.theta)]
        self.assertLess(sum(abs(z) > 1.96 for z in off), 10)
        rank = sorted(range(25), key=lambda i: items[f"i{i}"]["b"])
        truth = sorted(range(25), key=lambda i: self.b[i])
        self.assertLess(sum(abs(rank.index(i) - truth.index(i)) for i in range(25)) / 25, 3)
        self.assertTrue(self.found["fit"]["converged"])
        self.assertEqual(self.found["fit"]["components"], 1)
        assert_near(sum(r["misfit"] for r in self.found["rows"]) / 60, 1, absolute=.3)

    def test_information_of_all_items(self):
        """The sum of what the items tell, and 1 for the prior; where it is most, errors are least."""
        told = {i["ability"]: i for i in self.found["information"]}
        self.assertEqual(len(told), 33)
        at_zero = 1 + sum(i["information"] for i in self.found["items"])
        assert_near(told[0]["information"], at_zero, relative=1e-12)
        assert_near(told[0]["se"], at_zero ** -.5, relative=1e-12)

    def test_next_items_are_unseen_and_tell_most(self):
        mine = [n for n in self.found["next"] if n["group"] == "m0"]
        seen = {line.split(",")[1] for line in self.text.splitlines() if line.startswith("m0,")}
        self.assertTrue(mine and not seen & {n["item"] for n in mine})
        tells = [n["information"] for n in mine]
        self.assertEqual(tells, sorted(tells, reverse=True))

    def test_easiness_is_minus_difficulty(self):
        easy = by(metric("item-response", self.text, "--param", "sign=easiness")["items"], "item")
        for item in self.found["items"]:
            self.assertEqual(easy[item["item"]]["b"], -item["b"])

    def test_counts_and_single_answers_agree(self):
        counts = "model,item,n,c\n" + "".join(line.rsplit(",", 1)[0] + ",1," + line[-1] + "\n"
                                               for line in self.text.splitlines()[1:])
        again = metric("item-response", counts)
        assert_near(again["fit"]["log_likelihood"], self.found["fit"]["log_likelihood"], absolute=1e-9)

    def test_p_irt_of_all_answered_is_the_mean(self):
        text, _, _ = answers(seen=1, models=20)
        for row in metric("item-response", text)["rows"]:
            assert_near(row["p_irt"], row["mean"], absolute=1e-12)

    def test_what_cannot_be_compared(self):
        left, _, _ = answers(models=10, items=6)
        right = left.replace("m", "n").replace("i", "j").split("\n", 1)[1]
        found = metric("item-response", left + right)
        self.assertEqual(found["fit"]["components"], 2)
        self.assertIn("W-APART", [w["code"] for w in found["warnings"]])
        constant = metric("item-response", left + "".join(f"m{m},easy,1\n" for m in range(10)))
        self.assertIn("W-CONSTANT-ITEMS", [w["code"] for w in constant["warnings"]])
        self.assertNotIn("easy", by(constant["items"], "item"))
        code, _, err = run(["metric", "item-response", "-"], stdin="model,item,correct\na,x,1\na,y,0\n")
        self.assertEqual(code, 3)
        self.assertIn("two of each", err)


class Particles(unittest.TestCase):
    @slow
    def test_chain(self):
        found = metric("particle-filter", CHAIN, "--param", "particles=20000,steps=3,sweeps=50,repeats=50")
        self.assertLess(found["filter"]["total_variation"], .02)
        assert_near(found["filter"]["log_constant"], found["filter"]["log_constant_exact"], absolute=.05)
        self.assertEqual(found["filter"]["calls"], 60000)
        self.assertTrue(all(abs(r["gibbs"] - r["exact"]) < .3 for r in found["rows"]), found["rows"])
        rows = by(found["rows"])
        self.assertGreater(rows["good"]["exact"], rows["good"]["untilted"])
        self.assertGreater(rows["good"]["best_of"], rows["good"]["exact"])
        self.assertEqual([s["step"] for s in found["steps"]], [1, 2, 3])

    def test_annealing(self):
        found = metric("particle-filter", CHAIN, "--param",
                       "particles=1000,steps=3,repeats=50,temperature=4,temperature-end=1")
        self.assertEqual([s["temperature"] for s in found["steps"]], [4, 2.5, 1])

    def test_trace(self):
        found = metric("particle-filter", table(reward=[.5, .8, .9]))
        assert_near(found["steps"][0]["ess"], 2, absolute=1e-12)
        self.assertEqual([round(r["value"] * 14, 9) for r in found["rows"]], [1, 4, 9])
        found = metric("particle-filter", table(reward=[0, .8, 1]))
        self.assertIn("W-CLIPPED", [w["code"] for w in found["warnings"]])

    def test_bad_input(self):
        for text, param, want, says in ((CHAIN.replace("0.7,0.3", "0.5,0.3"), "steps=2", 3, "sum to"),
                                        ("reward\n0.5\n", "steps=2", 3, "one particle"),
                                        (CHAIN, "temperature=0", 2, "above 0"),
                                        (CHAIN, "particles=1", 2, "2 or more"),
                                        ("reward\n0.5\n1.5\n", "steps=2", 3, "between 0 and 1")):
            code, _, err = run(["metric", "particle-filter", "-", "--param", param], stdin=text)
            self.assertEqual(code, want, err)
            self.assertIn(says, err)


class Assess(unittest.TestCase):
    @staticmethod
    def world(models=24, items=160, shuffle=False, seed=4):
        draw = random.Random(seed)
        theta = [draw.gauss(0, 1) for _ in range(models)]
        b = [draw.gauss(0, 1.5) for _ in range(items)]
        shown = draw.sample(b, items) if shuffle else b
        noise = [draw.gauss(0, 1) for _ in range(items)]
        lines, best = ["model,item,correct,e1,e2"], {}
        for m in range(models):
            for i in range(items):
                p = 1 / (1 + math.exp(-1.7 * (theta[m] - b[i])))
                right = int(draw.random() < p)
                lines.append(f"m{m},i{i},{right},{shown[i]!r},{noise[i]!r}")
                best.setdefault(m, []).append((p, right))
        return "\n".join(lines) + "\n", best

    @staticmethod
    def auc(pairs):
        right = [p for p, y in pairs if y]
        wrong = [p for p, y in pairs if not y]
        return sum((a > b) + .5 * (a == b) for a in right for b in wrong) / (len(right) * len(wrong))

    @slow
    def test_near_the_best_there_is(self):
        text, best = self.world()
        found = metric("assess", text, "--param", "features=e1:e2,references=30")
        self.assertEqual(found["references"], 30)
        ours = sum(r["value"] for r in found["rows"]) / 24
        bayes = sum(self.auc(v) for v in best.values()) / 24
        self.assertTrue(bayes - .03 < ours < bayes + .03, (ours, bayes))
        self.assertTrue(all(r["brier"] < r["brier_items"] + .05 for r in found["rows"]))

    @slow
    def test_permuted_features_say_nothing(self):
        """But for what a permutation of 600 items has in common with them by chance."""
        text, _ = self.world(models=12, items=600, shuffle=True)
        found = metric("assess", text, "--param", "features=e1:e2,references=30")
        assert_near(sum(r["value"] for r in found["rows"]) / 12, .5, absolute=.06)

    def test_which_references_hardly_matters(self):
        text, _ = self.world()
        values = [metric("assess", text, "--seed", str(s), "--param",
                         "features=e1:e2,references=30,new=m3")["rows"][0]["value"] for s in (1, 2, 3)]
        self.assertLess(max(values) - min(values), .03)

    def test_bad_references(self):
        text = "model,item,correct\n" + "".join(f"m{m},i{i},{int(m != 1 and (m + i) % 2)}\n"
                                                 for m in range(4) for i in range(6))
        code, _, err = run(["metric", "assess", "-", "--param", "references=3"], stdin=text)
        self.assertEqual(code, 3)
        self.assertIn("all 3 reference items alike", err)
        code, _, err = run(["metric", "assess", "-", "--param", "features=e9"], stdin=text)
        self.assertEqual(code, 3)
        self.assertIn("no column 'e9'", err)
        code, _, err = run(["metric", "assess", "-", "--param", "references=6,new=m0"], stdin=text)
        self.assertIn("none is left to predict", err)


if __name__ == "__main__":
    unittest.main()
