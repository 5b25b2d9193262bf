/// The longest-lived identities of each issuer, the first of which decides when the issuer renews:
/// as long as some of them stay as they are, all others may change without being looked at.
package struct RenewalDeciders: Hashable, Sendable {
  private static let most = 8

  /// The identities of an issuer that live longest, the longest-lived first.
  struct Group: Hashable, Sendable {
    var names: [Name]
    /// Whether the issuer has no others.
    var isComplete: Bool
  }

  let groups: [Name: Group]

  init(groups: [Name: Group]) { self.groups = groups }

  init(_ identities: some Sequence<Identity>) {
    var longest: [Name: [Identity]] = [:]
    var complete: [Name: Bool] = [:]
    for identity in identities {
      complete[identity.issuer] = complete[identity.issuer] ?? true
      if !longest[identity.issuer, default: []].keep(identity, most: Self.most) {
        complete[identity.issuer] = false
      }
    }
    groups = longest.reduce(into: [:]) { groups, entry in
      groups[entry.key] = Group(
        names: entry.value.map(\.name), isComplete: complete[entry.key] ?? true)
    }
  }

  /// Everybody in a group, by name.
  var names: [Name] { groups.values.flatMap(\.names).sorted() }

  /// Whether nobody outside of these states can decide.
  package func decide(_ before: DesiredState, _ after: DesiredState) -> Bool {
    groups.allSatisfy { issuer, group in
      group.isComplete || last(of: group, issuer, before, after) != nil
    }
  }

  /// The deciders after a change of a part of desired state over which they still decide.
  func updated(_ before: DesiredState, _ after: DesiredState) -> RenewalDeciders {
    var identities: [Name: [Identity]] = [:]
    for identity in after.identities.values {
      identities[identity.issuer, default: []].append(identity)
    }
    var groups: [Name: Group] = [:]
    for issuer in Set(identities.keys).union(self.groups.keys) {
      var names: [Identity] = []
      var isComplete = true
      var known = identities[issuer] ?? []
      if let group = self.groups[issuer], !group.isComplete {
        isComplete = false
        // Whoever is outside lives no longer than this one; of shorter lives nothing is known.
        let last = last(of: group, issuer, before, after)
        known = known.filter { candidate in last.map { !$0.outlives(candidate) } ?? false }
      }
      for identity in known where !names.keep(identity, most: Self.most) { isComplete = false }
      groups[issuer] = Group(names: names.map(\.name), isComplete: isComplete)
    }
    return RenewalDeciders(groups: groups)
  }

  /// The shortest-lived one of a group that stays as it is.
  private func last(
    of group: Group, _ issuer: Name, _ before: DesiredState, _ after: DesiredState
  ) -> Identity? {
    group.names.reversed().lazy.compactMap { name -> Identity? in
      guard let old = before.identities[name], let new = after.identities[name],
        old.issuer == issuer, new.issuer == issuer, old.lifetime == new.lifetime,
        old.renewBefore == new.renewBefore
      else { return nil }
      return new
    }.first
  }
}

extension Identity {
  /// The order in which identities decide when their issuer renews.
  fileprivate func outlives(_ other: Identity) -> Bool {
    (lifetime, renewBefore, other.name) > (other.lifetime, other.renewBefore, name)
  }
}

extension [Identity] {
  /// Keeps one in its place among the longest-lived.
  ///
  /// - Returns: false when one was left out.
  fileprivate mutating func keep(_ identity: Identity, most: Int) -> Bool {
    if count == most, let last, !identity.outlives(last) { return false }
    insert(identity, at: firstIndex { identity.outlives($0) } ?? count)
    guard count > most else { return true }
    removeLast()
    return false
  }
}
