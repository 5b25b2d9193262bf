/// What a new revocation list must not do, compared with the one before it.
package enum RevocationListViolation: Hashable, Sendable, CustomStringConvertible {
  case numberNotHigher(previous: SerialNumber, next: SerialNumber?)
  case thisUpdateNotLater(previous: Timestamp, next: Timestamp)
  /// The list before revoked this certificate, which has not expired and was not released.
  case forgotten(SerialNumber)
  case otherIssuer(previous: String, next: String)
  case unsound(RevocationListProblem)

  package var description: String {
    switch self {
    case .numberNotHigher(let previous, let next):
      "cRLNumber \(next.map(\.description) ?? "none") is not higher than \(previous)"
    case .thisUpdateNotLater(let previous, let next):
      "thisUpdate \(next) is not later than \(previous)"
    case .forgotten(let serial):
      "serial \(serial) is revoked in the list before and missing from this one"
    case .otherIssuer(let previous, let next):
      "the list before is by \"\(previous)\" and this one by \"\(next)\""
    case .unsound(let problem): problem.description
    }
  }
}

package enum RevocationListRules {
  /// A list never forgets: its number is higher and its thisUpdate later than those of the list
  /// before it, and it holds every serial of that list but those that may go, which are the
  /// released holds and the certificates that expired before the list before was issued. Nothing
  /// is revoked in its future, and the list is sound by itself.
  ///
  /// - Parameter mayGo: whether the new list need not hold a serial any more; asked only of those that
  ///   it does not hold.
  package static func violations(
    next: RevocationListFacts, previous: RevocationListFacts?, mayGo: (SerialNumber) -> Bool
  ) -> [RevocationListViolation] {
    var found = next.problems.map(RevocationListViolation.unsound)
    guard let previous else { return found }
    if next.issuer != previous.issuer {
      found.append(
        .otherIssuer(previous: previous.issuer.rfc4514, next: next.issuer.rfc4514))
    }
    if let before = previous.number, next.number.map({ $0 <= before }) ?? true {
      found.append(.numberNotHigher(previous: before, next: next.number))
    }
    if next.thisUpdate <= previous.thisUpdate {
      found.append(
        .thisUpdateNotLater(previous: previous.thisUpdate, next: next.thisUpdate))
    }
    let missing = SerialIndex(previous).missing(in: SerialIndex(next))
    return found + missing.filter { !mayGo($0) }.map { .forgotten($0) }
  }
}
