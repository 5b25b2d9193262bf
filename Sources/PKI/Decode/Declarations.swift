/// What the documents say one by one, before they are compared with one another.
struct Declarations {
  struct Document {
    let kind: String
    let place: Place
  }

  struct Owner {
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

  func isDeclared(_ name: Name, kind: String) -> Bool { others[kind]?[name] != nil }
}
