"""The training script is repeatable, writes all or nothing, and its check can say no.

The whole training takes too long for a unit test; these run the same code on a tiny recipe, and
compare the shipped files with the real one.
"""

import re
import resource
import shutil
import zipfile
from dataclasses import replace

import keras
import numpy as np
import pytest

from transferlab import backbones, data, pretrain

SHIPPED = backbones.WEIGHTS
TINY = replace(
    pretrain.RECIPES["letters"],
    dataset=lambda: data.letters(per_class=5, test_per_class=5, seed=1),
    epochs=2,
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """What the command writes by the tiny recipe."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "SHA256SUMS").write_text("0123  another.keras\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backbones, "WEIGHTS", folder)
        patch.setitem(pretrain.RECIPES, "letters", TINY)
        assert pretrain.main(["letters"]) == 0
    return folder


@pytest.fixture
def folder(written, tmp_path, monkeypatch):
    """A copy of what was written, as the shipped weights of a course with the tiny recipe."""
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(backbones, "WEIGHTS", tmp_path)
    monkeypatch.setitem(pretrain.RECIPES, "letters", TINY)
    return tmp_path


def contents(folder) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def nudged(model: keras.Model, by: float) -> keras.Model:
    model.set_weights([weight + by for weight in model.get_weights()])
    return model


def ship(model: keras.Model, folder) -> None:
    pretrain.save(model, folder / "letters.keras")
    backbones.write_checksums(
        {"letters.keras": backbones.checksum(folder / "letters.keras")}, folder
    )


def test_what_it_writes_is_what_load_backbone_loads(folder):
    assert sorted(contents(folder)) == ["SHA256SUMS", "letters.keras", "letters.md"]
    assert "another.keras" in backbones.read_checksums(folder)
    expected = pretrain.train(TINY, TINY.dataset(), lambda: None)
    assert pretrain.same_weights(backbones.load_backbone("letters"), expected)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(folder):
    def content(seed: int) -> bytes:
        pretrain.save(
            pretrain.train(replace(TINY, seed=seed), TINY.dataset(), lambda: None),
            folder / "model.keras",
        )
        return (folder / "model.keras").read_bytes()

    assert content(seed=1) == content(seed=1)
    assert content(seed=1) != content(seed=2)


def test_saving_drops_the_optimizer_and_keeps_the_weights(tmp_path):
    model = pretrain.train(TINY, TINY.dataset(), lambda: None)
    assert model.optimizer.iterations > 0
    pretrain.save(model, tmp_path / "model.keras")
    saved = keras.models.load_model(tmp_path / "model.keras")  # would compile, if it could
    assert not saved.compiled
    assert pretrain.same_weights(model, saved)
    assert [file.name for file in tmp_path.iterdir()] == ["model.keras"]
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {pretrain.TIMESTAMP}


def test_the_check_passes_on_its_own_work_and_changes_nothing(folder, capsys):
    before = contents(folder)
    assert pretrain.main(["letters", "--check"]) == 0
    assert "the same weights to the bit" in capsys.readouterr().out
    assert contents(folder) == before


def test_the_check_allows_another_machine_its_rounding(folder, capsys):
    ship(nudged(backbones.load_backbone("letters"), 1e-6), folder)
    assert pretrain.main(["letters", "--check"]) == 0
    assert "other weights; test accuracy" in capsys.readouterr().out


def test_the_check_fails_on_a_model_that_the_recipe_does_not_give(folder, capsys):
    # The tiny recipe hardly learns; the letters it was compared with were learned well.
    ship(keras.models.load_model(SHIPPED / "letters.keras"), folder)
    assert pretrain.main(["letters", "--check"]) == 1
    assert "NOT within the tolerance of 0.01" in capsys.readouterr().out


def test_the_shipped_model_has_the_architecture_of_the_recipe():
    shipped, recipe = backbones.load_backbone("letters"), pretrain.RECIPES["letters"].build()
    assert [w.shape for w in shipped.weights] == [w.shape for w in recipe.weights]
    assert [layer.get_config() for layer in shipped.layers] == [
        layer.get_config() for layer in recipe.layers
    ]


def test_the_shipped_model_card_tells_the_truth():
    shipped, recipe = backbones.load_backbone("letters"), pretrain.RECIPES["letters"]
    dataset = recipe.dataset()
    card = (SHIPPED / "letters.md").read_text()
    fresh = pretrain.model_card("letters", shipped, recipe, dataset)
    figure = re.compile(r"\b0\.\d{3}\b")  # accuracies, which another processor may round otherwise
    assert figure.sub("?", card) == figure.sub("?", fresh)
    told, measured = ([float(f) for f in figure.findall(text)] for text in (card, fresh))
    np.testing.assert_allclose(told, measured, atol=pretrain.TOLERANCE)


def test_no_lesson_shows_the_backbone_a_letter_that_it_was_trained_on():
    known = {image.tobytes() for image in pretrain.RECIPES["letters"].dataset().x_train}
    assert not any(image.tobytes() in known for image in data.letters().x_test)


def test_a_disk_that_takes_no_more_loses_nothing(folder, capsys):
    """The system itself refuses to write more than 100 kB to a file; the model needs 380."""
    before = contents(folder)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        code = pretrain.main(["letters"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == 1
    message = capsys.readouterr().err
    assert f"Cannot write to {folder} (File too large)" in message
    assert message.count("\n") == 1
    assert contents(folder) == before


def test_a_folder_that_cannot_be_written_is_told_before_training(folder, monkeypatch, capsys):
    monkeypatch.setattr(backbones, "WEIGHTS", folder / "missing")
    monkeypatch.setitem(pretrain.RECIPES, "letters", replace(TINY, dataset=pytest.fail))
    assert pretrain.main(["letters"]) == 1
    message = capsys.readouterr().err
    assert "Cannot write to" in message
    assert "run this again" in message
    assert message.count("\n") == 1


def test_checking_a_missing_backbone_is_one_sentence(folder, capsys):
    (folder / "letters.keras").unlink()
    assert pretrain.main(["letters", "--check"]) == 1
    message = capsys.readouterr().err
    assert "cannot be read" in message
    assert message.count("\n") == 1


def test_stopping_it_changes_nothing(folder, monkeypatch, capsys):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setitem(pretrain.RECIPES, "letters", replace(TINY, dataset=interrupted))
    before = contents(folder)
    assert pretrain.main(["letters"]) == 130
    assert capsys.readouterr().err == "Stopped; nothing was changed.\n"
    assert contents(folder) == before


def test_an_unknown_name_is_refused_with_the_choices(capsys):
    with pytest.raises(SystemExit) as caught:
        pretrain.main(["leters"])
    assert caught.value.code == 2
    assert "invalid choice: 'leters' (choose from" in capsys.readouterr().err
