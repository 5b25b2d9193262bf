extension SettledIndex {
  /// - Parameters:
  ///   - commonFiles: those that declare something else than identities.
  ///   - fileCount: of the whole folder.
  package init(
    desired: DesiredState, published: PublishedState, commonFiles: Set<String>, fileCount: Int,
    now: Timestamp
  ) {
    var files = Numbering<String>()
    var issuers = Numbering<KeyID>()
    let rows = IndexRows(
      desired, published, unexpiredAt: now, file: { files.number($0) },
      issuer: { issuers.number($0) })
    deciders = RenewalDeciders(desired.identities.values)
    common = commonFiles.union(desired.files(of: deciders)).map { files.number($0) }.sorted()
    claims = SortedTable(rows.claims)
    certificates = SortedTable(rows.certificates)
    holders = SortedTable(rows.holders)
    due = SortedTable(rows.due)
    ends = SortedTable(rows.ends)
    paths = TextTable(files.values)
    self.issuers = issuers.values
    self.fileCount = fileCount
    largestFolder = Self.largestFolder(desired)
    table = IdentityTable(desired: desired, published: published) {
      max(Self.shortestTable, $0 / 8)
    }
  }

  private static func largestFolder(_ desired: DesiredState) -> Int {
    var counts: [Substring: Int] = [:]
    for name in [Name](desired.identities.keys) + desired.authorities.keys {
      let folder = name.text.lastIndex(of: "/").map { name.text[..<$0] } ?? ""
      counts[folder, default: 0] += 1
    }
    return counts.values.max() ?? 0
  }
}

/// A part of two states between which something changed, with everything that can decide over it.
package struct SettledPart: Sendable {
  package let before: DesiredState
  package let after: DesiredState
  /// What was published of it before.
  package let published: PublishedState
  /// Of the files of the part, those that declare something else than identities now.
  package let commonFiles: Set<String>
  /// Of the whole folder, now.
  package let fileCount: Int

  package init(
    before: DesiredState, after: DesiredState, published: PublishedState, commonFiles: Set<String>,
    fileCount: Int
  ) {
    self.before = before
    self.after = after
    self.published = published
    self.commonFiles = commonFiles
    self.fileCount = fileCount
  }
}

extension SettledIndex {
  /// The identities outside of a part, as the README shows them.
  package func others(than part: SettledPart) -> IdentityTable {
    table.without(IdentityTable(desired: part.before, published: part.published))
  }

  /// The index after a part of the states has changed: the same as one of both states whole would be,
  /// but for the numbers of files and for certificates that have expired.
  ///
  /// - Parameter published: what is published of the part now.
  package func replacing(
    _ part: SettledPart, published: PublishedState, now: Timestamp
  ) -> SettledIndex {
    var files = Numbering(known: numbers(of: part), count: paths.count)
    var issuers = Numbering(
      known: Dictionary(
        self.issuers.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first }),
      count: self.issuers.count)
    let old = IndexRows(
      part.before, part.published, unexpiredAt: nil, file: { files.number($0) },
      issuer: { issuers.number($0) })
    let new = IndexRows(
      part.after, published, unexpiredAt: now, file: { files.number($0) },
      issuer: { issuers.number($0) })
    let deciders = deciders.updated(part.before, part.after)
    let common = part.commonFiles.union(part.after.files(of: deciders))
      .map { files.number($0) }.sorted()
    let own = IdentityTable(desired: part.after, published: published)
    let added = part.after.identities.keys.count { part.before.identities[$0] == nil }
    return SettledIndex(
      claims: claims.replacing(old.claims, with: new.claims),
      certificates: certificates.replacing(old.certificates, with: new.certificates),
      holders: holders.replacing(old.holders, with: new.holders),
      due: due.replacing(old.due, with: new.due), ends: ends.replacing(old.ends, with: new.ends),
      paths: paths.adding(files.values), issuers: self.issuers + issuers.values, common: common,
      deciders: deciders, table: others(than: part).joined(with: own), fileCount: part.fileCount,
      largestFolder: largestFolder + added)
  }

  /// When the first identity outside of a part is due.
  package func firstDue(outside part: SettledPart) -> Timestamp? {
    let files = Set(numbers(of: part).values)
    return (0..<due.count).first { number in
      !files.contains(Int(due.row(number).bigEndian(at: 8, UInt32.self)))
    }.map { Timestamp(seconds: Int(clamping: due.key($0))) }
  }

  /// The numbers of a part's files, as far as they were there before: whatever is in a file, the part
  /// has all of it.
  private func numbers(of part: SettledPart) -> [String: Int] {
    var numbers: [String: Int] = [:]
    for number in common { if let path = paths[number] { numbers[path] = number } }
    for identity in part.before.identities.values where numbers[identity.place.file] == nil {
      for row in claims.rows(for: StableHash.of(Claim.name(identity.name.text))) {
        let number = Int(row.bigEndian(at: 8, UInt32.self))
        if paths[number] == identity.place.file { numbers[identity.place.file] = number }
      }
    }
    return numbers
  }
}

extension DesiredState {
  fileprivate func files(of deciders: RenewalDeciders) -> Set<String> {
    Set(deciders.names.compactMap { identities[$0]?.place.file })
  }
}

/// Numbers for values that repeat.
private struct Numbering<Value: Hashable> {
  /// Those that had no number before, in the order of their numbers.
  private(set) var values: [Value] = []
  private var numbers: [Value: Int]
  private let start: Int

  init(known: [Value: Int] = [:], count: Int = 0) {
    numbers = known
    start = count
  }

  mutating func number(_ value: Value) -> Int {
    if let number = numbers[value] { return number }
    numbers[value] = start + values.count
    values.append(value)
    return start + values.count - 1
  }
}
