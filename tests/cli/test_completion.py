"""Tab completion, asked as a shell asks."""
import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("edukit eval", {"evaluate"}), ("edukit train --ep", {"--epochs"}), ("edukit train emoji --backbone ResNet1", {"ResNet18"}),
        ("edukit train --pretrained ", {"true", "false"}), ("edukit convert a.pth --dynamic ", {"batch", "all", "none"}), ("edukit frob --", set()),
    ],
)  # fmt: skip
def test_what_may_follow(tmp_path, line, words):
    told = {"_ARGCOMPLETE_STDOUT_FILENAME": str(tmp_path / "words"), "COMP_LINE": line, "COMP_POINT": str(len(line))}
    told |= {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_IFS": " "}
    done = subprocess.run([sys.executable, "-m", "edukit"], env=os.environ | told, capture_output=True, text=True, timeout=60)
    assert done.stdout == "" and "Traceback" not in done.stderr
    assert {word.strip() for word in (tmp_path / "words").read_text().split(" ") if word.strip()} == words
