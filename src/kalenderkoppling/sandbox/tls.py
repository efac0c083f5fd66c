"""A certificate for 127.0.0.1, made at start and deleted at stop: msal refuses an authority without https."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(slots=True)
class LoopbackCertificate:
    """A self-signed certificate for 127.0.0.1 and localhost, in a temporary folder until `remove`."""

    folder: tempfile.TemporaryDirectory[str]
    ca_file: Path
    context: ssl.SSLContext

    @classmethod
    def make(cls) -> LoopbackCertificate:
        """Make key and certificate, valid for a year around now."""
        folder = tempfile.TemporaryDirectory(prefix="pretend-graph-")
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _signed(key)
        ca_file, key_file = Path(folder.name, "ca.pem"), Path(folder.name, "key.pem")
        ca_file.write_bytes(certificate.public_bytes(Encoding.PEM))
        key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(ca_file, key_file)
        return cls(folder, ca_file, context)

    def remove(self) -> None:
        """Delete the files."""
        self.folder.cleanup()


def _signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Pretend Microsoft 365 on this machine")])
    now = datetime.now(UTC)
    alternatives = x509.SubjectAlternativeName(
        [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(alternatives, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
