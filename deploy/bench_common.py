"""What the parts of deploy/bench share: where things are, and how an instance is made and asked."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or Path.home() / ".cache/inhouse/target")
BIN = Path(os.environ.get("INHOUSE_BIN") or TARGET / "release" / "inhouse")
BENCH = TARGET / "bench"
DATA = Path(os.environ.get("INHOUSE_BENCH_DATA") or ROOT.parent / "shared" / "data")
CONTRACTS = BENCH / "contracts"
SCORE = DATA.parent / "tools" / "score.py"


def inhouse(instance, *arguments, **options):
    """Run a command of the binary on an instance; its standard error is shown if it fails."""
    command = [BIN, "--data", instance, *arguments]
    done = subprocess.run(command, text=True, capture_output=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr[-3000:]}")
    return done


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def p50_p95(values, unit="ms"):
    return f"p50 {percentile(values, 0.5):.1f} {unit}, p95 {percentile(values, 0.95):.1f} {unit}"


def fresh(instance):
    shutil.rmtree(instance, ignore_errors=True)
    instance.mkdir(parents=True)
    return instance


def ask_lines(instance, command, questions):
    """One JSON line for each of `questions`, from `search` or `ask`."""
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = inhouse(instance, *command, "--json", input=text)
    return [json.loads(line) for line in done.stdout.splitlines()]


def kept_lines(path, values):
    """Write one JSON line a value; return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), encoding="utf-8")
    return path


def score(kind, *files):
    """What score.py, which stands beside the data, prints of these files."""
    done = subprocess.run([sys.executable, SCORE, kind, *files], text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"score.py failed:\n{done.stderr[-2000:]}")
    return done.stdout


def take_in(instance, folder):
    """Ingest a folder into a fresh instance; return passages, seconds, seconds in the model."""
    done = inhouse(fresh(instance), "--setting", "log.format=json", "ingest", "--set", "Contracts", folder)
    passages = sum(int(n) for n in re.findall(r"^ready .*: (\d+) passages", done.stdout, re.M))
    records = [json.loads(line) for line in done.stderr.splitlines() if '"embedding_s"' in line]
    fields = records[-1].get("fields", records[-1])
    return passages, fields["took_s"], fields["embedding_s"]


def need_contracts():
    """Make the contracts' instance if it isn't there; say in words how many they are."""
    if not (CONTRACTS / "inhouse.db").exists():
        take_in(CONTRACTS, DATA / "legal-dev" / "corpus_txt")
    return f"{len(list((DATA / 'legal-dev' / 'corpus_txt').iterdir()))} contracts"


def memory_of(pid):
    """A process's memory in MB by the kernel's names, such as VmRSS and VmHWM."""
    status = Path(f"/proc/{pid}/status").read_text()
    return {name: int(kilobytes) / 1000 for name, kilobytes in re.findall(r"^(\w+):\s+(\d+) kB", status, re.M)}
