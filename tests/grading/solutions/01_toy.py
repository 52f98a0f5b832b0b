# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Whatever the author had
#     name: other
# ---

# %% [markdown]
"""
# Two sums

A lesson in small: no model, two exercises, one question.
"""

# %%
from transferlab import quiz

print("ready")

# %% [markdown] tags=["hints"]
"""
<details><summary>Hint 1: a question</summary>

What is `2 + 2`?

</details>
"""


# %% nbgrader={"grade": false, "grade_id": "double", "locked": false, "schema_version": 3, "solution": true, "task": false}
def double(number):
    """Return twice the number."""
    ### BEGIN SOLUTION
    doubled_by_the_author = number * 2
    return doubled_by_the_author
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "double_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
if double(2) != 4:
    raise AssertionError("Twice 2 is 4: multiply by two.")
### BEGIN HIDDEN TESTS
assert double(7.5) == 15, "Twice 7.5 is 15: numbers need not be whole."
assert double(-3) == -6
### END HIDDEN TESTS
print("double: passed")


# %% nbgrader={"grade": false, "grade_id": "halve", "locked": false, "schema_version": 3, "solution": true, "task": false}
def halve(number):
    """Return half the number."""
    ### BEGIN SOLUTION
    return number / (1 + 1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "halve_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
if halve(4) != 2:
    raise AssertionError("Half of 4 is 2: divide by two.")
### BEGIN HIDDEN TESTS
assert halve(5) == 2.5, "Half of 5 is 2.5: a whole-number division loses the rest."
### END HIDDEN TESTS
print("halve: passed")

# %% tags=["quiz"]
quiz.ask(
    "twice_half",
    "What is twice the half of a number?",
    right={"The number": "Doubling undoes halving."},
    wrong={"Four times it": "That is twice the double.", "Nothing": "Try it with 6."},
)

# %% nbgrader={"grade": true, "grade_id": "quiz_check", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
quiz.score()
