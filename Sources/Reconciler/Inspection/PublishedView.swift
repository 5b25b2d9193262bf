import Git
import PKI

/// What the published branch knows of certificates and names.
struct PublishedView {
  let state: PublishedState
  private let desired: DesiredState
  private let now: Timestamp
  private let tree: ObjectID

  init(_ options: Options, in repository: borrowing Repository) throws(ReconcileError) {
    let branch = try PublishedBranch.find(options, in: repository)
    let observation = try Observer(now: options.now).observe(branch.tip, in: repository)
    let commit = try git { () throws(GitError) in try repository.commit(branch.tip) }
    tree = commit.tree
    state = observation.state
    now = options.now
    desired =
      try observation.desiredTree.map { tree throws(ReconcileError) in
        try git { () throws(GitError) in
          try DesiredSource.decode(tree: tree, in: repository).state ?? .empty
        }
      } ?? .empty
  }

  /// A file can be looked at anywhere: without a repository there is nothing to say about what has
  /// become of it, and that is no error.
  static func ifReadable(_ options: Options) -> PublishedView? {
    do {
      return try PublishedView(options, in: try Repository(at: options.repository))
    } catch {
      return nil
    }
  }

  // MARK: - What has become of a certificate

  func addState(of facts: CertificateFacts, to shown: inout Inspected) {
    let issued = state.certificates.values.first { $0.facts.der == facts.der }
    guard let issued else {
      shown.add("Ledger", "not among the certificates that were issued here")
      return
    }
    shown.add("Issued to", state.owner(of: issued).text)
    shown.add("Request", issued.request)
    shown.add("Status", status(of: issued))
  }

  func status(of issued: IssuedCertificate) -> String {
    if let revocation = state.revocations[issued.id], !revocation.isReleased {
      return "revoked since \(revocation.date), \(revocation.reason.rawValue)"
    }
    if issued.isExpired(at: now) { return "expired" }
    if state.isRetired(issued.id) { return "retired, valid until it expires" }
    let isCurrent = state.current(of: state.owner(of: issued))?.id == issued.id
    return isCurrent ? "current" : "superseded, valid until it expires"
  }

  // MARK: - Names

  /// A name's own summary, then each of its unexpired certificates, newest first.
  func owner(_ name: Name) -> [Inspected] {
    let certificates = state.certificates(of: name)
    let unexpired = certificates.filter { !$0.isExpired(at: now) }
    var shown = Inspected("\(word(name)) \"\(name)\"", kind: word(name))
    shown.add("Name", name.text)
    shown.add("Declared", place(of: name).map { "desired/\($0)" } ?? "no longer")
    if let renewAt = renewal(of: name) {
      shown.add(
        "Renews",
        .annotated(renewAt.description, remark: TimeRemark.moment(renewAt, at: now)))
    }
    shown.add(
      "Certificates",
      certificates.reversed().map {
        "\($0.id.serial) until \($0.facts.notAfter), \(status(of: $0))"
      })
    shown.add("Trust bundles", trustBundles(of: name))
    shown.add("Proxies", proxies(of: name))
    let inspector = FileInspector(now: now, view: self)
    return [shown]
      + (unexpired.isEmpty ? certificates.suffix(1) : unexpired).reversed().map {
        inspector.certificate($0.facts)
      }
  }

  private func word(_ name: Name) -> String {
    if let identity = desired.identities[name] { return identity.kind.rawValue.lowercased() }
    let isAuthority = state.certificates(of: name).last?.facts.isAuthority == true
    return isAuthority ? "authority" : "identity"
  }

  private func place(of name: Name) -> Place? {
    desired.identities[name]?.place ?? desired.authorities[name]?.place
  }

  private func renewal(of name: Name) -> Timestamp? {
    guard let current = state.current(of: name),
      let renewBefore = desired.identities[name]?.renewBefore ?? desired.renewBefore(of: name)
    else { return nil }
    return RenewalDate.due(
      name: name, validity: current.facts.validity, renewBefore: renewBefore)
  }

  /// The bundles that accept what a name has: its issuer's, or its own when it is an authority.
  private func trustBundles(of name: Name) -> [String] {
    let authority = desired.identities[name]?.issuer ?? name
    return desired.trustBundles.values
      .filter { desired.withAncestors($0.authorities).contains(authority) }.map(\.name.text)
      .sorted()
  }

  private func proxies(of name: Name) -> [String] {
    desired.proxies.values.sorted { $0.name < $1.name }.compactMap { proxy in
      var parts: [String] = []
      if proxy.listeners.contains(where: { $0.server == name }) { parts.append("serves with it") }
      let isNamed = proxy.listeners.contains { listener in
        listener.allow?.contains(name) == true
          || listener.routes.contains { $0.allow?.contains(name) == true }
      }
      if isNamed { parts.append("allows it by name") }
      return parts.isEmpty ? nil : "\(proxy.name): \(parts.joined(separator: ", "))"
    }
  }

  // MARK: - Serial numbers

  /// Every certificate with a serial number, expired long ago or not, under any issuer.
  func certificates(
    with serial: SerialNumber, in repository: borrowing Repository
  ) throws(ReconcileError) -> [Inspected] {
    let file = "\(Hex.encode(serial.bytes.prefix(1)))/\(serial).pem"
    var found: [Inspected] = []
    for key in try folders(LedgerPath.issued, in: repository) {
      for day in try folders("\(LedgerPath.issued)/\(key)", in: repository) {
        let path = "\(LedgerPath.issued)/\(key)/\(day)/\(file)"
        let entry = try git { () throws(GitError) in try repository.entry(at: path, in: tree) }
        guard let entry else { continue }
        let bytes = try git { () throws(GitError) in
          try repository.blob(entry.id, limit: 1 << 20)
        }
        let certificate = try LedgerReader.certificate(bytes, path: path)
        found.append(FileInspector(now: now, view: self).certificate(certificate.facts))
      }
    }
    return found
  }

  private func folders(
    _ path: String, in repository: borrowing Repository
  ) throws(ReconcileError) -> [String] {
    try git { () throws(GitError) in
      guard let entry = try repository.entry(at: path, in: tree), entry.kind == .folder else {
        return []
      }
      return try repository.children(of: entry.id).entries.filter { $0.kind == .folder }
        .map(\.name)
    }
  }
}
