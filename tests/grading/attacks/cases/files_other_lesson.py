"""Hands in the notebook of another lesson.

score: none
seen: not this lesson
"""


# %% hand_in
def hand_in(homework):
    def other(notebook):
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"other-{number}"
            if "nbgrader" in cell.metadata:
                cell.metadata["nbgrader"]["grade_id"] = f"other_{number}"

    homework.change(other)
