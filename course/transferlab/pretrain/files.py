"""Write a model's file, the same bytes each time, and its model card; train nothing."""

import json
import os
import platform
import zipfile
from pathlib import Path

import keras

from transferlab.pretrain.recipe import Recipe

TIMESTAMP = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can hold


def save(model: keras.Model, path: Path) -> None:
    """Write the model without its optimizer and without dates: the same bytes each time."""
    bare = type(model).from_config(model.get_config())  # clone_model would compile it too
    bare.set_weights(model.get_weights())
    dated = path.with_suffix(".dated.keras")
    bare.save(dated)
    _without_dates(dated, path)
    dated.unlink()


def _without_dates(source: Path, target: Path) -> None:
    """Copy a .keras file without the times at which it and its parts were written."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "metadata.json":
                content = json.dumps({"keras_version": keras.__version__}).encode()
            new.writestr(zipfile.ZipInfo(name, TIMESTAMP), content, zipfile.ZIP_DEFLATED)


def model_card(recipe: Recipe, model: keras.Model, seconds: float) -> str:
    """Return the Markdown page that goes with the weights: what they are, how good, how made."""
    command = f"python -m transferlab.pretrain {recipe.name}"
    rows = "\n".join(
        f"| `{layer.name}` | {type(layer).__name__} | {tuple(layer.output.shape[1:])} "
        f"| {layer.count_params():,} |"
        for layer in model.layers
    )
    return f"""# Model card: `{recipe.name}`

Written by `{command}`; do not edit by hand.

{recipe.about}
{model.count_params():,} parameters.

| layer | type | output | parameters |
|---|---|---|---|
{rows}

## Training

{recipe.training}
- {_took(seconds)}
- Keras {keras.__version__}. Same machine, same seed: the same file to the byte. Elsewhere the score
  below agrees within {recipe.tolerance}. `{command} --check` trains again and compares.

## Score

{recipe.score(model):.3f} {recipe.metric}.

## Transfer

{recipe.transfer(model)}

## Limits

{recipe.limits} It is made for teaching.

The weights have the licence of this package, MIT.
"""


def _took(seconds: float) -> str:
    machine = f"{platform.system()} {platform.machine()}"
    return f"Training took {seconds:.0f} s on {os.cpu_count()} processors ({machine})."
