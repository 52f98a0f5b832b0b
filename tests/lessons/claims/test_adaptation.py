"""The effects that lesson 10 speaks of, each recomputed on three seeds."""

from collections.abc import Callable

import keras
import numpy as np
import pytest

from transferlab import adaptation, backbones, data, training

SEEDS = range(3)
Shift = Callable[[np.ndarray], np.ndarray]


def grey(images: np.ndarray) -> np.ndarray:
    return (0.3 + 0.5 * images).astype("float32")


def noisy(images: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 0.2, images.shape)
    return np.clip(images + noise, 0, 1).astype("float32")


def swapped(images: np.ndarray) -> np.ndarray:
    return 1 - images


def unchanged(images: np.ndarray) -> np.ndarray:
    return images


def stretched(images: np.ndarray) -> np.ndarray:
    low = images.min(axis=(1, 2, 3), keepdims=True)
    return (images - low) / (images.max(axis=(1, 2, 3), keepdims=True) - low)


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def extractor() -> keras.Model:
    return training.extractor(backbones.load_backbone("letters_resnet"))


@pytest.fixture(scope="module")
def sources() -> list[data.Dataset]:
    return [data.rendered_digits(seed=seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def targets() -> list[data.Dataset]:
    return [data.digits("plain", seed=seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def readers(extractor, sources) -> list[keras.Model]:
    made = []
    for source in sources:
        head = keras.layers.Dense(10, activation="softmax", name="head")
        reader = keras.Model(extractor.inputs[0], head(extractor.outputs[0]))
        training.warm_up(reader, extractor, source)
        made.append(reader)
    return made


def accuracy(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> float:
    return float(np.mean(model(images).numpy().argmax(axis=1) == labels))


def before(readers, targets, shift: Shift) -> float:
    pairs = zip(readers, targets, strict=True)
    return float(np.mean([accuracy(r, shift(t.x_test), t.y_test) for r, t in pairs]))


def after(readers, targets, shift: Shift, choose=lambda task: task.x_train[:100]) -> float:
    scores = []
    for reader, task in zip(readers, targets, strict=True):
        refreshed = adaptation.refreshed(reader, shift(choose(task)))
        scores.append(accuracy(refreshed, shift(task.x_test), task.y_test))
    return float(np.mean(scores))


def test_the_source_keeps_its_promise_and_the_target_does_not(readers, sources, targets) -> None:
    own = [accuracy(r, s.x_test, s.y_test) for r, s in zip(readers, sources, strict=True)]
    assert np.mean(own) > 0.97
    assert before(readers, targets, unchanged) < 0.75
    by_digit = [
        accuracy(readers[0], targets[0].x_test[targets[0].y_test == digit], digit)
        for digit in range(10)
    ]
    assert max(by_digit) - min(by_digit) > 0.4, "every digit loses about the same"


def test_the_gap_shows_the_shift_and_does_not_close(extractor, sources, targets) -> None:
    source, target = sources[0], targets[0]
    rows = extractor(source.x_train).numpy()
    handwritten = extractor(target.x_train[:500]).numpy()
    assert abs(adaptation.domain_gap(rows, extractor(source.x_test).numpy())) < 0.4
    assert abs(adaptation.domain_gap(handwritten, extractor(target.x_test).numpy())) < 0.4
    assert adaptation.domain_gap(rows, handwritten) > 1.9
    refreshed = adaptation.refreshed(extractor, target.x_train[:300])
    own = refreshed(target.x_train[:500]).numpy()
    assert adaptation.domain_gap(rows, own) > 1.9


def test_refreshing_helps_where_no_sign_has_turned(readers, targets) -> None:
    assert after(readers, targets, unchanged) > before(readers, targets, unchanged) + 0.04
    assert after(readers, targets, grey) > before(readers, targets, grey) + 0.3
    noise = after(readers, targets, noisy)
    assert noise > before(readers, targets, noisy) + 0.1
    assert noise > before(readers, targets, lambda images: stretched(noisy(images))) + 0.1
    assert after(readers, targets, swapped) < 0.25


def test_bright_paper_leaves_a_frame_that_statistics_cannot_take_away(readers, targets) -> None:
    on_black = after(readers, targets, lambda images: 0.3 * images)
    on_bright = after(readers, targets, lambda images: (0.7 + 0.3 * images).astype("float32"))
    assert on_black > on_bright + 0.3


def test_stretching_does_as_well_on_grey_paper(readers, targets) -> None:
    by_stretching = before(readers, targets, lambda images: stretched(grey(images)))
    assert by_stretching > before(readers, targets, grey) + 0.3
    assert abs(by_stretching - after(readers, targets, grey)) < 0.1


def test_the_old_domain_pays(readers, sources, targets) -> None:
    own, refreshed = [], []
    for reader, source, target in zip(readers, sources, targets, strict=True):
        own.append(accuracy(reader, source.x_test, source.y_test))
        other = adaptation.refreshed(reader, target.x_train[:300])
        refreshed.append(accuracy(other, source.x_test, source.y_test))
    assert np.mean(refreshed) < np.mean(own) - 0.05


def test_it_matters_which_images_and_little_how_many(readers, targets) -> None:
    mixed = after(readers, targets, unchanged)
    five = after(readers, targets, unchanged, lambda task: task.x_train[:5])
    zeros = after(readers, targets, unchanged, lambda task: task.x_train[task.y_train == 0][:100])
    assert five > before(readers, targets, unchanged) + 0.02
    assert mixed > zeros + 0.03


def test_source_digits_help_one_label_and_burden_twenty(extractor, sources, targets) -> None:
    def mean(labels: int, weight: float, *, alone: bool = False) -> float:
        scores = []
        for seed, (source, target) in enumerate(zip(sources, targets, strict=True)):
            few = target.few(labels, seed=seed)
            known = (extractor(few.x_train).numpy(), few.y_train)
            nothing = (known[0][:0], known[1][:0])
            rendered = nothing if alone else (extractor(source.x_train).numpy(), source.y_train)
            classifier = adaptation.from_both(*rendered, *known, weight)
            scores.append(classifier.score(extractor(few.x_test).numpy(), few.y_test))
        return float(np.mean(scores))

    assert mean(1, weight=100) > mean(1, weight=1, alone=True) + 0.02
    alone = mean(5, weight=1, alone=True)
    pot = mean(5, weight=1)
    assert alone > pot + 0.01
    assert mean(5, weight=100) > pot, "weighting the real digits takes none of the harm away"
    assert mean(20, weight=1, alone=True) > mean(20, weight=1)
    assert alone > 0.85


def test_swapping_ink_and_paper_turns_the_sign_of_the_first_answers(extractor, targets) -> None:
    first = keras.Model(extractor.inputs[0], extractor.get_layer("stem_conv").output)
    images = targets[0].x_test[:20]
    inner = first(images).numpy()[:, 1:-1, 1:-1]
    turned = first(1 - images).numpy()[:, 1:-1, 1:-1]
    for channel in range(inner.shape[-1]):
        pair = np.corrcoef(inner[..., channel].ravel(), turned[..., channel].ravel())
        assert pair[0, 1] < -0.99
