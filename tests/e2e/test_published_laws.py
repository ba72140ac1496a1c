"""What papers on schedules, fine-tuning, extrapolation, streams, fronts, repetition, breaks and learning
curves print or give by their own code and data, and designs whose spread another program found."""

import concurrent.futures
import csv
import gzip
import io
import math
import os
import random
import statistics
import tempfile
import unittest

from support import DATA, ROOT, assert_near, record, record_and_text, run, slow
from test_expectations import steps, table
from test_law_recovery import grid, inside, simulate


def fit(*args, **options):
    return record(["fit", *args, "--quick"], **options)


def of(got):
    return {p["name"]: p["value"] for p in got["parameters"] + got["derived"]}


def rows(path, **where):
    with open(ROOT / path, encoding="utf-8") as file:
        return [r for r in csv.DictReader(file) if all(r[k] == v for k, v in where.items())]


class Annealing(unittest.TestCase):
    """Tissue et al. 2024 on the curves of Luo et al. 2025: constant and cosine of 24,000 steps fitted,
    lambda 0.999, and other schedules forecast; errors in per cent of the loss."""
    CURVES = "data/lr-annealing/curves.csv"
    PREPARE = ["--prepare", "annealing(step, lr, by=schedule, warmup=2160, "
               "segments=data/lr-annealing/schedules.csv)"]
    HELD_OUT = ("constant_72000", "cosine_72000", "wsd_20000_24000", "wsdld_20000_24000", "wsdcon_3",
                "wsdcon_9", "wsdcon_18")
    MEANS = {"25e6": (0.143, 0.267, 0.087, 0.075, 0.233, 0.165, 0.137),
             "100e6": (0.084, 0.338, 0.080, 0.058, 0.220, 0.119, 0.130),
             "400e6": (0.107, 0.404, 0.128, 0.086, 0.444, 0.197, 0.206)}
    LAST_OF_LINEAR_DECAY = {"25e6": -0.002, "100e6": -0.118, "400e6": -0.485}

    def errors(self, size):
        """By schedule the signed errors of its rows."""
        seen = f'params == {size} and (schedule == "cosine_24000" or schedule == "constant_24000")'
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/fit.json"
            fit("lr-annealing", self.CURVES, "--where", seen, *self.PREPARE, "-o", path)
            text = run(["table", self.CURVES, "--where", f"params == {size}", *self.PREPARE,
                        "--csv"])[1]
            got = record(["predict", path, "-"], stdin=text)["rows"]
        found = {}
        for row, point in zip(csv.DictReader(io.StringIO(text)), got):
            loss = float(row["loss"])
            found.setdefault(row["schedule"], []).append(100 * (point["mean"] - loss) / loss)
        return found

    def check(self, size):
        found = self.errors(size)
        for schedule, want in zip(self.HELD_OUT, self.MEANS[size]):
            mean = statistics.mean(abs(e) for e in found[schedule])
            assert_near(mean, want, absolute=0.002, what=f"{size} {schedule}")
        assert_near(found["wsdld_20000_24000"][-1], self.LAST_OF_LINEAR_DECAY[size], absolute=0.01)

    @slow
    def test_25m(self):
        self.check("25e6")

    @slow
    def test_100m_and_400m(self):
        self.check("100e6")
        self.check("400e6")

    def test_sum_of_a_constant_rate_after_its_warm_up(self):
        text = run(["table", self.CURVES, "--where",
                    'params == 25e6 and schedule == "constant_24000"', *self.PREPARE, "--csv"])[1]
        (at,) = (r for r in csv.DictReader(io.StringIO(text)) if float(r["step"]) == 23936)
        want = math.fsum(3e-4 * min(1, i / 2159) for i in range(23937))
        assert_near(float(at["S1"]), want, relative=1e-12)
        self.assertEqual(float(at["S2"]), 0)


class Examples(unittest.TestCase):
    """Raghavendra et al. 2024 on simulated scores of 1,319 questions."""
    SIZES = steps(100, 10000, 7)

    def scores(self, seed, weight=0.10):
        draw = random.Random(seed)
        return [(d, sum(draw.random() < weight * d ** 0.15 for _ in range(1319)) / 1319)
                for d in self.SIZES]

    @slow
    def test_slope_at_the_noise_of_the_questions(self):
        slopes = [of(fit("examples-power", "-", stdin=table(("D", "P"), self.scores(s))))["p"]
                  for s in range(12)]
        self.assertTrue(all(abs(p - 0.15) < 0.035 for p in slopes), slopes)
        self.assertGreaterEqual(sum(abs(p - 0.15) < 0.025 for p in slopes), 9)

    def test_the_base_model_is_left_out_when_asked(self):
        text = table(("D", "P"), [(0, 0.02), *self.scores(1)])
        got = fit("examples-power", "-", "--drop-bad", stdin=text)
        self.assertEqual(got["data"]["rows_used"], 7)

    @slow
    def test_curation_moves_the_weight_alone(self):
        """Equal slopes are kept in nine seeds of ten, and the ratio of weights comes back."""
        kept, ratios = 0, []
        for seed in range(60):
            text = "D,P,level,curated\n" + "".join(
                f"{d!r},{p!r},{'ab'[c]},{c}\n" for c in (0, 1)
                for d, p in self.scores(1000 * c + seed, (0.10, 0.13)[c]))
            got = record(["compare", "examples-power", "-", "--by", "level", "--share", "p",
                          "--folds", "0"], stdin=text)
            (test,) = [n for n in got["nested"] if n["full"].endswith("by level")
                       and n["reduced"].endswith("p shared")]
            kept += test["p"] > 0.05
            ratios.append(of(fit("P = A*ratio^curated*D^p", "-", "--residual", "log",
                                 stdin=text))["ratio"])
        self.assertGreaterEqual(kept, 54)
        assert_near(statistics.median(ratios), 1.3, absolute=0.05)


class Extrapolation(unittest.TestCase):
    """Choshen et al. 2024: the mean absolute relative error of runs beyond those fitted."""

    @slow
    def test_without_a_floor_the_large_are_foretold_too_low(self):
        for corpus, want in {"c4_original": 0.0948, "rpj": 0.0805, "rw_original": 0.0840}.items():
            got = fit("kaplan-nd", "data/overtraining-gadre/models.csv", "--where",
                      f'train_set == "{corpus}" and N < 0.5e9 and M > 9', "--map",
                      "L=loss_c4_val,N=N_no_embed", *(a for r in self.large(corpus) for a in
                                                      ("--at", f"N={r['N_no_embed']},D={r['D']}")))
            found = [p["mean"] / float(r["loss_c4_val"]) - 1
                     for p, r in zip(got["predictions"], self.large(corpus))]
            self.assertLess(max(found), 0, corpus)
            assert_near(-sum(found) / 3, want, absolute=1e-4, what=corpus)

    def test_arithmetic(self):
        """Predictions 2 and 3 of 2.1 and 2.9: the mean of 0.0476 and 0.0345."""
        text = "x,y\n" + "".join(f"{x},{x}\n" for x in (0.5, 0.7, 1, 1.2, 1.5)) + "2,2.1\n3,2.9\n"
        got = record(["backtest", "y = a*x", "-", "--holdout", "x >= 2"], stdin=text)
        found = [m["are"] for m in got["methods"] if m["n_test"] == 2 and m["are"] is not None]
        self.assertTrue(found)
        assert_near(found[0], (0.1 / 2.1 + 0.1 / 2.9) / 2, relative=1e-9)

    @slow
    def test_small_runs_of_gadre_foretell_the_large(self):
        """All below 0.5B parameters at D/N above 9 fitted; three runs from 1.4B on each corpus."""
        want = {"c4_original": (0.65, 1.42, 4.08), "rpj": (1.10, 0.65, 2.18),
                "rw_original": (1.04, 0.28, 3.25)}
        for corpus, errors in want.items():
            got = fit("chinchilla", "data/overtraining-gadre/models.csv", "--where",
                      f'train_set == "{corpus}" and N < 0.5e9 and M > 9', "--map",
                      "L=loss_c4_val", *(a for r in self.large(corpus)
                                         for a in ("--at", f"N={r['N']},D={r['D']}")))
            found = [100 * abs(p["mean"] / float(r["loss_c4_val"]) - 1)
                     for p, r in zip(got["predictions"], self.large(corpus))]
            self.assertEqual(len(found), 3)
            assert_near(sum(found) / 3, sum(errors) / 3, absolute=0.1, what=corpus)
            for e, w in zip(sorted(found), sorted(errors)):
                assert_near(e, w, absolute=0.1, what=corpus)

    def large(self, corpus):
        return [r for r in rows("data/overtraining-gadre/models.csv", train_set=corpus)
                if float(r["N"]) > 1.3e9]

    def test_three_constants_from_four_rows(self):
        text = table(("N", "D", "L"), [(n, d, 1.8 + 520 / n ** 0.3527 + 1490 / d ** 0.3527)
                                       for n, d in ((1e8, 1e10), (4e8, 1e10), (1e8, 8e10), (4e8, 4e10))])
        got = fit("chinchilla", "-", "--fix", "alpha=0.3527,beta=0.3527", stdin=text)
        assert_near(of(got)["E"], 1.8, relative=1e-8)
        self.assertEqual(sum(p["status"] != "fixed" for p in got["parameters"]), 3)


class Recipes(unittest.TestCase):
    def test_curves_that_never_cross(self):
        """Xiao 2024: no crossing is a result, not an error."""
        text = "recipe,x,y\n" + "".join(
            f"a,{x!r},{2 + 10 * x ** -0.3!r}\nb,{x!r},{1 + 5 * x ** -0.3!r}\n"
            for x in steps(1e3, 1e8, 10))
        args = ["compare", "y = E + A*x^-p", "-", "--by", "recipe", "--folds", "0", "--crossover",
                "x", "--residual", "log"]
        got, said = record_and_text(args, stdin=text)
        (pair,) = got["crossover"]["pairs"]
        self.assertIsNone(pair["at"])
        self.assertIn("do not cross", " ".join(said.split()))


class Streams(unittest.TestCase):
    def test_farthest_loss_from_the_curve(self):
        """Chen et al. 2025: in nats, and in the logarithm."""
        for corpus, nats, logs in (("stack-v2-python", 0.0062, 0.0061), ("pile", 0.0116, 0.0063)):
            runs = rows("data/parscale/runs.csv", corpus=corpus)
            got = fit("parallel-streams", "data/parscale/runs.csv", "--where",
                      f'corpus == "{corpus}"',
                      *(a for r in runs for a in ("--at", f"N={r['params']},P={r['streams']}")))
            pairs = [(p["mean"], float(r["loss"])) for p, r in zip(got["predictions"], runs)]
            self.assertEqual(len(pairs), 24)
            assert_near(max(abs(m - y) for m, y in pairs), nats, absolute=1e-4, what=corpus)
            assert_near(max(abs(math.log(m / y)) for m, y in pairs), logs, absolute=1e-4)

    def test_the_correlation_behind_it(self):
        """The theory's form on the same losses, minimised by a separate program; the law is better."""
        for corpus, rho, least in (("stack-v2-python", 0.89207163, 5.259231349e-5),
                                   ("pile", 0.8994842, 4.545404229e-5)):
            where = ["data/parscale/runs.csv", "--where", f'corpus == "{corpus}"']
            got = fit("correlated-streams", *where)
            assert_near(of(got)["rho"], rho, relative=1e-5, what=corpus)
            assert_near(got["objective"]["value"], least, relative=1e-8, what=corpus)
            self.assertLess(fit("parallel-streams", *where)["objective"]["value"], 0.7 * least)


@slow
class Fronts(unittest.TestCase):
    """Nezhurina et al. 2025: CLIP and MaMMUT on DataComp with a cosine schedule."""
    IMAGENET = 'eval_set == "imagenet1k" and metric == "acc1"'
    RETRIEVAL = 'eval_set == "mscoco_captions" and metric == "image_retrieval_recall@5"'

    def where(self, family, metric):
        return ["data/laion-clip/scores.csv", "--where", f'{metric} and family == "{family}" and '
                'pretrain_set == "datacomp_1b" and lr_schedule == "cosine"']

    def front(self, *args):
        return fit("shifted-power", *self.where(*args[:2]), "--prepare",
                   "pareto(gflop, error, bins=28)", *args[2:])

    def test_errors_at_the_planned_computes(self):
        for metric, clip, mammut in ((self.IMAGENET, 0.2007, 0.1846), (self.RETRIEVAL, 0.2916, 0.2742)):
            for family, compute, want in (("clip", 2.14e12, clip), ("mammut", 2.59e12, mammut)):
                got = self.front(family, metric, "--at", f"C={compute}")
                assert_near(got["predictions"][0]["mean"], want, absolute=2e-3,
                            what=f"{family} {metric}")

    def test_the_five_largest_from_the_others(self):
        for family, want in (("clip", 0.024), ("mammut", 0.027)):
            text = run(["table", *self.where(family, self.IMAGENET), "--prepare",
                        "pareto(gflop, error, bins=28)", "--csv"])[1]
            held = [r for r in csv.DictReader(io.StringIO(text)) if float(r["gflop"]) > 1e11]
            self.assertEqual(len(held), 5, family)
            got = fit("shifted-power", "-", "--prepare", "none", "--where", "gflop <= 1e11",
                      *(a for r in held for a in ("--at", f"C={r['gflop']}")), stdin=text)
            off = [p["mean"] - float(r["error"]) for p, r in zip(got["predictions"], held)]
            assert_near(math.sqrt(sum(e * e for e in off) / 5), want, absolute=4e-3, what=family)


@slow
class Designs(unittest.TestCase):
    """Designs whose 95 % ranges an independent simulation found."""

    def test_kaplan_sizes_and_tokens(self):
        inside({"alpha_N": (0.0741, 0.0781), "alpha_D": (0.097, 0.111), "Dc": (0.8e13, 3.8e13)},
               "kaplan-nd", ("N", "D", "L"), grid(steps(1e6, 1e9, 7), steps(2e7, 2.2e10, 6)),
               lambda n, d: ((6.4e13 / n) ** (0.076 / 0.103) + 1.8e13 / d) ** 0.103,
               log_noise=0.01)

    def test_isoflop_runs(self):
        """Seven sizes about the best at nine budgets, 0.75 % and 0.2 % of noise."""
        def best(c):
            return 0.113 * (c / 6) ** 0.5139
        points = [(best(c) * f, c / 6 / (best(c) * f)) for c in steps(6e18, 3e21, 9)
                  for f in steps(0.25, 4, 7)]
        def law(n, d):
            return 1.8172 + 477.8 * n ** -0.3473 + 2143.4 * d ** -0.3672
        inside({"alpha": (0.319, 0.378), "beta": (0.336, 0.399), "E": (1.758, 1.877)}, "chinchilla",
               ("N", "D", "L"), points, law, log_noise=0.0075)
        inside({"alpha": (0.340, 0.356), "E": (1.799, 1.832)}, "chinchilla", ("N", "D", "L"), points,
               law, log_noise=0.002)

    def test_bootstrap_of_240_runs(self):
        """Besiroglu et al. 2024: standard errors within a fifth, 80 % of the exponent of size."""
        got = fit("chinchilla", "data/chinchilla-epoch/runs.csv", "--where", "kept_240 == 1",
                  "--bootstrap", "500", "--level", "0.8")
        errors = {p["name"]: p["se"] for p in got["parameters"]}
        for name, want in (("E", 0.025), ("alpha", 0.0145), ("beta", 0.020)):
            assert_near(errors[name], want, relative=0.2, what=name)
        a = next(d for d in got["derived"] if d["name"] == "a")
        assert_near(a["lo"], 0.492, absolute=0.005)
        assert_near(a["hi"], 0.540, absolute=0.005)


class Repetition(unittest.TestCase):
    """Muennighoff et al. 2023 at its single-epoch constants."""
    HELD = "E=1.8691436784054858,A=520.8249516599187,B=1487.716093782861,alpha=0.3526596," \
           "beta=0.3526596"
    RUNS = ["data/data-constrained/runs.csv", "--where", "kept_182 == 1"]

    def share_explained(self, predict):
        kept = rows("data/data-constrained/runs.csv", kept_182="1")
        losses = [float(r["loss"]) for r in kept]
        mean = statistics.mean(losses)
        left = sum((predict(*(float(r[k]) for k in ("params", "tokens", "unique_tokens"))) - y) ** 2
                   for r, y in zip(kept, losses))
        return 1 - left / sum((y - mean) ** 2 for y in losses)

    def test_cancellation(self):
        """At R_N = 5e16 the excess of parameters must not be lost to rounding: 1 - exp(-x) instead of
        expm1 gives 0.015145 and a false minimum."""
        got = fit("data-constrained", *self.RUNS, "--fix", self.HELD + ",R_D=3.9332", "--start",
                  "R_N=5.208e16", "--starts", "1", "--bound", "R_N=5.2e16:5.3e16")
        assert_near(got["objective"]["value"], 0.017119, absolute=1e-5)

    def test_variance_explained(self):
        got = fit("data-constrained", *self.RUNS, "--fix", self.HELD, "--start", "R_D=15,R_N=5",
                  "--starts", "1")
        assert_near(of(got)["R_D"], 15.372, relative=1e-3)
        kept = rows("data/data-constrained/runs.csv", kept_182="1")
        at = fit("data-constrained", *self.RUNS, "--fix", self.HELD + ",R_D=15.387756", "--bound",
                 "R_N=5.3097:5.3098", *(a for r in kept for a in
                                        ("--at", f"N={r['params']},D={r['tokens']},U={r['unique_tokens']}")))
        means = iter(p["mean"] for p in at["predictions"])
        assert_near(self.share_explained(lambda *_: next(means)), 0.7722, absolute=1e-3)
        plain = lambda n, d, u: 1.8691436784 + 520.82495166 * n ** -0.3526596 + \
            1487.71609378 * d ** -0.3526596
        assert_near(self.share_explained(plain), 0.4452, absolute=1e-3)

    def test_best_use_of_a_pool_has_an_interval(self):
        got = fit("data-constrained", *self.RUNS, "--fix", self.HELD, "--at", "C=1e22,U=25e9")
        best = {d["name"]: d for d in got["derived"] if d["arguments"]}
        for name in ("N_best", "D_best", "epochs_best", "L_best"):
            self.assertLess(best[name]["lo"], best[name]["value"], name)
            self.assertGreater(best[name]["hi"], best[name]["value"], name)
        self.assertGreater(best["L_best"]["value"], best.get("L_unlimited", {"value": 0})["value"])


class Breaks(unittest.TestCase):
    """Caballero et al. 2022, four-digit addition."""
    CURVE = "data/bnsl-addition/curve.csv"

    def off(self, got, held):
        return math.sqrt(statistics.mean(math.log(p["mean"] / float(r["test_cross_entropy"])) ** 2
                                         for p, r in zip(got["predictions"], held)))

    def test_fit_and_forecast(self):
        seen, held = rows(self.CURVE, split="fit"), [r for r in rows(self.CURVE)
                                                     if r["split"] != "fit"]
        self.assertEqual((len(seen), len(held)), (14, 3))
        for part, want in ((seen, 5.985e-4), (held, 0.010916)):
            got = fit("broken-1", self.CURVE, "--where", 'split == "fit"',
                      *(a for r in part for a in ("--at", f"x={r['dataset_size']}")))
            assert_near(self.off(got, part), want, relative=2e-3)

    @slow
    def test_a_curve_without_noise(self):
        truth = {"a": 0.41388453071629455, "b": 2.2772722897737556, "c0": 0.055077348404973955,
                 "c1": 5.662903816010331, "d1": 612.5836172918001, "f1": 0.059193036393742314}
        def y(x):
            return truth["a"] + truth["b"] * x ** -truth["c0"] * (1 + (x / truth["d1"]) ** (
                1 / truth["f1"])) ** (-truth["c1"] * truth["f1"])
        got = of(fit("broken-1", "-", stdin=table(("x", "y"), [(x, y(x)) for x in range(1, 406)])))
        for name, want in truth.items():
            assert_near(got[name], want, relative=1e-4, what=name)


class Plateaus(unittest.TestCase):
    def test_m4_sees_beyond_where_m2_does_not(self):
        """Alabdulmohsin et al. 2022: a curve of M4 without noise, e_0 = 1, alpha = 0.3."""
        def y(x):
            lo, hi = 0.1, 1
            for _ in range(200):
                middle = (lo + hi) / 2
                below = middle == 0.1 or (middle - 0.1) / (1 - middle) ** 0.3 < 50 * x ** -0.4
                lo, hi = (middle, hi) if below else (lo, middle)
            return lo
        text = table(("x", "y"), [(x, y(x)) for x in steps(1e3, 1e6, 20)])
        m4, m2 = (fit(law, "-", "--at", "x=1e7", stdin=text)["predictions"][0]["mean"]
                  for law in ("m4-plateaus", "m2-floor"))
        assert_near(m4, y(1e7), absolute=1e-3)
        self.assertGreater(abs(m2 - y(1e7)), 10 * abs(m4 - y(1e7)))


@slow
class ImageCurves(unittest.TestCase):
    """Alabdulmohsin et al. 2022: 72 learning curves of image classifiers, the error of the logarithm on
    the larger sizes. M4 at the minimum of their objective beside the data has 0.0439 in the mean. Their
    alternation has 0.0415 and ends at no minimum: its linear step keeps e_0 = 1 while the other moves
    it. Its two steps in turn, as fits, end where it does."""

    def curves(self):
        found = {}
        with gzip.open(DATA / "image-curves/curves.csv.gz", "rt", encoding="utf-8") as file:
            for r in csv.DictReader(file):
                parts = found.setdefault((r["task"], r["model"]), ({}, {}))
                parts[r["part"] != "fit"][float(r["examples_seen"])] = float(r["loss"])
        return found

    def error(self, law, seen, held, options):
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/fit.json"
            fit(law, "-", "-o", path, *options, stdin=table(("x", "y"), seen.items()))
            got = record(["predict", path, "-"], stdin=table(("x",), [(x,) for x in held]))["rows"]
        return math.sqrt(statistics.mean(math.log(p["mean"] / y) ** 2
                                         for p, y in zip(got, held.values())))

    def beside(self, seen):
        """e_0 at a guesser's error, the floor 2 % below the data, the line through what is between."""
        floor, top, alpha = 0.98 * min(seen.values()), max(0.999, 1.0005 * max(seen.values())), 0.3
        u = [math.log(x) for x in seen]
        v = [math.log(y - floor) - alpha * math.log(top - y) for y in seen.values()]
        mu, mv = statistics.mean(u), statistics.mean(v)
        c = min(-1e-3, sum((a - mu) * (b - mv) for a, b in zip(u, v)) / sum((a - mu) ** 2 for a in u))
        return [*self.margins(seen), "--starts", "1", "--start",
                f"e_inf={floor!r},e_0={top!r},alpha={alpha},beta={math.exp(mv - c * mu)!r},c={c!r}"]

    def margins(self, seen):
        """Both plateaus stay 0.001 away from the data, and e_0 at most that above 1."""
        return ["--bound", f"e_inf=0:{min(seen.values()) - 1e-3!r},"
                f"e_0={max(seen.values()) + 1e-3!r}:1.001"]

    def in_turn(self, seen, held):
        """Least squares for alpha, beta and c at the present e_inf and e_0 = 1, then for e_inf and e_0
        with those held, until e_inf stands; two rounds are extrapolated to where they lead. Gives the
        error of the logarithm on the sizes held out."""
        data, top = table(("x", "y"), seen.items()), min(seen.values()) - 1e-3
        line = {"alpha": 0.3, "beta": 1e4, "c": -0.5}

        def step(e_inf, e_0, line, at=()):
            def fitted(fix, start, *more):
                return fit("m4-plateaus", "-", "--starts", "1", "--fix", pairs(fix), "--start",
                           pairs(start), *more, stdin=data)
            pairs = lambda given: ",".join(f"{k}={v!r}" for k, v in given.items())
            first = of(fitted({"e_inf": e_inf, "e_0": 1}, line))
            line = {k: first[k] for k in line}
            got = fitted(line, {"e_inf": min(e_inf, 0.999 * top), "e_0": e_0}, *self.margins(seen),
                         *(a for x in at for a in ("--at", f"x={x!r}")))
            return of(got)["e_inf"], of(got)["e_0"], line, got

        e_inf, e_0, moved = top, 1.0, top
        for _ in range(30):
            once, e_0, line, _ = step(e_inf, e_0, line)
            twice, e_0, line, _ = step(once, e_0, line)
            bend = (twice - once) - (once - e_inf)
            ahead = e_inf - (once - e_inf) ** 2 / bend if bend else twice
            moved, e_inf = abs(ahead - e_inf), ahead if 0 <= ahead <= top else twice
            if moved < 1e-5 * top:
                break
        self.assertLess(moved, 1e-5 * top)
        got = step(e_inf, e_0, line, held)[3]["predictions"]
        return math.sqrt(statistics.mean(math.log(p["mean"] / y) ** 2
                                         for p, y in zip(got, held.values())))

    def test_the_two_steps_of_the_authors_in_turn(self):
        """ImageNet, six models and three numbers of shots: by the authors' alternation, ported, 0.01578
        in the mean; two curves of which we have the published error."""
        curves = self.curves()
        chosen = [k for k in curves if k[0].startswith("inet")] + [("bird_10", "BiT/101/3")]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            errors = dict(zip(chosen, pool.map(lambda k: self.in_turn(*curves[k]), chosen)))
        assert_near(errors["bird_10", "BiT/101/3"], 0.0295, absolute=1e-4)
        assert_near(errors["inet_10", "ViT/B/16"], 0.0144, absolute=1e-4)
        assert_near(statistics.mean(errors[k] for k in chosen[:-1]), 0.015783, absolute=1e-5)

    def trial(self, parts):
        seen, held = parts
        return [self.error("power", seen, held, []), self.error("m3-shift", seen, held, []),
                self.error("m4-plateaus", seen, held, self.beside(seen))]

    def test_means_and_the_best_law(self):
        curves = self.curves()
        self.assertEqual(len(curves), 72)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            errors = dict(zip(curves, pool.map(self.trial, curves.values())))
        power, shift, plateaus = (statistics.mean(e[k] for e in errors.values()) for k in range(3))
        assert_near(power, 0.1046, absolute=5e-5)
        self.assertLess(shift, 0.0615)
        self.assertLess(plateaus, 0.0440)
        best = sum(round(e[2], 3) <= min(round(e[0], 3), round(e[1], 3)) for e in errors.values())
        self.assertGreater(best / 72, 0.6)
        assert_near(errors["bird_10", "BiT/101/3"][0], 0.0913, absolute=2e-4)
        assert_near(errors["inet_10", "ViT/B/16"][0], 0.0462, absolute=2e-4)


if __name__ == "__main__":
    unittest.main()
