/// One line of a certificate revocation list (RFC 5280 section 5.1.2.6).
package struct RevocationEntry: Hashable, Sendable {
  package let serial: SerialNumber
  package let revocationDate: Timestamp
  package let reason: RevocationReason

  package init(serial: SerialNumber, revocationDate: Timestamp, reason: RevocationReason) {
    self.serial = serial
    self.revocationDate = revocationDate
    self.reason = reason
  }
}

/// What a revocation list shall say, apart from its entries and the moment of signing.
package struct RevocationListSpec: Hashable, Sendable {
  /// cRLNumber: positive, at most 20 octets, higher than in the list before (section 5.2.3).
  package let number: SerialNumber
  package let thisUpdate: Timestamp
  /// From thisUpdate to nextUpdate, both included.
  package let lifetime: Lifetime
  /// The distribution points of the certificates that the list speaks of, where it is one partition;
  /// empty for a complete list.
  package let partition: [String]

  package init(
    number: SerialNumber, thisUpdate: Timestamp, lifetime: Lifetime, partition: [String] = []
  ) {
    self.number = number
    self.thisUpdate = thisUpdate
    self.lifetime = lifetime
    self.partition = partition
  }

  /// The last second for which the list speaks.
  package var nextUpdate: Timestamp {
    let (seconds, overflows) = thisUpdate.seconds.addingReportingOverflow(lifetime.seconds)
    guard !overflows, seconds > Int.min else { return .endOfTime }
    return min(Timestamp(seconds: seconds - 1), .endOfTime)
  }
}
