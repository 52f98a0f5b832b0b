"""Hands in thousands of files, and more than may be copied.

score: 6
"""


# %% hand_in
def hand_in(homework):
    (homework.folder / "aaa.bin").write_bytes(bytes(60_000_000))
    for number in range(2000):
        (homework.folder / f"a{number}.txt").write_text("x")
