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


def memory_of(pid):
    """A process's memory in MB by the kernel's names, such as VmRSS and VmHWM."""
    status = Path(f"/proc/{pid}/status").read_text()
    return {name: int(kilobytes) / 1000 for name, kilobytes in re.findall(r"^(\w+):\s+(\d+) kB", status, re.M)}
