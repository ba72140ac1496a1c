"""metric: what each one refuses or warns of, in one sentence and with the right exit status."""

import math
import pathlib
import tempfile
import unittest

from support import IS_QUICK, assert_near, record, run, slow
from test_metric_scaling import table

GRID = [(c, b, t) for c in (1, 2) for b in (1, 2) for t in (1, 2)]


def sandwich(models, value=lambda i: .3 + .01 * i):
    return table(model=[f"m{i}" for i in range(models)], flops=[10 ** (20 + i / 10) for i in range(models)],
                 easy=[value(i) for i in range(models)], hard=[1 - value(i) for i in range(models)],
                 brier=[.5 - .001 * i for i in range(models)], accuracy=[value(i) for i in range(models)])


# (metric, table, --param or other options, status, what is said)
REFUSED = [
    # shapes: fewer than three sizes, sizes twice, holes
    ("emergence-shape", "size,score\n1,.1\n2,.2\n", [], 3, "2 sizes; a shape needs three"),
    ("emergence-shape", "size,score\n0,.1\n2,.2\n3,.5\n", [], 3, "line 2: size 0 is not above 0"),
    ("calibration", "confidence,correct\n.5,1\n70,0\n", [], 3, "line 3: confidence 70 is not between 0 and 1"),
    ("calibration", "item,p,correct\na,.7,0\na,.3,0\n", [], 3, "item a has 0 right options, not one"),
    ("calibration", "item,p,correct\na,.7,1\na,.7,0\n", [], 3, "sum to 1.4, not 1"),
    # trends and sandwiches: too few models below the threshold, none above
    ("scaling-shape-class", "x,score\n1,.1\n2,.2\n", [], 3, "forescale: 2 rows; a class needs three"),
    ("scaling-shape-class", "x,score\n0,.1\n2,.2\n3,.3\n", [], 3, "x 0 has no logarithm"),
    ("slice-and-sandwich", sandwich(12), ["threshold=3e20"], 3, "a polynomial of degree 5 needs 7"),
    ("slice-and-sandwich", "model,flops,brier,accuracy\na,1e20,.5,.5\n", ["threshold=1e21"], 3, "easy and hard, or a row"),
    ("slice-and-sandwich", "model,flops,item,brier,accuracy\na,1e20,q,.5,.5\nb,1e22,q,.5,.5\n", ["threshold=1e21"], 3,
     "1 questions answered"),
    ("slice-and-sandwich", sandwich(12), ["threshold=9e30"], 3, "no model is at or above the threshold"),
    # metrics of one output: which metric, which length, what has no logarithm
    ("metric-transform", "size,value\n1,.5\n", [], 2, "which metric is it?"),
    ("metric-transform", "size,value\n1,.5\n", ["metric=accuracy"], 2, "how many tokens"),
    ("metric-transform", "size,value\n1,.5\n", ["metric=accuracy,length=2.5"], 3, "no whole number of tokens"),
    ("metric-transform", "size,value\n1,0\n", ["metric=accuracy,length=2"], 3, "give --param items=N for a bound"),
    ("metric-transform", "size,value\n1,50\n", ["metric=accuracy,length=2"], 3, "not between 0 and 1"),
    ("metric-transform", "size,value\n1,-5\n", ["metric=cross-entropy,length=2"], 3, "no minus log-likelihood"),
    # draws: successes that the stop rule excludes; a law of rates at 0 and 1
    ("pass-until", "item,n,c,stop\na,9,4,until\n", ["r=5"], 3, "4 successes where sampling was to end at 5"),
    ("task-scaling-law", "item,n,c,size,model\na,5,0,1,x\na,5,1,2,y\na,5,2,3,z\n", [], 3, "a law needs three"),
    ("task-scaling-law", "item,n,c,size,model\na,5,2,1,x\nb,5,1,2,x\n", [], 3, "group x has no single size"),
    # chains: how normalised, one right option, minus log-likelihoods
    ("metric-chain-correlation", "model,flops,item,option,is_correct,loglik\na,1,i,o,1,-1\n", [], 2, "how are the"),
    ("metric-chain-correlation", "model,flops,item,option,is_correct,loglik\na,1,i,o,1,1\nb,2,i,o,1,2\n",
     ["loglik=sum"], 3, "change their sign"),
    ("metric-chain-correlation", "model,flops,item,option,is_correct,loglik\na,1,i,o,1,-1\na,1,i,p,1,-2\n",
     ["loglik=sum"], 3, "2 right options"),
    # tables: one size, percentages, missing pairs, equal sizes
    ("tradeoff-curve", "size,stage,target,general\n1,before,.1,.1\n1,after,.2,.1\n", [], 3, "has one size"),
    ("tradeoff-curve", "size,stage,target,general\n1,before,.1,.1\n2,before,20,.1\n1,after,.2,.1\n2,after,.3,.1\n",
     [], 3, "unit=percent"),
    ("family-steps", "family,size,score,n,sd\nf,1,.5,10,.1\n", [], 3, "f has one size"),
    ("family-steps", "family,size,score,n,sd\nf,1,.5,10,.1\nf,2,.6,10,-.1\n", [], 3, "sd -0.1 is negative"),
    ("data-size-table", "examples,score\n0,3\n100,120\n", ["unit=percent"], 3, "outside 0 to 100"),
    ("data-size-table", "examples,score\n10,.3\n10,.4\n100,.5\n", [], 3, "comes twice in one group"),
    ("results-table-audit", "model,benchmark,mean,sd,runs\na,x,50,-1,10\n", [], 3, "sd -1 is negative"),
    ("results-table-audit", "model,benchmark,mean,sd\na,x,50,1\nb,x,60,1\n", [], 3, "needs the number of runs"),
    ("results-table-audit", "model,benchmark,mean,sd,runs\na,x,50,1,0\n", [], 3, "runs 0 is not above 0"),
    # rates: more right than tried, halves of trials, none
    ("trial-rates", "model,variation,trials,correct\na,2,5,7\n", [], 3, "7 right of 5 trials"),
    ("trial-rates", "model,variation,trials,correct\na,2,5,.5\n", [], 3, "is no count"),
    # verifiers: probabilities, weights, what never accepts
    ("verifier-limits", "solve,weight\n1.5,1\n", ["soundness=.5"], 3, "solve 1.5 is not between 0 and 1"),
    ("verifier-limits", "solve,weight\n.5,1\n", ["soundness=1.5"], 2, "soundness=P, a probability"),
    ("verifier-limits", "solve,weight\n.5,1\n", [], 2, "how often are wrong answers rejected?"),
    ("verifier-limits", "solve,weight\n.5,.7\n", ["soundness=.5"], 3, "sum to"),
    # particles: no weight, one particle, no temperature
    ("particle-filter", "reward\n.5\nnan\n.2\n", [], 3, "line 3: column reward is empty"),
    ("particle-filter", "step,reward\n1,.5\n", [], 3, "one particle"),
    # repeats and conditions
    ("repeat-aggregates", "item,score\na,100\na,0\n", [], 3, "score 100 is not between 0 and 1"),
    ("multi-condition-coverage", "item,condition,n,c\na,x,5,1\na,y,5,1\n", ["--k", "20"], 3, "more than the samples"),
    ("multi-condition-coverage", "item,condition,n,c\na,x,5,1\n", ["--k", "2"], 3, "one condition only"),
    ("two-stage-vote", "item,condition,answer,correct\na,x,1,1\n", [], 3, "one condition only"),
    ("budget-split", table(context=[g[0] for g in GRID], batch=[g[1] for g in GRID], turn=[g[2] for g in GRID],
                           score=[.5] * 8, tokens=[9] * 8), [], 3, "9 tokens are more than context x batch x turn, 1"),
    # forms of growth: too few amounts, no logarithm
    ("axis-saturation", "x,score\n1,.1\n2,.2\n3,.3\n", [], 3, "3 amounts"),
    ("axis-saturation", "x,score\n0,.1\n2,.2\n3,.3\n4,.4\n5,.5\n", [], 3, "x 0 is not above 0"),
    ("axis-saturation", "x,score\n1,10\n2,20\n3,30\n4,35\n5,37\n", [], 3, "unit=percent"),
    ("growth-law-compare", "t,amount\n1,1\n2,2\n3,3\n", [], 3, "growth laws need six"),
    ("growth-law-compare", table(t=range(6), amount=range(6)), ["errors=lognormal"], 3, "amount 0 is not above 0"),
    # gates: no scores, a hole
    ("conformal-gate", "score\n1\n", ["calibration=/dev/null"], 3, "/dev/null is empty"),
    # tournaments
    ("tournament-elo", "a,b,result\nx,y,2\n", [], 3, "'2' is no result"),
    ("tournament-elo", "a,b,result\nx,x,1\n", [], 3, "plays against itself"),
    # forecasts by date
    ("index-forecast", "date,index,score\n2024,1000,.1\n2025,1100,.2\n", ["at=2026"], 3, "a trend needs three"),
    ("index-forecast", "date,index,score\n2024,1000,.1\n2025,1100,1.2\n", ["at=2026"], 3, "outside floor 0 to ceiling 1"),
    ("index-forecast", "date,index,score\n2024-13-40,1000,.1\n", ["at=2026"], 3, "is no date"),
    # elbows and laws
    ("elbow-fit", "loss,score\n1,.1\n2,.2\n", [], 3, "2 losses; an elbow needs four"),
    ("coverage-law", "k,coverage\n1,0\n2,1\n", [], 3, "standard input: a coverage law needs two k"),
    # item response: answers between 0 and 1, one item
    ("item-response", "model,item,correct\na,x,.5\nb,x,0\n", [], 3, "standard input, line 2, column correct"),
    ("item-response", "model,item,correct\na,x,1\nb,x,0\n", [], 3, "two of each are needed"),
]

# (metric, table, options, warning)
WARNED = [
    ("passk", "item,n,c\na,5,1\nb,9,2\n", ["--k", "1"], "W-UNEQUAL-N"),
    ("passk", "item,n,c\na,5,0\nb,5,0\n", ["--k", "1"], "W-COVERAGE-ENDS"),
    ("passk", "item,n,c\na,5,1\nb,5,2\n", ["--k", "9"], "W-BEYOND-SAMPLES"),
    ("passk", "item,n,c\na,5,1\nb,0,0\n", ["--k", "1"], "W-EMPTY-ITEMS"),
    ("beta-binomial-forecast", "item,n,c\na,5,5\nb,5,5\n", [], "W-NOT-IDENTIFIED"),
    ("beta-binomial-forecast", "item,n,c\na,5,2\n", [], "W-NOT-IDENTIFIED"),
    ("pass-until", "item,n,c\na,5,1\n", ["--param", "stop=until"], "W-BIASED-UPWARD"),
    ("trial-rates", "model,variation,trials,correct\na,1,5,2\n", [], "W-ONE-VARIATION"),
    ("repeat-aggregates", "item,score\na,1\na,0\nb,1\n", ["--k", "2"], "W-TOO-FEW-RUNS"),
    ("tradeoff-curve", "size,stage,target,general\n1,before,.1,.1\n2,before,.1,.1\n3,before,.2,.2\n1,after,.2,.1\n"
     "2,after,.3,.1\n", [], "W-NO-PAIR"),
    ("tournament-elo", "a,b,result\nx,y,1\n", [], "W-UNBOUNDED"),
    ("elbow-fit", table(loss=range(1, 9), score=[.2] * 8), ["--param", "chance=.25"], "W-BELOW-CHANCE"),
    ("metric-chain-correlation", "model,flops,item,option,is_correct,loglik\na,1,i,o,1,.1\na,1,i,p,0,-1\n"
     "b,10,i,o,1,-1\nb,10,i,p,0,-2\n", ["--param", "loglik=sum"], "W-ABOVE-ZERO"),
    ("particle-filter", "reward\n0\n.5\n1\n", [], "W-CLIPPED"),
]


class Refusals(unittest.TestCase):
    @slow
    def test_one_sentence_and_the_right_status(self):
        for name, text, options, want, says in REFUSED:
            options = ["--param", *options] if options and "=" in options[0] else options
            code, out, err = run(["metric", name, "-", *options], stdin=text)
            with self.subTest(metric=name, says=says):
                self.assertEqual((code, out), (want, ""), err)
                self.assertIn(says, err)
                self.assertEqual(err.count("\n"), 1, err)

    @slow
    def test_warnings(self):
        for name, text, options, code in WARNED:
            found = record(["metric", name, "-", *options, "--bootstrap", "10"], stdin=text)
            with self.subTest(metric=name, code=code):
                self.assertIn(code, [w["code"] for w in found["warnings"]])

    def test_every_metric_refuses_a_table_without_its_columns(self):
        for metric in record(["metric"])["metrics"][::3 if IS_QUICK else 1]:
            code, out, err = run(["metric", metric["id"], "-", "--k", "1", "--param", "x=1"], stdin="z\n1\n")
            with self.subTest(metric=metric["id"]):
                self.assertEqual((code, out), (2, ""))
                self.assertIn("no setting 'x'", err)
            code, out, err = run(["metric", metric["id"], "-"], stdin="z\n1\n")
            with self.subTest(metric=metric["id"]):
                self.assertIn(code, (2, 3), err)
                self.assertEqual((out, err.count("\n")), ("", 1), err)


class Stability(unittest.TestCase):
    """Where arithmetic in doubles would fail if done as the formulas are written."""

    def test_a_thousand_million_samples(self):
        found = record(["metric", "passk", "-", "--k", "100000000", "--bootstrap", "0"],
                       stdin="item,n,c\na,1000000000,1\nb,1000000000,3\n")
        want = (.1 + 1 - .9 ** 3) / 2  # 1 - C(n-c, k)/C(n, k) is 1 - (1 - k/n)^c to 2e-9
        assert_near(found["rows"][0]["value"], want, absolute=1e-8)

    def test_a_conformal_quantile_at_the_edge(self):
        """(1 - .43) 100 is 57.00000000000001 in doubles: the rank is 57, not 58."""
        with_99 = "score\n" + "".join(f"{i}\n" for i in range(1, 100))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "c.csv")
            path.write_text(with_99)
            found = record(["metric", "conformal-gate", "-", "--param", f"calibration={path},alpha=0.43"],
                           stdin="score\n5\n")
        row = found["rows"][0]
        self.assertEqual((row["rank"], row["threshold"]), (57, 57))
        self.assertGreater(math.ceil(100 * (1 - .43)), 57)

    def test_a_player_nobody_beat(self):
        """Not a number that grows with the iterations."""
        games = "a,b,result\n" + "x,y,1\n" * 50 + "y,z,1\nz,y,1\n"
        rows = {r["group"]: r for r in record(["metric", "tournament-elo", "-"], stdin=games)["rows"]}
        self.assertEqual((rows["x"]["value"], rows["x"]["bound"]), (None, "above"))

    def test_rates_next_to_nothing(self):
        """One success in 10^9 draws over two items: a goes to 0, and coverage stays a probability."""
        found = record(["metric", "beta-binomial-forecast", "-", "--k", "1,1e6,1e12"],
                       stdin="item,n,c\na,500000000,1\nb,500000000,0\nc,500000000,0\n")
        for row in found["rows"]:
            self.assertTrue(row["value"] is None or 0 <= row["value"] <= 1, row)


if __name__ == "__main__":
    unittest.main()
