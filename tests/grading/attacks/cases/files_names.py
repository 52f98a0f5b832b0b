"""Hands in names that would lead out of the folder, or that no text can hold.

score: 6
"""


# %% hand_in
def hand_in(homework):
    import os

    for name in (b"..\\..\\gradebook.db", b"\xff\xfe.txt", b"a\nb", b"-rf", b"%2e%2e%2f"):
        with open(os.path.join(os.fsencode(homework.folder), name), "w"):
            pass

    def lead_out(notebook):
        first = notebook.cells[0]
        first.metadata["nbgrader"] = {"grade_id": "../../gradebook.db", "solution": True}
        first["attachments"] = {"../../gradebook.db": {"text/plain": "x"}}
        notebook.metadata["path"] = "../../gradebook.db"

    homework.change(lead_out)
