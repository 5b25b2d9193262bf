extension Planner {
  func partitions(_ key: KeyID?, _ settings: RevocationListSettings) -> [[String]] {
    published.partitions(of: key, declared: settings, at: now)
  }

  /// Partitions that nobody needs any more go with the next list; for them alone none is signed.
  func partitionReasons(
    authority name: Name, _ wanted: [[String]], _ previous: PublishedRevocationList?
  ) -> [Reason] {
    guard let previous, let authority = desired.authorities[name] else { return [] }
    let present = Set(previous.partitions.map(\.points))
    let missing = wanted.count { !present.contains($0) }
    return missing == 0
      ? [] : [.partitionsMissing(missing, authority.fields["crl"] ?? authority.place)]
  }
}
