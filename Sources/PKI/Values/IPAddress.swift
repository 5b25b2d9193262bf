/// An IPv4 or IPv6 address: 4 or 16 bytes.
package struct IPAddress: Hashable, Sendable {
  package let bytes: [UInt8]

  package init?(bytes: [UInt8]) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  package var isIPv4: Bool { bytes.count == 4 }
}

// MARK: - Text

extension IPAddress: CustomStringConvertible {
  /// Reads four decimal numbers without leading zeros, which some programs take for octal, or an
  /// IPv6 address in any form of RFC 4291 section 2.2. Zone identifiers are refused: they mean
  /// something on one host alone.
  package init?(_ text: some StringProtocol) {
    let text = Array(text.utf8)
    guard text.count <= 45 else { return nil }
    let bytes = text.contains(UInt8(ascii: ":")) ? Self.ipv6(text[...]) : Self.ipv4(text[...])
    guard let bytes else { return nil }
    self.bytes = bytes
  }

  /// Dotted decimal, or the canonical form of RFC 5952.
  package var description: String {
    isIPv4 ? bytes.map { String($0) }.joined(separator: ".") : ipv6Description
  }

  private static func ipv4(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard (1...3).contains(part.count), part.allSatisfy({ (48...57).contains($0) }),
        part.count == 1 || part.first != UInt8(ascii: "0"),
        let byte = UInt8(String(decoding: part, as: UTF8.self))
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static func ipv6(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard let gap = gap(in: text) else {
      let bytes = groups(text)
      return bytes?.count == 16 ? bytes : nil
    }
    let before = text[..<gap]
    let after = text[(gap + 2)...]
    guard self.gap(in: text[(gap + 1)...]) == nil,
      let head = before.isEmpty ? [] : groups(before),
      let tail = after.isEmpty ? [] : groups(after), head.count % 2 == 0,
      !before.contains(UInt8(ascii: ".")), head.count + tail.count <= 14
    else { return nil }
    return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
  }

  /// Where the first `::` begins.
  private static func gap(in text: ArraySlice<UInt8>) -> Int? {
    text.indices.dropLast().first {
      text[$0] == UInt8(ascii: ":") && text[$0 + 1] == UInt8(ascii: ":")
    }
  }

  /// The bytes of hexadecimal groups joined by colons; the last may be a dotted IPv4 address.
  private static func groups(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count <= 8 else { return nil }
    var bytes: [UInt8] = []
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
        guard let last = ipv4(part) else { return nil }
        bytes += last
      } else {
        guard (1...4).contains(part.count), part.allSatisfy({ isHexDigit($0) }),
          let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
        else { return nil }
        bytes += [UInt8(group >> 8), UInt8(group & 0xff)]
      }
    }
    return bytes
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
  }

  private var ipv6Description: String {
    // RFC 5952 section 5: addresses that embed an IPv4 address show it dotted.
    if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xff, bytes[11] == 0xff {
      return "::ffff:" + bytes[12...].map { String($0) }.joined(separator: ".")
    }
    let groups = (0..<8).map { UInt16(bytes[$0 * 2]) << 8 | UInt16(bytes[$0 * 2 + 1]) }
    guard let run = Self.longestZeroRun(groups) else { return Self.joined(groups[...]) }
    return Self.joined(groups[..<run.lowerBound]) + "::" + Self.joined(groups[run.upperBound...])
  }

  private static func joined(_ groups: ArraySlice<UInt16>) -> String {
    groups.map { String($0, radix: 16) }.joined(separator: ":")
  }

  /// The first of the longest runs of at least two zero groups (RFC 5952 section 4.2).
  private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
    var longest = 0..<0
    var start = 0
    for index in groups.indices {
      if groups[index] != 0 {
        start = index + 1
      } else if index + 1 - start > longest.count {
        longest = start..<(index + 1)
      }
    }
    return longest.count >= 2 ? longest : nil
  }
}

/// A block of addresses in CIDR notation; host bits are zero.
package struct IPRange: Hashable, Sendable {
  package let address: IPAddress
  package let prefixLength: Int

  /// Refuses a length beyond the address's and an address with host bits that are not zero.
  package init?(address: IPAddress, prefixLength: Int) {
    guard (0...address.bytes.count * 8).contains(prefixLength),
      Self.masked(address.bytes, prefixLength) == address.bytes
    else { return nil }
    self.address = address
    self.prefixLength = prefixLength
  }

  package func contains(_ other: IPAddress) -> Bool {
    other.bytes.count == address.bytes.count
      && Self.masked(other.bytes, prefixLength) == address.bytes
  }

  package func contains(_ other: IPRange) -> Bool {
    other.prefixLength >= prefixLength && contains(other.address)
  }

  private static func masked(_ bytes: [UInt8], _ prefixLength: Int) -> [UInt8] {
    bytes.enumerated().map { index, byte in
      let kept = min(max(prefixLength - index * 8, 0), 8)
      return byte & ~UInt8(truncatingIfNeeded: 0xff >> kept)
    }
  }
}

extension IPRange: CustomStringConvertible {
  package var description: String { "\(address)/\(prefixLength)" }

  /// Reads CIDR notation (RFC 4632 section 3.1, RFC 4291 section 2.3).
  package init(parsing text: String) throws(ValueProblem) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let first = parts.first, let address = IPAddress(first) else {
      throw ValueProblem("is not a block of addresses", hint: "write CIDR, as in \"10.0.0.0/8\"")
    }
    guard parts.count == 2 else {
      throw ValueProblem(
        "has no prefix length",
        hint: "for this one address write \"\(first)/\(address.bytes.count * 8)\"")
    }
    guard let length = Self.length(parts[1]), length <= address.bytes.count * 8 else {
      throw ValueProblem("has no prefix length between 0 and \(address.bytes.count * 8)")
    }
    guard let range = IPRange(address: address, prefixLength: length) else {
      let network = IPAddress(bytes: Self.masked(address.bytes, length))
      throw ValueProblem(
        "has host bits that are not zero",
        hint: network.map { "did you mean \"\($0)/\(length)\"?" })
    }
    self = range
  }

  private static func length(_ text: Substring) -> Int? {
    guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
      text == "0" || text.first != "0"
    else { return nil }
    return Int(text)
  }
}
