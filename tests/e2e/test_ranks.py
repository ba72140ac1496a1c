"""forescale-mpi under mpirun: the same bits on any number of ranks, one voice, no partial output.

`make check` builds it; without it, or without mpirun, these tests say so and skip."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from support import ROOT, record, slow

PROGRAM = ROOT / os.environ.get("FORESCALE_MPI_PROGRAM", "build/forescale-mpi")
MODELS = "data/obs-scaling/models.csv"
RUNS = "data/chinchilla-epoch/runs.csv"
FIT = ["fit", "chinchilla", RUNS, "--where", "kept_240 == 1"]
INPUT = 3
ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}

missing = (None if PROGRAM.exists() and shutil.which("mpirun") else
           "no build/forescale-mpi, or no mpirun: make mpi")


def mpirun(ranks, args):
    return ["mpirun", "--oversubscribe", "-n", str(ranks), str(PROGRAM), *args]


def run(ranks, args):
    done = subprocess.run(mpirun(ranks, args), cwd=ROOT, env=ENVIRONMENT, capture_output=True,
                          text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def children(pid):
    return [int(child) for child in
            pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@slow
@unittest.skipIf(missing, missing)
class Ranks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def same(self, args, counts=(1, 2, 4)):
        """The record of one process of the plain build, bit for bit, but for its provenance."""
        want = record(args)
        del want["provenance"]
        for ranks in counts:
            status, out, err = run(ranks, [*args, "--threads", "1" if ranks == 2 else "2", "--json"])
            self.assertEqual(status, 0, err)
            got = json.loads(out)
            self.assertEqual(got.pop("provenance").get("ranks", 1), ranks)
            self.assertEqual(got, want, f"{ranks} ranks")

    def test_bootstraps(self):
        self.same([*FIT, "--interval", "bca", "--bootstrap", "150"])

    def test_profiles_and_studentised_intervals(self):
        self.same([*FIT, "--quick", "--interval", "profile", "--at", "N=70B,D=1.4T"], (4,))
        self.same([*FIT, "--quick", "--interval", "studentised", "--bootstrap", "61"], (4,))

    def test_starts(self):
        self.same([*FIT, "--quick", "--starts", "50"], (2, 4))

    def test_backtests(self):
        self.same(["backtest", "chinchilla", "kaplan-nd", RUNS, "--where", "kept_240 == 1",
                   "--holdout", "C > 1e21"])

    def test_coverage(self):
        self.same(["sim", "coverage", "y = E + A*x^-a", "--fix", "E=1,A=2,a=0.5", "--at",
                   "x=1..1e4:20", "--errors", "normal:0.02", "--replicates", "9", "--bootstrap",
                   "20"], (2, 4))

    def test_backtests_of_models(self):
        """Splits by whole families, by single models and by compute: results of different sizes."""
        self.same(["backtest", MODELS, "--target", "gsm8k_cot", "--as", "ruan2024", "--methods",
                   "persistence,pc2"])

    def test_observations(self):
        self.same(["observe", MODELS, "--target", "gsm8k_cot", "--as", "ruan2024", "--interval",
                   "predictive", "--bootstrap", "21"])

    def test_one_rank_writes(self):
        path = self.folder / "fit.json"
        status, out, err = run(3, [*FIT, "--quick", "-o", str(path)])
        self.assertEqual(status, 0, err)
        self.assertEqual(out.count("chinchilla   L = E"), 1)
        self.assertEqual(json.loads(path.read_text())["kind"], "fit")
        self.assertEqual([p.name for p in self.folder.iterdir()], ["fit.json"])

    def test_one_rank_refuses(self):
        status, out, err = run(3, ["fit", "chinchilla", "nowhere.csv"])
        self.assertEqual((status, out), (INPUT, ""))
        self.assertEqual(err.count("nowhere.csv: no such file"), 1)
        status, _, err = run(3, ["fat"])
        self.assertEqual((status, err.count("did you mean 'fit'")), (2, 1))

    def test_a_rank_that_fails_alone_ends_the_job(self):
        """One node does not see the table."""
        path = self.folder / "fit.json"
        one = [*FIT, "--bootstrap", "100", "-o", str(path)]
        two = ["fit", "chinchilla", "nowhere.csv"]
        args = ["mpirun", "--oversubscribe", "-n", "1", str(PROGRAM), *one, ":", "-n", "1",
                str(PROGRAM), *two]
        done = subprocess.run(args, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True,
                              timeout=120, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("rank 1 of 2 failed where the others did not", done.stderr)
        self.assertIn("nowhere.csv", done.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_different_inputs_are_noticed(self):
        args = ["mpirun", "--oversubscribe", "-n", "1", str(PROGRAM), *FIT, "--quick",
                "--bootstrap", "100", ":", "-n", "1", str(PROGRAM), *FIT, "--quick", "--bootstrap",
                "101"]
        done = subprocess.run(args, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True,
                              timeout=120, check=False)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertEqual(done.stderr.count("the ranks do not agree"), 1)

    def test_a_lost_rank_ends_the_job(self):
        path = self.folder / "fit.json"
        args = mpirun(3, [*FIT, "--quick", "--bootstrap", "300000", "--at", "N=70B,D=1.4T", "-o",
                          str(path)])
        with subprocess.Popen(args, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as job:
            ranks = []
            while len(ranks) < 3 and job.poll() is None:
                time.sleep(0.05)
                ranks = children(job.pid)
            time.sleep(0.5)
            os.kill(ranks[1], signal.SIGKILL)
            out, err = job.communicate(timeout=60)
        self.assertNotEqual(job.returncode, 0)
        self.assertEqual(out, "")
        self.assertIn("exited on signal 9", err)
        self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
