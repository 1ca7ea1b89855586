"""The whole grid: ResNet18 and MobileNetV3-Small, batches of 1 and 16, inputs of 32 to 1024 pixels, ONNX fixed and dynamic, before and after simplifying,
INT8, PyTorch eager, torch.compile and bf16, OpenVINO in f32 and INT8, and ncnn, whose files it makes for each size; what is not installed is left out.

Run: python benchmarks/speed_grid.py [--small | --quick] [--threads N] [--shapes 32,224] [--batches 1,16] [--networks ResNet18] [--out benchmarks/results/speed]
--small: all columns at 32 and 224 pixels, batch 1, few runs: about a quarter of an hour.
It goes on where it was stopped, while the models still lie in --files. Writes NETWORK.json, and in zh/ and en/ the plots as PNG and SVG and the table as CSV.
"""
import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path

from onnxruntime.tools.onnx_model_utils import make_dim_param_fixed

import edukit as ek
from edukit.comparison import SpeedGrid
from edukit.comparison.speed_results import warnings_of
from edukit.conversion.exporting import export_network
from edukit.core.errors import EdukitError
from edukit.core.events import Event
from edukit.core.preprocess import Preprocess
from edukit.models import TorchModel, find_backbone, load_checkpoint, new_network, save_checkpoint
from edukit.runtime.onnx_graph import serialize_with_card, simplify_graph

FULL, QUICK, SMALL = "32,64,128,224,256,384,512,768,1024", "32,64,224,512", "32,224"


def models(network: str, shapes: list[int], batches: list[int], folder: Path) -> list[tuple[str, Path]]:
    """The files by the name of their form; the weights do not matter here."""
    found = find_backbone(network)
    dataset = ek.load_dataset("emoji")
    built, _ = new_network(found.describe(len(dataset.classes)), pretrained=False)
    checkpoint = folder / "network.pth"
    preprocess = Preprocess.from_dict({**found.preprocess.to_dict(), "size": (224, 224)})
    save_checkpoint(checkpoint, built.eval(), ek.ModelCard(backbone=network, classes=dataset.classes, preprocess=preprocess))
    model = load_checkpoint(checkpoint)
    files = [("PyTorch", checkpoint)]
    for name, side, batch in [("ONNX fixed", side, batch) for side in shapes for batch in batches] + [("ONNX dynamic", 224, 0)]:
        card = ek.ModelCard.from_dict(model.card.to_dict() | {"preprocess": preprocess.to_dict() | {"size": (side, side)}})
        graph = export_network(model.network, card, opset_version=17, dynamic="batch" if batch else "all", path=checkpoint)
        if batch:
            make_dim_param_fixed(graph.graph, "batch", batch)
        for label, made in ((name, graph), (f"{name} +sim", simplify_graph(graph))):
            path = folder / f"{label.replace(' ', '-')}-{side}-{batch}.onnx"
            path.write_bytes(serialize_with_card(made, card))
            files.append((label, path))
    small = ek.quantize(folder / "ONNX-dynamic-+sim-224-0.onnx", folder / "int8.onnx", calibration=dataset, overwrite=True)
    return [*files, ("ONNX INT8", small.path), *(one for side in shapes for one in other_runtimes(model, side, folder))]


def other_runtimes(model: TorchModel, side: int, folder: Path) -> list[tuple[str, Path]]:
    """What OpenVINO and ncnn make of the network for inputs of one size; a file of theirs takes no other."""
    card = ek.ModelCard.from_dict(model.card.to_dict() | {"preprocess": model.card.preprocess.to_dict() | {"size": (side, side)}})
    graph = export_network(model.network, card, opset_version=17, dynamic="batch", path=model.path)
    path, files = folder / f"other-{side}.onnx", []
    path.write_bytes(serialize_with_card(simplify_graph(graph), card))
    try:
        for name in ("OpenVINO", "NCNN"):
            files.append((name.replace("NCNN", "ncnn"), ek.convert(path, folder / f"{name}-{side}", backend=name, overwrite=True).path))
        small = ek.quantize(path, folder / f"int8-{side}.onnx", calibration="emoji", overwrite=True).path
        files.append(("OpenVINO INT8", ek.convert(small, folder / f"OpenVINO-INT8-{side}", backend="OpenVINO", overwrite=True).path))
    except EdukitError as error:  # not installed, or it cannot take this network
        print(f"{side} px: {error.message}", flush=True)
    return files


def kept(network: str, shapes: list[int], batches: list[int], folder: Path) -> list[tuple[str, Path]]:
    """The files of an earlier start, so that it can be gone on with; else new ones."""
    names = folder / "names.json"
    if not names.is_file():
        names.write_text(json.dumps([(name, str(path)) for name, path in models(network, shapes, batches, folder)]))
    return [(name, Path(path)) for name, path in json.loads(names.read_text())]


def told(event: Event) -> None:
    if event.event == "progress" and event.values.get("stage") == "start":
        print(f"{event.done:.0f}/{event.total:.0f}", *event.values.values(), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--small", action="store_true", help="32 and 224 pixels, batch 1, few runs")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--shapes", default="")
    parser.add_argument("--batches", default="1,16")
    parser.add_argument("--networks", default="ResNet18,MobileNetV3-Small")
    parser.add_argument("--forms", default="eager,compile,bf16")
    parser.add_argument("--more", nargs="*", default=[], metavar="NAME=FILE")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "speed")
    parser.add_argument("--files", type=Path, default=Path(tempfile.gettempdir()) / "edukit-speed-grid", help="where the models lie; to go on, name it again")
    given = parser.parse_args()
    if given.small:
        given.quick, given.shapes, given.batches = True, given.shapes or SMALL, "1"
    shapes = given.shapes or (QUICK if given.quick else FULL)
    for network in given.networks.split(","):
        folder = given.files / network
        folder.mkdir(parents=True, exist_ok=True)
        files = kept(network, [int(side) for side in shapes.split(",")], [int(batch) for batch in given.batches.split(",")], folder)
        files += [(name, Path(file)) for name, _, file in (one.partition("=") for one in given.more)]
        grid = ek.compare_speed(
            [file for _, file in files], names=[name for name, _ in files], shapes=shapes, batches=given.batches, threads=given.threads,
            forms=given.forms, quick=given.quick, out=given.out / f"{network}.json", on_event=told,
        )  # fmt: skip
        without_folders(grid).write(given.out / f"{network}.json")
        report(grid, network, given)


def without_folders(grid: SpeedGrid) -> SpeedGrid:
    """The grid with files by their names alone, also in reasons: where they lay on this machine is no result."""
    cells = tuple(replace(cell, path=Path(cell.path.name), reason=cell.reason.replace(str(cell.path), cell.path.name)) for cell in grid.cells)
    return replace(grid, cells=cells, warnings=warnings_of(cells))


def report(grid: SpeedGrid, network: str, given: argparse.Namespace) -> None:
    for lang in ("zh", "en"):
        ek.set_language(lang)
        ek.plot_speed([given.out / f"{network}.json"], out=given.out / network / lang)
    print(grid)
    best = max((cell for cell in grid.of("ONNX INT8", batch=1) if cell.ratio), key=lambda cell: cell.ratio, default=None)
    if best:
        print(json.dumps({
            "name": f"speed_grid {network}: ONNX INT8 / PyTorch eager, {best.shape} px, batch 1", "ratio": best.ratio, "interval": best.interval,
            "better": "higher", "runs": best.runs, "threads": given.threads, "environment": grid.environments[best.machine],
        }))  # fmt: skip


if __name__ == "__main__":
    main()
