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

  /// Reads the value of one extension; others are left alone.
  package mutating func read(_ oid: OID, _ value: DERReader) throws(DERError) {
    var value = value
    switch oid {
    case .basicConstraints: try readBasicConstraints(&value)
    case .keyUsage:
      let bits = try value.read(.bitString, "keyUsage")
      keyUsage = KeyUsage(rawValue: try value.namedBits(bits, "keyUsage"))
    case .extendedKeyUsage: try readPurposes(&value)
    case .subjectAlternativeName: try readAlternativeNames(&value)
    case .subjectKeyIdentifier:
      let identifier = try value.readOctetString("subjectKeyIdentifier")
      subjectKeyIdentifier = Array(value.slice(identifier.content))
    case .authorityKeyIdentifier: try readAuthorityKeyIdentifier(&value)
    case .nameConstraints: try readNameConstraints(&value)
    case .crlDistributionPoints: try readDistributionPoints(&value)
    case .authorityInfoAccess: try readAccess(&value)
    default: return
    }
    try value.finish("the extension \(oid.name)")
  }

  private mutating func readBasicConstraints(_ value: inout DERReader) throws(DERError) {
    var inner = try value.readSequence("basicConstraints")
    let isAuthority = try inner.readOptionalTrue("basicConstraints")
    let pathLength = inner.isAtEnd ? nil : try inner.readCount("pathLenConstraint")
    try inner.finish("basicConstraints")
    guard isAuthority || pathLength == nil else {
      throw DERError("pathLenConstraint stands on a certificate that is no authority's")
    }
    if isAuthority { authority = .init(pathLength: pathLength) }
  }

  private mutating func readPurposes(_ value: inout DERReader) throws(DERError) {
    var inner = try value.readSequence("extKeyUsage")
    var purposes: [ExtendedKeyUsage] = []
    while !inner.isAtEnd {
      purposes.append(ExtendedKeyUsage(try inner.readObjectIdentifier("a purpose in extKeyUsage")))
    }
    guard !purposes.isEmpty else { throw DERError("extKeyUsage is empty", at: inner.position) }
    extendedKeyUsage = purposes
  }

  private mutating func readAlternativeNames(_ value: inout DERReader) throws(DERError) {
    let inner = try value.readSequence("subjectAltName")
    for name in try GeneralName.list(inner, "subjectAltName") {
      switch name {
      case .known(let name): alternativeNames.append(name)
      case .other(let text): others.append("subjectAltName: \(text)")
      }
    }
  }

  /// The key identifier; the issuer's name and serial number, which `openssl ca` can add, are noted.
  private mutating func readAuthorityKeyIdentifier(_ value: inout DERReader) throws(DERError) {
    var inner = try value.readSequence("authorityKeyIdentifier")
    if let identifier = try inner.readOptional(.context(0)) {
      authorityKeyIdentifier = Array(inner.slice(identifier.content))
    }
    if let names = try inner.readOptional(.constructedContext(1)) {
      _ = try GeneralName.list(inner.inside(names), "authorityCertIssuer")
      others.append("authorityKeyIdentifier: authorityCertIssuer")
    }
    if let serial = try inner.readOptional(.context(2)) {
      _ = try inner.integer(serial, "authorityCertSerialNumber")
      others.append(
        "authorityKeyIdentifier: authorityCertSerialNumber "
          + Hex.encode(inner.slice(serial.content)))
    }
    try inner.finish("authorityKeyIdentifier")
  }

  private mutating func readAccess(_ value: inout DERReader) throws(DERError) {
    var inner = try value.readSequence("authorityInfoAccess")
    while !inner.isAtEnd {
      var access = try inner.readSequence("an access description")
      let method = try access.readObjectIdentifier("an access method")
      let name = try GeneralName(&access)
      try access.finish("an access description")
      switch (method, name) {
      case (.caIssuers, .known(let uri)) where uri.kind == .uri: issuerURLs.append(uri.value)
      case (.ocsp, .known(let uri)) where uri.kind == .uri: ocspURLs.append(uri.value)
      default: others.append("authorityInfoAccess: \(method.name) \(name)")
      }
    }
  }
}
