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
    var files: [String: [UInt8]] = [:]
    for name in published.authorityOwners { add(authority: name, to: &files) }
    for bundle in desired.trustBundles.values {
      files["trust/\(bundle.name).pem"] = trustPEM(bundle.authorities)
    }
    for proxy in desired.proxies.values { try add(proxy, to: &files) }
    files["README.md"] = Array(
      PublishedReadme(desired: desired, published: published, at: at, others: others).text.utf8)
    var contents = files.mapValues { TreeContent.bytes($0) }
    contents.reserveCapacity(files.count + desired.identities.count)
    var chains: [KeyID: [[UInt8]]] = [:]
    for identity in desired.identities.values {
      guard let content = content(of: identity, &chains) else { continue }
      contents["identities/\(identity.name).pem"] = content
    }
    return contents
  }

  // MARK: - Authorities

  private func add(authority name: Name, to files: inout [String: [UInt8]]) {
    let certificates = published.unexpired(of: name, at: at).filter(\.facts.isAuthority)
    let keys = Set(certificates.map(\.facts.keyID))
    for key in keys {
      guard let newest = certificates.last(where: { $0.facts.keyID == key }) else { continue }
      let folder = "authorities/\(name)/\(key)/"
      add(newest, below: folder, to: &files)
      for partition in published.revocationLists[key]?.partitions ?? [] {
        files[folder + partition.path] = partition.facts.der
      }
    }
    if desired.authorities[name] != nil, let current = published.current(of: name) {
      add(current, below: "authorities/\(name)/", to: &files)
    }
  }

  private func add(
    _ authority: IssuedCertificate, below folder: String, to files: inout [String: [UInt8]]
  ) {
    let certificate = PEM.encode("CERTIFICATE", authority.facts.der)
    files[folder + "ca.der"] = authority.facts.der
    files[folder + "ca.pem"] = certificate
    files[folder + "chain.pem"] =
      certificate + intermediatesPEM(above: authority)
    if let list = published.revocationLists[authority.facts.keyID] {
      files[folder + "crl.der"] = list.der
      files[folder + "crl.pem"] = PEM.encode("X509 CRL", list.der)
    }
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
