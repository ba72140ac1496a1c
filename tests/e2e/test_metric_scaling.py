"""metric: shapes, transforms, forms and forecasts, against closed forms and recomputed numbers."""

import math
import random
import unittest

from support import assert_near, record, run, slow


def table(*columns, **rows):
    """CSV of columns given as keyword lists."""
    names = list(rows)
    lines = [",".join(names)] + [",".join(str(c) for c in row) for row in zip(*rows.values())]
    return "\n".join(lines) + "\n"


def metric(name, source, *options, stdin=None):
    if "\n" in source:
        source, stdin = "-", source
    return record(["metric", name, source, *options], stdin=stdin)


def by(rows, key="group"):
    return {row[key]: row for row in rows}


class Shapes(unittest.TestCase):
    def emergence(self, y, *options):
        sizes = [10 ** (i + 6) for i in range(len(y))]
        return metric("emergence-shape", table(size=sizes, score=y), *options)["rows"][0]

    def test_closed_forms(self):
        row = self.emergence([0, .25, .5, .75, 1])
        self.assertEqual((row["linearity"], row["breakthrough"], row["class"]), (4, 4, "steady"))
        row = self.emergence([1, .75, .5, .25, 0])
        self.assertEqual((row["linearity"], row["breakthrough"], row["class"]), (-4, -4, "inverse"))
        row = self.emergence([0, 0, 0, 0, 1])
        self.assertEqual((row["linearity"], row["breakthrough"], row["unbounded"]), (2, None, True))
        self.assertEqual(self.emergence([0, 0, 0, 0, 1], "--param", "cap=100")["breakthrough"], 100)
        row = self.emergence([0, .01, .02, .03, 1])
        assert_near(row["linearity"], 2.0615270438818367, absolute=1e-12)
        assert_near(row["breakthrough"], 100, absolute=1e-9)
        self.assertEqual(row["class"], "breakthrough")
        for y, improvement in (([1, 0, 1], -1), ([0, 1, 0], 1), ([0, 1, 1], 1)):
            self.assertEqual(self.emergence(y)["value"], improvement)  # the first of equal extremes
        row = self.emergence([.1, .2, 50])
        self.assertEqual((row["class"], row["spearman"]), ("steady", 1))  # steep, but one way
        row = self.emergence([.5, .5, .5])
        self.assertEqual((row["value"], row["linearity"], row["breakthrough"], row["class"]),
                         (0, 0, 0, "flat"))

    def test_monkeys(self):
        means = metric("task-scaling-law", "data/monkeys/problems.csv")["rows"]
        row = self.emergence([m["value"] for m in means])
        assert_near(row["linearity"], 4.015359, absolute=1e-5)
        assert_near(row["breakthrough"], 7.723220, absolute=1e-5)

    def test_bad_sizes(self):
        for text, says in (("size,score\n1,.1\n2,.2\n", "needs three"),
                           ("size,score\n1,.1\n2,.2\n2,.3\n", "comes twice"),
                           ("size,score\n1,.1\n2,\n3,.3\n", "is empty")):
            code, _, err = run(["metric", "emergence-shape", "-"], stdin=text)
            self.assertEqual(code, 3)
            self.assertIn(says, err)

    def test_inverse_scaling(self):
        found = metric("scaling-shape-class", "data/inverse-scaling/means.csv", "--where",
                       "measure == 'loss_nats' and family == 'gpt3'", "--where", "accuracy >= 0",
                       "--group", "task", "--map", "x=size_rank,loss=mean,items=items,loss_sd=sd",
                       "--param", "axis=linear")
        rows = by(found["rows"])
        fallacy = rows["conjunction-fallacy-1shot"]
        self.assertEqual(fallacy["class"], "inverted U")
        self.assertLess(fallacy["value"], 0)
        self.assertIsNone(fallacy["aicc_parabola"])
        dice = rows["dice-0shot"]
        self.assertEqual((dice["class"], dice["loss_class"], dice["disagree"]),
                         ("positive", "inverted U", True))
        self.assertLess(dice["loss_value"], 0)
        boolq = rows["boolq-1shot"]
        self.assertEqual((boolq["class"], boolq["loss_class"], boolq["disagree"]),
                         ("positive", "positive", False))
        self.assertIn("W-DISAGREE", [w["code"] for w in found["warnings"]])


class Sandwich(unittest.TestCase):
    LEFT_OUT = ["microsoft/phi-1_5", "microsoft/phi-2", "Qwen/Qwen1.5-0.5B", "Qwen/Qwen1.5-1.8B",
                "Qwen/Qwen1.5-4B", "stabilityai/stablelm-2-1_6b"]

    def sandwich(self, task, *options):
        where = " and ".join([f"task == '{task}'"] + [f"model != '{m}'" for m in self.LEFT_OUT])
        return metric("slice-and-sandwich", "data/emergence-groups/groups.csv", "--where", where,
                      *options)

    def test_three_tasks(self):
        want = {"arc": (1.4165e-3, 2.3270e-3, .25), "parsinlu_qa_mc": (4.7254e-3, 9.5060e-3, .25),
                "abstract_narrative_understanding": (3.7689e-3, 1.0069e-1, .1)}
        for task, (ours, baseline, chance) in want.items():
            row = self.sandwich(task, "--param", f"chance={chance}")["rows"][0]
            self.assertEqual((row["n_train"], row["n_test"]), (54, 3), task)
            assert_near(row["value"], ours, relative=1e-3, what=task)
            assert_near(row["baseline"], baseline, relative=1e-3, what=f"{task}, baseline")

    def test_questions_are_sliced(self):
        """A row per model and question gives what the slices, made here, give."""
        draw = random.Random(3)
        hardness = [draw.gauss(0, 1.5) for _ in range(30)]
        long, answers = ["model,flops,item,brier,correct"], {}
        for m in range(24):
            for q in range(30):
                p = 1 / (1 + math.exp(hardness[q] - .2 * m + 2))
                right, brier = int(draw.random() < p), (1 - p) ** 2 + draw.random() / 50
                answers[m, q] = right, brier
                long.append(f"m{m},{10 ** (20 + m / 10)!r},q{q},{brier!r},{right}")
        train = [m for m in range(24) if 10 ** (20 + m / 10) < 1e22]
        order = sorted(range(30), key=lambda q: (-sum(answers[m, q][0] for m in train), q))
        mean = lambda m, which, part: sum(answers[m, q][part] for q in which) / len(which)
        short = table(model=[f"m{m}" for m in range(24)], flops=[repr(10 ** (20 + m / 10)) for m in range(24)],
                      easy=[repr(mean(m, order[:10], 1)) for m in range(24)],
                      hard=[repr(mean(m, order[20:], 1)) for m in range(24)],
                      brier=[repr(mean(m, order, 1)) for m in range(24)],
                      accuracy=[repr(mean(m, order, 0)) for m in range(24)])
        sliced, given = (metric("slice-and-sandwich", text, "--param", "threshold=1e22")["predictions"]
                         for text in ("\n".join(long) + "\n", short))
        self.assertEqual(len(sliced), 24)
        for a, b in zip(sliced, given):
            self.assertEqual((a["model"], a["split"]), (b["model"], b["split"]))
            assert_near(a["predicted"], b["predicted"], absolute=1e-9)

    def test_a_polynomial_far_out_is_pointed_at(self):
        found = self.sandwich("mmlu")
        row = found["rows"][0]
        self.assertEqual((row["n_train"], row["n_test"]), (32, 27))
        assert_near(row["line_slope"], .6463, absolute=1e-4)
        assert_near(row["line_intercept"], -.7362, absolute=1e-4)
        assert_near(row["value"], 2.35, relative=.01)
        self.assertGreater(row["outside"], 0)
        self.assertIn("W-OUTSIDE-RANGE", [w["code"] for w in found["warnings"]])
        near = [p for p in found["predictions"]
                if p["split"] == "test" and math.log10(p["flops"] / 1e21) < 1.8]
        self.assertEqual(len(near), 12)
        assert_near(sum((p["predicted"] - p["observed"]) ** 2 for p in near) / 12, .02942,
                    relative=2e-3)


class Transforms(unittest.TestCase):
    def test_cross_entropy_to_accuracy_and_back(self):
        sizes = [10 ** e for e in range(4, 9)]
        ce = [(n / 1.0) ** -.5 for n in sizes]
        found = metric("metric-transform", table(size=sizes, loss=ce), "--param",
                       "metric=cross-entropy,length=5")
        first = found["rows"][0]
        assert_near(first["token"], .990050, absolute=1e-6)
        assert_near(first["exact"], .951229, absolute=1e-6)
        hundred = metric("metric-transform", table(size=sizes, loss=ce), "--param",
                         "metric=cross-entropy,length=100")["rows"][0]
        assert_near(hundred["exact"], .367879, absolute=1e-6)
        back = metric("metric-transform", table(size=sizes, accuracy=[r["exact"] for r in found["rows"]]),
                      "--param", "metric=accuracy,length=5")["law"][0]
        assert_near(back["a"], -.5, absolute=1e-10)
        assert_near(back["c"], 1, absolute=1e-9)

    def test_size_of_the_test_set(self):
        text = table(size=[1, 2], accuracy=[.001, 0])
        found = metric("metric-transform", text, "--param", "metric=accuracy,length=1,items=100")["rows"]
        self.assertEqual(found[0]["items_needed"], 2995)
        self.assertTrue(found[1]["bounded"])
        assert_near(found[1]["exact"], .03, absolute=1e-12)

    def test_exact_match_falls_with_length(self):
        """Breakthroughness does not always rise with it: here 4.85, 4.12, 4.06, 3.43, 6.56."""
        sizes = [10 ** e for e in range(6, 11)]
        ce = [(n / 1e5) ** -.4 for n in sizes]
        exact = 2
        for length, want in ((1, 4.851544), (3, 4.124440), (30, 3.432782), (100, 6.559241)):
            found = metric("metric-transform", table(size=sizes, loss=ce), "--param",
                           f"metric=cross-entropy,length={length}")
            assert_near(found["emergence"][0]["before"], want, absolute=1e-6)
            self.assertLess(found["rows"][2]["exact"], exact)
            exact = found["rows"][2]["exact"]

    @slow
    def test_gsm8k(self):
        found = metric("metric-transform", "data/gsm8k-likelihood/nll.csv", "--map", "size=flops",
                       "--param", "metric=sum-nll,size-unit=1e21")
        rows = found["rows"]
        self.assertEqual([r["n"] for r in rows], [1319] * 9)
        assert_near(rows[0]["value"], 348.709773, absolute=1e-5)
        assert_near(rows[-1]["value"], 94.336105, absolute=1e-5)
        assert_near(rows[0]["exact"], 7.2e-48, relative=.01)
        for want in (5.6e-15, 5.5e-13, 2.2e-10, 1.3e-10):
            self.assertTrue(any(abs(r["exact"] / want - 1) < .05 for r in rows), want)
        assert_near(min(r["least_nll"] for r in rows), 15.22874, absolute=1e-5)
        self.assertLess(max(r["expected_exact"] for r in rows), 1e-6)
        law = found["law"][0]
        assert_near(law["prefactor"], 137.4414, relative=1e-5)
        assert_near(law["exponent"], -.141116, relative=1e-5)
        assert_near(law["r2"], .985275, relative=1e-5)

    def test_what_is_never_guessed(self):
        code, _, err = run(["metric", "metric-transform", "-"], stdin="size,value\n1,.5\n")
        self.assertEqual(code, 2)
        self.assertIn("which metric", err)
        code, _, err = run(["metric", "metric-transform", "-", "--param", "metric=accuracy,length=2"],
                           stdin="size,value\n1,50\n")
        self.assertEqual(code, 3)
        self.assertIn("not between 0 and 1", err)

    def test_calibration(self):
        bins = table(confidence=[.9, .6], correct=[.8, .7], weight=[50, 50])
        row = metric("calibration", bins)["rows"][0]
        assert_near(row["value"], .1, absolute=1e-12)
        assert_near(row["largest_gap"], .1, absolute=1e-12)
        options = table(item=["a"] * 3, p=[.7, .2, .1], correct=[1, 0, 0])
        assert_near(metric("calibration", options)["rows"][0]["brier_all_class"], .14, absolute=1e-12)


class Chain(unittest.TestCase):
    @staticmethod
    def options(rows):
        lines = ["model,flops,item,option,is_correct,loglik"]
        for model, flops, item, loglik in rows:
            lines += [f"{model},{flops},{item},o{j},{int(j == 0)},{v!r}" for j, v in enumerate(loglik)]
        return "\n".join(lines) + "\n"

    def steps(self, rows, *options):
        self.record = metric("metric-chain-correlation", self.options(rows), "--param", "loglik=sum", *options)
        return by(self.record["rows"], "step")

    def test_right_option_doubles(self):
        fixed = [(f"m{k}", 10 ** k, "i", [math.log(.02 * 2 ** k), math.log(.05), math.log(.01)])
                 for k in range(1, 5)]
        rows = self.steps(fixed)
        for step in ("log_p", "p", "p_choices", "minus_brier"):
            assert_near(rows[step]["value"], 1, absolute=1e-12, what=step)
        moving = [(m, f, i, [v[0]] + [w + k * math.log(2) for w in v[1:]])
                  for k, (m, f, i, v) in enumerate(fixed)]
        moving = [(m, f, i, [v[0], v[0] - 1, v[0] - 2]) for m, f, i, v in moving]
        rows = self.steps(moving)
        assert_near(rows["log_p"]["value"], 1, absolute=1e-12)
        self.assertEqual((rows["accuracy"]["n"], rows["accuracy"]["value"]), (0, None))
        self.assertEqual(rows["accuracy"]["undefined"], 1)
        doubled = [(f"m{k}", 10 ** k, "i", [math.log(q * 2 ** k) for q in (.02, .005, .001)]) for k in range(1, 6)]
        rows = self.steps(doubled)  # all options doubling: shares are constant but for rounding
        assert_near(rows["p"]["value"], 1, absolute=1e-12)
        for step in ("p_choices", "minus_brier", "accuracy"):
            self.assertEqual((rows[step]["value"], rows[step]["undefined"]), (None, 1), step)

    @slow
    def test_the_damage_is_done_by_the_wrong_options(self):
        draw = random.Random(7)
        rows = []
        for item in range(2000):
            for x in range(6):
                right = -8 + x + draw.gauss(0, .5)
                wrong = [-8 + .9 * x + draw.gauss(0, 2) for _ in range(3)]
                rows.append((f"m{x}", 10 ** x, item, [right, *wrong]))
        found = self.steps(rows, "--param", "correlation=pearson")
        s1, s3, s4 = found["log_p"], found["p_choices"], found["accuracy"]
        assert_near(s1["value"], .976, absolute=.004)
        for step in ("log_p", "p_choices", "accuracy"):
            curve = [s["share"] for s in self.record["survival"] if s["step"] == step]
            self.assertEqual(curve, sorted(curve, reverse=True))
            area = found[step]["area"]  # under the survival function: a sum of 40 steps is near it
            assert_near(sum(curve) / 20, area, absolute=.06)
        self.assertGreater(s1["value"] - s3["value"], 4 * math.hypot(s1["se"], s3["se"]))
        assert_near(s3["value"], .11, absolute=.05)
        self.assertLess(s4["value"] - s3["value"], 4 * math.hypot(s4["se"], s3["se"]))
        self.assertTrue(.2 < s4["undefined"] < .4)
        ranks = self.steps(rows, "--param", "correlation=spearman")
        self.assertEqual(ranks["log_p"]["value"], ranks["p"]["value"])  # a monotone map

    def test_bad_options(self):
        base = [("a", 10, "i", [-1, -2]), ("b", 100, "i", [-1, -2])]
        text = self.options(base)
        for bad, says in ((text.replace("a,10,i,o0,1", "a,10,i,o0,0"), "0 right options"),
                          (text.replace("b,100", "b,10"), "one compute"),
                          (text + "b,100,i,o2,0,-3\n", "3 options by model b")):
            code, _, err = run(["metric", "metric-chain-correlation", "-", "--param", "loglik=sum"],
                               stdin=bad)
            self.assertEqual(code, 3, err)
            self.assertIn(says, err)
        self.assertEqual(run(["metric", "metric-chain-correlation", "-"], stdin=text)[0], 2)


class Forms(unittest.TestCase):
    X = [1, 2, 4, 8, 16, 32]

    def axis(self, f):
        return metric("axis-saturation", table(x=self.X, score=[repr(f(x)) for x in self.X]))

    def form(self, found, name):
        return by(found["forms"], "form")[name]

    def test_saturating_exponential(self):
        found = self.axis(lambda x: .9 - .6 * math.exp(-x / 4))
        row = found["rows"][0]
        self.assertEqual((row["form"], row["class"]), ("saturating exponential", "saturating"))
        fit = self.form(found, "saturating exponential")
        for name, want in (("s_inf", .9), ("s_0", .3), ("tau", 4)):
            assert_near(fit[name], want, absolute=1e-6, what=name)
        assert_near(row["x95"], 11.982929, absolute=1e-5)

    def test_inverted_u(self):
        row = self.axis(lambda x: .5 - .1 * (math.log(x) - math.log(4)) ** 2)["rows"][0]
        self.assertEqual(row["class"], "inverted U")
        assert_near(row["vertex"], 4, absolute=1e-8)

    def test_power_law_error_is_no_exponential(self):
        found = self.axis(lambda x: 1 - .1 - .6 * x ** -.5)
        self.assertEqual(found["rows"][0]["form"], "power-law error")
        gap = (self.form(found, "saturating exponential")["aicc"] -
               self.form(found, "power-law error")["aicc"])
        self.assertGreater(gap, 10)

    def growth(self, t, y, *options):
        return metric("growth-law-compare", table(t=t, amount=y), *options)

    def test_growth(self):
        for errors in ("normal", "lognormal"):
            found = self.growth(range(8), [2 ** t for t in range(8)], "--param", f"errors={errors}")
            rows = by(found["rows"], "form")
            assert_near(self.form(found, "exponential")["r"], .693147, absolute=1e-6)
            assert_near(rows["exponential"]["doubling"], 1, absolute=1e-9)
            self.assertGreater(rows["exponential"]["value"], .99)
            found = self.growth(range(8), [3 + 2 * t for t in range(8)], "--param", f"errors={errors}")
            rows = by(found["rows"], "form")
            self.assertLess(rows["exponential"]["value"], .01)
            self.assertGreater(rows["linear"]["value"], .5)

    def test_synergy(self):
        m, q = [1, 2, 4, 8, 16], [1, 1, 3, 3, 9]
        k = [2 * a ** .8 * b ** .5 for a, b in zip(m, q)]
        found = metric("growth-law-compare", table(m=m, amount=k, q=q))["synergy"]
        assert_near(found["b"], .8, absolute=1e-9)
        assert_near(found["d"], .5, absolute=1e-9)
        assert_near(found["A"], 2, absolute=1e-9)
        found = metric("growth-law-compare", table(m=m, amount=k, q=[2] * 5))["synergy"]
        self.assertEqual((found["identified"], found["d"]), (False, None))

    def test_bad_growth(self):
        code, _, err = run(["metric", "growth-law-compare", "-", "--param", "cumulative=yes"],
                           stdin=table(t=range(6), amount=[1, 2, 3, 2, 5, 6]))
        self.assertEqual(code, 3)
        self.assertIn("falls from 3 to 2", err)
        self.assertEqual(run(["metric", "growth-law-compare", "-"],
                             stdin=table(t=range(5), amount=[1, 2, 3, 4, 5]))[0], 3)


class Elbows(unittest.TestCase):
    def test_hinge(self):
        losses = [round(1.4 + .1 * i, 1) for i in range(13)]
        text = table(loss=losses, score=[.25 + .5 * max(0, 2 - x) for x in losses])
        row = metric("elbow-fit", text)["rows"][0]
        assert_near(row["value"], 2, absolute=1e-6)
        assert_near(row["slope"], .5, absolute=1e-6)
        assert_near(row["base"], .25, absolute=1e-6)

    def test_hinge_between_points_and_shared_slope(self):
        losses = [1.4 + .1 * i for i in range(13)]
        lines = ["examples,loss,score"]
        for d, elbow in ((50, 2.03), (500, 2.27)):
            lines += [f"{d},{x!r},{.25 + .5 * max(0, elbow - x)!r}" for x in losses]
        rows = by(metric("elbow-fit", "\n".join(lines) + "\n", "--param", "slope=shared")["rows"])
        assert_near(rows["50"]["value"], 2.03, absolute=1e-6)
        assert_near(rows["500"]["value"], 2.27, absolute=1e-6)
        assert_near(rows["500"]["slope"], rows["50"]["slope"], absolute=0)

    def test_all_at_chance_is_a_bound(self):
        noise = [.251, .249, .25, .252, .248, .25, .251, .249]
        found = metric("elbow-fit", table(loss=[2 + .1 * i for i in range(8)], score=noise), "--param",
                       "chance=0.25")
        row = found["rows"][0]
        self.assertEqual((row["bound"], row["value"], row["slope"]), (True, 2, None))
        self.assertIn("W-NO-ELBOW", [w["code"] for w in found["warnings"]])

    def test_emergence_law(self):
        d = [50, 200, 1000, 5000]
        e = [1.9 + .05 * math.log(x) ** 1.5 for x in d]
        for got, want in zip(e, (2.286876, 2.509785, 2.807769, 3.142839)):
            assert_near(got, want, absolute=1e-6)
        row = metric("emergence-law", table(d=d, elbow=e))["rows"][0]
        for name, want in (("k", .05), ("alpha", 1.5), ("C", 1.9)):
            assert_near(row[name], want, absolute=1e-4, what=name)
        assert_near(row["value"], 2.074700, absolute=1e-6)
        for text, says in (("d,elbow\n1,2\n10,2\n100,3\n", "needs D above 1"),
                           ("d,elbow\n10,2\n100,3\n", "2 amounts of data"), ("d,x\n10,2\n", "or columns loss and score"),
                           ("d,loss,score\n" + "".join(f"{n},{x},.25\n" for n in (10, 99, 999) for x in range(5)),
                            "only 0 of 3 amounts of data show an elbow")):
            code, _, err = run(["metric", "emergence-law", "-"], stdin=text)
            self.assertEqual(code, 3)
            self.assertIn(says, err)

    @slow
    def test_emergence_from_scores(self):
        """All amounts at once, and an interval that holds the law's value at 10 examples."""
        draw = random.Random(1)
        lines = ["task,examples,loss,score"]
        for d in (50, 200, 1000, 5000, 20000):
            elbow = 1.9 + .05 * math.log(d) ** 1.5
            for i in range(14):
                x = 1.8 + .12 * i
                lines.append(f"t,{d},{x!r},{.25 + .3 * max(0, elbow - x) + draw.gauss(0, .01)!r}")
        found = metric("emergence-law", "\n".join(lines) + "\n", "--level", "0.9", "--param",
                       "loss-law=1.7:400:0.34,few-shot=2.0747")
        row, draws = found["rows"][0], {p["parameter"]: p for p in found["posterior"]}
        self.assertTrue(row["lo"] < 2.0747 < row["hi"] and row["within"], row)
        self.assertLess(row["hi"] - row["lo"], .25)
        self.assertTrue(row["compute_lo"] < row["compute"] < row["compute_hi"])
        for name, want in (("slope", .3), ("base", .25)):
            self.assertTrue(draws[name]["lo"] < want < draws[name]["hi"], name)
        self.assertTrue(all(1 <= p["spread"] < 1.1 for p in draws.values()), draws)
        self.assertEqual(found["intervals"]["method"], "posterior")


class Tables(unittest.TestCase):
    def test_tradeoff(self):
        text = ("size,stage,target,general\n1e8,before,10,5\n1e9,before,20,4\n1e10,before,30,3\n"
                "1e8,after,25,3\n1e9,after,35,2\n1e10,after,45,1\n")
        found = metric("tradeoff-curve", text, "--param", "unit=percent")
        first = found["rows"][0]
        assert_near(first["intercept"], -.70, absolute=1e-12)
        assert_near(first["value"], .10, absolute=1e-12)
        assert_near(first["r2"], 1, absolute=1e-12)
        test = found["slopes"][0]
        self.assertEqual(test["t"], 0)
        assert_near(test["shift"], .15, absolute=1e-12)
        points = ("size,stage,target,general\n1,a,1,5\n2,a,2,4\n1,b,2,3\n2,b,3,1\n")
        pareto = metric("tradeoff-curve", points, "--param", "unit=percent")["pareto"]
        self.assertEqual([(p["target"], p["general"]) for p in pareto],
                         [(.01, .05), (.02, .04), (.03, .01)])
        code, _, err = run(["metric", "tradeoff-curve", "-"], stdin=text)
        self.assertEqual(code, 3)
        self.assertIn("unit=percent", err)

    def test_family_steps(self):
        text = table(size=[1, 3, 7, 70], score=[.2, .5, .51, .48], n=[50] * 4, sd=[.2] * 4)
        found = metric("family-steps", text)
        self.assertEqual([s["step"] for s in found["steps"]], ["rise", "plateau", "plateau"])
        assert_near(found["steps"][2]["se"], .04, absolute=1e-12)
        self.assertEqual(found["rows"][0]["cost_effective"], 3)

    def test_graphs_of_friends(self):
        rows = by(metric("family-steps", "data/kg-friends/f1.csv", "--where", "version == 3.1",
                         "--group", "model")["rows"])
        want = {"gpt-4-1106-preview": .99375, "gpt-3.5-turbo-0301": .8875, "gpt-4-0613": .86875,
                "gpt-4-0314": .825, "gpt-3.5-turbo-0613": .6875, "gpt-3.5-turbo-1106": .6625,
                "gpt-3.5-turbo-16k-0613": .625}
        for name, value in want.items():
            assert_near(rows[name]["value"], value, absolute=1e-9, what=name)
            self.assertEqual(rows[name]["rows"], 160)
        self.assertTrue(rows["gpt-3.5-turbo-0613"]["first_bin_outlier"])
        assert_near(rows["gpt-4-0613"]["spearman"], .456, absolute=5e-4)
        old = by(metric("family-steps", "data/kg-friends/f1.csv", "--where", "version == 2",
                        "--group", "model")["rows"])
        for name, value in (("vicuna-13b", -.544), ("gpt4all-falcon", -.550), ("claude-2.0", .286),
                            ("gpt-4-0613", .538)):
            found = [r for m, r in old.items() if name in m.lower()]
            assert_near(found[0]["spearman"], value, absolute=5e-4, what=name)
        pooled = metric("family-steps", "data/kg-friends/f1.csv", "--where", "model == 'gpt-4-0613'")
        assert_near(pooled["rows"][0]["spearman"], .515, absolute=5e-4)

    def test_data_sizes(self):
        found = metric("data-size-table", table(examples=[0, 5404], score=[3.9, 7.8]), "--param",
                       "items=102,unit=percent")
        gain = found["gains"][0]
        assert_near(gain["fisher_p"], .373, absolute=.002)
        assert_near(gain["ratio"], 2, absolute=1e-12)
        self.assertFalse(gain["significant"])
        best = found["points"][1]
        self.assertEqual(best["successes"], 8)
        assert_near(best["lo"], .0345, absolute=5e-4)
        assert_near(best["hi"], .1488, absolute=5e-4)
        gain = metric("data-size-table", table(examples=[0, 5404], score=[6.9, 8.1]), "--param",
                      "unit=percent")["gains"][0]
        assert_near(gain["relative"], .173913, absolute=1e-6)
        gain = metric("data-size-table", table(examples=[0, 1], score=[59.2, 65.9]), "--param",
                      "unit=percent")["gains"][0]
        assert_near(gain["relative"], .113176, absolute=5e-7)
        assert_near(gain["difference"], .067, absolute=1e-12)

    def test_scalediff(self):
        found = metric("results-table-audit", "data/scalediff/results.csv", "--param",
                       "model=ScaleDiff-7B")
        rules = by(found["average_rule"], "rule")
        self.assertEqual(rules["AIME25 counts twice"]["matches"], 22)
        self.assertEqual(rules["plain average"]["matches"], 0)
        gaps = [r["value"] - r["printed"] for r in found["rows"]]
        assert_near(min(gaps), .8, absolute=.05)
        assert_near(max(gaps), 3.4, absolute=.05)
        assert_near(sum(gaps) / 22, 1.95, absolute=.005)
        tests = {(t["benchmark"], t["against"]): t for t in found["tests"]}
        one = tests["AIME24", "AM-Qwen3-Distilled-7B"]
        assert_near(one["t"], 5.1813, absolute=5e-5)
        assert_near(one["df"], 16.11, absolute=.005)
        assert_near(tests["AIME24", "OpenMath-Nemotron-7B"]["t"], -.3423, absolute=5e-5)
        self.assertGreaterEqual(one["p_holm"], one["p"])


class Forecasts(unittest.TestCase):
    def test_task_law(self):
        monkeys = "data/monkeys/problems.csv"
        found = metric("task-scaling-law", monkeys, "--param", "fit-below=12e9,at=12e9")
        assert_near(found["law"]["slope"], -.134385, absolute=1e-6)
        assert_near(found["law"]["intercept"], 4.348521, absolute=1e-5)
        last = found["rows"][-1]
        assert_near(last["predicted"], .032706, absolute=1e-6)
        assert_near(last["value"], .023191, absolute=1e-6)
        self.assertGreater(last["log10_beyond"], 0)
        found = metric("task-scaling-law", monkeys)
        assert_near(found["law"]["slope"], -.123698, absolute=1e-6)
        assert_near(found["curvature"]["quadratic"], .020262, absolute=1e-6)

    def test_agents_by_date(self):
        path = "data/agent-forecast/benchmarks.csv"
        for score, want, tolerance in (("swebench_verified", .5399, 5e-5),
                                       ("swebench_high_elicitation", .8860, 5e-5),
                                       ("cybench", .5472, 5e-5)):
            found = metric("index-forecast", path, "--map", f"score={score}", "--param",
                           "at=2026,centre=1250", "--bootstrap", "50")
            row = found["rows"][0]
            assert_near(row["value"], want, absolute=tolerance, what=score)
            self.assertTrue(row["lo"] <= row["value"] <= row["hi"])
            self.assertGreater(row["years_beyond"], 0)
            assert_near(row["index"], 1400.388, absolute=1e-3)
            self.assertEqual(found["frontier"]["n"], 7)
            assert_near(found["frontier"]["slope"], 76.6813, absolute=1e-4)
            if score == "swebench_verified":
                assert_near(found["logistic"]["u"], -1.801113, absolute=1e-5)
                assert_near(found["logistic"]["v"], 1.304068, absolute=1e-5)
                self.assertEqual(found["logistic"]["n"], 14)


if __name__ == "__main__":
    unittest.main()
