/// The files of the published branch, but for the ledger: a pure function of the whole state, never
/// of a list of changes.
///
/// What has expired is judged at the moment of the newest signature, not at the present: otherwise
/// bytes would change while nothing happens.
package struct PublishedTree {
  let desired: DesiredState
  let published: PublishedState
  /// The moment of the newest signature.
  let at: Timestamp
  /// The identities that both states leave out, of which the README speaks too.
  let others: IdentityTable

  package init(
    desired: DesiredState, published: PublishedState, at: Timestamp,
    others: IdentityTable = .empty
  ) {
    self.others = others
    self.desired = desired
    self.published = published
    self.at = at
  }

  /// Every file by its path. Proxies whose server has no certificate are left out.
  ///
  /// - Throws: what a proxy's configuration cannot express; the decoder refuses it before.
  package func render() throws(ProxyViewError) -> [String: TreeContent] {
    var files: [String: TreeContent] = [:]
    for name in published.authorityOwners { add(authority: name, to: &files) }
    for bundle in desired.trustBundles.values {
      files["trust/\(bundle.name).pem"] = .bytes(trustPEM(bundle.authorities))
    }
    try addBundles(to: &files)
    files["README.md"] = .bytes(
      Array(
        PublishedReadme(desired: desired, published: published, at: at, others: others).text.utf8))
    files.reserveCapacity(files.count + desired.identities.count)
    var chains: [KeyID: [[UInt8]]] = [:]
    for identity in desired.identities.values {
      guard let content = content(of: identity, &chains) else { continue }
      files["identities/\(identity.name).pem"] = content
    }
    return files
  }

  private func addBundles(to files: inout [String: TreeContent]) throws(ProxyViewError) {
    var views = ProxyViews(self)
    for proxy in desired.proxies.values {
      guard let view = views.view(of: proxy) else { continue }
      for file in try ProxyKind.bundle(of: view) {
        files["proxies/\(proxy.name)/\(file.path)"] = .shared(file.content)
      }
    }
  }

  // MARK: - Authorities

  private func add(authority name: Name, to files: inout [String: TreeContent]) {
    let certificates = published.unexpired(of: name, at: at).filter(\.facts.isAuthority)
    let keys = Set(certificates.map(\.facts.keyID))
    let current = desired.authorities[name] == nil ? nil : published.current(of: name)
    var currentFiles: [String: TreeContent]?
    for key in keys {
      guard let newest = certificates.last(where: { $0.facts.keyID == key }) else { continue }
      let folder = "authorities/\(name)/\(key)/"
      let own = self.files(of: newest)
      if newest.id == current?.id { currentFiles = own }
      for (path, content) in own { files[folder + path] = content }
      for partition in published.revocationLists[key]?.partitions ?? [] {
        files[folder + partition.path] = .bytes(partition.facts.der)
      }
    }
    for (path, content) in currentFiles ?? current.map(self.files) ?? [:] {
      files["authorities/\(name)/" + path] = content
    }
  }

  /// What people fetch of an authority, for its key and for its name.
  private func files(of authority: IssuedCertificate) -> [String: TreeContent] {
    let certificate = PEM.encode("CERTIFICATE", authority.facts.der)
    var files = [
      "ca.der": authority.facts.der, "ca.pem": certificate,
      "chain.pem": certificate + intermediatesPEM(above: authority),
    ]
    if let list = published.revocationLists[authority.facts.keyID] {
      files["crl.der"] = list.der
      files["crl.pem"] = PEM.encode("X509 CRL", list.der)
    }
    return files.mapValues { .shared(SharedContent($0)) }
  }

  // MARK: - Identities

  /// The current certificate: the very file of the ledger, while the authorities above it are the
  /// same as at issue.
  ///
  /// - Parameter chains: the intermediates below each issuing key, once they were found.
  private func content(
    of identity: Identity, _ chains: inout [KeyID: [[UInt8]]]
  ) -> TreeContent? {
    guard let current = published.current(of: identity.name),
      !published.isRevoked(current.id)
    else { return nil }
    guard let record = current.record else { return .bytes(pem(of: current)) }
    let key = current.id.issuer
    let chain = chains[key] ?? published.intermediates(above: current).map(\.facts.der)
    chains[key] = chain
    return current.intermediates == chain ? .blob(record) : .bytes(pem(of: current))
  }

  /// A certificate and its present intermediates, as servers load them.
  func pem(of certificate: IssuedCertificate) -> [UInt8] {
    LedgerCertificate.preamble(of: certificate)
      + PEM.encode("CERTIFICATE", certificate.facts.der) + intermediatesPEM(above: certificate)
  }

  private func intermediatesPEM(above certificate: IssuedCertificate) -> [UInt8] {
    published.intermediates(above: certificate).flatMap {
      PEM.encode("CERTIFICATE", $0.facts.der)
    }
  }

  // MARK: - Trust

  /// Every unexpired key of the authorities and of those above them, each once: without the root a
  /// chain ends nowhere, since no proxy accepts a partial one.
  func trustedAuthorities(_ names: [Name]) -> [IssuedCertificate] {
    var seen: Set<KeyID> = []
    return names.flatMap { directAuthorities($0) }
      .flatMap { [$0] + published.issuers(above: $0) }
      .filter { seen.insert($0.facts.keyID).inserted }
  }

  /// The newest certificate of each of an authority's unexpired keys that is not retired.
  func directAuthorities(_ name: Name) -> [IssuedCertificate] {
    let certificates = published.unexpired(of: name, at: at).filter {
      $0.facts.isAuthority && !published.isRetired($0.id)
    }
    return Set(certificates.map(\.facts.keyID)).sorted().compactMap { key in
      certificates.last { $0.facts.keyID == key }
    }
  }

  func trustPEM(_ names: [Name]) -> [UInt8] {
    trustedAuthorities(names).flatMap { PEM.encode("CERTIFICATE", $0.facts.der) }
  }

  /// The CRLs of exactly those authorities: a sibling without one fails closed.
  func revocationListsPEM(_ names: [Name]) -> [UInt8] {
    trustedAuthorities(names).compactMap { published.revocationLists[$0.facts.keyID] }
      .flatMap { PEM.encode("X509 CRL", $0.der) }
  }
}
