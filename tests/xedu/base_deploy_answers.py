"""Run by the environment that holds the real BaseDeploy: labels, scores and seconds for pictures, as JSON in the last line."""
import json
import sys
import time

import BaseDeploy as bd  # noqa: N813

model, answers = bd(sys.argv[1]), []
began = time.perf_counter()
for picture in sys.argv[2:]:
    result = model.inference(picture)
    shown = model.print_result(result)
    answers.append(shown[0] if isinstance(shown, list) else shown)
labels_only = time.perf_counter() - began
began = time.perf_counter()
for picture in sys.argv[2:]:
    model.inference(picture, get_img="cv2")
print(json.dumps({"answers": answers, "labels_seconds": labels_only, "drawn_seconds": time.perf_counter() - began}, default=float))
