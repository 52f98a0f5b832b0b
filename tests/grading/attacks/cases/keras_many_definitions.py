"""Has the judge make thousands of layers, and more of them than a message may define.

lesson: 02_model
score: 2
seen: freeze_check: CarryError(?s:.*)cut_check: Your function returned None
"""

# %% freeze
from autograder.carry.frames import pack
from autograder.carry.parcels import Parcels

honest, forged = Parcels.pack, []
Parcels.pack = lambda *args: forged.pop() if forged else honest(*args)

about = {"define": "layer", "type": "Dense", "made_of": ["layers", "Dense"], "outputs": []}
about |= {"config": ["dict", 0, ["units", 10**9]], "built": False, "shapes": None, "path": None}
about |= {"trainable": [True], "variables": []}


def send_layers(count):
    layers = [{**about, "id": f"s{10 + number}"} for number in range(count)]
    forged.append(pack({"kind": "return", "value": None, "definitions": layers}, []))


def freeze(model):
    send_layers(6000)
    return model


# %% cut
def cut(model, name):
    send_layers(300)
    return model
