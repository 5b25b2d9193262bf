import SwiftASN1
import X509

/// The values of the extensions that certwright knows.
package struct ExtensionValues: Hashable, Sendable {
  package var authority: CertificateSpec.AuthorityBits?
  package var keyUsage: KeyUsage?
  package var extendedKeyUsage: [ExtendedKeyUsage]?
  package var alternativeNames: [SubjectAlternativeName] = []
  package var subjectKeyIdentifier: [UInt8]?
  package var authorityKeyIdentifier: [UInt8]?
  package var nameConstraints: NameConstraints?
  package var distributionPoints: [String] = []
  package var issuerURLs: [String] = []
  package var ocspURLs: [String] = []
  /// What stands in the extensions and fits none of the fields above, for people and for
  /// comparison: `subjectAltName: registeredID 2a03`.
  package var others: [String] = []

  package init() {}

  /// The extensions that are read here.
  package static let known: Set<OID> = [
    .basicConstraints, .keyUsage, .extendedKeyUsage, .subjectAlternativeName,
    .subjectKeyIdentifier, .authorityKeyIdentifier, .nameConstraints, .crlDistributionPoints,
    .authorityInfoAccess,
  ]

  /// Reads the value of one extension, which fills the reader; others are left alone.
  ///
  /// X509's own types read those that they read whole and as strictly. The others lose something
  /// that is kept or refused here: names of other kinds, identifiers of any length, the difference
  /// between an absent and an empty list.
  package mutating func read(_ oid: OID, _ value: DERReader) throws(DERError) {
    switch oid {
    case .basicConstraints: try readBasicConstraints(value)
    case .keyUsage:
      let usage = try Self.known(.X509ExtensionID.keyUsage, value, oid) {
        try X509.KeyUsage($0)
      }
      keyUsage = KeyUsage(usage)
    case .subjectKeyIdentifier:
      let identifier = try Self.known(.X509ExtensionID.subjectKeyIdentifier, value, oid) {
        try SubjectKeyIdentifier($0)
      }
      subjectKeyIdentifier = Array(identifier.keyIdentifier)
    case .extendedKeyUsage: try readPurposes(Self.sequence(value, oid))
    case .subjectAlternativeName:
      for name in try GeneralName.list(Self.sequence(value, oid), "subjectAltName") {
        switch name {
        case .known(let name): alternativeNames.append(name)
        case .other(let text): others.append("subjectAltName: \(text)")
        }
      }
    case .authorityKeyIdentifier: try readAuthorityKeyIdentifier(Self.sequence(value, oid))
    case .nameConstraints: try readNameConstraints(Self.sequence(value, oid))
    case .crlDistributionPoints: try readDistributionPoints(Self.sequence(value, oid))
    case .authorityInfoAccess: try readAccess(Self.sequence(value, oid))
    default: return
    }
  }

  /// Reads with a type of X509's.
  private static func known<Value>(
    _ identifier: ASN1ObjectIdentifier, _ value: DERReader, _ oid: OID,
    _ read: (X509.Certificate.Extension) throws -> Value
  ) throws(DERError) -> Value {
    let bytes = try value.single("the extension \(oid.name)")
    do {
      return try read(.init(oid: identifier, critical: false, value: bytes))
    } catch {
      throw DERError("the extension \(oid.name) is not as RFC 5280 wants it", at: value.position)
    }
  }

  private static func sequence(_ value: DERReader, _ oid: OID) throws(DERError) -> DERNodes {
    let node = try ASN1Node.parse(value, "the extension \(oid.name)")
    guard node.identifier == .sequence else {
      throw DERError("the extension \(oid.name) has the wrong type", at: node.start)
    }
    return try DERNodes(node, "the extension \(oid.name)")
  }

  private mutating func readBasicConstraints(_ value: DERReader) throws(DERError) {
    let constraints = try Self.known(
      .X509ExtensionID.basicConstraints, value, .basicConstraints
    ) { try BasicConstraints($0) }
    guard case .isCertificateAuthority(let pathLength) = constraints else { return }
    guard pathLength.map({ (0...Int(Int32.max)).contains($0) }) ?? true else {
      throw DERError("pathLenConstraint is negative or too large", at: value.position)
    }
    authority = .init(pathLength: pathLength)
  }

  private mutating func readPurposes(_ nodes: DERNodes) throws(DERError) {
    var nodes = nodes
    var purposes: [ExtendedKeyUsage] = []
    while !nodes.isAtEnd {
      let what = "a purpose in extKeyUsage"
      purposes.append(ExtendedKeyUsage(try nodes.next(what).objectIdentifier(what)))
    }
    guard !purposes.isEmpty else { throw DERError("extKeyUsage is empty", at: nodes.position) }
    extendedKeyUsage = purposes
  }

  /// The key identifier; the issuer's name and serial number, which `openssl ca` can add, are noted.
  private mutating func readAuthorityKeyIdentifier(_ nodes: DERNodes) throws(DERError) {
    var nodes = nodes
    if let identifier = nodes.optional(.context(0)) {
      authorityKeyIdentifier = Array(try identifier.primitive("keyIdentifier"))
    }
    if let names = nodes.optional(.context(1)) {
      _ = try GeneralName.list(DERNodes(names, "authorityCertIssuer"), "authorityCertIssuer")
      others.append("authorityKeyIdentifier: authorityCertIssuer")
    }
    if let serial = nodes.optional(.context(2)) {
      let what = "authorityCertSerialNumber"
      let content = try serial.primitive(what)
      guard DERReader.isShortestInteger(content) else {
        throw DERError("\(what) is not an integer in its shortest form", at: serial.start)
      }
      others.append("authorityKeyIdentifier: \(what) \(Hex.encode(content))")
    }
    try nodes.finish("authorityKeyIdentifier")
  }

  private mutating func readAccess(_ nodes: DERNodes) throws(DERError) {
    var nodes = nodes
    while !nodes.isAtEnd {
      var access = try nodes.inside("an access description")
      let method = try access.next("an access method").objectIdentifier("an access method")
      let name = try GeneralName(access.next("an access location"))
      try access.finish("an access description")
      switch (method, name) {
      case (.caIssuers, .known(let uri)) where uri.kind == .uri: issuerURLs.append(uri.value)
      case (.ocsp, .known(let uri)) where uri.kind == .uri: ocspURLs.append(uri.value)
      default: others.append("authorityInfoAccess: \(method.name) \(name)")
      }
    }
  }
}
