// The values that revocation lists are made of, each read in the one form that DER allows.

extension DERReader {
  package mutating func readSequence(_ what: String) throws(DERError) -> DERReader {
    inside(try read(.sequence, what))
  }

  /// The content of an INTEGER in its shortest form (X.690 section 8.3.2).
  package mutating func readInteger(_ what: String) throws(DERError) -> ArraySlice<UInt8> {
    let element = try read(.integer, what)
    return try integer(element, what)
  }

  package func integer(_ element: DERElement, _ what: String) throws(DERError) -> ArraySlice<UInt8>
  {
    let content = slice(element.content)
    guard Self.isShortestInteger(content) else {
      throw DERError(
        "\(what) is not an integer in its shortest form", at: element.range.lowerBound)
    }
    return content
  }

  static func isShortestInteger(_ content: ArraySlice<UInt8>) -> Bool {
    guard let first = content.first else { return false }
    guard content.count > 1 else { return true }
    let second = content[content.startIndex + 1]
    return !(first == 0 && second < 0x80) && !(first == 0xff && second >= 0x80)
  }

  /// A small integer that is not negative.
  package mutating func readCount(_ what: String) throws(DERError) -> Int {
    let content = try readInteger(what)
    guard let first = content.first, first < 0x80, content.count <= 4 else {
      throw DERError("\(what) is negative or too large", at: position)
    }
    return content.reduce(0) { $0 << 8 | Int($1) }
  }

  /// A DEFAULT FALSE that is there: DER leaves no other value than TRUE, which is 0xff.
  package mutating func readOptionalTrue(_ what: String) throws(DERError) -> Bool {
    guard let element = try readOptional(.boolean) else { return false }
    guard slice(element.content).elementsEqual([0xff]) else {
      throw DERError("\(what) is not a DER boolean that is true", at: element.range.lowerBound)
    }
    return true
  }

  package mutating func readOctetString(_ what: String) throws(DERError) -> DERElement {
    try read(.octetString, what)
  }

  /// The bytes of a BIT STRING without unused bits: keys and signatures.
  package mutating func readWholeBits(_ what: String) throws(DERError) -> Range<Int> {
    let element = try read(.bitString, what)
    guard let unused = slice(element.content).first, unused == 0 else {
      throw DERError("\(what) is not a bit string of whole bytes", at: element.range.lowerBound)
    }
    return element.content.lowerBound + 1..<element.content.upperBound
  }

}

// MARK: - The whole tree

extension DERReader {
  /// Nesting that no certificate, request or list comes near.
  private static let deepest = 24

  /// Checks every element below the cursor, also those that nobody will read: constructed and
  /// primitive forms where DER wants them, booleans and integers in their one form.
  package func checkTree(depth: Int = 0) throws(DERError) {
    guard depth < Self.deepest else { throw DERError("elements are nested too deep", at: position) }
    var reader = self
    while !reader.isAtEnd {
      let element = try reader.read()
      try reader.checkForm(of: element)
      if element.isConstructed { try reader.inside(element).checkTree(depth: depth + 1) }
    }
  }

  private func checkForm(of element: DERElement) throws(DERError) {
    guard element.tag & 0xc0 == 0 else { return }
    let mustNest = element.tag & 0x1f == 0x10 || element.tag & 0x1f == 0x11
    guard mustNest == element.isConstructed else {
      throw DERError("an element has a form that DER forbids", at: element.range.lowerBound)
    }
    switch element.tag {
    case DERTag.boolean.byte:
      let content = slice(element.content)
      guard content.elementsEqual([0xff]) || content.elementsEqual([0]) else {
        throw DERError("a boolean is neither 0x00 nor 0xff", at: element.range.lowerBound)
      }
    case DERTag.integer.byte, DERTag.enumerated.byte: _ = try integer(element, "a number")
    case DERTag.null.byte where !element.content.isEmpty:
      throw DERError("a null has content", at: element.range.lowerBound)
    default: break
    }
  }
}
