"""Hands in a notebook in the format of 2011.

score: 6
seen: old format
"""


# %% hand_in
def hand_in(homework):
    import json

    cells = json.loads(homework.path.read_text())["cells"]
    for cell in cells:
        cell["input"] = cell["source"]
    old = {"nbformat": 2, "metadata": {}, "worksheets": [{"cells": cells}]}
    homework.path.write_text(json.dumps(old))
