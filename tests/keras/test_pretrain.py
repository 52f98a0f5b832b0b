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
from transferlab.pretrain import files, letters, regression, rotation, textures, transfer
from transferlab.pretrain.__main__ import main, same_weights

SHIPPED = backbones.WEIGHTS
TINY = replace(
    letters.LETTERS,
    make_data=lambda: data.letters(per_class=5, test_per_class=5, seed=1),
    epochs=2,
)
TINY_OTHERS = [
    replace(letters.LETTERS_RESNET, make_data=lambda: data.letters(2, test_per_class=2), epochs=1),
    replace(regression.MEASUREMENTS, make_data=lambda: data.measurements(50, n_test=9), epochs=1),
    replace(regression.POSE, make_data=lambda: data.pose(50, n_test=9), epochs=1),
    replace(
        rotation.ROTATION,
        make_data=lambda: data.rotations(data.letters(1, test_per_class=1)),
        epochs=1,
    ),
    replace(textures.TEXTURES, make_data=lambda: data.textures(2, test_per_class=2), epochs=1),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """What the command writes by the tiny recipe."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "SHA256SUMS").write_text("0123  another.keras\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backbones, "WEIGHTS", folder)
        patch.setitem(pretrain.RECIPES, "letters", TINY)
        patch.setattr(transfer, "table", lambda model: "Not measured here.")
        assert main(["letters"]) == 0
    return folder


@pytest.fixture
def folder(written, tmp_path, monkeypatch):
    """A copy of what was written, as the shipped weights of a course with the tiny recipe."""
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(backbones, "WEIGHTS", tmp_path)
    monkeypatch.setitem(pretrain.RECIPES, "letters", TINY)
    monkeypatch.setattr(transfer, "table", lambda model: "Not measured here.")
    return tmp_path


def contents(folder) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def nudged(model: keras.Model, by: float) -> keras.Model:
    model.set_weights([weight + by for weight in model.get_weights()])
    return model


def ship(model: keras.Model, folder) -> None:
    files.save(model, folder / "letters.keras")
    backbones.write_checksums(
        {"letters.keras": backbones.checksum(folder / "letters.keras")}, folder
    )


def test_what_it_writes_is_what_load_backbone_loads(folder):
    assert sorted(contents(folder)) == ["SHA256SUMS", "letters.keras", "letters.md"]
    assert "another.keras" in backbones.read_checksums(folder)
    expected = TINY.train(lambda: None)
    assert same_weights(backbones.load_backbone("letters"), expected)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(folder):
    def content(seed: int) -> bytes:
        files.save(
            replace(TINY, seed=seed).train(lambda: None),
            folder / "model.keras",
        )
        return (folder / "model.keras").read_bytes()

    assert content(seed=1) == content(seed=1)
    assert content(seed=1) != content(seed=2)


def test_saving_drops_the_optimizer_and_keeps_the_weights(tmp_path):
    model = TINY.train(lambda: None)
    assert model.optimizer.iterations > 0
    files.save(model, tmp_path / "model.keras")
    saved = keras.models.load_model(tmp_path / "model.keras")  # would compile, if it could
    assert not saved.compiled
    assert same_weights(model, saved)
    assert [file.name for file in tmp_path.iterdir()] == ["model.keras"]
    with zipfile.ZipFile(tmp_path / "model.keras") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {files.TIMESTAMP}


def test_the_check_passes_on_its_own_work_and_changes_nothing(folder, capsys):
    before = contents(folder)
    assert main(["letters", "--check"]) == 0
    assert "the same weights to the bit" in capsys.readouterr().out
    assert contents(folder) == before


def test_the_check_allows_another_machine_its_rounding(folder, capsys):
    ship(nudged(backbones.load_backbone("letters"), 1e-6), folder)
    assert main(["letters", "--check"]) == 0
    assert "within the tolerance of 0.01" in capsys.readouterr().out


def test_the_check_fails_on_a_model_that_the_recipe_does_not_give(folder, capsys):
    # The tiny recipe hardly learns; the letters it was compared with were learned well.
    ship(keras.models.load_model(SHIPPED / "letters.keras"), folder)
    assert main(["letters", "--check"]) == 1
    assert "NOT within the tolerance of 0.01" in capsys.readouterr().out


def test_what_ships_is_what_the_recipes_make():
    assert tuple(sorted(pretrain.RECIPES)) == backbones.SHIPPED


@pytest.mark.parametrize("recipe", TINY_OTHERS, ids=lambda recipe: recipe.name)
def test_each_recipe_trains_repeats_and_has_a_score(recipe, tmp_path):
    """A file repeats only when each layer has a name of its own."""
    told = []
    model = recipe.train(lambda: told.append(1))
    assert len(told) == recipe.epochs
    assert recipe.score(model) <= 1
    files.save(model, tmp_path / "one.keras")
    files.save(recipe.train(lambda: None), tmp_path / "other.keras")
    assert (tmp_path / "one.keras").read_bytes() == (tmp_path / "other.keras").read_bytes()


@pytest.mark.parametrize("recipe", pretrain.ALL, ids=lambda recipe: recipe.name)
def test_the_shipped_model_has_the_architecture_of_the_recipe(recipe):
    shipped, fresh = backbones.load_backbone(recipe.name), recipe.build()
    assert [w.shape for w in shipped.weights] == [w.shape for w in fresh.weights]
    assert [layer.get_config() for layer in shipped.layers] == [
        layer.get_config() for layer in fresh.layers
    ]


def test_the_shipped_model_card_tells_the_truth():
    """Of the smallest data set; the scores of all are compared below."""
    card = (SHIPPED / "letters.md").read_text(encoding="utf-8")
    fresh = files.model_card(letters.LETTERS, backbones.load_backbone("letters"), seconds=0)
    figure = re.compile(r"\b0\.\d{3}\b")  # accuracies, which another processor may round otherwise
    took = re.compile("- Training took .*")
    plain_card, plain_fresh = (took.sub("", figure.sub("?", text)) for text in (card, fresh))
    assert plain_card == plain_fresh
    told, measured = ([float(f) for f in figure.findall(text)] for text in (card, fresh))
    np.testing.assert_allclose(told, measured, atol=letters.LETTERS.tolerance)


@pytest.mark.parametrize("recipe", pretrain.ALL, ids=lambda recipe: recipe.name)
def test_a_shipped_backbone_scores_what_its_card_says(recipe):
    card = (SHIPPED / f"{recipe.name}.md").read_text(encoding="utf-8")
    told = re.search(rf"^(\d\.\d{{3}}) {re.escape(recipe.metric)}\.$", card, re.MULTILINE)
    assert told, "the card tells no score, or of other data"
    score = recipe.score(backbones.load_backbone(recipe.name))
    assert score == pytest.approx(float(told[1]), abs=recipe.tolerance)
    for part in (recipe.about, recipe.training, recipe.limits):
        assert part in card
    assert "- Training took " in card
    assert f"`python -m transferlab.pretrain {recipe.name} --check`" in card


def test_no_lesson_shows_the_backbone_a_letter_that_it_was_trained_on():
    known = {image.tobytes() for image in letters.LETTERS.data.x_train}
    assert not any(image.tobytes() in known for image in data.letters().x_test)


def test_all_writes_each_and_checks_each(folder, monkeypatch, capsys):
    for name in set(pretrain.RECIPES) - {"letters"}:
        monkeypatch.delitem(pretrain.RECIPES, name)
    assert main(["all", "--check"]) == 0
    assert "letters: the same weights to the bit" in capsys.readouterr().out


def test_a_disk_that_takes_no_more_loses_nothing(folder, capsys):
    """The system itself refuses to write more than 100 kB to a file; the model needs 380."""
    before = contents(folder)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        code = main(["letters"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == 1
    message = capsys.readouterr().err
    assert f"Cannot write to {folder} (File too large)" in message
    assert message.count("\n") == 1
    assert contents(folder) == before


def test_a_folder_that_cannot_be_written_is_told_before_training(folder, monkeypatch, capsys):
    monkeypatch.setattr(backbones, "WEIGHTS", folder / "missing")
    monkeypatch.setitem(pretrain.RECIPES, "letters", replace(TINY, make_data=pytest.fail))
    assert main(["letters"]) == 1
    message = capsys.readouterr().err
    assert "Cannot write to" in message
    assert "run this again" in message
    assert message.count("\n") == 1


def test_checking_a_missing_backbone_is_one_sentence(folder, capsys):
    (folder / "letters.keras").unlink()
    assert main(["letters", "--check"]) == 1
    message = capsys.readouterr().err
    assert "cannot be read" in message
    assert message.count("\n") == 1


def test_stopping_it_changes_nothing(folder, monkeypatch, capsys):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setitem(pretrain.RECIPES, "letters", replace(TINY, make_data=interrupted))
    before = contents(folder)
    assert main(["letters"]) == 130
    assert capsys.readouterr().err == "Stopped; no backbone was left half written.\n"
    assert contents(folder) == before


def test_an_unknown_name_is_refused_with_the_choices(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["leters"])
    assert caught.value.code == 2
    assert "invalid choice: 'leters' (choose from" in capsys.readouterr().err
