import PKI

/// Where partitions of CRLs lie on the published branch.
enum PartitionPath {
  /// The key whose partition lies at `authorities/NAME/KEYID/crl/HOST/...crl`; nil for every other
  /// path.
  static func key(of path: String) -> KeyID? {
    let parts = path.split(separator: "/")
    guard parts.first == "authorities", path.hasSuffix(".crl") else { return nil }
    for index in parts.indices.dropFirst(2)
    where parts[index] == "crl" && index + 2 < parts.count {
      if let key = KeyID(hex: parts[index - 1]) { return key }
    }
    return nil
  }

  /// Puts partitions to the lists of their keys. One whose key has no list speaks for nobody.
  static func attach(
    _ partitions: [KeyID: [RevocationListPartition]],
    to lists: inout [KeyID: PublishedRevocationList]
  ) throws(ReconcileError) {
    for (key, list) in lists {
      guard let own = partitions[key] else { continue }
      lists[key] = try with(own, list)
    }
  }

  /// Of two lists that runs signed without each other, the newer, with every partition that one of
  /// them has: certificates of both may name them.
  static func united(
    _ older: PublishedRevocationList, into newer: PublishedRevocationList
  ) throws(ReconcileError) -> PublishedRevocationList {
    let known = Set(newer.partitions.map(\.points))
    let more = older.partitions.filter { !known.contains($0.points) }
    return more.isEmpty ? newer : try with(newer.partitions + more, newer)
  }

  private static func with(
    _ partitions: [RevocationListPartition], _ list: PublishedRevocationList
  ) throws(ReconcileError) -> PublishedRevocationList {
    do {
      return try list.with(partitions: partitions)
    } catch {
      throw .damagedLedger(path: "authorities", reason: "\(error)")
    }
  }
}
