import Crypto

extension RevocationListSettings {
  /// What stands in a distribution point for the number of the partition.
  package static let placeholder = "{partition}"

  /// The distribution points of one owner's certificate: of the partition that its name falls into,
  /// or all of them where the list is whole.
  ///
  /// The partition follows from the name alone, so a reviewer sees it in the plan, and a renewal
  /// does not move. Which entries a partition holds is read from certificates, never from here.
  package func distributionPoints(of owner: Name) -> [String] {
    guard let partitions else { return distributionPoints }
    let hash = SHA256.hash(data: Array("certwright partition \(owner)".utf8)).prefix(8)
      .reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return distributionPoints(ofPartition: Int(hash % UInt64(partitions)))
  }

  /// The distribution points of every partition, in order.
  package var partitionPoints: [[String]] {
    (0..<(partitions ?? 0)).map { distributionPoints(ofPartition: $0) }
  }

  private func distributionPoints(ofPartition number: Int) -> [String] {
    let digits = String(number)
    let text = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return distributionPoints.map { $0.replacing(Self.placeholder, with: text) }
  }
}
