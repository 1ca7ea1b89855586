"""What the layers of a real network see: its feature maps from the first convolution to the last, for one picture."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from edukit.core.html import esc, picture_uri
from edukit.core.i18n import language, t
from edukit.core.packages import imported
from edukit.core.preprocess import Float32Array, UInt8Image
from edukit.data import load_dataset, sample_model
from edukit.runtime import inspect_onnx
from edukit.widgets.explorable import Answer, Explorable, Slider

ENDS = ("/bn1/", *(f"/blocks/blocks.{block}/" for block in range(7)), "/bn2/")  # how the names of each part's outputs begin
ASKED = ("tokyo_tower", "panda_face", "banana", "ship")  # validation pictures
ACROSS, SIDE, FEW = 4, 256, 7  # maps in a row; pixels of the stage; so small is a map at the end


class Layers(Explorable):
    """One picture on its way through EfficientNet-Lite0; the strongest maps of each part, or one of them alone."""

    kind, challenges, drag = "layers", ("first", "last", "others"), ("part", "map")
    sliders = (Slider("part", 1, len(ENDS), 1), Slider("map", 0, ACROSS**2, 0))

    def prepare(self) -> None:
        """The pictures; the network is loaded when the first answer is wanted."""
        dataset = load_dataset("emoji")
        self.asked = [sample for stem in ASKED for sample in dataset.validation if sample.path.stem == stem]
        self.choices = [{"uri": picture_uri(one.path), "name": dataset.shown(one.label, language())} for one in self.asked]
        self.session: Any = None
        self.pill, self.seen = t("layers.pill"), set[int]()

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """The maps of a part, the strongest first."""
        if "maps" not in self.memory:
            self.memory["maps"] = self._run(choice)
        maps, part, one = self.memory["maps"][int(state["part"]) - 1], int(state["part"]), int(state["map"])
        strongest = maps[np.argsort(-maps.reshape(len(maps), -1).std(axis=1), kind="stable")[: ACROSS**2]]
        shown = [strongest[one - 1]] if one and one <= len(strongest) else list(strongest)
        self.seen |= {choice} if part == len(ENDS) else set()
        count, size = maps.shape[:2]
        solved = {"first": part == 1 and one > 0, "last": size <= FEW and one == 0, "others": len(self.seen) >= 3}
        way = " → ".join(f"{len(each)}×{each.shape[1]}×{each.shape[2]}" for each in self.memory["maps"][:part])
        return Answer(
            verdict=t("layers.said", part=part, parts=len(ENDS), count=count, size=size, numbers=f"{maps.size:,}"), picture=tiled(shown),
            body=f"<p>{esc(t('layers.kind_early' if part < 3 else 'layers.kind_middle' if part < 6 else 'layers.kind_late'))}</p>"
            f"<p><small>{esc(t('layers.way', way=way))}</small></p>", solved=solved,
        )  # fmt: skip

    def _run(self, choice: int) -> list[Float32Array]:
        """The outputs of each part, shape (channels, height, width)."""
        if self.session is None:
            from edukit.runtime.onnx_session import open_session

            onnx, file = imported("onnx"), inspect_onnx(sample_model() or "emoji-int8.onnx")
            model, self.preprocess = onnx.load(file.path), file.card.preprocess
            outputs = [name for node in model.graph.node if node.op_type in ("Conv", "Add") for name in node.output]
            self.ends = [[name for name in outputs if name.startswith(end)][-1] for end in ENDS]
            model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in self.ends)
            self.session = open_session(file, 1, model.SerializeToString())
        ran = self.session.run(self.ends, {self.session.get_inputs()[0].name: self.preprocess(self.asked[choice].image())})
        return [np.asarray(one[0], np.float32) for one in ran]


def tiled(maps: list[Float32Array]) -> UInt8Image:
    """Maps in a square, each from its darkest to its brightest, RGB [256, 256, 3]."""
    import cv2

    side = SIDE if len(maps) == 1 else SIDE // ACROSS
    canvas = np.full((SIDE, SIDE), 255, np.uint8)
    for place, one in enumerate(maps):
        grey = np.asarray((one - one.min()) / max(float(np.ptp(one)), 1e-6) * 255, np.uint8)
        top, left = place // ACROSS * side, place % ACROSS * side
        canvas[top : top + side - 2, left : left + side - 2] = cv2.resize(grey, (side - 2, side - 2), interpolation=cv2.INTER_NEAREST)
    return np.repeat(canvas[..., None], 3, 2)
