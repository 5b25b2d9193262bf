/// The kinds of key that certwright makes and certifies, spelled as in desired state.
package enum KeyAlgorithm: String, Hashable, Sendable, CaseIterable {
  case rsa2048 = "rsa-2048"
  case rsa3072 = "rsa-3072"
  case rsa4096 = "rsa-4096"
  case ecdsaP256 = "ecdsa-p256"
  case ecdsaP384 = "ecdsa-p384"
  case ecdsaP521 = "ecdsa-p521"
  case ed25519

  package var isRSA: Bool {
    switch self {
    case .rsa2048, .rsa3072, .rsa4096: true
    case .ecdsaP256, .ecdsaP384, .ecdsaP521, .ed25519: false
    }
  }
}

/// The signature algorithm that goes with a key: SHA-256 for RSA and P-256, the digest of the
/// curve's own strength for the larger curves (RFC 5758 section 3.2), none for Ed25519 (RFC 8410).
package enum SignatureAlgorithm: String, Hashable, Sendable, CaseIterable {
  case sha256WithRSA = "sha256WithRSAEncryption"
  case ecdsaWithSHA256 = "ecdsa-with-SHA256"
  case ecdsaWithSHA384 = "ecdsa-with-SHA384"
  case ecdsaWithSHA512 = "ecdsa-with-SHA512"
  case ed25519 = "Ed25519"

  package init(for key: KeyAlgorithm) {
    switch key {
    case .rsa2048, .rsa3072, .rsa4096: self = .sha256WithRSA
    case .ecdsaP256: self = .ecdsaWithSHA256
    case .ecdsaP384: self = .ecdsaWithSHA384
    case .ecdsaP521: self = .ecdsaWithSHA512
    case .ed25519: self = .ed25519
    }
  }
}
