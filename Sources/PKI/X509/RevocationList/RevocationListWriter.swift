import SwiftASN1

/// Writes the TBSCertList of a revocation list of any length (RFC 5280 section 5.1) into one buffer
/// that grows by about 40 bytes an entry; nothing is allocated for an entry.
///
/// Entries stand in the order in which they are appended. Whether a serial is there twice is known
/// when the list is read again, before it is signed.
package struct RevocationListWriter: Sendable {
  private var entries: [UInt8] = []
  /// The number of entries appended so far.
  package private(set) var count = 0
  /// The latest date as it is written: entries of one moment share their date's bytes.
  private var latest: (date: Timestamp, element: [UInt8])?

  /// Makes room for a number of entries.
  package init(capacity: Int = 0) {
    entries.reserveCapacity(min(max(capacity, 0), 1 << 24) * 49)
  }

  /// Appends an entry. The reason is left out when it is unspecified (RFC 5280 section 5.3.1), and
  /// so are entry extensions then.
  package mutating func append(_ entry: RevocationEntry) {
    let start = entries.count
    entries.append(DERTag.sequence.byte)
    entries.append(0)
    let isSigned = entry.serial.needsZeroByte
    entries.append(DERTag.integer.byte)
    entries.append(UInt8(truncatingIfNeeded: entry.serial.byteCount + (isSigned ? 1 : 0)))
    if isSigned { entries.append(0) }
    entry.serial.append(to: &entries)
    appendDate(entry.revocationDate)
    if entry.reason != .unspecified {
      entries.append(contentsOf: Self.reasonPrefix)
      entries.append(entry.reason.code)
    }
    // A serial has at most 20 octets and a date 17: the length always fits one byte.
    entries[start + 1] = UInt8(truncatingIfNeeded: entries.count - start - 2)
    count += 1
  }

  private mutating func appendDate(_ date: Timestamp) {
    if let latest, latest.date == date {
      entries.append(contentsOf: latest.element)
      return
    }
    var element: [UInt8] = []
    DERTime.append(date, to: &element)
    entries.append(contentsOf: element)
    latest = (date, element)
  }

  /// crlEntryExtensions with a reasonCode, up to the code itself.
  private static let reasonPrefix: [UInt8] = [
    0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01,
  ]

  /// The DER of the TBSCertList: version 2, with authorityKeyIdentifier and cRLNumber (sections
  /// 5.2.1 and 5.2.3), and issuingDistributionPoint where the list is a partition (section 5.2.5).
  /// Without entries, revokedCertificates is absent (section 5.1.2.6).
  package consuming func toBeSigned(
    _ spec: RevocationListSpec, issuer: CertificateIssuer
  ) -> [UInt8] {
    let head = Self.head(spec, issuer)
    let tail = Self.tail(spec, issuer)
    let list = count > 0 ? DERHeader(.sequence, length: entries.count).bytes : []
    let length = head.count + list.count + entries.count + tail.count
    let sequence = DERHeader(.sequence, length: length)
    var whole: [UInt8] = []
    whole.reserveCapacity(sequence.bytes.count + length)
    for part in [sequence.bytes, head, list, entries, tail] { whole += part }
    return whole
  }

  private static func head(_ spec: RevocationListSpec, _ issuer: CertificateIssuer) -> [UInt8] {
    var head: [UInt8] = [0x02, 0x01, 0x01]
    head += SignatureAlgorithm(for: issuer.publicKey.algorithm).identifier
    head += issuer.subject.der
    DERTime.append(spec.thisUpdate, to: &head)
    DERTime.append(spec.nextUpdate, to: &head)
    return head
  }

  private static func tail(_ spec: RevocationListSpec, _ issuer: CertificateIssuer) -> [UInt8] {
    var serializer = DER.Serializer()
    serializer.appendConstructedNode(identifier: .context(0)) { tagged in
      tagged.appendConstructedNode(identifier: .sequence) { list in
        Self.append(.authorityKeyIdentifier, to: &list) { value in
          value.appendConstructedNode(identifier: .sequence) { identifier in
            identifier.appendPrimitiveNode(identifier: .context(0)) { $0 += issuer.keyIdentifier }
          }
        }
        if !spec.partition.isEmpty {
          Self.append(.issuingDistributionPoint, isCritical: true, to: &list) { value in
            value.serializeRawBytes(IssuingDistributionPoint.der(spec.partition))
          }
        }
        Self.append(.crlNumber, to: &list) { value in
          value.appendPrimitiveNode(identifier: .integer) { content in
            // A number whose first bit is set would read as negative.
            if spec.number.bytes.first ?? 0 >= 0x80 { content.append(0) }
            content += spec.number.bytes
          }
        }
      }
    }
    return serializer.serializedBytes
  }

  private static func append(
    _ oid: OID, isCritical: Bool = false, to list: inout DER.Serializer,
    _ value: (inout DER.Serializer) -> Void
  ) {
    list.appendConstructedNode(identifier: .sequence) { one in
      one.append(oid)
      if isCritical { one.appendPrimitiveNode(identifier: .boolean) { $0.append(0xff) } }
      var inner = DER.Serializer()
      value(&inner)
      one.appendPrimitiveNode(identifier: .octetString) { $0 += inner.serializedBytes }
    }
  }
}
