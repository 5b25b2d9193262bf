import Cryptography
import PKI

/// The checks that a certification request must pass before its key is certified: its structure, the
/// key itself, and that whoever made it holds the private half.
enum RequestCheck {
  static func check(
    _ bytes: [UInt8], file: String
  ) -> Result<CertificationRequest, RequestProblem> {
    do {
      let facts = try RequestFacts(file: bytes)
      let key = try PublicKey(checking: facts.subjectPublicKeyInfo)
      let isSigned = try CertificateSigningRequest.verifySignature(
        of: Array(facts.info), signature: Array(facts.signature),
        algorithmOID: facts.signatureAlgorithm.description,
        subjectPublicKeyInfo: facts.subjectPublicKeyInfo)
      guard isSigned else {
        return .failure(RequestProblem("is not signed with the key that it holds"))
      }
      return .success(
        CertificationRequest(
          file: file, publicKey: key, subject: facts.subject,
          alternativeNames: facts.alternativeNames))
    } catch {
      return .failure(RequestProblem("\(error)"))
    }
  }
}
