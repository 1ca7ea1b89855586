"""What bad input costs beside what it may cost: 5 seconds of a processor and 1 GB of memory over an idle process.

Each command line of tests/hostile/command_lines.py runs in a process of its own, also the largest picture that is allowed; the ratio is the limit divided by
the costliest of them, so above 1 all are within it.
Run: python benchmarks/bad_input_cost.py [--runs N]
"""
import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from predict_overhead import environment

from tests.hostile import command_lines

MOST_SECONDS, MOST_BYTES = 5.0, 1_000_000_000
IDLE, LARGEST = "idle", "largest picture"
MORE = {IDLE: ("predict", "G/model.onnx", "G/picture.png", "--top", "0"), LARGEST: ("predict", "G/model.onnx", "G/largest.png")}


def largest_picture(path: Path) -> None:
    """Fifty million pixels, with transparency."""
    from PIL import Image

    Image.new("RGBA", (10_000, 5_000)).save(path, compress_level=1)


def cost(name: str, good: Path, hostile: Path, folder: Path) -> tuple[float, int]:
    """Seconds of a processor and bytes at the peak of one command line."""
    work, temporary = folder / name / "work", folder / name / "tmp"
    for made in (work, temporary):
        made.mkdir(parents=True, exist_ok=True)
    began = sum(os.times()[2:4])
    child = command_lines.run_case(name, good, hostile, work, temporary)
    return sum(os.times()[2:4]) - began, 1000 * int(child.stderr.split()[-1])


def measured(runs: int) -> dict:
    command_lines.CASES.update(MORE)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("good", "hostile"):
            (place / name).mkdir()
        good, hostile = command_lines.make_good(place / "good"), command_lines.make_hostile(place / "hostile")
        largest_picture(good / "largest.png")
        costs = {name: [cost(name, good, hostile, place / "runs") for _ in range(runs)] for name in command_lines.CASES}
    idle = min(peak for _, peak in costs.pop(IDLE))
    seconds = {name: max(one for one, _ in found) for name, found in costs.items()}
    peaks = {name: max(peak for _, peak in found) - idle for name, found in costs.items()}
    slowest, largest = ([max(found[run][part] for found in costs.values()) for run in range(runs)] for part in (0, 1))
    rounds = [min(MOST_SECONDS / one, MOST_BYTES / (peak - idle)) for one, peak in zip(slowest, largest)]
    return {
        "name": "bad_input_cost", "ratio": round(min(rounds), 4), "interval": [round(min(rounds), 4), round(max(rounds), 4)], "better": "higher", "runs": runs,
        "threads": 1, "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "megabytes": {name: value // 10**6 for name, value in peaks.items()}, "limits": {"seconds": MOST_SECONDS, "bytes": MOST_BYTES},
        "environment": environment(),
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    print(json.dumps(measured(parser.parse_args().runs)))
