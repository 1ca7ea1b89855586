"""A real browser and a class server for the tests of the apps."""
from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from class_server import ClassServer, start_class_server, write_lesson
from lesson_sources import build_all

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]
FLAGS += ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]  # a camera that shows a moving picture
READY = "html[data-ready=true]"  # set by page.js
PATIENCE = 90_000  # milliseconds until something that must happen counts as lost; the machine of a test may be busy
BEACON = "/api/shutdown/"  # sent while the page is left: nobody waits for its answer
HARMLESS = ("Starting WebSocket",)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """EDUKIT_NO_BROWSER=1 leaves the browser tests out, and pytest says how many."""
    if os.environ.get("EDUKIT_NO_BROWSER") != "1":
        return
    left_out = [item for item in items if item.get_closest_marker("browser")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium as the system has it."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if not found:
        pytest.fail(
            "These tests drive a real browser, and none of " + ", ".join(BROWSERS) + " is here. Install one (Debian, Ubuntu: apt-get install chromium"
            " fonts-noto-cjk fonts-noto-color-emoji), or leave these tests out with EDUKIT_NO_BROWSER=1.",
            pytrace=False,
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Watched:
    """A page of the browser, and what it asked for and complained of.

    Attributes:
        page: Playwright's page.
        requests: Every address that it asked for.
        problems: Errors on its console, uncaught exceptions, requests that failed.
    """

    page: Any
    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def open(self, url: str) -> Any:
        """Goes to ``url``; for a lesson, waits until all its cells have run."""
        self.page.goto(url, wait_until="commit")
        if self.page.locator("#rendered_cells").count() or "/0" in url:
            self.settled()
        else:
            self.page.wait_for_load_state("load")
        return self.page

    def settled(self) -> None:
        """Waits until all cells of the lesson have run. By a selector: a page that has only begun to arrive has no root element yet."""
        self.page.locator(READY).wait_for(state="attached")

    def outside(self, url: str) -> list[str]:
        """What was asked for from anywhere but the server."""
        ours = (url, url.replace("http", "ws", 1), "data:", "blob:")
        return [address for address in self.requests if not address.startswith(ours)]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.fixture
def watch(browser: Any) -> Iterator[Any]:
    """Makes watched pages: ``watch(width=390, lang="zh-CN")``."""
    contexts = []

    def make(width: int = 1280, height: int = 900, lang: str = "en-US") -> Watched:
        context = browser.new_context(viewport={"width": width, "height": height}, locale=lang, ignore_https_errors=True)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watched = Watched(context.new_page())
        page = watched.page
        page.on("request", lambda request: watched.requests.append(request.url))
        page.on("websocket", lambda socket: watched.requests.append(socket.url))
        page.on("pageerror", lambda error: watched.problems.append(f"uncaught: {error}"))
        page.on("requestfailed", lambda request: watched.problems.append(f"failed: {request.url}") if not _broken_off(request) else None)
        page.on("console", lambda said: watched.problems.append(said.text) if _is_bad(said) else None)
        return watched

    yield make
    for context in contexts:
        context.close()


def _broken_off(request: Any) -> bool:
    """Whether it failed only because its page was left meanwhile."""
    return BEACON in request.url or ("/edukit/alive/" in request.url and request.failure == "net::ERR_ABORTED")


def _is_bad(said: Any) -> bool:
    return said.type in ("error", "warning") and not any(part in said.text for part in HARMLESS)


@pytest.fixture(scope="session")
def class_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClassServer]:
    """The real lessons, a second one and a tool page, served; one server and one student's folder for all tests of a session."""
    folder = tmp_path_factory.mktemp("class")
    server = start_class_server(folder / "work of 小明", lessons=build_all(folder / "course"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def small_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClassServer]:
    """A server with one small lesson in both languages, whose cells also fail."""
    folder = tmp_path_factory.mktemp("small")
    lessons: Path = folder / "lessons 课程"
    for lang in ("en", "zh"):
        write_lesson(lessons, lang=lang)
    server = start_class_server(folder / "home", lessons=lessons)
    yield server
    server.stop()
