import COpenSSL
package import PKI

/// A private key. It is lent, never copied, and wiped by OpenSSL when it goes.
@safe
package struct PrivateKey: ~Copyable {
  let handle: Handle
  package let publicKey: PublicKey

  package var algorithm: KeyAlgorithm { publicKey.algorithm }

  /// Makes one key. To make many, use a ``KeyGenerator``.
  package static func generate(_ algorithm: KeyAlgorithm) throws(OpenSSLError) -> PrivateKey {
    var generator = try KeyGenerator(algorithm)
    return try generator.next()
  }

  init(adopting handle: consuming Handle, _ algorithm: KeyAlgorithm) throws(OpenSSLError) {
    publicKey = try PublicKey(of: handle, algorithm)
    self.handle = handle
  }

  /// Signs bytes with the algorithm that goes with the key: RSA PKCS#1 v1.5, ECDSA in DER, or
  /// Ed25519. To sign many, use a ``Signer``.
  package borrowing func sign(_ bytes: [UInt8]) throws(OpenSSLError) -> [UInt8] {
    let signer = try Signer(self)
    return try signer.sign(bytes)
  }

  /// Whether the private half belongs to the public one, found out by use.
  borrowing func isConsistent() throws(OpenSSLError) -> Bool {
    let probe = Array("certwright key check".utf8)
    let signature = try sign(probe)
    return try Verifier(publicKey).accepts(signature, of: probe)
  }
}

// OpenSSL's keys may be used by several threads at a time as long as nobody changes them, and
// nothing here does.
extension PrivateKey: @unchecked Sendable {}

extension PublicKey {
  /// The public half of a key that OpenSSL made or loaded, encoded by hand.
  init(of handle: borrowing Handle, _ algorithm: KeyAlgorithm) throws(OpenSSLError) {
    if let form = KeyForm.of(algorithm) {
      let bits = try handle.publicBytes(form.publicLength)
      self.init(
        algorithm: algorithm, subjectPublicKeyInfo: form.publicPrefix + bits,
        id: try KeyID(bits: bits))
    } else {
      let bits = DER.element(
        DER.sequence, DER.unsigned(try handle.number(OSSL_PKEY_PARAM_RSA_N)),
        DER.unsigned(try handle.number(OSSL_PKEY_PARAM_RSA_E)))
      let identifier = DER.element(
        DER.sequence, DER.element(DER.objectIdentifier, KeyForm.rsaEncryption),
        DER.element(DER.null))
      self.init(
        algorithm: algorithm,
        subjectPublicKeyInfo: DER.element(
          DER.sequence, identifier, DER.element(DER.bitString, [0], bits)),
        id: try KeyID(bits: bits))
    }
  }
}

extension Handle {
  /// The raw public bytes of an elliptic key, which must be `length` long.
  borrowing func publicBytes(_ length: Int) throws(OpenSSLError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: length)
    var written = 0
    try OpenSSL.check("read the public half of a key") {
      unsafe bytes.withUnsafeMutableBufferPointer {
        unsafe EVP_PKEY_get_octet_string_param(
          pointer, OSSL_PKEY_PARAM_PUB_KEY, $0.baseAddress, $0.count, &written)
      }
    }
    guard written == length else {
      throw OpenSSLError("read the public half of a key", reasons: ["it has \(written) bytes"])
    }
    return bytes
  }

  /// The magnitude of a public number of a key, such as an RSA modulus.
  borrowing func number(_ name: String) throws(OpenSSLError) -> [UInt8] {
    let number = try unsafe Handle("read a key's \(name)", free: BN_free) {
      var number: OpaquePointer?
      return unsafe EVP_PKEY_get_bn_param(pointer, name, &number) == 1 ? number : nil
    }
    let length = unsafe Int(BN_num_bits(number.pointer) + 7) / 8
    return unsafe [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      count = unsafe Int(BN_bn2bin(number.pointer, buffer.baseAddress))
    }
  }
}
