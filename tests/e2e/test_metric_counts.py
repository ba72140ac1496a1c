"""metric: pass@k, its law, and rates from counts, against published and recomputed numbers."""

import json
import os
import pathlib
import random
import shlex
import sqlite3
import subprocess
import tempfile
import unittest

from support import IS_QUICK, PROGRAM, ROOT, assert_near, record, run, slow

MONKEYS = "data/monkeys/problems.csv"
JAILBREAK = "data/jailbreak-attempts/attempts.csv"


def by_group(rows):
    return {row["group"]: row for row in rows}


def pick(rows, **wanted):
    found = [r for r in rows if all(r.get(k) == v for k, v in wanted.items())]
    assert len(found) == 1, (wanted, found)
    return found[0]


class Passk(unittest.TestCase):
    """Schaeffer et al. 2025, tables 1 and 2; where ours differs from print, both stand here."""

    PYTHIA = {"70M": (8.026, .194), "160M": (6.591, .280), "410M": (5.524, .286),
              "1B": (5.452, .315), "2.8B": (4.104, .336), "6.9B": (4.255, .348),
              "12B": (4.113, .370)}
    BETA = {"70M": (.06504, -193.7076), "160M": (.17551, -430.8669), "410M": (.18039, -512.5450),
            "1B": (.21555, -570.2707), "2.8B": (.24602, -698.6352), "6.9B": (.26980, -702.2183),
            "12B": (.29551, -742.3415)}

    @classmethod
    def setUpClass(cls):
        cls.monkeys = record(["metric", "passk", MONKEYS, "--k", "1,10,100,10000", "--group",
                              "model", "--bootstrap", "20"])

    def test_published_laws(self):
        laws = by_group(self.monkeys["coverage_law"])
        for name, (a, b) in self.PYTHIA.items():
            assert_near(laws[f"Pythia {name}"]["a"], a, absolute=7e-4, what=f"a of {name}")
            assert_near(laws[f"Pythia {name}"]["b"], b, absolute=7e-4, what=f"b of {name}")

    def test_beta_laws(self):
        fits = by_group(self.monkeys["beta_binomial"])
        for name, (a, likelihood) in self.BETA.items():
            fit = fits[f"Pythia {name}"]
            assert_near(fit["a"], a, absolute=1e-4, what=f"a of {name}")
            assert_near(fit["log_likelihood"], likelihood, absolute=1e-3, what=name)
        rows = self.monkeys["rows"]
        for name, k, predicted, seen in (("12B", 10000, .8629, .875), ("70M", 10000, .2595, .2656),
                                         ("12B", 100, .4830, .4834)):
            row = pick(rows, group=f"Pythia {name}", k=k)
            assert_near(row["predicted"], predicted, absolute=5e-5, what=name)
            assert_near(row["value"], seen, absolute=5e-5, what=name)

    def test_jailbreaks_stop_at_a_success(self):
        found = record(["metric", "passk", JAILBREAK, "--param", "stop=until", "--bootstrap", "20"])
        laws = by_group(found["coverage_law"])
        ours = {"Claude 3.5 Opus": (2.6308, .4485), "Claude 3.5 Sonnet": (3.4366, .3117),
                "GPT4o": (3.6391, .3948), "GPT4o Mini": (3.3680, .4916),
                "Gemini 1.5 Flash": (6.1591, .3029), "Gemini 1.5 Pro": (6.2963, .2563)}
        printed = {"Claude 3.5 Opus": (2.630, .448), "Claude 3.5 Sonnet": (3.436, .312),
                   "GPT4o": (3.639, .395), "GPT4o Mini": (3.637, .492),  # a slip: 3.368
                   "Gemini 1.5 Flash": (6.158, .303), "Gemini 1.5 Pro": (6.296, .256)}
        for name, (a, b) in ours.items():
            assert_near(laws[name]["a"], a, absolute=1e-4, what=name)
            assert_near(laws[name]["b"], b, absolute=1e-4, what=name)
            assert_near(b, printed[name][1], absolute=7e-4)
            slip = name == "GPT4o Mini"
            self.assertEqual(abs(a - printed[name][0]) > .1, slip)
        beside = record(["metric", "passk", JAILBREAK, "--bootstrap", "0", "--param",
                         "stop=until,published=data/jailbreak-attempts/published.csv"])
        mini = by_group(beside["coverage_law"])["GPT4o Mini"]
        assert_near(mini["printed_a"], 3.637, absolute=0)
        self.assertEqual([law["group"] for law in beside["coverage_law"] if law.get("as_printed") is False],
                         ["GPT4o Mini"])
        self.assertIn("W-NOT-AS-PRINTED", [w["code"] for w in beside["warnings"]])
        llama = laws["Llama 3 8B IT"]
        self.assertEqual((llama["n"], llama["power_law"]), (85, False))
        assert_near(llama["a"], 12.93, absolute=.01)
        assert_near(llama["b"], 1.002, absolute=.001)
        self.assertIn("W-NO-POWER-LAW", [w["code"] for w in found["warnings"]])

    @slow
    def test_k_beyond_the_samples_is_the_model_and_says_so(self):
        found = record(["metric", "passk", MONKEYS, "--k", "20000", "--bootstrap", "20"])
        row = found["rows"][-1]
        self.assertTrue(row["beyond_samples"])
        self.assertEqual(row["value"], row["predicted"])
        self.assertIn("W-BEYOND-SAMPLES", [w["code"] for w in found["warnings"]])

    @slow
    def test_same_bits_at_any_thread_count(self):
        args = ["metric", "passk", MONKEYS, "--bootstrap", "30"]
        one, two = record(args), record([*args, "--threads", "2"])
        one.pop("provenance"), two.pop("provenance")
        self.assertEqual(one, two)

    @slow
    def test_rows_go_on_to_fit(self):
        args = ["metric", "passk", MONKEYS, "--k", "1,10,100,1000", "--bootstrap", "0", "--csv"]
        code, table, err = run(args)
        self.assertEqual(code, 0, err)
        fit = record(["fit", "value = exp(-a*k^-b)", "-", "--where", "group == 'Pythia 12B'"],
                     stdin=table)
        values = {p["name"]: p["value"] for p in fit["parameters"]}
        assert_near(values["b"], .37, absolute=.05)


class Samples(unittest.TestCase):
    """A row per sample, counts, JSON Lines and SQLite say the same."""

    ROWS = [("x", 1), ("x", 0), ("y", 1), ("y", 1), ("x", 1), ("y", 0), ("z", 0), ("z", 0), ("z", 0)]

    def passk(self, path, **options):
        found = record(["metric", "passk", str(path), "--k", "1,2", "--bootstrap", "10"], **options)
        return [(r["k"], r["value"], r["n_items"]) for r in found["rows"]]

    def test_every_form(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "s.csv").write_text("item,correct\n" + "".join(f"{i},{c}\n" for i, c in self.ROWS))
            (folder / "s.jsonl").write_text("".join(
                json.dumps({"item": i, "correct": c}) + "\n" for i, c in self.ROWS))
            (folder / "n.csv").write_text("problem,samples,correct\nx,3,2\ny,3,2\nz,3,0\n")
            base = sqlite3.connect(folder / "s.sqlite")
            base.execute("create table results (item text, correct integer)")
            base.executemany("insert into results values (?, ?)", self.ROWS)
            base.commit()
            base.close()
            want = self.passk(folder / "s.csv")
            assert_near(want[0][1], 4 / 9, absolute=1e-15)
            assert_near(want[1][1], 2 / 3, absolute=1e-15)
            for name in ("s.jsonl", "n.csv", "s.sqlite"):
                self.assertEqual(self.passk(folder / name), want, name)
            self.assertEqual(self.passk("-", stdin=(folder / "s.csv").read_text()), want)

    def test_any_order_of_rows(self):
        """In order the cell of a row is guessed, out of order it is searched for: the same counts."""
        items = 200 if IS_QUICK else 1500
        rows = [(f"m{m}", f"q{q}", (q * 7 + m + t) % 5 < 2)
                for t in range(4) for q in range(items) for m in range(4)]
        mixed = random.Random(8).sample(rows, len(rows))
        found = []
        for order in (rows, mixed, sorted(rows)):
            text = "model,item,correct\n" + "".join(f"{m},{q},{c:d}\n" for m, q, c in order)
            record_ = record(["metric", "passk", "-", "--k", "1,2,4", "--bootstrap", "0"], stdin=text)
            found.append(sorted((r["group"], r["k"], r["value"], r["n_items"]) for r in record_["rows"]))
        self.assertEqual(len(found[0]), 12)
        self.assertEqual(found[1], found[0])
        self.assertEqual(found[2], found[0])

    def test_rules_and_groups_as_rows_go_by(self):
        """What a stream decides batch by batch, and what it leaves to the whole table."""
        rows = [(f"q{i % 7}", m, t, i, (i * i + t) % 3 == 0) for i in range(84)
                for m, t in (("a", 0), ("a", 1), ("b", 0), ("b", 2))]
        head, lines = "item,model,heat,attempt,correct", [f"{i},{m},{t},{n},{c:d}" for i, m, t, n, c in rows]
        rules = ["--where", "model != 'c' and attempt >= 12", "--where", "late < 70", "--let",
                 "late=attempt-2", "--group", "model,heat"]

        def shares(table, *options):
            found = record(["metric", "passk", "-", "--k", "1", "--bootstrap", "0", *options], stdin=table)
            return [(r.get("group"), r["value"]) for r in found["rows"]], found["data"]

        want = {}
        for _, m, t, n, c in rows:
            if 12 <= n < 72:
                want.setdefault(f"{m} / {t}", []).append(c)
        want = [(k, sum(v) / len(v)) for k, v in want.items()]
        odd = lines + ["q0,c,hot,70,1"]  # heat is text in a row that the rules drop
        numbered = [line.replace("q", "") for line in lines]  # items that are numbers
        late = [*lines, "q0,c,0,none,1"]  # attempt turns out to be text where model is c
        for table, options in ((lines, rules), (odd, rules), (numbered, [*rules, "--where", "item >= 0"]),
                               (late, ["--where", "model != 'c'", "--where", "attempt >= 12 and attempt < 72",
                                       "--group", "model,heat"])):
            found, data = shares("\n".join([head, *table]) + "\n", *options)
            self.assertEqual([g for g, _ in found], [g for g, _ in want])
            for (group, ours), (_, value) in zip(found, want):
                assert_near(ours, value, absolute=1e-12, what=group)
            self.assertEqual((data["rows_read"], data["rows_used"]), (len(table), 240))
            self.assertEqual(sum(d["rows"] for d in data["dropped"]), len(table) - 240)
        for by in (["--group", "correct"], ["--map", "group=correct"]):
            found, _ = shares("\n".join([head, *lines]) + "\n", *by)
            self.assertEqual(found, [("1", 1), ("0", 0)])
        found, _ = shares("\n".join([head, *lines]) + "\n", "--let", "warm=heat>0", "--group", "warm")
        self.assertEqual([g for g, _ in found], ["0", "1"])
        for options, want, says in ((["--where", "heat > 9"], 3, "keeps no row of standard input, which has 336"),
                                    (["--where", "model > 1"], 3, "model"), (["--where", "heat"], 3, "a condition"),
                                    (["--where", "heet > 1"], 3, "heet"), (["--group", "model,x"], 3, "no column 'x'"),
                                    (["--let", "model=heat+1"], 3, "model")):
            code, out, err = run(["metric", "passk", "-", *options], stdin="\n".join([head, *lines]) + "\n")
            self.assertEqual((code, out), (want, ""), err)
            self.assertIn(says, err)

    @slow
    def test_long_streams_take_little_memory(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "long.csv")
            block = "".join(f"item{i % 500},m{i % 7},{i % 3 == 0:d}\n" for i in range(105000))
            path.write_text("item,model,correct\n" + block * 12)
            script = ("import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], "
                      "stdout=subprocess.DEVNULL); print(done.returncode, "
                      "resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
            for rules in ([], ["--where", "model != 'm3'", "--let", "right=correct > 0", "--map",
                               "correct=right", "--group", "model,right"]):
                out = subprocess.run(["python3", "-c", script, PROGRAM, "metric", "passk", path, "--k",
                                      "1", "--bootstrap", "0", "--json", *rules], check=True, cwd=ROOT,
                                     capture_output=True, text=True).stdout.split()
                self.assertEqual(out[0], "0")
                self.assertLess(int(out[1]), 60_000, "kilobytes")
            self.assertGreater(os.path.getsize(path), 15_000_000)

    def test_bad_input_is_one_sentence(self):
        cases = [("item,n,c\na,5,6\n", [], 3, "line 2, column c: more successes than samples"),
                 ("item,n,c\na,5,1\nb,x,1\n", [], 3, "line 3, column n: 'x' is not a number"),
                 ("item,correct\na,2\n", [], 3, "1 (right) or 0 (wrong)"),
                 ("thing,n,c\na,5,1\n", [], 3, "--map item=COLUMN"),
                 ("item,n,c\na,0,0\n", [], 3, "every n is 0"),
                 ("item,n,c,stop\na,5,0,until\n", [], 3, "write capped"),
                 ("item,n,c\na,5,1\n", ["--map", "itm=x"], 2, "did you mean 'item'"),
                 ("item,n,c\na,5,1\n", ["--map", "item=x"], 3, "no column 'x'"),
                 ("item,n,c\na,5,1\n", ["--k", "0"], 2, "whole numbers from 1"),
                 ("item,n,c\na,5,1\n", ["--param", "stop=never"], 2, "fixed|until"),
                 ("item,n,c\na,5,1\n", ["--param", "stp=until"], 2, "did you mean 'stop'")]
        for table, options, want, says in cases:
            code, out, err = run(["metric", "passk", "-", *options], stdin=table)
            self.assertEqual((code, out), (want, ""), err)
            self.assertIn(says, err)
            self.assertEqual(err.count("\n") <= 3, True, err)
        code, _, err = run(["metric", "pask", "-"])
        self.assertEqual(code, 2)
        self.assertIn("did you mean 'passk'", err)


class Draws(unittest.TestCase):
    def test_censored_jailbreaks(self):
        found = record(["metric", "pass-until", JAILBREAK, "--param", "stop=until",
                        "--bootstrap", "20"])
        flash = by_group(found["rows"])["Gemini 1.5 Flash"]
        self.assertEqual((flash["n"], flash["censored"], flash["draws"], flash["successes"]),
                         (159, 55, 747420, 130))
        assert_near(flash["pooled"], 1.739e-4, absolute=5e-8)
        assert_near(flash["value"], .004376, absolute=5e-7)
        self.assertIsNone(flash["unbiased"])

    def test_stop_column(self):
        table = "item,n,c,stop\na,41,5,until\nb,10,0,capped\nc,20,5,fixed\n"
        found = record(["metric", "pass-until", "-"], stdin=table)
        a, b, c = found["items"]
        assert_near(a["unbiased"], .1, absolute=1e-15)
        self.assertIsNone(b["unbiased"])
        assert_near(b["hi"], .30849711, absolute=1e-8)
        assert_near(c["unbiased"], .25, absolute=0)
        code, _, err = run(["metric", "pass-until", "-", "--param", "r=4"], stdin=table)
        self.assertEqual(code, 3)
        self.assertIn("mark it capped", err)


class Forecast(unittest.TestCase):
    def test_law_and_plan(self):
        found = record(["metric", "beta-binomial-forecast", MONKEYS, "--where",
                        "model == 'Pythia 12B'", "--k", "100,10000,1000000", "--param", "budget=500"])
        rows = found["rows"]
        assert_near(rows[1]["value"], .8629, absolute=5e-5)
        assert_near(rows[2]["log10_beyond"], 2, absolute=1e-12)
        for row in rows:
            self.assertTrue(row["lo"] < row["value"] < row["hi"])
        self.assertEqual(sum(p["add"] for p in found["plan"]), 500)
        self.assertTrue(all(p["c"] == 0 for p in found["plan"] if p["add"]))
        assert_near(sum(p["share"] for p in found["plan"]), 1, absolute=1e-12)

    @slow
    def test_other_laws(self):
        """The Beta law by quadrature is the one in closed form; another form moves the far end most."""
        found = record(["metric", "beta-binomial-forecast", MONKEYS, "--k", "100,10000,1e6", "--param",
                        "laws=yes"])
        for name, (a, likelihood) in Passk.BETA.items():
            laws = {law["law"]: law for law in found["laws"] if law["group"] == f"Pythia {name}"}
            self.assertEqual(len(laws), 4)
            assert_near(laws["beta"]["a"], a, absolute=1e-4, what=name)
            assert_near(laws["beta"]["log_likelihood"], likelihood, absolute=1e-3, what=name)
            for inner in ("beta", "kumaraswamy"):  # a ceiling can only help
                self.assertGreater(laws[f"scaled {inner}"]["log_likelihood"],
                                   laws[inner]["log_likelihood"] - 1e-3)
            self.assertEqual(min(law["delta_aicc"] for law in laws.values()), 0)
            self.assertTrue(all(0 < law["fit_p"] <= 1 for law in laws.values()), laws)
            values = {(f["law"], f["k"]): f["value"] for f in found["law_forecasts"]
                      if f["group"] == f"Pythia {name}"}
            for row in found["rows"]:
                if row["group"] == f"Pythia {name}":
                    assert_near(values["beta", row["k"]], row["value"], absolute=1e-6)

    def test_no_success_is_a_bound(self):
        found = record(["metric", "beta-binomial-forecast", "-"], stdin="item,n,c\na,50,0\nb,50,0\n")
        fit = found["beta_binomial"][0]
        self.assertIsNone(fit["a"])
        assert_near(fit["bound"], 1 - .05 ** .01, absolute=1e-12)


class Trials(unittest.TestCase):
    def test_alice_in_wonderland(self):
        found = record(["metric", "trial-rates", "data/aiw/trials.csv", "--group", "model,problem",
                        "--where", "collection == 'o1-set' and (problem == "
                        "'AIW_Friends_Male_Female_Males_Female_Friends' or problem == "
                        "'AIW_Ext_Combi_Alice_Bob_Explicit_Alices_Brothers')"])
        tests = by_group(found["homogeneity"])
        mini = tests["o1-mini / AIW_Friends_Male_Female_Males_Female_Friends"]
        assert_near(mini["x2"], 66.650058, absolute=1e-6)
        assert_near(mini["p"], 5.094e-13, relative=1e-3)
        self.assertEqual(mini["df"], 5)
        assert_near(mini["sd"], .234619, absolute=1e-6)
        rates = by_group(found["rows"])
        for name, value in (("o1-mini", .452778), ("o1-preview", .833333)):
            row = rates[f"{name} / AIW_Friends_Male_Female_Males_Female_Friends"]
            assert_near(row["value"], value, absolute=5e-7, what=name)
        preview = tests["o1-preview / AIW_Friends_Male_Female_Males_Female_Friends"]
        assert_near(preview["x2"], 28.56, absolute=1e-9)
        assert_near(preview["p"], 2.828e-5, relative=1e-3)
        certain = rates[
            "o1-preview / AIW_Ext_Combi_Alice_Bob_Explicit_Alices_Brothers"]
        self.assertEqual((certain["c"], certain["n"], certain["hi"]), (360, 360, 1))
        self.assertLess(certain["lo"], 1)

    def test_totals(self):
        found = record(["metric", "rare-event-rates", "data/aiw/trials.csv", "--where",
                        "collection == 'AIW_param'", "--group", "model"])
        self.assertEqual((found["total"]["n"], found["total"]["c"]), (4098, 281))
        rows = by_group(found["rows"])
        self.assertEqual((rows["gpt-4-0125-preview"]["c"], rows["gpt-4-0125-preview"]["n"]),
                         (111, 176))
        self.assertEqual((rows["gpt-4-0613"]["c"], rows["gpt-4-0613"]["n"]), (102, 179))

    def test_agents(self):
        found = record(["metric", "rare-event-rates", "data/agents/trials.csv", "--param",
                        "bins=0:5:15:60"])
        self.assertEqual((found["total"]["c"], found["total"]["n"]), (1775, 1775 + 4874))
        assert_near(by_group(found["rows"])["gpt_4o_may"]["value"], 277 / 492, absolute=1e-15)
        for bin_, want in zip(found["bins"], (.50515, .20121, .12463)):
            assert_near(bin_["value"], want, absolute=1e-5)

    def test_milestones(self):
        table = "milestone,successes,trials\na,8,10\nb,5,10\nc,2,10\n"
        found = record(["metric", "rare-event-rates", "-"], stdin=table)["milestones"][0]
        assert_near(found["value"], .08, absolute=1e-15)
        assert_near(found["lo"], .019335, absolute=1e-6)
        table = "milestone,successes,trials,choices\na,8,10,4\nb,5,10,2\nc,2,10,1\n"
        found = record(["metric", "rare-event-rates", "-"], stdin=table)["milestones"][0]
        self.assertEqual(found["bits"], 3)
        assert_near(found["unassisted"], .01, absolute=1e-15)

    def test_bad_rows(self):
        for table, says in (("trials,correct\n5,6\n", "6 right of 5"), ("trials,correct\n0,0\n", "0 trials"),
                            ("trials,correct\n5,1.5\n", "is no count")):
            code, _, err = run(["metric", "trial-rates", "-"], stdin=table)
            self.assertEqual(code, 3)
            self.assertIn(says, err)


class Repeats(unittest.TestCase):
    def test_sixteen_answers(self):
        found = record(["metric", "repeat-aggregates", "data/atts/samples.csv", "--k", "2,4,8",
                        "--bootstrap", "20"])
        want = {"takeover": (.761875, .92, .35, .86, .8476, .9067, .676167, .573159),
                "self": (.63875, .80, .25, .725, .7168, .7801, .560667, .466808),
                "self-reject": (.611875, .80, .28, .635, .6896, .7741, .534167, .454198)}
        keys = (("average", None), ("best-of-all", None), ("worst-of-all", None), ("majority", None),
                ("pass@k", 2), ("pass@k", 8), ("pass^k", 2), ("pass^k", 4))
        for run_name, values in want.items():
            for (statistic, k), value in zip(keys, values):
                row = pick(found["rows"], group=run_name, statistic=statistic, k=k)
                assert_near(row["value"], value, absolute=5e-5, what=f"{run_name} {statistic}")
        costs = by_group(found["costs"])["takeover"]
        assert_near(costs["mean"], 37.7931, absolute=5e-5)
        assert_near(costs["sd"], 57.9609, absolute=5e-5)
        self.assertLess(costs["sd_within"], costs["sd"])

    def test_rounds_of_feedback(self):
        """a is mended in the first round, b in the second and then broken, c never; a stops early."""
        table = "item,round,score\na,0,0\na,1,1\nb,0,0\nb,1,0\nb,2,1\nb,3,0\nc,0,0\nc,1,0\nc,2,0\nc,3,0\n"
        found = record(["metric", "repeat-aggregates", "-", "--bootstrap", "20"], stdin=table)
        values = {(r["statistic"], r["k"]): r["value"] for r in found["rows"]}
        for k, after, solved in ((0, 0, 0), (1, 1 / 3, 1 / 3), (2, 2 / 3, 2 / 3), (3, 1 / 3, 2 / 3)):
            assert_near(values["after-rounds", k], after, absolute=1e-15)
            assert_near(values["solved-within", k], solved, absolute=1e-15)
        self.assertEqual(len(values), 8)
        code, _, err = run(["metric", "repeat-aggregates", "-"], stdin=table.replace("a,1,1", "a,.5,1"))
        self.assertEqual(code, 3)
        self.assertIn("is no count", err)


class Text(unittest.TestCase):
    @slow
    def test_every_metric_describes_itself(self):
        for metric in record(["metric"])["metrics"]:
            one = record(["metric", metric["id"]])["metrics"][0]
            self.assertTrue(one["text"] and one["columns"] and one["results"], metric["id"])
            code, out, err = run(["metric", metric["id"]])
            self.assertEqual(code, 0, err)
            self.assertLessEqual(max(len(line) for line in out.splitlines()), 80)

    @slow
    def test_examples_run(self):
        for metric in record(["metric"])["metrics"]:
            words = shlex.split(record(["metric", metric["id"]])["metrics"][0]["example"])[1:]
            if any(word.startswith("data/") for word in words):
                code, out, err = run([*words, "--bootstrap", "10"])
                self.assertEqual(code, 0, err)
                self.assertLessEqual(max(len(line) for line in out.splitlines()), 80)
                figures = record([*words, "--bootstrap", "0"])["figures"]
                self.assertTrue(figures and all(f["series"] for f in figures), metric["id"])

    @slow
    def test_pages_are_what_the_program_says(self):
        done = subprocess.run([ROOT / "tools/make-metric-docs", "--check"], capture_output=True,
                              text=True, check=False, env={**os.environ, "FORESCALE": PROGRAM})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
