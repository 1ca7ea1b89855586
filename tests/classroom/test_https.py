"""https: the certificate is made once and kept, names this computer, is its owner's alone; the server speaks nothing else with it."""
import ssl
import stat
import urllib.error

import pytest
from class_server import start_class_server, write_lesson
from cryptography import x509

from edukit.classroom import certificate
from edukit.classroom.address import Address
from edukit.core import packages
from edukit.core.errors import OutputNotWritable, PackageMissing
from edukit.core.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "home 教室")


def names_in(path):
    known = x509.load_pem_x509_certificate(path.read_bytes()).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(one.value) for one in known]


def test_a_browser_that_trusts_the_file_reads_lessons(tmp_path):
    write_lesson(tmp_path / "lessons")
    server = start_class_server(tmp_path / "home", lessons=tmp_path / "lessons", https=True)
    try:
        assert server.url.startswith("https://127.0.0.1:") and "“Advanced”" in server.said()
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            server.get("/en/")
        server.trusted = ssl.create_default_context(cafile=tmp_path / "home" / certificate.FILE)
        shown = server.get("/en/")
        assert shown.status == 200 and "A small lesson" in shown.text, "the certificate's names fit the address"
        plain = type(server)(server.process, server.url.replace("https", "http", 1), server.home, server.log)
        with pytest.raises((urllib.error.URLError, ConnectionError)):
            plain.get("/en/")
        assert server.get("/en/").status == 200 and "Traceback" not in server.said()
    finally:
        server.stop()


def test_the_certificate_is_kept_for_its_owner_alone(workspace, monkeypatch):
    monkeypatch.setattr(certificate, "network_hosts", lambda: ["192.168.7.5"])
    monkeypatch.setattr(certificate.socket, "gethostname", lambda: "class-pc")
    path = workspace.home / certificate.FILE
    certificate.server_encryption(workspace, "0.0.0.0")
    first = path.read_bytes()
    assert names_in(path) == ["localhost", "127.0.0.1", "::1", "class-pc", "192.168.7.5"] and stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    certificate.server_encryption(workspace, "192.168.7.5")
    assert path.read_bytes() == first and stat.S_IMODE(path.stat().st_mode) == 0o600
    monkeypatch.setattr(certificate, "network_hosts", lambda: ["10.0.0.9"])
    certificate.server_encryption(workspace)
    assert "10.0.0.9" in names_in(path) and [one.name for one in workspace.home.iterdir()] == [certificate.FILE]


@pytest.mark.parametrize("spoil", ["cut", "garbage", "empty", "ends soon", "another's key"])
def test_a_certificate_that_cannot_serve_is_made_anew(workspace, spoil, tmp_path):
    path = workspace.home / certificate.FILE
    certificate.server_encryption(workspace)
    good, names = path.read_bytes(), certificate.machine_names()
    if spoil == "ends soon":
        certificate.write_certificate(path, names, days=20)
    elif spoil == "another's key":
        certificate.write_certificate(tmp_path / "other.pem", names)
        end = b"-----END PRIVATE KEY-----\n"
        path.write_bytes(good.partition(end)[0] + end + (tmp_path / "other.pem").read_bytes().partition(end)[2])
    else:
        path.write_bytes({"cut": good[:300], "garbage": b"\x00\xff" * 99, "empty": b""}[spoil])
    spoilt = path.read_bytes()
    assert isinstance(certificate.server_encryption(workspace), ssl.SSLContext) and path.read_bytes() != spoilt


def test_why_there_can_be_none(workspace, monkeypatch):
    workspace.home.write_text("a file where the folder should be")
    with pytest.raises(OutputNotWritable):
        certificate.server_encryption(workspace)
    monkeypatch.setattr(packages, "find_spec", lambda name: None)
    with pytest.raises(PackageMissing) as caught:
        certificate.server_encryption(workspace)
    assert "cryptography" in caught.value.message and "[lab]" in caught.value.remedy


def test_strange_machine_names_are_left_out(monkeypatch):
    monkeypatch.setattr(certificate.socket, "gethostname", lambda: "小明的电脑")
    assert "小明的电脑" not in certificate.machine_names() and "lab.school" in certificate.machine_names("lab.school")


def test_all_announced_addresses_are_https(monkeypatch):
    monkeypatch.setattr("edukit.classroom.address.network_hosts", lambda: ["192.168.7.5"])
    address = Address("0.0.0.0", 8866, token="class-3b", https=True)
    assert address.url() == "https://127.0.0.1:8866/?token=class-3b" and address.network_url() == "https://192.168.7.5:8866/?token=class-3b"
