"""metric: item response and particle filters."""

import math
import random
import unittest

from support import assert_near, record, run
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
        off = [(rows[f"m{m}"]["value"] - t) / rows[f"m{m}"]["se"] for m, t in enumerate(self.theta)]
        self.assertLess(sum(abs(z) > 1.96 for z in off), 10)
        rank = sorted(range(25), key=lambda i: items[f"i{i}"]["b"])
        truth = sorted(range(25), key=lambda i: self.b[i])
        self.assertLess(sum(abs(rank.index(i) - truth.index(i)) for i in range(25)) / 25, 3)
        self.assertTrue(self.found["fit"]["converged"])
        self.assertEqual(self.found["fit"]["components"], 1)
        assert_near(sum(r["misfit"] for r in self.found["rows"]) / 60, 1, absolute=.3)

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
    def test_chain(self):
        found = metric("particle-filter", CHAIN, "--param", "particles=20000,steps=3,sweeps=200")
        self.assertLess(found["filter"]["total_variation"], .02)
        assert_near(found["filter"]["log_constant"], found["filter"]["log_constant_exact"], absolute=.05)
        self.assertEqual(found["filter"]["calls"], 60000)
        rows = by(found["rows"])
        self.assertGreater(rows["good"]["exact"], rows["good"]["untilted"])
        self.assertGreater(rows["good"]["best_of"], rows["good"]["exact"])
        self.assertEqual([s["step"] for s in found["steps"]], [1, 2, 3])

    def test_annealing(self):
        found = metric("particle-filter", CHAIN, "--param",
                       "particles=1000,steps=3,temperature=4,temperature-end=1")
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


if __name__ == "__main__":
    unittest.main()
