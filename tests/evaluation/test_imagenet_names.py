"""Models and pictures of ImageNet show its classes' names in both languages, also where nobody wrote them down."""
import json

import pytest
from dataset_files import imagenet
from onnx_files import card, network, save

import edukit as ek
from edukit.cli.main import main
from edukit.core.imagenet import imagenet_classes


@pytest.mark.parametrize("column", ["synset", "en"])
def test_predict_and_evaluate_show_imagenets_names(tmp_path, capsys, column):
    labels = tuple(row[column] for row in imagenet_classes())
    plain = json.loads(card(classes=labels).to_json()) | {"class_names": {}}  # as earlier versions and others write it
    model = save(tmp_path / "big.onnx", network(classes=1000), with_card=json.dumps(plain))
    data = imagenet(tmp_path / "pets", labels[281], labels[1], counts={"training_set": 1, "val_set": 1, "test_set": 2})
    place = labels.index(ek.load_model(model).predict(next(iter(data.rglob("*.png")))).label)
    assert main(["predict", str(model), str(next(iter(data.rglob("*.png")))), "--lang", "zh"]) == 0
    assert imagenet_classes()[place]["zh"] in capsys.readouterr().out
    ek.set_language("zh")
    assert ek.load_model(model).card.class_names["zh"][labels[281]] == "虎斑猫"
    if column == "synset":  # a folder's English name is no proof that it is ImageNet's class
        assert ek.load_dataset(data).test.class_names["zh"] == {labels[281]: "虎斑猫", labels[1]: "金鱼"}
        small = save(tmp_path / "small.onnx", network(classes=2), with_card=card(classes=(labels[1], labels[281])).to_json())
        ek.evaluate(small, data, report=tmp_path / "report.html")
        assert "虎斑猫" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_other_classes_have_no_names_of_imagenet(tmp_path):
    assert ek.load_model(save(tmp_path / "a.onnx")).card.class_names == {} and card(classes=("tabby", "goldfish")).class_names == {}
