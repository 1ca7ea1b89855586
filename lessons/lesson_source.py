"""Reads a lesson's source: its header, its cells, and the parts (quiz, guess, check) that stand in it as YAML; says what is wrong with it."""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jupytext
import yaml

LANGUAGES = ("zh", "en")
PARTS = ("quiz", "guess", "check")  # a raw cell with one of these tags holds YAML and becomes a view
HIDDEN = ("code", "exercise", "mistake", "teacher", "solution")  # cells that the web page neither shows nor runs
TAGS = {*LANGUAGES, *PARTS, *HIDDEN, "view"}
DEFAULTS: dict[str, Any] = {"kind": "lesson", "art": "📘", "chapter": {"zh": "", "en": ""}, "steps": [], "needs": {}, "leaves": []}
NEEDS = {"dataset": "emoji", "lesson": "", "artefacts": []}
WORDS = {
    "how": {"zh": "[English]({other}) · 从上到下，选中一格，按 **Shift + Enter** 运行它。",
            "en": "[中文]({other}) · Go from top to bottom: click a cell and press **Shift + Enter** to run it."},
    "line": {"zh": "第 {number:02d} 课 · {minutes} 分钟", "en": "Lesson {number:02d} · {minutes} minutes"},
    "where": {"zh": "第 {number} 步“{title}”", "en": "step {number}, {title}"},
    "next": {"zh": "**下一课**：[{title}]({name}.ipynb)", "en": "**Next lesson:** [{title}]({name}.ipynb)"},
    "solution": {"zh": "参考解答", "en": "Solution"},
    "solution_how": {"zh": "先自己做一遍，再看这里。这里训练的模型放在单独的文件夹里，不会动你自己的作品。",
                     "en": "Try it yourself first. What is trained here goes to a folder of its own and leaves your own work as it is."},
    "teacher": {"zh": "教师用书", "en": "Teacher's sheet"}, "step": {"zh": "步骤", "en": "Step"}, "minutes": {"zh": "分钟", "en": "Minutes"},
    "rest": {"zh": "引入、练习、检查、小结", "en": "Opening, exercise, check, summary"}, "answers": {"zh": "小问题的答案", "en": "Answers of the quiz"},
}  # fmt: skip


class SourceError(ValueError):
    """A source is not written as CONTRIBUTING.md says."""


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook.

    Args:
        kind: ``"markdown"`` or ``"code"``.
        text: What stands in it.
        tags: Those of the notebook; languages are gone.
        lang: The language that it is for; empty for both.
        part: ``("quiz", YAML)`` of a cell that describes a view.
    """

    kind: str
    text: str
    tags: tuple[str, ...]
    lang: str = ""
    part: tuple[str, Any] | None = None


@dataclass(frozen=True)
class Source:
    """A source as it was read; ``about`` is its header, ``names`` those of all sources beside it."""

    path: Path
    about: Mapping[str, Any]
    cells: tuple[Cell, ...]
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """Such as ``"01_first_model"``; a tool's has no number."""
        return self.path.stem

    @property
    def kind(self) -> str:
        """``"lesson"`` or ``"tool"``."""
        return str(self.about["kind"])

    def in_language(self, lang: str) -> Iterator[Cell]:
        """The cells of one language and those of both, with ``[[…]]`` put in."""
        for cell in self.cells:
            if cell.lang in ("", lang):
                text = self.filled(cell.text, lang) if cell.kind == "markdown" else cell.text
                yield Cell(cell.kind, text, cell.tags, lang, cell.part)

    def parts(self, lang: str) -> dict[str, Any]:
        """The quiz, guesses and checks in one language, by ``"quiz"`` or ``"guess:name"``."""
        return {cell.part[0]: localised(cell.part[1], lang) for cell in self.cells if cell.part}

    def metadata(self, lang: str) -> dict[str, Any]:
        """What stands in the notebook's metadata under ``edukit``."""
        steps = [{"name": step["name"], "title": localised(step, lang)["text"]} for step in self.about["steps"]]
        told = {key: localised(self.about[key], lang) for key in ("title", "summary", "chapter")}
        kept = {key: self.about[key] for key in ("kind", "number", "minutes", "art", "needs", "leaves", "train") if key in self.about}
        return {**kept, **told, "name": self.name, "lang": lang, "steps": steps, "parts": self.parts(lang)}

    def filled(self, text: str, lang: str) -> str:
        """Prose with ``[[title]]``, ``[[next]]``, ``[[solution]]``, ``[[a step's name]]`` and ``[[another lesson's name]]`` put in."""
        text = re.sub(r"^# \[\[title\]\]$", lambda _: self._title(lang), text, flags=re.M)
        text = re.sub(r"^## \[\[(\w+)\]\]$", lambda match: self._heading(match[1], lang), text, flags=re.M)
        return re.sub(r"\[\[(\w+)\]\]", lambda match: self._mention(match[1], lang), text).rstrip()

    def _title(self, lang: str) -> str:
        line = WORDS["line"][lang].format(number=self.about["number"], minutes=self.about["minutes"])
        small = f'<p class="ek-soft">{line}</p>\n\n' if self.kind == "lesson" else ""
        return f"{small}# {localised(self.about['title'], lang)}"

    def _heading(self, step: str, lang: str) -> str:
        number, title = self._step(step, lang)
        return f'<a id="step-{step}"></a>\n\n## {number} · {title}'

    def _mention(self, name: str, lang: str) -> str:
        if name == "next":
            following = [other for other in self.names if re.match(rf"{self.about['number'] + 1:02d}_", other)]
            return self._link(following[0], lang, WORDS["next"][lang]) if following else ""
        if name == "solution":
            return f"[{WORDS['solution'][lang]}](solutions/{self.name}.ipynb)"
        if name in self.names:
            return self._link(name, lang, "[{title}]({name}.ipynb)")
        number, title = self._step(name, lang)
        return f"[{WORDS['where'][lang].format(number=number, title=title)}](#step-{name})"

    def _link(self, name: str, lang: str, form: str) -> str:
        title = read_header(self.path.with_name(f"{name}.py"))["title"]
        return form.format(title=localised(title, lang), name=name)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {step["name"]: number for number, step in enumerate(self.about["steps"], 1)}

    def _step(self, name: str, lang: str) -> tuple[int, str]:
        if name not in self._numbers:
            raise SourceError(f"{self.path.name}: [[{name}]] is no step of the header, no lesson, and not title or next")
        return self._numbers[name], localised(self.about["steps"][self._numbers[name] - 1], lang)["text"]


def localised(value: Any, lang: str) -> Any:
    """``value`` in one language: ``{zh, en}`` becomes that text, ``{zh, en, more}`` becomes ``{text, more}``, all the way down."""
    if isinstance(value, list):
        return [localised(one, lang) for one in value]
    if not isinstance(value, dict):
        return value
    if set(LANGUAGES) <= set(value):
        rest = {key: localised(one, lang) for key, one in value.items() if key not in LANGUAGES}
        text = str(value[lang]).strip()
        return {"text": text, **rest} if rest else text
    return {key: localised(one, lang) for key, one in value.items()}


def read_header(path: Path) -> dict[str, Any]:
    """The header of a source, with what it leaves out filled in."""
    return _header(path, jupytext.read(path, fmt="py:percent").metadata)


def _header(path: Path, metadata: Mapping[str, Any]) -> dict[str, Any]:
    about = DEFAULTS | dict(metadata.get("edukit", {}))
    about["needs"] = NEEDS | dict(about["needs"])
    match = re.match(r"(\d\d)_", path.stem)
    wrong = [key for key in ("title", "summary", "minutes") if key not in about]
    if about["kind"] not in ("lesson", "tool") or (about["kind"] == "lesson") != bool(match):
        wrong.append("kind (a lesson's file is called NN_name.py, a tool's name.py)")
    wrong += [f"steps: {step.get('name')} lacks name, minutes, zh or en" for step in about["steps"] if not {"name", "minutes", *LANGUAGES} <= set(step)]
    if wrong:
        raise SourceError(f"{path.name}: the header lacks or spoils {'; '.join(wrong)}")
    if sum(step["minutes"] for step in about["steps"]) > about["minutes"]:
        raise SourceError(f"{path.name}: the steps take more minutes than the lesson")
    return about | {"number": int(match[1]) if match else about.get("number", 0)}


def read_source(path: Path, names: tuple[str, ...] = ()) -> Source:
    """Reads and checks one source.

    Args:
        path: ``lessons/src/NN_name.py`` in jupytext's percent form.
        names: Of all sources that it may link to.

    Raises:
        SourceError: What is wrong, and in which source.
    """
    read = jupytext.read(path, fmt="py:percent")
    cells = tuple(_read_cell(path, cell) for cell in read.cells)
    source = Source(path, _header(path, read.metadata), cells, names)
    for lang in LANGUAGES:
        prose = "\n".join(cell.text for cell in cells if cell.kind == "markdown" and cell.lang in ("", lang))
        missing = [step["name"] for step in source.about["steps"] if f"## [[{step['name']}]]" not in prose]
        if missing or not prose.startswith("# [[title]]"):
            raise SourceError(f"{path.name}: the {lang} text must begin with # [[title]] and have a heading ## [[name]] for each step; missing: {missing}")
    return source


def _read_cell(path: Path, cell: Any) -> Cell:
    tags = tuple(cell.metadata.get("tags", ()))
    if unknown := set(tags) - TAGS:
        raise SourceError(f"{path.name}: unknown tags {sorted(unknown)}; known are {sorted(TAGS)}")
    lang = next((tag for tag in tags if tag in LANGUAGES), "")
    own = tuple(tag for tag in tags if tag not in LANGUAGES)
    if cell.cell_type == "markdown" and not lang:
        raise SourceError(f"{path.name}: prose is for one language, this is tagged with none: {cell.source[:60]!r}")
    kind = next((tag for tag in tags if tag in PARTS), "")
    if (cell.cell_type == "raw") != bool(kind):
        raise SourceError(f"{path.name}: a raw cell has one of the tags {PARTS}, and only a raw cell has: {cell.source[:60]!r}")
    return _part(path, kind, cell.source) if kind else Cell(cell.cell_type, cell.source, own, lang)


def _part(path: Path, kind: str, text: str) -> Cell:
    """A raw cell of YAML: it becomes a cell that shows the view, and its words go to the notebook's metadata."""
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SourceError(f"{path.name}: {kind}: this is not YAML (a text with a colon or in braces wants quotes): {error}") from error
    if wrong := _wrong_with(kind, told):
        raise SourceError(f"{path.name}: {kind}: {wrong}")
    name = f":{told['name']}" if isinstance(told, dict) and "name" in told else ""
    shown = f'lesson.view("{kind}", "{name[1:]}")' if name else f'lesson.view("{kind}")'
    return Cell("code", shown, ("view",), part=(kind + name, told))


def _wrong_with(kind: str, told: Any) -> str:
    if one := next(_in_one_language(told), None):
        return f"a text stands in one language alone: {one}"
    if kind == "quiz":
        fine = isinstance(told, list) and all(sum(bool(choice.get("right")) for choice in one["choices"]) == 1 for one in told)
        return "" if fine else "a list of questions, each with exactly one choice that is right: true"
    wanted = {"guess": ("name", "question", "choices"), "check": ("checks", "passed", "failed")}[kind]
    missing = [key for key in wanted if not isinstance(told, dict) or key not in told]
    return f"lacks {missing}" if missing else ""


def _in_one_language(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if len(set(LANGUAGES) & set(value)) == 1:
            yield str(value)[:80]
        for one in value.values():
            yield from _in_one_language(one)
    elif isinstance(value, list):
        for one in value:
            yield from _in_one_language(one)
