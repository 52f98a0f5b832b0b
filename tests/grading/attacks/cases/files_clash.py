"""Hands in a folder where the lesson has a file.

score: 6
"""


# %% hand_in
def hand_in(homework):
    (homework.folder / "quiz.json").unlink()
    (homework.folder / "quiz.json").mkdir()
    (homework.folder / "quiz.json" / "mine.txt").write_text("mine")
