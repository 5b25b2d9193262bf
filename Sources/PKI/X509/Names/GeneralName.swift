import SwiftASN1
import X509

/// A GeneralName as it is read (RFC 5280 section 4.2.1.6): one of the four kinds that certwright
/// writes, or another kind by its name.
package enum GeneralName: Hashable, Sendable {
  case known(SubjectAlternativeName)
  /// The kind as RFC 5280 calls it and its content in hexadecimal, as in `otherName 06...`.
  case other(String)

  /// Reads the four known kinds in canonical form, with X509's type. Other kinds are shown and not
  /// understood, so nothing in them can be a reason to refuse.
  init(_ node: ASN1Node) throws(DERError) {
    guard node.identifier.tagClass == .contextSpecific else {
      throw DERError("a name is of no kind that RFC 5280 knows", at: node.start)
    }
    if let kind = Self.otherKinds[node.identifier.tagNumber] {
      self = .other("\(kind) \(Hex.encode(try Self.content(of: node, kind)))")
    } else {
      self = .known(try Self.known(node))
    }
  }

  private static func known(_ node: ASN1Node) throws(DERError) -> SubjectAlternativeName {
    let name: X509.GeneralName
    do { name = try X509.GeneralName(derEncoded: node) } catch {
      throw DERError("a name is of no kind that RFC 5280 knows or not ASCII", at: node.start)
    }
    switch name {
    case .rfc822Name(let text): return .init(kind: .email, canonical: text)
    case .dnsName(let text): return .init(kind: .dns, canonical: text.lowercased())
    case .uniformResourceIdentifier(let text): return .init(kind: .uri, canonical: text)
    case .ipAddress(let octets):
      guard let address = IPAddress(bytes: Array(octets.bytes)) else {
        throw DERError("an IP address has neither 4 nor 16 bytes", at: node.start)
      }
      return .init(kind: .ip, canonical: address.description)
    default: throw DERError("a name is of no kind that RFC 5280 knows", at: node.start)
    }
  }

  private static let otherKinds: [UInt: String] = [
    0: "otherName", 3: "x400Address", 4: "directoryName", 5: "ediPartyName", 8: "registeredID",
  ]

  /// All but registeredID are constructed.
  private static func content(
    of node: ASN1Node, _ kind: String
  ) throws(DERError) -> ArraySlice<UInt8> {
    if node.identifier.tagNumber == 8 { return try node.primitive(kind) }
    var nodes = try DERNodes(node, kind)
    let start = nodes.position
    while !nodes.isAtEnd { _ = try nodes.next(kind) }
    return node.encodedBytes[start...]
  }

  /// Reads GeneralNames: at least one.
  static func list(_ nodes: DERNodes, _ what: String) throws(DERError) -> [GeneralName] {
    var nodes = nodes
    var names: [GeneralName] = []
    while !nodes.isAtEnd { names.append(try GeneralName(nodes.next(what))) }
    guard !names.isEmpty else { throw DERError("\(what) holds no names", at: nodes.position) }
    return names
  }
}
