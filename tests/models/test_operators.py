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


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 40), st.integers(0, 2**31), st.sampled_from([0.0, 0.3, 0.5, 0.9]))
def test_nms_keeps_what_the_definition_keeps(count, seed, threshold):
    random = np.random.default_rng(seed)
    corner, size = random.uniform(0, 50, (count, 2)), random.uniform(0, 30, (count, 2))
    boxes, scores = np.hstack([corner, corner + size]).astype(np.float32), random.permutation(count).astype(np.float32)
    kept = operators._nms(torch.from_numpy(boxes), torch.from_numpy(scores), threshold)
    assert kept.dtype == torch.int64 and kept.tolist() == slow_nms(boxes.astype(np.float64).tolist(), scores.tolist(), threshold)


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
    from torchvision.ops import nms
    boxes = torch.tensor([[0., 0, 10, 10], [1, 1, 10, 10], [20, 20, 30, 30]])
    print(nms(boxes, torch.tensor([.5, .9, .1]), 0.5).tolist())

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
    assert told[0] == "[1, 2]" and told[1] == "['boxes', 'labels', 'scores']" and told[-1] == "True"


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
    print(loaded[0].rsplit("_C", 1)[0][-12:], given, hasattr(torch.ops.torchvision, "qnms"))
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
