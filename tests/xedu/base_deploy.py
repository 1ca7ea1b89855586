"""The real BaseDeploy in an environment of its own."""
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

PLAIN = ("BaseDeploy==0.0.4", "BaseDT==0.1.3")
NEEDED = (
    "numpy==2.4.6", "onnx==1.23.2", "onnxruntime==1.31.1", "scikit-learn==1.9.1", "matplotlib==3.11.2", "opencv-python-headless==5.0.0.93",
)  # fmt: skip
SCRIPT = Path(__file__).with_name("base_deploy_answers.py")


def make_environment(folder):
    """Its python, with the packages installed; takes a minute or two."""
    venv.create(folder, with_pip=True)
    python = Path(folder) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    for words in (("--no-deps", *PLAIN), NEEDED):
        subprocess.run([python, "-m", "pip", "install", "-q", *words], check=True, capture_output=True)
    return python


def ask(python, model, pictures):
    """What BaseDeploy answers, and how long it took, on one thread."""
    words = [str(python), str(SCRIPT), str(model), *map(str, pictures)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8", "MPLBACKEND": "Agg"}
    done = subprocess.run(words, check=True, capture_output=True, text=True, encoding="utf-8", cwd=Path(model).parent, env=environment)
    return json.loads(done.stdout.splitlines()[-1])
