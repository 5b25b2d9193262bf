import SwiftASN1

extension DistinguishedName {
  /// Takes the DER of a Name after checking all of it: a sequence of non-empty sets in DER order of
  /// attributes whose strings hold only what they may.
  package init(parsing der: [UInt8]) throws(DERError) {
    try self.init(
      ASN1Node.parse(DERReader(der), "a distinguished name"), "a distinguished name")
  }

  /// The same for a Name that was parsed with what holds it.
  init(_ node: ASN1Node, _ what: String) throws(DERError) {
    do {
      try Self.forEachRelativeName(of: node) { attributes throws(DERError) in
        while let attribute = attributes.upcoming {
          try NameAttribute.check(attribute)
          _ = try attributes.next("an attribute of a name")
        }
      }
    } catch {
      throw DERError("\(what): \(error.message)", at: error.offset)
    }
    self.init(der: Array(node.encodedBytes))
  }

  package static let empty = DistinguishedName(der: [0x30, 0x00])

  package var isEmpty: Bool { der == Self.empty.der }

  /// The relative distinguished names from the first encoded, which is the broadest, each with its
  /// attributes. A name of bytes that nobody checked and that are no Name has none.
  package var relativeNames: [[NameAttribute]] {
    do {
      return try Self.relativeNames(of: der)
    } catch {
      return []
    }
  }

  /// All attributes in encoding order, also those of multi-valued relative names.
  package var attributes: [NameAttribute] { relativeNames.flatMap(\.self) }

  /// The last common name, which is the most specific one and the one that OpenSSL compares.
  package var commonName: String? { attributes.last { $0.type == .commonName }?.value }

  package func values(of type: OID) -> [String] {
    attributes.filter { $0.type == type }.map(\.value)
  }

  private static func relativeNames(of der: [UInt8]) throws(DERError) -> [[NameAttribute]] {
    var names: [[NameAttribute]] = []
    let node = try ASN1Node.parse(DERReader(der), "a distinguished name")
    try forEachRelativeName(of: node) { attributes throws(DERError) in
      var name: [NameAttribute] = []
      while !attributes.isAtEnd {
        name.append(try NameAttribute(attributes.next("an attribute of a name")))
      }
      names.append(name)
    }
    return names
  }

  private static func forEachRelativeName(
    of node: ASN1Node, _ body: (inout DERNodes) throws(DERError) -> Void
  ) throws(DERError) {
    guard node.identifier == .sequence else {
      throw DERError("a distinguished name has the wrong type", at: node.start)
    }
    let what = "a relative distinguished name"
    var names = try DERNodes(node, "a distinguished name")
    while !names.isAtEnd {
      var attributes = try names.inside(what, .set)
      guard !attributes.isAtEnd else {
        throw DERError("\(what) is empty", at: attributes.position)
      }
      try checkOrder(of: attributes)
      try body(&attributes)
    }
  }

  /// A SET OF stands in ascending order of its encodings (X.690 section 11.6).
  private static func checkOrder(of nodes: DERNodes) throws(DERError) {
    var nodes = nodes
    var previous: ArraySlice<UInt8> = []
    while !nodes.isAtEnd {
      let node = try nodes.next("an attribute of a name")
      guard !node.encodedBytes.lexicographicallyPrecedes(previous) else {
        throw DERError("a set is not in order", at: node.start)
      }
      previous = node.encodedBytes
    }
  }
}

extension DistinguishedName {
  /// A key that is equal for names that differ in the case of letters alone: two clients with such
  /// names are one to proxies that compare names without case, as nginx's `map` does.
  ///
  /// Built from types and text, so that it also joins names whose strings are of another type.
  package var caseFolded: String {
    relativeNames.map { name in
      name.map { attribute in
        let value = attribute.value.lowercased()
        return "\(attribute.oid)=\(value.utf8.count):\(value)"
      }.joined(separator: "+")
    }.joined(separator: ",")
  }
}
