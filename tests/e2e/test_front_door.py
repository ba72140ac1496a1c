"""The tools in front of the program: bootstrap, the test runner, the layer check, the install."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from support import PROGRAM, ROOT, InFolder, record, slow


def call(*command, **options):
    """(status, everything printed) of a command."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **options)
    return done.returncode, done.stdout


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


class Bootstrap(InFolder):
    """With dpkg-query, apt-get, sudo and id shadowed, so that nothing is installed."""

    def bootstrap(self, *groups, installed="yes", user="0", network="yes"):
        shadow = self.folder / "bin"
        log = self.folder / "log"
        answer = {"yes": "printf 'ii '", "no": "exit 1",
                  "half": "case $4 in lib*) printf 'ii ' ;; *) printf 'un ' ;; esac"}[installed]
        script(shadow / "dpkg-query", f"#!/bin/sh\n{answer}\n")
        script(shadow / "apt-get",
               f"#!/bin/sh\necho \"$@\" >> {log}\n" + ("" if network == "yes" else "exit 100\n"))
        script(shadow / "sudo", f"#!/bin/sh\nprintf 'sudo ' >> {log}\nexec \"$@\"\n")
        script(shadow / "id", f"#!/bin/sh\necho {user}\n")
        status, out = call(ROOT / "tools/bootstrap", *groups,
                           env={"PATH": f"{shadow}:/usr/bin:/bin"})
        return status, out, log.read_text() if log.exists() else ""

    def test_does_nothing_and_needs_no_network_when_all_is_there(self):
        self.assertEqual(self.bootstrap("build", "check", network="no"), (0, "", ""))

    def test_installs_what_is_missing_and_says_so_in_one_line(self):
        status, out, log = self.bootstrap("build", installed="half")
        self.assertEqual(status, 0)
        missing = " gcc cmake ninja-build pkgconf zlib1g-dev nettle-dev"
        self.assertEqual(out, f"bootstrap: installing{missing}\n")
        update, install = log.splitlines()
        self.assertIn("update", update)
        self.assertTrue(install.endswith(f"install -qq -y --no-install-recommends{missing}"), install)

    def test_groups_add_up(self):
        _, out, _ = self.bootstrap("check", "bench", installed="no")
        self.assertEqual(out, "bootstrap: installing clang-14 libclang-rt-14-dev valgrind python3"
                              " python3-numpy python3-scipy python3-pandas\n")

    def test_asks_sudo_when_not_root(self):
        _, _, log = self.bootstrap("docs", installed="no", user="1000")
        self.assertEqual([line.split()[:2] for line in log.splitlines()],
                         [["sudo", "update"], ["sudo", "install"]])

    def test_fails_when_packages_cannot_be_had(self):
        status, _, _ = self.bootstrap("build", installed="no", network="no")
        self.assertNotEqual(status, 0)

    def test_refuses_an_unknown_group(self):
        status, out, log = self.bootstrap("everything")
        self.assertEqual((status, log), (2, ""))
        self.assertIn("no group 'everything'", out)


class Layers(InFolder):
    def check(self, *files):
        for place, text in files:
            path = self.folder / "src" / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return call(ROOT / "tools/check-layers", self.folder)

    @slow
    def test_the_project_keeps_its_order(self):
        self.assertEqual(call(ROOT / "tools/check-layers")[0], 0)

    def test_an_include_that_goes_up_is_found(self):
        status, out = self.check(("num/plant.c",
                                   '#include "num/plant.h"\n#include "fit/fit.h"\n'))
        self.assertEqual(status, 1)
        self.assertEqual(out, 'src/num/plant.c:2: num may not include "fit/fit.h"\n')

    def test_sideways_and_clients_and_strangers_are_found(self):
        wrong = [("table/a.c", "expr/expr.h"), ("report/a.h", "fit/fit.h"),
                 ("cli/a.c", "base/error.h"), ("sim/a.c", "opt/least_squares.h"),
                 ("fit/a.c", "fit.h"), ("expr/deep/a.c", "law/law.h")]
        status, out = self.check(*((place, f'  #  include "{header}"\n') for place, header in wrong),
                                 ("attic/a.c", ""))
        self.assertEqual(status, 1)
        self.assertEqual(len(out.splitlines()), len(wrong) + 1)
        for place, _ in wrong:
            self.assertIn(f"src/{place}:1: ", out)
        self.assertIn("the room attic is not in tools/check-layers", out)

    def test_what_is_below_is_allowed(self):
        sound = [("fit/a.c", "num/linear.h"), ("fit/b.c", "expr/expr.h"),
                 ("cli/a.c", "forescale.h"), ("cli/b.c", "cli/help.h"),
                 ("api/a.c", "latent/pca.h"), ("num/a.c", "base/error.h")]
        status, out = self.check(*((place, f'#include "{header}"\n') for place, header in sound))
        self.assertEqual(status, 0, out)


class Runner(InFolder):
    """On a copy of the runner whose programs are shell scripts that speak TAP."""

    def setUp(self):
        super().setUp()
        (self.folder / "tests/e2e").mkdir(parents=True)
        shutil.copy(ROOT / "tests/run", self.folder / "tests/run")

    def runner(self, *options, **programs):
        for name, body in programs.items():
            script(self.folder / "build/unit" / f"unit_{name}", f"#!/bin/sh\n{body}\n")
        status, out = call(self.folder / "tests/run", *options, self.folder / "build")
        return status, out, out.splitlines()[-1]

    def module(self, name, text):
        (self.folder / "tests/e2e" / name).write_text(text)

    @slow
    def test_counts_cases_of_both_kinds(self):
        self.module("test_a.py", "import unittest\nclass A(unittest.TestCase):\n"
                                 "    def test_x(self): pass\n    def test_y(self): pass\n"
                                 "    @unittest.skip('later')\n    def test_z(self): pass\n")
        status, out, last = self.runner(one="printf '1..2\\nok 1 - a\\nok 2 - b\\n'",
                                        two="printf '1..1\\nok 1 - c\\n'")
        self.assertEqual((status, last), (0, "5 passed, 0 failed"))
        self.assertEqual(out, "1 skipped\n5 passed, 0 failed\n")

    def test_a_failure_shows_its_output(self):
        status, out, last = self.runner(
            good="printf '1..1\\nok 1 - fine\\n'",
            bad="printf '1..2\\nok 1 - a\\nnot ok 2 - b\\n# why\\n'; exit 1")
        self.assertEqual((status, last), (1, "2 passed, 1 failed"))
        self.assertIn("---- unit_bad\n", out)
        self.assertIn("# why", out)
        self.assertNotIn("fine", out)

    @slow
    def test_a_skipped_case_is_neither(self):
        status, out, _ = self.runner(some="printf '1..2\\nok 1 - a\\nnot ok 2 # SKIP b\\n'")
        self.assertEqual((status, out), (0, "1 skipped\n1 passed, 0 failed\n"))

    @slow
    def test_a_failing_module_is_counted(self):
        self.module("test_a.py", "import unittest\nclass A(unittest.TestCase):\n"
                                 "    def test_x(self): self.fail('wrong')\n"
                                 "    def test_y(self): pass\n")
        self.module("test_b.py", "import no_such_module\n")
        status, out, last = self.runner()
        self.assertEqual((status, last), (1, "1 passed, 2 failed"))
        self.assertIn("no_such_module", out)

    @slow
    def test_cases_that_never_reported_have_failed(self):
        status, _, last = self.runner(crash="printf '1..3\\nok 1 - a\\n'; kill -SEGV $$")
        self.assertEqual((status, last), (1, "1 passed, 2 failed"))

    @slow
    def test_a_bad_end_after_good_cases_is_a_failure(self):
        status, out, last = self.runner(leak="printf '1..1\\nok 1 - a\\n'; exit 23")
        self.assertEqual((status, last), (1, "1 passed, 1 failed"))
        self.assertIn("status 23", out)

    @slow
    def test_a_program_that_hangs_is_stopped(self):
        self.module("test_a.py", "import time\ntime.sleep(30)\n")
        status, out, last = self.runner("--timeout", "0.3", hang="printf '1..1\\n'; sleep 30")
        self.assertEqual((status, last), (1, "0 passed, 2 failed"))
        self.assertEqual(out.count("stopped after 0.3 s"), 2)

    @slow
    def test_nothing_to_run_is_a_failure(self):
        self.assertEqual(self.runner()[::2], (1, "0 passed, 0 failed"))
        self.assertEqual(self.runner(empty="printf '1..0\\n'")[::2], (1, "0 passed, 1 failed"))

    @slow
    def test_wrap_and_skip(self):
        (self.folder / "skip").write_text("# why\nunit_slow  # slow\n")
        status, _, last = self.runner("--wrap", "env WRAPPED=1", "--skip", self.folder / "skip",
                                      slow="exit 1", quick="printf \"1..1\\nok $WRAPPED - a\\n\"")
        self.assertEqual((status, last), (0, "1 passed, 0 failed"))


@slow
class Install(InFolder):
    def install(self):
        """The flags to build against a copy installed in the folder."""
        build = pathlib.Path(PROGRAM).resolve().parent
        status, out = call("cmake", "--install", build, "--prefix", self.folder)
        self.assertEqual(status, 0, out)
        pc = next(self.folder.rglob("forescale.pc")).parent
        status, flags = call("pkg-config", "--static", "--cflags", "--libs", "forescale",
                             env={**os.environ, "PKG_CONFIG_PATH": str(pc)})
        self.assertEqual(status, 0, flags)
        return flags.split()

    def test_a_program_builds_against_what_was_installed(self):
        (self.folder / "use.c").write_text(
            "#include <forescale.h>\n#include <stdio.h>\n"
            "int main(void) { return puts(fsc_version()) < 0; }\n")
        status, out = call("gcc", self.folder / "use.c", "-o", self.folder / "use", *self.install())
        self.assertEqual(status, 0, out)
        self.assertEqual(call(self.folder / "use"), (0, "0.1.0\n"))

    def test_every_function_of_the_header_is_there(self):
        header = (ROOT / "include/forescale.h").read_text()
        names = re.findall(r"FSC_API [^;]*?\b(fsc_\w+)\(", header)
        self.assertGreater(len(names), 20)
        (self.folder / "all.c").write_text(
            "#include <forescale.h>\n#include <stdio.h>\n"
            f"void (*all[])(void) = {{{', '.join(f'(void (*)(void)){n}' for n in names)}}};\n"
            "int main(void) { return puts(all[0] ? \"all\" : \"none\") < 0; }\n")
        status, out = call("gcc", self.folder / "all.c", "-o", self.folder / "all", *self.install())
        self.assertEqual(status, 0, out)
        self.assertEqual(call(self.folder / "all"), (0, "all\n"))

    def test_a_table_and_a_law_that_are_held(self):
        """One fit by the library, the inputs read before, is the fit of the program."""
        (self.folder / "held.c").write_text("""
            #include <forescale.h>
            #include <stdio.h>
            int main(int argc, char **argv)
            {
                fsc_error err;
                fsc_ctx *ctx = fsc_ctx_new(NULL);
                fsc_law *law = NULL;
                fsc_table *table = NULL;
                fsc_record *fit = NULL;
                fsc_status status = fsc_law_find(ctx, argv[1], &law, &err);
                if (status == FSC_OK)
                    status = fsc_table_read(ctx, argv[2], &table, &err);
                if (status == FSC_OK)
                    status = fsc_fit_run(ctx, law, table, argv[argc - 1], &fit, &err);
                puts(status == FSC_OK ? fsc_record_json(fit) : err.message);
                fsc_record_free(fit);
                fsc_table_free(table);
                fsc_law_free(law);
                fsc_ctx_free(ctx);
                return status;
            }""")
        program = self.folder / "held"
        status, out = call("gcc", self.folder / "held.c", "-o", program, *self.install())
        self.assertEqual(status, 0, out)
        runs = "data/chinchilla-epoch/runs.csv"
        fit = json.loads(call(program, "chinchilla", runs,
                              '{"where": "kept_240 == 1", "quick": true}')[1])
        want = record(["fit", "chinchilla", runs, "--where", "kept_240 == 1", "--quick"])
        self.assertEqual(fit["parameters"], want["parameters"])
        status, out = call(program, "chincilla", runs, "{}")
        self.assertEqual(status, 3)
        self.assertIn("chinchilla", out)

    def test_the_example_of_the_manual(self):
        """docs/examples/forecast.c on the table of docs/studies.md."""
        program = self.folder / "forecast"
        status, out = call("gcc", "-std=c17", "-Wall", "-Wextra", "-Werror",
                           ROOT / "docs/examples/forecast.c", "-o", program, *self.install())
        self.assertEqual(status, 0, out)
        page = (ROOT / "docs/studies.md").read_text()
        (self.folder / "models.csv").write_text(re.search(r"```csv\n(.*?)```", page, re.S)[1])
        cutoff = "6 * `Size (B)` * 1e9 * `Tokens (T)` * 1e12 <= 1e23"
        done = subprocess.run([program, "models.csv", "Agent score", cutoff], cwd=self.folder,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Birch-27B", done.stdout)
        self.assertIn("Agent score", (self.folder / "forecast.html").read_text())
        done = subprocess.run([program, "models.csv", "Agent skore", cutoff], cwd=self.folder,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn("did you mean 'Agent score'", done.stderr)


if __name__ == "__main__":
    unittest.main()
