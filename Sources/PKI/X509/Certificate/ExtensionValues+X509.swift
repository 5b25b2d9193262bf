import SwiftASN1
import X509

// Between certwright's values and those of swift-certificates.

extension X509.KeyUsage {
  init(_ usage: KeyUsage) {
    self.init(
      digitalSignature: usage.contains(.digitalSignature),
      nonRepudiation: usage.contains(.nonRepudiation),
      keyEncipherment: usage.contains(.keyEncipherment),
      dataEncipherment: usage.contains(.dataEncipherment),
      keyAgreement: usage.contains(.keyAgreement), keyCertSign: usage.contains(.keyCertSign),
      cRLSign: usage.contains(.cRLSign), encipherOnly: usage.contains(.encipherOnly),
      decipherOnly: usage.contains(.decipherOnly))
  }
}

extension KeyUsage {
  init(_ usage: X509.KeyUsage) {
    let bits: [(Bool, KeyUsage)] = [
      (usage.digitalSignature, .digitalSignature), (usage.nonRepudiation, .nonRepudiation),
      (usage.keyEncipherment, .keyEncipherment), (usage.dataEncipherment, .dataEncipherment),
      (usage.keyAgreement, .keyAgreement), (usage.keyCertSign, .keyCertSign),
      (usage.cRLSign, .cRLSign), (usage.encipherOnly, .encipherOnly),
      (usage.decipherOnly, .decipherOnly),
    ]
    self = KeyUsage(bits.filter(\.0).map(\.1))
  }
}

extension X509.ExtendedKeyUsage.Usage {
  /// Nil when the text is no object identifier.
  init?(_ purpose: ExtendedKeyUsage) throws {
    guard let oid = purpose.objectIdentifier else { return nil }
    self.init(oid: try Self.known[purpose] ?? ASN1ObjectIdentifier(oid))
  }

  /// They stand in nearly every certificate.
  private static let known: [ExtendedKeyUsage: ASN1ObjectIdentifier] = [
    .serverAuth: .ExtendedKeyUsage.serverAuth, .clientAuth: .ExtendedKeyUsage.clientAuth,
  ]
}

extension X509.GeneralName {
  /// An address that is none becomes empty bytes; the lint refuses it before anything is signed.
  init(_ name: SubjectAlternativeName) {
    switch name.kind {
    case .email: self = .rfc822Name(name.value)
    case .dns: self = .dnsName(name.value)
    case .uri: self = .uniformResourceIdentifier(name.value)
    case .ip:
      let bytes = IPAddress(name.value)?.bytes ?? []
      self = .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
    }
  }
}

extension NameConstraints.Subtrees {
  /// The bases of the subtrees in the order DNS, IP, URI, mail.
  var generalNames: [X509.GeneralName] {
    dnsNames.map { .dnsName($0) }
      + ipRanges.map {
        .ipAddress(ASN1OctetString(contentBytes: ($0.address.bytes + $0.maskBytes)[...]))
      }
      + uriDomains.map { .uniformResourceIdentifier($0) } + emailAddresses.map { .rfc822Name($0) }
  }
}

extension NameConstraints {
  package var isEmpty: Bool { permitted.isEmpty && excluded.isEmpty }
}

extension ExtendedKeyUsage {
  /// The identifier as DER wants it; nil when the text is no object identifier.
  package var objectIdentifier: OID? { Self.known[self] ?? OID(dotted: oid) }

  /// The names that certwright knows need no parsing: they stand in every certificate.
  private static let known: [ExtendedKeyUsage: OID] = {
    var known: [ExtendedKeyUsage: OID] = [:]
    for (purpose, _) in names { known[purpose] = OID(dotted: purpose.oid) }
    return known
  }()

  private static let purposes: [OID: ExtendedKeyUsage] = {
    var purposes: [OID: ExtendedKeyUsage] = [:]
    for (purpose, oid) in known { purposes[oid] = purpose }
    return purposes
  }()

  package init(_ oid: OID) {
    self = Self.purposes[oid] ?? ExtendedKeyUsage(oid: oid.description)
  }
}

extension IPRange {
  /// The network mask, as long as the address.
  var maskBytes: [UInt8] {
    address.bytes.indices.map { index in
      let bits = min(max(prefixLength - index * 8, 0), 8)
      return bits == 0 ? 0 : UInt8.max << UInt8(8 - bits)
    }
  }

  /// The range of an address and a mask, as name constraints have it; nil when the mask has holes.
  init?(address: [UInt8], mask: [UInt8]) {
    guard address.count == mask.count, let base = IPAddress(bytes: address) else { return nil }
    let ones = mask.reduce(0) { $0 + $1.nonzeroBitCount }
    self.init(address: base, prefixLength: ones)
    guard maskBytes == mask else { return nil }
  }
}
