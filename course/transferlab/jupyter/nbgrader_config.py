"""nbgrader's configuration for students: for Assignment List, `nbgrader fetch` and `submit`."""

from transferlab.submitting import configure_student

configure_student(get_config())  # type: ignore[name-defined]  # noqa: F821
