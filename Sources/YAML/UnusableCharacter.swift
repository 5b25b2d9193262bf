/// Characters that have no place in desired state, written out or escaped.
///
/// Names end up in certificates, in proxy configuration and in reviews. Control characters and
/// further line breaks can split a line that a program reads; bidirectional controls and the byte
/// order mark can make a review show something else than what is signed (Unicode TR 36, section 2).
enum UnusableCharacter {
  /// YAML 1.2.2 section 5.1 (printable characters), without the controls named above.
  static func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0x00...0x1F, 0x7F...0x9F: true
    case 0x2028, 0x2029: true
    case 0x202A...0x202E, 0x2066...0x2069: true
    case 0xFEFF, 0xFFFE, 0xFFFF: true
    default: false
    }
  }

  /// The first one of a text. The loop looks at bytes: nearly all text is plain ASCII.
  static func first(in text: String) -> Unicode.Scalar? {
    guard text.utf8.contains(where: isSuspicious) else { return nil }
    return text.unicodeScalars.first(where: contains)
  }

  /// Whether a byte of UTF-8 can begin an unusable character.
  static func isSuspicious(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20...0x7E, 0x09, 0x0A: false
    case 0x00...0x1F, 0x7F, 0xC2, 0xE2, 0xEF: true
    default: false
    }
  }

  /// How a message names the character.
  static func name(_ scalar: Unicode.Scalar) -> String {
    let code = "U+" + hex(scalar.value, digits: 4)
    return switch scalar.value {
    case 0x00: "NUL (\(code))"
    case 0x2028, 0x2029, 0x85: "the line separator \(code)"
    case 0x202A...0x202E, 0x2066...0x2069: "the text direction control \(code)"
    case 0xFEFF: "a byte order mark (\(code))"
    case 0xFFFE, 0xFFFF: "the noncharacter \(code)"
    default: "the control character \(code)"
    }
  }

  static func hex(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
