"""Answers for people: a few lines a verb, from the same values that ``--json`` gives."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from edukit.core.files import human_size
from edukit.core.formatting import percent, score
from edukit.core.formatting import text_table as table
from edukit.core.i18n import t, texts
from edukit.data.problems import DatasetReport, grouped
from edukit.tasks import task_in

MOST_LISTED = 20


def answer_text(verb: str, answer: Any, result: Any = None) -> str:
    """What a person reads at the end of a verb.

    Args:
        verb: Which.
        answer: The plain values.
        result: What they were made from, where it knows names for people.
    """
    if verb == "predict":
        return "\n".join(f"{one.image}: {one}" for one in result)
    if verb == "check-dataset":
        return _check_dataset(answer, result) if answer is not None else ""
    if verb == "evaluate" and answer is not None:
        heads, rows = result.table()
        return "\n".join([result.summary(), *([table(heads, rows)] if rows else []), *result.warnings])
    if verb in ("compare-accuracy", "compare-speed", "explain-speed", "plot-speed", "find-rate", "learn-batch") and result is not None:
        return str(result)
    if verb == "train" and answer is not None:
        return _train(answer, result)
    return _SHOWN[verb](answer) if answer is not None else ""


def _demo(answer: Mapping[str, Any]) -> str:
    files = "\n".join(f"  {t(f'cli.demo.{name}')}: {answer[name]}" for name in ("checkpoint", "onnx", "int8", "report"))
    return "\n".join([t("cli.demo.done", seconds=round(answer["seconds"])), files, "", _compare(answer["comparison"])])


def _check_dataset(answer: Mapping[str, Any], result: DatasetReport) -> str:
    counts, problems = answer["counts"], answer["problems"]
    lines = [t("cli.check.counts", images=counts["images"]), _counts(counts["by_split"]), ""]
    lines.append(t("cli.check.problems", count=len(problems)) if problems else t("cli.check.fine"))
    groups = grouped(result.problems, result.folder)
    for group in groups[:MOST_LISTED]:
        lines += [f"  {t('cli.severity.' + group.severity)}  {group.where}", f"      {group.detail}", f"      {group.remedy}"]
    if len(groups) > MOST_LISTED:
        lines.append(t("cli.more", count=len(groups) - MOST_LISTED))
    if mended := answer.get("repaired"):
        counts = {name: len(mended[name]) for name in ("left_out", "converted", "renamed")}
        lines.append(t("cli.check.repaired", path=mended["path"], images=mended["images"], **counts))
    return "\n".join(lines)


def _export(answer: Mapping[str, Any]) -> str:
    return "\n".join([t("cli.export.done", images=answer["images"], path=answer["path"]), _counts(answer["by_split"])])


def _fetch(answer: Mapping[str, Any]) -> str:
    return "\n".join([t("cli.fetch.done", name=answer["name"], images=answer["images"], path=answer["path"]), _counts(answer["by_split"])])


def _counts(by_split: Mapping[str, Mapping[str, int]]) -> str:
    """A row for each class, a column for each split."""
    classes = sorted({label for of_split in by_split.values() for label in of_split})
    return table([t("cli.class"), *map(_split_name, by_split)], [[label, *(str(found.get(label, 0)) for found in by_split.values())] for label in classes])


def _train(answer: Mapping[str, Any], result: Any = None) -> str:
    task = task_in(answer)
    best = task.best_cell(task.best_row(answer["history"])) if result is None else result.best_text
    key = "cli.train.stopped" if answer.get("stopped") else "cli.train.done"
    told = {"figure": task.say("validation"), "epochs": len(answer["history"]), "seconds": round(answer["seconds"])}
    return t(key, **told, best=best, path=answer["best"] or answer["latest"])


def _train_head(answer: Mapping[str, Any]) -> str:
    figures = [f"{name}: {percent(value)}" for name, value in answer["metrics"].items()]
    return "\n".join([t("cli.train-head.done", images=answer["images"], path=answer["path"]), *figures])


def _checkpoint_head(answer: Mapping[str, Any]) -> str:
    return _convert({**answer, "path": answer["best"]})


def _convert(answer: Mapping[str, Any]) -> str:
    from edukit.conversion.results import Embedded
    from edukit.conversion.simplifying import Simplification

    gate = answer["gate"]
    agreed = t("cli.convert.gate", agree=gate["agree"], count=gate["count"], difference=f"{gate['max_difference']:.1e}")
    done, embedded = answer.get("simplification"), answer.get("embedded")
    more = [*([Simplification.from_dict(done).why] if done else []), *([str(Embedded.from_dict(embedded))] if embedded else [])]
    return "\n".join([_written("cli.convert", answer), agreed, *more])


def _inspect_graph(answer: Mapping[str, Any]) -> str:
    from edukit.conversion.graph import Graph

    graph = Graph.from_dict(answer)
    return "\n".join([str(graph), *graph.axes(), table([t("graph.operator"), t("graph.count"), t("graph.meaning")], graph.operator_rows())])


def _quantize(answer: Mapping[str, Any]) -> str:
    return _written("cli.quantize", answer)


def _written(key: str, answer: Mapping[str, Any]) -> str:
    return t(f"{key}.{'reused' if answer.get('reused') else 'done'}", path=answer["path"], size=human_size(answer["size_bytes"]))


def _compare(answer: Mapping[str, Any]) -> str:
    task = task_in(answer["models"][0])
    heads = [t(f"cli.compare.{name}") for name in ("model", "runtime", "size", "agreement", "latency", "throughput")]
    heads.insert(3, task.say("short"))
    rows = [
        [
            str(one.get("name") or one["path"]), one["runtime"], human_size(one["size_bytes"]), task.cell(one[task.best.name], one.get("count") or 0),
            score(one["agreement"], one.get("count") or 0),
            _number(_of(one["latency_ms"], "p50")), _number(one["throughput"]),
        ]
        for one in answer["models"]
    ]  # fmt: skip
    names = {one["path"]: str(one.get("name") or one["path"]) for one in answer["models"]}
    ratios = [
        t("cli.compare.ratio", of=names.get(one["of"], one["of"]), to=names.get(one["to"], one["to"]), ratio=f"{one['ratio']:.2f}",
          low=f"{one['interval'][0]:.2f}", high=f"{one['interval'][1]:.2f}")
        for one in answer["ratios"]
    ]  # fmt: skip
    return "\n".join([table(heads, rows), *ratios, *answer.get("warnings", ())])


def _info(answer: Mapping[str, Any]) -> str:
    from edukit.verbs.file_info import describe_file

    return "\n".join(f"{name}: {text}" for name, text in describe_file(answer))


def _xedu(answer: Mapping[str, Any]) -> str:
    lines = [f"  {one['line']}: {one['before']}  →  {one['after']}" for one in answer["changes"]]
    return "\n".join([*lines, t("xedu.rewritten" if lines else "xedu.nothing", count=len(lines), path=answer["path"])])


def _doctor(answer: Mapping[str, Any]) -> str:
    lines = []
    for line in answer["lines"]:
        lines.append(f"[{t('cli.doctor.' + line['state'])}] {line['name']}: {line['found']}")
        if line["remedy"]:
            lines.append(f"      {line['remedy']}")
    return "\n".join(lines)


def _split_name(split: str) -> str:
    key = f"cli.split.{split}"
    return t(key) if key in texts() else split


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _of(values: Mapping[str, float] | None, key: str) -> float | None:
    return None if values is None else values.get(key)


_SHOWN: dict[str, Callable[[Any], str]] = {
    "demo": _demo, "split": _export, "export": _export, "fetch": _fetch, "train-head": _train_head, "checkpoint-head": _checkpoint_head, "train": _train,
    "convert": _convert,
    "inspect-graph": _inspect_graph, "write-sample-code": lambda answer: t("conversion.sample_code", path=answer["path"], label=answer["label"]),
    "quantize": _quantize,
    "compare": _compare, "info": _info, "add-card": _info, "xedu": _xedu, "doctor": _doctor,
}  # fmt: skip
