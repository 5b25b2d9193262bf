/// The algorithm of a signature as it stands in certificates, lists and requests.
package enum SignatureAlgorithmIdentifier: Hashable, Sendable, CustomStringConvertible {
  case known(SignatureAlgorithm)
  /// Another algorithm, or one of ours with parameters that it must not have.
  case other(OID)

  /// Reads the next AlgorithmIdentifier (RFC 5280 section 4.1.1.2).
  package init(_ reader: inout DERReader) throws(DERError) {
    let element = try reader.read(.sequence, "the signature algorithm")
    let encoding = reader.slice(element.range)
    if let known = SignatureAlgorithm.allCases.first(where: {
      encoding.elementsEqual($0.identifier)
    }) {
      self = .known(known)
      return
    }
    var inner = reader.inside(element)
    self = .other(try inner.readObjectIdentifier("the signature algorithm"))
    if !inner.isAtEnd { _ = try inner.read() }
    try inner.finish("the signature algorithm")
  }

  /// The name as in RFC 5280, RFC 5758 and RFC 8410, else dotted numbers.
  package var description: String {
    switch self {
    case .known(let algorithm): algorithm.rawValue
    case .other(let oid): oid.name
    }
  }

  package var known: SignatureAlgorithm? {
    switch self {
    case .known(let algorithm): algorithm
    case .other: nil
    }
  }
}

extension SignatureAlgorithm {
  package var oid: OID {
    switch self {
    case .sha256WithRSA: .sha256WithRSA
    case .ecdsaWithSHA256: .ecdsaWithSHA256
    case .ecdsaWithSHA384: .ecdsaWithSHA384
    case .ecdsaWithSHA512: .ecdsaWithSHA512
    case .ed25519: .ed25519
    }
  }

  /// The DER of the AlgorithmIdentifier: NULL parameters for RSA (RFC 4055 section 5), none for
  /// ECDSA (RFC 5758 section 3.2) and Ed25519 (RFC 8410 section 3).
  package var identifier: [UInt8] { Self.identifiers[self] ?? [] }

  private static let identifiers: [SignatureAlgorithm: [UInt8]] = {
    var identifiers: [SignatureAlgorithm: [UInt8]] = [:]
    for algorithm in allCases {
      var writer = DERWriter(capacity: 16)
      writer.sequence { writer in
        writer.objectIdentifier(algorithm.oid)
        if algorithm == .sha256WithRSA { writer.primitive(.null, []) }
      }
      identifiers[algorithm] = writer.bytes
    }
    return identifiers
  }()
}

/// A certificate or a revocation list with its signature: both are the signed bytes, the algorithm
/// and the signature in one sequence (RFC 5280 sections 4.1 and 5.1).
package enum SignedObject {
  package static func assemble(
    _ toBeSigned: [UInt8], _ algorithm: SignatureAlgorithm, signature: [UInt8]
  ) -> [UInt8] {
    var body = DERWriter(capacity: 32 + signature.count)
    body.append(algorithm.identifier)
    body.wholeBits(signature)
    var whole = DERWriter(capacity: toBeSigned.count + body.bytes.count + 8)
    whole.append([DERTag.sequence.byte])
    whole.appendLength(toBeSigned.count + body.bytes.count)
    whole.append(toBeSigned)
    whole.append(body.bytes)
    return whole.bytes
  }
}
