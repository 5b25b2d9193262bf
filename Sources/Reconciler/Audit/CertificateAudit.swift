import Cryptography
import PKI
import Parallel

/// Judges every certificate of the ledger: its issuer's signature, its path to a root, the profile
/// that it was made under, and that serials and keys are nobody else's.
struct CertificateAudit {
  let ledger: AuditedLedger
  let state: PublishedState

  func problems() -> [AuditProblem] {
    let groups = Dictionary(grouping: ledger.certificates, by: \.certificate.id.issuer)
    return groups.sorted { $0.key < $1.key }.flatMap { problems(issuedBy: $0.key, $0.value) }
      + duplicates() + sharedKeys()
  }

  // MARK: - One issuer

  /// The authority above a group of certificates, made ready once for all of them.
  private struct Above: Sendable {
    let issuer: CertificateIssuer
    /// The paths from the key's certificates up, oldest first: authorities renew keeping their key.
    let paths: [IssuerPath]
    /// No certificate may outlive the newest certificate of its issuer's key.
    let notAfter: Timestamp

    /// The path as it was when a certificate was signed.
    func path(for facts: CertificateFacts) -> IssuerPath? {
      let inForce = paths.last {
        $0.certificates.first.map(\.notBefore) ?? .endOfTime <= facts.notBefore
      }
      return inForce ?? paths.first
    }
  }

  private func problems(
    issuedBy key: KeyID, _ certificates: [AuditedLedger.Certificate]
  ) -> [AuditProblem] {
    guard let authority = state.authorityCertificate(key: key) else {
      return certificates.map {
        AuditProblem($0.path, "no certificate of its issuing key \(key) is in the ledger")
      }
    }
    guard let issuer = authority.facts.asIssuer else {
      return certificates.map {
        AuditProblem($0.path, "its issuing key \(key) is of a kind that nothing is signed with")
      }
    }
    let path = [authority] + state.issuers(above: authority)
    var problems: [AuditProblem] = []
    if path.last?.isSelfSigned != true {
      problems.append(
        AuditProblem(
          LedgerPath.certificate(authority.id, notAfter: authority.facts.notAfter),
          "its path ends at \"\(path.last?.facts.subject.rfc4514 ?? "")\", which is no root"))
    }
    let renewals = state.certificates(of: state.owner(of: authority)).filter {
      $0.facts.keyID == key && $0.facts.isAuthority
    }
    let upper = state.issuers(above: authority).map(\.facts)
    let above = Above(
      issuer: issuer, paths: renewals.map { IssuerPath([$0.facts] + upper) },
      notAfter: authority.facts.notAfter)
    return problems
      + Workers.map(certificates.count) { Self.judge(certificates[$0], above) }
  }

  private static func judge(
    _ certificates: ArraySlice<AuditedLedger.Certificate>, _ above: Above
  ) -> [AuditProblem] {
    do throws(OpenSSLError) {
      // A judge belongs to one thread.
      let judge = try CertificateJudge(issuer: above.issuer.publicKey)
      return certificates.flatMap { one in
        faults(of: one, above, judge).map { AuditProblem(one.path, $0) }
      }
    } catch {
      return certificates.map { AuditProblem($0.path, "cannot be checked: \(error)") }
    }
  }

  private static func faults(
    of one: AuditedLedger.Certificate, _ above: Above, _ judge: borrowing CertificateJudge
  ) -> [String] {
    let facts = one.certificate.facts
    var faults = signatureFaults(one, above, judge)
    if facts.issuer != above.issuer.subject {
      faults.append(
        "names the issuer \"\(facts.issuer.rfc4514)\" and is filed under"
          + " \"\(above.issuer.subject.rfc4514)\"")
    }
    if facts.notAfter > above.notAfter {
      faults.append("outlives its issuer, which ends at \(above.notAfter)")
    }
    return faults + (one.isImported ? [] : profileFaults(one.certificate, above))
  }

  /// What another program signed may have another algorithm than certwright's for the same key.
  private static func signatureFaults(
    _ one: AuditedLedger.Certificate, _ above: Above, _ judge: borrowing CertificateJudge
  ) -> [String] {
    let facts = one.certificate.facts
    do {
      guard one.isImported else {
        _ = try judge.judge(facts.der)
        return []
      }
      let isSigned = try CertificateSigningRequest.verifySignature(
        of: Array(facts.toBeSigned), signature: Array(facts.signature),
        algorithmOID: facts.signatureAlgorithm.dotted,
        subjectPublicKeyInfo: above.issuer.publicKey.subjectPublicKeyInfo)
      return isSigned ? [] : ["\(JudgementError.signedBySomebodyElse)"]
    } catch {
      return ["\(error)"]
    }
  }

  /// Judged as if it were to be signed again: every rule of the lint, and every byte of the
  /// encoding.
  private static func profileFaults(_ certificate: IssuedCertificate, _ above: Above) -> [String] {
    let facts = certificate.facts
    guard let key = facts.publicKey else { return ["certifies a key of an unknown kind"] }
    let spec = CertificateSpec(of: facts)
    do throws(LintError) {
      _ = try spec.permit(
        serial: facts.serial, notBefore: facts.notBefore, publicKey: key, issuer: above.issuer,
        path: certificate.isSelfSigned ? nil : above.path(for: facts))
    } catch {
      return error.violations.map(\.description)
    }
    return spec.differences(from: facts, issuer: above.issuer).map { "\($0)" }
  }

  // MARK: - All of them

  private func duplicates() -> [AuditProblem] {
    Dictionary(grouping: ledger.certificates, by: \.certificate.id).values
      .filter { $0.count > 1 }.flatMap { same in
        same.dropFirst().map {
          AuditProblem($0.path, "has the serial of \"\(same[0].path)\" under the same issuer")
        }
      }
  }

  /// One key belongs to one identity, and never to an authority besides.
  private func sharedKeys() -> [AuditProblem] {
    Dictionary(grouping: ledger.certificates, by: \.certificate.facts.keyID).values.flatMap {
      same -> [AuditProblem] in
      guard same.count > 1, let first = same.first else { return [] }
      let owner = state.owner(of: first.certificate)
      return same.dropFirst().compactMap { other in
        let name = state.owner(of: other.certificate)
        guard name != owner else { return nil }
        return AuditProblem(
          other.path, "certifies for \"\(name)\" the key that \"\(owner)\" has in \"\(first.path)\""
        )
      }
    }
  }
}

extension CertificateSpec {
  /// The specification that a certificate would fit: what of it people can declare.
  init(of facts: CertificateFacts) {
    self.init(
      subject: facts.subject, authority: facts.values.authority, keyUsage: facts.keyUsage ?? [],
      extendedKeyUsage: facts.extendedKeyUsage ?? [], alternativeNames: facts.alternativeNames,
      nameConstraints: facts.nameConstraints, distributionPoints: facts.distributionPoints,
      issuerURLs: facts.issuerURLs, lifetime: facts.lifetime)
  }
}

extension SignatureAlgorithmIdentifier {
  /// The algorithm in dotted numbers.
  var dotted: String {
    switch self {
    case .known(let algorithm): algorithm.oid.description
    case .other(let oid): oid.description
    }
  }
}
