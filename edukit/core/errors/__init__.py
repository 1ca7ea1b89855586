"""What a student reads when something cannot be done. Codes are stable.

To add an error: one class in the module of its kind (its docstring names the values that it is given), and its two texts,
``CODE.message`` and ``CODE.remedy``, in ``texts/errors.json``; a test holds the two to each other.
"""
from edukit.core.errors.base import EdukitError as EdukitError
from edukit.core.errors.base import close_to as close_to
from edukit.core.errors.base import nearest as nearest
from edukit.core.errors.inputs import *  # noqa: F403 - every error of the module
from edukit.core.errors.machine import *  # noqa: F403
from edukit.core.errors.models import *  # noqa: F403
