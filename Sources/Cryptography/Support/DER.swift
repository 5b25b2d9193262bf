/// The few DER forms that keys are made of. Certificates and CRLs are PKI's business.
enum DER {
  static let integer: UInt8 = 0x02
  static let bitString: UInt8 = 0x03
  static let octetString: UInt8 = 0x04
  static let null: UInt8 = 0x05
  static let objectIdentifier: UInt8 = 0x06
  static let sequence: UInt8 = 0x30

  /// Tag and length before `count` bytes of content (X.690 section 10.1: the shortest form).
  static func header(_ tag: UInt8, _ count: Int) -> [UInt8] {
    guard count >= 0x80 else { return [tag, UInt8(truncatingIfNeeded: count)] }
    var length: [UInt8] = []
    var rest = count
    while rest > 0 {
      length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
      rest >>= 8
    }
    return [tag, 0x80 | UInt8(truncatingIfNeeded: length.count)] + length
  }

  static func element(_ tag: UInt8, _ parts: [UInt8]...) -> [UInt8] {
    let content = parts.flatMap(\.self)
    return header(tag, content.count) + content
  }

  /// A positive INTEGER of a big-endian magnitude.
  static func unsigned(_ magnitude: [UInt8]) -> [UInt8] {
    let trimmed = magnitude.drop { $0 == 0 }
    let needsZero = trimmed.first.map { $0 >= 0x80 } ?? true
    return element(integer, (needsZero ? [0] : []) + trimmed)
  }

  static func unsigned(_ value: Int) -> [UInt8] {
    unsafe unsigned(withUnsafeBytes(of: UInt64(max(value, 0)).bigEndian) { unsafe Array($0) })
  }

  /// An OBJECT IDENTIFIER in dotted text, such as `1.2.840.113549.1.1.1`.
  static func dotted(_ content: ArraySlice<UInt8>) -> String? {
    guard let last = content.last, last < 0x80 else { return nil }
    var arcs: [UInt64] = []
    var value: UInt64 = 0
    for byte in content {
      guard value <= UInt64.max >> 8 else { return nil }
      value = value << 7 | UInt64(byte & 0x7f)
      guard byte < 0x80 else { continue }
      if arcs.isEmpty {
        let first = min(value / 40, 2)
        arcs = [first, value - first * 40]
      } else {
        arcs.append(value)
      }
      value = 0
    }
    return arcs.map(String.init).joined(separator: ".")
  }
}

/// Reads DER elements one after the other, without copying. Every length is checked; BER's
/// indefinite and longer-than-needed lengths are refused.
struct DERReader {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }
  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }
  var nextTag: UInt8? { rest.first }

  /// The next element's tag, content and whole bytes; nil when it is not DER or cut short.
  mutating func next() -> (tag: UInt8, content: ArraySlice<UInt8>, whole: ArraySlice<UInt8>)? {
    guard rest.count >= 2, let tag = rest.first, tag & 0x1f != 0x1f else { return nil }
    let start = rest.startIndex
    let first = rest[start + 1]
    var header = 2
    var length = Int(first)
    if first >= 0x80 {
      let digits = Int(first & 0x7f)
      guard (1...4).contains(digits), rest.count >= 2 + digits, rest[start + 2] != 0 else {
        return nil
      }
      length = rest[start + 2..<start + 2 + digits].reduce(0) { $0 << 8 | Int($1) }
      guard length >= 0x80 else { return nil }
      header += digits
    }
    guard length <= rest.count - header else { return nil }
    let end = start + header + length
    let element = (tag, rest[start + header..<end], rest[start..<end])
    rest = rest[end...]
    return element
  }

  /// The content of the next element when it has this tag.
  mutating func next(_ tag: UInt8) -> ArraySlice<UInt8>? {
    guard rest.first == tag else { return nil }
    return next()?.content
  }

  /// A reader of the next element's content when it is a SEQUENCE or another constructed tag.
  mutating func enter(_ tag: UInt8 = DER.sequence) -> DERReader? {
    next(tag).map { DERReader($0) }
  }

  /// The value of a small INTEGER that is not negative.
  mutating func small() -> Int? {
    guard let content = next(DER.integer), let first = content.first, first < 0x80,
      content.count <= 8
    else { return nil }
    return content.reduce(0) { $0 << 8 | Int($1) }
  }
}
