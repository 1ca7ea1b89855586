"""Progress for people: a bar on a terminal, a line now and then elsewhere."""
from edukit.cli.human import table
from edukit.cli.progress import ProgressText, progress_line
from edukit.core.events import Event
from edukit.core.formatting import columns, cut
from edukit.core.i18n import set_language


def shown(events, *, moving, step=0.5):
    written, now = [], [0.0]
    progress = ProgressText(written.append, moving=moving, clock=lambda: now[0])
    for event in events:
        now[0] += step
        progress(event)
    progress.end()
    return "".join(written)


def epochs(count):
    return [Event(event="progress", done=n, total=count, unit="epoch", values={"train_loss": 0.5, "val_top1": 0.25}) for n in range(1, count + 1)]


def test_a_terminal_shows_one_moving_line():
    text = shown([*epochs(4), Event(event="done")], moving=True)
    assert text.count("\n") == 0 and "[######..................] 1/4 epochs" in text and "loss 0.500" in text and text.endswith("\r\x1b[K")
    assert "left" in text


def test_elsewhere_lines_come_seldom_but_the_last_always():
    text = shown(epochs(40), moving=False)
    assert text.splitlines()[-1].startswith("40/40 epochs") and len(text.splitlines()) <= 5 and "\r" not in text


def test_a_message_wipes_the_bar_first():
    text = shown([epochs(2)[0], Event(event="message", text="Saved.")], moving=True)
    assert text.endswith("\r\x1b[KSaved.\n")


def test_unknown_totals_and_units_are_shown_as_they_are():
    event = Event(event="progress", done=3, total=0, unit="parsec", values={"train_loss": None})
    assert progress_line(event, seconds_left=None, bar=True).strip() == "[........................] 3 parsec"


def test_chinese_takes_two_columns():
    set_language("zh")
    assert "轮" in progress_line(epochs(2)[0], seconds_left=75, bar=False) and "1:15" in progress_line(epochs(2)[0], seconds_left=75, bar=False)
    assert cut("猫猫猫", 5) == "猫猫" and cut("cat", 5) == "cat" and columns("猫a") == 3
    lines = table(["类别", "n"], [["猫", "10"], ["elephant", "2"]]).splitlines()
    assert len({columns(line) for line in lines}) == 1
