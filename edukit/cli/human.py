"""Answers for people: a few lines a verb; without lines of its own a result is shown as Python prints it."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from edukit.core.files import human_size
from edukit.core.formatting import percent
from edukit.core.formatting import text_table as table
from edukit.core.i18n import t, texts
from edukit.core.results import plain
from edukit.data.problems import DatasetReport, grouped

MOST_LISTED = 20


def answer_text(verb: str, result: Any) -> str:
    """What a person reads at the end of a verb.

    Args:
        verb: Which.
        result: What it gave; None where it says all itself.
    """
    return "" if result is None else _SHOWN.get(verb, str)(result)


def _demo(result: Any) -> str:
    files = [f"  {t(f'cli.demo.{name}')}: {getattr(result, name)}" for name in ("checkpoint", "onnx", "int8", "report")]
    return "\n".join([t("cli.demo.done", seconds=round(result.seconds)), *files, "", _compare(result.comparison)])


def _check_dataset(result: DatasetReport) -> str:
    lines = [t("cli.check.counts", images=result.counts["images"]), _counts(result.counts["by_split"]), ""]
    lines.append(t("cli.check.problems", count=len(result.problems)) if result.problems else t("cli.check.fine"))
    lines[1:1] = result.notes
    groups = grouped(result.problems, result.folder)
    for group in groups[:MOST_LISTED]:
        lines += [f"  {t('cli.severity.' + group.severity)}  {group.where}", f"      {group.detail}", f"      {group.remedy}"]
    if len(groups) > MOST_LISTED:
        lines.append(t("cli.more", count=len(groups) - MOST_LISTED))
    if result.repaired:
        done = plain(result.repaired)
        lines.append(t("cli.check.repaired", **done | {name: len(done[name]) for name in ("left_out", "converted", "renamed")}))
    return "\n".join(lines)


def _set_written(key: str, result: Any) -> str:
    return "\n".join([t(key, **plain(result)), _counts(result.by_split)])


def _counts(by_split: Mapping[str, Mapping[str, int]]) -> str:
    """A row for each class, a column for each split."""
    classes = sorted({label for of_split in by_split.values() for label in of_split})
    return table([t("cli.class"), *map(_split_name, by_split)], [[label, *(str(found.get(label, 0)) for found in by_split.values())] for label in classes])


def _split_name(split: str) -> str:
    key = f"cli.split.{split}"
    return t(key) if key in texts() else split


def _evaluate(result: Any) -> str:
    heads, rows = result.table()
    return "\n".join([result.summary(), *([table(heads, rows)] if rows else []), *result.warnings])


def _train(result: Any) -> str:
    told = {"figure": result.task.say("validation"), "epochs": len(result.history), "seconds": round(result.seconds), "best": result.best_text}
    return t("cli.train.stopped" if result.stopped else "cli.train.done", **told, path=result.to_dict()["best"] or result.latest)


def _train_head(result: Any) -> str:
    figures = [f"{name}: {percent(value)}" for name, value in result.metrics.items()]
    return "\n".join([t("cli.train-head.done", images=result.images, path=result.path), *figures])


def _convert(result: Any) -> str:
    gate, done, embedded = result.gate, getattr(result, "simplification", None), getattr(result, "embedded", None)
    agreed = t("cli.convert.gate", agree=gate.agree, count=gate.count, difference=f"{gate.max_difference:.1e}")
    return "\n".join([_written("cli.convert", result), agreed, *([done.why] if done else []), *([str(embedded)] if embedded else [])])


def _written(key: str, result: Any) -> str:
    path = getattr(result, "path", None) or result.best
    return t(f"{key}.{'reused' if getattr(result, 'reused', False) else 'done'}", path=path, size=human_size(result.size_bytes))


def _inspect_graph(result: Any) -> str:
    return "\n".join([str(result), *result.axes(), table([t("graph.operator"), t("graph.count"), t("graph.meaning")], result.operator_rows())])


def _compare(result: Any) -> str:
    from edukit.comparison.summary import conditions
    from edukit.comparison.summary import table as columns

    return "\n".join([str(result), table(*columns(result, runtimes=True)), *result.warnings, conditions(result)])


def _info(result: Any) -> str:
    from edukit.verbs.file_info import describe_file

    return "\n".join(t("verbs.info.row", name=name, text=text) for name, text in describe_file(result.to_dict()))


def _xedu(result: Any) -> str:
    lines = [f"  {one['line']}: {one['before']}  →  {one['after']}" for one in result.changes]
    return "\n".join([*lines, t("xedu.rewritten" if lines else "xedu.nothing", count=len(lines), path=result.path)])


def _doctor(result: Any) -> str:
    said = [(f"[{t('cli.doctor.' + line.state)}] {t('verbs.info.row', name=line.name, text=line.found)}", f"      {line.remedy}") for line in result.lines]
    return "\n".join(text for both in said for text in both if text.strip())


_SHOWN: dict[str, Callable[[Any], str]] = {
    "demo": _demo, "check-dataset": _check_dataset, "split": partial(_set_written, "cli.export.done"), "export": partial(_set_written, "cli.export.done"),
    "fetch": partial(_set_written, "cli.fetch.done"), "train": _train, "train-head": _train_head, "checkpoint-head": _convert, "evaluate": _evaluate,
    "convert": _convert, "inspect-graph": _inspect_graph, "quantize": partial(_written, "cli.quantize"), "compare": _compare, "info": _info, "add-card": _info,
    "predict": lambda result: "\n".join(f"{one.image}: {one}" for one in result), "xedu": _xedu, "doctor": _doctor,
}  # fmt: skip
