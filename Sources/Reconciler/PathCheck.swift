import Cryptography
import PKI

/// Validates every new certificate as a relying party would: with OpenSSL, from the leaf to the
/// root, with the CRLs that will be published beside it.
struct PathCheck {
  let state: PublishedState
  /// The moment of signing.
  let signing: Timestamp
  let progress: RunProgress.Observer

  func check(_ certificates: [IssuedCertificate]) throws(ReconcileError) {
    let groups = Dictionary(grouping: certificates.filter { !$0.isSelfSigned }, by: \.id.issuer)
    for (_, group) in groups.sorted(by: { $0.key < $1.key }) {
      guard let first = group.first else { continue }
      let judge = try judge(for: first)
      for (index, certificate) in group.enumerated() {
        if index.isMultiple(of: RunProgress.interval) {
          progress(RunProgress(step: .checking, done: index, total: group.count))
        }
        try check(certificate, judge)
      }
    }
  }

  private func check(
    _ certificate: IssuedCertificate, _ judge: borrowing PathJudge
  ) throws(ReconcileError) {
    do throws(OpenSSLError) {
      let verdict = try judge.verdict(
        on: certificate.facts.der, at: signing, for: purpose(of: certificate))
      guard case .refused(_, let reason, let depth) = verdict else { return }
      throw OpenSSLError("validate the path", reasons: ["\(reason) at depth \(depth)"])
    } catch {
      throw .checkFailed(
        subject: "the certificate of \(certificate.issuedTo)", reason: "\(error)")
    }
  }

  /// One judge for all certificates of one issuer.
  private func judge(for certificate: IssuedCertificate) throws(ReconcileError) -> PathJudge {
    let above = state.issuers(above: certificate)
    let lists = above.compactMap { state.revocationLists[$0.facts.keyID]?.der }
    do throws(OpenSSLError) {
      return try PathJudge(
        roots: above.filter(\.isSelfSigned).map(\.facts.der),
        intermediates: above.filter { !$0.isSelfSigned }.map(\.facts.der),
        revocationLists: lists)
    } catch {
      throw .openSSL(error)
    }
  }

  private func purpose(of certificate: IssuedCertificate) -> PathPurpose {
    if certificate.facts.isAuthority { return .authority }
    let usage = certificate.facts.extendedKeyUsage ?? []
    switch (usage.contains(.serverAuth), usage.contains(.clientAuth)) {
    case (true, true): return .peer
    case (true, false): return .server
    default: return .client
    }
  }
}
