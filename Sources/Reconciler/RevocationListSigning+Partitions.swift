import PKI

extension RevocationListSigning {
  /// Signs the partitions of a complete list, with its number and dates.
  ///
  /// Their entries are taken from the signed bytes of the complete list, and what certificate
  /// belongs where from the certificates.
  func signPartitions(
    _ planned: PlannedRevocationList, of list: PublishedRevocationList, _ spec: RevocationListSpec,
    _ issuer: CertificateIssuer, from state: PublishedState
  ) throws(ReconcileError) -> PublishedRevocationList {
    guard !planned.partitions.isEmpty else { return list }
    let entries = state.partitionEntries(
      of: list.facts, issuer: list.issuer, among: planned.partitions)
    var partitions: [RevocationListPartition] = []
    for points in planned.partitions {
      let subject = "the partition \(points.first ?? "") of the CRL of \(planned.authority)"
      let own = entries[points] ?? []
      do {
        var writer = RevocationListWriter(capacity: own.count)
        for entry in own { writer.append(entry) }
        let permit = try writer.permit(
          RevocationListSpec(
            number: spec.number, thisUpdate: spec.thisUpdate, lifetime: spec.lifetime,
            partition: points), issuer: issuer, entries: own, partOf: list.facts)
        let signed = try sign(permit, issuer, of: planned.authority, subject)
        try check(signed, issuer)
        partitions.append(try RevocationListPartition(signed))
      } catch let error as ReconcileError {
        throw error
      } catch {
        throw .checkFailed(subject: subject, reason: "\(error)")
      }
    }
    do {
      return try list.with(partitions: partitions)
    } catch {
      throw .checkFailed(subject: "the CRL of \(planned.authority)", reason: "\(error)")
    }
  }
}
