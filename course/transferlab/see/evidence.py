"""Pictures of evidence: labels curves with their spread, and what a number of labels is worth."""

from collections.abc import Mapping

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from transferlab.experiment import Comparison
from transferlab.see import EMPTY, FROZEN, STYLE, TRAINABLE, shown
from transferlab.see.explorer import explorer, picture

LINES = ((TRAINABLE, "s-"), (FROZEN, "o--"))  # colour, and marker with line, of each curve
WITH_TRANSFER = ("feature extraction", "fine-tuning")


def curves(found: Mapping[str, Mapping[int, tuple[float, float]]]) -> Figure:
    """Draw up to two labels curves, each with a band of one standard deviation.

    Args:
        found: name -> number of labels per class -> (mean, standard deviation) of the accuracy.
    """
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 4))
        for (name, curve), (colour, line) in zip(found.items(), LINES, strict=False):
            labels = sorted(curve)
            means = np.array([curve[n][0] for n in labels])
            spreads = np.array([curve[n][1] for n in labels])
            axis.plot(labels, means, line, color=colour, label=name)
            axis.fill_between(labels, means - spreads, means + spreads, color=colour, alpha=0.2)
        axis.set_xscale("log")
        axis.set_xticks(labels, [str(n) for n in labels])
        axis.minorticks_off()
        axis.set(xlabel="labels per class (count, logarithmic scale)", ylim=(0, 1))
        axis.set_ylabel("accuracy (share of test images)")
        axis.grid(alpha=0.3)
        axis.legend(loc="lower right", title="band: ± 1 sd over the seeds")
        figure.tight_layout()
    return shown(figure)


def labels_explorer(sweep: Mapping[str, Comparison]) -> widgets.Widget:
    """Let the reader choose the number of labels and see every method with its seeds.

    Args:
        sweep: the condition, such as `"10 per class"` -> the scores of all methods.
    """
    panels = {condition: _panel(condition, found) for condition, found in sweep.items()}
    middle = len(panels) // 2
    return explorer("Labels", panels, chosen=middle)


def _panel(condition: str, found: Comparison) -> str:
    transfer = max(WITH_TRANSFER, key=found.mean)
    rival = max((name for name in found.scores if name not in WITH_TRANSFER), key=found.mean)
    difference = found.difference(transfer, rival)
    verdict = "clear" if difference.is_clear else "not clear: the interval holds zero"
    note = (
        f"<p>With {condition}, the best with transfer (plain bars) is <em>{transfer}</em> "
        f"({found.mean(transfer):.3f}), the best without (hatched) is <em>{rival}</em> "
        f"({found.mean(rival):.3f}). The difference is {difference}: {verdict}.</p>"
    )
    alt = f"Accuracy of {len(found.scores)} methods with {condition}: " + "; ".join(
        f"{name} {found.mean(name):.2f}, sd {found.sd(name):.2f}" for name in found.scores
    )
    return note + picture(_bars(found), alt)


def _bars(found: Comparison) -> Figure:
    names = list(found.scores)
    with plt.rc_context(STYLE):
        figure, axis = plt.subplots(figsize=(7, 0.5 * len(names) + 0.8))
        for row, name in enumerate(names):
            transfer = name in WITH_TRANSFER
            axis.barh(
                row,
                found.mean(name),
                color=TRAINABLE if transfer else EMPTY,
                hatch="" if transfer else "///",
                edgecolor="white",
                xerr=found.sd(name),
                capsize=3,
            )
            axis.plot(found.scores[name], [row] * len(found.scores[name]), "k.", markersize=5)
        axis.set_yticks(range(len(names)), names)
        axis.invert_yaxis()
        axis.set_xlim(0, 1)
        axis.set_xlabel(f"{found.metric} (share of test images; dots: seeds, whisker: ± 1 sd)")
        figure.tight_layout()
    return figure
