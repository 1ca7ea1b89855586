"""Collecting pictures without training: the Studio's cards, camera, pad and upload, and one button that takes the set into the lesson."""
from __future__ import annotations

import traitlets

from edukit.core.i18n import t
from edukit.data import load_dataset
from edukit.data.own import MY_SET
from edukit.data.uploading import add_upload
from edukit.widgets.studio import Studio


class Collect(Studio):
    """Class cards that are filled by camera, upload and drawing; the set is chosen for the lesson's other views.

    Example:
        >>> Collect().kind
        'collect'
    """

    kind = traitlets.Unicode("collect").tag(sync=True)
    collecting = traitlets.Bool(True).tag(sync=True)
    first_set = MY_SET

    def _take(self, label: str, pictures: list[bytes], group: str) -> None:
        self.studio.builder.add(label, pictures, group=group)  # without features: nothing is learnt here

    def _take_file(self, label: str, name: str, data: bytes) -> dict[str, int]:
        return add_upload(self.studio.builder, name, data, label=label)

    def _train(self, *, hold_back: bool) -> None:
        """The set is good enough to be read: the lesson goes on with it."""
        name = self.studio.builder.name
        dataset = load_dataset(self.studio.builder.folder)
        self.work.choose_dataset(name)
        self.status = t("studio.collected", name=name, count=sum(map(len, dataset.splits)), classes=len(dataset.classes))
        self.work.finish(self.kind)
