/// A public key as it stands in certificates: the DER of its SubjectPublicKeyInfo (RFC 5280
/// section 4.1.2.7), with its kind and its identifier.
///
/// Values of this type have been checked by whoever made them: ``Cryptography`` for generated keys
/// and CSRs, the certificate reader for published ones.
package struct PublicKey: Hashable, Sendable {
  package let algorithm: KeyAlgorithm
  package let subjectPublicKeyInfo: [UInt8]
  package let id: KeyID

  package init(algorithm: KeyAlgorithm, subjectPublicKeyInfo: [UInt8], id: KeyID) {
    self.algorithm = algorithm
    self.subjectPublicKeyInfo = subjectPublicKeyInfo
    self.id = id
  }
}

/// The identifier of a public key: the leftmost 160 bits of the SHA-256 hash of the bits of its
/// subjectPublicKey (RFC 7093 section 2, method 1), and so the subject key identifier of every
/// certificate that certwright makes. An imported authority's own identifier may differ.
package struct KeyID: Hashable, Comparable, Sendable, CustomStringConvertible {
  private let digest: Digest160

  /// Takes the SHA-256 hash of the subjectPublicKey's bits, which is 32 bytes long.
  package init(sha256 hash: some Sequence<UInt8>) {
    digest = Digest160(prefixOf: hash)
  }

  /// Reads forty lower-case hexadecimal digits.
  package init?(hex: some StringProtocol) {
    guard let digest = Digest160(hex: hex) else { return nil }
    self.digest = digest
  }

  /// Forty lower-case hexadecimal digits.
  package var hex: String { digest.hex }
  package var bytes: [UInt8] { digest.bytes }

  package static func < (left: KeyID, right: KeyID) -> Bool { left.digest < right.digest }

  package var description: String { hex }
}
