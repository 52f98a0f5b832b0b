"""Photos become a data set; whatever is wrong with a folder is told in a sentence; and the real
MobileNetV2 makes features of them, with weights that the test itself has made and cached."""

from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image, ImageDraw

from autograder.lesson import solved_notebook
from tests.support import imagenet
from transferlab import photos
from transferlab.photos import PhotosError

ROOT = Path(__file__).parents[2]


def draw(path: Path, seed: int, size: tuple[int, int] = (60, 40)) -> None:
    """Draw a photo of its own: a class called 'circle' has red circles, any other blue squares."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 90, (size[1], size[0], 3), dtype=np.uint8)
    image = Image.fromarray(noise)
    corner = rng.integers(2, 14, 2)
    box = (*corner.tolist(), *(corner + 22).tolist())
    pen = ImageDraw.Draw(image)
    if path.parent.name == "circle":
        pen.ellipse(box, fill=(230, 30, 30))
    else:
        pen.rectangle(box, fill=(30, 60, 230))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve circles and eight squares in `photos/`."""
    for number in range(12):
        draw(tmp_path / "photos" / "circle" / f"{number}.jpg", seed=number)
    for number in range(8):
        draw(tmp_path / "photos" / "square" / f"{number}.PNG", seed=100 + number)
    return tmp_path / "photos"


def test_folders_are_classes_and_a_quarter_of_each_is_held_out(folder: Path) -> None:
    (folder / ".hidden").mkdir()
    (folder / "circle" / "notes.txt").write_text("no picture")
    dataset = photos.load(folder)
    assert dataset.class_names == ("circle", "square")
    assert np.bincount(dataset.y_train).tolist() == [9, 6]
    assert np.bincount(dataset.y_test).tolist() == [3, 2]
    assert dataset.x_train.shape == (15, 160, 160, 3)
    assert dataset.x_train.dtype == np.float32
    assert 150 < dataset.x_train.max() <= 255
    reds = dataset.x_train[..., 0].mean(axis=(1, 2)) > dataset.x_train[..., 2].mean(axis=(1, 2))
    assert (reds == (dataset.y_train == 0)).all(), "pictures and labels went apart"


def test_same_seed_same_split_and_another_seed_another(folder: Path) -> None:
    first, again, other = (photos.load(folder, side=32, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.x_test, again.x_test)
    assert not np.array_equal(first.x_test, other.x_test)


def test_a_picture_lying_on_its_side_is_turned_upright(folder: Path) -> None:
    path = folder / "circle" / "0.jpg"
    image = Image.new("RGB", (40, 40), "black")
    image.paste("white", (0, 0, 40, 20))  # the upper half is white
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it rotated clockwise
    image.save(path, exif=exif)
    turned = photos._read(path, 40, {})
    assert turned[:, 25:].mean() > 200 > 50 > turned[:, :15].mean()


def no_folder(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def one_class(folder: Path) -> None:
    (folder / "square").rename(folder.with_name("elsewhere"))


def no_class(folder: Path) -> None:
    one_class(folder)
    (folder / "circle").rename(folder.with_name("elsewhere as well"))


def too_few(folder: Path) -> None:
    (folder / "square" / "0.PNG").unlink()


def unreadable(folder: Path) -> None:
    (folder / "circle" / "3.jpg").write_text("this is no picture")


def cut_off(folder: Path) -> None:
    path = folder / "circle" / "3.jpg"
    path.write_bytes(path.read_bytes()[:400])


def twice(folder: Path) -> None:
    (folder / "circle" / "copy.jpg").write_bytes((folder / "circle" / "3.jpg").read_bytes())


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (no_folder, "There is no folder"),
        (one_class, "only the class 'circle'"),
        (no_class, "no folder of a class"),
        (too_few, "The class 'square' has 7 pictures"),
        (unreadable, "3.jpg' cannot be read"),
        (cut_off, "3.jpg' cannot be read"),
        (twice, "are the same picture"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(folder: Path, spoil, message: str) -> None:
    spoil(folder)
    with pytest.raises(PhotosError) as caught:
        photos.load(folder)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_too_many_are_refused_before_they_are_read(folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(photos, "MOST", 19)
    with pytest.raises(PhotosError, match="more than the 19"):
        photos.load(folder)


def test_without_a_folder_nothing_is_tried_and_the_digits_stand_in(tmp_path, monkeypatch) -> None:
    asked = []
    load = photos.backbones.load_backbone
    monkeypatch.setattr(
        photos.backbones, "load_backbone", lambda name, **o: asked.append(name) or load(name, **o)
    )
    task = photos.task(tmp_path / "photos")
    assert asked == ["letters"]
    assert "put at least 8 pictures of each class" in task.sentence
    assert task.features(task.dataset.x_train[:40]).shape == (40, 384)


def test_photos_that_cannot_be_used_say_why_and_the_digits_stand_in(folder: Path) -> None:
    one_class(folder)
    task = photos.task(folder)
    assert "only the class 'circle'" in task.sentence
    assert "here are the digits" in task.sentence
    assert task.dataset.name == "digits, wild"


def test_an_unknown_backbone_gets_the_choices(tmp_path: Path) -> None:
    with pytest.raises(PhotosError, match="use MobileNetV2 or ResNet50"):
        photos.task(tmp_path, "mobilenet")


def test_photos_without_weights_say_how_to_get_them(folder: Path, tmp_path: Path) -> None:
    result = imagenet.run(
        "import json\nfrom transferlab import photos\ntask = photos.task()\n"
        "print(json.dumps([task.sentence, task.dataset.name]))",
        tmp_path / "keras",
        folder=folder.parent,
    )
    assert "ImageNet weights of MobileNetV2" in result[0]
    assert "Until then, here are the digits" in result[0]
    assert result[1] == "digits, wild"


def test_the_lessons_own_cells_run_on_photos_with_the_real_architecture(
    folder: Path, tmp_path: Path
) -> None:
    """Lesson 5's imports and its cells on photos, in a process with weights in Keras's cache."""
    keras.utils.set_random_seed(0)
    model = keras.applications.MobileNetV2(
        weights=None, include_top=False, input_shape=(160, 160, 3)
    )
    imagenet.cache(model, imagenet.MOBILENET_160_NO_TOP, tmp_path / "keras")
    notebook = solved_notebook(ROOT / "solutions" / "05_feature_extraction.py")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    cells = [code[0], *(c for c in code if "photos" in c.metadata.get("tags", []))]
    result = imagenet.run(
        f"""
import json
for cell in {[cell.source for cell in cells]!r}:
    exec(cell)
before = own.dataset.x_test.copy()
features = own.features(own.dataset.x_test)
print(json.dumps({{
    "sentence": own.sentence, "shape": features.shape, "score": own_score,
    "unchanged": bool((before == own.dataset.x_test).all()),
    "weights": [float(w.sum()) for w in own.base.get_weights()],
}}))
""",
        tmp_path / "keras",
        folder=folder.parent,
    )
    assert "your 20 photos of circle, square, and MobileNetV2" in result["sentence"]
    assert result["shape"] == [5, 1280]
    assert result["score"] >= 0.8  # red circles and blue squares
    assert result["unchanged"]
    np.testing.assert_allclose(result["weights"], [w.sum() for w in model.get_weights()])
