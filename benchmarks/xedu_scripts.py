"""Runs every script of XEdu's pages with plain and with Chinese paths and writes benchmarks/results/xedu_scripts.md: does it run, what does it print last.

Run: python benchmarks/xedu_scripts.py
"""
import json
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from edukit.core.i18n import set_language
from tests.xedu.page_scripts import prepare, run_script, scripts

OUT = Path(__file__).parent / "results" / "xedu_scripts.md"
HEAD = """# Scripts of XEdu's pages / XEdu 手册里的脚本

Written by `benchmarks/xedu_scripts.py`. Page and lines as in `tests/xedu/page_scripts.txt`; one epoch each; small pictures, hardly trained networks.

| 页面与行 | 普通路径 | 中文路径 | 最后一行输出 |
|---|---|---|---|
"""


def main() -> None:
    """Writes the table; the last line counts the scripts that ended as they should."""
    set_language("zh")
    answers = []
    for place, chinese in (("work", False), ("学生 作品", True)):
        with tempfile.TemporaryDirectory() as folder:
            demo = prepare(Path(folder) / place, chinese)
            answers.append([run_script(code, demo, chinese=chinese) for _, code, _ in scripts()])
    rows, good = [], 0
    for (name, _, expected), plain, chinese in zip(scripts(), *answers):
        good += plain[0] == chinese[0] == expected
        said = re.sub(r"\S*/edukit/xedu", "…/edukit/xedu", plain[1]).replace("|", "\\|").replace("\t", " ")
        rows.append(f"| {name} | {plain[0] or '✓'} | {chinese[0] or '✓'} | {said} |")
    OUT.write_text(HEAD + "\n".join(rows) + "\n", "utf-8")
    print(json.dumps({"name": "xedu_scripts", "scripts": len(rows), "as_expected": good}))


if __name__ == "__main__":
    main()
