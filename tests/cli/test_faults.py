"""What is the machine's lack and what is a fault of ours."""
import errno

import pytest

from edukit.cli.running import as_ours, error_dict
from edukit.core.errors import BadArgument


@pytest.mark.parametrize(
    "error, code",
    [
        (BadArgument(name="epochs", value=0, wanted="more"), "E401"),
        (OSError(errno.ENOSPC, "No space left on device", "/full/best.pth"), "E503"),
        (OSError(errno.EDQUOT, "Quota exceeded"), "E503"),
        (PermissionError(errno.EACCES, "Permission denied", "/root/x"), "E502"),
        (FileNotFoundError(errno.ENOENT, "No such file", "gone.jpg"), "E101"),
        (OSError(errno.ENAMETOOLONG, "File name too long", "x" * 300), "E110"),
        (OSError(errno.EIO, "Input/output error", "scratched.jpg"), "E110"),
        (MemoryError(), "E603"),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: can't allocate memory: you tried to allocate 400000000000 bytes"), "E603"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), "E603"),
        (ModuleNotFoundError("No module named 'torch'", name="torch"), "E601"),
        (ModuleNotFoundError("No module named 'matplotlib.figure'", name="matplotlib.figure"), "E601"),
    ],
)
def test_lacks_of_the_machine_have_codes(error, code):
    assert error_dict(error)["code"] == code and error_dict(error)["remedy"]


@pytest.mark.parametrize("error", [ZeroDivisionError("x"), KeyError("x"), RecursionError(), ModuleNotFoundError("x", name="edukit.nothing"), OSError("odd")])
def test_the_rest_is_a_fault_of_ours(error, capsys, monkeypatch):
    assert as_ours(error) is None and error_dict(error)["code"] == "E900" and capsys.readouterr().err == ""
    monkeypatch.setenv("EDUKIT_DEBUG", "1")
    error_dict(error)
    assert type(error).__name__ in capsys.readouterr().err
