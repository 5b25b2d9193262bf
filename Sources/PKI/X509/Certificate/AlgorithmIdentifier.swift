import SwiftASN1

/// The algorithm of a signature as it stands in certificates, lists and requests.
package enum SignatureAlgorithmIdentifier: Hashable, Sendable, CustomStringConvertible {
  case known(SignatureAlgorithm)
  /// Another algorithm, or one of ours with parameters that it must not have.
  case other(OID)

  /// Reads an AlgorithmIdentifier (RFC 5280 section 4.1.1.2).
  init(_ node: ASN1Node) throws(DERError) {
    if let known = SignatureAlgorithm.allCases.first(where: {
      node.encodedBytes.elementsEqual($0.identifier)
    }) {
      self = .known(known)
      return
    }
    let what = "the signature algorithm"
    guard node.identifier == .sequence else {
      throw DERError("\(what) has the wrong type", at: node.start)
    }
    var inner = try DERNodes(node, what)
    self = .other(try inner.next(what).objectIdentifier(what))
    if !inner.isAtEnd { _ = try inner.next(what) }
    try inner.finish(what)
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
      var serializer = DER.Serializer()
      serializer.appendConstructedNode(identifier: .sequence) { identifier in
        identifier.append(algorithm.oid)
        if algorithm == .sha256WithRSA {
          identifier.appendPrimitiveNode(identifier: .null) { _ in }
        }
      }
      identifiers[algorithm] = serializer.serializedBytes
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
    // By hand, because the serializer would move a list of a million entries to make room for its
    // length.
    let identifier = algorithm.identifier
    let bits = DERHeader(.bitString, length: signature.count + 1)
    let length = toBeSigned.count + identifier.count + bits.bytes.count + signature.count + 1
    let sequence = DERHeader(.sequence, length: length)
    var whole: [UInt8] = []
    whole.reserveCapacity(sequence.bytes.count + length)
    whole += sequence.bytes
    whole += toBeSigned
    whole += identifier
    whole += bits.bytes
    whole.append(0)
    whole += signature
    return whole
  }
}
