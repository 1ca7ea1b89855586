"""Plots and a table of measured speeds, of one machine or of several put together."""
from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from edukit.comparison.speed_results import SpeedGrid
from edukit.core.errors import BadArgument, OutputExists
from edukit.core.files import check_writable, user_path
from edukit.core.html import data_uri, esc, shown_alone, tag
from edukit.core.i18n import t
from edukit.core.packages import need
from edukit.core.parameters import PATH, AsOption, Metavar, shorten, verb
from edukit.core.results import Result


@dataclass(frozen=True, kw_only=True)
class SpeedPlots(Result):
    """Where the plots lie, each as ``NAME.png`` and ``NAME.svg`` beside ``speed.csv`` and ``speed.json``.

    Args:
        folder: Of the files.
        plots: What each plot shows in words, by its name.
    """

    folder: Path
    plots: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n".join(str(self.folder / f"{name}.{kind}") for name in self.plots for kind in ("png", "svg"))

    def html(self) -> str:
        """The whole plot, and what simplifying brings, as pictures with their words."""
        pieces = []
        for name in ("speed", "speed-simplify"):  # the others show parts of the first one
            if name not in self.plots:
                continue
            source = data_uri((self.folder / f"{name}.svg").read_bytes(), "image/svg+xml")
            pieces.append(f"<figure style='margin:16px 0'><img src='{source}' alt='{esc(self.plots[name])}' style='max-width:100%'></figure>")
        return "".join(pieces)

    def _repr_html_(self) -> str:
        return shown_alone(self.html(), tag("p", self.folder))


@verb
def plot_speed(
    files: Annotated[Sequence[str | os.PathLike[str]], Metavar("FILE.json")],
    *,
    out: Annotated[PATH, AsOption(), Metavar("DIR")],
    overwrite: bool = False,
) -> SpeedPlots:
    """Draws what ``compare_speed`` measured: pictures a second over the sizes of input, by batch, before and after simplifying; and writes one table.

    Args:
        files: What it wrote, on one machine or several; they are put together.
        out: A folder; plots of ours in it are replaced.
        overwrite: Also replace files of these names that are none of ours.

    Raises:
        BadArgument, FileMissing, FileUnreadable, OutputExists, OutputNotWritable
        PackageMissing: Without matplotlib.
    """
    need("matplotlib")
    if not isinstance(files, (list, tuple)) or not files:
        raise BadArgument(name="files", value=shorten(files), wanted=t("speed.wanted.files"))
    grid, folder = SpeedGrid().merge(*map(SpeedGrid.read, files)), user_path(out, output=True)
    if not grid.measured:
        raise BadArgument(name="files", value=shorten(str(files[0])), wanted=t("speed.wanted.files"))
    check_writable(folder / "speed.json")
    if folder.is_dir() and not overwrite and any(folder.glob("speed*.png")) and not (folder / "speed.json").is_file():
        raise OutputExists(path=folder)
    from edukit.plots.speeds import save_speed_plots

    shown = save_speed_plots(grid, folder)
    grid.write(folder / "speed.json")
    return SpeedPlots(folder=folder, plots=shown)
