"""Check public names of Keras and the configs of its objects before anything is made from them.

A config that came from elsewhere may name any class, function or file and any size. Only names in
the lists below are allowed; a config is built again from the parts that were understood. It must
not make anything that it was not asked for.
"""

import importlib
import inspect
from collections.abc import Callable
from typing import Any

from autograder.carry.errors import CarryError, Uncarriable
from autograder.carry.objects import is_name

# Functions and classes in these modules only compute.
_PUBLIC = (
    "activations",
    "losses",
    "metrics",
    "initializers",
    "regularizers",
    "constraints",
    "ops",
    "layers",
    "optimizers",
    "optimizers.schedules",
)
_CONFIGURED = (
    "losses",
    "metrics",
    "initializers",
    "regularizers",
    "constraints",
    "optimizers",
    "optimizers.schedules",
)
_OPERATIONS = ("numpy", "math", "nn", "core", "linalg", "image")
# These run code, read files, or keep state that is not in their weights.
REFUSED = frozenset(
    (
        *("Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"),
        *("TextVectorization", "StringLookup", "IntegerLookup", "Pipeline"),
    )
)
_REFUSED_OPERATIONS = frozenset(
    ("Map", "Scan", "AssociativeScan", "WhileLoop", "ForiLoop", "Cond", "Switch", "VectorizedMap")
)
_REFUSED_FUNCTIONS = ("get", "serialize", "deserialize")
_DTYPES = ("DTypePolicy", "FloatDTypePolicy")
_MOST = 200_000  # the largest integer in a config: no layer of a course has more of anything
# Steps and seeds take no memory; a table of classes by classes does.
_MOST_OF = {
    **dict.fromkeys(("seed", "decay_steps", "first_decay_steps", "warmup_steps"), 2**63),
    **dict.fromkeys(("boundaries",), 2**63),
    **dict.fromkeys(("num_classes", "num_thresholds"), 2000),
}
_MOST_PARTS = 10_000
_LONGEST = 1000
# Keys next to the config in a serialized object; the first two would build or compile it unasked.
_LEFT_OUT = ("build_config", "compile_config", "shared_object_id", "name")


def public_name(value: Any) -> tuple[str, str]:
    """Return the public module and name of a function or class of Keras.

    Raises:
        Uncarriable: it has none, or it does more than compute.
    """
    from keras.src.api_export import get_name_from_symbol

    exported = get_name_from_symbol(value)
    if exported in ("keras.Model", "keras.Sequential", "keras.Layer", "keras.Variable"):
        return "", exported.removeprefix("keras.")
    name = getattr(value, "__name__", None)
    for module in _PUBLIC:
        if is_name(name) and _look_up(module, str(name)) is value and _is_public(str(name)):
            return module, str(name)
    raise Uncarriable


def public_value(module: object, name: object) -> Any:
    """Return a function or class of Keras by its public name.

    Raises:
        CarryError: there is none, or it does more than compute.
    """
    import keras

    if module == "" and name in ("Model", "Sequential", "Layer", "Variable"):
        return getattr(keras, str(name))
    if module not in _PUBLIC or not is_name(name) or not _is_public(str(name)):
        raise CarryError("a name is not a Keras name that may be carried")
    found = _look_up(str(module), str(name))
    if not (inspect.isfunction(found) or inspect.isclass(found)):
        raise CarryError("a name is not a function or class of Keras")
    return found


def configured_class(module: object, name: object) -> Any:
    """Return the class of a loss, a metric, an optimizer or the like.

    Raises:
        CarryError: there is none of that name.
    """
    found = public_value(module, name)
    if module not in _CONFIGURED or not inspect.isclass(found):
        raise CarryError("a class is not one whose objects are made from a config")
    return found


def layer_class(module: object, name: object) -> Any:
    """Return the class of a layer or an operation.

    Raises:
        CarryError: there is none, or it may not be carried.
    """
    import keras

    if module == "layers":
        found = public_value(module, name)
        if inspect.isclass(found) and issubclass(found, keras.Layer):
            return found
    if module in _OPERATIONS and is_name(name) and name not in _REFUSED_OPERATIONS:
        found = vars(_operations(str(module))).get(str(name))
        if inspect.isclass(found) and found.__module__ == f"keras.src.ops.{module}":
            return found
    raise CarryError("a layer is of a class that may not be carried")


def layer_class_name(kind: type) -> tuple[str, str]:
    """Return the module and name under which `layer_class` finds a class.

    Raises:
        Uncarriable: the class may not be carried.
    """
    name = kind.__name__
    for module in ("layers", *_OPERATIONS):
        try:
            if layer_class(module, name) is kind:
                return module, name
        except CarryError:
            continue
    raise Uncarriable


def checked(config: object) -> dict[str, Any]:
    """Return a copy of a config that is built only from what a config may hold.

    Raises:
        CarryError: it names something that may not be carried, or has too many parts or too large
            numbers.
    """
    if type(config) is not dict:
        raise CarryError("a config is not a dictionary")
    return _Checked().dictionary(config)


class _Checked:
    def __init__(self) -> None:
        self._parts = 0

    def value(self, value: Any) -> Any:
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise CarryError("a config has too many parts")
        if value is None or type(value) in (bool, float):
            return value
        if type(value) is int and abs(value) <= 2**63:
            return value
        if type(value) is str and len(value) <= _LONGEST:
            return value
        if type(value) in (list, tuple):
            return type(value)(map(self.value, value))
        if type(value) is dict:
            names_a_class = {"class_name", "module", "registered_name"} & value.keys()
            return self.serialized(value) if names_a_class else self.dictionary(value)
        raise CarryError("a config holds something that is not a plain value")

    def dictionary(self, config: dict[Any, Any]) -> dict[str, Any]:
        made = {}
        for key, value in config.items():
            if type(key) is not str or len(key) > _LONGEST:
                raise CarryError("a config has a key that is not a short text")
            sizes = value if type(value) in (list, tuple) else [value]
            most = _MOST_OF.get(key, _MOST)
            if any(type(size) is int and abs(size) > most for size in sizes):
                raise CarryError("a config holds too large a number")
            made[key] = self.value(value)
        return made

    def serialized(self, value: dict[Any, Any]) -> dict[str, Any]:
        """Return a serialized object of a config; its class or function must be a public one."""
        known = {"module", "class_name", "config", "registered_name", *_LEFT_OUT}
        if set(value) - known or not {"module", "class_name", "config"} <= value.keys():
            raise CarryError("a config holds an object that is not Keras's")
        module, name, config = value["module"], value["class_name"], value["config"]
        if name == "function":
            return self._function(module, config)
        if name in _DTYPES and module == "keras":
            if type(config) is not dict or not {"name"} >= config.keys():
                raise CarryError("a dtype has an unknown config")
        elif type(module) is not str or not module.startswith("keras."):
            raise CarryError("a config holds an object that is not Keras's")
        elif module == "keras.layers":
            layer_class("layers", name)
        else:
            configured_class(module.removeprefix("keras."), name)
        return _named(module, name, self.dictionary(config if type(config) is dict else {}))

    def _function(self, module: object, name: object) -> dict[str, Any]:
        """Return a serialized function; older versions of Keras give its module as `builtins`."""
        places = _PUBLIC if module == "builtins" else (str(module).removeprefix("keras."),)
        for place in places:
            try:
                public_value(place, name)
            except CarryError:
                continue
            return {**_named(f"keras.{place}", "function", name), "registered_name": name}
        raise CarryError("a config holds a function that is not Keras's")


def _named(module: object, name: object, config: object) -> dict[str, Any]:
    return {"module": module, "class_name": name, "config": config, "registered_name": None}


def _is_public(name: str) -> bool:
    return not (name.startswith("_") or name in REFUSED or name in _REFUSED_FUNCTIONS)


def _look_up(module: str, name: str) -> Callable[..., Any] | None:
    import keras

    found: Any = keras
    for part in module.split("."):
        found = vars(found).get(part)
    return vars(found).get(name)


def _operations(module: str) -> Any:
    return importlib.import_module(f"keras.src.ops.{module}")
