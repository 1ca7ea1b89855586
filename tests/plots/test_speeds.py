"""Plots of speeds: nothing cut off in either language, every model told in words, and the files that plot-speed writes."""
import csv
import json
from pathlib import Path

import pytest

from edukit.cli.main import main
from edukit.comparison import Percentiles, SpeedCell, SpeedGrid
from edukit.core.errors import BadArgument, FileMissing, FileUnreadable, OutputExists
from edukit.core.images import decode_image
from edukit.plots.speeds import simplify_plot, speed_plot
from edukit.verbs import plot_speed
from tests.figures import cut_off, overlapping

NAMES = {"PyTorch": 20, "PyTorch <b>$x$": 15, "ONNX": 6.0, "ONNX +sim": 5.0, "ONNX INT8": 2.9}


def speeds(*, shapes=(32, 64, 224, 256, 1024), batches=(1, 16), machine="A, 2"):
    cells = []
    for shape in shapes:
        for batch in batches:
            for name, ms in NAMES.items():
                value, ratio = ms * (shape / 224) ** 2 * batch + 0.5, 20 / ms
                times = Percentiles(value, value, value)
                cells.append(SpeedCell(
                    model=name, path=Path("a.onnx"), sha256="", shape=shape, batch=batch, threads=1, machine=machine, latency_ms=times, inference_ms=times,
                    inference_throughput=1000 * batch / value, ratio=None if ms == 20 else ratio, interval=None if ms == 20 else (ratio * 0.9, ratio * 1.1),
                ))  # fmt: skip
    cells.append(SpeedCell(model="ONNX", path=Path("a.onnx"), sha256="", shape=2048, batch=16, threads=1, machine=machine, state="out_of_memory"))
    return SpeedGrid(cells=tuple(cells), environments={machine: {}})


@pytest.mark.parametrize("batches", [None, [16]])
def test_pictures_a_second(lang, batches):
    figure = speed_plot(speeds(), batches=batches)
    assert cut_off(figure) == [] and overlapping(figure) == []
    drawn = {tuple(line.get_ydata()) for axes in figure.axes for line in axes.get_lines()}
    assert len(drawn) == 5 * len(batches or [1, 16])
    assert all(axes.get_xscale() == axes.get_yscale() == "log" for axes in figure.axes)
    assert all(name in figure.get_label() for name in NAMES) and "2048" not in figure.get_label()


def test_what_simplifying_brings(lang):
    figure = simplify_plot(speeds(batches=(1,)))
    assert cut_off(figure) == [] and overlapping(figure) == []
    gains = [line.get_ydata() for line in figure.axes[0].get_lines() if len(line.get_xdata()) == 5]
    assert gains[0][2] == pytest.approx(6.5 / 5.5) and "ONNX +sim" in figure.get_label()
    alone = SpeedGrid(cells=tuple(cell for cell in speeds(batches=(1,)).cells if cell.model != "ONNX"))
    assert "+sim" not in simplify_plot(alone).get_label(), "nothing to hold it against"


def test_two_machines_lie_in_one_plot(lang):
    figure = speed_plot(speeds(batches=(1,)).merge(speeds(batches=(1,), machine="board")))
    assert len(figure.axes[0].get_lines()) == 10 and "ONNX · board" in figure.get_label() and cut_off(figure) == []


def test_all_files_are_written_and_only_over_ours(tmp_path):
    for machine in ("laptop", "board"):
        speeds(machine=machine).write(tmp_path / f"{machine}.json")
    files = [tmp_path / "laptop.json", tmp_path / "board.json"]
    for _ in range(2):
        found = plot_speed(files, out=tmp_path / "plots")
    assert set(found.plots) == {"speed", "speed-single-batch", "speed-many-batch", "speed-simplify"}
    for name in found.plots:
        assert decode_image((tmp_path / "plots" / f"{name}.png").read_bytes()).shape[0] > 400
        assert (tmp_path / "plots" / f"{name}.svg").read_text(encoding="utf-8").count("<svg") == 1
    assert len(list(csv.DictReader((tmp_path / "plots" / "speed.csv").read_text(encoding="utf-8").splitlines()))) == 102
    assert len(SpeedGrid.read(tmp_path / "plots" / "speed.json").cells) == 102
    assert "&lt;b&gt;" in found.html() and "data:image/svg+xml" in found._repr_html_()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "speed.png").write_bytes(b"mine")
    with pytest.raises(OutputExists):
        plot_speed(files, out=tmp_path / "mine")
    assert (tmp_path / "mine" / "speed.png").read_bytes() == b"mine"


def test_bad_files(tmp_path):
    (tmp_path / "other.json").write_text('{"cells": [{"model": 3}]}')
    SpeedGrid().write(tmp_path / "empty.json")
    for files, error in (["other.json"], FileUnreadable), (["gone.json"], FileMissing), (["empty.json"], BadArgument), ([], BadArgument):
        with pytest.raises(error):
            plot_speed([tmp_path / name for name in files], out=tmp_path / "plots")
    assert not (tmp_path / "plots").exists()


def test_the_command_line_draws_too(tmp_path, capfd):
    speeds(batches=(1,)).write(tmp_path / "a.json")
    assert main(["plot-speed", str(tmp_path / "a.json"), "--out", str(tmp_path / "plots"), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["plots"].keys() == {"speed", "speed-simplify"}
