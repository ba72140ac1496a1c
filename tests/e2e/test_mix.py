"""The mixture of least loss: conditions of the minimum are checked here from the fitted constants,
which are those of each validation domain; digits of the intervals by worlds whose answer is known."""

import math
import random
import unittest

from support import assert_near, record, run, slow

FIVE = "data/data-mixing/five_domains.csv"
NAMES = ["academic", "prose", "dialogue", "symbolic", "internet"]
REST = ["--map", "r_j=academic,r_j=prose,r_j=dialogue,r_j=symbolic", "--rest", "internet"]


def pile(size, *more, domains=None):
    where = f'model_size == "{size}"'
    if domains:
        where += " and (" + " or ".join(f'domain == "{d}"' for d in domains) + ")"
    return record(["mix", "mixing", FIVE, "--where", where, "--by", "domain", "--weights", "weight",
                   *REST, *more])


def law_of(part):
    """(c, k, rates) of one part; the domain left out has rate 0."""
    p = {(q["name"], q.get("group")): q["value"] for q in part["parameters"]}
    return p["c", None], p["k", None], [p["t_j", n] for n in NAMES[:-1]] + [0]


def loss(parts, r):
    total = 0
    for part in parts:
        c, k, t = law_of(part)
        total += part["weight"] * (c + k * math.exp(sum(a * b for a, b in zip(t, r))))
    return total


def slopes(parts, r):
    g = [0] * len(r)
    for part in parts:
        _, k, t = law_of(part)
        e = k * math.exp(sum(a * b for a, b in zip(t, r)))
        for j in range(len(r)):
            g[j] += part["weight"] * t[j] * e
    return g


def shares(got):
    return [s["share"] for s in got["shares"]]


class Minimum(unittest.TestCase):
    def check(self, got):
        r = shares(got)
        g = slopes(got["parts"], r)
        assert_near(sum(r), 1, absolute=1e-12)
        assert_near(got["loss"]["value"], loss(got["parts"], r), relative=1e-12)
        falls = [g[j] for j, s in enumerate(got["shares"]) if s["share"] > s["floor"] + 1e-9]
        rises = [g[j] for j, s in enumerate(got["shares"]) if s["share"] < s["cap"] - 1e-9]
        self.assertLessEqual(max(falls), min(rises) + 1e-6)
        self.assertLess(got["search"]["gap"], 1e-7)
        for s in got["shares"]:
            self.assertTrue(s["floor"] <= s["share"] <= s["cap"], s)
            want = ("zero" if s["share"] <= 1e-9 and s["floor"] == 0 else
                    "floor" if s["share"] <= s["floor"] + 1e-9 else
                    "cap" if s["share"] >= s["cap"] - 1e-9 else "inside")
            self.assertEqual(s["stands"], want)

    @slow
    def test_four_domains_of_validation(self):
        some = ["ArXiv", "Github", "Books3", "Pile-CC"]
        got = pile("70M", "--bootstrap", "100", domains=some)
        self.assertEqual([p["name"] for p in got["parts"]], sorted(some))
        assert_near(sum(p["weight"] for p in got["parts"]), 1, absolute=1e-12)
        self.check(got)
        self.assertTrue(got["paired"])
        capped = pile("70M", "--bootstrap", "100", "--cap", "internet=0.2,prose=0.15", "--floor",
                      "dialogue=0.08", domains=some)
        self.check(capped)
        self.assertGreater(capped["loss"]["value"], got["loss"]["value"])

    def test_within_what_was_measured(self):
        got = record(["mix", "mixing", FIVE, "--where", 'model_size == "70M" and domain == "ArXiv"',
                      *REST, "--bootstrap", "50", "--within", "--cap", "academic=0.4"])
        for s in got["shares"]:
            self.assertLessEqual(s["measured_lo"], s["share"])
            self.assertLessEqual(s["share"], min(s["measured_hi"], 0.4 if s["name"] == "academic"
                                                 else 1))
        self.assertNotIn("W-MIXTURE", {w["code"] for w in got["warnings"]})
        self.check(got)

    @slow
    def test_no_other_mixture_is_better(self):
        got = pile("160M", "--bootstrap", "50", domains=["ArXiv", "Github", "Books3"])
        rows = record(["table", FIVE, "--where", 'model_size == "160M" and domain == "ArXiv"'])
        measured = [[row[n] for n in NAMES] for row in rows["rows"]]
        stream = random.Random(5)
        for _ in range(300):
            draw = [stream.expovariate(1) for _ in NAMES]
            measured.append([d / sum(draw) for d in draw])
        least = min(loss(got["parts"], r) for r in measured)
        self.assertLessEqual(got["loss"]["value"], least)
        best = got["best_measured"]
        assert_near(best["value"], min(loss(got["parts"], r) for r in measured[:26]),
                    relative=1e-9)
        assert_near(got["gain"]["value"], best["value"] - got["loss"]["value"], absolute=1e-12)

    @slow
    def test_all_columns_or_one_left_out(self):
        """Rates are known up to a constant, which moves neither the mixture nor the loss."""
        some = ["ArXiv", "Github"]
        left_out = pile("70M", "--bootstrap", "50", domains=some)
        for held in ("0", "3"):
            where = 'model_size == "70M" and (domain == "ArXiv" or domain == "Github")'
            got = record(["mix", "mixing", FIVE, "--where", where, "--by", "domain", "--weights",
                          "weight", "--map", ",".join("r_j=" + n for n in NAMES), "--bootstrap",
                          "50", "--fix", f"t_j[internet]={held}"])
            for a, b in zip(shares(got), shares(left_out)):
                assert_near(a, b, absolute=1e-5)
            assert_near(got["loss"]["value"], left_out["loss"]["value"], relative=1e-8)

    def test_a_constant_of_all_rates_is_one_of_the_weight(self):
        rates = {n: 0.4 * j - 1 for j, n in enumerate(NAMES)}
        given = []
        for more in (0, 2.5):
            held = ",".join([f"k={2 * math.exp(-more)!r}",
                             *(f"t_j[{n}]={t + more!r}" for n, t in rates.items())])
            got = record(["fit", "mixing", FIVE, "--quick", "--where",
                          'model_size == "70M" and domain == "ArXiv"', "--map",
                          ",".join("r_j=" + n for n in NAMES), "--fix", held, "--at",
                          "academic=0.3,prose=0.1,dialogue=0.2,symbolic=0.15,internet=0.25"])
            given.append(got["predictions"][0]["mean"])
        assert_near(given[0], given[1], relative=1e-10)

    def test_one_exponential_fills_the_best_domain_first(self):
        got = record(["mix", "mixing", FIVE, "--where", 'model_size == "70M" and domain == "ArXiv"',
                      *REST, "--bootstrap", "50", "--available",
                      "academic=100B,prose=50B,dialogue=20B,symbolic=300B", "--tokens", "1T"])
        _, _, t = law_of(got["parts"][0])
        room, want = 1, [0] * 5
        for j in sorted(range(5), key=lambda j: t[j]):
            want[j] = min(room, [0.1, 0.05, 0.02, 0.3, 1][j])
            room -= want[j]
        for a, b in zip(shares(got), want):
            assert_near(a, b, absolute=1e-9)

    def test_two_threads_say_the_same(self):
        some = ["ArXiv", "Github"]
        one, two = (pile("70M", "--bootstrap", "50", "--threads", t, domains=some) for t in "12")
        for got in (one, two):
            got.pop("provenance")
        self.assertEqual(one, two)

    @slow
    def test_the_whole_pile(self):
        for size in ("70M", "160M", "305M", "410M"):
            got = pile(size, "--bootstrap", "100")
            self.assertEqual(len(got["parts"]), 22)
            self.check(got)


class World(unittest.TestCase):
    """Two losses with known constants: L_1 falls with the first domain, L_2 with the second, so the
    best mixture lies between; found here by bisection of the slope."""
    LAWS = {"one": (1.0, 1.0, (-2.0, 0.5)), "two": (1.5, 0.8, (0.3, -3.0))}

    def table(self, noise, seed):
        stream = random.Random(seed)
        rows = ["a,b,val,L,N"]
        grid = [(a / 5, b / 5) for a in range(6) for b in range(6) if a + b <= 5]
        for name, (c, k, t) in self.LAWS.items():
            for a, b in grid:
                y = c + k * math.exp(t[0] * a + t[1] * b) + noise * stream.gauss(0, 1)
                rows.append(f"{a},{b},{name},{y!r},1e9")
        return "\n".join(rows) + "\n"

    def truth(self):
        def slope(a):
            return sum(0.5 * k * (t[0] - t[1]) * math.exp(t[0] * a + t[1] * (1 - a))
                       for _, k, t in self.LAWS.values())
        lo, hi = 0.0, 1.0
        for _ in range(80):
            middle = (lo + hi) / 2
            lo, hi = (middle, hi) if slope(middle) < 0 else (lo, middle)
        return lo

    def mix(self, table, *more):
        return record(["mix", "mixing", "-", "--map", "r_j=a,r_j=b", "--by", "val", *more],
                      stdin=table)

    def test_without_noise(self):
        got = self.mix(self.table(0, 1), "--rest", "other", "--bootstrap", "20")
        a = self.truth()
        for got_share, want in zip(shares(got), (a, 1 - a, 0)):
            assert_near(got_share, want, absolute=1e-6)
        self.assertEqual([s["name"] for s in got["shares"]], ["a", "b", "other"])
        self.assertEqual(got["shares"][2]["stands"], "zero")

    @slow
    def test_intervals_hold_the_truth(self):
        a, held, n = self.truth(), 0, 40
        for seed in range(n):
            first = self.mix(self.table(0.01, seed), "--bootstrap", "100")["shares"][0]
            held += first["lo"] <= a <= first["hi"]
        self.assertGreaterEqual(held, 32) # 95 % less what percentiles of few rows lack

    def test_a_law_with_other_inputs(self):
        law = "L = c + k*N^-0.1*exp(sum_j(t_j*r_j))"
        table = self.table(0, 1)
        got = record(["mix", law, "-", "--map", "r_j=a,r_j=b", "--by", "val", "--at", "N=1e9",
                      "--bootstrap", "20"], stdin=table)
        assert_near(got["shares"][0]["share"], self.truth(), absolute=1e-5)
        status, _, err = run(["mix", law, "-", "--map", "r_j=a,r_j=b", "--by", "val"], stdin=table)
        self.assertEqual(status, 2)
        self.assertIn("the law needs N besides the shares; give --at N=", err)

    def test_predictions_of_a_small_noisy_table(self):
        """Three domains, 30 mixtures, noise .002: the mean error of predictions is below .004."""
        stream = random.Random(3)
        rows, truth = ["r_1,r_2,L"], []
        for _ in range(30):
            draw = [stream.expovariate(1) for _ in range(3)]
            a, b = draw[0] / sum(draw), draw[1] / sum(draw)
            truth.append(1.2 + 0.7 * math.exp(-1.8 * a + 0.9 * b))
            rows.append(f"{a!r},{b!r},{truth[-1] + 0.002 * stream.gauss(0, 1)!r}")
        table = "\n".join(rows) + "\n"
        got = record(["fit", "mixing", "-", "--quick"], stdin=table)
        p = {(q["name"], q.get("group")): q["value"] for q in got["parameters"]}
        off = 0
        for row, want in zip(rows[1:], truth):
            a, b, _ = map(float, row.split(","))
            say = p["c", None] + p["k", None] * math.exp(p["t_j", "r_1"] * a + p["t_j", "r_2"] * b)
            off += abs(say - want) / 30
        self.assertLess(off, 0.004)


class Refusals(unittest.TestCase):
    SOUND = World().table(0, 1)
    PLAIN = ["mix", "mixing", "-", "--map", "r_j=a,r_j=b"]

    def refused(self, args, status, sentence, table=None):
        got, _, err = run(args, stdin=table or self.SOUND)
        self.assertEqual(got, status, err)
        self.assertIn(sentence, " ".join(err.split()))

    def test_options(self):
        by = [*self.PLAIN, "--by", "val"]
        for more, status, sentence in (
                (["--cap", "c=0.5"], 2, "--cap: no domain 'c' (domains: a, b, the rest)"),
                (["--cap", "a=50%"], 2, "give a number from 0 on, as 0.2"),
                (["--cap", "a=50"], 2, "a share is at most 1; percent, or tokens"),
                (["--cap", "a=0.2,b=0.2,the rest=0.2"], 2, "the caps add to 0.6"),
                (["--floor", "a=0.7,b=0.7"], 2, "the floors add to 1.4"),
                (["--floor", "a=0.5", "--cap", "a=0.3"], 2, "a: its floor 0.5 is above its cap"),
                (["--available", "a=1B"], 2, "--available and --tokens go together"),
                (["--weights", "L"], 3, "must hold one weight from 0 on for each val"),
                (["--weights", "w"], 3, "has no column 'w'"),
                (["--at", "N=1e9"], 2, "--at: give one value of each input")):
            self.refused([*by, *more], status, sentence)
        self.refused([*self.PLAIN, "--weights", "L"], 2, "--weights needs --by")
        self.refused([*self.PLAIN, "--by", "a"], 3, "names the groups here")

    def test_laws(self):
        self.refused(["mix", "linear", "-", "--map", "x=a,y=L"], 3, "has no set of columns")
        self.refused(["mix", "log(L-0.5) + L = c + sum_j(t_j*r_j)", "-", "--map", "r_j=a,r_j=b"], 3,
                     "not solved for its response")

    def test_tables(self):
        law = "L = c + k*exp(sum_j(t_j*r_j))"
        more = self.SOUND + "0.9,0.3,one,1.2,1e9\n"
        few = ["mix", law, "-", "--map", "r_j=a,r_j=b", "--bootstrap", "20"]
        self.refused([*few, "--by", "val"], 3,
                     "a, b add to 1.2; they are no shares of one whole", more)
        # before the fit of that level, which would refuse the row as well
        self.refused([*self.PLAIN, "--by", "val"], 3, "forescale: standard input, line 44: a, b add "
                     "to 1.2;", more)
        self.refused([*self.PLAIN, "--by", "val"], 3, "val three: ",
                     self.SOUND + "0.1,0.3,three,1.2,1e9\n")
        percent = "a,b,L\n" + "".join(f"{a},{100 - a},{1 + a / 50}\n" for a in range(0, 90, 10))
        self.refused(few, 3, "add to 100; they are no shares of one whole; percentages?", percent)
        full = "a,b,L\n" + "".join(f"{a / 8},{1 - a / 8},{1 + math.exp(-a / 8)}\n"
                                   for a in range(9))
        self.refused([*self.PLAIN, "--fix", "t_j[b]=0", "--rest", "c"], 2,
                     "add to 1 at every row, so no domain is left out", full)

    def test_shares_that_lack_something_in_one_row(self):
        full = "r_1,r_2,L\n" + "".join(f"{a / 20},{1 - a / 20},{1 + math.exp(-a / 20)}\n"
                                       for a in range(21))
        for table, said in ((full, False), (full.replace("0.5,0.5,", "0.5,0.4,"), True)):
            got = record(["fit", "mixing", "-", "--quick", "--fix", "t_j[r_2]=0"], stdin=table)
            messages = [w["message"] for w in got["warnings"] if w["code"] == "W-SHARES"]
            self.assertEqual(bool(messages), said)
            self.assertTrue(not said or "all rows but 1 (first at line 12)" in messages[0])

    def test_a_share_that_never_changes(self):
        rows = "a,b,L\n" + "".join(f"{a / 8},0.1,{1 + math.exp(-a / 8)}\n" for a in range(7))
        got = record(["fit", "mixing", "-", "--quick", "--map", "r_j=a,r_j=b"], stdin=rows)
        self.assertIn("W-AMBIG", {w["code"] for w in got["warnings"]})
        status = {p.get("group") or p["name"]: p["status"] for p in got["parameters"]}
        self.assertEqual((status["a"], status["b"], status["k"]), ("ok", "ambiguous", "ambiguous"))

    def test_codes(self):
        got = record([*self.PLAIN, "--by", "val", "--where", "a < 0.3 or val == 'two'",
                      "--bootstrap", "100"], stdin=self.SOUND)
        self.assertFalse(got["paired"])
        self.assertIn("W-SHARES", {w["code"] for w in got["warnings"]})
        got = record([*self.PLAIN, "--where", "val == 'one' and a < 0.7", "--bootstrap", "100"],
                     stdin=self.SOUND)
        self.assertIn("W-MIXTURE", {w["code"] for w in got["warnings"]})
        got = record([*self.PLAIN, "--by", "val", "--bootstrap", "100"], stdin=self.SOUND)
        self.assertEqual({w["code"] for w in got["warnings"]} & {"W-SHARES", "W-MIXTURE"}, set())


class Views(unittest.TestCase):
    def test_text(self):
        status, out, _ = run(["mix", "mixing", "-", "--map", "r_j=a,r_j=b", "--by", "val",
                              "--bootstrap", "100"], stdin=World().table(0.01, 1))
        text = " ".join(out.split())
        self.assertEqual(status, 0)
        self.assertRegex(text, r"The best mixture is a [\d.]+ %, b [\d.]+ %: L [\d.]+")
        self.assertRegex(text, r"the rest 0\.0 % 0\.0 to [\d.]+ % at 0 \(\d+ %\)")
        self.assertTrue(all(len(line) <= 80 for line in out.splitlines()))

    def test_table(self):
        out = run(["mix", "mixing", "-", "--map", "r_j=a,r_j=b", "--by", "val", "--bootstrap",
                   "100", "--csv"], stdin=World().table(0.01, 1))[1]
        self.assertEqual(out.splitlines()[0].split(",")[:4], ["name", "share", "lo", "hi"])


if __name__ == "__main__":
    unittest.main()
