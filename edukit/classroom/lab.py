"""The same lessons in JupyterLab: a copy that the student may change, which no later version of ours ever overwrites."""
from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from edukit import jobs
from edukit.classroom.address import listen
from edukit.classroom.jupyter_folders import jupyter_environment, server_name
from edukit.classroom.lessons import find_lessons
from edukit.core.files import check_writable, read_record, sha256, write_json, writing
from edukit.core.i18n import LANGUAGES, language, set_language, t
from edukit.core.lesson_header import lessons_root, notebooks
from edukit.core.packages import installed
from edukit.core.parameters import Between, Metavar, verb
from edukit.core.subprocess_env import subprocess_env
from edukit.core.workspace import Workspace, current

SHIPPED = ".shipped.json"  # beside the copies: the SHA-256 of each as it came from us, so that a changed one is known
START = """
import sys
try:
    from jupyterlab.labapp import main
    sys.exit(main())
except KeyboardInterrupt:  # before it listens to signals itself
    sys.exit(130)
"""
MANAGER = "@jupyterlab/apputils-extension"


@verb
def open_lab(
    *,
    port: Annotated[int | None, Between(1, 65535)] = None,
    ip: Annotated[str, Metavar("ADDRESS")] = "127.0.0.1",
    open_browser: bool = True,
    lang: str | None = None,
) -> int:
    """Opens JupyterLab with the lessons until Ctrl-C.

    Args:
        port: Where to listen; by default 8888 or the next free one.
        ip: The address to listen on.
        open_browser: Whether to open a browser.
        lang: ``"zh"`` or ``"en"``; by default the language in use.

    Returns:
        JupyterLab's exit code: 0 after Ctrl-C, 130 if it came before JupyterLab was ready.

    Raises:
        PortTaken: ``port`` is in use.
        OutputNotWritable: ``EDUKIT_HOME`` cannot be written.
    """
    if lang is not None:
        set_language(lang)
    if port is not None:
        for taken in listen(ip, port, insist=True):  # JupyterLab would only log that it is in use
            taken.close()
    workspace = replace(current(), server=server_name())
    for name, beside in copy_lessons(workspace).items():
        print(t("classroom.lab_new", name=name, beside=beside))
    print(t("classroom.lab_folder", folder=workspace.home / "lessons" / language()), flush=True)
    settings = workspace.home / ".jupyter"
    environment = subprocess_env() | jupyter_environment(settings) | {"EDUKIT_LANG": language(), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    prepare_settings(settings, language())
    trust(settings)
    try:
        return _run(lab_command(workspace, port=port, ip=ip, open_browser=open_browser, lang=language()), environment | workspace.to_environment())
    finally:
        jobs.stop_all(workspace)  # they keep what is done, and can be gone on with


def copy_lessons(workspace: Workspace, root: Path | None = None) -> dict[str, str]:
    """Copies the lessons of all languages to ``EDUKIT_HOME/lessons``; a notebook that the student changed stays as it is.

    Args:
        workspace: Its home gets the copies.
        root: The folder with ``zh`` and ``en``; by default the lessons that came with edukit.

    Returns:
        The new versions that lie beside a notebook that the student changed: its name to theirs.

    Raises:
        OutputNotWritable, DiskFull
    """
    source, target = root or lessons_root(), workspace.home / "lessons"
    check_writable(target / SHIPPED)
    shipped = read_record(target / SHIPPED)
    beside: dict[str, str] = {}
    for notebook in [path for lang in LANGUAGES for path in notebooks(lang, source)]:
        name, ours = notebook.relative_to(source).as_posix(), sha256(notebook)
        copy = target / name
        if not copy.exists() or sha256(copy) in (ours, shipped.get(name)):
            shipped[name] = ours
        elif shipped.get(name) == ours:  # the student's own changes to this version
            continue
        else:
            names = (copy.with_name(f"{copy.stem}-{number}.ipynb") for number in itertools.count(2))
            copy = next(path for path in names if not path.exists() or sha256(path) == ours)
            beside[name] = copy.name
        if not copy.exists() or sha256(copy) != ours:
            with writing(copy) as temporary:
                shutil.copyfile(notebook, temporary)
    write_json(target / SHIPPED, shipped)
    return beside


def prepare_settings(folder: Path, lang: str) -> None:
    """Writes what JupyterLab starts with: no news, no extension shop, the right language; the student's own settings lie elsewhere and win."""
    preset: dict[str, Any] = {f"{MANAGER}:notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": False}}
    if lang == "zh" and installed("jupyterlab_language_pack_zh_CN"):
        preset["@jupyterlab/translation-extension:plugin"] = {"locale": "zh_CN"}
    labconfig = folder / "jupyter_config_dir" / "labconfig"
    write_json(labconfig / "default_setting_overrides.json", preset)
    write_json(labconfig / "page_config.json", {"disabledExtensions": {f"{MANAGER}:announcements": True, "jupyterlab-jupytext": True}})


def lab_command(workspace: Workspace, *, port: int | None, ip: str, open_browser: bool, lang: str) -> list[str]:
    """The command that starts JupyterLab on the student's copy."""
    lessons = find_lessons(lang, workspace.home / "lessons")
    first = f"/lab/tree/lessons/{lang}/{lessons[0].address}.ipynb" if lessons else "/lab"
    options = {
        "ServerApp.ip": ip,
        "ServerApp.port": port or 8888,
        "ServerApp.port_retries": 0 if port else 50,
        "ServerApp.root_dir": workspace.home,
        "ServerApp.open_browser": open_browser,
        "ServerApp.answer_yes": True,
        "ServerApp.log_level": "WARN",
        "ServerApp.allow_root": True,
        "LabApp.default_url": first,
        "LabApp.extension_manager": "readonly",
        "LabApp.news_url": "",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "KernelManager.transport": "tcp",
    }
    return [sys.executable, "-c", START, *(f"--{name}={value}" for name, value in options.items())]


def trust(settings: Path) -> None:
    """Signs the lessons as they came, so that JupyterLab shows what their cells put out."""
    from nbformat import read
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary(data_dir=str(settings / "jupyter_data_dir"))
    for lang in LANGUAGES:
        for notebook in notebooks(lang):
            notary.sign(read(notebook, as_version=4))
    notary.store.close()


def _run(command: list[str], environment: dict[str, str]) -> int:
    """Runs JupyterLab; Ctrl-C goes to it, and it ends its kernels itself."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        heed = (lambda: signal.signal(signal.SIGINT, signal.default_int_handler)) if os.name == "posix" else None
        child = subprocess.Popen(command, env=environment, preexec_fn=heed)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        return max(0, child.wait())
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

