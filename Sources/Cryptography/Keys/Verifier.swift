import COpenSSL
package import PKI

/// Checks many signatures of one key. Belongs to one thread.
package struct Verifier: ~Copyable {
  private let key: Handle
  private let context: Handle
  private let digest: Digest?

  /// Checks by the algorithm that goes with the key.
  package init(_ publicKey: PublicKey) throws(OpenSSLError) {
    try self.init(publicKey, Digest.of(SignatureAlgorithm(for: publicKey.algorithm)))
  }

  init(_ publicKey: PublicKey, _ digest: Digest?) throws(OpenSSLError) {
    let key = try publicKey.load()
    let context = try unsafe Handle("prepare checking signatures", free: EVP_PKEY_CTX_free) {
      unsafe EVP_PKEY_CTX_new_from_pkey(nil, key.pointer, nil)
    }
    if let digest {
      try OpenSSL.check("prepare checking signatures") {
        unsafe EVP_PKEY_verify_init(context.pointer)
      }
      try OpenSSL.check("prepare checking signatures") {
        unsafe EVP_PKEY_CTX_set_signature_md(context.pointer, digest.pointer)
      }
    }
    self.key = key
    self.context = context
    self.digest = digest
  }

  /// Whether the signature is the key's over exactly these bytes. A signature that is not even
  /// well-formed is no signature, not an error.
  package borrowing func accepts(
    _ signature: [UInt8], of bytes: some Collection<UInt8>
  ) throws(OpenSSLError) -> Bool {
    guard let digest else { return try acceptsWhole(signature, of: Array(bytes)) }
    let hash = try digest.hash(bytes)
    return OpenSSL.asks {
      unsafe EVP_PKEY_verify(context.pointer, signature, signature.count, hash, hash.count)
    }
  }

  private borrowing func acceptsWhole(
    _ signature: [UInt8], of bytes: [UInt8]
  ) throws(OpenSSLError) -> Bool {
    let context = try unsafe Handle("prepare checking a signature", free: EVP_MD_CTX_free) {
      unsafe EVP_MD_CTX_new()
    }
    try OpenSSL.check("prepare checking a signature") {
      unsafe EVP_DigestVerifyInit(context.pointer, nil, nil, nil, key.pointer)
    }
    return OpenSSL.asks {
      unsafe EVP_DigestVerify(
        context.pointer, signature, signature.count, bytes, bytes.count)
    }
  }
}

/// One check of one signature.
///
/// - Returns: whether the signature is the key's over exactly these bytes, by the algorithm that
///   goes with the key.
package func verify(
  signature: [UInt8], of bytes: [UInt8], by publicKey: PublicKey
) throws(OpenSSLError) -> Bool {
  try Verifier(publicKey).accepts(signature, of: bytes)
}
