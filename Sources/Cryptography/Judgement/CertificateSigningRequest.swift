import COpenSSL
import PKI

/// The proof of possession in a PKCS#10 request. Its form and names are PKI's to check.
package enum CertificateSigningRequest {
  /// The signature algorithms that are accepted: their kind of key and digest.
  private static let accepted: [String: (kind: [KeyAlgorithm], digest: Digest?)] = [
    "1.2.840.113549.1.1.11": ([.rsa2048, .rsa3072, .rsa4096], .sha256),
    "1.2.840.113549.1.1.12": ([.rsa2048, .rsa3072, .rsa4096], .sha384),
    "1.2.840.113549.1.1.13": ([.rsa2048, .rsa3072, .rsa4096], .sha512),
    "1.2.840.10045.4.3.2": ([.ecdsaP256, .ecdsaP384, .ecdsaP521], .sha256),
    "1.2.840.10045.4.3.3": ([.ecdsaP256, .ecdsaP384, .ecdsaP521], .sha384),
    "1.2.840.10045.4.3.4": ([.ecdsaP256, .ecdsaP384, .ecdsaP521], .sha512),
    "1.3.101.112": ([.ed25519], nil),
  ]

  /// Whether the holder of a key has signed exactly these bytes, the CertificationRequestInfo.
  ///
  /// - Parameters:
  ///   - algorithmOID: The signatureAlgorithm, dotted.
  ///   - subjectPublicKeyInfo: The key in the request, checked as ``PublicKey/init(checking:)``
  ///     does.
  /// - Throws: an error that names the reason when the algorithm is weak (MD5, SHA-1), unknown or
  ///   not of the key's kind, or when the key is refused.
  package static func verifySignature(
    of bytes: [UInt8], signature: [UInt8], algorithmOID: String, subjectPublicKeyInfo: [UInt8]
  ) throws(OpenSSLError) -> Bool {
    let operation = "verify the request"
    guard let algorithm = accepted[algorithmOID] else {
      throw OpenSSLError(
        operation, reasons: ["the signature algorithm \(algorithmOID) is weak or not known"])
    }
    let key: PublicKey
    do { key = try PublicKey(checking: subjectPublicKeyInfo) } catch {
      throw OpenSSLError(operation, reasons: [error.description])
    }
    guard algorithm.kind.contains(key.algorithm) else {
      throw OpenSSLError(
        operation,
        reasons: [
          "the signature algorithm \(algorithmOID) is not one of an \(key.algorithm.rawValue) key"
        ])
    }
    return try Verifier(key, algorithm.digest).accepts(signature, of: bytes)
  }
}
