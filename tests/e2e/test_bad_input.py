"""Bad input: one clear sentence, the right exit status, and nothing written."""

import os
import pathlib
import re
import signal
import subprocess
import unittest

from support import IS_QUICK, PROGRAM, ROOT, InFolder, record, run, slow

RUNS = "data/chinchilla-epoch/runs.csv"
FORMULA = "loss = E + A*N^-alpha"
USAGE, INPUT, ENVIRONMENT = 2, 3, 4


class BadInput(InFolder):
    def refuse(self, args, status, *said, stdin=None):
        """Refused with `status`; the message is one line with all of `said`; -o wrote nothing."""
        out = self.folder / "record.json"
        code, text, err = run([*args, "-o", str(out)], stdin=stdin)
        self.assertEqual(code, status, err)
        self.assertEqual(text, "")
        self.assertFalse(out.exists())
        self.assertEqual(list(self.folder.glob("*.tmp")), [])
        first = err.splitlines()[0]
        self.assertTrue(first.startswith("forescale: "), err)
        for part in said:
            self.assertIn(part, first)
        return err

    # ---- intervals ----

    def test_levels_outside_of_0_to_1(self):
        saved = self.folder / "saved.json"
        self.assertEqual(run(["fit", FORMULA, RUNS, "--quick", "-q", "-o", saved])[0], 0)
        for args in (["fit", FORMULA, RUNS], ["predict", saved, "--at", "N=1e9"],
                     ["compare", "chinchilla", "kaplan-nd", RUNS],
                     ["design", "chinchilla", RUNS], ["backtest", "chinchilla", "kaplan-nd", RUNS]):
            for level in ("95", *(() if IS_QUICK else ("0", "1", "-0.5"))):
                self.refuse([*args, "--level", level], USAGE, "--level", "between 0 and 1")

    def test_more_refits_than_memory(self):
        """Said before anything is computed, with what would fit."""
        many = ["--bootstrap", "1000000000"]
        said = self.refuse(["fit", FORMULA, RUNS, *many], ENVIRONMENT, "GB", "or fewer")
        self.assertRegex(said, r"give \d+ or fewer")
        self.refuse(["sim", "coverage", "y = a*x^-b", "--fix", "a=1,b=0.5", "--at", "x=1..10:9",
                     *many, "--replicates", "1000000"], ENVIRONMENT, "GB", "give fewer")
        self.refuse(["fit", FORMULA, RUNS, "--bootstrap", "0"], USAGE, "no spread")

    def test_clusters_too_few_to_judge_by(self):
        rows = "".join(f"{n},{2 + n ** -0.3},{f},one\n" for n, f in zip(range(2, 14), "abc" * 4))
        path = self.file("c.csv", "N,loss,family,only\n" + rows)
        self.refuse(["fit", FORMULA, path, "--cluster", "only"], INPUT, "one value")
        self.refuse(["fit", "loss = E + A*N^-alpha + B*N", path, "--cluster", "family"], INPUT,
                    "3 clusters cannot judge 4 free parameters")

    @slow
    def test_sharing_and_nesting_that_do_not_exist(self):
        models = "data/overtraining-gadre/models.csv"
        self.refuse(["compare", "chinchilla", models, "--map", "L=loss_c4_val", "--by", "train_set",
                     "--share", "alpha,gama"], USAGE, "'gama'", "alpha, B, beta")
        self.refuse(["compare", "chinchilla", "kaplan-nd", RUNS, "--nested",
                     "chinchilla,kaplan-nd"], INPUT, "not nested", "AICc")

    # ---- tables ----

    def test_missing_file(self):
        self.refuse(["fit", FORMULA, "nowhere.csv"], INPUT, "nowhere.csv", "no such file")

    def test_directory(self):
        self.refuse(["fit", FORMULA, str(self.folder)], INPUT, "is a directory")

    def test_empty_file(self):
        self.refuse(["fit", FORMULA, self.file("e.csv", "")], INPUT, "e.csv", "empty")

    def test_header_only(self):
        self.refuse(["fit", FORMULA, self.file("h.csv", "N,loss\n")], INPUT, "h.csv", "header")

    def test_ragged_row(self):
        path = self.file("r.csv", "N,loss\n1,2\n3\n4,5\n")
        self.refuse(["fit", FORMULA, path], INPUT, "r.csv", "3", "2")

    def test_text_in_a_column_of_numbers(self):
        path = self.file("t.csv", "N,loss\n1,2\n3,bad\n4,5\n6,7\n8,9\n")
        self.refuse(["fit", FORMULA, path], INPUT, "t.csv", "3", "loss", "bad")

    def test_text_in_a_filter(self):
        path = self.file("t.csv", "N,loss\n1,2\n3,bad\n4,5\n6,7\n8,9\n")
        self.refuse(["fit", FORMULA, path, "--where", "loss > 2"], INPUT, "3", "loss", "bad")

    def test_nul_byte(self):
        path = self.file("n.csv", "N,loss\n1,2\n3,\0004\n")
        self.refuse(["fit", FORMULA, path], INPUT, "n.csv", "line 3", "column loss", "NUL byte")

    @slow
    def test_comment_lines(self):
        text = "# runs of May\n" + (ROOT / RUNS).read_text()
        path = self.file("c.csv", text)
        self.refuse(["fit", "chinchilla", path], INPUT, "line 2", "--comments")
        commented, plain = (record(["fit", "chinchilla", *table])
                            for table in ([path, "--comments"], [RUNS]))
        self.assertEqual(commented["parameters"], plain["parameters"])

    def test_numbers_beyond_range(self):
        path = self.file("b.csv", "N,loss\n1,2\n1e400,3\n4,5\n6,7\n8,9\n")
        self.refuse(["fit", FORMULA, path], INPUT, "b.csv", "line 3", "column N", "1e400", "range")
        self.refuse(["fit", "loss = E + 1e400*N", RUNS], INPUT, "'1e400' is beyond the range")
        for option, value in (("--at", "N=1e400,D=3"), ("--at", "C=-1e999"), ("--fix", "E=1e400"),
                              ("--start", "E=1e400"), ("--at", "N=1e1000B,D=3")):
            self.refuse(["fit", "chinchilla", RUNS, option, value], USAGE, option)
        self.refuse(["fit", "chinchilla", RUNS, "--at", "N=1e400,D=3"], USAGE,
                    "is beyond the range of numbers")

    def test_numbers_as_people_write_them(self):
        path = self.file("p.csv", "size,loss\n50%,2\n60%,3\n70%,5\n80%,7\n")
        self.refuse(["fit", "loss = E + A*size^-b", path], INPUT, "line 2", "column size", "'50%'",
                    "without the sign")
        self.refuse(["fit", "loss = E + A*x", path, "--let", "x=2*size"], INPUT, "line 2", "'50%'")

    def test_unknown_column(self):
        self.refuse(["fit", "chinchilla", RUNS, "--map", "L=los"], INPUT, "los", "'loss'")
        self.refuse(["fit", FORMULA, RUNS, "--where", "kept_24 == 1"], INPUT, "kept_24", "kept_240")

    def test_a_slip_in_a_formula_is_no_parameter(self):
        err = self.refuse(["fit", "los = E + A*N^-alpha", RUNS], INPUT, "los", "loss")
        self.assertIn("^~~", err)

    def test_a_formula_needs_a_column_to_fit_to(self):
        path = self.file("o.csv", "size,acc %\n" + "".join(f"{i},{i}\n" for i in range(1, 9)))
        self.refuse(["fit", "score = E + A*size", path], INPUT, "o.csv", "no column 'score'", "acc %")
        self.refuse(["fit", "0 = E + A*x", path], INPUT, "names no column of", "--map")
        self.refuse(["fit", "size = a + b*size", path], INPUT, "size stands on both sides",
                    "put the columns")
        self.refuse(["fit", "log(size) = a + log(size)", path], INPUT, "size stands on both sides")
        code, _, err = run(["fit", "log(y) = E + A*size", path, "--quick", "--map", "y=acc %"])
        self.assertEqual(code, 0, err)

    def test_columns_that_are_no_benchmarks(self):
        rows = "".join(f"m{i},1e{8 + i},0.{i}1,0.{i}5\n" for i in range(1, 9))
        path = self.file("b.csv", "model,width,score,bench\n" + rows)
        self.refuse(["observe", path, "--target", "score"], INPUT, "different scales",
                    "--benchmarks")
        path = self.file("b.csv", "model,score,bench\nm1,0.1,0.5\n")
        self.refuse(["observe", path], INPUT, "1 row is left")
        self.refuse(["observe", path, "--target", "score"], INPUT, "1 benchmark column;",
                    "--benchmarks A,B")

    def test_negative_under_a_log(self):
        path = self.file("n.csv", "N,loss\n1e6,4\n-1e7,3\n1e8,2.5\n1e9,2.3\n1e10,2.2\n")
        self.refuse(["fit", FORMULA, path], INPUT, "n.csv", "line 3")
        self.refuse(["fit", "power-plus-constant", path, "--map", "x=N,L=loss"], INPUT, "line 3", "-1e7")

    def test_bad_rows_can_be_dropped(self):
        path = self.file("n.csv", "x,L\n1e6,4\n-1e7,3\n1e8,2.5\n1e9,2.3\n1e10,2.2\n1e11,2.1\n")
        code, _, err = run(["fit", "power-plus-constant", path, "--drop-bad", "--quick", "--json"])
        self.assertEqual(code, 0, err)

    def test_more_levels_than_are_fitted_at_once(self):
        rows = [f"g{g},{x},{3 + 2 / x}" for g in range(1400) for x in (1, 2, 4)]
        self.refuse(["fit", "y = a + b*x^-c", "-", "--by", "g", "--quick"], 3, "4200 free parameters",
                    "at most 4096", "--where", stdin="\n".join(["g,x,y", *rows]) + "\n")

    def test_fewer_rows_than_parameters(self):
        path = self.file("f.csv", "N,loss\n1e6,4\n1e7,3\n")
        self.refuse(["fit", FORMULA, path], INPUT, "f.csv", "2 rows", "3 free parameters")
        path = self.file("f.csv", "N,loss\n1e6,4\n")
        self.refuse(["fit", FORMULA, path], INPUT, "1 row cannot")

    def test_refused_formats(self):
        for name, said in (("x.parquet", "arquet"), ("x.xlsx", "CSV")):
            self.refuse(["fit", FORMULA, self.file(name, "PK\x03\x04 PAR1")], INPUT, said)

    # ---- formulas ----

    def test_syntax_error(self):
        err = self.refuse(["fit", "loss = E + (A*N^-alpha", RUNS], INPUT, ")")
        self.assertIn("^", err.splitlines()[2])

    def test_unknown_function(self):
        err = self.refuse(["fit", "loss = E + lgo(N)", RUNS], INPUT, "lgo", "log")
        self.assertEqual(err.splitlines()[2].index("^"), err.splitlines()[1].index("lgo"))

    def test_an_expression_is_no_law(self):
        self.refuse(["fit", "loss", RUNS], INPUT, "loss")
        self.refuse(["fit", "E + A*N == loss", RUNS], INPUT, "two sides")

        err = self.refuse(["fit", "E + A*N", RUNS], INPUT, "two sides", "'loss = E + A*N'")
        self.assertIn("^~~", err)

    def test_an_empty_argument(self):
        self.refuse(["fit", "", RUNS], USAGE, "argument 1 is empty")
        self.refuse(["fit", FORMULA, ""], USAGE, "argument 2 is empty")

    @slow
    def test_a_filter_is_a_condition(self):
        for text in ("N", "2*N", "log(N) + 1"):
            self.refuse(["fit", FORMULA, RUNS, "--where", text], INPUT, "--where: ", "condition",
                        f"'{text} > 0'")
        for text in ("true", "not N < 1e8", "N > 1e8 and D > 1e9", "C > 1e19"):
            code, _, err = run(["fit", "chinchilla", RUNS, "--where", text])
            self.assertEqual(code, 0, err)

    def test_a_name_that_lacks_its_backquotes(self):
        path = self.file("b.csv", "N,loss,Size (B)\n1,2,3\n2,1.5,4\n3,1.2,5\n")
        self.refuse(["fit", FORMULA, path, "--where", "Size (B) > 3"], INPUT, "`Size (B)`")
        self.refuse(["fit", FORMULA, path, "--where", "`Size (B)` > 3 and x > 1"], INPUT, "'x'")

    def test_nesting_is_limited(self):
        deep = "loss = " + "(" * 100000 + "N" + ")" * 100000
        self.refuse(["fit", deep[:120000], RUNS], INPUT, "at most")
        self.refuse(["expr", "--show", "(" * 20000 + "N" + ")" * 20000], INPUT, "deep")

    # ---- laws ----

    LAW = """id: mine
version: 1
title: A line
question: downstream
source: {authors: Nobody, year: 2024}
formula: y = a + b*x
columns:
  y: {meaning: score}
  x: {meaning: scale}
parameters:
  a: {meaning: intercept, domain: "> -10, < 10", start: [-1, 1]}
  b: {meaning: slope, domain: "> -10, < 10", start: [-1, 1]}
objective: {residual: identity, loss: squared}
"""

    def broken_law(self, old, new, *said):
        self.assertIn(old, self.LAW)
        path = self.file("mine.yaml", self.LAW.replace(old, new))
        err = self.refuse(["fit", path, RUNS], INPUT, "mine.yaml:", *said)
        code, out, _ = run(["laws", "check", path])
        self.assertEqual(code, 1)
        for part in said:
            self.assertIn(part, out.replace("\n", " "))
        return err

    def test_a_good_law_passes(self):
        code, out, err = run(["laws", "check", self.file("mine.yaml", self.LAW)])
        self.assertEqual(code, 0, out + err)

    def test_missing_field(self):
        self.broken_law("title: A line\n", "", "title")

    def test_unknown_field(self):
        self.broken_law("version: 1\n", "version: 1\nnoets: new\n", "noets", "notes")

    def test_parameter_without_domain(self):
        self.broken_law('intercept, domain: "> -10, < 10"', "intercept", "domain", "a")

    def test_undeclared_symbol(self):
        self.broken_law("a + b*x", "a + c*x", "c")

    def test_the_name_of_the_file_comes_last(self):
        path = self.file("yours.yaml", self.LAW.replace("title: A line\n", ""))
        self.refuse(["fit", path, RUNS], INPUT, "title")
        path = self.file("yours.yaml", self.LAW)
        self.refuse(["fit", path, RUNS], INPUT, "the id is 'mine' but the file is yours.yaml")

    def test_a_folder_of_laws(self):
        self.refuse(["laws", "--law-path", "nodir"], INPUT, "--law-path nodir", "no such folder")
        self.file("mine.yaml", self.LAW)
        path = self.file("bad.yaml", self.LAW.replace("id: mine\n", "id: bad\nid2: x\n"))
        laws = record(["laws", "--law-path", str(self.folder)])
        self.assertIn("mine", [law["id"] for law in laws["laws"]])
        (warning,) = laws["warnings"]
        self.assertEqual(warning["code"], "W-LAW")
        self.assertIn(f"{path}, line 2: unknown field 'id2'", warning["message"])

    def test_eval_takes_single_values(self):
        self.refuse(["laws", "eval", "chinchilla", "--at", "N=1e9..1e10,D=1e12"], USAGE,
                    "laws eval takes single values")

    def test_unknown_law(self):
        self.refuse(["fit", "chinchila", RUNS], INPUT, "chinchila", "chinchilla")

    # ---- options ----

    def test_a_built_in_law_is_checked_by_its_id(self):
        self.assertEqual(run(["laws", "check", "chinchilla"])[:2],
                         (0, "  Nothing to complain about.\n"))
        for args in (["check"], ["check", "--full"], ["show"], ["eval", "--at", "N=1"]):
            self.refuse(["laws", args[0], "chinchla", *args[1:]], INPUT,
                        "no law is called 'chinchla'; did you mean 'chinchilla'?")
        path = self.file("mine.yaml", self.LAW)
        self.assertEqual(record(["laws", "check", "mine", "--law-path", self.folder])["file"], path)

    def test_an_input_of_a_law_that_there_is_not(self):
        pool = ["laws", "eval", "quality-quantity-pool", "--at"]
        self.refuse([*pool, "w_worst=0.3"], INPUT, "no column or argument 'w_worst'; did you mean")
        self.refuse([*pool, "weight_webb=0.3"], INPUT, "'weight_webb'; it takes y, n, P, p, w_best")
        self.refuse(["laws", "eval", "chinchilla", "--at", "NN=1,D=4"], INPUT, "did you mean 'N'?")

    def test_a_pair_without_its_value_is_told_its_form(self):
        for option, said in (("--bound", "NAME=LO:HI (as E=0:4) or 'b < a'"), ("--fix", "NAME=VALUE"),
                             ("--tie", "NAME=OTHER"), ("--map", "SYMBOL=COLUMN"),
                             ("--let", "NAME=EXPR"), ("--prior", "NAME=normal:MEAN:SD")):
            for value in ("beta", "beta="):
                self.refuse(["fit", "chinchilla", RUNS, option, value], USAGE,
                            f"{option} needs {said}, not '{value}'")

    def test_options_of_another_action_are_not_passed_over(self):
        self.refuse(["laws", "show", "chinchilla", "--set", "hoffmann-2022"], USAGE,
                    "--set is for laws eval, not laws show")
        self.refuse(["laws", "--at", "N=1"], USAGE, "--at is for laws eval, not laws list")
        self.refuse(["laws", "eval", "chinchilla", "--full"], USAGE, "--full is for laws check")

    def test_every_row_outside_the_domain(self):
        rows = self.file("p.csv", "examples,score\n100,20\n300,23\n1000,28\n")
        self.refuse(["fit", "examples-power", rows, "--drop-bad"], INPUT,
                    "no row left to fit: 3 lie outside the law's domain")

    def test_a_column_that_says_more_than_a_symbol_is_offered(self):
        rows = self.file("r.csv", "lr,N,D,loss_c4_en,gloss\n" + "".join(
            f"1e-3,{10 ** i},{10 ** (i + 1)},{4 - i / 5},1\n" for i in range(6, 12)))
        self.refuse(["fit", "chinchilla", rows], INPUT,
                    "no column for L (final training or validation loss); give --map L=loss_c4_en (")

    def test_laws_of_tables_prepared_in_different_ways(self):
        self.refuse(["compare", "shifted-power", "clip-compute", RUNS], INPUT, "pareto(C, err)",
                    "prepared in different ways", "give it with --prepare")

    def test_a_formula_where_a_column_is_asked(self):
        for words in (["--prepare", "envelope(6*N*D, N, loss)"], ["--prepare", "envelope(6*N*D)"],
                      ["--map", "L=6*N*D"], ["--by", "6*N*D"]):
            self.refuse(["fit", "chinchilla", RUNS, *words], INPUT, "--let X='6*N*D'")
        self.refuse(["fit", "chinchilla", RUNS, "--prepare", "pareto(log(C), loss)"], INPUT,
                    "column 11", "--let X=log(C)")

    def test_two_objectives(self):
        self.refuse(["fit", FORMULA, RUNS, "--objective", "l1", "--objective", "squared"], USAGE,
                    "--objective", "twice")

    def test_a_figure_without_a_file(self):
        self.refuse(["fit", FORMULA, RUNS, "--figure", "fitted"], USAGE, "give --svg FILE too")

    def test_large_numbers_in_a_message_are_short(self):
        rows = self.file("runs.csv", "C,N,L,run\n1e19,1e8,3,a\n2e19,2e8,2.9,a\n")
        err = self.refuse(["table", rows, "--prepare", "envelope(C, N, L, by=run)"], INPUT,
                          "a run has N 2e8 here and 1e8 before")
        self.assertNotIn("e+", err)

    def test_messages_write_numbers_in_one_way(self):
        """%g writes 1e+18 and cuts 1234567 to 1.23457e+06 where all else says 1e18 and 1234570."""
        raw = re.compile(r"(?:fsci_fail\w*|fsci_record_warn|fsci_metric_\w+|fsci_note|"
                         r"fsci_preparing_remark|fsci_lint_add)\((?:[^;\"]|\"(?:[^\"\\\\]|\\\\.)*\")*?;")
        for path in (ROOT / "src").rglob("*.c"):
            for call in raw.findall(path.read_text()):
                self.assertNotRegex(call, r"%(\.\d)?g", path.name)

    def test_no_such_operator(self):
        self.refuse(["fit", FORMULA, RUNS, "--prepare", "foo(N)"], INPUT, "'foo' is no operator",
                    "'forescale help table' lists them")

    def test_a_column_without_a_value(self):
        path = self.file("e.csv", "N,D,loss\n1e8,1e9,\n2e8,2e9,\n4e8,1e10,\n")
        self.refuse(["fit", FORMULA, path], INPUT, "e.csv: column 'loss' has no value in any row")

    def test_one_fold(self):
        self.refuse(["compare", "chinchilla", "kaplan-nd", RUNS, "--folds", "1"], USAGE,
                    "--folds 1 leaves nothing to fit", "0 for none")

    def test_a_table_is_no_saved_fit(self):
        self.refuse(["predict", RUNS, "--at", "C=1e22"], INPUT, RUNS, "'fit -o FILE' wrote")

    def test_unknown_command_and_option(self):
        code, _, err = run(["fti", "x", "y"])
        self.assertEqual(code, USAGE)
        self.assertIn("'fit'", err)
        self.refuse(["fit", FORMULA, RUNS, "--bootsrap", "10"], USAGE, "--bootstrap")

    def test_wrong_values(self):
        for option, value in (("--bootstrap", "many"), ("--level", "2"), ("--residual", "cube"),
                              ("--objective", "huber"), ("--starts", "none"), ("--bound", "E=4:0"),
                              ("--fix", "E=x"), ("--tie", "E=E")):
            self.refuse(["fit", FORMULA, RUNS, option, value], USAGE, option.lstrip("-")[:5])

    def test_a_bound_that_is_no_parameter(self):
        for bound, said in (("beta < gamma", "nor a parameter (E, A, alpha, B, beta)"),
                            ("beta < alpha < E", "not 'beta < alpha < E'"),
                            ("beta << alpha", "or 'b < a', not 'beta << alpha'")):
            self.refuse(["fit", "chinchilla", RUNS, "--bound", bound], USAGE, said)

    def test_a_map_of_no_symbol_names_those_there_are(self):
        self.refuse(["fit", "chinchilla", RUNS, "--map", "y=loss"], USAGE,
                    "no symbol 'y' (it has L, N, D)")

    def test_a_tied_parameter_takes_nothing_else(self):
        for option, value in (("fix", "beta=0.3"), ("bound", "beta=0:1"), ("start", "beta=0.5")):
            self.refuse(["fit", "chinchilla", RUNS, "--tie", "beta=alpha", f"--{option}", value],
                        USAGE, f"--tie and --{option}", "'beta'")

    def test_a_name_given_twice(self):
        self.refuse(["fit", "chinchilla", RUNS, "--at", "N=7B,N=8B"], USAGE, "--at", "N twice",
                    "7B", "8B")
        self.refuse(["fit", "chinchilla", RUNS, "--fix", "E=1", "--fix", "E=2"], USAGE, "E twice")

    def test_unknown_group(self):
        path = self.groups()
        self.refuse(["fit", "y = a[f] + b*x", path, "--fix", "a[upper]=1"], USAGE, "'a[uper]'")
        self.refuse(["fit", "y = a[f] + b*x", path, "--fix", "a[q]=1"], USAGE, "'a' has no group")
        self.refuse(["fit", "y = a[f] + b*x", path, "--tie", "a[uper]=a[upper]"], USAGE, "a[uper]")

    def groups(self):
        rows = [f"{x},{f},{base + 2 * x + 0.01 * (x % 3)}\n" for x in range(1, 7)
                for f, base in (("uper", 1), ("low", 5))]
        return self.file("g.csv", "x,f,y\n" + "".join(rows))

    def test_one_group_of_a_parameter(self):
        fit = record(["fit", "y = a[f] + b*x", self.groups(), "--quick", "--fix", "a[low]=4.5"])
        a = {p["group"]: p for p in fit["parameters"] if p["name"] == "a"}
        self.assertEqual((a["low"]["value"], a["low"]["status"]), (4.5, "fixed"))
        self.assertEqual(a["uper"]["status"], "ok")
        fit = record(["fit", "y = a[f] + b*x", self.groups(), "--quick", "--tie", "a[low]=a[uper]"])
        a = {p["group"]: p for p in fit["parameters"] if p["name"] == "a"}
        self.assertEqual(a["low"]["value"], a["uper"]["value"])
        self.assertEqual(a["low"]["status"], "tied")

    @slow
    def test_blanks_around_names_and_values(self):
        spaced = record(["fit", "chinchilla", RUNS, "--at", " N = 70B , D = 1.4T "])
        plain = record(["fit", "chinchilla", RUNS, "--at", "N=70B,D=1.4T"])
        self.assertEqual(spaced["predictions"], plain["predictions"])

    def test_at_outside_the_domain(self):
        self.refuse(["fit", "chinchilla", RUNS, "--at", "N=-1,D=3"], USAGE, "--at N=-1,D=3: ",
                    "N >= 0")
        path = self.file("p.csv", "N,D\n1e9,1e10\n-1,1e10\n")
        self.refuse(["fit", "chinchilla", RUNS, "--predict", path], INPUT, "p.csv", "line 3",
                    "N >= 0")

    def test_a_law_that_predicts_nothing(self):
        self.refuse(["fit", "loss*D = E + A*N", RUNS, "--at", "N=1e9"], USAGE,
                    "--at N: nothing can be predicted")

    def test_at_that_asks_nothing(self):
        self.refuse(["fit", "chinchilla", RUNS, "--at", "N=7B"], USAGE, "N=", "D=", "C=")
        self.refuse(["fit", "chinchilla", RUNS, "--at", "N=7B,D=x"], USAGE, "D=x")

    def test_too_few_arguments(self):
        self.refuse(["fit", "chinchilla"], USAGE, "usage")

    # ---- output ----

    @slow
    def test_full_disk(self):
        for args in (["-o", "/dev/full"], ["--html", "/dev/full"]):
            code, out, err = run(["fit", "chinchilla", RUNS, *args])
            self.assertEqual((code, out), (ENVIRONMENT, ""), err)
            self.assertIn("/dev/full", err)
        with open("/dev/full", "w", encoding="utf-8") as full:
            for args in (["fit", "chinchilla", RUNS], ["laws", "--json"], ["help", "fit"]):
                done = subprocess.run([PROGRAM, *args], cwd=ROOT, stdout=full, stderr=subprocess.PIPE,
                                      check=False)
                self.assertEqual(done.returncode, ENVIRONMENT, args)

    def test_no_permission_leaves_the_old_file(self):
        code, _, err = run(["laws", "-o", str(self.folder / "no" / "x.json")])
        self.assertEqual(code, ENVIRONMENT, err)

    def test_closed_pipe(self):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([PROGRAM, "laws", "show", "chinchilla", "--json"], cwd=ROOT,
                              stdout=writer, stderr=subprocess.PIPE, check=False,
                              preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL))
        os.close(writer)
        self.assertEqual(done.returncode, -signal.SIGPIPE)
        self.assertEqual(done.stderr, b"")

    def test_the_old_record_survives_a_failure(self):
        path = self.file("record.json", "old")
        code, _, _ = run(["fit", FORMULA, "nowhere.csv", "-o", path])
        self.assertEqual(code, INPUT)
        self.assertEqual(pathlib.Path(path).read_text(), "old")


if __name__ == "__main__":
    unittest.main()
