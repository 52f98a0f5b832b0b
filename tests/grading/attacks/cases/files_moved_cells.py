"""Renames, retypes and reorders cells.

score: 6
seen: renamed
"""


# %% hand_in
def hand_in(homework):
    def shuffle(notebook):
        notebook.cells.reverse()
        for cell in notebook.cells:
            if cell.id == "double":
                cell.metadata["nbgrader"]["grade_id"] = "twice"
            if cell.id == "halve_check":
                cell.cell_type = "raw"
                del cell["outputs"], cell["execution_count"]

    homework.change(shuffle)
