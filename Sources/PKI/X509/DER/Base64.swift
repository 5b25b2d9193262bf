/// Base64 (RFC 4648 section 4), the strict form: padding where it belongs, no unused bits set.
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The value of each byte; 255 for those outside the alphabet.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
  }()

  /// Appends the encoding of bytes in lines of 64 letters, each with its line feed.
  static func appendLines(_ bytes: [UInt8], to text: inout [UInt8]) {
    let padding = UInt8(ascii: "=")
    let alphabet = alphabet
    var index = 0
    var column = 0
    while index < bytes.count {
      let left = bytes.count - index
      let second = left > 1 ? bytes[index + 1] : 0
      let third = left > 2 ? bytes[index + 2] : 0
      let group = UInt32(bytes[index]) << 16 | UInt32(second) << 8 | UInt32(third)
      text.append(alphabet[Int(group >> 18)])
      text.append(alphabet[Int(group >> 12 & 63)])
      text.append(left > 1 ? alphabet[Int(group >> 6 & 63)] : padding)
      text.append(left > 2 ? alphabet[Int(group & 63)] : padding)
      index += 3
      column += 4
      if column == 64 {
        text.append(UInt8(ascii: "\n"))
        column = 0
      }
    }
    if column > 0 { text.append(UInt8(ascii: "\n")) }
  }

  /// The encoding of bytes on one line.
  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    appendLines(bytes, to: &text)
    return String(decoding: text.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// Collects letters of any number of lines.
  struct Decoder {
    private(set) var bytes: [UInt8] = []
    private var bits: UInt32 = 0
    private var letters = 0
    private var paddings = 0

    init(capacity: Int) {
      bytes.reserveCapacity(capacity)
    }

    /// Takes the letters of a line; false when one is outside the alphabet or follows padding.
    mutating func append(_ line: ArraySlice<UInt8>) -> Bool {
      let values = Base64.values
      for letter in line {
        if letter == UInt8(ascii: "=") {
          paddings += 1
          continue
        }
        let value = values[Int(letter)]
        guard value != 255, paddings == 0 else { return false }
        bits = bits << 6 | UInt32(value)
        letters += 1
        guard letters == 4 else { continue }
        bytes.append(UInt8(bits >> 16 & 0xff))
        bytes.append(UInt8(bits >> 8 & 0xff))
        bytes.append(UInt8(bits & 0xff))
        (bits, letters) = (0, 0)
      }
      return true
    }

    /// The bytes, when the letters and the padding come out even.
    consuming func finish() -> [UInt8]? {
      switch (letters, paddings) {
      case (0, 0): return bytes
      case (2, 2) where bits & 15 == 0: bytes.append(UInt8(bits >> 4 & 0xff))
      case (3, 1) where bits & 3 == 0:
        bytes.append(UInt8(bits >> 10 & 0xff))
        bytes.append(UInt8(bits >> 2 & 0xff))
      default: return nil
      }
      return bytes
    }
  }
}
