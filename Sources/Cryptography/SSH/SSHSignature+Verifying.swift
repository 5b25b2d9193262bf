import COpenSSL
package import PKI

extension SSHSignature {
  /// Whether this is the key's signature of a message.
  ///
  /// A signature by a security key that nobody touched is none: it says that a machine was there.
  package func verifies(_ message: [UInt8]) throws(OpenSSLError) -> Bool {
    if let securityKey, !securityKey.isUserPresent { return false }
    let key = try publicKey.load()
    let digest = digest
    let signature = wireValue
    let bytes = signedBytes(of: message)
    let context = try unsafe Handle("prepare checking a signature", free: EVP_MD_CTX_free) {
      unsafe EVP_MD_CTX_new()
    }
    try OpenSSL.check("prepare checking a signature") {
      unsafe EVP_DigestVerifyInit(context.pointer, nil, digest?.pointer, nil, key.pointer)
    }
    return OpenSSL.asks {
      unsafe EVP_DigestVerify(context.pointer, signature, signature.count, bytes, bytes.count)
    }
  }

  private var digest: Digest? {
    switch value {
    case .ed25519: nil
    case .rsa(let hash, _): hash == .sha256 ? .sha256 : .sha512
    case .ecdsa:
      if case .ecdsa(let curve, _) = publicKey.material { curve.digest } else { .sha256 }
    }
  }

  /// The signature as OpenSSL takes it.
  private var wireValue: [UInt8] {
    switch value {
    case .ed25519(let bytes): return bytes
    case .ecdsa(let r, let s):
      return DER.element(DER.sequence, DER.unsigned(r), DER.unsigned(s))
    case .rsa(_, let bytes):
      // Some signers leave out leading zeros; OpenSSH puts them back, OpenSSL does not.
      guard case .rsa(let modulus, _) = publicKey.material, bytes.count < modulus.count else {
        return bytes
      }
      return [UInt8](repeating: 0, count: modulus.count - bytes.count) + bytes
    }
  }
}

extension SSHPublicKey.Curve {
  /// RFC 5656 section 6.2.1: the digest goes with the size of the curve.
  var digest: Digest {
    switch self {
    case .nistp256: .sha256
    case .nistp384: .sha384
    case .nistp521: .sha512
    }
  }

  var form: KeyForm {
    switch self {
    case .nistp256: .p256
    case .nistp384: .p384
    case .nistp521: .p521
    }
  }
}

extension SSHPublicKey {
  /// The key as OpenSSL wants it. A point that is not on its curve is refused here.
  func load() throws(OpenSSLError) -> Handle {
    switch material {
    case .ed25519(let point), .securityKeyEd25519(let point, _):
      try Self.load(.ed25519, point)
    case .ecdsa(let curve, let point): try Self.load(curve.form, point)
    case .securityKeyECDSA(let point, _): try Self.load(.p256, point)
    case .rsa(let modulus, let exponent):
      try KeyParameters.rsa(modulus: modulus, exponent: exponent)
    }
  }

  private static func load(_ form: KeyForm, _ point: [UInt8]) throws(OpenSSLError) -> Handle {
    try KeyParameters.elliptic(
      form, publicBytes: point, privateBytes: SecretBytes(capacity: 0))
  }
}
