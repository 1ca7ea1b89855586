"""What tests ask of a figure: that every text lies inside it, and that texts do not cover each other."""
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text


def text_boxes(figure):
    """The texts that are drawn, and their boxes in pixels."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    hidden = _unseen(figure)
    shown = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip() and id(text) not in hidden]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in shown]


def _unseen(figure):
    """Tick labels outside the visible range: matplotlib keeps them and does not draw them."""
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            shown = axis.get_ticklabels()
            hidden |= {
                id(tick.label1) for tick in axis.get_major_ticks() if not axes.axison or tick.label1 not in shown or not low <= tick.get_loc() <= high
            }
    return hidden


def cut_off(figure, slack=1.0):
    """The texts that reach beyond the figure."""
    width, height = figure.bbox.width + slack, figure.bbox.height + slack
    return [text for text, box in text_boxes(figure) if box.x0 < -slack or box.y0 < -slack or box.x1 > width or box.y1 > height]


def overlapping(figure, only=None):
    """Pairs of texts whose boxes share more than a sliver."""
    boxes = [(text, box) for text, box in text_boxes(figure) if only is None or text in only]
    return [
        (a, b) for i, (a, one) in enumerate(boxes) for b, two in boxes[i + 1 :]
        if min(one.x1, two.x1) - max(one.x0, two.x0) > 2 and min(one.y1, two.y1) - max(one.y0, two.y0) > 2
    ]  # fmt: skip
