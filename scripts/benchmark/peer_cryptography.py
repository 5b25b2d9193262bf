"""A loop over Python's cryptography: peer_cryptography.py COUNT."""

import datetime
import os
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(issuer, issuer_key, subject, key):
    now = datetime.datetime.now(datetime.timezone.utc)
    usage = x509.KeyUsage(True, *[False] * 8)
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer).subject_name(name(subject)).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now).not_valid_after(now + datetime.timedelta(days=90))
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.UniformResourceIdentifier(f"spiffe://example.com/{subject}")]),
            critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False)
        .sign(issuer_key, hashes.SHA256()))


def write(path, content):
    with open(path, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(content)


def main(count):
    issuer, issuer_key = name("Peer"), ec.generate_private_key(ec.SECP256R1())
    for number in range(count):
        subject = f"client{number}"
        key = ec.generate_private_key(ec.SECP256R1())
        write(f"{subject}.pem", certificate(issuer, issuer_key, subject, key).public_bytes(
            serialization.Encoding.PEM))
        write(f"{subject}.key", key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))


main(int(sys.argv[1]))
