/// What a partition must not do, compared with the complete list that it was signed with.
package enum PartitionViolation: Hashable, Sendable, CustomStringConvertible {
  case unsound(RevocationListProblem)
  /// Another issuer, key, number or date than the complete list has.
  case differs(String)
  case lacks(SerialNumber)
  case foreign(SerialNumber)
  case entryDiffers(SerialNumber)

  package var description: String {
    switch self {
    case .unsound(let problem): problem.description
    case .differs(let what): "\(what) is not that of the complete CRL"
    case .lacks(let serial): "serial \(serial) is revoked in the complete CRL and missing here"
    case .foreign(let serial):
      "serial \(serial) is not revoked in the complete CRL or belongs elsewhere"
    case .entryDiffers(let serial):
      "serial \(serial) has another date or reason than in the complete CRL"
    }
  }
}

extension RevocationListRules {
  /// A partition says exactly what the complete list says of its certificates: since that one never
  /// forgets, neither does a partition.
  ///
  /// - Parameters:
  ///   - points: the distribution points of its certificates.
  ///   - entries: those of the complete list whose certificates name these points.
  package static func violations(
    partition: RevocationListFacts, points: [String], entries: [RevocationEntry],
    of complete: RevocationListFacts
  ) -> [PartitionViolation] {
    var found = partition.problems(partition: points).map(PartitionViolation.unsound)
    let same: [(String, Bool)] = [
      ("issuer", partition.issuer == complete.issuer),
      (
        "authorityKeyIdentifier",
        partition.authorityKeyIdentifier == complete.authorityKeyIdentifier
      ),
      ("cRLNumber", partition.number == complete.number),
      ("thisUpdate", partition.thisUpdate == complete.thisUpdate),
      ("nextUpdate", partition.nextUpdate == complete.nextUpdate),
    ]
    found += same.filter { !$0.1 }.map { .differs($0.0) }
    let present = partition.entries
    guard present != entries else { return found }
    let wanted = entries.sorted { $0.serial < $1.serial }
    var (left, right) = (0, 0)
    let there = present.sorted { $0.serial < $1.serial }
    while left < wanted.count || right < there.count {
      if right == there.count
        || left < wanted.count && wanted[left].serial < there[right].serial
      {
        found.append(.lacks(wanted[left].serial))
        left += 1
      } else if left == wanted.count || there[right].serial < wanted[left].serial {
        found.append(.foreign(there[right].serial))
        right += 1
      } else {
        if wanted[left] != there[right] { found.append(.entryDiffers(there[right].serial)) }
        left += 1
        right += 1
      }
    }
    return found
  }
}
