/// An object identifier (X.690 section 8.19): the content bytes of its encoding.
package struct OID: Hashable, Sendable {
  package let content: [UInt8]

  /// Takes content bytes as they stand in DER: at least one, whole components, each in its shortest
  /// form.
  package init?(content: some BidirectionalCollection<UInt8>) {
    guard Self.isValid(content) else { return nil }
    self.content = Array(content)
  }

  static func isValid(_ content: some BidirectionalCollection<UInt8>) -> Bool {
    guard let last = content.last, last < 0x80 else { return false }
    var begins = true
    for byte in content {
      if begins && byte == 0x80 { return false }
      begins = byte < 0x80
    }
    return true
  }

  private init(known content: [UInt8]) {
    self.content = content
  }

  /// Reads dotted decimal numbers, as in `1.3.6.1.5.5.7.3.1`.
  package init?(dotted text: some StringProtocol) {
    var components: [UInt64] = []
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      guard part.utf8.allSatisfy({ (48...57).contains($0) }), part == "0" || part.first != "0",
        let number = UInt64(part), number < 1 << 62
      else { return nil }
      components.append(number)
    }
    guard components.count >= 2, components[0] <= 2, components[0] == 2 || components[1] < 40 else {
      return nil
    }
    var content: [UInt8] = []
    Self.append(components[0] * 40 + components[1], to: &content)
    for component in components.dropFirst(2) { Self.append(component, to: &content) }
    self.content = content
  }

  private static func append(_ component: UInt64, to content: inout [UInt8]) {
    var shift = (max(1, 64 - component.leadingZeroBitCount) + 6) / 7 * 7 - 7
    while shift >= 0 {
      let bits = UInt8(truncatingIfNeeded: component >> UInt64(shift)) & 0x7f
      content.append(shift == 0 ? bits : bits | 0x80)
      shift -= 7
    }
  }
}

extension OID: CustomStringConvertible {
  /// Dotted decimal numbers; the bytes in hexadecimal when a component has more than 64 bits.
  package var description: String {
    var parts: [String] = []
    var component: UInt64 = 0
    for byte in content {
      guard component < 1 << 57 else { return "#" + Hex.encode(content) }
      component = component << 7 | UInt64(byte & 0x7f)
      guard byte < 0x80 else { continue }
      if parts.isEmpty {
        let first = min(component / 40, 2)
        parts.append(String(first))
        component -= first * 40
      }
      parts.append(String(component))
      component = 0
    }
    return parts.joined(separator: ".")
  }
}

// MARK: - Known identifiers

extension OID {
  /// Attribute types and extensions of X.500: 2.5.4.x and 2.5.29.x.
  private static func attribute(_ number: UInt8) -> OID { OID(known: [0x55, 0x04, number]) }
  private static func certificateExtension(_ number: UInt8) -> OID {
    OID(known: [0x55, 0x1d, number])
  }
  private static let pkcs: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01]
  private static let ansi: [UInt8] = [0x2a, 0x86, 0x48, 0xce, 0x3d]
  private static let pkix: [UInt8] = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07]

  package static let commonName = attribute(3)
  package static let serialNumber = attribute(5)
  package static let country = attribute(6)
  package static let locality = attribute(7)
  package static let stateOrProvince = attribute(8)
  package static let street = attribute(9)
  package static let organization = attribute(10)
  package static let organizationalUnit = attribute(11)
  package static let title = attribute(12)
  package static let emailAddress = OID(known: pkcs + [0x09, 0x01])
  package static let userID = OID(
    known: [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x01])
  package static let domainComponent = OID(
    known: [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19])

  package static let subjectKeyIdentifier = certificateExtension(14)
  package static let keyUsage = certificateExtension(15)
  package static let subjectAlternativeName = certificateExtension(17)
  package static let basicConstraints = certificateExtension(19)
  package static let crlNumber = certificateExtension(20)
  package static let reasonCode = certificateExtension(21)
  package static let deltaCRLIndicator = certificateExtension(27)
  package static let issuingDistributionPoint = certificateExtension(28)
  package static let certificateIssuer = certificateExtension(29)
  package static let nameConstraints = certificateExtension(30)
  package static let crlDistributionPoints = certificateExtension(31)
  package static let certificatePolicies = certificateExtension(32)
  package static let authorityKeyIdentifier = certificateExtension(35)
  package static let extendedKeyUsage = certificateExtension(37)
  package static let authorityInfoAccess = OID(known: pkix + [0x01, 0x01])
  package static let caIssuers = OID(known: pkix + [0x30, 0x02])
  package static let ocsp = OID(known: pkix + [0x30, 0x01])

  package static let rsaEncryption = OID(known: pkcs + [0x01, 0x01])
  package static let sha256WithRSA = OID(known: pkcs + [0x01, 0x0b])
  package static let ecPublicKey = OID(known: ansi + [0x02, 0x01])
  package static let prime256v1 = OID(known: ansi + [0x03, 0x01, 0x07])
  package static let secp384r1 = OID(known: [0x2b, 0x81, 0x04, 0x00, 0x22])
  package static let secp521r1 = OID(known: [0x2b, 0x81, 0x04, 0x00, 0x23])
  package static let ecdsaWithSHA256 = OID(known: ansi + [0x04, 0x03, 0x02])
  package static let ecdsaWithSHA384 = OID(known: ansi + [0x04, 0x03, 0x03])
  package static let ecdsaWithSHA512 = OID(known: ansi + [0x04, 0x03, 0x04])
  package static let ed25519 = OID(known: [0x2b, 0x65, 0x70])

  package static let extensionRequest = OID(known: pkcs + [0x09, 0x0e])
  package static let challengePassword = OID(known: pkcs + [0x09, 0x07])

  /// Names that people know, as in RFC 5280 and RFC 2985.
  private static let names: [OID: String] = [
    .subjectKeyIdentifier: "subjectKeyIdentifier", .keyUsage: "keyUsage",
    .subjectAlternativeName: "subjectAltName", .basicConstraints: "basicConstraints",
    .crlNumber: "cRLNumber", .reasonCode: "reasonCode", .deltaCRLIndicator: "deltaCRLIndicator",
    .issuingDistributionPoint: "issuingDistributionPoint",
    .certificateIssuer: "certificateIssuer", .nameConstraints: "nameConstraints",
    .crlDistributionPoints: "cRLDistributionPoints", .certificatePolicies: "certificatePolicies",
    .authorityKeyIdentifier: "authorityKeyIdentifier", .extendedKeyUsage: "extKeyUsage",
    .authorityInfoAccess: "authorityInfoAccess", .extensionRequest: "extensionRequest",
    .challengePassword: "challengePassword", .sha256WithRSA: "sha256WithRSAEncryption",
    .ecdsaWithSHA256: "ecdsa-with-SHA256", .ecdsaWithSHA384: "ecdsa-with-SHA384",
    .ecdsaWithSHA512: "ecdsa-with-SHA512", .ed25519: "Ed25519",
  ]

  /// The name that RFC 5280 gives it, else dotted numbers.
  package var name: String { Self.names[self] ?? description }
}
