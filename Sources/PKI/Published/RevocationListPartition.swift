/// A CRL that speaks only of the certificates that name its distribution points.
package struct RevocationListPartition: Hashable, Sendable {
  package let points: [String]
  package let facts: RevocationListFacts

  package init(_ facts: RevocationListFacts) throws(LedgerError) {
    guard let points = facts.partitionPoints else {
      throw LedgerError("the CRL does not say of which distribution points it speaks")
    }
    self.points = points
    self.facts = facts
  }

  /// Where it lies below its key's folder: as its first address says, so that the folder `crl` can
  /// be served as it is.
  package var path: String { Self.path(of: points) }

  package static func path(of points: [String]) -> String {
    let address = points.first?.split(separator: "://", maxSplits: 1).last ?? ""
    return "crl/" + address.replacing(":", with: "_")
  }
}

extension PublishedRevocationList {
  package func with(partitions: [RevocationListPartition]) throws(LedgerError)
    -> PublishedRevocationList
  {
    try PublishedRevocationList(facts, issuer: issuer, partitions: partitions)
  }
}

extension PublishedState {
  /// The distribution points of every partition that a key owes relying parties: those that are
  /// declared, and those that a published one has and an unexpired certificate still names.
  package func partitions(
    of key: KeyID?, declared: RevocationListSettings?, at now: Timestamp
  ) -> [[String]] {
    let declared = declared?.partitionPoints ?? []
    let known = Set(declared)
    var left = Set((key.flatMap { revocationLists[$0] }?.partitions ?? []).map(\.points))
      .subtracting(known)
    guard !left.isEmpty else { return declared }
    let named = Set(
      certificates.values.filter { $0.id.issuer == key && !$0.isExpired(at: now) }
        .map(\.facts.distributionPoints))
    left.formIntersection(named)
    return declared + left.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The entries of a complete list by the distribution points of their certificates, as the
  /// certificates themselves say. Certificates that expired long ago are not known any more, and
  /// nobody asks for them.
  package func partitionEntries(
    of list: RevocationListFacts, issuer: KeyID, among points: [[String]]
  ) -> [[String]: [RevocationEntry]] {
    var entries = Dictionary(
      points.map { ($0, [RevocationEntry]()) }, uniquingKeysWith: { first, _ in first })
    guard !entries.isEmpty else { return [:] }
    list.forEachEntry { view in
      if let serial = SerialNumber(in: list.der, at: view.serial),
        let certificate = certificates[CertificateID(issuer: issuer, serial: serial)]
      {
        entries[certificate.facts.distributionPoints]?.append(
          RevocationEntry(
            serial: serial, revocationDate: view.revocationDate, reason: view.reason))
      }
      return true
    }
    return entries
  }
}
