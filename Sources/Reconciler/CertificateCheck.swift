import Cryptography
import PKI

/// Looks at what was signed with eyes that did not make it: OpenSSL reads it back and verifies the
/// signature, and every field is compared with the plan.
struct CertificateCheck: ~Copyable {
  private let issuer: CertificateIssuer
  private let judge: CertificateJudge

  init(_ issuer: CertificateIssuer) throws(ReconcileError) {
    self.issuer = issuer
    do throws(OpenSSLError) {
      judge = try CertificateJudge(issuer: issuer.publicKey)
    } catch {
      throw .openSSL(error)
    }
  }

  /// - Parameter signing: the moment of signing.
  borrowing func check(
    _ facts: CertificateFacts, _ planned: PlannedCertificate, _ key: PublicKey,
    floor signing: Timestamp
  ) throws(ReconcileError) {
    let judged: JudgedCertificate
    do throws(JudgementError) {
      judged = try judge.judgeFully(facts.der)
    } catch {
      throw .checkFailed(subject: "the certificate of \(planned.owner)", reason: "\(error)")
    }
    var faults = planned.spec.differences(from: facts, issuer: issuer).map(\.description)
    let notBefore = Clock.notBefore(signing: signing, floor: planned.notBeforeFloor)
    let validity = Validity(notBefore: notBefore, lifetime: planned.spec.lifetime)
    if facts.validity != validity { faults.append("its dates are not those of this moment") }
    if judged.serial != facts.serial { faults.append("OpenSSL reads another serial number") }
    if judged.subject != facts.subject.der { faults.append("OpenSSL reads another subject") }
    if judged.notAfter != facts.notAfter || judged.notBefore != facts.notBefore {
      faults.append("OpenSSL reads other dates")
    }
    if judged.subjectPublicKeyInfo != key.subjectPublicKeyInfo {
      faults.append("it certifies another key")
    }
    guard faults.isEmpty else {
      throw .checkFailed(
        subject: "the certificate of \(planned.owner)", reason: faults.joined(separator: "; "))
    }
  }
}
