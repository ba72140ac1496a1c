"""metric: verifiers, conformal gates, mixtures, budgets, tournaments."""

import csv
import json
import math
import random
import unittest

from support import ROOT, assert_near, record, run, slow
from test_metric_scaling import by, metric, table


class Verifier(unittest.TestCase):
    TYPES = table(solve=[.87, .13], weight=[.58, .42])

    def limits(self, *params, types=None, k="1,2,3,4,5"):
        return metric("verifier-limits", types or self.TYPES, "--k", k, "--param", ",".join(params))

    def test_best_number_of_attempts(self):
        """The notebook of the source weights by the posterior as well: .5541, .4884, .3388."""
        for wrong, k, reward in ((-.7, 3, .524567), (-1, 2, .472381), (-2, 1, .3388), (-4, 1, .1184)):
            found = self.limits("soundness=0.75", f"wrong={wrong}")
            self.assertEqual(found["best"]["k"], k)
            assert_near(found["best"]["reward"], reward, absolute=5e-7, what=f"F={wrong}")
        found = self.limits("soundness=0.75", "wrong=0")
        assert_near(found["limit"]["reward"], .716236, absolute=5e-7)
        self.assertIsNone(found["best"]["k"])

    def test_one_type(self):
        found = self.limits("completeness=0.9", "soundness=0.9", types=table(solve=[.5], weight=[1]))
        assert_near(found["limit"]["precision"], .9, absolute=1e-12)
        four = by(found["rows"], "k")[4]
        assert_near(four["with_fallback"], .85, absolute=1e-12)
        assert_near(four["draws"], 1.875, absolute=1e-12)

    def test_cost_never_raises_the_best_k(self):
        draw = random.Random(3)
        for _ in range(4):
            r, w = draw.random(), draw.random()
            types = table(solve=[r, draw.random() * r], weight=[w, 1 - w])
            last = math.inf
            for cost in (0, 1, 2, 4, 8):
                k = self.limits("soundness=0.8", f"wrong={-cost}", types=types)["best"]["k"]
                k = math.inf if k is None else k
                self.assertLessEqual(k, last)
                last = k
        rows = list(csv.DictReader(open(ROOT / "data/resampling/best_k.csv", encoding="utf-8")))
        for name in {row["model"] for row in rows}:
            ks = [int(r["best_k"]) for r in sorted((r for r in rows if r["model"] == name),
                                                   key=lambda r: float(r["false_positive_cost"]))]
            self.assertEqual(ks, sorted(ks, reverse=True), name)

    def test_ceilings_of_models(self):
        found = metric("verifier-limits", "data/resampling/ceilings.csv", "--map",
                       "single=single_sample,ceiling=accepted")
        models = found["models"]
        assert_near(models["pearson"], .944362, absolute=1e-6)
        assert_near(models["spearman"], .867647, absolute=1e-6)
        assert_near(models["intercept"], .724712, absolute=1e-6)
        assert_near(models["slope"], .218285, absolute=1e-6)
        self.assertEqual(by(found["above"], "model")["GPT-4o"]["above"], 4)

    def test_counts_of_tasks(self):
        text = table(n=[10, 10], accepted=[4, 0], right=[3, 0])
        rows = by(metric("verifier-limits", text, "--k", "1,3,10")["rows"], "k")
        assert_near(rows[1]["right"], .5 * .3, absolute=1e-12)
        accepted = 1 - math.comb(6, 3) / math.comb(10, 3)
        assert_near(rows[3]["right"], .5 * .75 * accepted, absolute=1e-12)
        assert_near(rows[10]["wrong"], .5 * .25, absolute=1e-12)

    def test_bad_input(self):
        for text, params, says in ((table(solve=[.5, .5], weight=[.5, .6]), "soundness=0.5", "sum to"),
                                   (table(solve=[0], weight=[1]), "soundness=1", "ever accepted"),
                                   (table(n=[5], accepted=[2], right=[3]), "value=1", "3 right of 2")):
            code, _, err = run(["metric", "verifier-limits", "-", "--param", params, "--k", "1"], stdin=text)
            self.assertEqual(code, 3)
            self.assertIn(says, err)


class Gate(unittest.TestCase):
    CALIBRATION = "calibration=data/atts/calibration.csv,calibration-where=set == \"math500\""

    def gate(self, *params):
        return metric("conformal-gate", "data/atts/samples.csv", "--where", "run == 'takeover'", "--param",
                      ",".join([self.CALIBRATION, *params]))

    def test_thresholds(self):
        for alpha, k, q in ((.4, 961, 1.63604109), (.1, 1441, 1.96985659), (.05, 1521, 2.14870847),
                            (.01, 1585, 2.68546864)):
            row = self.gate(f"alpha={alpha}")["rows"][0]
            self.assertEqual(row["rank"], k)
            assert_near(row["threshold"], q, absolute=1e-8)
            assert_near(row["guarantee"], k / 1601, absolute=1e-12)

    def test_recorded_ranks(self):
        found = self.gate("alpha=0.4", "corrected=no")
        with open(ROOT / "data/atts/samples.csv", encoding="utf-8") as source:
            ranks = [float(r["rank"]) for r in csv.DictReader(source) if r["run"] == "takeover"]
        self.assertEqual([d["p"] for d in found["decisions"]], ranks)
        self.assertEqual([d["accepted"] for d in found["decisions"]], [r < .6 for r in ranks])

    def test_one_score(self):
        text = "perplexity\n1.5770604938624389\n"
        found = metric("conformal-gate", text, "--param", f"{self.CALIBRATION},corrected=no")
        assert_near(found["decisions"][0]["p"], .481875, absolute=1e-12)
        found = metric("conformal-gate", text, "--param", self.CALIBRATION)
        assert_near(found["decisions"][0]["p"], .518426, absolute=5e-7)

    def test_online_and_conditional(self):
        found = self.gate("alpha=0.4", "mode=online")["rows"][0]
        self.assertEqual((found["n"], found["n_calibration"]), (1600, 1600))
        self.assertTrue(.5 < found["value"] < .75)
        row = self.gate("alpha=0.4", "calibrate=conditional")["rows"][0]
        self.assertEqual(row["n_calibration"], 1600)
        self.assertIsNone(row["threshold"])

    def test_too_few_scores_and_bad_alpha(self):
        found = metric("conformal-gate", "perplexity\n9\n", "--param", self.CALIBRATION + ",alpha=0.0001")
        self.assertEqual((found["rows"][0]["value"], found["rows"][0]["threshold"]), (1, None))
        self.assertIn("W-TOO-FEW", [w["code"] for w in found["warnings"]])
        for param, want, says in ((self.CALIBRATION + ",alpha=1.5", 2, "between 0 and 1"), ("alpha=0.1", 2,
                                  "calibration=TABLE")):
            code, _, err = run(["metric", "conformal-gate", "-", "--param", param], stdin="perplexity\n1\n")
            self.assertEqual(code, want)
            self.assertIn(says, err)


class Mixtures(unittest.TestCase):
    def test_two_temperatures(self):
        text = "item,condition,n,c\na,cold,1000,500\na,hot,1000,0\nb,cold,1000,0\nb,hot,1000,500\n"
        found = metric("multi-condition-coverage", text, "--k", "2,20", "--bootstrap", "10")
        rows = {(r["group"], r["k"]): r["value"] for r in found["rows"]}
        assert_near(rows["equal split", 2], .5, absolute=1e-12)
        assert_near(rows["equal split", 20], 1 - 2 ** -10, absolute=1e-4)
        assert_near(rows["cold", 20], .5, absolute=1e-5)
        self.assertEqual(found["union"], 1)
        self.assertEqual(found["classes"], {"easy": 0, "medium": 0, "hard": 2, "impossible": 0})
        self.assertEqual([a["samples"] for a in found["allocation"] if a["k"] == 20], [10, 10])

    def test_equal_conditions_gain_nothing(self):
        text = "item,condition,n,c\n" + "".join(
            f"{i},{t},100000,{c}\n" for i, c in (("a", 20000), ("b", 70000)) for t in ("x", "y"))
        rows = {r["group"]: r["value"] for r in
                metric("multi-condition-coverage", text, "--k", "8", "--bootstrap", "10")["rows"]}
        assert_near(rows["equal split"], rows["x"], absolute=1e-4)
        assert_near(rows["x"], rows["y"], absolute=0)

    def test_pipelines(self):
        found = metric("multi-condition-coverage", "data/atts/samples.csv", "--map", "condition=run",
                       "--k", "3,9", "--bootstrap", "20")
        best = {r["k"]: r["value"] for r in found["rows"] if r["group"] == "best split"}
        for row in found["rows"]:
            self.assertLessEqual(row["value"], best[row["k"]] + 1e-12)
        self.assertTrue(all(a["exhaustive"] for a in found["allocation"]))
        greedy = metric("multi-condition-coverage", "data/atts/samples.csv", "--map", "condition=run",
                        "--k", "9", "--bootstrap", "0", "--param", "most-tried=1")
        self.assertFalse(greedy["allocation"][0]["exhaustive"])
        value = [r["value"] for r in greedy["rows"] if r["group"] == "best split"][0]
        assert_near(value, best[9], absolute=.005)

    def test_early_exits_of_votes(self):
        """Above one half an exit changes nothing; conditions alone are the majorities of repeats."""
        found = metric("two-stage-vote", "data/atts/samples.csv", "--map", "condition=run", "--param",
                       "threshold=0.2:0.51:1", "--bootstrap", "20")
        low, half, all_ = found["rows"]
        self.assertEqual((half["value"], half["changed"]), (all_["value"], 0))
        self.assertEqual((all_["value"], all_["saved"], all_["exits"]), (all_["full"], 0, 0))
        self.assertTrue(low["saved"] > half["saved"] > .2)
        rules = {r["rule"]: r["value"] for r in found["voting"]}
        for name, value in (("takeover", .86), ("self", .725), ("self-reject", .635)):
            assert_near(rules[f"{name} alone"], value, absolute=1e-12)
        table = "item,condition,answer,correct\na,x,1,1\na,y,1,1\n"
        for text, param, want, says in ((table, "threshold=1.5", 2, "no share"),
                                        (table.replace("y", "x"), "threshold=1", 3, "one condition"),
                                        (table.replace("1,1", "1,3"), "threshold=1", 3, "not between 0 and 1")):
            code, _, err = run(["metric", "two-stage-vote", "-", "--param", param], stdin=text)
            self.assertEqual(code, want, err)
            self.assertIn(says, err)

    def test_holes(self):
        code, _, err = run(["metric", "multi-condition-coverage", "-", "--k", "1"],
                           stdin="item,condition,n,c\na,x,5,1\nb,x,5,1\nb,y,5,1\n")
        self.assertEqual(code, 3)
        self.assertIn("item a has no samples in condition y", err)


class Budget(unittest.TestCase):
    def grid(self, f, amounts=(1, 2, 4, 8)):
        rows = [(c, b, t) for c in amounts for b in amounts for t in amounts]
        return table(context=[r[0] for r in rows], batch=[r[1] for r in rows],
                     turn=[r[2] for r in rows], score=[repr(f(*r)) for r in rows])

    def test_surface(self):
        text = self.grid(lambda c, b, t: 1 - .05 - .6 * c ** -.3 * b ** -.2 * t ** -.45)
        found = metric("budget-split", text, "--param", "break=0.05,fix=0.2,start=0.4,solve=0.3,hit=0.8")
        rows = by(found["rows"])
        for axis, want in (("context", .3), ("batch", .2), ("turn", .45)):
            assert_near(rows[axis]["value"], want, absolute=1e-6, what=axis)
        assert_near(found["surface"]["floor"], .05, absolute=1e-6)
        self.assertEqual(len(found["iso"]), 16)  # at the median score
        equal = metric("budget-split", text, "--param", "iso=0.6:0.99")
        self.assertEqual([w["code"] for w in equal["warnings"]], ["W-OUT-OF-REACH"])
        for row in equal["iso"]:
            c, b, t = (row[axis] for axis in ("context", "batch", "turn"))
            assert_near(1 - .05 - .6 * c ** -.3 * b ** -.2 * t ** -.45, .6, absolute=1e-6)
            assert_near(row["tokens"], c * b * t, relative=1e-12)
            self.assertEqual(row["log10_beyond"] > 0, not 1 <= c <= 8)
        best = [row for row in equal["iso"] if row["cheapest"]]
        self.assertEqual(best, [min(equal["iso"], key=lambda row: row["tokens"])])
        turns = by(found["turns"], "turns")
        assert_near(turns[1]["value"], .5, absolute=1e-12)
        assert_near(turns[3]["value"], .63125, absolute=1e-12)
        assert_near(turns[3]["limit"], .8, absolute=1e-12)
        assert_near(by(found["batches"], "batch")[4]["value"], .60792, absolute=1e-12)

    def test_symmetric_split(self):
        one = lambda x: .95 - .45 * math.exp(-x / 3)
        text = self.grid(lambda c, b, t: one(c) * one(b) * one(t))
        split = metric("budget-split", text, "--param", "budget=64")["split"]
        for axis in ("context", "batch", "turn"):
            assert_near(split[axis], 4, absolute=1e-4, what=axis)

    def test_one_axis_is_refused(self):
        text = table(context=[1, 2, 4], batch=[1, 1, 1], turn=[1, 1, 1], score=[.1, .2, .3])
        code, _, err = run(["metric", "budget-split", "-"], stdin=text)
        self.assertEqual(code, 3)
        self.assertIn("only 1 of", err)


class Tournament(unittest.TestCase):
    def play(self, games, *params):
        text = "a,b,result\n" + "".join(f"{a},{b},{r}\n" for a, b, r in games)
        return metric("tournament-elo", text, *(["--param", ",".join(params)] if params else []))

    def test_elo(self):
        rows = by(self.play([("x", "y", 1)])["rows"])
        self.assertEqual((rows["x"]["elo"], rows["y"]["elo"]), (1216, 1184))

    def test_two_players(self):
        rows = by(self.play([("x", "y", 1)] * 3 + [("x", "y", 0)])["rows"])
        assert_near(rows["x"]["value"] - rows["y"]["value"], 190.848502, absolute=1e-6)
        information = 4 * .75 * .25  # of the log odds; each rating carries half of the difference
        assert_near(rows["x"]["se"], 400 / math.log(10) / math.sqrt(information) / 2, absolute=1e-6)

    def test_unbeaten(self):
        found = self.play([("x", "y", 1), ("x", "z", 1), ("y", "z", 1), ("z", "y", 1)])
        rows = by(found["rows"])
        self.assertEqual((rows["x"]["value"], rows["x"]["bound"], rows["y"]["bound"]),
                         (None, "above", "below"))
        self.assertEqual(found["connectivity"], {"components": 2, "connected": False, "joined": True})
        self.assertIn("W-UNBOUNDED", [w["code"] for w in found["warnings"]])
        rows = by(self.play([("x", "y", 1), ("x", "z", 1), ("y", "z", 1), ("z", "y", 1)], "prior=0.5")["rows"])
        self.assertEqual(rows["x"]["bound"], "finite")
        self.assertGreater(rows["x"]["value"], rows["y"]["value"])

    def test_two_islands(self):
        found = self.play([("a", "b", 1), ("b", "a", 1), ("c", "d", 1), ("d", "c", 1)])
        self.assertEqual(found["connectivity"]["joined"], False)
        self.assertEqual({r["bound"] for r in found["rows"]}, {"apart"})

    def test_sums_and_recovery(self):
        draw = random.Random(5)
        truth = {f"p{i}": 1200 + 60 * (i - 4.5) for i in range(10)}
        games = []
        for _ in range(3000):
            a, b = draw.sample(sorted(truth), 2)
            games.append((a, b, int(draw.random() < 1 / (1 + 10 ** ((truth[b] - truth[a]) / 400)))))
        rows = by(self.play(games)["rows"])
        assert_near(sum(r["elo"] for r in rows.values()), 12000, absolute=1e-6)
        for name, rating in truth.items():
            assert_near(rows[name]["value"], rating, absolute=4 * rows[name]["se"], what=name)

    def test_concordance(self):
        found = metric("tournament-elo", "data/agent-forecast/open_models.csv", "--map",
                       "rating=arena_elo,accuracy=mmlu_pro")
        self.assertEqual(found["concordance"]["n"], 51)
        self.assertTrue(.5 < found["concordance"]["spearman"] < 1)
        self.assertEqual(len(found["bins"]), 5)

    def test_ratings_by_compute(self):
        """A pool of growing skill: the best rating rises with compute, and the record warns of pools."""
        draw = random.Random(6)
        lines = ["a,b,result,compute"]
        for i in range(400):
            a, b = draw.sample(range(20), 2)
            lines.append(f"p{a},p{b},{int(draw.random() < 1 / (1 + 10 ** ((b - a) * 30 / 400)))},{1 + i}")
        found = metric("tournament-elo", "\n".join(lines) + "\n")
        self.assertEqual([s["compute"] for s in found["scaling"]], [80, 160, 240, 320, 400])
        self.assertTrue(all(s["best"] > s["top_ten"] for s in found["scaling"]))
        slope = found["slope"]
        self.assertTrue(0 < slope["lo"] < slope["per_doubling"] < slope["hi"], slope)
        self.assertIn("W-BEST-OF-MANY", [w["code"] for w in found["warnings"]])

    def test_self_match(self):
        code, _, err = run(["metric", "tournament-elo", "-"], stdin="a,b,result\nx,x,1\n")
        self.assertEqual(code, 3)
        self.assertIn("plays against itself", err)


if __name__ == "__main__":
    unittest.main()
