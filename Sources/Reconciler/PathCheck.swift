import Cryptography
import PKI
import Parallel

/// Validates every new certificate as a relying party would: with OpenSSL, from the leaf to the
/// root, with the CRLs that will be published beside it. Identities' certificates, which nobody has
/// looked at since they were signed, are read back and compared with the plan at the same time.
struct PathCheck {
  let state: PublishedState
  /// The moment of signing.
  let signing: Timestamp
  let progress: RunProgress.Observer

  func check(_ issued: Issuance.Issued) throws(ReconcileError) {
    for signed in issued.authorities where !signed.certificate.isSelfSigned {
      try checkPath(of: signed.certificate)
    }
    let groups = Dictionary(grouping: issued.identities, by: \.certificate.id.issuer)
    let total = issued.identities.count
    var before = 0
    for (_, group) in groups.sorted(by: { $0.key < $1.key }) {
      try check(group) { [progress, before] done in
        progress(RunProgress(step: .checking, done: before + done, total: total))
      }
      before += group.count
    }
  }

  // MARK: - Authorities

  private func checkPath(of certificate: IssuedCertificate) throws(ReconcileError) {
    let above = state.issuers(above: certificate)
    do throws(OpenSSLError) {
      let judge = try PathJudge(
        roots: above.filter(\.isSelfSigned).map(\.facts.der),
        intermediates: above.filter { !$0.isSelfSigned }.map(\.facts.der),
        revocationLists: lists(of: above))
      let verdict = try judge.verdict(on: certificate.facts.der, at: signing, for: .authority)
      guard case .refused(_, let reason, let depth) = verdict else { return }
      throw OpenSSLError("validate the path", reasons: ["\(reason) at depth \(depth)"])
    } catch {
      throw .checkFailed(
        subject: "the certificate of \(certificate.issuedTo)", reason: "\(error)")
    }
  }

  private func lists(of authorities: [IssuedCertificate]) -> [[UInt8]] {
    authorities.compactMap { state.revocationLists[$0.facts.keyID]?.der }
  }

  // MARK: - Identities

  /// Checks what one authority has issued, with a judge for each worker.
  private func check(
    _ group: [SignedCertificate], _ report: @Sendable (Int) -> Void
  ) throws(ReconcileError) {
    guard let first = group.first?.certificate else { return }
    let above = state.issuers(above: first)
    guard let issuer = above.first?.facts.asIssuer else {
      throw .checkFailed(
        subject: "the certificate of \(first.issuedTo)",
        reason: "its issuer has no usable certificate")
    }
    let authority = JudgedAuthority(
      publicKey: issuer.publicKey, certificates: above.map(\.facts.der),
      revocationLists: lists(of: above))
    let comparison = PlanCheck(issuer: issuer, signing: signing)
    report(0)
    let _: [Never] = try Workers.map(
      group.count,
      each: { () throws(ReconcileError) in
        do throws(OpenSSLError) {
          return try IssuedJudge(authority, at: signing)
        } catch {
          throw .openSSL(error)
        }
      },
      progress: report,
      { judge, range throws(ReconcileError) in
        for signed in group[range] { try Self.check(signed, &judge, comparison) }
        return []
      })
  }

  private static func check(
    _ signed: SignedCertificate, _ judge: inout IssuedJudge, _ comparison: PlanCheck
  ) throws(ReconcileError) {
    let judged: JudgedCertificate
    do throws(JudgementError) {
      let facts = signed.certificate.facts
      judged = try judge.judge(facts.der, for: purpose(of: facts))
    } catch {
      throw .checkFailed(
        subject: "the certificate of \(signed.planned.owner)", reason: "\(error)")
    }
    try comparison.check(signed, judged)
  }

  private static func purpose(of facts: CertificateFacts) -> PathPurpose {
    if facts.isAuthority { return .authority }
    let usage = facts.extendedKeyUsage ?? []
    switch (usage.contains(.serverAuth), usage.contains(.clientAuth)) {
    case (true, true): return .peer
    case (true, false): return .server
    default: return .client
    }
  }
}
