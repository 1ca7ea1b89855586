"""The certificate of ``edukit serve --https``: signed by itself, made when it is needed, kept in ``EDUKIT_HOME``."""
from __future__ import annotations

import datetime
import ipaddress
import os
import re
import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from edukit.classroom.address import network_hosts
from edukit.core.files import output_error, writing
from edukit.core.packages import need
from edukit.core.workspace import Workspace

if TYPE_CHECKING:
    from cryptography.x509 import GeneralName

FILE = ".https.pem"  # key and certificate in one file, so that they always belong together
DAYS, RENEWED_BEFORE_DAYS = 397, 30  # Apple's devices take none that is valid for longer than 398 days


def server_encryption(workspace: Workspace, ip: str = "") -> ssl.SSLContext:
    """What the server encrypts with. The certificate is kept, and made anew when it ends soon or this computer has got another address.

    Args:
        workspace: In whose home the file lies; only its owner can read it.
        ip: The address or name that the server listens on.

    Raises:
        PackageMissing, OutputNotWritable, DiskFull
    """
    need("cryptography")
    path, names = workspace.home / FILE, machine_names(ip)
    if not _serves(path, names):
        write_certificate(path, names)
    try:
        path.chmod(0o600)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
    except OSError as error:
        raise output_error(error, path) from error
    return context


def machine_names(ip: str = "") -> list[str]:
    """The names and addresses under which browsers may reach this computer."""
    found = ["localhost", "127.0.0.1", "::1", socket.gethostname(), *network_hosts(), ip]
    return [name for name in dict.fromkeys(found) if name not in ("", "0.0.0.0", "::") and re.fullmatch(r"[A-Za-z0-9.:-]{1,64}", name)]


def write_certificate(path: Path, names: list[str], *, days: int = DAYS) -> None:
    """Writes a new key and its certificate. Raises ``OutputNotWritable``, ``DiskFull``."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "edukit")])
    certificate = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=days))  # clocks of phones differ
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with writing(path) as temporary, os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(pem + certificate.public_bytes(serialization.Encoding.PEM))


def _serves(path: Path, names: list[str]) -> bool:
    """Whether the file is whole, holds for some time yet, and knows all names."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        data = path.read_bytes()
        key, certificate = load_pem_private_key(data, None), x509.load_pem_x509_certificate(data)
        known = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    left = certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    whole = key.public_key() == certificate.public_key()
    return whole and left.days >= RENEWED_BEFORE_DAYS and all(_general_name(name) in known for name in names)


def _general_name(name: str) -> GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
