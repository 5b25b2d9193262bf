import COpenSSL
import PKI

/// How a PKCS#12 file is protected.
package enum PKCS12Protection: Hashable, Sendable {
  /// PBES2 with AES-256-CBC, and a MAC with SHA-256 (RFC 9579 and RFC 8018).
  case modern
  /// 3DES and SHA-1 (RFC 7292 appendix B and C), for readers from before 2020. It keeps no secret
  /// from anybody determined.
  case legacy
}

extension PrivateKey {
  /// Of the passphrase; the same number for the MAC.
  private static let iterations: Int32 = 100_000

  /// The key with its certificate and intermediates as a PKCS#12 file (RFC 7292).
  ///
  /// - Parameters:
  ///   - certificates: DER, the key's own first.
  ///   - name: What key stores show to people.
  package borrowing func pkcs12(
    certificates: [[UInt8]], name: String, passphrase: Passphrase, _ protection: PKCS12Protection
  ) throws(OpenSSLError) -> [UInt8] {
    let operation = "make a PKCS#12 file"
    guard let own = certificates.first else {
      throw OpenSSLError(operation, reasons: ["there is no certificate"])
    }
    let leaf = try Decoded.certificate(own)
    try OpenSSL.check(operation) { unsafe X509_check_private_key(leaf.pointer, handle.pointer) }
    let others = try PathJudge.stack(Array(certificates.dropFirst()))
    let isModern = protection == .modern
    let encryption = isModern ? NID_aes_256_cbc : NID_pbe_WithSHA1And3_Key_TripleDES_CBC
    let digest = isModern ? "SHA256" : "SHA1"
    let file = try unsafe Handle(operation, free: PKCS12_free) {
      unsafe passphrase.withBytes { text in
        // The MAC is left out here (-1), because this call knows SHA-1 alone.
        unsafe PKCS12_create(
          text.baseAddress, name, handle.pointer, leaf.pointer, others.pointer, encryption,
          encryption, Self.iterations, -1, 0)
      }
    }
    try OpenSSL.check(operation) {
      unsafe passphrase.withBytes { text in
        unsafe PKCS12_set_mac(
          file.pointer, text.baseAddress, Int32(text.count), nil, 0, Self.iterations,
          EVP_get_digestbyname(digest))
      }
    }
    return try unsafe Decoded.encoded(operation) { unsafe i2d_PKCS12(file.pointer, &$0) }
  }
}
