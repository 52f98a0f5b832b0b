"""Tried things out below, with names that the lesson uses otherwise.

score: 6
"""


# %% hand_in
def hand_in(homework):
    from nbformat.v4 import new_code_cell

    def scratch(notebook):
        notebook.cells.append(new_code_cell("number = double\nquiz = None\nprint(number(4))"))

    homework.change(scratch)
