/// What the documents say one by one, before they are compared with one another.
struct Declarations: Sendable {
  struct Document: Sendable {
    let kind: String
    let place: Place
  }

  struct Owner: Sendable {
    let kind: String
    let place: Place
  }

  let findings: FindingCollector
  /// Every document of a known kind, even one with findings.
  var documents: [Document] = []
  var authorities: [Authority] = []
  var identities: [IdentityDraft] = []
  var profiles: [Name: ProfileDraft] = [:]
  var revocations: [Revocation] = []
  var trustBundles: [TrustBundle] = []
  /// Each authority that a trust bundle names, where it is named.
  var trusted: [Located<Name>] = []
  var proxies: [ProxyDraft] = []
  /// Every list of names, so that equal ones are held once.
  private var nameLists: Set<NameList> = []
  var policies: [Policy] = []
  var settings: [Settings] = []

  /// Authorities and identities share one namespace; names stand here even when the rest of their
  /// document is wrong, so that one mistake gives one finding.
  private(set) var owners: [Name: Owner] = [:]
  /// The names of the other kinds.
  private(set) var others: [String: [Name: Place]] = [:]

  init(findings: FindingCollector) {
    self.findings = findings
  }

  /// Registers an authority or identity; false when the name is taken, which is reported.
  mutating func own(_ name: Name, kind: String, place: Place) -> Bool {
    if let first = owners[name] {
      findings.add(
        place, "\(quoted(name.text)) is declared twice",
        hint: "the first is the \(first.kind) at \(first.place); authorities and identities share"
          + " one namespace")
      return false
    }
    owners[name] = Owner(kind: kind, place: place)
    return true
  }

  /// Registers a name of another kind; false when it is taken, which is reported.
  mutating func declare(_ name: Name, kind: String, place: Place) -> Bool {
    if let first = others[kind]?[name] {
      findings.add(
        place, "\(kind) \(quoted(name.text)) is declared twice", hint: "the first is at \(first)")
      return false
    }
    others[kind, default: [:]][name] = place
    return true
  }

  /// Adds what another file declares; nothing when a name stands in both, or settings do, so that it
  /// matters which was first.
  ///
  /// - Returns: whether it was added.
  mutating func add(_ other: Declarations) -> Bool {
    guard settings.isEmpty || other.settings.isEmpty,
      !other.owners.keys.contains(where: { owners[$0] != nil }),
      !other.others.contains(where: { kind, names in
        others[kind].map { known in names.keys.contains { known[$0] != nil } } ?? false
      })
    else { return false }
    findings.add(other.findings)
    documents += other.documents
    authorities += other.authorities
    identities += other.identities
    profiles.merge(other.profiles) { first, _ in first }
    revocations += other.revocations
    trustBundles += other.trustBundles
    trusted += other.trusted
    for proxy in other.proxies { proxies.append(proxy.sharing(&nameLists)) }
    policies += other.policies
    settings += other.settings
    owners.merge(other.owners) { first, _ in first }
    for (kind, names) in other.others {
      others[kind, default: [:]].merge(names) { first, _ in first }
    }
    return true
  }

  /// Makes room for what so many files declare.
  mutating func reserve(_ files: Int) {
    documents.reserveCapacity(files)
    identities.reserveCapacity(files)
    owners.reserveCapacity(files)
  }

  func isDeclared(_ name: Name, kind: String) -> Bool { others[kind]?[name] != nil }
}
