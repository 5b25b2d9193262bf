/// The views of a tree's proxies. What several of them have in common is made once.
struct ProxyViews {
  private let tree: PublishedTree
  private let lookalikes: Lookalikes
  private let clients: [Set<KeyID>: Clients]
  private var servers: [Name: ServerMaterial] = [:]
  private var trusts: [Name: TrustMaterial] = [:]
  private var refused: [RefusalKey: [RefusedCertificate]] = [:]

  /// The certificates that some authorities issued, by whom they stand for.
  private struct Clients {
    var identities: [Name: [AcceptedCertificate]] = [:]
    let lists: RenderedLists
  }

  private struct RefusalKey: Hashable {
    let lists: Set<NameList>
    let trusted: Set<KeyID>
  }

  init(_ tree: PublishedTree) {
    self.tree = tree
    let proxies = tree.desired.proxies.values
    let uses = Dictionary(
      proxies.flatMap { $0.listeners.flatMap(\.lists) }.map { ($0, 1) }, uniquingKeysWith: +)
    lookalikes = Lookalikes(uses.isEmpty ? nil : tree)
    let shared = Set(uses.filter { $0.value > 1 }.keys)
    var clients: [Set<KeyID>: Clients] = [:]
    for (trusted, proxies) in Dictionary(grouping: proxies, by: tree.trustedKeys) {
      var made = Clients(lists: RenderedLists(shared: shared))
      for list in proxies.reduce(into: Set(), { $0.formUnion($1.lists) }) {
        for name in list where made.identities[name] == nil {
          made.identities[name] = tree.acceptedCertificates(of: name, trusted).map {
            AcceptedCertificate(issuer: $0.facts.issuer, subject: $0.facts.subject)
          }.uniqued()
        }
      }
      clients[trusted] = made
    }
    self.clients = clients
  }

  /// Everything that a proxy's bundle is rendered from; nil while one of its servers has no
  /// certificate to show.
  mutating func view(of proxy: Proxy) -> ProxyView? {
    guard tree.hasBundle(proxy) else { return nil }
    for name in Set(proxy.listeners.map(\.server)) where servers[name] == nil {
      servers[name] = tree.published.current(of: name).map(tree.material)
    }
    for name in Set(proxy.listeners.compactMap(\.trust)) where trusts[name] == nil {
      trusts[name] = tree.desired.trustBundles[name].map(tree.material)
    }
    let trusted = tree.trustedKeys(of: proxy)
    let key = RefusalKey(lists: proxy.lists, trusted: trusted)
    let refused = refused[key] ?? lookalikes.refused(by: proxy, trusted)
    self.refused[key] = refused
    let clients = clients[trusted]
    return ProxyView(
      proxy: proxy, servers: servers, trusts: trusts, identities: clients?.identities ?? [:],
      refused: refused, lists: clients?.lists ?? RenderedLists())
  }
}

extension PublishedTree {
  /// Whether all is there that a proxy's bundle needs.
  func hasBundle(_ proxy: Proxy) -> Bool {
    proxy.listeners.allSatisfy { listener in
      guard let current = published.current(of: listener.server),
        !published.isRevoked(current.id)
      else { return false }
      return listener.trust.map { desired.trustBundles[$0] != nil } ?? true
    }
  }

  /// The keys of all authorities that the proxy's trust bundles name.
  fileprivate func trustedKeys(of proxy: Proxy) -> Set<KeyID> {
    let bundles = Set(proxy.listeners.compactMap(\.trust)).compactMap { desired.trustBundles[$0] }
    return Set(bundles.flatMap(\.authorities).flatMap { directAuthorities($0) }.map(\.facts.keyID))
  }

  fileprivate func material(of server: IssuedCertificate) -> ServerMaterial {
    let names = server.facts.alternativeNames
    return ServerMaterial(
      chain: pem(of: server), dnsNames: names.filter { $0.kind == .dns }.map(\.value),
      addresses: names.filter { $0.kind == .ip }.compactMap { IPAddress($0.value) })
  }

  fileprivate func material(of bundle: TrustBundle) -> TrustMaterial {
    let direct = bundle.authorities.flatMap { directAuthorities($0) }
    return TrustMaterial(
      issuers: direct.map { PrintedName($0.facts.subject) }.uniqued(),
      certificates: trustPEM(bundle.authorities),
      revocationLists: revocationListsPEM(bundle.authorities),
      depth: direct.map { published.issuers(above: $0).count + 1 }.max() ?? 1)
  }

  /// The certificates with which an identity may come: every one that is unexpired and stands for
  /// it, so that a client keeps its access until it has installed the newest.
  fileprivate func acceptedCertificates(
    of name: Name, _ trusted: Set<KeyID>
  ) -> [IssuedCertificate] {
    published.unexpired(of: name, at: at).filter {
      trusted.contains($0.id.issuer) && !published.isRevoked($0.id)
        && published.standsForClient($0)
    }
  }
}

extension PublishedState {
  /// Whether a certificate stands for its owner as a client.
  fileprivate func standsForClient(_ certificate: IssuedCertificate) -> Bool {
    !isRetired(certificate.id)
      && certificate.facts.extendedKeyUsage?.contains(.clientAuth) == true
  }
}

/// Certificates that would pass an allow list by their subject although they stand for nobody on it:
/// retired ones, and those of a name that another has left.
private struct Lookalikes {
  private let published: PublishedState?
  /// The certificates of each subject that could be mistaken for one another. Hardly any subject
  /// is among them: most belong to one identity alone.
  private let groups: [[IssuedCertificate]]

  /// - Parameter tree: nil when nobody has a list.
  init(_ tree: PublishedTree?) {
    published = tree?.published
    guard let tree else {
      groups = []
      return
    }
    let published = tree.published
    let living = published.certificates.values.filter {
      !$0.isExpired(at: tree.at) && !published.isRevoked($0.id)
    }
    groups = Dictionary(grouping: living, by: \.facts.subject).values.filter { group in
      guard let first = group.first, group.count > 1 else { return false }
      let owner = published.owner(of: first)
      return !group.allSatisfy {
        published.standsForClient($0) && published.owner(of: $0) == owner
      }
    }
  }

  func refused(by proxy: Proxy, _ trusted: Set<KeyID>) -> [RefusedCertificate] {
    guard let published, !groups.isEmpty else { return [] }
    let named = Set(proxy.lists.joined())
    func isAccepted(_ certificate: IssuedCertificate) -> Bool {
      trusted.contains(certificate.id.issuer) && published.standsForClient(certificate)
        && named.contains(published.owner(of: certificate))
    }
    return groups.filter { $0.contains(where: isAccepted) }.joined()
      .filter { trusted.contains($0.id.issuer) && !isAccepted($0) }
      .sorted { $0.id < $1.id }
      .map {
        RefusedCertificate(issuer: PrintedName($0.facts.issuer), serial: $0.facts.serial)
      }
  }
}

extension AcceptedCertificate {
  fileprivate init(issuer: DistinguishedName, subject: DistinguishedName) {
    self.init(issuer: PrintedName(issuer), subject: PrintedName(subject))
  }
}

extension PrintedName {
  init(_ name: DistinguishedName) {
    self.init(
      relativeNames: name.relativeNames.map { attributes in
        attributes.map { Attribute(oid: $0.oid, value: $0.value) }
      })
  }
}
