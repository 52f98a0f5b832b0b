# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
"""
# Transfer learning with Keras

Welcome. This page shows your path through the course: the lessons, what each teaches, how long it takes, what it builds on, and how far you have come.

**Click into the next cell and press Shift + Enter.** That runs the cell; you run every cell of the course this way. Run it again whenever you come back, and it is up to date.
"""

# %%
from transferlab import start_page

start_page.panel()

# %% [markdown]
"""
**How to work.** Open a lesson and work from top to bottom. Where it asks you to predict, predict before you run the cell. A check below each exercise tells you at once whether your code does what it should, and a quiz closes the lesson. You may stop at any time: what you have done stays in the lesson's folder, on this computer.

**Minutes** are counted while you run cells, answer and check; a pause of more than ten minutes is not counted.

## Your summary

Here you can save one page with what you have done so far: to keep, to print, or to show. It is made from the same files as the table above.
"""

# %%
from transferlab import summary

summary.form()
