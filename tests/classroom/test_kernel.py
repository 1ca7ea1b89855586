"""The kernel of a lesson: errors become sentences in the page's language, and its environment says who it works for."""
import html
import os
import sys

import pytest
from jupyter_client.kernelspec import NoSuchKernel

from edukit.classroom.kernel import error_html
from edukit.classroom.kernels import KERNEL, LessonKernelSpecs, kernel_environment, work_folder
from edukit.core.errors import NotAnImage
from edukit.core.i18n import set_language
from edukit.core.subprocess_env import MEMORY_BACK, SWITCHES, subprocess_env
from edukit.core.workspace import Workspace, current


@pytest.mark.parametrize(("lang", "sentence"), [("zh", "不是图片"), ("en", "is not a picture")])
def test_our_errors_are_told_with_their_code_at_the_end(lang, sentence):
    set_language(lang)
    shown = error_html(NotAnImage(path="<img src=x onerror=alert(1)>.docx"))
    assert sentence in shown and shown.endswith("<code>E103</code></div></div>") and "<img" not in shown and "onerror" in html.unescape(shown)


def test_other_errors_say_nothing_of_code_but_their_kind():
    shown = error_html(ZeroDivisionError("/home/teacher/secret.py"))
    assert "did not work" in shown and "ZeroDivisionError" in shown and "secret" not in shown


def test_there_is_one_kernel_and_it_is_this_python(monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    (tmp_path / "kernels" / "other").mkdir(parents=True)
    (tmp_path / "kernels" / "other" / "kernel.json").write_text("{broken")
    specs = LessonKernelSpecs()
    assert list(specs.get_all_specs()) == [KERNEL] and specs.get_kernel_spec(KERNEL).argv[0] == sys.executable
    with pytest.raises(NoSuchKernel):
        specs.get_kernel_spec("other")


def test_the_environment_of_a_kernel(tmp_path):
    workspace = Workspace(tmp_path, "ann", "01_small", "a server")
    told = kernel_environment({"EDUKIT_HOME": "/x", "PYTHONPATH": "/theirs", "OMP_NUM_THREADS": "3"}, workspace, "zh")
    assert Workspace.from_environment(told) == workspace, "the kernel works for the student whose page it is"
    assert told["EDUKIT_LANG"] == "zh" and told["EDUKIT_APP"] == "1" and told["OMP_NUM_THREADS"] == "3" and SWITCHES.items() <= told.items()
    assert told["PYTHONPATH"].split(os.pathsep)[1:] == ["/theirs"]
    assert 1 <= int(kernel_environment({}, workspace, "en")["OMP_NUM_THREADS"]) <= 4
    assert MEMORY_BACK in told and MEMORY_BACK not in subprocess_env(told), "a training that the kernel starts allocates as usual"


def test_a_kernel_starts_in_the_lessons_folder_or_at_least_somewhere(monkeypatch, tmp_path):
    workspace = current().of_student("ann").of_lesson("01_small")
    assert work_folder(workspace) == current().home / "ann" / "01_small" and workspace.folder.is_dir()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    assert work_folder(Workspace(tmp_path / "file")) == tmp_path
