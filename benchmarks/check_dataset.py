"""What does ``check_dataset`` cost beside a loop of ``Image.open(path).load()`` in one process, and does its time grow as the number of pictures does?

Generated JPEGs in two classes, one in a hundred a changed copy of another; every check in a process of its own, so that its peak memory is its own; libraries
are imported before either clock starts. The ratio is the loop's seconds divided by the check's (median over rounds, the middle one of ``--sizes``);
``growth`` is how many times longer each picture takes with the most pictures than with the fewest.
Run: python benchmarks/check_dataset.py [--sizes N,N,…] [--side PIXELS] [--rounds N] [--out FILE]; for the goal of 100,000: --sizes 1000,10000,100000
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median

import cv2
from near_duplicates import CHANGES, scene
from predict_overhead import environment

GOALS = {"ratio": 1.5, "peak_mb": 300}
LOOP = """
import resource, sys, time
from pathlib import Path
from PIL import Image, JpegImagePlugin
paths = sorted(Path(sys.argv[1]).rglob("*.jpg"))
began = time.perf_counter()
for path in paths:
    Image.open(path).load()
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, 0)
"""
CHECK = """
import resource, sys, time
import cv2
from edukit.data import check_dataset
began = time.perf_counter()
found = check_dataset(sys.argv[1])
twins = sum(found.counts["by_kind"].get(kind, 0) for kind in ("near_duplicate", "leak"))
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, twins)
"""


def write_picture(folder: Path, side: int, number: int) -> None:
    twin = number % 100 == 99  # of the one before
    image = scene(number - twin, side)
    change = list(CHANGES.values())[number // 100 % len(CHANGES)]
    cv2.imwrite(str(folder / ("cat" if number // 2 % 2 else "dog") / f"{number}.jpg"), change(image) if twin else image)


def write_dataset(folder: Path, side: int, count: int) -> None:
    for label in ("cat", "dog"):
        (folder / label).mkdir(parents=True)
    with ProcessPoolExecutor() as pool:
        list(pool.map(partial(write_picture, folder, side), range(count), chunksize=100))


def ran(program: str, folder: Path) -> tuple[float, float, int]:
    """Seconds, peak megabytes, and how many twins were told."""
    done = subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    seconds, peak, twins = done.stdout.split()
    return float(seconds), float(peak), int(twins)


def measured(sizes: list[int], side: int, rounds: int) -> dict:
    load, rows = os.getloadavg()[0], []
    for count in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write_dataset(Path(folder) / "set", side, count)
            ran(LOOP, Path(folder) / "set")  # the files are in the system's memory for both
            pairs = [(ran(LOOP, Path(folder) / "set"), ran(CHECK, Path(folder) / "set")) for _ in range(rounds)]
        ratios = sorted(loop[0] / check[0] for loop, check in pairs)
        rows.append({"pictures": count, "loop_seconds": round(median(loop[0] for loop, _ in pairs), 2),
                     "check_seconds": round(median(check[0] for _, check in pairs), 2), "ratio": round(median(ratios), 3),
                     "ratios": [round(ratio, 3) for ratio in ratios], "peak_mb": round(max(check[1] for _, check in pairs)),
                     "twins_planted": count // 100, "twins_told": pairs[0][1][2]})  # fmt: skip
        print(json.dumps(rows[-1]), flush=True)
    middle = rows[len(rows) // 2]
    each = [row["check_seconds"] / row["pictures"] for row in rows]
    return {"name": "check_dataset", "ratio": middle["ratio"], "interval": [middle["ratios"][0], middle["ratios"][-1]], "better": "higher", "runs": rounds,
            "threads": os.cpu_count(), "growth": round(each[-1] / each[0], 2), "side": side, "sizes": rows, "goals": GOALS, "date": date.today().isoformat(),
            "load_before": round(load, 1), "environment": environment()}  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,3000,10000")
    parser.add_argument("--side", type=int, default=280)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    answer = json.dumps(measured([int(size) for size in arguments.sizes.split(",")], arguments.side, arguments.rounds))
    if arguments.out:
        arguments.out.write_text(answer + "\n", encoding="utf-8")
    print(answer)
