"""Claims to have submitted years ago: beside the notebook and in its metadata.

score: 6
exchange: yes
"""


# %% hand_in
def hand_in(homework):
    (homework.folder / "timestamp.txt").write_text("2001-01-01 00:00:00.000000 UTC")

    def claim(notebook):
        notebook.metadata["timestamp"] = "2001-01-01 00:00:00.000000 UTC"
        notebook.metadata["nbgrader"] = {"timestamp": "2001-01-01 00:00:00.000000 UTC"}

    homework.change(claim)
