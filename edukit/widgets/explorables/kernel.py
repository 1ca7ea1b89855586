"""A 3x3 kernel slides over a picture: nine weights decide whether it blurs, sharpens or finds edges. The sum under the window is worked out by hand."""
from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from edukit.core.html import array_uri, esc, picture_uri
from edukit.core.i18n import language, t
from edukit.core.images import read_image
from edukit.core.preprocess import Float32Array, UInt8Image
from edukit.data import load_dataset
from edukit.widgets.explorable import Answer, Explorable, Slider

ASKED = ("tokyo_tower", "panda_face", "ladder", "banana")  # validation pictures with lines, round shapes, a grid and a slope
SIDE, WINDOW = 48, (213, 94, 0)  # pixels of the picture that the kernel sees; RGB of the frame
SHOWN = 6  # each of them on the stage
NAMES = tuple(f"w{i}" for i in range(1, 10))
GREY = 128  # stands for 0 where weights add up to 0


class Kernel(Explorable):
    """Nine weights, the window that they lie on, and the picture that they make."""

    kind, drag, challenges = "kernel", ("x", "y"), ("blur", "negative", "upright", "level", "nothing")
    sliders = (*(Slider(name, -4, 4, 1 if name == "w5" else 0) for name in NAMES), Slider("x", 1, SIDE - 2, 24), Slider("y", 1, SIDE - 2, 24))

    def prepare(self) -> None:
        """Four validation pictures, and one of lines alone, in grey."""
        import cv2

        dataset = load_dataset("emoji")
        found = {sample.path.stem: sample for sample in dataset.validation}
        read = [cv2.cvtColor(read_image(found[stem].path), cv2.COLOR_RGB2GRAY) for stem in ASKED]
        self.pictures = [np.asarray(cv2.resize(one, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32) for one in read]
        lines = np.full((SIDE, SIDE), 230, np.float32)
        lines[8:40, 10:14] = lines[8:40, 20:22] = lines[22:26, 28:44] = lines[34:36, 28:44] = 40
        self.pictures.append(lines)
        names = [dataset.shown(found[stem].label, language()) for stem in ASKED]
        self.choices = [{"uri": picture_uri(found[stem].path), "name": name} for stem, name in zip(ASKED, names)]
        self.choices.append({"uri": array_uri(np.repeat(lines[..., None], 3, 2).astype(np.uint8)), "name": t("kernel.lines")})

    def answer(self, state: Mapping[str, float], choice: int) -> Answer:
        """Slides the kernel over the picture and works out the window by hand."""
        import cv2

        weights, picture = np.asarray([state[name] for name in NAMES], np.float32).reshape(3, 3), self.pictures[choice]
        total, x, y = float(weights.sum()), int(state["x"]), int(state["y"])
        sums = cv2.filter2D(picture, -1, weights, borderType=cv2.BORDER_REPLICATE)  # as a network does it: the kernel is not turned round
        seen = sums / abs(total) + (255 if total < 0 else 0) if total else sums / max(1.0, float(np.abs(weights).sum()) / 2) + GREY
        part = picture[y - 1 : y + 2, x - 1 : x + 2]
        used = [(pixel, weight) for pixel, weight in zip(part.ravel(), weights.ravel()) if weight]
        terms = " + ".join(f"{pixel:.0f}×{weight:.0f}" if weight > 0 else f"{pixel:.0f}×({weight:.0f})" for pixel, weight in used)
        across, down = (float(np.abs(cv2.filter2D(ramp, -1, weights)[4, 4])) for ramp in np.meshgrid(np.arange(9.0), np.arange(9.0)))
        hand = t("kernel.hand", terms=terms or "0", sum=f"{sums[y, x]:.0f}")
        edges = not total and bool(weights.any())
        solved = {"blur": bool((weights >= 0).all()) and len(used) >= 5, "negative": total < 0, "upright": edges and across > 0 and down == 0,
                  "level": edges and down > 0 and across == 0, "nothing": edges and across == down == 0}  # fmt: skip
        how = next((name for name in ("upright", "level", "nothing") if solved[name]), "edges" if edges else "none" if not total else None)
        how = how or ("same" if np.count_nonzero(weights) == 1 and weights[1, 1] > 0 else "blurred" if solved["blur"] else "dark" if total < 0 else "mixed")
        return Answer(
            verdict=t(f"kernel.said_{how}", total=f"{total:.0f}"), picture=large(picture, x, y, 1),
            body=f"<p><img src='{array_uri(large(seen, x, y, 0))}' alt='{esc(t('kernel.seen'))}' width='224'></p><p><small>{esc(hand)}</small></p>",
            solved=solved,
        )  # fmt: skip


def large(picture: Float32Array, x: int, y: int, reach: int) -> UInt8Image:
    """A grey picture enlarged, RGB, with a frame of so many pixels around one of them."""
    import cv2

    stage = np.repeat(np.repeat(np.repeat(np.clip(picture, 0, 255).astype(np.uint8)[..., None], 3, 2), SHOWN, 0), SHOWN, 1)
    corners = [((x + way) * SHOWN, (y + way) * SHOWN) for way in (-reach, reach + 1)]
    return np.asarray(cv2.rectangle(stage, corners[0], corners[1], WINDOW, 2), np.uint8)
