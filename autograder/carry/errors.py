"""What may go wrong between a judge and a student."""


class CarryError(Exception):
    """What arrived is no message of this protocol, or it passes a limit. Believe nothing of it."""


class Uncarriable(Exception):
    """This value can't be carried; it is replaced by an inert stand-in."""


class StudentError(Exception):
    """A student's function raised what is no built-in exception; its class has that one's name."""
