"""Every warning code has a row in the one table, and every one of a fit has a case that raises it
and one that does not."""

import math
import pathlib
import re
import tempfile
import unittest

from support import ROOT, record, run, slow

LAW = "chinchilla"


def loss(N, D):
    return 1.8 + 480 * N ** -0.35 + 2100 * D ** -0.37


def noise(i):
    """Small, without a trend, the same every time."""
    return 1 + 0.002 * ((i * 37 + i * i * 11) % 23 - 11) / 11


def grid(sizes=6, counts=6, ray=False, factor=4, scale=1.0, extra=None, bend=0.0):
    """Runs of a known law as CSV; extra(i, N, D): more columns."""
    names, rows, i = None, [], 0
    for a in range(sizes):
        for b in range(counts):
            N = round(1e7 * factor ** a)
            D = round(20 * N * (1 + 0.001 * b) if ray else 1e9 * factor ** b)
            more = extra(i, N, D) if extra else {}
            names = ["N", "D", "loss", *more]
            y = loss(N, D) * noise(i) + bend * (a - 2.5) ** 2
            rows.append(",".join(map(str, [N * scale, D * scale, y, *more.values()])))
            i += 1
    return "\n".join([",".join(names), *rows]) + "\n"


def line(ys, **columns):
    """y against x = 1, 2, 4, ... with more columns."""
    rows = [",".join(["x", "y", *columns])]
    for i, y in enumerate(ys):
        rows.append(",".join(map(str, [2 ** i, y, *(c[i] for c in columns.values())])))
    return "\n".join(rows) + "\n"


def isoflops(off=1.0, drift=1.0, width=4):
    """Losses of seven sizes at each of four budgets, about a size `off` times the best, which moves
    by `drift` from budget to budget."""
    rows = ["budget,C,N,L"]
    for b in range(4):
        C = 1e18 * 10 ** b
        best = (0.35 * 480 / (0.37 * 2100)) ** (1 / 0.72) * (C / 6) ** (0.37 / 0.72)
        for i in range(-3, 4):
            N = best * off * drift ** b * width ** (i / 3)
            rows.append(f"b{b},{C},{N!r},{loss(N, C / 6 / N)!r}")
    return "\n".join(rows) + "\n"


POWER = "y = A*x^-p"
CLEAN = [3 * 2 ** (-0.3 * i) * noise(i) for i in range(8)]


# One decade that ends far above the floor of 0.5, and four that come down to it.
FLOORS = ["x,L\n" + "".join(f"{x:g},{(0.5 + (1e9 / x) ** 0.2) * (1 + 0.01 * (i * i % 5 - 2))}\n"
                           for i, x in enumerate(xs))
          for xs in ([1e7 * 1.5 ** k for k in range(8)], [1e7 * 15.0 ** k for k in range(12)])]


def scored(scores):
    """Scores after fine-tuning beside a cross-entropy that falls."""
    return "tokens,bleu,xent\n" + "".join(f"{1e8 * 4 ** i:g},{b},{2.5 - 0.2 * i}\n"
                                         for i, b in enumerate(scores))


SIGMOID = "y = c + (1 - c)*sigmoid(b*log(x) - a)"
SCORES = [0.25, 0.26, 0.3, 0.45, 0.66, 0.8, 0.9, 0.94]
STRAIGHT = "x,y\n" + "".join(f"{i},{2 + 3 * i + 0.1 * (i * 7 % 5 - 2)}\n" for i in range(1, 41))
RUNS = ["--quick"]
COUNTS = ["--objective", "binomial", "--trials", "100", "--fix", "c=0", *RUNS]
MINIMA = ["--prepare", "isoflop(C, N, L, by=budget)", "--quick"]

# code: (formula, table, options) that raises it, and one that does not; W-STOP, which no small table
# raises, is in tests/unit/fit/influence.c
CASES = {
    "W-UNIT": ((LAW, grid(scale=1e-9), RUNS), (LAW, grid(), RUNS)),
    "W-COUNT": ((LAW, grid(extra=lambda i, N, D: {"N_no_embed": round(N * 0.8 + i)}), RUNS),
                (LAW, grid(), RUNS)),
    "W-DERIVED": ((LAW, grid(scale=1.00000001234, extra=lambda i, N, D: {
        "C": 6 * N * D * 1.00000001234 ** 2}), RUNS),
                  (LAW, grid(extra=lambda i, N, D: {"C": 6 * N * D}), RUNS)),
    "W-FEW": ((LAW, grid(sizes=3, counts=8), RUNS), (LAW, grid(), RUNS)),
    "W-RAY": ((LAW, grid(ray=True), RUNS), (LAW, grid(), RUNS)),
    "W-SPAN": ((LAW, grid(factor=1.5), RUNS), (LAW, grid(), RUNS)),
    "W-CONFOUND": ((LAW, grid(extra=lambda i, N, D: {"lr": (N * D) ** -0.2}), RUNS),
                   (LAW, grid(extra=lambda i, N, D: {"lr": 1e-3 * (1 + i * 7 % 5)}), RUNS)),
    "W-TRAJ": ((POWER, line(CLEAN, run=[1, 1, 1, 2, 2, 3, 3, 3]), RUNS),
               (POWER, line(CLEAN, run=range(8)), RUNS)),
    "W-WARMUP": ((POWER, line(CLEAN, run=[1] * 8, step=[1, 50, 100, 200, 300, 400, 500, 600]),
                  RUNS),
                 (POWER, line(CLEAN, run=[1] * 8, step=range(300, 1100, 100)), RUNS)),
    "W-LR": ((POWER, line(CLEAN, lr=[1e-3] * 8, peak_lr=[1e-3] * 8), RUNS),
             (POWER, line(CLEAN, lr=[1e-5] * 8, peak_lr=[1e-3] * 8), RUNS)),
    "W-EPOCH": ((POWER, line(CLEAN, epochs=[1, 2, 4, 8, 1, 1, 1, 1]), RUNS),
                (POWER, line(CLEAN, epochs=[1, 2, 4, 4, 1, 1, 1, 1]), RUNS)),
    "W-MIXED": ((POWER, line(CLEAN, tokenizer=list("aaaabbbb")), RUNS),
                (POWER, line(CLEAN, tokenizer=list("aaaaaaaa")), RUNS)),
    "W-FAILED": ((POWER, line(CLEAN, status=["ok"] * 7 + ["diverged"]), RUNS),
                 (POWER, line(CLEAN, status=["ok"] * 8), RUNS)),
    "W-NAN": ((POWER, line([*CLEAN[:7], ""]), RUNS), (POWER, line(CLEAN), RUNS)),
    "W-CHANCE": ((SIGMOID, line(SCORES, chance=[0.25] * 8, n_items=[100] * 8), RUNS),
                 (SIGMOID, line(SCORES, chance=[0.25] * 8, n_items=[9000] * 8), RUNS)),
    "W-SAT": ((SIGMOID, line([0.3, 0.6, 0.9, 0.975, 0.98, 0.981, 0.985, 0.983]), RUNS),
              (SIGMOID, line(SCORES), RUNS)),
    "W-STARTS": (("y = exp(-4*(log2(x) - b)^2)", line([0, 1, 0, 0, 0, 0, 0.999, 0]),
                  ["--start", "b=0:1:2:3:4:5:6:7", "--starts", "grid", *RUNS]),
                 (POWER, line(CLEAN), RUNS)),
    "W-BOUND": ((POWER, line(CLEAN), ["--bound", "p=0:0.1", *RUNS]), (POWER, line(CLEAN), RUNS)),
    "W-AMBIG": (("y = A*B*x^-p", line(CLEAN), RUNS), (POWER, line(CLEAN), RUNS)),
    "W-COND": ((LAW, grid(), RUNS), ("y = a + b*x", line(CLEAN), RUNS)),
    "W-LOCAL": ((LAW, grid(), ["--objective", "huber:1e-5", *RUNS]),
                (LAW, grid(), ["--objective", "squared", *RUNS])),
    "W-BOOT": ((POWER, line(CLEAN), ["--bootstrap", "50", *RUNS]),
               (POWER, line(CLEAN), ["--bootstrap", "400", *RUNS])),
    "W-LEVER": (("y = a + b*x", line(range(1, 9)), []), (LAW, grid(), [])),
    "W-RESID": ((LAW, grid(bend=0.02), RUNS), (LAW, grid(), RUNS)),
    "W-SENS": ((POWER, line([*CLEAN[:7], 2.0]), []), ("y = a + b*x", STRAIGHT, [])),
    "W-FLAT": ((LAW, grid(), ["--at", "C=1e21"]), (POWER, line(CLEAN), [])),
    "W-EXTRAP": ((POWER, line(CLEAN), ["--at", "x=1e9", *RUNS]),
                 (POWER, line(CLEAN), ["--at", "x=200", *RUNS])),
    "W-NO-FLOOR": (("power-plus-constant", FLOORS[0], RUNS),
                   ("power-plus-constant", FLOORS[1], RUNS)),
    "W-DISAGREE": (("translation-score", scored([30, 29, 28, 26, 24]), RUNS),
                   ("translation-score", scored([20, 22, 24, 26, 28]), RUNS)),
    "W-BOTH-SIDES": (("y = a + b*y/x", line(CLEAN), RUNS), (POWER, line(CLEAN), RUNS)),
    "W-CONSTANT": ((POWER, line([2.5] * 8), RUNS), (POWER, line(CLEAN), RUNS)),
    "W-CLUSTER": ((POWER, line(CLEAN, family=list("aabbccdd")), ["--bootstrap", "400", *RUNS]),
                  (POWER, line(CLEAN, family=list("aabbccdd")),
                   ["--bootstrap", "400", "--cluster", "family", *RUNS])),
    "W-DISP": ((SIGMOID, line([0.1, 0.7, 0.2, 0.9, 0.3, 0.95, 0.5, 0.99]), COUNTS),
               (SIGMOID, line([0.05, 0.08, 0.12, 0.18, 0.27, 0.37, 0.5, 0.61]), COUNTS)),
    "W-OPEN": (("y = A*x^-p + B*x^-q", line(CLEAN), ["--interval", "profile", *RUNS]),
               (POWER, line(CLEAN), ["--interval", "profile", *RUNS])),
    "W-EDGE": (("N = G*C^a", isoflops(off=6), MINIMA), ("N = G*C^a", isoflops(), MINIMA)),
    "W-PARAB": (("N = G*C^a", isoflops(drift=1.4), MINIMA), ("N = G*C^a", isoflops(), MINIMA)),
    "W-NO-MINIMUM": (("N = G*C^a", isoflops() + "x,1e22,1e9,3\nx,1e22,1e10,2\n", MINIMA),
                     ("N = G*C^a", isoflops(), MINIMA)),
    "W-NOHOLD": ((POWER, line(CLEAN), RUNS), (POWER, line(CLEAN), [])),
}


def codes(case):
    formula, table, options = case
    return {w["code"] for w in record(["fit", formula, "-", *options], stdin=table)["warnings"]}


class Unidentified(unittest.TestCase):
    @slow
    def test_no_optimum_of_a_constant(self):
        """A loss that never changes has no optimal size, and none is printed."""
        table = "N,D,loss\n" + "".join(f"{1e7 * 4 ** a},{1e9 * 4 ** b},2.5\n"
                                       for a in range(5) for b in range(5))
        fit = record(["fit", LAW, "-", "--at", "C=1e22"], stdin=table)
        status = {d["name"]: d["status"] for d in fit["derived"]}
        self.assertEqual({status[q] for q in ("N_opt", "D_opt", "a", "b")}, {"ambiguous"})
        self.assertFalse("flat_regions" in fit or "flat" in fit)
        _, out, _ = run(["fit", LAW, "-", "--at", "C=1e22"], stdin=table)
        self.assertRegex(out, r"N_opt +not identified\n")

    def test_what_two_sizes_cannot_say(self):
        """Two sizes do not give an exponent of size; what rests on it is not identified, and the
        rest is."""
        table = grid(sizes=2, counts=8)
        fit = record(["fit", LAW, "-", "--at", "N=1e9,D=1e12", "--at", "C=1e22"], stdin=table)
        status = {p["name"]: p["status"] for p in fit["parameters"]}
        self.assertEqual(status["alpha"], "ambiguous")
        self.assertEqual(status["beta"], "ok")
        self.assertEqual(fit["predictions"][0]["status"], "ambiguous")
        whole = record(["fit", LAW, "-", "--at", "N=1e9,D=1e12", "--at", "C=1e22", "--quick"],
                       stdin=grid())
        self.assertEqual({d["status"] for d in whole["derived"]}, {"ok"})
        self.assertEqual(whole["predictions"][0]["status"], "ok")


class Raised(unittest.TestCase):
    @slow
    def test_where_it_should_and_only_there(self):
        for code, (raises, quiet) in CASES.items():
            with self.subTest(code):
                self.assertIn(code, codes(raises))
                self.assertNotIn(code, codes(quiet))


class Rows(unittest.TestCase):
    """Faults of single rows, which a whole table need not show."""

    def said(self, table, code, law=LAW, options=RUNS):
        fit = record(["fit", law, "-", *options], stdin=table)
        return " ".join(w["message"] for w in fit["warnings"] if w["code"] == code)

    def test_the_same_runs_twice(self):
        head, *rows = grid().splitlines()
        table = "\n".join([head, *rows, *rows[:9]]) + "\n"
        self.assertIn("9 of 45 rows are the same as another in every column (first at line 38)",
                      self.said(table, "W-DUPLICATE"))
        seeds = "\n".join([head + ",seed", *(r + ",1" for r in rows), *(r + ",2" for r in rows)])
        coarse = "x,y\n" + "".join(f"{2 ** i},{round(0.9 - i / 20, 2)}\n" * 2 for i in range(8))
        self.assertEqual(self.said(grid(), "W-DUPLICATE"), "")
        self.assertEqual(self.said(seeds + "\n", "W-DUPLICATE"), "")
        self.assertEqual(self.said(coarse, "W-DUPLICATE", POWER), "")  # scores of few digits

    def test_checkpoints_that_no_column_names(self):
        head, *rows = grid().splitlines()
        table = "\n".join([head + ",step", *(f"{r},{1000 + 500 * s}" for r in rows for s in (0, 1))])
        self.assertIn("36 of 72 rows are at another step than a row with the same inputs",
                      self.said(table + "\n", "W-TRAJ"))
        self.assertEqual(self.said(table.replace("1500", "1000") + "\n", "W-TRAJ"), "")

    def test_errors_are_no_scores(self):
        """1 is the worst error there is, 0.02 one that tells models no longer apart."""
        for worst, saturated in ((1.0, False), (0.025, True)):
            table = "C,error\n" + "".join(f"{10.0 ** i},{worst - worst / 1e3 * i}\n" for i in range(9))
            said = self.said(table, "W-SAT", "shifted-power", ["--prepare", "none", *RUNS])
            self.assertEqual("errors are below 0.03" in said, saturated)
            self.assertEqual(bool(said), saturated)

    def test_a_floor_and_an_exponent_that_may_be_0(self):
        said = self.said(FLOORS[0], "W-NO-FLOOR", "power-plus-constant")
        self.assertIn("the floor is not identified. A law without it may do as well", said)
        flat = line([2.5 + 0.01 * ((7 * i) % 5 - 2) for i in range(12)])
        said = self.said(flat, "W-NO-FLOOR", "power", ["--bound", "b=0:2", *RUNS])
        self.assertIn("with that exponent its term does not change", said)
        self.assertNotIn("floor", said)

    def test_a_prediction_that_cannot_be(self):
        """A score above 1, from a fit and from the saved one."""
        table = "examples,score\n" + "".join(f"{d},{0.1 * d ** 0.15}\n" for d in (100, 300, 1000, 4000))
        said = self.said(table, "W-OUTSIDE-RANGE", "examples-power", ["--at", "D=1e8", *RUNS])
        self.assertIn("P is predicted as 1.585, above 1, which it cannot be", said)
        self.assertEqual(self.said(table, "W-OUTSIDE-RANGE", "examples-power",
                                   ["--at", "D=1e6", *RUNS]), "")
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/fit.json"
            run(["fit", "examples-power", "-", *RUNS, "-q", "-o", path], stdin=table)
            saved = record(["predict", path, "--at", "D=1e8", "--at", "D=1e6", "--at", "D=1e9"])
        self.assertIn("and so at 2 of 3 points", next(
            w["message"] for w in saved["warnings"] if w["code"] == "W-OUTSIDE-RANGE"))

    def test_units_mixed_within_a_column(self):
        head, *rows = grid().splitlines()
        rows[7] = re.sub(r"^[^,]+", lambda n: repr(float(n[0]) / 1e6), rows[7])
        self.assertIn("N is below 1000 parameters in 1 of 36 rows (first at line 9: 40), which looks "
                      "like millions or billions there", self.said("\n".join([head, *rows]) + "\n",
                                                                   "W-UNIT"))

    def test_a_score_for_a_loss_of_several_inputs(self):
        head, *rows = grid().splitlines()
        scores = [re.sub(r"[^,]+$", lambda y: repr(3 / float(y[0])), r) for r in rows]
        self.assertIn("loss moves against N and D together (rank correlation -0.9",
                      self.said("\n".join([head, *scores]) + "\n", "W-TREND"))
        self.assertEqual(self.said(grid(), "W-TREND"), "")


class Bends(unittest.TestCase):
    """A few points that a straight line in logarithms does not take: the t test of a quadratic term,
    here by the orthogonal contrast of seven even steps and Student's t in closed form."""

    NOISE = [0.004, -0.006, 0.003, 0.005, -0.007, 0.002, -0.001]

    def rows(self, bend, source="web"):
        return [(source, 1e3 * 2 ** i, 5 * (1e3 * 2 ** i) ** -0.2 * math.exp(bend * (i - 3) ** 2 + e))
                for i, e in enumerate(self.NOISE)]

    def said(self, rows, *options):
        table = "source,x,y\n" + "".join(f"{s},{x!r},{y!r}\n" for s, x, y in rows)
        got = record(["fit", "power", "-", "--quick", *options], stdin=table)["warnings"]
        return [w["message"] for w in got if w["code"] == "W-RESID"]

    def p_of(self, rows):
        y, u = [math.log(y) for _, _, y in rows], range(-3, 4)
        contrast = sum(c * v for c, v in zip((5, 0, -3, -4, -3, 0, 5), y)) / 84 ** 0.5
        slope = sum(a * b for a, b in zip(u, y)) / 28
        left = sum((v - sum(y) / 7 - slope * a) ** 2 for a, v in zip(u, y)) - contrast ** 2
        t = abs(contrast) / (left / 4) ** 0.5
        z = t / (1 + t * t / 4) ** 0.5
        return 1 - 0.75 * z * (1 - z * z / 12)

    def test_which_way_and_how_surely(self):
        for bend, way in ((0.01, "up"), (-0.008, "down")):
            (said,) = self.said(self.rows(bend))
            self.assertIn(f"y bends {way} from the law along x (", said)
            told = float(re.search(r"p = ([^)]*)\)", said).group(1))
            self.assertEqual(told, float(f"{self.p_of(self.rows(bend)):.0e}"))
        self.assertGreater(self.p_of(self.rows(0)), 0.01)
        self.assertEqual(self.said(self.rows(0)), [])

    def test_each_curve_of_several(self):
        """One of three bends: only it is named, and its bend does not pass to the others."""
        rows = self.rows(0) + self.rows(0.02, "books") + self.rows(0, "code")
        (said,) = self.said(rows, "--by", "source")
        self.assertIn("along x at source = books (", said)


class Narrow(unittest.TestCase):
    """What a law says of its inputs in practice is the measure of a narrow one."""

    def said(self, counts):
        rows = "".join(f"{n!r},{p},{1.2 + (2e8 / (n * (1 + 0.35 * math.log(p)))) ** 0.2!r},code\n"
                       for n in (1e8, 4e8, 1e9, 4e9, 1e10) for p in counts)
        got = record(["fit", "parallel-streams", "-", "--quick", "--starts", "6"],
                     stdin="N,P,L,task\n" + rows)["warnings"]
        return {w["code"] for w in got if re.match(r"(only \d )?.*\bP\b", w["message"])
                and w["code"] in ("W-FEW", "W-SPAN")}

    def test_one_to_eight_streams(self):
        self.assertEqual(self.said((1, 2, 4, 8)), set())
        self.assertEqual(self.said((1, 2)), {"W-FEW", "W-SPAN"})

    def test_tasks_of_several_kinds(self):
        rows = "".join(f"{2 ** k},{2.0 ** -k!r},{'ab'[k % 2]}\n" for k in range(1, 9))
        got = record(["fit", "power", "-", "--quick"], stdin="x,y,task\n" + rows)["warnings"]
        self.assertIn("task differs between rows",
                      " ".join(w["message"] for w in got if w["code"] == "W-MIXED"))


class Levels(unittest.TestCase):
    """Sources of data compared at sizes that they do not share."""

    def said(self, first, second, *options):
        rows = "".join(f"{s},{n!r},{c * n ** -0.3 * (1 + 1e-3 * math.sin(n))!r}\n"
                       for s, sizes, c in (("web", first, 5), ("books", second, 4)) for n in sizes)
        got = record(["fit", "scaling-ability", "-", "--quick", *options],
                     stdin="source,n,L\n" + rows)["warnings"]
        return [w["message"] for w in got if w["code"] == "W-CONFOUND"]

    def test_only_where_nothing_is_shared(self):
        small, large = [1e5, 2e5, 4e5, 8e5], [1e6, 2e6, 4e6, 8e6]
        self.assertEqual(self.said(small, large, "--by", "source"), [
            "web of source has n up to 8e5, books from 1e6: what tells them apart may be scale. "
            "Compare levels over the same n."])
        self.assertEqual(self.said(small, small[2:] + large, "--by", "source"), [])
        self.assertEqual(self.said(small, large), [])


class Clusters(unittest.TestCase):
    def test_few_of_them_resampled(self):
        """Where whole clusters are drawn; the local covariance allows for their number."""
        table = line(CLEAN, family=list("aabbccdd"))
        for more, few in ((["--bootstrap", "400"], True), (["--interval", "local"], False)):
            found = codes((POWER, table, ["--cluster", "family", *more, *RUNS]))
            self.assertEqual("W-CLUSTERS" in found, few, more)
        ys = [3 * 2 ** (-0.3 * i) * noise(i) for i in range(20)]
        table = line(ys, family=[f"f{i // 2}" for i in range(20)])
        self.assertNotIn("W-CLUSTERS", codes((POWER, table, ["--cluster", "family", "--bootstrap",
                                                             "400", *RUNS])))


class Compute(unittest.TestCase):
    """Counts that are no whole numbers, in a table without a column of compute."""

    FIT = ["fit", LAW, "-", "--map", "N=`size, all`"]
    ROWS = grid(scale=1.00000001234).replace("N,", '"size, all",', 1)

    def test_what_is_made_of_the_counts_is_no_evidence_of_them(self):
        fit = record([*self.FIT, "--quick"], stdin=self.ROWS)
        self.assertEqual(fit["data"]["columns"]["N"]["column"], "size, all")
        self.assertNotIn("W-DERIVED", [w["code"] for w in fit["warnings"]])

    def test_it_is_named_by_the_symbols_of_the_law(self):
        _, out, _ = run(self.FIT, stdin=self.ROWS)
        self.assertIn("of runs by 6·N·D:", out)


class Table(unittest.TestCase):
    def test_every_code_of_a_fit_has_its_two_cases(self):
        """Those of codes.c before other steps' begin, but what other tests hold."""
        text = pathlib.Path(ROOT, "src/record/codes.c").read_text()
        of_fits = re.findall(r'\{"(W-[A-Z-]+)"', text[:text.index("/* prepared tables */")])
        elsewhere = {"W-STOP", "W-LAW"}
        self.assertEqual(set(of_fits) - set(CASES), elsewhere)

    def test_every_code_has_a_row(self):
        used = set()
        for path in pathlib.Path(ROOT, "src").rglob("*.c"):
            if path.name != "codes.c":
                used |= set(re.findall(r'"(W-[A-Z]+(?:-[A-Z]+)*)"', path.read_text()))
        _, out, _ = run("help warnings")
        listed = re.findall(r"^  (W-[A-Z-]+)", out, re.M)
        self.assertEqual(used - set(listed), set(), "add a row to src/record/codes.c")
        self.assertEqual(len(listed), len(set(listed)))

    def test_the_manual_is_current(self):
        _, out, _ = run("help warnings --markdown")
        self.assertEqual(pathlib.Path(ROOT, "docs/warnings.md").read_text(), out,
                         "forescale help warnings --markdown > docs/warnings.md")


if __name__ == "__main__":
    unittest.main()
