import SwiftASN1

extension RequestFacts {
  /// The attributes of a request (RFC 2986 section 4.1): extensionRequest is read, a password is
  /// refused, others are listed and read over.
  struct Attributes {
    private(set) var alternativeNames: [SubjectAlternativeName] = []
    private(set) var requestedExtensions: [OID] = []
    private(set) var ignored: [OID] = []

    /// Microsoft's twin of extensionRequest, which OpenSSL reads as the same.
    private static let otherExtensionRequest = OID(dotted: "1.3.6.1.4.1.311.2.1.14")

    init(_ nodes: DERNodes, in der: [UInt8]) throws(RequestError) {
      var nodes = nodes
      var seen: Set<OID> = []
      var previous: ArraySlice<UInt8> = []
      while let node = nodes.upcoming {
        let (oid, values) = try RequestFacts.malformed { () throws(DERError) in
          try Self.attribute(nodes.next("an attribute"))
        }
        guard seen.insert(oid).inserted else {
          throw .refused("the attribute \(oid.name) occurs twice")
        }
        guard !node.encodedBytes.lexicographicallyPrecedes(previous) else {
          throw .refused("the attributes are not in the order that DER wants")
        }
        previous = node.encodedBytes
        try take(oid, values, in: der)
      }
    }

    private static func attribute(_ node: ASN1Node) throws(DERError) -> (OID, [ASN1Node]) {
      guard node.identifier == .sequence else {
        throw DERError("an attribute has the wrong type", at: node.start)
      }
      var inner = try DERNodes(node, "an attribute")
      let oid = try inner.next("an attribute's type").objectIdentifier("an attribute's type")
      var set = try inner.inside("an attribute's values", .set)
      try inner.finish("an attribute")
      var values: [ASN1Node] = []
      while !set.isAtEnd { values.append(try set.next("an attribute's values")) }
      guard !values.isEmpty else { throw DERError("an attribute has no value", at: node.start) }
      return (oid, values)
    }

    private mutating func take(
      _ oid: OID, _ values: [ASN1Node], in der: [UInt8]
    ) throws(RequestError) {
      switch oid {
      case .extensionRequest:
        guard let value = values.first, values.count == 1 else {
          throw .refused("extensionRequest has \(values.count) values instead of one")
        }
        try takeExtensions(value, in: der)
      case .challengePassword:
        // It is a secret between its owner and an authority, and the file is in a repository.
        throw .refused("the request holds a challengePassword, which everybody could read")
      case Self.otherExtensionRequest:
        throw .refused("the request asks for extensions with an attribute of Microsoft's own")
      default: ignored.append(oid)
      }
    }

    private mutating func takeExtensions(
      _ value: ASN1Node, in der: [UInt8]
    ) throws(RequestError) {
      var values: [(OID, DERReader)] = []
      let list = try RequestFacts.malformed { () throws(DERError) in
        try CertificateFacts.readExtensions(value, in: der) { values.append(($0, $1)) }
      }
      requestedExtensions = list.map(\.oid)
      for (oid, inner) in values { try takeExtension(oid, inner) }
    }

    private mutating func takeExtension(
      _ oid: OID, _ inner: DERReader
    ) throws(RequestError) {
      if oid == .subjectAlternativeName { return try takeNames(inner) }
      guard oid == .basicConstraints || oid == .keyUsage else { return }
      let values = try RequestFacts.malformed { () throws(DERError) in
        var values = ExtensionValues()
        try values.read(oid, inner)
        return values
      }
      guard values.authority == nil else {
        throw .refused("the request asks for an authority's certificate (CA:TRUE)")
      }
      guard values.keyUsage?.isDisjoint(with: [.keyCertSign, .cRLSign]) ?? true else {
        throw .refused("the request asks for an authority's key usage")
      }
    }

    private mutating func takeNames(_ inner: DERReader) throws(RequestError) {
      let names = try RequestFacts.malformed { () throws(DERError) in
        let node = try ASN1Node.parse(inner, "subjectAltName")
        guard node.identifier == .sequence else {
          throw DERError("subjectAltName has the wrong type", at: node.start)
        }
        return try GeneralName.list(DERNodes(node, "subjectAltName"), "subjectAltName")
      }
      for name in names {
        switch name {
        case .other(let text):
          let kind = text.prefix { $0 != " " }
          throw .refused("the request asks for a name of the kind \(kind), which is not supported")
        case .known(let known):
          guard NameText.isVisibleASCII(known.value), !known.value.isEmpty else {
            throw .refused(
              "a \(known.kind.rawValue) name in the request is empty or has a space or a control "
                + "character")
          }
          alternativeNames.append(known)
        }
      }
    }
  }
}
