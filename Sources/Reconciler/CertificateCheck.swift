import Cryptography
import PKI

/// Looks at what was signed with eyes that did not make it: OpenSSL reads it back and verifies the
/// signature, and every field is compared with the plan.
struct CertificateCheck: ~Copyable {
  private let comparison: PlanCheck
  private let judge: CertificateJudge

  init(_ issuer: CertificateIssuer, signing: Timestamp) throws(ReconcileError) {
    comparison = PlanCheck(issuer: issuer, signing: signing)
    do throws(OpenSSLError) {
      judge = try CertificateJudge(issuer: issuer.publicKey)
    } catch {
      throw .openSSL(error)
    }
  }

  borrowing func check(_ signed: SignedCertificate) throws(ReconcileError) {
    let judged: JudgedCertificate
    do throws(JudgementError) {
      judged = try judge.judgeFully(signed.certificate.facts.der)
    } catch {
      throw .checkFailed(
        subject: "the certificate of \(signed.planned.owner)", reason: "\(error)")
    }
    try comparison.check(signed, judged)
  }
}

/// A certificate that has been signed, with what it was signed for.
struct SignedCertificate: Sendable {
  let planned: PlannedCertificate
  let publicKey: PublicKey
  let certificate: IssuedCertificate
}

/// Compares what was signed, as it was read back, with the plan.
struct PlanCheck: Sendable {
  let issuer: CertificateIssuer
  /// The moment of signing.
  let signing: Timestamp

  func check(
    _ signed: SignedCertificate, _ judged: JudgedCertificate
  ) throws(ReconcileError) {
    let (facts, planned) = (signed.certificate.facts, signed.planned)
    var faults = planned.spec.differences(from: facts, issuer: issuer).map(\.description)
    let notBefore = Clock.notBefore(signing: signing, floor: planned.notBeforeFloor)
    let validity = Validity(notBefore: notBefore, lifetime: planned.spec.lifetime)
    if facts.validity != validity { faults.append("its dates are not those of this moment") }
    if judged.serial != facts.serial { faults.append("OpenSSL reads another serial number") }
    if judged.subject != facts.subject.der { faults.append("OpenSSL reads another subject") }
    if judged.notAfter != facts.notAfter || judged.notBefore != facts.notBefore {
      faults.append("OpenSSL reads other dates")
    }
    if judged.subjectPublicKeyInfo != signed.publicKey.subjectPublicKeyInfo {
      faults.append("it certifies another key")
    }
    guard faults.isEmpty else {
      throw .checkFailed(
        subject: "the certificate of \(planned.owner)", reason: faults.joined(separator: "; "))
    }
  }
}
