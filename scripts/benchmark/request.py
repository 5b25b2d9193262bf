"""PKCS#10 requests, as owners of keys make them."""


def make():
    """A request of a new P-256 key that asks for no name. The key is forgotten."""
    # Loaded only where a fleet has requests: it is the largest thing that this program ever loads.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
