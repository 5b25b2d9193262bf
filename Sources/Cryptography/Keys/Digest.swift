import COpenSSL
import PKI

/// Hash functions, looked up once: a lookup by name costs more than hashing a certificate.
@safe
struct Digest: @unchecked Sendable {
  // Digests are immutable once fetched, and live as long as the process.
  let pointer: OpaquePointer?
  let name: String
  let length: Int

  private init(_ name: String, length: Int) {
    self.name = name
    self.length = length
    unsafe pointer = EVP_MD_fetch(nil, name, nil)
  }

  static let sha256 = Digest("SHA256", length: 32)
  static let sha384 = Digest("SHA384", length: 48)
  static let sha512 = Digest("SHA512", length: 64)

  /// The digest that a signature algorithm applies first; nil for Ed25519, which takes the message.
  static func of(_ algorithm: SignatureAlgorithm) -> Digest? {
    switch algorithm {
    case .sha256WithRSA, .ecdsaWithSHA256: sha256
    case .ecdsaWithSHA384: sha384
    case .ecdsaWithSHA512: sha512
    case .ed25519: nil
    }
  }

  func hash(_ bytes: some Collection<UInt8>) throws(OpenSSLError) -> [UInt8] {
    var hash = [UInt8](repeating: 0, count: length)
    ERR_clear_error()
    let answer = bytes.withContiguousStorageIfAvailable { bytes in
      unsafe hash.withUnsafeMutableBufferPointer { hash in
        unsafe EVP_Digest(bytes.baseAddress, bytes.count, hash.baseAddress, nil, pointer, nil)
      }
    }
    guard let answer else { return try self.hash(Array(bytes)) }
    guard answer == 1 else { throw OpenSSLError(draining: "hash with \(name)") }
    return hash
  }
}

extension KeyID {
  /// The identifier of the key with these subjectPublicKey bits.
  init(bits: some Collection<UInt8>) throws(OpenSSLError) {
    self.init(sha256: try Digest.sha256.hash(bits))
  }
}
