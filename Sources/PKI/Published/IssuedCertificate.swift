/// Which certificate is meant: serial numbers are unique under one issuing key.
package struct CertificateID: Hashable, Comparable, Sendable {
  /// The key that signed.
  package let issuer: KeyID
  package let serial: SerialNumber

  package init(issuer: KeyID, serial: SerialNumber) {
    self.issuer = issuer
    self.serial = serial
  }

  package static func < (left: CertificateID, right: CertificateID) -> Bool {
    (left.issuer, left.serial) < (right.issuer, right.serial)
  }
}

/// A certificate of the ledger: what it says, and for whom it was made.
package struct IssuedCertificate: Hashable, Sendable {
  package let id: CertificateID
  /// The authority or identity that it was issued for; renames do not change it.
  package let issuedTo: Name
  /// The request whose key it certifies, as it was named then; nil when the key is managed.
  package let request: String?
  package let facts: CertificateFacts
  /// The certificates between this one and its root, root left out, as they were at issue.
  package let intermediates: [[UInt8]]

  package init(
    id: CertificateID, issuedTo: Name, request: String?, facts: CertificateFacts,
    intermediates: [[UInt8]]
  ) {
    self.id = id
    self.issuedTo = issuedTo
    self.request = request
    self.facts = facts
    self.intermediates = intermediates
  }

  package func isExpired(at now: Timestamp) -> Bool { facts.notAfter < now }

  /// Newer certificates last; two of one second are told apart by serial number so that the order
  /// never depends on reading order.
  package static func isOlder(_ left: IssuedCertificate, than right: IssuedCertificate) -> Bool {
    (left.facts.notBefore, left.id) < (right.facts.notBefore, right.id)
  }
}
