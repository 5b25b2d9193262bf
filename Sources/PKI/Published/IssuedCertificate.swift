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
package struct IssuedCertificate: Sendable {
  /// Shared by every copy: a certificate has many fields, and a state holds each in several places.
  private final class Content: Sendable {
    let id: CertificateID
    let issuedTo: Name
    let request: String?
    let facts: CertificateFacts
    let intermediates: [[UInt8]]
    let record: ObjectID?

    init(
      _ id: CertificateID, _ issuedTo: Name, _ request: String?, _ facts: CertificateFacts,
      _ intermediates: [[UInt8]], _ record: ObjectID?
    ) {
      self.id = id
      self.issuedTo = issuedTo
      self.request = request
      self.facts = facts
      self.intermediates = intermediates
      self.record = record
    }
  }

  private let content: Content

  package var id: CertificateID { content.id }
  /// The authority or identity that it was issued for; renames do not change it.
  package var issuedTo: Name { content.issuedTo }
  /// The request whose key it certifies, as it was named then; nil when the key is managed.
  package var request: String? { content.request }
  package var facts: CertificateFacts { content.facts }
  /// The certificates between this one and its root, root left out, as they were at issue.
  package var intermediates: [[UInt8]] { content.intermediates }
  /// The blob of the ledger that it was read from, or will be written as, if that is known.
  package var record: ObjectID? { content.record }

  package init(
    id: CertificateID, issuedTo: Name, request: String?, facts: CertificateFacts,
    intermediates: [[UInt8]], record: ObjectID? = nil
  ) {
    content = Content(id, issuedTo, request, facts, intermediates, record)
  }

  func recorded(as record: ObjectID) -> IssuedCertificate {
    IssuedCertificate(
      id: id, issuedTo: issuedTo, request: request, facts: facts, intermediates: intermediates,
      record: record)
  }

  package func isExpired(at now: Timestamp) -> Bool { facts.notAfter < now }

  /// Newer certificates last; two of one second are told apart by serial number so that the order
  /// never depends on reading order.
  package static func isOlder(_ left: IssuedCertificate, than right: IssuedCertificate) -> Bool {
    (left.facts.notBefore, left.id) < (right.facts.notBefore, right.id)
  }
}

extension IssuedCertificate: Hashable {
  package static func == (left: IssuedCertificate, right: IssuedCertificate) -> Bool {
    left.content === right.content
      || left.id == right.id && left.issuedTo == right.issuedTo && left.request == right.request
        && left.facts == right.facts && left.intermediates == right.intermediates
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
