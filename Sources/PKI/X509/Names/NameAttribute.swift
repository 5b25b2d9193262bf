import SwiftASN1

/// One attribute of a distinguished name, as text.
package struct NameAttribute: Hashable, Sendable {
  package let type: OID
  /// The text, or `#` and the hexadecimal DER of a value that is no string (RFC 4514 section 2.4).
  package let value: String
  package let isText: Bool

  /// The dotted object identifier of the type.
  package var oid: String { type.description }

  /// The short name of the type, as OpenSSL and RFC 4514 spell it; dotted numbers for others.
  package var shortName: String { Self.shortNames[type] ?? oid }

  private static let shortNames: [OID: String] = [
    .commonName: "CN", .locality: "L", .stateOrProvince: "ST", .organization: "O",
    .organizationalUnit: "OU", .country: "C", .street: "street", .domainComponent: "DC",
    .userID: "UID", .emailAddress: "emailAddress", .serialNumber: "serialNumber",
    .title: "title",
  ]

  /// Reads one AttributeTypeAndValue.
  init(_ node: ASN1Node) throws(DERError) {
    let parts = try Parts(node)
    type = try parts.type.objectIdentifier("the type of a name's attribute")
    if let text = try Self.text(of: parts.value) {
      value = text
      isText = true
    } else {
      value = "#" + Hex.encode(parts.value.encodedBytes)
      isText = false
    }
  }

  private struct Parts {
    let type: ASN1Node
    let value: ASN1Node

    init(_ node: ASN1Node) throws(DERError) {
      let what = "an attribute of a name"
      guard node.identifier == .sequence else {
        throw DERError("\(what) has the wrong type", at: node.start)
      }
      var inner = try DERNodes(node, what)
      type = try inner.next(.objectIdentifier, "the type of a name's attribute")
      value = try inner.next(what)
      try inner.finish(what)
    }
  }

  /// Reads one AttributeTypeAndValue as the initializer does and keeps nothing: most names are
  /// checked and never shown.
  static func check(_ node: ASN1Node) throws(DERError) {
    let parts = try Parts(node)
    let type = try parts.type.primitive("the type of a name's attribute")
    if case .primitive(let content) = parts.value.content, OID.isValid(type),
      parts.value.identifier == .utf8String || parts.value.identifier == .printableString,
      content.allSatisfy(isPrintable)
    {
      return
    }
    // Whatever is less plain goes the long way, which also finds the words for a refusal.
    _ = try NameAttribute(node)
  }

  /// The text of a DirectoryString or IA5String (RFC 5280 section 4.1.2.4); nil for other types.
  /// X509's attribute knows three of these types, and refuses in a PrintableString what stands
  /// there in real certificates.
  private static func text(of node: ASN1Node) throws(DERError) -> String? {
    guard case .primitive(let content) = node.content else { return nil }
    func refuse(_ type: String) -> DERError {
      DERError("a \(type) in a name has characters that it cannot hold", at: node.start)
    }
    switch node.identifier {
    case .utf8String:
      guard let text = String(validating: content, as: UTF8.self) else {
        throw refuse("UTF8String")
      }
      return text
    case .printableString:
      guard content.allSatisfy(isPrintable) else { throw refuse("PrintableString") }
    case .ia5String, .visibleString, .numericString:
      guard content.allSatisfy({ $0 < 0x80 }) else { throw refuse("ASCII string") }
    case .teletexString:
      // Everybody reads T.61 as Latin-1, OpenSSL too.
      return String(String.UnicodeScalarView(content.map { Unicode.Scalar($0) }))
    case .bmpString:
      guard let text = wideText(content, width: 2) else { throw refuse("BMPString") }
      return text
    case .universalString:
      guard let text = wideText(content, width: 4) else { throw refuse("UniversalString") }
      return text
    default: return nil
    }
    return String(decoding: content, as: UTF8.self)
  }

  private static func wideText(_ content: ArraySlice<UInt8>, width: Int) -> String? {
    guard content.count.isMultiple(of: width) else { return nil }
    var scalars = String.UnicodeScalarView()
    var value: UInt32 = 0
    for (index, byte) in content.enumerated() {
      value = value << 8 | UInt32(byte)
      guard (index + 1).isMultiple(of: width) else { continue }
      guard let scalar = Unicode.Scalar(value) else { return nil }
      scalars.append(scalar)
      value = 0
    }
    return String(scalars)
  }

  /// The alphabet of PrintableString (X.680 section 41.4). `*`, `@`, `_` and `&` are not in it, but
  /// real certificates have them there, and nothing depends on their absence.
  private static func isPrintable(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7f }
}
