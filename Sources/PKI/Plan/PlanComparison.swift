/// Whether a plan that was made now is the one that was reviewed.
///
/// A merge makes new commits, and jobs go on between review and apply: what another run has already
/// made, and upkeep that has become due since, are no difference. Everything else is.
package struct PlanComparison: Hashable, Sendable {
  /// Reviewed changes that nobody asks for any more, as lines of a plan.
  package let vanished: [String]
  /// Changes that were not reviewed.
  package let added: [String]
  /// How many reviewed changes another run has already made.
  package let alreadyMade: Int
  /// Whether every reviewed change that is not already made is still to be made.
  package var isSame: Bool { vanished.isEmpty && added.isEmpty }

  /// - Parameter settled: what desired state asks for and published state has, as
  ///   ``PlanDocument/reviewed(_:)`` forms; see ``Plan/settled(_:desired:published:)``.
  package init(reviewed: PlanDocument, fresh: PlanDocument, settled: Set<JSON>) {
    let old = Dictionary(
      reviewed.changes.map { (PlanDocument.reviewed($0), $0) },
      uniquingKeysWith: { first, _ in first })
    let new = Dictionary(
      fresh.changes.map { (PlanDocument.reviewed($0), $0) }, uniquingKeysWith: { first, _ in first }
    )
    var made = 0
    var vanished: [String] = []
    for (form, change) in old where new[form] == nil {
      if !PlanDocument.isIntent(change) || settled.contains(Self.intent(of: form)) {
        made += 1
      } else {
        vanished.append(Self.line(change))
      }
    }
    alreadyMade = made
    self.vanished = vanished.sorted()
    added = new.filter { old[$0.key] == nil && PlanDocument.isIntent($0.value) }.map {
      Self.line($0.value)
    }
    .sorted()
  }

  private static func line(_ change: JSON) -> String {
    let view = ChangeView(change)
    return "\(view.sign) \(view.kind) \(view.name)"
  }

  /// What a change comes to, however it is done: issuing and replacing end in the same certificate.
  static func intent(of form: JSON) -> JSON {
    form.without(["action", "sign"])
  }
}

extension PlanComparison {
  /// What published state already has of what desired state asks for, in the words of a plan: a
  /// reviewed change that is among it was made by another run.
  ///
  /// - Parameter reviewed: only what it names is looked at.
  /// - Parameter lastApplied: what the published bundles are rendered from.
  package static func settled(
    _ reviewed: PlanDocument, desired: DesiredState, lastApplied: DesiredState,
    published: PublishedState
  ) -> Set<JSON> {
    var settled: Set<JSON> = []
    for change in reviewed.changes {
      let form = PlanDocument.reviewed(change)
      if let name = change["name"]?.text.flatMap({ Name($0) }),
        isDeclared(change, name, in: desired), isDeclared(change, name, in: lastApplied),
        isSettled(change, name, desired, published)
      {
        settled.insert(intent(of: form))
      }
    }
    return settled
  }

  /// Whether a bundle's or CRL's declaration is the reviewed one; true of what has none.
  private static func isDeclared(_ change: JSON, _ name: Name, in state: DesiredState) -> Bool {
    guard let declaration = change["declaration"]?.text else { return true }
    // That nothing of it is left to do is seen from the fresh plan.
    if change["kind"]?.text == Change.Subject.folder("").word { return true }
    return Declaration.hash(kind: change["kind"]?.text ?? "", name, in: state) == declaration
  }

  private static func isSettled(
    _ change: JSON, _ name: Name, _ desired: DesiredState, _ published: PublishedState
  ) -> Bool {
    if let certificate = change["certificate"] {
      guard let current = published.current(of: name), !published.isRevoked(current.id),
        let spec = spec(of: name, desired)
      else { return false }
      return spec.json.sorted == certificate["spec"]?.sorted
        && spec.differences(from: current.facts).isEmpty
    }
    if let events = change["events"] {
      return events.elements.allSatisfy { isRecorded($0, published) }
    }
    return change["declaration"] != nil
  }

  private static func spec(of name: Name, _ desired: DesiredState) -> CertificateSpec? {
    if let identity = desired.identities[name], let issuer = desired.authorities[identity.issuer] {
      return CertificateSpec(identity, issuer: issuer)
    }
    return desired.authorities[name].map { authority in
      CertificateSpec(authority, issuer: authority.issuer.flatMap { desired.authorities[$0] })
    }
  }

  private static func isRecorded(_ event: JSON, _ published: PublishedState) -> Bool {
    guard let issuer = event["issuer_key"]?.text.flatMap({ KeyID(hex: $0) }),
      let serial = event["serial"]?.text.flatMap({ SerialNumber(hex: $0) })
    else { return false }
    let id = CertificateID(issuer: issuer, serial: serial)
    switch event["event"]?.text {
    case "revoke":
      return published.isRevoked(id)
        && published.revocations[id]?.reason.rawValue == event["reason"]?.text
    case "release": return published.revocations[id]?.isReleased == true
    case "retire": return published.isRetired(id)
    case "rename":
      return published.certificates[id].map { published.owner(of: $0).text } == event["to"]?.text
    default: return false
    }
  }
}
