/// The bits of the key usage extension (RFC 5280 section 4.2.1.3); raw values are bit numbers'
/// powers of two, bit 0 being digitalSignature.
package struct KeyUsage: OptionSet, Hashable, Sendable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  package static let digitalSignature = KeyUsage(rawValue: 1 << 0)
  package static let nonRepudiation = KeyUsage(rawValue: 1 << 1)
  package static let keyEncipherment = KeyUsage(rawValue: 1 << 2)
  package static let dataEncipherment = KeyUsage(rawValue: 1 << 3)
  package static let keyAgreement = KeyUsage(rawValue: 1 << 4)
  package static let keyCertSign = KeyUsage(rawValue: 1 << 5)
  package static let cRLSign = KeyUsage(rawValue: 1 << 6)
  package static let encipherOnly = KeyUsage(rawValue: 1 << 7)
  package static let decipherOnly = KeyUsage(rawValue: 1 << 8)

  /// Names as in RFC 5280, in bit order.
  package static let names: [(KeyUsage, String)] = [
    (.digitalSignature, "digitalSignature"), (.nonRepudiation, "nonRepudiation"),
    (.keyEncipherment, "keyEncipherment"), (.dataEncipherment, "dataEncipherment"),
    (.keyAgreement, "keyAgreement"), (.keyCertSign, "keyCertSign"), (.cRLSign, "cRLSign"),
    (.encipherOnly, "encipherOnly"), (.decipherOnly, "decipherOnly"),
  ]

  package var names: [String] { Self.names.filter { contains($0.0) }.map(\.1) }
}

/// A purpose of the extended key usage extension (RFC 5280 section 4.2.1.12).
package struct ExtendedKeyUsage: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The dotted object identifier.
  package let oid: String

  package init(oid: String) {
    self.oid = oid
  }

  package static let serverAuth = ExtendedKeyUsage(oid: "1.3.6.1.5.5.7.3.1")
  package static let clientAuth = ExtendedKeyUsage(oid: "1.3.6.1.5.5.7.3.2")
  package static let codeSigning = ExtendedKeyUsage(oid: "1.3.6.1.5.5.7.3.3")
  package static let emailProtection = ExtendedKeyUsage(oid: "1.3.6.1.5.5.7.3.4")
  package static let any = ExtendedKeyUsage(oid: "2.5.29.37.0")

  package static let names: [(ExtendedKeyUsage, String)] = [
    (.serverAuth, "serverAuth"), (.clientAuth, "clientAuth"), (.codeSigning, "codeSigning"),
    (.emailProtection, "emailProtection"), (.any, "anyExtendedKeyUsage"),
  ]

  /// The name where there is one, else the object identifier.
  package var description: String { Self.names.first { $0.0 == self }?.1 ?? oid }

  package static func < (left: ExtendedKeyUsage, right: ExtendedKeyUsage) -> Bool {
    left.oid < right.oid
  }
}
