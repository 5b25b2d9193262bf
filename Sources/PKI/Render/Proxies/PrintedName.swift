/// A distinguished name as a proxy compares it: as text.
///
/// OpenSSL prints a name in the form of RFC 2253; nginx and HAProxy show that text with every byte
/// outside ASCII escaped, Apache leaves UTF-8 as it is. Two names print alike only if they hold the
/// same attributes in the same order, whatever string types they were encoded in, because every
/// character that separates attributes is escaped inside a value.
package struct PrintedName: Hashable, Sendable {
  package struct Attribute: Hashable, Sendable {
    /// Dotted decimal, as in `2.5.4.3`.
    package let oid: String
    package let value: String

    package init(oid: String, value: String) {
      self.oid = oid
      self.value = value
    }
  }

  /// Both forms are made at once: a name is printed for every list that it is on.
  private let escaped: String?
  private let utf8: String?

  /// - Parameter relativeNames: in encoding order, each with one attribute or more.
  package init(relativeNames: [[Attribute]]) {
    let utf8 = PrintedName.text(relativeNames, .utf8)
    self.utf8 = utf8
    let isPlain = utf8?.utf8.allSatisfy { $0 < 128 } ?? true
    escaped = isPlain ? utf8 : PrintedName.text(relativeNames, .escaped)
  }

  /// A name in which every relative name holds one attribute, in encoding order.
  package init(_ attributes: [(oid: String, value: String)]) {
    self.init(relativeNames: attributes.map { [Attribute(oid: $0.oid, value: $0.value)] })
  }

  /// How bytes outside ASCII are printed.
  package enum Form: Hashable, Sendable {
    /// As `\XX`: nginx (`$ssl_client_s_dn`) and HAProxy (`ssl_c_s_dn(,0,rfc2253)`), which both
    /// print with `XN_FLAG_RFC2253`.
    case escaped
    /// As they are: Apache (`SSL_CLIENT_S_DN`), which takes `ASN1_STRFLGS_ESC_MSB` out.
    case utf8
  }

  /// The text of this name, last relative name first; nil when it holds an attribute type that
  /// OpenSSL 3.0 has no short name for: it prints those as a dump of their encoding, which is more
  /// than this type knows. What cannot be printed is never put on an allow list.
  package func text(_ form: Form) -> String? {
    switch form {
    case .escaped: escaped
    case .utf8: utf8
    }
  }

  private static func text(_ relativeNames: [[Attribute]], _ form: Form) -> String? {
    var parts: [String] = []
    for relativeName in relativeNames.reversed() {
      var attributes: [String] = []
      for attribute in relativeName.reversed() {
        guard let label = PrintedName.labels[attribute.oid] else { return nil }
        attributes.append(label + "=" + PrintedName.escape(attribute.value, form))
      }
      parts.append(attributes.joined(separator: "+"))
    }
    return parts.joined(separator: ",")
  }

  /// Escapes as OpenSSL's `do_esc_char` does with `ASN1_STRFLGS_RFC2253`. The first character is
  /// looked at as the first only when it is not the last too, so a lone `#` stays bare.
  private static func escape(_ value: String, _ form: Form) -> String {
    let scalars = Array(value.unicodeScalars)
    var text: [UInt8] = []
    for (index, scalar) in scalars.enumerated() {
      let isLast = index == scalars.count - 1
      let isFirst = index == 0 && !isLast
      for byte in String(scalar).utf8 {
        switch byte {
        case UInt8(ascii: " ") where isFirst || isLast, UInt8(ascii: "#") where isFirst:
          text += [UInt8(ascii: "\\"), byte]
        case _ where special.contains(byte):
          text += [UInt8(ascii: "\\"), byte]
        case 0..<32, 127:
          text += hexEscape(byte)
        case 128...255 where form == .escaped:
          text += hexEscape(byte)
        default:
          text.append(byte)
        }
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let special = Set(",+\"\\<>;".utf8)

  private static func hexEscape(_ byte: UInt8) -> [UInt8] {
    Array(("\\" + Hex.encode([byte]).uppercased()).utf8)
  }

  /// OpenSSL's short names (`OBJ_nid2sn`) of the attribute types that certificates carry.
  package static let labels = [
    "2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L",
    "2.5.4.8": "ST", "2.5.4.9": "street", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title",
    "2.5.4.13": "description", "2.5.4.15": "businessCategory", "2.5.4.17": "postalCode",
    "2.5.4.41": "name", "2.5.4.42": "GN", "2.5.4.43": "initials",
    "2.5.4.44": "generationQualifier", "2.5.4.46": "dnQualifier", "2.5.4.65": "pseudonym",
    "2.5.4.97": "organizationIdentifier", "1.2.840.113549.1.9.1": "emailAddress",
    "1.2.840.113549.1.9.2": "unstructuredName", "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
  ]
}
