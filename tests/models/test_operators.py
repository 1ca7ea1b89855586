"""The stand-ins for torchvision's operators: the same numbers as slow references, in place only where the compiled ones do not load."""
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from edukit.models import operators


def slow_nms(boxes, scores, threshold):
    kept = []
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        def overlap(j, i=i):
            wide = min(boxes[i][2], boxes[j][2]) - max(boxes[i][0], boxes[j][0])
            high = min(boxes[i][3], boxes[j][3]) - max(boxes[i][1], boxes[j][1])
            shared = max(wide, 0) * max(high, 0)
            areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (boxes[i], boxes[j])]
            return shared / (sum(areas) - shared) if sum(areas) - shared else 0
        if all(overlap(j) <= threshold for j in kept):
            kept.append(i)
    return kept


def slow_roi_align(features, rois, scale, height, width, ratio, aligned):
    """The definition, sample by sample."""
    rows = []
    for image, x1, y1, x2, y2 in rois:
        offset = 0.5 if aligned else 0
        x1, y1, x2, y2 = (v * scale - offset for v in (x1, y1, x2, y2))
        wide, high = (x2 - x1, y2 - y1) if aligned else (max(x2 - x1, torch.tensor(1.0)), max(y2 - y1, torch.tensor(1.0)))
        down, across = (ratio or int(torch.ceil(high / height))), (ratio or int(torch.ceil(wide / width)))
        cells = []
        for py in range(height):
            for px in range(width):
                samples = [
                    slow_bilinear(features[int(image)], y1 + (py + (sy + 0.5) / down) * high / height, x1 + (px + (sx + 0.5) / across) * wide / width)
                    for sy in range(down)
                    for sx in range(across)
                ]
                cells.append(sum(samples) / max(len(samples), 1) if samples else features[0, :, 0, 0] * 0)
        rows.append(torch.stack(cells, 1).reshape(-1, height, width))
    return torch.stack(rows)


def slow_bilinear(image, y, x):
    height, width = image.shape[1:]
    if y < -1 or y > height or x < -1 or x > width:
        return image[:, 0, 0] * 0
    y, x = min(max(float(y), 0), height - 1), min(max(float(x), 0), width - 1)
    top, left = int(y), int(x)
    bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
    v, h = y - top, x - left
    return (image[:, top, left] * (1 - v) + image[:, bottom, left] * v) * (1 - h) + (image[:, top, right] * (1 - v) + image[:, bottom, right] * v) * h


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 40), st.integers(0, 2**31), st.sampled_from([0.0, 0.3, 0.5, 0.9]))
def test_nms_keeps_what_the_definition_keeps(count, seed, threshold):
    random = np.random.default_rng(seed)
    corner, size = random.uniform(0, 50, (count, 2)), random.uniform(0, 30, (count, 2))
    boxes, scores = np.hstack([corner, corner + size]).astype(np.float32), random.permutation(count).astype(np.float32)
    kept = operators._nms(torch.from_numpy(boxes), torch.from_numpy(scores), threshold)
    assert kept.dtype == torch.int64 and kept.tolist() == slow_nms(boxes.astype(np.float64).tolist(), scores.tolist(), threshold)


ROIS = torch.tensor([[0, 1.0, 2, 9, 7], [1, -3, -2, 4, 30], [0, 5, 5, 5, 5], [1, 30, 30, 60, 60], [0, 0, 0, 11, 13]])


@pytest.mark.parametrize("aligned", [True, False])
@pytest.mark.parametrize("ratio", [0, 2])
def test_roi_align_averages_the_samples_of_the_definition(aligned, ratio):
    features = torch.rand(2, 3, 12, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    rois = ROIS.double()
    found = operators._roi_align(features, rois, 0.7, 3, 2, ratio, aligned)
    assert torch.allclose(found, slow_roi_align(features, rois, 0.7, 3, 2, ratio, aligned), atol=1e-12)


IN_A_PROCESS_OF_ITS_OWN = """
    import importlib.util, pathlib, sys, types, torch
    torch.set_num_threads(1)
    from edukit.models import operators
"""

BROKEN = IN_A_PROCESS_OF_ITS_OWN + """
    def refuse(path):
        raise OSError("libcudart.so is missing")
    torch.ops.load_library = refuse
"""


def run(code):
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_where_the_compiled_operators_do_not_load_torchvision_works_all_the_same():
    told = run(BROKEN + """
    import torchvision
    assert operators.are_filled()
    from torchvision.ops import nms, roi_align
    boxes = torch.tensor([[0., 0, 10, 10], [1, 1, 10, 10], [20, 20, 30, 30]])
    print(nms(boxes, torch.tensor([.5, .9, .1]), 0.5).tolist())

    features = torch.rand(1, 2, 6, 5, dtype=torch.float64, requires_grad=True)
    rois = torch.tensor([[0, 1, 1, 4, 5.], [0, 0, 0, 5, 6]], dtype=torch.float64)
    print(torch.autograd.gradcheck(lambda x: roi_align(x, rois, (2, 3), 0.9, -1, True), (features,)))

    from torch._subclasses.fake_tensor import FakeTensorMode
    with FakeTensorMode():
        print(tuple(torch.ops.torchvision.roi_align(torch.empty(2, 7, 9, 9), torch.empty(5, 5), 1.0, 3, 4, 2, True).shape))

    detector = torchvision.models.detection.ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=3).eval()
    with torch.no_grad():
        print(sorted(detector([torch.rand(3, 64, 64)])[0]))

    import io, warnings
    warnings.simplefilter("ignore")
    class Suppress(torch.nn.Module):
        def forward(self, boxes, scores):
            return nms(boxes, scores, 0.5)
    torch.onnx.export(Suppress(), (boxes, torch.tensor([.5, .9, .1])), stream := io.BytesIO(), opset_version=17, dynamo=False)
    print(b"NonMaxSuppression" in stream.getvalue())
    """).splitlines()
    assert told[0] == "[1, 2]" and told[1] == "True" and told[2] == "(5, 7, 3, 4)" and told[3] == "['boxes', 'labels', 'scores']" and told[-1] == "True"


def test_where_the_compiled_operators_load_nothing_is_changed():
    told = run(IN_A_PROCESS_OF_ITS_OWN + """
    loaded = []
    def load(path):
        loaded.append(path)
        library = torch.library.Library("torchvision", "DEF")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.impl("nms", lambda dets, scores, threshold: torch.tensor([42]), "CPU")
        loaded.append(library)
    torch.ops.load_library = load
    folder = pathlib.Path(importlib.util.find_spec("torchvision").origin).parent
    assert operators.define_operators(folder) is False and not operators.are_filled() and "torchvision" not in sys.modules
    given = torch.ops.torchvision.nms(torch.zeros(1, 4), torch.zeros(1), 0.5).tolist()
    print(loaded[0].rsplit("_C", 1)[0][-12:], given, hasattr(torch.ops.torchvision, "roi_align"))
    """)
    assert "torchvision" in told and "[42] False" in told


@pytest.mark.parametrize("words", ["import edukit, torchvision", "import edukit, timm"])
def test_torchvision_works_whenever_it_is_imported_after_edukit(words):
    run(f"""
{textwrap.indent(words, "    ")}
    import torch
    from torchvision.ops import nms
    assert nms(torch.tensor([[0., 0, 1, 1]]), torch.tensor([.5]), .5).tolist() == [0]
    """)


def test_an_import_of_torchvision_that_failed_before_edukit_came_may_be_tried_again():
    run("""
    try:
        import torchvision
    except RuntimeError:
        pass
    import edukit, torchvision
    assert torchvision.models.resnet18
    """)
