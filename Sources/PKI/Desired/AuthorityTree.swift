/// The authorities in the order in which they certify one another.
struct AuthorityTree: Sendable {
  /// Issuers before what they issue, siblings by name. Authorities on or below a circle are left
  /// out; one whose issuer is unknown counts as a root.
  let parentsFirst: [Authority]
  let children: [Name: [Authority]]

  init(_ authorities: [Name: Authority]) {
    var children: [Name: [Authority]] = [:]
    var order: [Authority] = []
    order.reserveCapacity(authorities.count)
    for authority in authorities.values.sorted(by: { $0.name < $1.name }) {
      if let issuer = authority.issuer, authorities[issuer] != nil {
        children[issuer, default: []].append(authority)
      } else {
        order.append(authority)
      }
    }
    var next = 0
    while next < order.count {
      order += children[order[next].name] ?? []
      next += 1
    }
    parentsFirst = order
    self.children = children
  }
}

/// When authorities renew, and what decides it.
struct RenewalSchedule: Sendable {
  /// The longest lifetime that an authority issues, with the renewBefore that goes with it.
  struct Longest: Hashable, Sendable {
    let subject: Name
    let lifetime: Lifetime
    let renewBefore: Lifetime
  }

  private(set) var longest: [Name: Longest] = [:]
  private(set) var renewBefore: [Name: Lifetime] = [:]

  /// Authorities take the longest lifetime that they issue plus its renewBefore, so that a renewed
  /// authority is there before the first certificate that would outlive the old one; without
  /// anything issued, a third of the lifetime.
  init(_ tree: AuthorityTree, identities: some Sequence<Identity>) {
    for identity in identities {
      consider(
        Longest(
          subject: identity.name, lifetime: identity.lifetime, renewBefore: identity.renewBefore),
        for: identity.issuer)
    }
    for authority in tree.parentsFirst.reversed() {
      let standard =
        longest[authority.name].map { $0.lifetime + $0.renewBefore }
        ?? Lifetime(seconds: max(1, authority.lifetime.seconds / 3))
      let own = authority.renewBefore ?? standard
      renewBefore[authority.name] = own
      guard let issuer = authority.issuer else { continue }
      consider(
        Longest(subject: authority.name, lifetime: authority.lifetime, renewBefore: own),
        for: issuer)
    }
  }

  private mutating func consider(_ candidate: Longest, for issuer: Name) {
    guard let best = longest[issuer] else {
      longest[issuer] = candidate
      return
    }
    let order = (candidate.lifetime, candidate.renewBefore, best.subject)
    if order > (best.lifetime, best.renewBefore, candidate.subject) { longest[issuer] = candidate }
  }
}
