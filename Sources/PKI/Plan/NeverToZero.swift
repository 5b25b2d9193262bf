/// Refuses what leaves nobody where several were: a folder that a template rendered empty, a trust
/// bundle whose authorities all ended.
///
/// One that ends alone is an ordinary day, and a compromised one must end at once; so this begins at
/// two.
package enum NeverToZero {
  /// - Parameter doors: routes that let several in before and nobody afterwards.
  package static func changes(
    planned: [Change], published: PublishedState, doors: [AccessDoor], now: Timestamp,
    allowances: [String: Int] = [:]
  ) -> [Change] {
    let emptied =
      authorities(planned, published, now)
      + Dictionary(grouping: doors, by: \.listener.proxy).sorted { $0.key < $1.key }.map {
        .proxy($0.key, AccessPlaces($0.value).routes($0.value))
      }
    guard emptied.count > allowances["emptied"] ?? 0 else { return [] }
    return emptied.map {
      Change(.blocked, $0.subject, .blocked(.emptied($0, count: emptied.count)), [])
    }
  }

  private struct Tally {
    var living = 0
    var ending = 0
  }

  private static func authorities(
    _ planned: [Change], _ published: PublishedState, _ now: Timestamp
  ) -> [Emptied] {
    let ending = Set(planned.flatMap(\.endings))
    guard ending.count > 1 else { return [] }
    var tallies: [KeyID: Tally] = [:]
    for certificate in published.certificates.values
    where !certificate.facts.isAuthority && !certificate.isExpired(at: now)
      && !published.isRevoked(certificate.id) && !published.isRetired(certificate.id)
    {
      tallies[certificate.id.issuer, default: Tally()].living += 1
      if ending.contains(certificate.id) {
        tallies[certificate.id.issuer, default: Tally()].ending += 1
      }
    }
    // Whoever revokes an authority means everything below it.
    let issuing = Set(
      planned.compactMap(\.issuerOfIdentity) + planned.compactMap(\.endingAuthority))
    let emptied = tallies.compactMap { key, tally -> Emptied? in
      guard tally.living > 1, tally.living == tally.ending,
        let name = published.authorityCertificate(key: key).map({ published.owner(of: $0) }),
        !issuing.contains(name)
      else { return nil }
      return .authority(name, tally.living)
    }.sorted { $0.sentence < $1.sentence }
    let all = tallies.values.reduce(into: Tally()) {
      $0.living += $1.living
      $0.ending += $1.ending
    }
    guard emptied.isEmpty, all.living > 1, all.living == all.ending, issuing.isEmpty else {
      return emptied
    }
    return [.all(all.living)]
  }
}

/// What would be left without anybody.
package enum Emptied: Hashable, Sendable {
  /// An authority, with the number of certificates that end.
  case authority(Name, Int)
  /// Every authority.
  case all(Int)
  /// Routes of a proxy, in the words of people.
  case proxy(Name, String)

  var subject: Change.Subject {
    switch self {
    case .authority(let name, _): .authority(name)
    case .all: .run
    case .proxy(let name, _): .proxy(name)
    }
  }

  package var sentence: String {
    switch self {
    case .authority(let name, let count):
      "all \(count) certificates of \(name) would end in one run, and it would have none"
    case .all(let count): "all \(count) certificates would end in one run, and there would be none"
    case .proxy(_, let places): "\(places) would let nobody in any more"
    }
  }
}

extension Change {
  /// The certificates that are revoked or retired.
  fileprivate var endings: [CertificateID] {
    guard case .events(let events) = detail else { return [] }
    return events.filter { event in
      switch event.action {
      case .revoke, .retire: true
      case .release, .rename: false
      }
    }.map(\.id)
  }

  /// The authority that signs, when this makes an identity's certificate.
  fileprivate var issuerOfIdentity: Name? {
    guard case .certificate(let certificate) = detail, !certificate.isAuthority else { return nil }
    return certificate.issuer
  }
}

extension Change {
  /// The authority that this change revokes.
  fileprivate var endingAuthority: Name? {
    guard action == .revoke, case .authority(let name) = subject else { return nil }
    return name
  }
}
