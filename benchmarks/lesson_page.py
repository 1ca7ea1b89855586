"""What a lesson's page costs: the memory of its kernel beside a plain Jupyter kernel, and the seconds from the index to the first view.

Memory is the proportional set size (a class of thirty shares the rest); the ratio is the plain kernel's divided by ours. The first view is timed where a
Chromium is, from the click on the index page; without one it is null. Linux.
Run: python benchmarks/lesson_page.py [--runs N]
"""
import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from class_server import ClassServer, start_class_server  # noqa: E402 - beside the tests
from predict_overhead import environment  # noqa: E402
from processes import living  # noqa: E402

LESSON, LIMITS = "en/01_first_model", {"kernel_bytes": 75_000_000, "first_view_seconds": 8}


def plain_kernel_bytes() -> int:
    """A kernel as Jupyter starts it, once it has answered."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel()
    try:
        client.execute_interactive("pass", timeout=60)
        return psutil.Process(manager.provisioner.pid).memory_full_info().pss
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def kernel_bytes(server: ClassServer) -> int:
    """What the one lesson's kernel takes; it is ended."""
    (kernel,) = living(server.process.pid, "edukit.classroom.kernel")
    found = kernel.memory_full_info().pss
    kernel.kill()
    kernel.wait(30)
    return found


def page_costs(server: ClassServer) -> tuple[float | None, int]:
    """Seconds from the click on the index page until a view can be seen, and the kernel's bytes once all cells have run."""
    chromium = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if not chromium:
        server.get(LESSON)
        return None, kernel_bytes(server)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(f"{server.url}en/")
        began = time.perf_counter()
        page.locator("a.ek-primary").click()
        page.wait_for_selector(".ek-view", timeout=90_000)
        seconds = time.perf_counter() - began
        page.wait_for_selector("html[data-ready=true]", state="attached", timeout=90_000)
        size = kernel_bytes(server)
        browser.close()
    return seconds, size


def measured(runs: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        server = start_class_server(Path(folder) / "home")
        try:
            rounds = [(*page_costs(server), plain_kernel_bytes()) for _ in range(runs)]
        finally:
            server.stop()
    seconds, ours, plain = zip(*rounds)
    ratios = np.array(plain) / np.array(ours)
    return {
        "name": "lesson_page", "ratio": round(float(np.median(ratios)), 4), "interval": [round(float(ratios.min()), 4), round(float(ratios.max()), 4)],
        "better": "higher", "runs": runs, "threads": 1, "kernel_bytes": int(np.median(ours)), "plain_kernel_bytes": int(np.median(plain)),
        "first_view_seconds": None if None in seconds else round(float(np.median(seconds)), 2), "limits": LIMITS, "environment": environment(),
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    print(json.dumps(measured(parser.parse_args().runs)))
