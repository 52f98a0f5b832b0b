"""Adds cells, removes others, and needs one of the own.

score: 6
seen: was kept, because double needs it
"""


# %% double
def double(number):
    return FACTOR * number


# %% hand_in
def hand_in(homework):
    from nbformat.v4 import new_code_cell

    def work(notebook):
        del notebook.cells[0]
        notebook.cells.insert(1, new_code_cell("FACTOR = 2"))
        notebook.cells.append(new_code_cell("double(5)\nscratch = 7"))

    homework.change(work)
