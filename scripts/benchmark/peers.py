"""The same work with what Debian and PyPI offer: a key and a certificate for each of some clients."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from measure import Failure, said

# The commands of `openssl ca` that people find in guides, with a P-256 authority as certwright's.
_CONFIGURATION = """\
[ca]
default_ca = authority
[authority]
dir = .
database = index.txt
new_certs_dir = issued
certificate = ca.pem
private_key = ca.key
serial = serial
crlnumber = crlnumber
default_md = sha256
default_days = 90
default_crl_days = 7
policy = any
copy_extensions = copy
x509_extensions = client
[any]
commonName = supplied
[client]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[req]
distinguished_name = name
[name]
"""

_AUTHORITY = """
openssl ecparam -name prime256v1 -genkey -noout -out ca.key
openssl req -config openssl.cnf -x509 -new -key ca.key -days 3650 -subj /CN=Peer -out ca.pem \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
  -addext subjectKeyIdentifier=hash
mkdir issued
echo 01 >crlnumber
echo 7000000000000000000000000000000000000001 >serial
touch index.txt
"""

_OPENSSL_LOOP = """
for i in $(seq "$1"); do
  openssl ecparam -name prime256v1 -genkey -noout -out "$i.key"
  openssl req -config openssl.cnf -new -key "$i.key" -subj "/CN=client$i" -out "$i.csr" \
    -addext "subjectAltName=URI:spiffe://example.com/client$i"
  openssl ca -config openssl.cnf -batch -notext -in "$i.csr" -out "$i.pem" 2>/dev/null
done
"""

_EASY_RSA = """
export EASYRSA_BATCH=1 EASYRSA_ALGO=ec EASYRSA_CURVE=prime256v1 EASYRSA_REQ_CN=Peer
/usr/share/easy-rsa/easyrsa init-pki
/usr/share/easy-rsa/easyrsa build-ca nopass
"""

_EASY_RSA_LOOP = """
export EASYRSA_BATCH=1 EASYRSA_ALGO=ec EASYRSA_CURVE=prime256v1
for i in $(seq "$1"); do /usr/share/easy-rsa/easyrsa build-client-full "client$i" nopass; done
"""

_CFSSL = _AUTHORITY + """
cat >config.json <<'JSON'
{"signing": {"default": {"expiry": "2160h", "usages": ["digital signature", "client auth"]}}}
JSON
"""

_CFSSL_LOOP = """
for i in $(seq "$1"); do
  echo '{"CN": "client'"$i"'", "key": {"algo": "ecdsa", "size": 256}}' \
    | cfssl gencert -loglevel=5 -ca=ca.pem -ca-key=ca.key -config=config.json - \
    | cfssljson -bare "client$i"
done
"""

_CERTTOOL = _AUTHORITY + """
printf 'cn = client\\nexpiration_days = 90\\nsigning_key\\ntls_www_client\\n' >template
"""

_CERTTOOL_LOOP = """
for i in $(seq "$1"); do
  certtool --generate-privkey --key-type=ecdsa --curve=secp256r1 --no-text --outfile="client$i.key"
  certtool --generate-certificate --template=template --no-text --load-privkey="client$i.key" \
    --load-ca-certificate=ca.pem --load-ca-privkey=ca.key --outfile="client$i.pem"
done
"""

_MINICA_LOOP = """
for i in $(seq "$1"); do minica -type client "client$i.example.com" >/dev/null; done
"""

_MKCERT = """
export CAROOT=$PWD TRUST_STORES=none
mkcert -ecdsa -client first.example.com
"""

_MKCERT_LOOP = """
export CAROOT=$PWD TRUST_STORES=none
for i in $(seq "$1"); do
  mkcert -ecdsa -client -cert-file="client$i.pem" -key-file="client$i.key" "client$i.example.com"
done
"""

_PYTHON_LOOP = f"""
"{sys.executable}" "{Path(__file__).with_name('peer_cryptography.py')}" "$1"
"""


@dataclass(frozen=True)
class Peer:
    name: str
    prepare: str
    loop: str
    count: int
    # One such file for each certificate is there afterwards.
    proof: str


PEERS = (
    Peer("openssl req and ca", _AUTHORITY, _OPENSSL_LOOP, 100, "issued/*.pem"),
    Peer("easy-rsa", _EASY_RSA, _EASY_RSA_LOOP, 10, "pki/issued/*.crt"),
    Peer("cfssl", _CFSSL, _CFSSL_LOOP, 50, "client*-key.pem"),
    Peer("certtool", _CERTTOOL, _CERTTOOL_LOOP, 100, "client*.pem"),
    # Debian's minica makes RSA keys alone, and mkcert's authority has one.
    Peer("minica (RSA)", "minica first.example.com", _MINICA_LOOP, 50, "client*.crt"),
    Peer("mkcert (RSA authority)", _MKCERT, _MKCERT_LOOP, 50, "client*.pem"),
    Peer("python cryptography", "true", _PYTHON_LOOP, 2000, "client*.pem"),
)


def measure(bench, sizes):
    for peer in PEERS:
        _measure(bench, peer, f"peer: {peer.name}", peer.count)
    # The database of openssl ca is one file, which it writes anew for each certificate.
    full = max(sizes)
    loop = PEERS[0]
    _measure(bench, loop, "peer: openssl req and ca, full index", full, issued=full, count=10)
    for size in sizes:
        _revocation_list(bench, size)


def _measure(bench, peer, work, size, issued=0, count=None):
    folder = _folder(bench, work)
    count = count or peer.count
    _prepare(folder, peer.prepare)
    if issued:
        _fill_index(folder, issued, "V")
    cost = bench.meter.once(
        ["bash", "-euo", "pipefail", "-c", peer.loop, "loop", str(count)], folder=folder,
        environment=_environment(folder))
    made = len(list(folder.glob(peer.proof)))
    if made != count:
        raise Failure(f"{peer.name} made {made} certificates instead of {count}")
    bench.book.add(work, size, cost, count=made, note=f"({made} certificates)")


def _revocation_list(bench, size):
    work = "peer: openssl ca -gencrl"
    folder = _folder(bench, f"{work} {size}")
    _prepare(folder, _AUTHORITY)
    _fill_index(folder, size, "R")
    cost = bench.meter.once(
        ["openssl", "ca", "-config", "openssl.cnf", "-gencrl", "-out", "crl.pem"], folder=folder,
        environment=_environment(folder))
    bench.book.add(work, size, cost)


def _folder(bench, work):
    folder = bench.work / "".join(c if c.isalnum() else "-" for c in work)
    folder.mkdir()
    (folder / "openssl.cnf").write_text(_CONFIGURATION)
    return folder


def _prepare(folder, script):
    said(["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=_environment(folder))


def _environment(folder):
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}


def _fill_index(folder, size, status):
    revoked = "291231000000Z,keyCompromise" if status == "R" else ""
    with open(folder / "index.txt", "w", encoding="ascii") as index:
        for number in range(size):
            index.write(f"{status}\t391231000000Z\t{revoked}\t{0x60 << 120 | number:032X}\tunknown"
                        f"\t/CN=issued{number}\n")
