extension PublishedTree {
  /// Adds a proxy's bundle, or nothing while one of its servers has no certificate to show.
  func add(_ proxy: Proxy, to files: inout [String: [UInt8]]) throws(ProxyViewError) {
    guard let view = view(of: proxy) else { return }
    for file in try ProxyKind.bundle(of: view) {
      files["proxies/\(proxy.name)/\(file.path)"] = file.bytes
    }
  }

  /// Everything that a proxy's bundle is rendered from.
  package func view(of proxy: Proxy) -> ProxyView? {
    var servers: [Name: ServerMaterial] = [:]
    for name in Set(proxy.listeners.map(\.server)) {
      guard let current = published.current(of: name), !published.isRevoked(current.id) else {
        return nil
      }
      servers[name] = material(of: current)
    }
    var trusts: [Name: TrustMaterial] = [:]
    var authorities: [Name] = []
    for name in Set(proxy.listeners.compactMap(\.trust)).sorted() {
      guard let bundle = desired.trustBundles[name] else { return nil }
      trusts[name] = material(of: bundle)
      authorities += bundle.authorities
    }
    let trusted = Set(authorities.flatMap { directAuthorities($0) }.map(\.facts.keyID))
    let named = Set(proxy.listeners.flatMap(\.identitiesNamed))
    let accepted = Dictionary(
      uniqueKeysWithValues: named.map { ($0, acceptedCertificates(of: $0, trusted)) })
    return ProxyView(
      proxy: proxy, servers: servers, trusts: trusts,
      identities: accepted.mapValues { $0.map(AcceptedCertificate.init(_:)).uniqued() },
      refused: refused(lookingLike: Array(accepted.values.joined()), trusted))
  }

  private func material(of server: IssuedCertificate) -> ServerMaterial {
    let names = server.facts.alternativeNames
    return ServerMaterial(
      chain: pem(of: server), dnsNames: names.filter { $0.kind == .dns }.map(\.value),
      addresses: names.filter { $0.kind == .ip }.compactMap { IPAddress($0.value) })
  }

  private func material(of bundle: TrustBundle) -> TrustMaterial {
    let direct = bundle.authorities.flatMap { directAuthorities($0) }
    return TrustMaterial(
      issuers: direct.map { PrintedName($0.facts.subject) }.uniqued(),
      certificates: trustPEM(bundle.authorities),
      revocationLists: revocationListsPEM(bundle.authorities),
      depth: direct.map { published.issuers(above: $0).count + 1 }.max() ?? 1)
  }

  /// The certificates with which an identity may come: every one that is unexpired and stands for
  /// it, so that a client keeps its access until it has installed the newest.
  private func acceptedCertificates(
    of name: Name, _ trusted: Set<KeyID>
  ) -> [IssuedCertificate] {
    published.unexpired(of: name, at: at).filter {
      trusted.contains($0.id.issuer) && !published.isRevoked($0.id)
        && !published.isRetired($0.id)
        && $0.facts.extendedKeyUsage?.contains(.clientAuth) == true
    }
  }

  /// Certificates that would pass an allow list by their subject but stand for nobody on it any
  /// more.
  private func refused(
    lookingLike accepted: [IssuedCertificate], _ trusted: Set<KeyID>
  ) -> [RefusedCertificate] {
    let ids = Set(accepted.map(\.id))
    let subjects = Set(accepted.map(\.facts.subject))
    return published.certificates.values.filter { certificate in
      subjects.contains(certificate.facts.subject) && trusted.contains(certificate.id.issuer)
        && !ids.contains(certificate.id) && !certificate.isExpired(at: at)
        && !published.isRevoked(certificate.id)
    }.sorted { $0.id < $1.id }.map {
      RefusedCertificate(
        issuer: PrintedName($0.facts.issuer), serial: $0.facts.serial)
    }
  }
}

extension AcceptedCertificate {
  init(_ certificate: IssuedCertificate) {
    self.init(
      issuer: PrintedName(certificate.facts.issuer), subject: PrintedName(certificate.facts.subject)
    )
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
