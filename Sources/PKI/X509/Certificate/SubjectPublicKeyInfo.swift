import Crypto
import SwiftASN1

/// What a SubjectPublicKeyInfo says of its key (RFC 5280 section 4.1.2.7). The structure alone is
/// read: whether a point lies on its curve is for the one who has a curve.
package struct SubjectPublicKeyInfo: Hashable, Sendable {
  package let der: [UInt8]
  package let id: KeyID
  /// One of certwright's own kinds; nil for any other key.
  package let algorithm: KeyAlgorithm?
  /// The kind for people: `ecdsa-p256`, or what there is instead, as in `RSA with 1024 bits`.
  package let algorithmDescription: String

  /// Reads the whole of the bytes.
  package init(_ der: [UInt8]) throws(DERError) {
    let node = try ASN1Node.parse(DERReader(der), "the public key")
    guard node.identifier == .sequence else { throw DERError("the public key has the wrong type") }
    try self.init(node, in: der)
  }

  /// Reads what was parsed from these bytes.
  init(_ node: ASN1Node, in bytes: [UInt8]) throws(DERError) {
    let what = "the public key's algorithm"
    var fields = try DERNodes(node, "the public key")
    var identifier = try fields.inside(what)
    let type = try identifier.next(what).objectIdentifier(what)
    let parameters = identifier.isAtEnd ? nil : try identifier.next(what)
    try identifier.finish(what)
    let bits = try fields.next(.bitString, "the public key").wholeBits("the public key")
    try fields.finish("the public key")
    let key = bytes[bits.clamped(to: 0..<bytes.count)]
    der = Array(node.encodedBytes)
    id = KeyID(sha256: SHA256.hash(data: key))
    switch type {
    case .rsaEncryption:
      // The walk before the parser has seen that a NULL is empty.
      (algorithm, algorithmDescription) = try Self.rsa(
        DERReader(bytes).within(bits), hasNullParameters: parameters?.identifier == .null)
    case .ecPublicKey:
      (algorithm, algorithmDescription) = Self.curve(
        key, parameters?.encodedBytes ?? [])
    case .ed25519 where parameters == nil && key.count == 32:
      (algorithm, algorithmDescription) = (.ed25519, KeyAlgorithm.ed25519.rawValue)
    default: (algorithm, algorithmDescription) = (nil, "algorithm \(type.name)")
    }
  }

  package var publicKey: PublicKey? {
    algorithm.map { PublicKey(algorithm: $0, subjectPublicKeyInfo: der, id: id) }
  }

  /// RSAPublicKey (RFC 8017 appendix A.1.1) of one of three sizes. An exponent below 65537 is not
  /// ours: OpenSSL's `req -verify` passes on 3 without a word.
  private static func rsa(
    _ key: DERReader, hasNullParameters: Bool
  ) throws(DERError) -> (KeyAlgorithm?, String) {
    let node = try ASN1Node.parse(key, "the RSA key")
    guard node.identifier == .sequence else { throw DERError("the RSA key has the wrong type") }
    var fields = try DERNodes(node, "the RSA key")
    let signedModulus = try fields.next(.integer, "the modulus").primitive("the modulus")
    let signedExponent = try fields.next(.integer, "the exponent").primitive("the exponent")
    try fields.finish("the RSA key")
    guard signedModulus.first ?? 0x80 < 0x80, signedExponent.first ?? 0x80 < 0x80 else {
      return (nil, "RSA with a negative number")
    }
    let modulus = signedModulus.drop { $0 == 0 }
    let exponent = signedExponent.drop { $0 == 0 }
    let bits = modulus.first.map { modulus.count * 8 - $0.leadingZeroBitCount } ?? 0
    guard hasNullParameters else { return (nil, "RSA without its NULL parameters") }
    guard (3...8).contains(exponent.count), let last = exponent.last, last & 1 == 1 else {
      return (nil, "RSA with \(bits) bits and the exponent 0x\(Hex.encode(exponent.prefix(9)))")
    }
    switch bits {
    case 2048: return (.rsa2048, KeyAlgorithm.rsa2048.rawValue)
    case 3072: return (.rsa3072, KeyAlgorithm.rsa3072.rawValue)
    case 4096: return (.rsa4096, KeyAlgorithm.rsa4096.rawValue)
    default: return (nil, "RSA with \(bits) bits")
    }
  }

  private static let curves: [(OID, KeyAlgorithm, coordinate: Int)] = [
    (.prime256v1, .ecdsaP256, 32), (.secp384r1, .ecdsaP384, 48), (.secp521r1, .ecdsaP521, 66),
  ]

  /// A named curve and an uncompressed point (RFC 5480 section 2.2).
  private static func curve(
    _ point: ArraySlice<UInt8>, _ parameters: ArraySlice<UInt8>
  ) -> (KeyAlgorithm?, String) {
    guard parameters.first == DERTag.objectIdentifier.byte else {
      return (nil, "ECDSA with explicit curve parameters")
    }
    for (curve, algorithm, coordinate) in curves
    where parameters.dropFirst(2).elementsEqual(curve.content) {
      guard point.count == 1 + 2 * coordinate, point.first == 4 else {
        return (nil, "\(algorithm.rawValue) with a point that is not uncompressed")
      }
      return (algorithm, algorithm.rawValue)
    }
    let name = OID(content: parameters.dropFirst(2))?.description ?? "unknown"
    return (nil, "ECDSA on curve \(name)")
  }
}

extension KeyID {
  /// The identifier of the key in a SubjectPublicKeyInfo.
  package init(subjectPublicKeyInfo der: [UInt8]) throws(DERError) {
    self = try SubjectPublicKeyInfo(der).id
  }
}

extension PublicKey {
  /// Recognises a key of one of certwright's kinds by its structure; any other is refused by name.
  package init(subjectPublicKeyInfo der: [UInt8]) throws(DERError) {
    let info = try SubjectPublicKeyInfo(der)
    guard let key = info.publicKey else {
      throw DERError("the public key is \(info.algorithmDescription), which is not supported")
    }
    self = key
  }
}
