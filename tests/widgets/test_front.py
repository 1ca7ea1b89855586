"""The front ends reach the browser once; every message from the page is acknowledged; what a thread sets while a view is sent is not lost."""
import shutil
import subprocess

from anywidget import AnyWidget

from edukit.widgets import front
from edukit.widgets.steps import Steps
from edukit.widgets.view import View


def test_a_view_brings_a_few_lines_and_names_the_module_that_all_share(work):
    views = [View(kind="one"), View(kind="two"), Steps(work)]
    for view in views:
        view._repr_mimebundle_()
    assert len({view.front for view in views}) == 1 and views[0].front == front.shared_front().model_id
    assert all(view.own_id == view.model_id for view in views) and all(len(view._esm) < 1600 for view in views)
    assert all(f'fronts["{name}.js"]' in front.shared_front().code for name in ("view", "explorable", "steps"))


def test_the_module_can_be_parsed(tmp_path):
    (tmp_path / "front.mjs").write_text(front.module(), encoding="utf-8")
    if node := shutil.which("node"):
        subprocess.run([node, "--check", tmp_path / "front.mjs"], check=True)
    assert front.module().count("export ") == 1


def test_a_message_is_acknowledged_before_it_is_acted_on(monkeypatch):
    view, sent = View(kind="one"), []
    monkeypatch.setattr(view, "send", sent.append)
    monkeypatch.setattr(view, "hear", lambda content, _: sent.append(content["do"]))
    view._handle_custom_msg({"do": "hello", "said": 1}, [])
    view._handle_custom_msg({"do": "act", "name": "start", "said": 2}, [])
    assert sent == [{"heard": 1}, {"heard": 2}, "act"] and view.error == {}


def test_what_is_set_while_the_view_is_on_its_way_is_sent_afterwards(monkeypatch):
    view, sent = View(kind="one", body="old"), []
    opened = AnyWidget.open

    def open_slowly(self):
        opened(self)
        comm, self.comm = self.comm, None
        self.body = "new"  # as a thread would between the snapshot and the comm
        self.comm = comm

    monkeypatch.setattr(AnyWidget, "open", open_slowly)
    monkeypatch.setattr(view, "send_state", sent.append)
    view._repr_mimebundle_()
    assert ["body"] in sent
