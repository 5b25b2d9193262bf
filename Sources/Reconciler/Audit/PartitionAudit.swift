import Cryptography
import PKI

/// Judges the partitions of the CRLs of a branch: one for every partition that is declared or that an
/// unexpired certificate names, signed, and saying exactly what the complete list says.
struct PartitionAudit {
  let state: PublishedState
  /// The complete lists, each with the partitions that could be read.
  let lists: [KeyID: PublishedRevocationList]
  let desired: DesiredState
  let now: Timestamp

  func problems() -> [AuditProblem] {
    state.authorityKeys.filter { !$0.isExpired(at: now) }.flatMap { authority in
      lists[authority.facts.keyID].map { problems(of: $0, authority) } ?? []
    }
  }

  private func problems(
    of list: PublishedRevocationList, _ authority: IssuedCertificate
  ) -> [AuditProblem] {
    let owner = state.owner(of: authority)
    let folder = "authorities/\(owner)/\(list.issuer)/"
    let present = Set(list.partitions.map(\.points))
    let missing = state.partitions(
      of: list.issuer, declared: desired.authorities[owner]?.crl, at: now
    ).filter { !present.contains($0) }
    let entries = state.partitionEntries(
      of: list.facts, issuer: list.issuer, among: Array(present))
    return missing.map {
      AuditProblem(
        folder + RevocationListPartition.path(of: $0),
        "is missing: relying parties that fetch partitions refuse its certificates",
        hint: "certwright apply signs a new one")
    }
      + list.partitions.flatMap { partition in
        faults(of: partition, entries[partition.points] ?? [], list, authority).map {
          AuditProblem(folder + partition.path, $0, hint: "certwright apply renders it again")
        }
      }
  }

  private func faults(
    of partition: RevocationListPartition, _ entries: [RevocationEntry],
    _ list: PublishedRevocationList, _ authority: IssuedCertificate
  ) -> [String] {
    var messages = RevocationListRules.violations(
      partition: partition.facts, points: partition.points, entries: entries, of: list.facts
    ).filter { violation in
      // Entries of certificates that expired before the list was signed may be in either or in both.
      guard case .lacks(let serial) = violation else { return true }
      let certificate = state.certificates[CertificateID(issuer: list.issuer, serial: serial)]
      return certificate.map { $0.facts.notAfter >= list.thisUpdate } ?? true
    }.map(\.description)
    guard let issuer = authority.facts.asIssuer else { return messages }
    do {
      _ = try CertificateJudge(issuer: issuer.publicKey).judge(
        revocationList: partition.facts.der)
    } catch {
      messages.append("\(error)")
    }
    return messages
  }
}
