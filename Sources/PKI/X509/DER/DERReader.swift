/// A strict reader of DER (X.690 section 10): a cursor over elements that stand one after another.
///
/// It exists beside swift-asn1's parser because that one builds a tree: here a revocation list of a
/// million entries costs no allocation. It also walks everything that is given to that parser.
/// It refuses what DER forbids: indefinite and overlong lengths, and elements that end outside
/// their parent. Tag numbers above 30 are refused too; X.509 has none.
package struct DERReader: Sendable {
  package let bytes: [UInt8]
  package private(set) var position: Int
  /// One past the last byte that belongs to this reader.
  package let end: Int

  /// Reads all of the bytes.
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = 0
    end = bytes.count
  }

  private init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  package var isAtEnd: Bool { position >= end }

  /// The tag of the next element; nil at the end.
  package var nextTag: UInt8? { position < end ? bytes[position] : nil }

  /// A reader of what stands inside an element that this reader's bytes hold.
  package func inside(_ element: DERElement) -> DERReader {
    DERReader(bytes, element.content.clamped(to: 0..<bytes.count))
  }

  package func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
    bytes[range.clamped(to: 0..<bytes.count)]
  }

  /// The next element, whatever its tag.
  package mutating func read() throws(DERError) -> DERElement {
    let start = position
    guard start < end else { throw DERError("data ends where an element should begin", at: start) }
    let tag = bytes[start]
    guard tag & 0x1f != 0x1f, tag != 0 else {
      throw DERError("tag 0x\(Hex.encode([tag])) does not occur in X.509", at: start)
    }
    var cursor = start + 1
    let length = try readLength(&cursor)
    guard length <= end - cursor else {
      throw DERError("an element is longer than what holds it", at: start)
    }
    position = cursor + length
    return DERElement(tag: tag, range: start..<position, content: cursor..<position)
  }

  /// Definite lengths in the fewest bytes (X.690 section 10.1); four bytes of length are enough for
  /// every revocation list.
  private func readLength(_ cursor: inout Int) throws(DERError) -> Int {
    guard cursor < end else { throw DERError("data ends before a length", at: cursor) }
    let first = bytes[cursor]
    cursor += 1
    if first < 0x80 { return Int(first) }
    let count = Int(first & 0x7f)
    guard count > 0 else { throw DERError("indefinite length is BER, not DER", at: cursor - 1) }
    guard count <= 4 else { throw DERError("a length has more than four bytes", at: cursor - 1) }
    guard count <= end - cursor else { throw DERError("data ends in a length", at: cursor) }
    var length = 0
    for _ in 0..<count {
      length = length << 8 | Int(bytes[cursor])
      cursor += 1
    }
    guard length >= 0x80, count == 1 || length >= 1 << (8 * (count - 1)) else {
      throw DERError("a length is not in its shortest form", at: cursor - count)
    }
    return length
  }

  /// The next element, which must have this tag.
  package mutating func read(_ tag: DERTag, _ what: String) throws(DERError) -> DERElement {
    guard nextTag == tag.byte else {
      throw DERError(isAtEnd ? "\(what) is missing" : "\(what) has the wrong type", at: position)
    }
    return try read()
  }

  /// The next element if it has this tag; else nothing is read.
  package mutating func readOptional(_ tag: DERTag) throws(DERError) -> DERElement? {
    nextTag == tag.byte ? try read() : nil
  }

  /// Refuses what follows the last element that belongs here.
  package func finish(_ what: @autoclosure () -> String) throws(DERError) {
    guard isAtEnd else { throw DERError("\(what()) is followed by more data", at: position) }
  }

  /// A reader of a range that was found in these bytes before.
  func within(_ range: Range<Int>) -> DERReader {
    DERReader(bytes, range.clamped(to: 0..<bytes.count))
  }

  /// The bytes of the one element that fills this reader, after a look at everything in it.
  func single(_ what: @autoclosure () -> String) throws(DERError) -> ArraySlice<UInt8> {
    var probe = self
    _ = try probe.read()
    try probe.finish(what())
    try checkTree()
    return slice(position..<end)
  }

  /// Reads one element of this tag that fills the bytes, and gives a reader of its inside.
  package static func open(
    _ bytes: [UInt8], _ tag: DERTag, _ what: String
  ) throws(DERError) -> DERReader {
    var reader = DERReader(bytes)
    let element = try reader.read(tag, what)
    try reader.finish(what)
    return reader.inside(element)
  }
}

/// One element: where it stands in the bytes that were read.
package struct DERElement: Hashable, Sendable {
  package let tag: UInt8
  /// With tag and length.
  package let range: Range<Int>
  package let content: Range<Int>

  package var isConstructed: Bool { tag & 0x20 != 0 }
}

/// An identifier octet (X.690 section 8.1.2).
package struct DERTag: Hashable, Sendable {
  package let byte: UInt8

  package init(byte: UInt8) {
    self.byte = byte
  }

  package static let boolean = DERTag(byte: 0x01)
  package static let integer = DERTag(byte: 0x02)
  package static let bitString = DERTag(byte: 0x03)
  package static let octetString = DERTag(byte: 0x04)
  package static let null = DERTag(byte: 0x05)
  package static let objectIdentifier = DERTag(byte: 0x06)
  package static let enumerated = DERTag(byte: 0x0a)
  package static let utf8String = DERTag(byte: 0x0c)
  package static let numericString = DERTag(byte: 0x12)
  package static let printableString = DERTag(byte: 0x13)
  package static let teletexString = DERTag(byte: 0x14)
  package static let ia5String = DERTag(byte: 0x16)
  package static let utcTime = DERTag(byte: 0x17)
  package static let generalizedTime = DERTag(byte: 0x18)
  package static let visibleString = DERTag(byte: 0x1a)
  package static let universalString = DERTag(byte: 0x1c)
  package static let bmpString = DERTag(byte: 0x1e)
  package static let sequence = DERTag(byte: 0x30)
  package static let set = DERTag(byte: 0x31)

  /// A context-specific tag around a primitive value: `[number] IMPLICIT`.
  package static func context(_ number: UInt8) -> DERTag { DERTag(byte: 0x80 | number & 0x1f) }

  /// A context-specific tag around other elements: `[number] EXPLICIT`, or an implicit SEQUENCE.
  package static func constructedContext(_ number: UInt8) -> DERTag {
    DERTag(byte: 0xa0 | number & 0x1f)
  }
}
