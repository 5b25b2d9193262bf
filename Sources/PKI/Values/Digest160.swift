/// Twenty bytes, held in place: the ids of git's objects and the identifiers of keys.
///
/// Both are compared and looked up by the hundred thousand, and a string or an array each would
/// cost an allocation every time.
struct Digest160: Hashable, Comparable, Sendable {
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  /// Reads twenty bytes; nil when there are not as many.
  init?(_ bytes: some Sequence<UInt8>) {
    let (digest, count) = Digest160.read(bytes)
    guard count == 20 else { return nil }
    self = digest
  }

  /// Takes the first twenty bytes of a hash, which is at least as long.
  init(prefixOf hash: some Sequence<UInt8>) {
    self = Digest160.read(hash.prefix(20)).digest
  }

  private static func read(_ bytes: some Sequence<UInt8>) -> (digest: Digest160, count: Int) {
    var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
    var count = 0
    for byte in bytes {
      switch count {
      case 0..<8: words.0 = words.0 << 8 | UInt64(byte)
      case 8..<16: words.1 = words.1 << 8 | UInt64(byte)
      default: words.2 = words.2 << 8 | UInt32(byte)
      }
      count += 1
    }
    return (Digest160(high: words.0, middle: words.1, low: words.2), count)
  }

  /// Reads the twenty bytes at a place in others; nil when there are not as many.
  init?(_ bytes: [UInt8], at start: Int) {
    guard start >= 0, start <= bytes.count - 20 else { return nil }
    var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
    for index in start..<start + 8 { words.0 = words.0 << 8 | UInt64(bytes[index]) }
    for index in start + 8..<start + 16 { words.1 = words.1 << 8 | UInt64(bytes[index]) }
    for index in start + 16..<start + 20 { words.2 = words.2 << 8 | UInt32(bytes[index]) }
    self.init(high: words.0, middle: words.1, low: words.2)
  }

  /// Reads up to twenty bytes of others as a number with leading zeros; nil when there are more.
  init?(numberIn bytes: [UInt8], at range: Range<Int>) {
    guard range.count <= 20, range.lowerBound >= 0, range.upperBound <= bytes.count else {
      return nil
    }
    var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
    for index in range {
      words.0 = words.0 << 8 | words.1 >> 56
      words.1 = words.1 << 8 | UInt64(words.2 >> 24)
      words.2 = words.2 << 8 | UInt32(bytes[index])
    }
    self.init(high: words.0, middle: words.1, low: words.2)
  }

  /// Takes the words that the bytes make, most significant first.
  init(high: UInt64, middle: UInt64, low: UInt32) {
    (self.high, self.middle, self.low) = (high, middle, low)
  }

  /// Reads forty lower-case hexadecimal digits.
  init?(hex: some StringProtocol) {
    guard hex.utf8.count == 40 else { return nil }
    self.init(hexNumber: hex)
  }

  /// Reads up to forty lower-case hexadecimal digits as a number with leading zeros.
  init?(hexNumber digits: some StringProtocol) {
    var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
    var count = 0
    for digit in digits.utf8 {
      let value: UInt32
      switch digit {
      case 0x30...0x39: value = UInt32(digit) - 0x30
      case 0x61...0x66: value = UInt32(digit) - 0x61 + 10
      default: return nil
      }
      count += 1
      guard count <= 40 else { return nil }
      words.0 = words.0 << 4 | words.1 >> 60
      words.1 = words.1 << 4 | UInt64(words.2 >> 28)
      words.2 = words.2 << 4 | value
    }
    self.init(high: words.0, middle: words.1, low: words.2)
  }

  var hex: String { Hex.encode(bytes) }

  /// Most significant first.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(20)
    append(to: &bytes)
    return bytes
  }

  func append(to bytes: inout [UInt8]) {
    bytes.append(bigEndian: high)
    bytes.append(bigEndian: middle)
    bytes.append(bigEndian: low)
  }

  var words: (high: UInt64, middle: UInt64, low: UInt32) { (high, middle, low) }

  static func < (left: Digest160, right: Digest160) -> Bool {
    if left.high != right.high { return left.high < right.high }
    if left.middle != right.middle { return left.middle < right.middle }
    return left.low < right.low
  }

  /// The bytes are a hash already.
  func hash(into hasher: inout Hasher) { hasher.combine(high) }
}

extension [UInt8] {
  package mutating func append(bigEndian value: some FixedWidthInteger) {
    for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}
