"""What every model can do, tried with one whose output is the mean colour of its input."""
import numpy as np
import pytest
from onnx_files import CLASSES, card, pictures
from PIL import Image

from edukit.core.errors import BadArgument, BadArray, FileMissing, NotAnImage, NotFinite, WrongInput
from edukit.core.events import Stopped
from edukit.core.images import encode_png
from edukit.runtime import Predictor
from edukit.runtime.predictor import batches
from edukit.tasks.classification import softmax


class MeanColour(Predictor):
    runtime = "NumPy"

    def run(self, batch):
        self.largest = max(getattr(self, "largest", 0), len(batch))
        return {"scores": batch.mean(axis=(2, 3))}


class Broken(Predictor):
    def run(self, batch):
        return {"scores": np.full((len(batch), 3), np.nan, np.float32)}


class TooWide(Predictor):
    def run(self, batch):
        return {"scores": np.zeros((len(batch), 7), np.float32)}


@pytest.fixture
def model(tmp_path):
    (tmp_path / "model").write_bytes(b"12345")
    return MeanColour(tmp_path / "model", card())


def test_a_path_bytes_an_array_and_a_pillow_picture_give_the_same(model, tmp_path):
    picture = pictures(1)[0]
    path = tmp_path / "图 ' <b>.png"
    path.write_bytes(encode_png(picture))
    found = [model.predict(source) for source in (path, str(path), path.read_bytes(), picture, Image.fromarray(picture))]
    assert all(one.labels == found[0].labels and one.scores == found[0].scores for one in found)
    assert [one.image for one in found] == [str(path), str(path), "", "", ""]
    assert set(found[0].labels) == set(CLASSES) and sum(found[0].scores) == pytest.approx(1)


def test_a_list_gives_a_list_and_order_is_kept(model):
    sources = pictures(5)
    assert [one.scores for one in model.predict(sources)] == [pytest.approx(model.predict(one).scores) for one in sources]
    assert model.predict([]) == []


def test_many_pictures_go_in_batches_with_progress(model):
    events = []
    rows = model.predict_answers(pictures(7), batch_size=3, on_event=events.append)
    assert rows.shape == (7, 3) and model.largest == 3
    assert [(event.done, event.total, event.unit) for event in events] == [(3, 7, "picture"), (6, 7, "picture"), (7, 7, "picture")]


def test_stop_is_obeyed_between_batches(model):
    with pytest.raises(Stopped):
        model.predict_answers(pictures(3), should_stop=lambda: True)


def test_probabilities_are_not_softmaxed_again(tmp_path):
    (tmp_path / "model").write_bytes(b"")
    model = MeanColour(tmp_path / "model", card(scores="probabilities"))
    batch = np.full((1, 3, 16, 16), 0.25, np.float32)
    assert model.answers(batch, [(16, 16)]).tolist() == [[0.25, 0.25, 0.25]]


@pytest.mark.parametrize("top", [0, -1, 1.5, "3", True, None])
def test_top_must_be_a_whole_number_above_0(model, top):
    with pytest.raises(BadArgument, match="top"):
        model.predict(pictures(1)[0], top=top)


@pytest.mark.parametrize("size", [0, -4, 2.0, "8"])
def test_so_must_the_batch_size(model, size):
    with pytest.raises(BadArgument, match="batch_size"):
        model.predict_answers(pictures(1), batch_size=size)


def test_more_labels_than_classes_gives_all(model):
    assert len(model.predict(pictures(1)[0], top=99).labels) == len(CLASSES)


def test_bad_pictures_are_named(model, tmp_path):
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(NotAnImage, match=r"text\.png"):
        model.predict([pictures(1)[0], tmp_path / "text.png"])
    with pytest.raises(FileMissing, match="absent"):
        model.predict(tmp_path / "absent.png")
    with pytest.raises(BadArray):
        model.predict(np.zeros((4, 4, 3), np.float32))


def test_outputs_that_are_no_numbers_or_too_many_are_errors(tmp_path):
    (tmp_path / "model").write_bytes(b"")
    with pytest.raises(NotFinite, match="outputs"):
        Broken(tmp_path / "model", card()).predict(pictures(1)[0])
    with pytest.raises(WrongInput, match="1 × 7"):
        TooWide(tmp_path / "model", card()).predict(pictures(1)[0])


def test_the_size_is_the_file_s(model):
    assert model.size_bytes == 5


def test_softmax_of_large_logits_is_finite():
    assert softmax(np.array([[1e4, 0, -1e4]], np.float32)).tolist() == [[1, 0, 0]]


def test_samples_are_read_by_their_path(model, tmp_path):
    class Sample:
        path = tmp_path / "a.png"

    Sample.path.write_bytes(encode_png(pictures(1)[0]))
    (_, batch, shapes), = batches([Sample()], model.card, 4)
    assert batch.shape == (1, 3, 16, 16) and shapes == [pictures(1)[0].shape[:2]] and model.predict(Sample()).image == str(Sample.path)
