"""Ran the cells out of order, and saved the notebook with those counts and old outputs.

score: 6
"""


# %% hand_in
def hand_in(homework):
    from nbformat.v4 import new_output

    def run(notebook):
        for number, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                cell["execution_count"] = 100 - number
                cell["outputs"] = [new_output("stream", text="old")]

    homework.change(run)
