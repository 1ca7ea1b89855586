"""What a student reads when something cannot be done. Codes are stable.

To add an error: one line in ``kinds.py``, and its two texts, ``CODE.message`` and ``CODE.remedy``, in ``texts/errors.json``; a test holds them to each other.
"""
from edukit.core.errors.base import EdukitError as EdukitError
from edukit.core.errors.base import nearest as nearest
from edukit.core.errors.kinds import *  # noqa: F403 - every error of the module
