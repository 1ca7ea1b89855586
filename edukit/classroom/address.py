"""Where the class server listens, who may come in, and the address that it announces."""
from __future__ import annotations

import errno
import ipaddress
import os
import re
import secrets
import socket
from dataclasses import dataclass

import psutil
from tornado.netutil import bind_sockets

from edukit.core.errors import BadArgument, PortTaken
from edukit.core.i18n import t

FIRST_PORT = 8866
PORTS_TRIED = 60
TOKEN_VARIABLE = "EDUKIT_TOKEN"  # a token that must not stand on the command line, where other users of the machine read it


@dataclass(frozen=True)
class Address:
    """Where the server is reached.

    Args:
        ip: The address that it listens on.
        port: The port that it listens on.
        base: The path that all its pages stand under, such as ``"/"`` or ``"/user/ann/edukit/"``.
        token: What a browser must bring once; empty if everyone may come in.
        https: Whether it speaks https instead of http.
    """

    ip: str = "127.0.0.1"
    port: int = FIRST_PORT
    base: str = "/"
    token: str = ""
    https: bool = False

    def url(self, host: str = "") -> str:
        """What to type into a browser on this computer, or on another that reaches it as ``host``."""
        host = host or ("127.0.0.1" if self.everywhere else self.ip)
        return f"http{'s' * self.https}://{f'[{host}]' if ':' in host else host}:{self.port}{self.base}" + (f"?token={self.token}" if self.token else "")

    @property
    def everywhere(self) -> bool:
        """Whether it listens on all of this computer's addresses."""
        return self.ip in ("", "0.0.0.0", "::")

    @property
    def loopback(self) -> bool:
        """Whether only this computer reaches it."""
        return is_loopback(self.ip)

    def network_url(self) -> str:
        """What others on the same network type; empty where none reaches it."""
        host = "" if self.loopback else next(iter(network_hosts()), "") if self.everywhere else self.ip
        return self.url(host) if host else ""


def network_hosts() -> list[str]:
    """The IPv4 addresses at which others on the same network reach this computer."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found = (one.address for name, all_of in psutil.net_if_addrs().items() if name in up for one in all_of if one.family == socket.AF_INET)
    return [address for address in found if not is_loopback(address)]


def is_loopback(ip: str) -> bool:
    """Whether an address is this computer's own."""
    try:
        return ipaddress.ip_address(ip).is_loopback
    except ValueError:
        return ip == "localhost"


def check_port(port: int | None) -> int:
    """The port to try first: ``port``, else ``PORT`` of the environment, else 8866.

    Raises:
        BadArgument
    """
    given = str(port or os.environ.get("PORT") or FIRST_PORT).strip()
    if not re.fullmatch("[0-9]{1,5}", given) or not 1 <= int(given) <= 65535:
        raise BadArgument(name="port", value=given, wanted=t("classroom.port_wanted"))
    return int(given)


def check_base_url(prefix: str) -> str:
    """The path with a slash at both ends: ``"/class/"`` of ``"class"``.

    Raises:
        BadArgument
    """
    parts = [part for part in str(prefix).split("/") if part]
    if not all(re.fullmatch(r"(?:[\w.~@+-]|%[0-9A-Fa-f]{2})+", part, re.ASCII) and part.strip(".") for part in parts):
        raise BadArgument(name="base_url", value=prefix, wanted=t("classroom.base_url_wanted"))
    return "".join(["/", *(f"{part}/" for part in parts)])


def choose_token(ip: str, token: str | None, no_token: bool) -> str:
    """The token that browsers must bring; beyond this computer there is always one, unless it is switched off in words.

    Args:
        ip: The address that the server listens on.
        token: The one that was asked for, else ``EDUKIT_TOKEN`` of the environment.
        no_token: Whether everyone may come in.

    Raises:
        BadArgument
    """
    if token is None and not no_token:
        token = os.environ.get(TOKEN_VARIABLE) or None
    if token is not None and (no_token or not re.fullmatch(r"[\w.~-]{4,200}", str(token), re.ASCII)):
        raise BadArgument(name="token", value=token, wanted=t("classroom.token_wanted"))
    return token or ("" if no_token or is_loopback(ip) else secrets.token_hex(24))


def listen(ip: str, port: int, *, insist: bool) -> list[socket.socket]:
    """Sockets that listen on ``port``, or on the next free one unless the user insists.

    Raises:
        PortTaken, BadArgument
    """
    for tried in [port] if insist else range(port, min(port + PORTS_TRIED, 65536)):
        try:
            return list(bind_sockets(tried, ip))
        except socket.gaierror as error:
            raise BadArgument(name="ip", value=ip, wanted=t("classroom.ip_wanted")) from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise BadArgument(name="ip", value=ip, wanted=t("classroom.ip_wanted")) from error
            if error.errno not in (errno.EADDRINUSE, errno.EACCES, getattr(errno, "WSAEACCES", errno.EACCES)):
                raise
    raise PortTaken(port=port)
