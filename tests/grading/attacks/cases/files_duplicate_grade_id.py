"""Hands in a check twice, the second time empty.

score: 3
seen: was there 2 times
"""


# %% halve
def halve(number):
    return 0


# %% hand_in
def hand_in(homework):
    from nbformat import from_dict

    def copy(notebook):
        cell = next(cell for cell in notebook.cells if cell.id == "halve_check")
        notebook.cells.append(from_dict({**cell, "id": "again", "source": "print('passed')"}))

    homework.change(copy)
