"""Desired states of any size."""

import request

# The limit of one file is 1 MiB.
_DOCUMENTS_PER_FILE = 2000
_NAMES_PER_BATCH = 5000
# A fleet of requests needs as many signatures of its owners before it can be measured.
MOST_REQUESTS = 10_000

_AUTHORITIES = """\
kind: Authority
name: root
subject: {commonName: Example Root CA, organization: Example}
key: ecdsa-p384
lifetime: 7300d
crl: {lifetime: 400d, refreshBefore: 20d}
---
kind: Authority
name: issuing
issuer: root
subject: {commonName: Example Issuing CA, organization: Example}
lifetime: 3650d
pathLength: 0
crl: {lifetime: 7d, refreshBefore: 3d}
"""

_EDGE = """\
kind: Server
name: edge/api
issuer: issuing
dnsNames: [api.example.com]
lifetime: 90d
---
kind: Server
name: edge/admin
issuer: issuing
dnsNames: [admin.example.com]
ipAddresses: [192.0.2.10]
lifetime: 90d
---
kind: Client
names: [edge/operator, edge/monitor]
issuer: issuing
lifetime: 90d
---
kind: TrustBundle
name: clients
authorities: [issuing]
---
kind: Proxy
name: edge
software: nginx
server: edge/api
listen: 443
clients: {trust: clients, verify: required}
routes:
  - {path: /, upstreams: ["192.0.2.20:8000"]}
  - {path: /admin, allow: [edge/operator, edge/monitor], upstreams: ["192.0.2.20:8001"]}
"""

_CLIENT = """\
kind: Client
name: {name}
issuer: issuing
subject: {{commonName: {name}, organization: Example}}
dnsNames: [{label}.fleet.example.com]
uris: ["spiffe://example.com/{name}"]
lifetime: {lifetime}
"""

_BATCH = """\
kind: Client
names: [{names}]
issuer: issuing
subject: {{organization: Example}}
uris: ["spiffe://example.com/{{name}}"]
lifetime: 90d
"""

SHAPES = ("folders", "flat", "batch", "csr")


class Fleet:
    """So many clients below two authorities, and an edge that lets them in.

    The shape says how they are written down: `folders` has a file for each, `flat` large files of many
    documents, `batch` lists of names, and `csr` a request beside each file.
    """

    def __init__(self, size, shape="folders"):
        self.size = size
        self.shape = shape
        # Two digits for each folder, so that none has more than a hundred entries.
        self._width = max(2, (len(str(size - 1)) + 1) // 2 * 2)

    def name(self, number):
        digits = str(number).zfill(self._width)
        return "fleet/" + "/".join(digits[i:i + 2] for i in range(0, self._width, 2))

    def files(self):
        """All files of the desired state, as pairs of path and content."""
        yield "desired-state/authorities.yaml", _AUTHORITIES.encode()
        yield "desired-state/edge.yaml", _EDGE.encode()
        yield from getattr(self, "_" + self.shape)()

    def changed(self, count, lifetime):
        """So many files, spread over all folders, with another lifetime."""
        for number in self._spread(count):
            yield self._file(number, lifetime)

    def revoked(self, numbers):
        """Documents that revoke identities, with a key to name the file after."""
        numbers = list(numbers)
        for start in range(0, len(numbers), _DOCUMENTS_PER_FILE):
            part = numbers[start:start + _DOCUMENTS_PER_FILE]
            text = "---\n".join(
                f"kind: Revocation\nidentity: {self.name(number)}\nreason: keyCompromise\n"
                for number in part)
            yield f"desired-state/revoked/{part[0] // 10000:04}/{part[0]}.yaml", text.encode()

    def _spread(self, count):
        return [self.size * i // count for i in range(count)]

    def _document(self, number, lifetime="90d"):
        name = self.name(number)
        return _CLIENT.format(name=name, label=f"c{number}", lifetime=lifetime)

    def _file(self, number, lifetime="90d"):
        return f"desired-state/{self.name(number)}.yaml", self._document(number, lifetime).encode()

    def _folders(self):
        for number in range(self.size):
            yield self._file(number)

    def _flat(self):
        for start in range(0, self.size, _DOCUMENTS_PER_FILE):
            part = range(start, min(start + _DOCUMENTS_PER_FILE, self.size))
            text = "---\n".join(map(self._document, part))
            yield f"desired-state/fleet-{start}.yaml", text.encode()

    def _batch(self):
        for start in range(0, self.size, _NAMES_PER_BATCH):
            part = range(start, min(start + _NAMES_PER_BATCH, self.size))
            text = _BATCH.format(names=", ".join(map(self.name, part)))
            yield f"desired-state/fleet-{start}.yaml", text.encode()

    def _csr(self):
        for number in range(self.size):
            path, content = self._file(number)
            name = path.rpartition("/")[2].removesuffix(".yaml")
            yield path, content + f"request: {name}.csr\n".encode()
            yield path.removesuffix(".yaml") + ".csr", request.make()
