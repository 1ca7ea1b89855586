"""Explorables: what the kit promises to a new one, held by a toy; the moving picture with a real model's answers."""
import inspect
import io
from pathlib import Path

import numpy as np
import pytest
from lesson_work import save_model
from PIL import Image

from edukit.core.i18n import t, texts
from edukit.widgets import explorable_kinds, view_class
from edukit.widgets.explorable import Answer, Explorable, Plot, Slider
from edukit.widgets.explorables.batch import BATCHES, MEASURED, SIDES, Batch, run_ms
from edukit.widgets.explorables.bowl import VALLEYS, Bowl, rolled
from edukit.widgets.explorables.fold import CHAINS, INPUTS, Fold, values
from edukit.widgets.explorables.frozen import NAMES as PARTS
from edukit.widgets.explorables.frozen import WEIGHTS, Frozen
from edukit.widgets.explorables.kernel import NAMES, Kernel
from edukit.widgets.explorables.layers import ENDS, Layers
from edukit.widgets.explorables.mode import ASKED, Mode
from edukit.widgets.explorables.move import MovePicture, draw
from edukit.widgets.explorables.rounding import FORMS, Rounding, rounded
from edukit.widgets.explorables.threshold import Threshold, counted
from edukit.widgets.explorables.timings import Timings, near, timed

EXPLORABLE_LINES = 80
TOY_WORDS = {f"toy.{name}": {"zh": f"词 {name}", "en": name} for name in ("title", "canvas", "grey", "bright")}


class Toy(Explorable):
    """A square as bright as its slider; the challenge is to make it bright."""

    kind, sliders, challenges, plot = "toy", (Slider("grey", 0, 255, 10), Slider("x", -1, 1, 0, 0.5)), ("bright",), Plot((0, 255, ""), (0, 1, ""))

    def prepare(self):
        self.choices = [{"uri": "", "name": "a"}, {"uri": "", "name": "b"}]

    def answer(self, state, choice):
        level = state["grey"]
        self.memory["most"] = max(level, self.memory.get("most", 0))
        return Answer(
            verdict=f"{level:.0f} of {choice}", right=level > 100, picture=np.full((8, 8, 3), level, np.uint8), mark=(level, level / 255, level > 100),
            solved={"bright": level > 200}, records={"bright": f"most: {self.memory['most']:.0f}"},
        )  # fmt: skip


@pytest.fixture
def toy(work, monkeypatch):
    monkeypatch.setitem(texts(), "toy.x", {"zh": "左右", "en": "left or right"})
    for key, words in TOY_WORDS.items():
        monkeypatch.setitem(texts(), key, words)
    return Toy(work)


def ask(view, monkeypatch, **message):
    """What the page gets for a message."""
    sent = []
    monkeypatch.setattr(view, "send", lambda told, buffers: sent.append((told, buffers)))
    view._handle_custom_msg({"do": "look", "number": 7, **message}, [])
    return sent[0] if sent else (None, None)


def test_a_state_is_answered_with_its_picture_its_mark_and_its_number(toy, monkeypatch):
    told, pictures = ask(toy, monkeypatch, state={"grey": 120, "x": 0.5}, choice=1)
    assert (told["number"], told["verdict"], told["right"], told["marks"]) == (7, "120 of 1", True, [(120, 120 / 255, True)])
    assert np.asarray(Image.open(io.BytesIO(pictures[0]))).mean() == 120 and toy.error == {}


def test_marks_and_memory_are_of_one_choice_and_challenges_stay_solved(toy, work):
    before = work.version
    toy.look({"grey": 250, "x": 0})
    told, _ = toy.look({"grey": 20, "x": 0})
    assert told["reached"] == ["bright"] and told["records"] == {"bright": "most: 250"} and [mark[0] for mark in told["marks"]] == [20, 250]
    told, _ = toy.look({"grey": 30, "x": 0}, 1)
    assert told["reached"] == ["bright"] and told["records"] == {"bright": "most: 30"} and len(told["marks"]) == 1
    assert work.version == before + 1, "all challenges are solved: a step of this name would be done, once"


@pytest.mark.parametrize("state", [{}, {"grey": 256, "x": 0}, {"grey": "9", "x": 0}, {"grey": float("nan"), "x": 0}, {"grey": True, "x": 0}])
def test_a_state_that_the_page_cannot_have_is_an_error_in_the_page(toy, monkeypatch, state):
    assert ask(toy, monkeypatch, state=state) == (None, None) and toy.error["code"] == "E401"


@pytest.mark.parametrize("choice", [2, -1, "0", None, 0.5])
def test_a_choice_that_is_not_offered_is_an_error_in_the_page(toy, monkeypatch, choice):
    assert ask(toy, monkeypatch, state={"grey": 1, "x": 0}, choice=choice) == (None, None) and toy.error


def test_what_the_page_draws_is_told_once_with_words_in_the_language(toy):
    shape = toy.shape
    assert [slider["label"] for slider in shape["sliders"]] == ["grey", "left or right"] and shape["challenges"] == [{"name": "bright", "text": "bright"}]
    assert shape["words"]["title"] == "title" and "hint" not in shape["words"] and shape["words"]["reset"]


def test_values_that_are_no_amounts_have_names(work):
    names = {slider["name"]: slider["names"] for slider in Mode(work).shape["sliders"]}
    assert names["train"] == [t("mode.train_0"), t("mode.train_1")] and names["batch"] == []


@pytest.mark.parametrize("kind", explorable_kinds())
def test_every_explorable_is_short_and_opens_with_an_answer_to_its_start(kind, work):
    view = view_class(kind)(work)
    assert view.error == {} and len(Path(inspect.getfile(type(view))).read_text(encoding="utf-8").splitlines()) <= EXPLORABLE_LINES
    told, pictures = view.look({slider.name: slider.start for slider in view.sliders}, view.first)
    assert told["verdict"] and (pictures or told["body"]) and set(told["reached"]) <= set(view.challenges)


def test_the_moving_picture_is_of_validation_and_fooled_when_it_is_turned(work):
    from edukit.data import load_dataset

    view, start = MovePicture(work), {slider.name: slider.start for slider in MovePicture.sliders}
    assert set(view.paths) <= {sample.path for sample in load_dataset("emoji").validation} and len(view.choices) == 6
    upright, _ = view.look(start, view.first)
    turned, _ = view.look(start | {"turn": 90}, view.first)
    assert (upright["right"], turned["right"]) == (True, False) and turned["reached"] == ["turn_until"] and len(turned["marks"]) == 2
    small, _ = view.look(start | {"size": 40}, view.first)
    assert small["records"] == {"how_small": "Your record: 40%."} and "★" in small["body"]
    view.look(start | {"size": 20, "x": 5}, view.first)
    assert view.look(start, view.first)[0]["records"] == small["records"], "a picture that was moved as well sets no record"


def test_drawing_moves_turns_and_dims(work):
    path, start = MovePicture(work).paths[0], {slider.name: slider.start for slider in MovePicture.sliders}
    plain = draw(path, start).astype(int)
    assert plain.shape == (224, 224, 3) and (plain[0, 0] == 255).all()
    moved = draw(path, start | {"x": 25}).astype(int)
    assert np.abs(moved[:, 56:] - plain[:, :-56]).mean() < 1, "a quarter of the stage to the right"
    assert abs(np.abs(draw(path, start | {"turn": 90}).astype(int) - np.rot90(plain, -1)).mean()) < 3, "clockwise"
    assert abs(draw(path, start | {"dim": 50}).mean() / plain.mean() - 0.5) < 0.01


def test_a_model_of_other_classes_does_not_answer(work, tmp_path, monkeypatch):
    monkeypatch.setattr("edukit.widgets.predictors.sample_model", lambda _: save_model(tmp_path / "pets.onnx"))
    view = MovePicture(work)
    ask(view, monkeypatch, state={slider.name: slider.start for slider in view.sliders})
    assert view.error["code"] == "E207" and "cat, dog" in view.error["message"]


def test_the_ball_crawls_arrives_and_jumps_out_as_the_learning_rate_grows(work):
    view, start = Bowl(work), {slider.name: slider.start for slider in Bowl.sliders}
    told = [view.look(start | {"steps": 20, "rate": rate})[0] for rate in (0.02, 0.3, 1.95, 2.4)]
    assert [one["right"] for one in told] == [None, True, None, False] and told[0]["reached"] == ["slow"] and told[3]["reached"] == ["fast", "slow"]
    assert told[1]["verdict"] != told[2]["verdict"] and "after 8 steps" in told[1]["verdict"]
    assert view.look(start | {"rate": 1})[0]["records"] == {"quick": "Your record: 1."}, "the step that arrived counts"
    assert [mark[0] for mark in view.look(start)[0]["marks"]] == [0.05, 1], "only where nothing but the rate was moved"


def test_a_rate_that_suits_a_wide_bowl_throws_the_ball_out_of_a_steep_one(work):
    view, state = Bowl(work), {"rate": 0.9, "steps": 30, "start": 1.8}
    assert [view.look(state, choice)[0]["right"] for choice in (0, 1)] == [True, False]


def test_small_steps_end_in_the_nearest_valley_and_larger_ones_may_find_the_deeper(work):
    view, state = Bowl(work), {"steps": 30, "start": 1.8}
    small, large = (view.look(state | {"rate": rate}, 2)[0] for rate in (0.1, 0.25))
    assert (small["right"], large["right"]) == (None, True) and "not the lowest" in small["verdict"] and large["reached"] == ["deeper"]
    assert view.look({"rate": 0.1, "steps": 30, "start": -1.8}, 2)[0]["right"] is True, "from the left it is no art"


def test_each_step_is_the_rate_times_the_slope():
    for valley in VALLEYS:
        for weight in (-1.7, 0.4, 2.0):
            assert abs((valley.loss(weight + 1e-5) - valley.loss(weight - 1e-5)) / 2e-5 - valley.slope(weight)) < 1e-6
        first, second = rolled(valley, 1.5, 0.1, 1)
        assert second == first - 0.1 * valley.slope(first)
        assert min(valley.loss(weight) for weight in np.linspace(-2.4, 2.4, 4801)) == pytest.approx(valley.lowest, abs=1e-3)


def test_squashing_fools_the_old_model_and_cropping_loses_the_shape(work):
    view = view_class("squash")(work)
    square = {"width": 100, "place": 0, "size": 35}
    assert view.look(square)[0]["right"] and view.look(square)[0]["reached"] == []
    assert view.look(square | {"width": 150})[0]["reached"] == ["both"]
    told, pictures = view.look(square | {"width": 250})
    assert not told["right"] and "fooled" in told["reached"] and len(told["marks"]) == 3 and pictures
    assert set(view.look(square | {"width": 300, "place": 100})[0]["reached"]) == {"both", "fooled", "lost"}


def test_a_threshold_trades_what_is_missed_for_false_alarms_and_accuracy_can_deceive(work):
    view, start = Threshold(work), {slider.name: slider.start for slider in Threshold.sliders}
    told = [view.look(start | {"threshold": level})[0] for level in (0, 43, 85, 100)]
    assert "finds 100 of 100" in told[0]["verdict"] and told[1]["reached"] == ["balanced"] and told[2]["reached"] == ["balanced", "no_alarm"]
    assert [good for _, _, good in told[3]["marks"]] == [False, True, False, False] and "precision –" in told[3]["verdict"]
    assert "none_missed" in view.look(start | {"threshold": 25}, 1)[0]["reached"] and "none_missed" not in Threshold(work).look(start, 1)[0]["reached"]
    nothing, _ = view.look(start | {"threshold": 100}, 2)
    assert nothing["verdict"].startswith("Bird: finds 0 of 4") and "accuracy 98%" in nothing["verdict"] and len(nothing["reached"]) == 4
    for story, count in (("even", 100), ("alarm", 20), ("rare", 4)):
        now = counted(story, 2, 0.5)
        assert now.found + now.missed == count and sum(now) == 200


def test_a_model_without_skill_finds_and_mistakes_alike(work):
    blind, sharp = counted("even", 0, 0.5), counted("even", 4, 0.5)
    assert abs(blind.found - blind.alarms) <= 1 and sharp.found > 95 and sharp.alarms < 5


def states(view, **moved):
    return {slider.name: slider.start for slider in view.sliders} | moved


def test_in_eval_mode_neither_companions_nor_dice_move_the_answer_and_in_training_mode_both_do(work):
    view = Mode(work)
    answers = [view.look(states(view, train=0, batch=size, dropout=90, again=throw))[0]["body"].split("<p>")[0] for size, throw in ((1, 1), (9, 2), (25, 3))]
    assert len(set(answers)) == 1 and view.look(states(view))[0]["reached"] == ["steady"] and view.error == {}
    trained = [view.look(states(view, train=1, batch=12, dropout=90, again=throw))[0]["body"] for throw in range(1, 6)]
    assert len(set(trained)) == 5 and len({view.look(states(view, train=1, batch=size))[0]["verdict"] for size in (1, 2, 8)}) == 3


def test_alone_in_training_mode_every_picture_gets_the_same_answer(work):
    view = Mode(work)
    right = [view.look(states(view), choice)[0] for choice in range(len(ASKED))]
    assert all(one["right"] for one in right), "in eval mode they are known"
    alone = {view.look(states(view, train=1), choice)[0]["body"].split("<p>")[0] for choice in range(len(ASKED))}
    assert len(alone) == 1, "nothing but zeros is left of a picture"
    told = view.look(states(view, train=1, batch=6, own=100))[0]
    assert told["right"] is False and {"fooled", "alike"} <= set(told["reached"])
    assert view.look(states(view, train=1, batch=25))[0]["right"] is True


@pytest.mark.parametrize(("weights", "solved"), [
    ((1, 1, 1, 1, 1, 1, 1, 1, 1), ["blur"]), ((0, 0, 0, 0, -1, 0, 0, 0, 0), ["negative"]), ((-1, 0, 1, -2, 0, 2, -1, 0, 1), ["upright"]),
    ((-1, -2, -1, 0, 0, 0, 1, 2, 1), ["level"]), ((0, 1, 0, 1, -4, 1, 0, 1, 0), ["nothing"]), ((0,) * 9, []), ((0, 0, 0, 0, 1, 0, 0, 0, 0), []),
])  # fmt: skip
def test_a_kernel_is_known_by_what_it_does(work, weights, solved):
    view = Kernel(work)
    told, pictures = view.look(states(view, **dict(zip(NAMES, weights))), 4)
    assert told["reached"] == solved and pictures and "<img" in told["body"] and view.error == {}


def test_the_sum_under_the_window_is_that_of_the_picture(work):
    view = Kernel(work)
    middle = view.pictures[0][20, 30]
    told, _ = view.look(states(view, x=30, y=20, w5=3))
    assert f"{middle:.0f}×3 = {3 * middle:.0f}" in told["body"]


def test_the_parts_that_can_be_frozen_have_the_weights_of_the_network(work):
    from edukit.models import backbones

    entry = next(one for one in backbones() if one.name == "EfficientNet-Lite0")
    head = (1280 + 1) * 6
    assert WEIGHTS[-1] == head and sum(WEIGHTS) - head + (1280 + 1) * 10 == entry.parameters and len(PARTS) == len(WEIGHTS)


def test_with_more_pictures_another_setting_is_best_and_frozen_random_weights_are_useless(work):
    view = Frozen(work)
    told = {(frozen, start, choice): view.look({"frozen": frozen, "start": start}, choice)[0] for choice in (0, 2) for frozen in range(4) for start in (0, 1)}
    best = {choice: [state for state, one in told.items() if state[2] == choice and one["right"]] for choice in (0, 2)}
    assert best == {0: [(3, 1, 0)], 2: [(1, 1, 2)]} and told[3, 0, 2]["right"] is False
    assert view.look({"frozen": 3, "start": 1}, 2)[0]["reached"] == sorted(Frozen.challenges)
    assert "❄" in told[1, 1, 0]["body"] and told[1, 1, 0]["body"].count("❄") == 1


def test_the_parts_of_a_real_network_have_more_and_smaller_maps_the_deeper_they_lie(work):
    view = Layers(work)
    told = [view.look({"part": part, "map": 0})[0] for part in (1, 4, len(ENDS))]
    sizes = ("32 feature maps of 112 × 112", "40 feature maps of 28 × 28", "1280 feature maps of 7 × 7")
    assert all(size in one["verdict"] for one, size in zip(told, sizes))
    assert told[2]["reached"] == ["last"] and view.error == {}
    one, all_maps = (view.look({"part": 1, "map": number})[1][0] for number in (1, 0))
    assert one != all_maps and view.look({"part": 1, "map": 1})[0]["reached"] == ["first", "last"]
    for choice in (1, 2):
        told = view.look({"part": len(ENDS), "map": 16}, choice)[0]
    assert told["reached"] == sorted(Layers.challenges)


FOLDED = [(0, 2, 1.5), (1, 3, -2.5), (2, -2, 1), (3, 1, -0.5)]  # choice, factor, number to add


def test_a_graph_is_folded_when_it_agrees_everywhere_and_no_norm_passes_relu(work):
    view = Fold(work)
    told = [view.look({"x": 1, "w": w, "b": b}, choice)[0] for choice, w, b in FOLDED]
    assert [one["right"] for one in told] == [True, True, True, None] and told[3]["reached"] == ["constants", "norm", "trap", "whole"]
    assert "4 became 2" in told[2]["verdict"].replace(" nodes", "") and "0.5 apart" in told[3]["verdict"]
    coincidence = view.look({"x": 1, "w": 1, "b": -0.5}, 1)[0]
    assert coincidence["right"] is None and "no proof" in coincidence["verdict"] and "luck" in coincidence["reached"]
    assert not any(view.look({"x": -2, "w": w / 2, "b": b / 2}, 3)[0]["right"] for w in range(-8, 9) for b in range(-8, 9)), "the trap has no way out"


def test_what_a_chain_of_the_fold_shows_is_what_it_computes():
    norm = {"norm": (2, 1, 3, 2, 3, 0.5), "whole": (-1, 2, 1, 0.5, 1, -1), "trap": (2, -2, 1, 2, 1, 1)}
    for name, nodes, *_ in CHAINS[1:]:
        weight, bias, mean, spread, gamma, beta = norm[name]
        inner = np.maximum(weight * INPUTS + bias, 0 if name == "trap" else -np.inf)
        wanted = np.maximum((inner - mean) / spread * gamma + beta, 0 if name == "whole" else -np.inf)
        assert np.allclose(values(nodes, INPUTS)[-1], wanted)


def test_a_run_takes_what_was_measured_and_in_between_something_in_between(work):
    for form, sides in enumerate(MEASURED):
        for side, batches in zip(SIDES, sides):
            assert [run_ms(form, batch, side) for batch in BATCHES] == pytest.approx(batches)
    assert run_ms(1, 4, 64) < run_ms(1, 6, 64) < run_ms(1, 8, 64) and run_ms(2, 1, 128) < run_ms(2, 1, 192) < run_ms(2, 1, 224)


def test_small_pictures_pay_the_call_large_batches_share_it_and_waiting_for_a_batch_takes_time(work):
    view = Batch(work)
    assert view.look(states(view))[0]["reached"] == [] and view.look(states(view, side=32))[0]["reached"] == ["call"]
    assert set(view.look(states(view, side=32, batch=16))[0]["reached"]) == {"call", "pays", "late"}, "15 pictures come in half a second"
    assert "useless" in view.look(states(view, batch=8), 1)[0]["reached"]
    behind, keeps = (view.look(states(view, rate=200), form)[0] for form in (1, 2))
    assert (behind["right"], keeps["right"]) == (False, True) and "queue" in behind["verdict"] and keeps["reached"] == sorted(Batch.challenges)


@pytest.mark.parametrize(("place", "in_turn", "summary", "good"), [
    ("calm", False, np.mean, True), ("video", False, np.mean, False), ("video", False, np.median, True), ("video", False, np.min, True),
    ("hot", False, np.median, False), ("hot", False, np.min, False), ("hot", True, np.median, True), ("hot", True, np.mean, True),
])  # fmt: skip
def test_which_summary_comes_near_the_truth_depends_on_what_disturbs(place, in_turn, summary, good):
    for gap in (0.0, 0.2):
        hits = near(summary(timed(place, 60, gap, in_turn=in_turn, seed=0, repeats=100), axis=-1), gap).mean()
        assert hits > 0.9 if good else hits < 0.4


def test_a_difference_that_is_not_there_can_be_measured(work):
    view = Timings(work)
    assert view.look(states(view))[0]["reached"] == [] and view.error == {}
    ghost = view.look(states(view, runs=40), 2)[0]
    assert ghost["right"] is False and "the truth is 1.00" in ghost["verdict"] and ghost["reached"] == ["ghost"]
    assert "robust" in view.look(states(view, runs=60, summary=1, gap=10), 1)[0]["reached"]
    assert "turns" in view.look(states(view, runs=40, summary=1, turn=1), 2)[0]["reached"]
    told = view.look(states(view, runs=8, summary=0))[0]
    assert told["reached"] == sorted(Timings.challenges) and told["records"] == {"few": "Your record: 8 runs."}


def test_numbers_are_rounded_as_numpy_does_and_bf16_as_the_first_half_of_fp32():
    fp32, bf16, fp16, int8 = FORMS
    values = 10.0 ** np.random.default_rng(0).uniform(-12, 9, 2000)
    with np.errstate(over="ignore"):
        assert all(rounded(fp32, value) == float(np.float32(value)) and rounded(fp16, value) == float(np.float16(value)) for value in values)
    bits = values.astype(np.float32).view(np.uint32)
    halves = ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).view(np.float32)
    assert [rounded(bf16, float(value)) for value in values.astype(np.float32)] == halves.tolist()
    assert [rounded(int8, value) for value in (0.04, 3.14, 500)] == [0, 3.1, 12.7]


@pytest.mark.parametrize(("choice", "digit", "power", "many", "solved"), [
    (0, 3.14, 0, 100, []), (0, 3.25, 0, 100, ["exact"]), (0, 2, 6, 1000, ["order"]), (0, 5, 6, 1000, ["order", "stuck"]), (2, 1, -8, 10, ["zero"]),
    (2, 7, 4, 10, ["infinity"]), (2, 1.5, 3, 1000, ["stuck"]), (3, 3.1, 0, 1000, ["exact"]), (3, 3.14, 3, 10, []),
])  # fmt: skip
def test_the_order_of_a_sum_matters_where_numbers_are_rounded(work, choice, digit, power, many, solved):
    view = Rounding(work)
    told, pictures = view.look({"digit": digit, "power": power, "many": many}, choice)
    assert told["reached"] == solved and pictures and view.error == {}
    tenths = [np.float32(0.1)] * many
    if choice == 0:
        sums = (np.cumsum(np.array(terms, np.float32))[-1] for terms in ([digit * 10**power, *tenths], [*tenths, digit * 10**power]))
        assert all(f" {one:.9g}</p>" in told["body"] for one in sums)


@pytest.mark.parametrize(
    ("low", "high", "ticks"), [(0, 2.5, [0, 0.5, 1, 1.5, 2, 2.5]), (50, 300, [50, 100, 150, 200, 250, 300]), (-180, 180, [-180, -90, 0, 90, 180])]
)
def test_a_plot_names_round_places(low, high, ticks):
    assert Plot((low, high, ""), (0, 1, "")).ticks == ticks
