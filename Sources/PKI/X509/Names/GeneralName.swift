/// A GeneralName as it is read (RFC 5280 section 4.2.1.6): one of the four kinds that certwright
/// writes, or another kind by its name.
package enum GeneralName: Hashable, Sendable {
  case known(SubjectAlternativeName)
  /// The kind as RFC 5280 calls it and its content in hexadecimal, as in `otherName 06...`.
  case other(String)

  /// Reads the next GeneralName; the known kinds in canonical form.
  package init(_ reader: inout DERReader) throws(DERError) {
    let element = try reader.read()
    switch element.tag {
    case DERTag.context(1).byte:
      self = .known(.init(kind: .email, canonical: try reader.ascii(element, "a mail address")))
    case DERTag.context(2).byte:
      let name = try reader.ascii(element, "a DNS name")
      self = .known(.init(kind: .dns, canonical: name.lowercased()))
    case DERTag.context(6).byte:
      self = .known(.init(kind: .uri, canonical: try reader.ascii(element, "a URI")))
    case DERTag.context(7).byte:
      guard let text = IPAddress(bytes: Array(reader.slice(element.content)))?.description else {
        throw DERError("an IP address has neither 4 nor 16 bytes", at: element.range.lowerBound)
      }
      self = .known(.init(kind: .ip, canonical: text))
    default:
      guard let kind = Self.otherKinds[element.tag] else {
        throw DERError("a name is of no kind that RFC 5280 knows", at: element.range.lowerBound)
      }
      self = .other("\(kind) \(Hex.encode(reader.slice(element.content)))")
    }
  }

  private static let otherKinds: [UInt8: String] = [
    DERTag.constructedContext(0).byte: "otherName",
    DERTag.constructedContext(3).byte: "x400Address",
    DERTag.constructedContext(4).byte: "directoryName",
    DERTag.constructedContext(5).byte: "ediPartyName",
    DERTag.context(8).byte: "registeredID",
  ]

  /// Reads GeneralNames: at least one.
  package static func list(
    _ reader: DERReader, _ what: String
  ) throws(DERError) -> [GeneralName] {
    var reader = reader
    var names: [GeneralName] = []
    while !reader.isAtEnd { names.append(try GeneralName(&reader)) }
    guard !names.isEmpty else { throw DERError("\(what) holds no names", at: reader.position) }
    return names
  }
}
