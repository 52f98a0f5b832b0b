"""The errors that can occur between a judge and a student."""


class CarryError(Exception):
    """What arrived is not a message of this protocol, or exceeds a limit. Believe none of it."""


class Uncarriable(Exception):
    """A value that can't be carried; an inert stand-in replaces it."""


class StudentError(Exception):
    """An exception of a student's function that isn't built in; a subclass is named after it."""
