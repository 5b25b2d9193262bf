import COpenSSL
package import PKI

/// A private key that signs what it is given as `ssh-keygen -Y sign` does.
package final class SSHSigningKey: Sendable {
  package let publicKey: SSHPublicKey
  private let key: PrivateKey

  /// Reads OpenSSH's own format, PKCS#8, or the older encodings, in PEM. None may be encrypted: the
  /// program runs unattended, and a passphrase beside the key would protect nothing.
  package init(pem text: [UInt8]) throws(KeyFormatError) {
    let key: PrivateKey
    if OpenSSHPrivateKey.isBegun(text) {
      key = try OpenSSHPrivateKey.decode(text)
    } else {
      do throws(KeyFormatError) {
        key = try PrivateKey(pem: text, nil)
      } catch .passphraseNeeded {
        throw Self.encrypted
      }
    }
    let isConsistent: Bool
    do throws(OpenSSLError) {
      isConsistent = try key.isConsistent()
      publicKey = try SSHPublicKey(of: key)
    } catch {
      throw .failed(error)
    }
    guard isConsistent else {
      throw .damaged("its private half does not belong to its public half")
    }
    self.key = key
  }

  static let encrypted = KeyFormatError.unsupported(
    "it is encrypted, and nobody is there to give its passphrase; ssh-keygen -p takes it off a copy"
  )

  /// An armoured signature of a message.
  package func signature(of message: [UInt8], namespace: String) throws(OpenSSLError) -> String {
    let hash = SSHSignature.Hash.sha512
    let bytes = SSHSignature.signedBytes(of: message, namespace: namespace, hash: hash)
    let (algorithm, digest) = method
    var value = try sign(bytes, digest)
    if case .ecdsa = publicKey.material { value = try Self.wire(ecdsa: value) }
    return SSHSignature.armor(
      key: publicKey, namespace: namespace, hash: hash, algorithm: algorithm, value: value)
  }

  /// RSA signs with SHA-512 as OpenSSH does (RFC 8332), elliptic keys with their curve's digest.
  private var method: (algorithm: String, digest: Digest?) {
    switch publicKey.material {
    case .rsa: ("rsa-sha2-512", .sha512)
    case .ecdsa(let curve, _): (publicKey.type, curve.digest)
    case .ed25519, .securityKeyEd25519, .securityKeyECDSA: (publicKey.type, nil)
    }
  }

  private func sign(_ bytes: [UInt8], _ digest: Digest?) throws(OpenSSLError) -> [UInt8] {
    let context = try unsafe Handle("prepare a signature", free: EVP_MD_CTX_free) {
      unsafe EVP_MD_CTX_new()
    }
    try OpenSSL.check("prepare a signature") {
      unsafe EVP_DigestSignInit(
        context.pointer, nil, digest?.pointer, nil, key.handle.pointer)
    }
    var length = unsafe Int(EVP_PKEY_get_size(key.handle.pointer))
    var signature = [UInt8](repeating: 0, count: length)
    try OpenSSL.check("sign") {
      unsafe signature.withUnsafeMutableBufferPointer {
        unsafe EVP_DigestSign(context.pointer, $0.baseAddress, &length, bytes, bytes.count)
      }
    }
    return Array(signature.prefix(length))
  }

  /// ECDSA's two numbers stand in SSH's form, not in DER (RFC 5656 section 3.1.2).
  static func wire(ecdsa signature: [UInt8]) throws(OpenSSLError) -> [UInt8] {
    var outer = DERReader(signature)
    guard var numbers = outer.enter(), let r = numbers.next(DER.integer),
      let s = numbers.next(DER.integer)
    else { throw OpenSSLError("read a signature that was just made") }
    var writer = SSHWriter()
    writer.append(magnitude: Array(r))
    writer.append(magnitude: Array(s))
    return writer.bytes
  }
}

extension SSHPublicKey {
  init(of key: borrowing PrivateKey) throws(OpenSSLError) {
    guard let form = KeyForm.of(key.algorithm) else {
      self.init(
        .rsa(
          modulus: try key.handle.number(OSSL_PKEY_PARAM_RSA_N),
          exponent: try key.handle.number(OSSL_PKEY_PARAM_RSA_E)))
      return
    }
    let point = try key.handle.publicBytes(form.publicLength)
    switch key.algorithm {
    case .ecdsaP256: self.init(.ecdsa(.nistp256, point: point))
    case .ecdsaP384: self.init(.ecdsa(.nistp384, point: point))
    case .ecdsaP521: self.init(.ecdsa(.nistp521, point: point))
    case .ed25519, .rsa2048, .rsa3072, .rsa4096: self.init(.ed25519(point))
    }
  }
}
