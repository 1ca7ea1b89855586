"""How many pictures a second go from the camera in the browser to the kernel and come back drawn over, in a page as edukit serves it? Goal: 30 at 320 x 240.

Chromium with a fake camera. A small lesson's widget sends JPEGs, at most four on their way; the kernel decodes each, draws a box and a line of text over it,
and sends it back; the page shows it and sends the next. Beside it the Studio's own live answers, a network for every picture.
The ratio is the frames a second divided by the goal. Run: python benchmarks/camera_frames.py [--seconds N] [--side WxH] [--out FILE]
"""
import argparse
import json
import os
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from class_server import start_class_server, write_lesson  # noqa: E402 - beside the tests
from predict_overhead import environment  # noqa: E402

GOAL = 30
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
CELL = '''
import anywidget, cv2, numpy as np

class Overlay(anywidget.AnyWidget):
    _esm = """
async function render({ model, el }) {
  const [width, height] = [WIDTH, HEIGHT], video = document.createElement("video");
  const paper = new OffscreenCanvas(width, height), shown = document.createElement("canvas");
  Object.assign(shown, { width, height, className: "overlay" });
  el.append(shown);
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width, height, frameRate: 60 } });
  await video.play();
  const count = globalThis.overlay = { frames: 0, delays: [], began: performance.now() };
  const sent = {};
  let number = 0;
  const next = async () => {
    paper.getContext("2d").drawImage(video, 0, 0, width, height);
    const data = await (await paper.convertToBlob({ type: "image/jpeg", quality: 0.8 })).arrayBuffer();
    sent[++number] = performance.now();
    model.send({ number }, undefined, [new DataView(data)]);
  };
  model.on("msg:custom", async (content, buffers) => {
    shown.getContext("2d").drawImage(await createImageBitmap(new Blob([buffers[0]], { type: "image/jpeg" })), 0, 0);
    count.frames += 1;
    count.delays.push(performance.now() - sent[content.number]);
    delete sent[content.number];
    next();
  });
  for (let i = 0; i < 4; i++) await next();
}
export default { render };
"""
    def __init__(self):
        super().__init__()
        self.on_msg(self.over)

    def over(self, _, content, buffers):
        image = cv2.imdecode(np.frombuffer(buffers[0], np.uint8), cv2.IMREAD_COLOR)
        cv2.rectangle(image, (40, 40), (200, 160), (0, 255, 0), 2)
        cv2.putText(image, str(content["number"]), (44, 60), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 255, 0))
        self.send(content, [cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()])

Overlay()
'''
def frames(page, url: str, seconds: float) -> dict:
    """The bare way there and back."""
    page.goto(f"{url}en/01_frames")
    page.wait_for_function("globalThis.overlay && overlay.frames > 30", timeout=90_000)
    page.evaluate("Object.assign(overlay, { frames: 0, delays: [], began: performance.now() })")
    page.wait_for_timeout(1000 * seconds)
    found = page.evaluate("({ frames: overlay.frames, seconds: (performance.now() - overlay.began) / 1000, delays: overlay.delays })")
    delays = sorted(found["delays"])
    return {"frames_a_second": round(found["frames"] / found["seconds"], 1), "delay_ms_p50": round(delays[len(delays) // 2], 1),
            "delay_ms_p95": round(delays[int(0.95 * len(delays))], 1), "frames": found["frames"]}  # fmt: skip


def studio(page, url: str, seconds: float) -> float:
    """Live answers a second in the Studio, after two classes were recorded from the camera and by drawing."""
    answers = []
    heard = lambda data: answers.append(1) if isinstance(data, bytes) and b'"shares"' in data else None  # noqa: E731
    page.on("websocket", lambda socket: socket.on("framereceived", heard))
    page.goto(f"{url}en/tools/studio")
    page.wait_for_selector("html[data-ready=true]", state="attached", timeout=90_000)
    page.locator("[data-do=camera]").click()
    page.wait_for_function("document.querySelector('.ek-studio-video').videoWidth > 0")
    for place in (0, 1):
        page.locator(".ek-record").nth(place).click()
        page.wait_for_function(f"+document.querySelectorAll('.ek-studio-card output')[{place}].textContent >= 10")
        page.locator(".ek-record").nth(place).click()
        page.wait_for_selector(".ek-record[aria-pressed=true]", state="detached")
    page.locator("[data-do=train]").click()
    page.wait_for_selector(".ek-answer:not(:empty)", state="attached", timeout=90_000)
    before = len(answers)
    page.wait_for_timeout(1000 * seconds)
    return round((len(answers) - before) / seconds, 1)


def measured(seconds: float, side: str) -> dict:
    from playwright.sync_api import sync_playwright

    chromium = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if not chromium:
        raise SystemExit("Chromium is not installed here (Debian, Ubuntu: apt-get install chromium).")
    width, height = side.split("x")
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        cells = [("code", CELL.replace("WIDTH", width).replace("HEIGHT", height), [])]
        write_lesson(Path(folder) / "lessons", "01_frames", cells=cells)
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        found = {}
        for name, lessons, measure in (("overlay", Path(folder) / "lessons", frames), ("studio_answers_a_second", None, studio)):
            server = start_class_server(Path(folder) / f"home-{name}", lessons=lessons)
            try:
                page = browser.new_page()
                found[name] = measure(page, server.url, seconds)
                print(name, json.dumps(found[name]), flush=True)
                page.close()
            finally:
                server.stop()
        browser.close()
    ratio = round(found["overlay"]["frames_a_second"] / GOAL, 3)
    return {"name": "camera_frames", "ratio": ratio, "interval": [ratio, ratio], "better": "higher", "runs": 1, "threads": 1, "side": side, "goal": GOAL,
            **found, "date": date.today().isoformat(), "cores": os.cpu_count(), "load_before": round(load, 1), "environment": environment()}  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--side", default="320x240")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    answer = json.dumps(measured(arguments.seconds, arguments.side))
    if arguments.out:
        arguments.out.write_text(answer + "\n", encoding="utf-8")
    print(answer)
