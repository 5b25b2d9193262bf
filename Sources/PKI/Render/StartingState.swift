/// A desired state to begin with: a root, an issuing authority, a server and a client, explained in
/// comments.
package enum StartingState {
  package static let files: [(path: String, text: String)] = [
    ("authorities.yaml", authorities), ("identities.yaml", identities),
    ("proxies.yaml", proxies),
  ]

  private static let authorities = """
    # The root signs the issuing authority and nothing else, so that its key can be kept offline.
    kind: Authority
    name: root
    subject: {commonName: Example Root CA, organization: Example}
    key: ecdsa-p384
    lifetime: 3650d
    crl: {lifetime: 30d, refreshBefore: 10d}
    ---
    # The issuing authority signs servers and clients. It can issue for these domains alone.
    kind: Authority
    name: issuing
    issuer: root
    subject: {commonName: Example Issuing CA, organization: Example}
    key: ecdsa-p256
    lifetime: 1095d
    pathLength: 0
    crl: {lifetime: 7d, refreshBefore: 3d}
    nameConstraints: {permitted: {dnsNames: [example.com, internal, localhost]}}
    ---
    # What relying parties load: clients are accepted when this authority issued them.
    kind: TrustBundle
    name: clients
    authorities: [issuing]

    """

  private static let identities = """
    # A server: one certificate for all its names.
    kind: Server
    name: api
    issuer: issuing
    dnsNames: [api.example.com, api.internal, localhost]
    ipAddresses: [127.0.0.1]
    lifetime: 90d
    ---
    # Clients: a list of names with the same settings. Add a line to add a client.
    kind: Client
    names:
      - app1
    issuer: issuing
    lifetime: 90d

    """

  private static let proxies = """
    # A reverse proxy that lets in the clients above and nobody else.
    kind: Proxy
    name: edge
    software: nginx
    directory: /etc/nginx/certwright
    server: api
    listen: 443
    clients: {trust: clients, verify: required}
    routes:
      - {path: /, upstreams: ["127.0.0.1:8000"]}

    """
}
