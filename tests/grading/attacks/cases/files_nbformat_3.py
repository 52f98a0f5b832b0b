"""Hands in a notebook in the format of 2013.

score: 6
seen: old format
"""


# %% hand_in
def hand_in(homework):
    import json

    cells = json.loads(homework.path.read_text())["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source")
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}
    homework.path.write_text(json.dumps(old))
