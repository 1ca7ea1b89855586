"""``compare_speed``: every model in every cell, what cannot be measured noted, resumed by its file, put together over devices."""
import csv
import json

import pytest

from edukit.comparison import SpeedGrid, compare_speed, machine, speed_cells
from edukit.core.errors import BadArgument, BadSuffix, FileUnreadable, NotAnOnnxFile, OutputExists
from edukit.core.events import Stopped
from edukit.core.i18n import set_language
from edukit.core.preprocess import Preprocess
from tests.onnx_files import card, network, save


@pytest.fixture
def free(tmp_path):
    """Two models that take any size."""
    return [save(tmp_path / "one.onnx", network(side="s")), save(tmp_path / "two.onnx", network(side="s", seed=1))]


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Few runs, on a machine that nobody else uses."""
    monkeypatch.setattr("edukit.comparison.speed_grid.QUICK", speed_cells.CellPlan(8, 1000, 4, 0.1, True, "", 1))
    monkeypatch.setattr(machine.LoadMeter, "share_since", lambda self, ours: 0.0)


def test_every_model_is_measured_in_every_cell(free, tmp_path):
    events = []
    grid = compare_speed(free, shapes=[24, 16], batches="1,3", quick=True, on_event=events.append)
    assert [(cell.model, cell.shape, cell.batch) for cell in grid.cells] == [
        (name, shape, batch) for shape in (16, 24) for batch in (1, 3) for name in ("ONNX one", "ONNX two")
    ]
    assert all(cell.state == "measured" and cell.runs == 8 and cell.rounds == 4 for cell in grid.cells)
    one, two = grid.cells[:2]
    assert one.ratio is None and two.interval[0] <= two.ratio <= two.interval[1]
    assert two.latency_ms.p50 > two.inference_ms.p50 and two.preprocess_ms > 0 and two.postprocess_ms > 0
    assert one.cold_start_ms > one.latency_ms.p50 and one.peak_memory_bytes > 20e6
    environment = grid.environments[one.machine]
    assert {"cpu", "usable_cores", "instructions", "governor", "versions", "threads", "protocol"} <= environment.keys()
    assert environment["versions"]["onnxruntime"]
    told = [event for event in events if event.event == "progress"]
    assert told[-1].done == told[-1].total == 8 and {event.values["stage"] for event in told} == {"start", "speed"}
    assert "ONNX two" in str(grid) and "ek-table" in grid._repr_html_()


def test_files_of_one_name_are_one_model_and_what_does_not_fit_is_noted(tmp_path, free):
    made = {side: card(preprocess=Preprocess(size=(side, side))).to_json() for side in (16, 24)}
    fixed = [save(tmp_path / f"fixed{side}.onnx", network(side=side, batch=1), with_card=text) for side, text in made.items()]
    grid = compare_speed([free[0], *fixed], names="free,fixed,fixed", shapes=[16, 24, 32], batches=[1, 2], quick=True)
    states = {(cell.shape, cell.batch): (cell.state, cell.path.name) for cell in grid.cells if cell.model == "fixed"}
    assert states[16, 1] == ("measured", "fixed16.onnx") and states[24, 1] == ("measured", "fixed24.onnx")
    assert {states[key][0] for key in ((16, 2), (24, 2), (32, 1), (32, 2))} == {"unfit"}
    assert len(grid.of("fixed", batch=1)) == 2 and all(cell.reason for cell in grid.cells if cell.state == "unfit")
    assert "measured at others: fixed." in str(grid.warnings)
    set_language("zh")
    assert "“可变的维度”选 all" in str(grid), "also of a grid that was measured in the other language"


def test_out_of_memory_is_noted_and_the_work_goes_on(free, monkeypatch):
    monkeypatch.setattr(speed_cells, "free_memory_bytes", lambda: 900_000_000)
    grid = compare_speed(free[:1], shapes=[16, 1024], batches=[48], quick=True)
    assert [cell.state for cell in grid.cells] == ["measured", "out_of_memory"]
    assert "memory" in str(grid)


def test_who_lacks_memory_beside_the_others_is_measured_alone(free, monkeypatch):
    started, start = [], speed_cells._start

    def starting(runner, plan, steps):
        started.append(runner.one.name)
        if started.count("ONNX two") == 1 and runner.one.name == "ONNX two":
            runner.give_up(speed_cells.OutOfMemory(detail="-"))
        else:
            start(runner, plan, steps)

    monkeypatch.setattr(speed_cells, "_start", starting)
    grid = compare_speed(free, shapes=[16], quick=True)
    assert [cell.state for cell in grid.cells] == ["measured", "measured"] and grid.cells[1].ratio is None and grid.cells[1].reason


def test_a_file_that_lies_there_is_gone_on_with(free, tmp_path):
    out = tmp_path / "speeds.json"
    first = compare_speed(free, shapes=[16], out=out, quick=True)
    events = []
    again = compare_speed(free, shapes=[16], out=out, quick=True, on_event=events.append)
    assert again == first == SpeedGrid.read(out) and events == []
    more = compare_speed(free, shapes=[16, 24], out=out, quick=True)
    assert more.cells[:2] == first.cells and len(more.cells) == 4
    theirs = compare_speed(free, shapes=[16], out=out, quick=True, machine="board")
    assert theirs.cells[:4] == more.cells and len(theirs.environments) == 2
    with pytest.raises(OutputExists):
        compare_speed(free, shapes=[16], out=out)  # not quick: other figures
    save(free[1], network(side="s", seed=9))
    with pytest.raises(OutputExists):
        compare_speed(free, shapes=[16], out=out, quick=True)
    assert SpeedGrid.read(out) == theirs
    assert len(compare_speed(free, shapes=[16], out=out, quick=True, overwrite=True).cells) == 2


def test_a_stop_keeps_what_is_done(free, tmp_path):
    out, seen = tmp_path / "speeds.json", []
    found = compare_speed(free, shapes=[16, 24], out=out, quick=True, on_event=seen.append, should_stop=lambda: bool(seen) and seen[-1].values["shape"] == 24)
    assert found.stopped and {cell.shape for cell in found.cells} == {16} and len(SpeedGrid.read(out).cells) == 2
    with pytest.raises(Stopped):
        compare_speed(free, shapes=[16], quick=True, should_stop=lambda: True)
    whole = compare_speed(free, shapes=[16, 24], out=out, quick=True)
    assert len(whole.cells) == 4 and not whole.stopped


def test_rounds_beside_other_work_are_measured_again(free, monkeypatch):
    loads = iter([0, 0.9, 0, 0.9, 0, 0])
    monkeypatch.setattr(machine.LoadMeter, "share_since", lambda self, ours: next(loads) if ours else 0.0)
    cell = compare_speed(free[:1], shapes=[16], quick=True).cells[0]
    assert (cell.rounds, cell.repeated, cell.other_load) == (4, 2, 0)
    monkeypatch.setattr(machine.LoadMeter, "share_since", lambda self, ours: 0.5)
    grid = compare_speed(free[:1], shapes=[16], quick=True)
    assert grid.cells[0].repeated == 4 and grid.cells[0].other_load == 0.5 and "50%" in grid.warnings[0]


def test_other_programs_are_seen_and_our_own_time_is_none_of_theirs(monkeypatch):
    monkeypatch.undo()
    busy = iter([100.0, 100.0, 103.0, 105.0])
    clock = iter([0.0, 0.0, 2.0, 4.0])
    monkeypatch.setattr(machine, "busy_seconds", lambda: next(busy))
    monkeypatch.setattr(machine.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(machine.time, "process_time", lambda: 0.0)
    monkeypatch.setattr(machine.psutil, "cpu_count", lambda: 2)
    meter = machine.LoadMeter()
    meter.share_since(0.0)
    assert meter.share_since(1.0) == pytest.approx(0.5) and meter.share_since(2.0) == 0


def test_grids_of_devices_become_one_and_a_table(free, tmp_path):
    for device in ("laptop", "board"):
        compare_speed(free, shapes=[16], quick=True, machine=device, out=tmp_path / f"{device}.json")
    grid = SpeedGrid.read(tmp_path / "laptop.json").merge(SpeedGrid.read(tmp_path / "board.json"))
    assert {cell.machine for cell in grid.cells} == set(grid.environments) == {"laptop", "board"} and len(grid.cells) == 4
    grid.write_csv(tmp_path / "all.csv")
    rows = list(csv.DictReader((tmp_path / "all.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["machine"] for row in rows] == ["laptop"] * 2 + ["board"] * 2
    assert float(rows[1]["ratio"]) == grid.cells[1].ratio and rows[0]["ratio"] == "" and rows[0]["path"] == "one.onnx"
    assert grid.to_frame()["inference_ms_p50"][0] == grid.cells[0].inference_ms.p50


@pytest.mark.parametrize("wrong", [
    {"shapes": "big"}, {"shapes": [0]}, {"shapes": [2.5]}, {"shapes": [True]}, {"batches": ""}, {"batches": "1,9999"}, {"threads": 0}, {"forms": "fast"},
    {"names": "a"}, {"models": []},
])  # fmt: skip
def test_bad_arguments_are_named_before_any_work(free, wrong, tmp_path):
    arguments = {"models": free, "out": tmp_path / "speeds.json", "quick": True} | wrong
    with pytest.raises(BadArgument) as caught:
        compare_speed(arguments.pop("models"), **arguments)
    assert caught.value.found["name"] in wrong and not (tmp_path / "speeds.json").exists()


def test_bad_files_are_refused_and_nothing_is_written(free, tmp_path):
    broken, out = tmp_path / "broken.onnx", tmp_path / "speeds.json"
    broken.write_bytes(free[0].read_bytes()[:40])
    with pytest.raises(NotAnOnnxFile):
        compare_speed([free[0], broken], out=out, quick=True)
    with pytest.raises(BadSuffix):
        compare_speed(free, out=tmp_path / "speeds.csv", quick=True)
    assert not out.exists()
    out.write_text("[1]")
    with pytest.raises(OutputExists):
        compare_speed(free, out=out, quick=True)
    with pytest.raises(FileUnreadable):
        SpeedGrid.read(out)
    assert out.read_text() == "[1]"


def test_the_forms_of_a_checkpoint_are_models_of_their_own(checkpoint, monkeypatch):
    monkeypatch.setattr(speed_cells, "has_compiler", lambda: False)
    set_language("en")
    grid = compare_speed([checkpoint], forms="eager,bf16,compile", quick=True)
    assert [(cell.model, cell.state, cell.precision) for cell in grid.cells] == [
        ("PyTorch", "measured", "fp32"), ("PyTorch bf16", "measured", "bf16"), ("PyTorch compile", "unfit", "fp32")]  # fmt: skip
    assert "PyTorch compile: torch.compile needs a C++ compiler" in str(grid)
    set_language("zh")
    assert "PyTorch compile：torch.compile 需要 C++ 编译器" in str(grid) and "C++" in grid._repr_html_()
    with pytest.raises(BadArgument):
        compare_speed([checkpoint], forms=[], quick=True)


def test_the_command_line_answers_the_same(free, capfd, tmp_path):
    from edukit.cli.main import main

    words = ["compare-speed", *map(str, free), "--shapes", "16", "--quick", "--out", str(tmp_path / "speeds.json")]
    assert main([*words, "--json"]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert SpeedGrid.from_dict(answer) == SpeedGrid.read(tmp_path / "speeds.json")
    assert main(["--lang", "zh", *words]) == 0
    assert "加速比" in capfd.readouterr().out
