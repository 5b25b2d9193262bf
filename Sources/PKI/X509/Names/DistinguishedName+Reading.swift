extension DistinguishedName {
  /// Takes the DER of a Name after checking all of it: a sequence of non-empty sets in DER order of
  /// attributes whose strings hold only what they may.
  package init(parsing der: [UInt8]) throws(DERError) {
    try Self.forEachRelativeName(of: der) { attributes throws(DERError) in
      while !attributes.isAtEnd { try NameAttribute.check(&attributes) }
    }
    self.init(der: der)
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
    try forEachRelativeName(of: der) { attributes throws(DERError) in
      var name: [NameAttribute] = []
      while !attributes.isAtEnd { name.append(try NameAttribute(&attributes)) }
      names.append(name)
    }
    return names
  }

  private static func forEachRelativeName(
    of der: [UInt8], _ body: (inout DERReader) throws(DERError) -> Void
  ) throws(DERError) {
    var reader = try DERReader.open(der, .sequence, "a distinguished name")
    while !reader.isAtEnd {
      let set = try reader.read(.set, "a relative distinguished name")
      guard !set.content.isEmpty else {
        throw DERError("a relative distinguished name is empty", at: set.range.lowerBound)
      }
      var attributes = reader.inside(set)
      try checkOrder(of: attributes)
      try body(&attributes)
    }
  }

  /// A SET OF stands in ascending order of its encodings (X.690 section 11.6).
  private static func checkOrder(of reader: DERReader) throws(DERError) {
    var reader = reader
    var previous: ArraySlice<UInt8> = []
    while !reader.isAtEnd {
      let element = try reader.read()
      let encoding = reader.slice(element.range)
      guard !encoding.lexicographicallyPrecedes(previous) else {
        throw DERError("a set is not in order", at: element.range.lowerBound)
      }
      previous = encoding
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
