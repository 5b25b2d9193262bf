/// A certificate's serial number: the content octets of a positive INTEGER of at most 20 octets
/// (RFC 5280 section 4.1.2.2), without leading zeros.
package struct SerialNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The number itself; with leading zeros, so that the order of the bytes is that of the numbers.
  private let number: Digest160

  /// Takes a magnitude of 1 to 20 bytes; leading zeros are dropped. Zero is refused, and so is a
  /// value whose INTEGER would need more than 20 octets.
  package init?(magnitude: some Sequence<UInt8>) {
    let trimmed = Array(magnitude.drop { $0 == 0 })
    guard let first = trimmed.first, trimmed.count <= (first < 0x80 ? 20 : 19),
      let number = Digest160([UInt8](repeating: 0, count: 20 - trimmed.count) + trimmed)
    else { return nil }
    self.number = number
  }

  /// The magnitude, big-endian, at least one byte and at most 20, no leading zero byte.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// Reads the magnitude that stands at a place in other bytes, as ``init(magnitude:)`` does, and
  /// allocates nothing.
  package init?(in bytes: [UInt8], at range: Range<Int>) {
    guard let number = Digest160(numberIn: bytes, at: range), number.words != (0, 0, 0),
      number.words.high >> 63 == 0
    else { return nil }
    self.number = number
  }

  /// How many bytes the magnitude has.
  package var byteCount: Int {
    let words = number.words
    if words.high != 0 { return 20 - words.high.leadingZeroBitCount / 8 }
    if words.middle != 0 { return 12 - words.middle.leadingZeroBitCount / 8 }
    return 4 - words.low.leadingZeroBitCount / 8
  }

  /// Whether the first bit of the magnitude is set: its INTEGER has a zero byte before it.
  package var needsZeroByte: Bool {
    let words = number.words
    let zeros =
      words.high != 0
      ? words.high.leadingZeroBitCount
      : words.middle != 0
        ? words.middle.leadingZeroBitCount : words.low.leadingZeroBitCount
    return zeros.isMultiple(of: 8)
  }

  /// Appends ``bytes`` without making them first.
  package func append(to bytes: inout [UInt8]) {
    let words = number.words
    for place in (0..<byteCount).reversed() {
      let byte =
        place >= 12
        ? words.high >> UInt64(8 * (place - 12))
        : place >= 4 ? words.middle >> UInt64(8 * (place - 4)) : UInt64(words.low >> (8 * place))
      bytes.append(UInt8(truncatingIfNeeded: byte))
    }
  }

  /// Makes certwright's own kind of serial of 16 random bytes: positive, 16 octets, never shorter,
  /// so that file names and records have one length. Two bits of the first byte are fixed, 126 stay
  /// random; the Baseline Requirements ask for 64.
  package init(random: [16 of UInt8]) {
    var bytes = [UInt8](repeating: 0, count: 4) + random.indices.map { random[$0] }
    bytes[4] = bytes[4] & 0x3f | 0x40
    number = Digest160(prefixOf: bytes)
  }

  /// Reads hexadecimal digits in either case; colons between pairs are accepted, because people
  /// paste what `openssl x509 -text` prints.
  package init?(hex: some StringProtocol) {
    let digits = String(hex.filter { $0 != ":" })
    let even = digits.count.isMultiple(of: 2) ? digits : "0" + digits
    guard let bytes = Hex.decode(even) else { return nil }
    self.init(magnitude: bytes)
  }

  /// Reads exactly what ``description`` writes.
  init?(canonicalHex digits: some StringProtocol) {
    let utf8 = digits.utf8
    guard utf8.count.isMultiple(of: 2), !utf8.starts(with: "00".utf8),
      let number = Digest160(hexNumber: digits), number.words != (0, 0, 0),
      utf8.count < 40 || number.words.high >> 63 == 0
    else { return nil }
    self.number = number
  }

  /// Lower-case hexadecimal, two digits a byte.
  package var description: String { Hex.encode(bytes) }

  package static func < (left: SerialNumber, right: SerialNumber) -> Bool {
    left.number < right.number
  }

  /// Serial numbers that were counted differ in their last bytes alone.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(number.words.middle)
    hasher.combine(number.words.low)
  }
}
