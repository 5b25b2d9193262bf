/// A CRL as it stands on the published branch.
package struct PublishedRevocationList: Hashable, Sendable {
  /// The key that signed it.
  package let issuer: KeyID
  package let facts: RevocationListFacts
  /// The cRLNumber (RFC 5280 section 5.2.3). Numbers of up to 20 octets exist; certwright counts
  /// from 1, or from what an adopted authority has reached, and refuses those beyond 2^62.
  package let number: Int
  package let nextUpdate: Timestamp
  /// The same entries again in parts, signed with it; sorted by their distribution points.
  package let partitions: [RevocationListPartition]

  /// - Throws: what is missing for a CRL that certwright can follow up.
  package init(
    _ facts: RevocationListFacts, issuer: KeyID, partitions: [RevocationListPartition] = []
  ) throws(LedgerError) {
    guard let serial = facts.number, let number = Int(serial.description, radix: 16),
      number < 1 << 62
    else { throw LedgerError("the CRL has no usable number") }
    guard let nextUpdate = facts.nextUpdate else {
      throw LedgerError("the CRL has no nextUpdate")
    }
    self.issuer = issuer
    self.facts = facts
    self.number = number
    self.nextUpdate = nextUpdate
    self.partitions = partitions.sorted { $0.path < $1.path }
  }

  package var der: [UInt8] { facts.der }
  package var thisUpdate: Timestamp { facts.thisUpdate }

  /// The list is valid in both its first and its last second.
  package var lifetime: Lifetime {
    Lifetime(seconds: nextUpdate.seconds - thisUpdate.seconds + 1)
  }
}

extension SerialNumber {
  /// The number of a CRL, which is counted from 1.
  package init?(counting number: Int) {
    self.init(magnitude: bigEndianBytes(of: number))
  }
}

private func bigEndianBytes(of number: Int) -> [UInt8] {
  (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
}
