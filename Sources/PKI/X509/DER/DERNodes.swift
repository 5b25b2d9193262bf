import SwiftASN1

/// The elements inside another one, taken in order, with words for what is missing or too much.
///
/// swift-asn1 parses; its own errors name neither the field nor the place, which people need who
/// find the fault in a file.
struct DERNodes {
  private var iterator: ASN1NodeCollection.Iterator
  private(set) var upcoming: ASN1Node?
  private let end: Int

  /// What stands inside a constructed element.
  init(_ node: ASN1Node, _ what: @autoclosure () -> String) throws(DERError) {
    guard case .constructed(let nodes) = node.content else {
      throw DERError("\(what()) has the wrong type", at: node.start)
    }
    iterator = nodes.makeIterator()
    upcoming = iterator.next()
    end = node.encodedBytes.endIndex
  }

  var isAtEnd: Bool { upcoming == nil }
  /// Where the next element begins.
  var position: Int { upcoming?.start ?? end }

  mutating func next(_ what: String) throws(DERError) -> ASN1Node {
    guard let node = upcoming else { throw DERError("\(what) is missing", at: end) }
    upcoming = iterator.next()
    return node
  }

  mutating func next(_ identifier: ASN1Identifier, _ what: String) throws(DERError) -> ASN1Node {
    let node = try next(what)
    guard node.identifier == identifier else {
      throw DERError("\(what) has the wrong type", at: node.start)
    }
    return node
  }

  /// The next element if it is of this kind; else nothing is taken.
  mutating func optional(_ identifier: ASN1Identifier) -> ASN1Node? {
    guard let node = upcoming, node.identifier == identifier else { return nil }
    upcoming = iterator.next()
    return node
  }

  /// What stands inside the next element.
  mutating func inside(
    _ what: String, _ identifier: ASN1Identifier = .sequence
  ) throws(DERError) -> DERNodes {
    try DERNodes(try next(identifier, what), what)
  }

  /// The one element inside an explicit tag.
  mutating func explicit(_ number: UInt, _ what: String) throws(DERError) -> ASN1Node? {
    guard let tagged = optional(.context(number)) else { return nil }
    var inner = try DERNodes(tagged, what)
    let node = try inner.next(what)
    try inner.finish(what)
    return node
  }

  /// A DEFAULT FALSE that is there: DER leaves no other value than true.
  mutating func optionalTrue(_ what: String) throws(DERError) -> Bool {
    guard let node = optional(.boolean) else { return false }
    guard try node.value(Bool.self, what) else {
      throw DERError("\(what) is not a DER boolean that is true", at: node.start)
    }
    return true
  }

  /// Refuses what follows the last element that belongs here.
  func finish(_ what: String) throws(DERError) {
    guard isAtEnd else { throw DERError("\(what) is followed by more data", at: position) }
  }
}

extension ASN1Node {
  /// Parses the one element that a reader holds.
  ///
  /// The reader walks it first. That bounds nesting and lengths, keeps out long tags, and refuses
  /// what swift-asn1 minds only where a value is read: booleans and integers in a second form,
  /// sets and strings with the wrong bit for constructed.
  static func parse(
    _ reader: DERReader, _ what: @autoclosure () -> String
  ) throws(DERError) -> ASN1Node {
    let bytes = try reader.single(what())
    do { return try DER.parse(bytes) } catch {
      throw DERError("\(what()) is not DER", at: reader.position)
    }
  }

  /// Where the element stands in the bytes that were parsed, tag and length included.
  var range: Range<Int> { encodedBytes.startIndex..<encodedBytes.endIndex }
  var start: Int { encodedBytes.startIndex }

  /// The content of an element that holds no others.
  func primitive(_ what: String) throws(DERError) -> ArraySlice<UInt8> {
    guard case .primitive(let content) = content else {
      throw DERError("\(what) has the wrong type", at: start)
    }
    return content
  }

  /// Reads a value of swift-asn1's.
  func value<Value: DERImplicitlyTaggable>(
    _ type: Value.Type, _ what: String
  ) throws(DERError) -> Value {
    do { return try Value(derEncoded: self) } catch {
      throw DERError("\(what) is not as DER wants it", at: start)
    }
  }

  func objectIdentifier(_ what: String) throws(DERError) -> OID {
    guard identifier == .objectIdentifier, let oid = OID(content: try primitive(what)) else {
      throw DERError("\(what) is not a valid object identifier", at: start)
    }
    return oid
  }

  /// A small integer that is not negative.
  func count(_ what: String) throws(DERError) -> Int {
    guard let number = Int32(exactly: try value(Int.self, what)), number >= 0 else {
      throw DERError("\(what) is negative or too large", at: start)
    }
    return Int(number)
  }

  /// Where the bytes of a BIT STRING without unused bits stand: keys and signatures.
  func wholeBits(_ what: String) throws(DERError) -> Range<Int> {
    let bits = try value(ASN1BitString.self, what)
    guard bits.paddingBits == 0 else {
      throw DERError("\(what) is not a bit string of whole bytes", at: start)
    }
    return bits.bytes.startIndex..<bits.bytes.endIndex
  }

  /// A time in the one form that RFC 5280 section 4.1.2.5 allows for its year.
  func time(_ what: String) throws(DERError) -> Timestamp {
    let content = try primitive(what)
    let civil: CivilTime
    if identifier == .utcTime {
      civil = CivilTime(try value(UTCTime.self, what))
    } else {
      // Fractions are refused before they are parsed.
      guard identifier == .generalizedTime, content.count == 15 else { throw notATime(what) }
      civil = CivilTime(try value(GeneralizedTime.self, what))
      guard civil.year >= 2050 else { throw notATime(what) }
    }
    // swift-asn1 lets leap seconds through.
    guard civil.isValid else { throw notATime(what) }
    return Timestamp(civil)
  }

  private func notATime(_ what: String) -> DERError {
    DERError("\(what) is not a time as RFC 5280 wants it", at: start)
  }
}

extension CivilTime {
  fileprivate init(_ time: UTCTime) {
    self.init(
      year: time.year, month: time.month, day: time.day, hour: time.hours, minute: time.minutes,
      second: time.seconds)
  }

  fileprivate init(_ time: GeneralizedTime) {
    self.init(
      year: time.year, month: time.month, day: time.day, hour: time.hours, minute: time.minutes,
      second: time.seconds)
  }
}
