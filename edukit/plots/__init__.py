"""Charts and reports from results: light SVG and HTML, one drawing for page, report and notebook."""
from edukit.comparison.kinds import model_style
from edukit.comparison.tradeoffs import tradeoff
from edukit.plots.charts import class_counts, confusion, file_sizes, picture_grid, wrong_pictures
from edukit.plots.report import write_report
from edukit.training.curves import training_curves

__all__ = [
    "class_counts", "confusion", "file_sizes", "model_style", "picture_grid", "tradeoff", "training_curves", "write_report", "wrong_pictures",
]  # fmt: skip
