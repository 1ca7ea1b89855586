"""The report on a run: name, curves with their sentence, matrix, wrong pictures; and what is missing is told."""
import pytest

import edukit as ek
from edukit.cli.main import main
from edukit.core.errors import FileMissing
from edukit.core.i18n import set_language
from edukit.plots.report import overfitting
from tests.dataset_files import imagenet


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    pets = imagenet(folder / "pets", "cat", "dog")
    trained = ek.train(pets, "LeNet", epochs=1, out=folder / "train-1", threads=1)
    ek.convert(trained, trained.folder / "best.onnx", data=pets)
    return trained.folder, pets


def test_a_run_becomes_one_page_with_the_students_name(run):
    folder, _ = run
    set_language("zh")
    text = ek.report(folder, student="小明<b>").path.read_text(encoding="utf-8")
    assert "小明&lt;b&gt;的报告" in text and "小明<b>" not in text and text.count("<svg") >= 2 and "<table" in text
    assert "reduce_range" not in text


def test_on_the_command_line_it_says_where_the_page_lies(run, capfd):
    folder, pets = run
    assert main(["report", str(folder), "--dataset", str(pets)]) == 0
    assert capfd.readouterr().out.strip() == str(folder / "report.html")


def test_without_a_trained_model_there_is_no_report(tmp_path):
    with pytest.raises(FileMissing):
        ek.report(tmp_path)


def rows(*losses):
    return [{"epoch": n + 1, "train_loss": 1 / (n + 1), "val_loss": loss} for n, loss in enumerate(losses)]


@pytest.mark.parametrize(("losses", "said"), [
    ((1.0, 0.6, 0.5, 0.7, 0.9), "Overfitting: on validation pictures the loss is lowest in epoch 3 (0.50) and ends at 0.90"),
    ((1.0, 0.6, 0.5, 0.45, 0.46), "The curves show no overfitting"),
    ((1.0, 0.2), ""),
])  # fmt: skip
def test_overfitting_is_named_where_the_curves_show_it(losses, said):
    assert overfitting(rows(*losses)).startswith(said) and bool(overfitting(rows(*losses))) == bool(said)
