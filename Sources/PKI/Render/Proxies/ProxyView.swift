/// Everything that a proxy's bundle is rendered from: the declared proxy and the public material
/// that it refers to. The same view gives the same bytes.
package struct ProxyView: Sendable {
  package let proxy: Proxy
  /// By server identity; one for each listener.
  package let servers: [Name: ServerMaterial]
  /// By trust bundle; one for each listener that asks for certificates.
  package let trusts: [Name: TrustMaterial]
  /// What each identity's unexpired certificates look like, of those that the proxy names and
  /// perhaps of others; an identity without certificates may be left out and then matches nobody.
  package let identities: [Name: [AcceptedCertificate]]
  /// Certificates that still verify but no longer stand for anyone: retired, or with a subject
  /// that another identity has now.
  package let refused: [RefusedCertificate]
  /// What views of other proxies may have rendered before.
  let lists: RenderedLists

  package init(
    proxy: Proxy, servers: [Name: ServerMaterial], trusts: [Name: TrustMaterial],
    identities: [Name: [AcceptedCertificate]], refused: [RefusedCertificate],
    lists: RenderedLists = RenderedLists()
  ) {
    self.lists = lists
    self.proxy = proxy
    self.servers = servers
    self.trusts = trusts
    self.identities = identities
    self.refused = refused
  }
}

/// What a server shows to its clients, and the names under which they ask for it.
package struct ServerMaterial: Hashable, Sendable {
  /// PEM: the server's certificate, then its intermediates.
  package let chain: SharedContent
  /// The DNS names of the certificate, lower-case, perhaps with a leading `*.`.
  package let dnsNames: [String]
  package let addresses: [IPAddress]

  package init(chain: [UInt8], dnsNames: [String], addresses: [IPAddress]) {
    self.chain = SharedContent(chain)
    self.dnsNames = dnsNames
    self.addresses = addresses
  }
}

/// What decides whether a client's certificate is genuine.
package struct TrustMaterial: Hashable, Sendable {
  /// The subjects of the authorities that the trust bundle names: only leaves that they issued
  /// themselves are accepted.
  package let issuers: [PrintedName]
  /// PEM: those authorities with their chains up to the roots, for all their unexpired keys.
  package let certificates: SharedContent
  /// PEM: the CRLs of the same certificates, one for each key. Authorities that are not ancestors
  /// have none here, so that what they issued fails closed.
  package let revocationLists: SharedContent
  /// The number of CA certificates above a leaf on the longest chain, the root included.
  package let depth: Int

  package init(
    issuers: [PrintedName], certificates: [UInt8], revocationLists: [UInt8], depth: Int
  ) {
    self.issuers = issuers
    self.certificates = SharedContent(certificates)
    self.revocationLists = SharedContent(revocationLists)
    self.depth = depth
  }
}

/// The certificates with this issuer and this subject, whatever their serial: an ordinary renewal
/// changes neither, and the bundle stays as it is.
package struct AcceptedCertificate: Hashable, Sendable {
  package let issuer: PrintedName
  package let subject: PrintedName

  package init(issuer: PrintedName, subject: PrintedName) {
    self.issuer = issuer
    self.subject = subject
  }
}

/// One certificate that is refused although it verifies.
package struct RefusedCertificate: Hashable, Sendable {
  package let issuer: PrintedName
  package let serial: SerialNumber

  package init(issuer: PrintedName, serial: SerialNumber) {
    self.issuer = issuer
    self.serial = serial
  }
}

/// Why a bundle cannot be rendered. All of these are faults of whoever made the view.
package enum ProxyViewError: Error, Hashable, Sendable, CustomStringConvertible {
  case missingServer(Name)
  case missingTrust(Place)
  case unsafeDirectory(String)
  case unsafeUpstream(String)

  package var description: String {
    switch self {
    case .missingServer(let name): "the server \"\(name)\" has no certificate"
    case .missingTrust(let place):
      "the listener at \(place) asks for certificates and has no trust bundle"
    case .unsafeDirectory(let path):
      "the directory \"\(path)\" has characters that proxy configuration gives a meaning"
    case .unsafeUpstream(let host): "the upstream \"\(host)\" is neither a host name nor an address"
    }
  }
}
