"""What a training with the usual settings will ask of a frozen network, computed before anyone presses Train."""
from __future__ import annotations

from edukit.core.events import Reporter, ShouldStop, Stopped
from edukit.core.verbs import find_verb
from edukit.data import load_dataset, verify
from edukit.models import find_backbone
from edukit.models.weights import weights_on_this_machine
from edukit.training.arguments import parse_settings


def compute_features(dataset: str, backbone: str, should_stop: ShouldStop | None = None) -> bool:
    """Keeps the features of a dataset's pictures for later trainings; what was done before a wish to stop is kept too.

    Args:
        dataset: A sample set's name or a folder.
        backbone: The network.
        should_stop: Asked before each few pictures.

    Returns:
        Whether all are there; False also where nothing can be computed ahead, because the network would not be frozen.

    Raises:
        What ``train`` raises for such a dataset or network.
    """
    entry, splits = find_backbone(backbone), ("train", "validation")
    if not entry.head_is_last or weights_on_this_machine(entry) is None:
        return False
    usual = {one.name: None if one.name == "dataset" else one.default for one in find_verb("train").parameters()}
    settings = parse_settings({**usual, "dataset": dataset, "backbone": backbone})
    try:
        usable = verify(load_dataset(dataset, splits=splits), splits, preprocess=settings.preprocess, skip_bad=True, should_stop=should_stop)
        from edukit.training.session import learner_of
        from edukit.training.starting import new_start

        reporter = Reporter(should_stop=should_stop)
        start = new_start(settings, usable, reporter)
        if not start.frozen:
            return False
        learner_of(settings, usable, start, lambda done, total: reporter.check()).prepare(1, settings.epochs)
    except Stopped:
        return False
    return True
