/// Why bundles will be rewritten: the planned changes of what is in them.
///
/// A plan may hold as many changes as there are identities, and as many proxies may follow them, so
/// changes are found by their names, and once for all equal lists.
struct BundleCauses {
  private let changes: [Change]
  private let desired: DesiredState
  /// Places in the changes, in order.
  private var identities: [Name: [Int]] = [:]
  private var authorities: [Name: [Int]] = [:]
  private var lists: [NameList: [Int]] = [:]

  init(_ changes: [Change], _ desired: DesiredState) {
    self.changes = changes
    self.desired = desired
    for (index, change) in changes.enumerated() {
      switch (change.action, change.subject) {
      case (.issue, .identity(_, let name)), (.renew, .identity(_, let name)),
        (.replace, .identity(_, let name)), (.revoke, .identity(_, let name)),
        (.rename, .identity(_, let name)):
        identities[name, default: []].append(index)
      case (.publish, .revocationList(let name)):
        authorities[name, default: []].append(index)
      case (_, .authority(let name)) where change.action != .blocked:
        authorities[name, default: []].append(index)
      default: break
      }
    }
  }

  mutating func reasons(for proxy: Proxy) -> [Reason] {
    let bundles = Set(proxy.listeners.compactMap(\.trust)).compactMap { desired.trustBundles[$0] }
    var causes = Set(proxy.listeners.flatMap { identities[$0.server] ?? [] })
    for list in proxy.lists { causes.formUnion(self.causes(of: list)) }
    for name in desired.withAncestors(bundles.flatMap(\.authorities)) {
      causes.formUnion(authorities[name] ?? [])
    }
    return reasons(causes.sorted())
  }

  func reasons(for bundle: TrustBundle) -> [Reason] {
    let causes = desired.withAncestors(bundle.authorities).flatMap { authorities[$0] ?? [] }
    return causes.sorted().map { changes[$0] }.filter { change in
      guard case .authority = change.subject, case .certificate = change.detail else {
        return false
      }
      return true
    }.map { reason($0.subject) }.uniqued()
  }

  /// A renewal changes nothing in a list.
  private mutating func causes(of list: NameList) -> [Int] {
    guard !identities.isEmpty else { return [] }
    if let known = lists[list] { return known }
    let causes = list.flatMap { identities[$0] ?? [] }.filter { changes[$0].action != .renew }
    lists[list] = causes
    return causes
  }

  private func reasons(_ causes: [Int]) -> [Reason] {
    let reasons = causes.map { reason(changes[$0].subject) }.uniqued()
    let more = reasons.count - Self.mostNamed
    guard more > 1 else { return reasons }
    return reasons.prefix(Self.mostNamed) + [.follows("\(more) more changes")]
  }

  /// Of a bundle that follows thousands of identities, nobody reads them all; they are in the plan.
  private static let mostNamed = 20

  private func reason(_ subject: Change.Subject) -> Reason {
    switch subject {
    case .revocationList(let name): .follows("the CRL of \(name)")
    default: .follows("\(subject.word) \(subject.name)")
    }
  }
}
