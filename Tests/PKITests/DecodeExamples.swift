/// Desired states that several tests read.
enum Examples {
  static let documented = [
    "pki.yaml": """
    kind: Authority
    name: example-root
    subject: {commonName: Example Root CA, organization: Example, country: US}
    key: rsa-4096                  # rsa-2048/3072/4096, ecdsa-p256/p384/p521, ed25519
    lifetime: 3650d
    crl: {lifetime: 30d, refreshBefore: 10d}
    ---
    kind: Authority
    name: edge
    issuer: example-root
    subject: {commonName: Example Edge CA, organization: Example, country: US}
    key: ecdsa-p256
    lifetime: 1095d
    crl: {lifetime: 7d, refreshBefore: 3d, distributionPoints: ["http://crl.example.com/edge.crl"]}
    issuerUrl: http://crl.example.com/edge.der      # AIA caIssuers
    nameConstraints: {permitted: {dnsNames: [example.com, internal]}}
    ---
    kind: Server                   # serverAuth; kind: Client is clientAuth; kind: Peer is both
    name: api
    issuer: edge
    dnsNames: [api.example.com, "*.api.example.com", api.internal]
    ipAddresses: [192.168.1.100, 10.0.0.1]
    lifetime: 90d
    renewBefore: 30d
    ---
    kind: Client
    names: [app1, app2, app3, app4]     # a batch: one identity per name, the same settings
    issuer: edge
    lifetime: 365d
    uris: ["spiffe://example.com/{name}"]
    ---
    kind: Revocation
    identity: app2                 # every unexpired certificate of it
    reason: keyCompromise
    ---
    kind: TrustBundle
    name: edge-clients
    authorities: [edge]
    ---
    kind: Proxy
    name: public-edge
    software: nginx                # nginx, haproxy, apache
    server: api
    listen: 443
    directory: /etc/nginx/certwright    # where the bundle lies on the host
    clients:
      trust: edge-clients
      verify: required             # required, optional, none
      allow: [app1, payments/billing]   # optional: only these identities
    routes:
      - {path: /, upstreams: ["192.168.1.100:8000", "192.168.1.101:8000"]}
      - {path: /admin, allow: [app1], upstreams: ["192.168.1.100:8001"]}
      - {path: /public, verify: optional, upstreams: ["192.168.1.100:8002"]}
    ---
    kind: Policy
    name: payments
    paths: ["payments/**"]         # files of the desired state that this policy binds
    permit: {kinds: [Client], issuers: [edge], uris: ["spiffe://example.com/payments/*"], maxLifetime: 90d}
    ---
    kind: Policy
    name: platform
    paths: ["*.yaml"]
    permit:
      kinds: [Authority, Server, Client, Revocation, TrustBundle, Proxy, Policy, Settings]
    ---
    kind: Settings                 # at most one
    name: settings
    limits: {revocations: 10%, reissues: 30%, minimum: 10}
    publish: {branch: published}
    """,
    "payments/billing.yaml": """
    kind: Client
    name: payments/billing
    issuer: edge
    request: billing.csr           # PKCS#10 beside this file: the private key never leaves its owner
    """,
  ]

  /// The authority with its `policy_strict`, server, clients, proxies, revocation and rotation of the
  /// usual guide to mutual TLS with `openssl ca`.
  static let guide = """
    kind: Authority
    name: internal-ca
    subject: {country: US, stateOrProvince: State, locality: City, organization: Organization, commonName: Internal-CA}
    key: rsa-4096
    lifetime: 3650d
    crl: {lifetime: 30d, refreshBefore: 10d}
    subjectRules: strict
    ---
    kind: Profile
    name: guide
    key: rsa-4096
    lifetime: 365d
    renewBefore: 30d
    subject: {country: US, stateOrProvince: State, locality: City, organization: Organization}
    ---
    kind: Server
    name: server
    issuer: internal-ca
    profile: guide
    subject: {commonName: api.example.com}
    dnsNames: [api.example.com, "*.api.example.com", api.internal]
    ipAddresses: [192.168.1.100, 10.0.0.1]
    ---
    kind: Client
    names: [app-service-1, app1, app2, app3, app4, admin, readonly]
    issuer: internal-ca
    profile: guide
    ---
    kind: Revocation
    identity: client1
    ---
    kind: TrustBundle
    name: clients
    authorities: [internal-ca]
    ---
    kind: Proxy
    name: nginx
    software: nginx
    directory: /etc/nginx/ssl
    listeners:
      - server: server
        listen: 443
        clients: {trust: clients, verify: required}
        routes: [{path: /, upstreams: ["192.168.1.100:8000", "192.168.1.101:8000"]}]
      - server: server
        listen: 8443
        clients: {trust: clients, verify: optional}
        routes: [{path: /admin, verify: required}]
    ---
    kind: Proxy
    name: haproxy
    software: haproxy
    server: server
    listen: 443
    addresses: [192.168.0.0/16]
    clients: {trust: clients, verify: required}
    routes:
      - {path: /, identities: [admin], upstreams: ["192.168.1.100:8001"]}
      - {path: /, identities: [readonly], upstreams: ["192.168.1.100:8001"]}
      - {path: /, upstreams: ["192.168.1.100:8000", "192.168.1.101:8000"]}
    ---
    kind: Proxy
    name: apache
    software: apache
    server: server
    listen: 443
    clients: {trust: clients, verify: required}
    routes:
      - {path: /, upstreams: ["192.168.1.100:8000"]}
      - {path: /admin, verify: required}
      - {path: /public, verify: optional}
    """
}
