"""Ships files named like modules beside the notebook, to have them imported in place of those.

score: 1
shows: numpy is the real one
never: loot
"""


# %% double
def double(number):
    import numpy

    import transferlab.quiz

    assert "site-packages" in numpy.__file__
    assert "/home/student" not in transferlab.quiz.__file__
    print("numpy is the real one")
    return 0


# %% halve
def halve(number):
    return 0


# %% hand_in
def hand_in(homework):
    names = ("keras", "numpy", "sitecustomize", "usercustomize", "ipykernel_launcher", "json")
    for name in (*names, "transferlab", "autograder", "colorsys", "pyseccomp"):
        (homework.folder / f"{name}.py").write_text("print('loot')\n")
    for name in ("transferlab", "autograder"):
        (homework.folder / name).mkdir()
        for module in ("__init__", "quiz", "judge", "runner"):
            (homework.folder / name / f"{module}.py").write_text("print('loot')\nscore = int\n")
    (homework.folder / "ipython_config.py").write_text("print('loot')\n")
    (homework.folder / "nbgrader_config.py").write_text("print('loot')\n")
