"""Deletes a check, and the metadata of another.

score: 1
seen: halve_check had been deleted
"""


# %% double
def double(number):
    return 0


# %% halve
def halve(number):
    return 0


# %% hand_in
def hand_in(homework):
    def delete(notebook):
        notebook.cells = [cell for cell in notebook.cells if cell.id != "halve_check"]
        for cell in notebook.cells:
            if cell.id == "double_check":
                cell.metadata.clear()

    homework.change(delete)
