/// Something in a revocation list that can be read but should not be there.
package enum RevocationListProblem: Hashable, Sendable, CustomStringConvertible {
  case serialTwice(SerialNumber)
  /// A revocationDate later than the list's own thisUpdate.
  case revokedAfterThisUpdate(SerialNumber, Timestamp)
  case nextUpdateMissing
  case nextUpdateNotLater(Timestamp)
  case numberMissing
  case authorityKeyIdentifierMissing
  /// A partition whose issuingDistributionPoint is not what its certificates name.
  case otherDistributionPoint
  /// Partitioned, delta and indirect lists do not say everything of an authority.
  case notComplete(String)
  case unknownCriticalExtension(OID)

  package var description: String {
    switch self {
    case .serialTwice(let serial): "serial \(serial) stands in the list twice"
    case .revokedAfterThisUpdate(let serial, let date):
      "serial \(serial) is revoked at \(date), later than thisUpdate"
    case .nextUpdateMissing: "nextUpdate is missing"
    case .nextUpdateNotLater(let time): "nextUpdate \(time) is not later than thisUpdate"
    case .numberMissing: "cRLNumber is missing"
    case .authorityKeyIdentifierMissing: "authorityKeyIdentifier is missing"
    case .otherDistributionPoint:
      "issuingDistributionPoint is not critical, or not what the certificates name"
    case .notComplete(let why): "the list is not complete: \(why)"
    case .unknownCriticalExtension(let oid): "the critical extension \(oid.name) is unknown"
    }
  }
}

extension RevocationListFacts {
  /// What is wrong with a complete list by itself, in a fixed order.
  package var problems: [RevocationListProblem] { problems(partition: []) }

  /// What is wrong with the list by itself, in a fixed order.
  ///
  /// - Parameter partition: the distribution points of the certificates that it speaks of; empty for
  ///   a complete list.
  package func problems(partition: [String]) -> [RevocationListProblem] {
    var found: [RevocationListProblem] = []
    if let nextUpdate {
      if nextUpdate <= thisUpdate { found.append(.nextUpdateNotLater(nextUpdate)) }
    } else {
      found.append(.nextUpdateMissing)
    }
    if number == nil { found.append(.numberMissing) }
    if authorityKeyIdentifier == nil { found.append(.authorityKeyIdentifierMissing) }
    if partition.isEmpty {
      if issuingDistributionPoint != nil { found.append(.notComplete("issuingDistributionPoint")) }
    } else if issuingDistributionPoint != IssuingDistributionPoint.der(partition)
      || !extensions.contains(where: { $0.oid == .issuingDistributionPoint && $0.isCritical })
    {
      found.append(.otherDistributionPoint)
    }
    if isDelta { found.append(.notComplete("deltaCRLIndicator")) }
    if unknownCriticalEntries > 0 {
      found.append(.notComplete("\(unknownCriticalEntries) entries of an indirect list"))
    }
    let known: Set<OID> = [.issuingDistributionPoint, .deltaCRLIndicator, .crlNumber]
    for one in extensions where one.isCritical && !known.contains(one.oid) {
      found.append(.unknownCriticalExtension(one.oid))
    }
    return found + entryProblems
  }

  private var entryProblems: [RevocationListProblem] {
    var found: [RevocationListProblem] = []
    forEachEntry { entry in
      if entry.revocationDate > thisUpdate, let serial = SerialNumber(magnitude: der[entry.serial])
      {
        found.append(.revokedAfterThisUpdate(serial, entry.revocationDate))
      }
      return true
    }
    return SerialIndex(self).duplicates.map { .serialTwice($0) } + found
  }
}
