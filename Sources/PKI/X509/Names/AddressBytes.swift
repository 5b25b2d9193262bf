/// The bytes of an address's text and back, for encoding names that are canonical already.
enum AddressBytes {
  /// The 4 or 16 bytes of dotted IPv4 or RFC 4291 IPv6 text; nil for other text.
  static func bytes(of text: String) -> [UInt8]? {
    text.contains(":") ? version6(text) : version4(text[...])
  }

  private static func version4(_ text: Substring) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard part.utf8.allSatisfy({ (48...57).contains($0) }), part == "0" || part.first != "0",
        let byte = UInt8(part)
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static func version6(_ text: String) -> [UInt8]? {
    guard let gap = text.firstRange(of: "::") else {
      let bytes = groups(text[...])
      return bytes?.count == 16 ? bytes : nil
    }
    guard let head = groups(text[..<gap.lowerBound]), let tail = groups(text[gap.upperBound...]),
      head.count + tail.count <= 14
    else { return nil }
    return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
  }

  private static func groups(_ text: Substring) -> [UInt8]? {
    guard !text.isEmpty else { return [] }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var bytes: [UInt8] = []
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, part.contains(".") {
        guard let tail = version4(part) else { return nil }
        bytes += tail
      } else {
        guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHexDigit),
          let group = UInt16(part, radix: 16)
        else { return nil }
        bytes += [UInt8(group >> 8), UInt8(group & 0xff)]
      }
    }
    return bytes
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
  }

  /// Dotted IPv4, or IPv6 as RFC 5952 wants it: lower case, the first longest run of two or more
  /// zero groups left out.
  static func text(of bytes: some Collection<UInt8>) -> String? {
    let bytes = Array(bytes)
    if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
    guard bytes.count == 16 else { return nil }
    let groups = (0..<8).map { UInt16(bytes[$0 * 2]) << 8 | UInt16(bytes[$0 * 2 + 1]) }
    // IPv4-mapped addresses keep their dotted tail (RFC 5952 section 5).
    if groups[..<5].allSatisfy({ $0 == 0 }), groups[5] == 0xffff {
      return "::ffff:" + bytes[12...].map(String.init).joined(separator: ".")
    }
    let words = groups.map { String($0, radix: 16) }
    guard let gap = longestGap(groups) else { return words.joined(separator: ":") }
    return words[..<gap.lowerBound].joined(separator: ":") + "::"
      + words[gap.upperBound...].joined(separator: ":")
  }

  private static func longestGap(_ groups: [UInt16]) -> Range<Int>? {
    var longest: Range<Int>?
    var start = 0
    for index in 0...groups.count where index == groups.count || groups[index] != 0 {
      if index - start >= 2, index - start > longest?.count ?? 0 { longest = start..<index }
      start = index + 1
    }
    return longest
  }
}
