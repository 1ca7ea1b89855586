"""How much faster ``edukit.xedu.BaseDeploy`` is than the real one on the same file, labels alone and with the picture drawn; one thread.

Run: python benchmarks/xedu_basedeploy.py [PYTHON of an environment with BaseDeploy, else one is made]
"""
import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from edukit.xedu import BaseDeploy
from tests.mmedu_files import ANSWERS, ONNX
from tests.xedu.base_deploy import ask, make_environment

REPEATS = 10


def main() -> None:
    """Prints the times of both and their ratio."""
    pictures = [path for path, _ in ANSWERS] * REPEATS
    with tempfile.TemporaryDirectory() as folder:
        python = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else make_environment(Path(folder) / "environment")
        path = Path(shutil.copy(ONNX, folder))
        theirs, ours = ask(python, path, pictures), BaseDeploy(path)
        began = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            for picture in pictures:
                ours.print_result(ours.inference(picture))
        labels, began = time.perf_counter() - began, time.perf_counter()
        for picture in pictures:
            ours.inference(picture, get_img="cv2")
        drawn = time.perf_counter() - began
    print(json.dumps({
        "pictures": len(pictures), "edukit_labels_seconds": labels, "edukit_drawn_seconds": drawn, "base_deploy_labels_seconds": theirs["labels_seconds"],
        "base_deploy_drawn_seconds": theirs["drawn_seconds"], "ratio_labels": theirs["labels_seconds"] / labels,
        "ratio": theirs["drawn_seconds"] / drawn,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
