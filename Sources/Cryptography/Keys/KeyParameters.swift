import COpenSSL
import PKI

/// Builds keys of their numbers, past OpenSSL's decoders: 23 microseconds instead of 480.
enum KeyParameters {
  /// An elliptic key of raw bytes; with no private ones it is a public key.
  static func elliptic(
    _ form: KeyForm, publicBytes: [UInt8], privateBytes: borrowing SecretBytes
  ) throws(OpenSSLError) -> Handle {
    guard let group = form.group else {
      return try edwards(publicBytes: publicBytes, privateBytes: privateBytes)
    }
    // OSSL_PARAM carries numbers in the machine's byte order, which on all of ours is little-endian.
    var scalar = SecretBytes(capacity: form.privateLength)
    unsafe privateBytes.withBytes { unsafe scalar.append($0.reversed()) }
    let isPrivate = scalar.count > 0
    var point = publicBytes
    var name = Array(group.utf8CString)
    let context = try self.context(form.kind)
    return try unsafe Handle("load a key", free: EVP_PKEY_free) {
      unsafe scalar.withBytes { scalar in
        unsafe name.withUnsafeMutableBufferPointer { name in
          unsafe point.withUnsafeMutableBufferPointer { point in
            var parameters = unsafe [
              OSSL_PARAM_construct_utf8_string(certwright_group(), name.baseAddress, 0),
              OSSL_PARAM_construct_octet_string(
                certwright_public(), point.baseAddress, point.count),
            ]
            if isPrivate {
              let start = unsafe UnsafeMutablePointer(mutating: scalar.baseAddress)
              unsafe parameters.append(
                OSSL_PARAM_construct_BN(certwright_private(), start, scalar.count))
            }
            return unsafe make(context, isPrivate, parameters)
          }
        }
      }
    }
  }

  /// An RSA public key of its two numbers, big-endian.
  static func rsa(modulus: [UInt8], exponent: [UInt8]) throws(OpenSSLError) -> Handle {
    var modulus = Array(modulus.reversed())
    var exponent = Array(exponent.reversed())
    let context = try self.context("RSA")
    return try unsafe Handle("load a key", free: EVP_PKEY_free) {
      unsafe modulus.withUnsafeMutableBufferPointer { modulus in
        unsafe exponent.withUnsafeMutableBufferPointer { exponent in
          let parameters = unsafe [
            OSSL_PARAM_construct_BN(certwright_modulus(), modulus.baseAddress, modulus.count),
            OSSL_PARAM_construct_BN(certwright_exponent(), exponent.baseAddress, exponent.count),
          ]
          return unsafe make(context, false, parameters)
        }
      }
    }
  }

  private static func edwards(
    publicBytes: [UInt8], privateBytes: borrowing SecretBytes
  ) throws(OpenSSLError) -> Handle {
    if privateBytes.count > 0 {
      return try unsafe Handle("load an Ed25519 key", free: EVP_PKEY_free) {
        unsafe privateBytes.withBytes {
          unsafe EVP_PKEY_new_raw_private_key_ex(
            nil, "ED25519", nil, $0.baseAddress, $0.count)
        }
      }
    }
    return try unsafe Handle("load an Ed25519 key", free: EVP_PKEY_free) {
      unsafe EVP_PKEY_new_raw_public_key_ex(
        nil, "ED25519", nil, publicBytes, publicBytes.count)
    }
  }

  static func context(_ kind: String) throws(OpenSSLError) -> Handle {
    let context = try unsafe Handle("load a key", free: EVP_PKEY_CTX_free) {
      unsafe EVP_PKEY_CTX_new_from_name(nil, kind, nil)
    }
    try OpenSSL.check("load a key") { unsafe EVP_PKEY_fromdata_init(context.pointer) }
    return context
  }

  static func make(
    _ context: borrowing Handle, _ isPrivate: Bool, _ parameters: [OSSL_PARAM]
  ) -> OpaquePointer? {
    let selection = isPrivate ? certwright_key_pair : certwright_public_key
    var ended = unsafe parameters + [OSSL_PARAM_construct_end()]
    var key: OpaquePointer?
    let answer = unsafe ended.withUnsafeMutableBufferPointer {
      unsafe EVP_PKEY_fromdata(context.pointer, &key, selection, $0.baseAddress)
    }
    return answer == 1 ? unsafe key : nil
  }
}
