"""Pictures of an evaluation as its view shows them: each can be looked at, and those of a set of one's own get another label."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from edukit.core.html import choice, esc, tag
from edukit.core.i18n import t
from edukit.data import DatasetBuilder
from edukit.evaluation import showing
from edukit.tasks.classification_results import AnsweredPicture, ClassEvaluation


def mistakes_html(found: ClassEvaluation, pictures: Sequence[AnsweredPicture], own: DatasetBuilder | None, looked_at: str, shown: showing.Shown) -> str:
    """Pictures, and what is known of the one called ``looked_at``, with the labels that it may get instead where the set is one's ``own``."""
    built = {one.name: one for one in own.pictures()} if own else {}
    here = [replace(one, path=built[one.path.name].path) if one.path.name in built else one for one in pictures]
    reasons = {one.path.name: one for one in found.reasons}

    def below(one: AnsweredPicture) -> str:
        now = built.get(one.path.name)
        moved = f"<br>✎ {esc(t('widgets.evaluate.now', label=shown(now.label)))}" if now and now.label != one.label else ""
        look = choice("look", one.path.name, t("widgets.evaluate.look"), chosen=looked_at == one.path.name)
        return moved + (f"<br>{look}" if now or one.path.name in reasons else "")

    def after(one: AnsweredPicture) -> str:
        if one.path.name != looked_at:
            return ""
        told = tag("h3", t("evaluation.taken", label=shown(one.label), predicted=shown(one.predicted)))
        if why := reasons.get(looked_at):
            told += tag("p", t("evaluation.reasons_hint"), "ek-hint") + showing.reasons_html(replace(why, path=one.path), shown)
        if now := built.get(looked_at):
            labels = "".join(choice("label", str(place), shown(label), chosen=label == now.label) for place, label in enumerate(found.classes))
            told += f"{tag('p', t('widgets.evaluate.relabel'))}<div class='ek-row'>{labels}</div>"
        return f"<div class='ek-looked'>{told}</div>"

    return showing.pictures_html(here, shown, below=below, after=after) if here else tag("p", t("evaluation.nothing_wrong"))
