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
  package init(_ reader: inout DERReader) throws(DERError) {
    var inner = try reader.readSequence("an attribute of a name")
    type = try inner.readObjectIdentifier("the type of a name's attribute")
    let element = try inner.read()
    try inner.finish("an attribute of a name")
    if let text = try Self.text(of: element, in: inner) {
      value = text
      isText = true
    } else {
      value = "#" + Hex.encode(inner.slice(element.range))
      isText = false
    }
  }

  /// Reads one AttributeTypeAndValue as the initializer does and keeps nothing: most names are
  /// checked and never shown.
  static func check(_ reader: inout DERReader) throws(DERError) {
    var probe = reader
    var inner = try probe.readSequence("an attribute of a name")
    let type = try inner.read(.objectIdentifier, "the type of a name's attribute")
    let element = try inner.read()
    let isPlain =
      (element.tag == DERTag.utf8String.byte || element.tag == DERTag.printableString.byte)
      && inner.isAtEnd && inner.slice(element.content).allSatisfy(isPrintable)
    if isPlain, OID.isValid(inner.slice(type.content)) {
      reader = probe
    } else {
      // Whatever is less plain goes the long way, which also finds the words for a refusal.
      _ = try NameAttribute(&reader)
    }
  }

  /// The text of a DirectoryString or IA5String (RFC 5280 section 4.1.2.4); nil for other types.
  private static func text(
    of element: DERElement, in reader: DERReader
  ) throws(DERError) -> String? {
    let content = reader.slice(element.content)
    func refuse(_ type: String) -> DERError {
      DERError(
        "a \(type) in a name has characters that it cannot hold", at: element.range.lowerBound)
    }
    switch element.tag {
    case DERTag.utf8String.byte:
      guard let text = String(validating: content, as: UTF8.self) else {
        throw refuse("UTF8String")
      }
      return text
    case DERTag.printableString.byte:
      guard content.allSatisfy(isPrintable) else { throw refuse("PrintableString") }
    case DERTag.ia5String.byte, DERTag.visibleString.byte, DERTag.numericString.byte:
      guard content.allSatisfy({ $0 < 0x80 }) else { throw refuse("ASCII string") }
    case DERTag.teletexString.byte:
      // Everybody reads T.61 as Latin-1, OpenSSL too.
      return String(String.UnicodeScalarView(content.map { Unicode.Scalar($0) }))
    case DERTag.bmpString.byte:
      guard let text = wideText(content, width: 2) else { throw refuse("BMPString") }
      return text
    case DERTag.universalString.byte:
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
