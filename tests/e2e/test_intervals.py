"""Intervals of a fit: how each is made, what is resampled, and that the record says so."""

import math
import random
import unittest

from support import InFolder, assert_near, record, run, slow

RUNS = "data/chinchilla-epoch/runs.csv"
CHINCHILLA = ["fit", "chinchilla", RUNS, "--where", "kept_240 == 1", "--quick"]
LINE = "y = a + b*x"
USAGE, INPUT, ENVIRONMENT = 2, 3, 4


def parameter(fit, name):
    return next(p for p in fit["parameters"] if p["name"] == name)


def width(fit, name):
    return parameter(fit, name)["hi"] - parameter(fit, name)["lo"]


def codes(fit):
    return [warning["code"] for warning in fit["warnings"]]


class Tables(InFolder):
    def clustered(self, copies, clusters=24, name="run"):
        """Points near a line, each repeated: as many rows as clusters * copies, and no more
        knowledge than clusters rows have."""
        source = random.Random(7)
        rows = [f"{name},x,y"]
        for k in range(clusters):
            x, y = k / 4, 1 + 2 * k / 4 + source.gauss(0, 0.5)
            rows += [f"r{k},{x},{y}"] * copies
        return self.file(f"c{copies}-{name}.csv", "\n".join(rows) + "\n")


class Methods(Tables):
    @slow
    def test_every_method_names_itself_and_holds_the_estimate(self):
        for method in ("local", "percentile", "bca", "studentised"):
            fit = record([*CHINCHILLA, "--interval", method, "--bootstrap", "400"])
            says = fit["intervals"]
            self.assertEqual(says["method"], "local" if method == "local" else "bootstrap")
            self.assertEqual(says.get("kind"), None if method == "local" else method)
            self.assertEqual(says["unit"], "rows")
            for p in fit["parameters"]:
                self.assertLess(p["lo"], p["value"])
                self.assertLess(p["value"], p["hi"])

    @slow
    def test_bootstrap_is_another_name_for_percentile(self):
        a = record([*CHINCHILLA, "--interval", "bootstrap", "--bootstrap", "200"])
        b = record([*CHINCHILLA, "--bootstrap", "200"])
        c = record([*CHINCHILLA, "--interval", "percentile", "--bootstrap", "200"])
        self.assertEqual(a["parameters"], b["parameters"])
        self.assertEqual(a["parameters"], c["parameters"])
        self.assertEqual(a["intervals"], c["intervals"])

    @slow
    def test_threads_change_no_bit(self):
        for options in (["--interval", "bca"], ["--interval", "studentised"],
                        ["--resample", "parametric"]):
            fits = [record([*CHINCHILLA, *options, "--bootstrap", "60", "--threads", t])
                    for t in ("1", "3")]
            for fit in fits:
                del fit["provenance"]
            self.assertEqual(*fits)

    @slow
    def test_a_saved_fit_gives_the_same_intervals(self):
        at = ["--at", "N=70B,D=1.4T"]
        for method in ("percentile", "bca", "studentised"):
            path = str(self.folder / f"{method}.json")
            fit = record([*CHINCHILLA, "--interval", method, "--bootstrap", "200", *at, "-o", path])
            again = record(["predict", path, *at])
            self.assertEqual(again["rows"], fit["predictions"])

    def test_curve_and_new_run_are_apart(self):
        fit = record([*CHINCHILLA, "--interval", "bca", "--bootstrap", "200",
                      "--at", "N=70B,D=1.4T"])
        p = fit["predictions"][0]
        self.assertLess(p["obs_lo"], p["mean_lo"])
        self.assertGreater(p["obs_hi"], p["mean_hi"])


class Epoch(unittest.TestCase):
    """Besiroglu et al. 2024 (arXiv:2404.10102) print 95 % intervals of 4,000 case bootstraps of the
    Chinchilla law; the ends of two such bootstraps differ by chance, about 3 % of a width each."""
    PRINTED = {"E": (1.769, 1.871), "A": (285, 744), "alpha": (0.317, 0.373), "B": (1042, 5810),
               "beta": (0.331, 0.415)}

    @slow
    def test_case_bootstrap(self):
        fit = record([*CHINCHILLA, "--bootstrap", "4000"])
        for name, (lo, hi) in self.PRINTED.items():
            p = parameter(fit, name)
            assert_near(p["lo"], lo, absolute=0.05 * (hi - lo), what=name)
            assert_near(p["hi"], hi, absolute=0.12 * (hi - lo), what=name)

    def test_profiles_beside_it(self):
        """Scaled by the sandwich they agree with the bootstrap in size; lopsided where it is."""
        fit = record([*CHINCHILLA, "--interval", "profile"])
        for name, (lo, hi) in self.PRINTED.items():
            p = parameter(fit, name)
            ratio = math.log(p["hi"] / p["lo"]) / math.log(hi / lo)
            self.assertTrue(0.75 < ratio < 1.6, (name, ratio))
        for name in "AB":
            p = parameter(fit, name)
            self.assertGreater(p["hi"] - p["value"], p["value"] - p["lo"])


class Clusters(Tables):
    @slow
    def test_copies_of_a_row_are_no_news_to_clusters(self):
        """Each row four times: clusters see through it, cases take it for four times the data."""
        once = record(["fit", LINE, "--quick", self.clustered(1, name="id"), "--bootstrap", "2000"])
        path = self.clustered(4)
        cases = record(["fit", LINE, "--quick", path, "--bootstrap", "2000"])
        clusters = record(["fit", LINE, "--quick", path, "--bootstrap", "2000", "--cluster", "run"])
        self.assertEqual(clusters["intervals"]["unit"], "clusters")
        self.assertEqual(clusters["intervals"]["cluster"], "run")
        self.assertEqual(clusters["intervals"]["clusters"], 24)
        assert_near(width(clusters, "b") / width(once, "b"), 1, absolute=0.12)
        assert_near(width(cases, "b") / width(once, "b"), 0.5, absolute=0.08)

    def test_the_covariance_sees_through_copies_too(self):
        """Exactly: only the factors of small samples differ."""
        once = record(["fit", LINE, "--quick", self.clustered(1, name="id")])
        copies = record(["fit", LINE, "--quick", self.clustered(4), "--cluster", "run"])
        n, p, g = 96, 2, 24
        factor = ((n - 1) / (n - p) * g / (g - 1)) / (g / (g - p))
        got = parameter(copies, "b")["se"] / parameter(once, "b")["se"]
        assert_near(got, math.sqrt(factor), relative=1e-9)
        self.assertEqual(copies["intervals"]["freedom"], g - 1)

    @slow
    def test_hierarchical_draws_rows_within(self):
        """With copies, rows within a cluster are all the same, and nothing is added."""
        path = self.clustered(4)
        flat = record(["fit", LINE, "--quick", path, "--bootstrap", "1000", "--cluster", "run"])
        deep = record(["fit", LINE, "--quick", path, "--bootstrap", "1000", "--cluster", "run",
                       "--resample", "hierarchical"])
        self.assertEqual(deep["intervals"]["unit"], "clusters and rows")
        assert_near(width(deep, "b") / width(flat, "b"), 1, absolute=0.12)

    @slow
    def test_cluster_intervals_of_every_kind(self):
        path = self.clustered(4)
        plain = record(["fit", LINE, "--quick", path, "--cluster", "run"])
        for kind in ("bca", "studentised"):
            fit = record(["fit", LINE, "--quick", path, "--cluster", "run", "--interval", kind])
            assert_near(width(fit, "b") / width(plain, "b"), 1, absolute=0.2)

    def test_cases_of_clustered_rows_are_warned_of(self):
        path = self.clustered(4)
        self.assertIn("W-CLUSTER", codes(record(["fit", LINE, "--quick", path, "--bootstrap", "200"])))
        for calm in (["fit", LINE, "--quick", path, "--bootstrap", "200", "--cluster", "run"],
                     ["fit", LINE, "--quick", path, "--bootstrap", "200", "--resample", "parametric"],
                     ["fit", LINE, "--quick", self.clustered(1), "--bootstrap", "200"],
                     ["fit", LINE, "--quick", self.clustered(4, name="x2"), "--bootstrap", "200"]):
            self.assertNotIn("W-CLUSTER", codes(record(calm)), calm)

    def test_numbers_may_name_clusters(self):
        path = self.file("n.csv", "seed,x,y\n" + "".join(
            f"{k},{x},{2 * x + 0.1 * (k % 3)}\n" for k in (9, 5, 7, 30) for x in (1, 2, 4)))
        fit = record(["fit", LINE, "--quick", path, "--cluster", "seed"])
        self.assertEqual(fit["intervals"]["clusters"], 4)


class Groups(Tables):
    """Every group has its own line; what one lacks must not show in another."""
    OWN = ["--by", "g", "--quick"]

    def lines(self, scatter):
        """Rows of (group, x, y) about 1 + 2x, off by scatter(group, i)."""
        return [(g, i, 1 + 2 * i + scatter(g, i)) for g in "AB" for i in range(20)]

    def table(self, rows):
        return self.file("t.csv", "g,x,y\n" + "".join(f"{g},{x},{y!r}\n" for g, x, y in rows))

    def slope(self, fit, group):
        return next(p for p in fit["parameters"] if (p["name"], p.get("group")) == ("b", group))

    def test_two_points_take_their_noise_from_the_other_group(self):
        rows = self.lines(lambda g, i: 0.1 * math.sin(3 * i))
        rows = [r for r in rows if r[0] == "A" or r[1] in (3, 7)]
        fit = record(["fit", LINE, self.table(rows), *self.OWN])
        alone = record(["fit", LINE, self.table(rows[:20]), "--quick"])
        noise = alone["objective"]["value"] / 20
        variance = 22 / 18 * noise / (2 * 2 ** 2)  # factor of the sandwich, x 2 to either side
        assert_near(self.slope(fit, "B")["se"], math.sqrt(variance), relative=1e-9)
        self.assertIn("W-FEW", codes(fit))
        self.assertNotIn("W-FEW", codes(alone))

    def test_groups_that_share_nothing_are_as_if_alone(self):
        """The factor n/(n - p) is the same, since both groups have as many rows."""
        rows = self.lines(lambda g, i: (0.1 if g == "A" else 0.4) * math.sin(3 * i + (g == "B")))
        fit = record(["fit", LINE, self.table(rows), *self.OWN])
        for group, other, own in (("A", "B", rows[:20]), ("B", "A", rows[20:])):
            alone = record(["fit", LINE, self.table(own), "--quick"])["covariance"]
            for name in "ab":
                for second in "ab":
                    got = fit["covariance"][f"{name}[{group}]"]
                    assert_near(got[f"{second}[{group}]"], alone[name][second], relative=1e-9)
                    self.assertEqual(got[f"{second}[{other}]"], 0)
        self.assertEqual(fit["diagnostics"]["rank"], 4)

    def test_runs_across_groups_tie_them(self):
        """Rows of one run err together, in whichever group they are: with the same errors in both
        groups the same constants of both go together."""
        rows = self.lines(lambda g, i: 0.1 * math.sin(3 * i))
        path = self.file("t.csv", "g,run,x,y\n" + "".join(f"{g},r{x},{x},{y!r}\n" for g, x, y in rows))
        got = record(["fit", LINE, path, *self.OWN, "--cluster", "run"])["covariance"]
        for name in "ab":
            for other in "ab":
                assert_near(got[f"{name}[A]"][f"{other}[B]"], got[f"{name}[A]"][f"{other}[A]"],
                            relative=1e-9)

    def test_numbers_name_groups_as_well_as_words(self):
        rows = self.lines(lambda g, i: 0.1 * math.sin(3 * i) + (g == "B"))
        words = record(["fit", LINE, self.table(rows), *self.OWN, "--at", "x=3,g=B"])
        numbers = [({"A": "0.5", "B": "2.0"}[g], x, y) for g, x, y in rows]
        fit = record(["fit", LINE, self.table(numbers), *self.OWN, "--at", "x=3,g=2"])
        self.assertEqual([p["value"] for p in fit["parameters"]],
                         [p["value"] for p in words["parameters"]])
        self.assertEqual([p["group"] for p in fit["parameters"]], ["0.5", "2"] * 2)
        self.assertEqual(fit["predictions"][0]["mean"], words["predictions"][0]["mean"])
        held = record(["compare", LINE, self.table(numbers), "--by", "g"])
        self.assertEqual(held["data"]["rows_used"], 40)

    def test_what_numbers_cannot_be(self):
        rows = self.table(self.lines(lambda g, i: 0.1 * math.sin(3 * i)))
        status, _, err = run(["fit", LINE, rows, "--by", "x"])
        self.assertEqual(status, INPUT)
        self.assertIn("column x names the groups here, so it is no number", err)
        many = self.file("many.csv", "g,x,y\n" + "".join(f"{i},{i % 9},{i % 7}\n"
                                                         for i in range(300)))
        status, _, err = run(["fit", LINE, many, "--by", "g"])
        self.assertEqual(status, INPUT)
        self.assertIn("300 different numbers, too many for groups (200)", err)

    def test_a_group_without_a_row_within_delta_spoils_no_other(self):
        known = self.lines(lambda g, i: 1e-4 * math.sin(3 * i))[:20]
        pairs = [("B", i // 2, 1 + 2 * (i // 2) + 5 * (-1) ** i) for i in range(20)]
        huber = ["--objective", "huber:1e-3"]
        fit = record(["fit", LINE, self.table(known + pairs), *self.OWN, *huber])
        alone = record(["fit", LINE, self.table(known), "--quick", *huber])
        assert_near(self.slope(fit, "A")["se"], parameter(alone, "b")["se"], relative=1e-6)
        self.assertEqual(self.slope(fit, "A")["status"], "ok")
        self.assertEqual(self.slope(fit, "B")["status"], "ambiguous")
        self.assertIn("W-AMBIG", codes(fit))


class Parametric(Tables):
    @slow
    def test_a_line_with_normal_errors(self):
        """Simulated from the fit, the spread of the slope is s / sqrt(Sxx)."""
        path = self.clustered(1, clusters=60)
        fit = record(["fit", LINE, "--quick", path, "--resample", "parametric", "--bootstrap", "4000"])
        x = [k / 4 for k in range(60)]
        sxx = sum((v - sum(x) / 60) ** 2 for v in x)
        s = math.sqrt(fit["objective"]["value"] / 58)
        assert_near(parameter(fit, "b")["se"], s / math.sqrt(sxx), relative=0.04)
        self.assertEqual(fit["intervals"]["unit"], "simulation")


def student(df, level=0.95):
    """Student's quantile by bisection of the distribution function, integrated by Simpson's rule."""
    middle = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(df * math.pi)

    def density(x):
        return middle * (1 + x * x / df) ** (-(df + 1) / 2)

    def half(t, n=200):
        h = t / n
        return h / 3 * sum(density(i * h) * (1 if i in (0, n) else 4 if i % 2 else 2)
                           for i in range(n + 1))

    lo, hi = 0.0, 50.0
    for _ in range(45):
        t = (lo + hi) / 2
        lo, hi = (t, hi) if half(t) < level / 2 else (lo, t)
    return lo


POWER = "y = E + A*x^-a"


class Profiles(Tables):
    def power(self, n=14, noise=0.02):
        source = random.Random(3)
        rows = [f"{x},{1 + 2 * x ** -0.6 + source.gauss(0, noise)!r}"
                for x in (1.7 ** k for k in range(n))]
        return self.file("power.csv", "x,y\n" + "\n".join(rows) + "\n")

    def test_a_line_has_exactly_the_t_interval(self):
        path = self.clustered(1, clusters=12, name="id")
        fit = record(["fit", LINE, "--quick", path, "--interval", "profile"])
        x = [k / 4 for k in range(12)]
        s = math.sqrt(fit["objective"]["value"] / 10)
        se = s / math.sqrt(sum((v - sum(x) / 12) ** 2 for v in x))
        b = parameter(fit, "b")
        assert_near(b["hi"] - b["value"], student(10) * se, relative=1e-6)
        assert_near(b["value"] - b["lo"], student(10) * se, relative=1e-6)

    @slow
    def test_the_objective_at_an_end_is_the_limit(self):
        """Held at an end of its interval, a parameter costs scale t^2/2 whatever else is chosen."""
        path = self.power()
        fit = record(["fit", POWER, "--quick", path, "--interval", "profile"])
        self.assertEqual(fit["intervals"]["method"], "profile")
        limit = fit["intervals"]["scale"] * student(11) ** 2 / 2
        assert_near(fit["intervals"]["scale"], 2 * fit["objective"]["value"] / 11, relative=1e-9)
        for name in "EAa":
            for end in ("lo", "hi"):
                held = record(["fit", POWER, "--quick", path, "--fix",
                               f"{name}={parameter(fit, name)[end]!r}"])
                cost = held["objective"]["value"] - fit["objective"]["value"]
                assert_near(cost, limit, relative=1e-5, what=f"{name} {end}")

    @slow
    def test_a_prediction_is_profiled_like_a_parameter(self):
        """The law written with its value at x = 1000 as a parameter has the same interval there."""
        path = self.power()
        again = "y = P + A*(x^-a - 1000^-a)"
        for loss in ("squared", "huber:0.02", "l1"):
            both = [record(["fit", law, path, "--quick", "--interval", "profile", "--objective", loss,
                            "--start", "a=0.6", "--at", "x=1000"]) for law in (POWER, again)]
            mean, p = both[0]["predictions"][0], parameter(both[1], "P")
            scale = p["hi"] - p["lo"]
            assert_near(mean["mean_lo"], p["lo"], absolute=2e-4 * scale, what=loss)
            assert_near(mean["mean_hi"], p["hi"], absolute=2e-4 * scale, what=loss)

    SOLVED = """id: asked-by-equations
version: 1
title: Amounts for a target, in closed form and solved for
question: theory
formula: y = a + b*x^-c
columns:
  y: {meaning: loss, domain: "> 0"}
  x: {meaning: size, domain: "> 0"}
parameters:
  a: {meaning: floor, domain: any, start: [0, min(y)]}
  b: {meaning: weight, domain: "> 0", start: [0.1, 100, log]}
  c: {meaning: exponent, domain: "> 0", start: [0.05, 2]}
derived:
  closed: {arguments: [target], formula: "((target - a)/b)^(-1/c)", meaning: amount}
  solved:
    {arguments: [target], solve: u, between: [1, 1e9, log], formula: "target = a + b*u^-c",
     meaning: amount}
  evenly:
    {arguments: [target], solve: v, between: [1, 1e9], formula: "target = a + b*v^-c",
     meaning: "amount, not sought in the logarithm"}
  closed_and_more: {arguments: [target], formula: "b*closed^(-c/2) + c", meaning: anything}
  solved_and_more: {arguments: [target], formula: "b*solved^(-c/2) + c", meaning: anything}
"""

    @slow
    def test_what_is_solved_for_is_profiled_like_its_closed_form(self):
        """A likelihood takes second derivatives of the root as well."""
        law = self.file("asked-by-equations.yaml", self.SOLVED)
        for objective in ("squared", "huber:0.02", "lognormal"):
            got = record(["fit", law, self.power(), "--quick", "--interval", "profile", "--objective",
                          objective, "--at", "target=1.4", "--at", "y=1.4"])
            ends = {d["name"]: (d["lo"], d["hi"]) for d in got["derived"]}
            self.assertNotIn(None, ends["closed"])
            for like, names in (("closed", ("solved", "evenly", "x")),
                                ("closed_and_more", ("solved_and_more",))):
                for name in names:
                    for found, want in zip(ends[name], ends[like]):
                        assert_near(found, want, relative=1e-6, what=f"{objective} {name}")

    def test_the_response_of_an_implicit_law_is_profiled(self):
        path = self.power()
        got, like = (record(["fit", law, path, "--quick", "--interval", "profile", "--at", "x=5000",
                             *more])["predictions"][0]
                     for law, more in (("log(y) = log(b) - c*log(x)", []),
                                       ("y = b*x^-c", ["--residual", "log"])))
        for key in ("mean", "mean_lo", "mean_hi"):
            assert_near(got[key], like[key], relative=1e-7, what=key)

    def test_clusters_scale_a_profile(self):
        fit = ["fit", LINE, "--quick", self.clustered(4), "--cluster", "run"]
        copies, local = record([*fit, "--interval", "profile"]), record(fit)
        assert_near(width(copies, "b"), width(local, "b"), relative=1e-6)

    @slow
    def test_an_end_is_the_limit_in_a_curved_valley(self):
        """Constants of a schedule's law trade off, beside another minimum: a step too long ends there."""
        fit = record(["fit", "multi-power", "data/lr-annealing/curves.csv", "--quick", "--interval", "profile",
                      "--where", "params == 100e6 and step < 24000 and step == 512*round(step/512) and "
                      "(schedule == 'cosine_24000' or schedule == 'constant_24000' or schedule == 'wsdcon_9')",
                      "--prepare",
                      "changes(step, lr, by=schedule, segments=data/lr-annealing/schedules.csv)"])
        closed = 0
        for profile in fit["profiles"]:
            of = parameter(fit, profile["parameter"])
            for end, at in (("lo", 0), ("hi", -1)):
                if of[end] is not None:
                    assert_near(abs(profile["root"][at]), student(46), relative=1e-4)
                    closed += 1
        self.assertGreaterEqual(closed, 8)

    @slow
    def test_an_open_end_says_why(self):
        """A curve still falling at the last point has no lowest level."""
        path = self.file("falling.csv", "x,y\n" + "".join(
            f"{x},{10 - x + 0.05 * x * x + (0.3 if x % 2 else -0.3)}\n" for x in range(8)))
        fit = record(["fit", "y = a + b*exp(-k*x)", path, "--interval", "profile"])
        a = parameter(fit, "a")
        self.assertIsNone(a["lo"])
        self.assertIn("lo_open", a)
        self.assertIsNotNone(a["hi"])
        self.assertIn("W-OPEN", codes(fit))
        text = run(["fit", "y = a + b*exp(-k*x)", path, "--interval", "profile"])[1]
        self.assertIn("up to", text)
        calm = record(["fit", POWER, "--quick", self.power(), "--interval", "profile"])
        self.assertNotIn("W-OPEN", codes(calm))

    def test_a_saved_profile_is_asked_again(self):
        path = str(self.folder / "p.json")
        at = ["--at", "N=70B,D=1.4T", "--at", "C=1e23"]
        fit = record([*CHINCHILLA, "--interval", "profile", "-o", path, *at])
        again = record(["predict", path, *at])
        self.assertEqual(again["rows"], fit["predictions"])
        self.assertEqual(again["derived"], fit["derived"])

    @slow
    def test_threads_change_no_bit(self):
        fits = [record([*CHINCHILLA, "--interval", "profile", "--threads", t])
                for t in ("1", "3")]
        for fit in fits:
            del fit["provenance"]
        self.assertEqual(*fits)

    def test_pictures(self):
        fit = record([*CHINCHILLA, "--interval", "profile"])
        figures = {figure["id"]: figure for figure in fit["figures"]}
        roots = figures["profile"]["series"]
        self.assertEqual([s["name"] for s in roots], ["E", "A", "alpha", "B", "beta"])
        for line in roots:
            self.assertEqual(line["y"], sorted(line["y"]))
            assert_near(line["y"][-1], student(235), relative=1e-4)
        self.assertEqual(len(figures["trade"]["series"]), 3)


class Refusals(Tables):
    def refuse(self, args, status, *said):
        code, out, err = run([str(word) for word in args])
        self.assertEqual((code, out), (status, ""), err)
        self.assertEqual(len(err.strip().splitlines()), 1, err)
        for part in said:
            self.assertIn(part, err)

    def test_clusters(self):
        path = self.clustered(4)
        one = self.file("one.csv", "run,x,y\n" + "".join(f"a,{x},{x}\n" for x in range(9)))
        few = self.file("few.csv", "run,x,y\n" + "".join(
            f"{'ab'[x % 2]},{x},{x * 1.1}\n" for x in range(9)))
        gap = self.file("gap.csv", "run,x,y\na,1,2\n,2,3\nb,3,5\nc,4,6\n")
        fit = ["fit", LINE, "--quick"]
        self.refuse([*fit, one, "--cluster", "run"], INPUT, "one value", "run")
        self.refuse([*fit, few, "--cluster", "run"], INPUT, "2 clusters", "2 free parameters")
        self.refuse([*fit, gap, "--cluster", "run"], INPUT, "line 3", "run")
        self.refuse([*fit, path, "--cluster", "rum"], INPUT, "did you mean 'run'")
        self.refuse([*fit, path, "--resample", "cluster"], USAGE, "--cluster COLUMN")
        self.refuse([*fit, path, "--cluster", "run", "--resample", "cases"], USAGE, "--resample")
        self.refuse([*fit, path, "--cluster", "run", "--resample", "hierarchical", "--interval",
                     "studentised"], USAGE, "bca")

    @slow
    def test_how_many(self):
        self.refuse([*CHINCHILLA, "--bootstrap", "0"], USAGE, "--bootstrap 0")
        self.refuse([*CHINCHILLA, "--bootstrap", "1"], USAGE, "--bootstrap 1")
        self.refuse([*CHINCHILLA, "--bootstrap", "1000000000"], ENVIRONMENT, "GB", "fewer")

    def test_level(self):
        for level in ("0", "1", "1.5", "-0.1", "95"):
            self.refuse([*CHINCHILLA, "--level", level], USAGE, "--level")

    def test_nothing_to_simulate(self):
        path = self.file("i.csv", "x,y\n" + "".join(f"{x},{x + 1}\n" for x in range(1, 9)))
        self.refuse(["fit", "y*a = x + y^2*b", path, "--resample", "parametric"], INPUT, "simulate")

    def test_processes_without_mpi(self):
        code, out, err = run(["laws"], env={"OMPI_COMM_WORLD_SIZE": "3"})
        self.assertEqual((code, out), (ENVIRONMENT, ""))
        self.assertIn("without MPI", err)


if __name__ == "__main__":
    unittest.main()
