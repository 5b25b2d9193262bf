import PKI

/// The fixed DER around the raw bytes of an elliptic key.
///
/// OpenSSL's encoders and decoders cost ten to twenty times what the cryptography does, so keys
/// of one curve, whose DER differs in the raw bytes alone, are written and read by these forms.
struct KeyForm: Sendable {
  let algorithm: KeyAlgorithm
  /// OpenSSL's names: the kind of key and, for elliptic curves, the group.
  let kind: String
  let group: String?
  /// The content of the curve's OBJECT IDENTIFIER; empty for Ed25519.
  let curve: [UInt8]
  let privateLength: Int
  let publicLength: Int
  /// Before the public bytes in a SubjectPublicKeyInfo (RFC 5480 section 2, RFC 8410 section 4).
  let publicPrefix: [UInt8]
  /// Before the private bytes in a PrivateKeyInfo (RFC 5208 section 5, RFC 5915, RFC 8410).
  let privatePrefix: [UInt8]
  /// Between the private and the public bytes; nil where the form ends after the private ones.
  let privateMiddle: [UInt8]?

  var privateInfoLength: Int {
    privatePrefix.count + privateLength + (privateMiddle.map { $0.count + publicLength } ?? 0)
  }

  static let ecPublicKey: [UInt8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]
  static let rsaEncryption: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]

  static let p256 = elliptic(
    .ecdsaP256, "P-256", scalar: 32, curve: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07])
  static let p384 = elliptic(
    .ecdsaP384, "P-384", scalar: 48, curve: [0x2b, 0x81, 0x04, 0x00, 0x22])
  static let p521 = elliptic(
    .ecdsaP521, "P-521", scalar: 66, curve: [0x2b, 0x81, 0x04, 0x00, 0x23])
  static let ed25519 = KeyForm(
    algorithm: .ed25519, kind: "ED25519", group: nil, curve: [], privateLength: 32,
    publicLength: 32,
    publicPrefix: [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00],
    privatePrefix: [
      0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
      0x20,
    ],
    privateMiddle: nil)

  static let all = [p256, p384, p521, ed25519]

  /// The form of an algorithm's keys; nil for RSA, whose lengths vary.
  static func of(_ algorithm: KeyAlgorithm) -> KeyForm? {
    switch algorithm {
    case .rsa2048, .rsa3072, .rsa4096: nil
    case .ecdsaP256: p256
    case .ecdsaP384: p384
    case .ecdsaP521: p521
    case .ed25519: ed25519
    }
  }

  private static func elliptic(
    _ algorithm: KeyAlgorithm, _ group: String, scalar: Int, curve: [UInt8]
  ) -> KeyForm {
    let point = 1 + 2 * scalar
    let identifier = DER.element(
      DER.sequence, DER.element(DER.objectIdentifier, ecPublicKey),
      DER.element(DER.objectIdentifier, curve))
    let middle = prefixes(DER.bitString, [0], before: point, inside: 0xa1)
    let version = DER.unsigned(1)
    let scalarHeader = DER.header(DER.octetString, scalar)
    let inner = version.count + scalarHeader.count + scalar + middle.count + point
    let innerHeader = DER.header(DER.sequence, inner)
    let octets = DER.header(DER.octetString, innerHeader.count + inner)
    let zero = DER.unsigned(0)
    let whole = zero.count + identifier.count + octets.count + innerHeader.count + inner
    return KeyForm(
      algorithm: algorithm, kind: "EC", group: group, curve: curve, privateLength: scalar,
      publicLength: point,
      publicPrefix: prefixes(DER.bitString, [0], before: point, after: identifier),
      privatePrefix: DER.header(DER.sequence, whole) + zero + identifier + octets + innerHeader
        + version + scalarHeader,
      privateMiddle: middle)
  }

  /// A BIT STRING's header for `count` bytes, wrapped in an explicit tag.
  private static func prefixes(
    _ tag: UInt8, _ unused: [UInt8], before count: Int, inside explicit: UInt8
  ) -> [UInt8] {
    let bits = DER.header(tag, unused.count + count) + unused
    return DER.header(explicit, bits.count + count) + bits
  }

  /// A SEQUENCE's header, the algorithm identifier, and a BIT STRING's header for `count` bytes.
  private static func prefixes(
    _ tag: UInt8, _ unused: [UInt8], before count: Int, after identifier: [UInt8]
  ) -> [UInt8] {
    let bits = DER.header(tag, unused.count + count) + unused
    return DER.header(DER.sequence, identifier.count + bits.count + count) + identifier + bits
  }
}
