"""Nothing calls home: the switches are set in this process, in its children, and by importing edukit."""
import json
import os
import subprocess
import sys
from pathlib import Path

from edukit.core.subprocess_env import SWITCHES, silence

ROOT = Path(__file__).parents[2]


def test_silence_sets_every_switch_over_other_wishes():
    environment = {"ORT_DISABLE_TELEMETRY": "0", "KEPT": "1", "TMPDIR": "there"}
    silence(environment)
    usual = {
        "OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "1000", "OPENBLAS_THREAD_TIMEOUT": "16", "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "4096",
        "TORCHINDUCTOR_CACHE_DIR": "there",
    }  # fmt: skip
    assert environment == {"KEPT": "1", "TMPDIR": "there"} | usual | SWITCHES
    wishes = {"OMP_WAIT_POLICY": "ACTIVE", "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "64"}
    environment |= wishes
    silence(environment)
    assert environment.items() >= wishes.items(), "how threads wait and what is kept is the user's to say"


def test_importing_edukit_silences_this_process_and_its_children():
    bare = {name: value for name, value in os.environ.items() if name not in SWITCHES}
    child = "import os, json; print(json.dumps(dict(os.environ)))"
    code = f"import edukit, subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    told = subprocess.run([sys.executable, "-c", code], env=bare, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert json.loads(told).items() >= SWITCHES.items()
