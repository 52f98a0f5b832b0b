"""Returns containers that hold themselves.

score: 1
"""


# %% double
def double(number):
    answer = [number]
    answer.append(answer)
    return answer


# %% halve
def halve(number):
    answer = {}
    answer["again"] = (answer, [answer])
    return answer
