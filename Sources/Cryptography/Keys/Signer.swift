import COpenSSL
import PKI

/// Signs many times with one key, keeping what OpenSSL prepares for a signature.
///
/// Belongs to one thread; several signers of one key may work at the same time. It shares the key
/// by OpenSSL's reference count, so it must not outlive the loan of the key.
package struct Signer: ~Copyable {
  private let key: Handle
  private let context: Handle
  private let digest: Digest?
  private let longest: Int

  package init(_ key: borrowing PrivateKey) throws(OpenSSLError) {
    let digest = Digest.of(SignatureAlgorithm(for: key.algorithm))
    let shared = try key.handle.shared()
    let context = try unsafe Handle("prepare a signature", free: EVP_PKEY_CTX_free) {
      unsafe EVP_PKEY_CTX_new_from_pkey(nil, shared.pointer, nil)
    }
    if let digest {
      try OpenSSL.check("prepare a signature") { unsafe EVP_PKEY_sign_init(context.pointer) }
      try OpenSSL.check("prepare a signature") {
        unsafe EVP_PKEY_CTX_set_signature_md(context.pointer, digest.pointer)
      }
    }
    longest = unsafe Int(EVP_PKEY_get_size(shared.pointer))
    self.digest = digest
    self.context = context
    self.key = shared
  }

  package borrowing func sign(_ bytes: [UInt8]) throws(OpenSSLError) -> [UInt8] {
    guard let digest else { return try signWhole(bytes) }
    let hash = try digest.hash(bytes)
    var signature = [UInt8](repeating: 0, count: longest)
    var length = longest
    try OpenSSL.check("sign") {
      unsafe signature.withUnsafeMutableBufferPointer {
        unsafe EVP_PKEY_sign(context.pointer, $0.baseAddress, &length, hash, hash.count)
      }
    }
    return Array(signature.prefix(length))
  }

  /// Ed25519 takes the message itself (RFC 8032 section 5.1), which OpenSSL 3.0 offers through the
  /// digest interface alone.
  private borrowing func signWhole(_ bytes: [UInt8]) throws(OpenSSLError) -> [UInt8] {
    let context = try unsafe Handle("prepare a signature", free: EVP_MD_CTX_free) {
      unsafe EVP_MD_CTX_new()
    }
    try OpenSSL.check("prepare a signature") {
      unsafe EVP_DigestSignInit(context.pointer, nil, nil, nil, key.pointer)
    }
    var signature = [UInt8](repeating: 0, count: longest)
    var length = longest
    try OpenSSL.check("sign") {
      unsafe signature.withUnsafeMutableBufferPointer {
        unsafe EVP_DigestSign(context.pointer, $0.baseAddress, &length, bytes, bytes.count)
      }
    }
    return Array(signature.prefix(length))
  }
}

extension Handle {
  /// A second owner of the same key, by OpenSSL's reference count.
  borrowing func shared() throws(OpenSSLError) -> Handle {
    try unsafe Handle("share a key", free: EVP_PKEY_free) {
      unsafe EVP_PKEY_up_ref(pointer) == 1 ? unsafe pointer : nil
    }
  }
}
