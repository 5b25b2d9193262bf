/// The tag and length before content that is too long to be moved, as a list's entries are.
package struct DERHeader {
  package let bytes: [UInt8]

  /// The length in the fewest bytes (X.690 section 10.1).
  package init(_ tag: DERTag, length: Int) {
    guard length >= 0x80 else {
      bytes = [tag.byte, UInt8(truncatingIfNeeded: length)]
      return
    }
    let magnitude = (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
    let digits = magnitude.drop { $0 == 0 }
    bytes = [tag.byte, 0x80 | UInt8(truncatingIfNeeded: digits.count)] + digits
  }
}
