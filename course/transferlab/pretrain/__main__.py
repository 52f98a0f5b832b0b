"""Train the backbones that ship with the course: `python -m transferlab.pretrain letters`.

The same seed on the same machine gives the same file, byte for byte. Another processor adds numbers
in another order, so its weights differ and only the score agrees, within the recipe's tolerance.
`--check` trains again and compares, without changing anything. It must not know any lesson.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from transferlab import backbones
from transferlab.errors import TransferlabError
from transferlab.pretrain import RECIPES, files
from transferlab.pretrain.recipe import Recipe

EVERY = "all"


def write(recipe: Recipe, folder: Path, console: Console) -> None:
    """Train a backbone; put its weights, checksum and model card into the folder when all is done.

    Raises `OSError` before training when the folder cannot be written.
    """
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        draft = Path(temporary)
        begin = time.monotonic()
        model = _train_with_progress(recipe, console)
        seconds = time.monotonic() - begin
        weights = draft / f"{recipe.name}.keras"
        files.save(model, weights)
        (draft / f"{recipe.name}.md").write_text(
            files.model_card(recipe, model, seconds), encoding="utf-8"
        )
        for file_name, text in recipe.companions().items():
            (draft / file_name).write_text(text, encoding="utf-8", newline="\n")
        files_made = [weights, *(draft / file_name for file_name in recipe.companions())]
        made = {file.name: backbones.checksum(file) for file in files_made}
        backbones.write_checksums(backbones.read_checksums(folder) | made, draft)
        for file in draft.iterdir():
            file.replace(folder / file.name)
    console.print(f"Wrote {recipe.name}.keras and {recipe.name}.md to {folder}.")


def check(recipe: Recipe, console: Console) -> bool:
    """Train a backbone again; return whether it is the shipped one, within the tolerance."""
    shipped = backbones.load_backbone(recipe.name)
    again = _train_with_progress(recipe, console)
    if same_weights(shipped, again):
        console.print(f"{recipe.name}: the same weights to the bit.")
        return True
    before, after = recipe.score(shipped), recipe.score(again)
    agrees = abs(before - after) <= recipe.tolerance
    console.print(
        f"{recipe.name}: other weights; {after:.3f}, shipped {before:.3f} {recipe.metric}, "
        f"{'within' if agrees else 'NOT within'} the tolerance of {recipe.tolerance}."
    )
    return agrees


def same_weights(one: keras.Model, other: keras.Model) -> bool:
    """Return whether two models hold the same numbers, bit for bit."""
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def _train_with_progress(recipe: Recipe, console: Console) -> keras.Model:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        bar = progress.add_task(f"Training {recipe.name}, epoch", total=recipe.epochs)
        return recipe.train(lambda: progress.advance(bar))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code: 0 when done, 1 when it failed or differs."""
    parser = argparse.ArgumentParser(
        prog="python -m transferlab.pretrain",
        description="Train a backbone that ships with the course, or check that it can be remade.",
    )
    parser.add_argument("name", choices=[*sorted(RECIPES), EVERY], help="the backbone, or all")
    parser.add_argument(
        "--check", action="store_true", help="train again and compare; change nothing"
    )
    options = parser.parse_args(arguments)
    console = Console(soft_wrap=True)
    recipes = RECIPES.values() if options.name == EVERY else [RECIPES[options.name]]
    try:
        if options.check:
            return 0 if all([check(recipe, console) for recipe in recipes]) else 1
        for recipe in recipes:
            write(recipe, backbones.WEIGHTS, console)
    except KeyboardInterrupt:
        print("Stopped; no backbone was left half written.", file=sys.stderr)
        return 130
    except TransferlabError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        reason = error.strerror or error
        print(
            f"Cannot write to {backbones.WEIGHTS} ({reason}): make the folder writable or free "
            "some space, then run this again.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
