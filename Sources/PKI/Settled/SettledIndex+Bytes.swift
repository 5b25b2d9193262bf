extension SettledIndex {
  /// The index as a file: counts, then each part with its length.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for number in [fileCount, largestFolder, table.count] {
      bytes.append(bigEndian: UInt64(number))
    }
    let tables = [claims, certificates, holders, due, ends].map(\.bytes)
    let parts =
      [paths.ends, paths.texts, issuers.flatMap(\.bytes)[...], Self.bytes(of: common)]
      + [Self.bytes(of: deciders), Self.bytes(of: table.rows)] + tables
    bytes.reserveCapacity(parts.reduce(64) { $0 + $1.count + 8 })
    for part in parts {
      bytes.append(bigEndian: UInt64(part.count))
      bytes += part
    }
    return bytes
  }

  /// Reads what ``bytes`` wrote; nil for anything else.
  package init?(_ bytes: [UInt8]) {
    var parts = Parts(bytes[...])
    guard let fileCount = parts.number(), let largestFolder = parts.number(),
      let count = parts.number(), let pathEnds = parts.part(), let texts = parts.part(),
      let keys = parts.part(), let common = parts.part(),
      let deciders = parts.part().flatMap(Self.deciders), let rows = parts.part(),
      let claims = parts.table(12), let certificates = parts.table(40),
      let holders = parts.table(16), let due = parts.table(12), let ends = parts.table(8),
      parts.isAtEnd, keys.count.isMultiple(of: 20)
    else { return nil }
    self.init(
      claims: claims, certificates: certificates, holders: holders, due: due, ends: ends,
      paths: TextTable(ends: pathEnds, texts: texts),
      issuers: stride(from: keys.startIndex, to: keys.endIndex, by: 20).map {
        KeyID(sha256: keys[$0..<$0 + 20])
      },
      common: Self.numbers(common), deciders: deciders,
      table: IdentityTable(rows: Self.rows(rows), count: count), fileCount: fileCount,
      largestFolder: largestFolder)
  }

  // MARK: - Parts

  private static func bytes(of numbers: [Int]) -> ArraySlice<UInt8> {
    var bytes: [UInt8] = []
    for number in numbers { bytes.append(bigEndian: UInt32(number)) }
    return bytes[...]
  }

  private static func numbers(_ bytes: ArraySlice<UInt8>) -> [Int] {
    stride(from: 0, to: bytes.count - bytes.count % 4, by: 4).map {
      Int(bytes.bigEndian(at: $0, UInt32.self))
    }
  }

  /// A line for each issuer, with its name, a word and its deciders: names have no spaces.
  private static func bytes(of deciders: RenewalDeciders) -> ArraySlice<UInt8> {
    let lines = deciders.groups.sorted { $0.key < $1.key }.map { issuer, group in
      ([issuer.text, group.isComplete ? "all" : "some"] + group.names.map(\.text))
        .joined(separator: " ")
    }
    return Array(lines.joined(separator: "\n").utf8)[...]
  }

  private static func deciders(_ bytes: ArraySlice<UInt8>) -> RenewalDeciders? {
    var groups: [Name: RenewalDeciders.Group] = [:]
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let words = String(decoding: line, as: UTF8.self).split(separator: " ")
      guard words.count >= 2, let issuer = Name(words[0]) else { return nil }
      groups[issuer] = RenewalDeciders.Group(
        names: words.dropFirst(2).compactMap { Name($0) }, isComplete: words[1] == "all")
    }
    return RenewalDeciders(groups: groups)
  }

  /// A line for each row, behind its end in seconds.
  private static func bytes(of rows: [IdentityTable.Row]) -> ArraySlice<UInt8> {
    var bytes: [UInt8] = []
    for row in rows {
      bytes.append(bigEndian: UInt64(clamping: row.notAfter.seconds))
      bytes += row.line.utf8
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes[...]
  }

  private static func rows(_ bytes: ArraySlice<UInt8>) -> [IdentityTable.Row] {
    var rows: [IdentityTable.Row] = []
    var rest = bytes
    while rest.count > 8 {
      let line = rest.dropFirst(8).prefix { $0 != UInt8(ascii: "\n") }
      rows.append(
        IdentityTable.Row(
          notAfter: Timestamp(seconds: Int(clamping: rest.bigEndian(at: 0, UInt64.self))),
          line: String(decoding: line, as: UTF8.self)))
      rest = rest.dropFirst(9 + line.count)
    }
    return rows
  }

  private struct Parts {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number() -> Int? {
      guard rest.count >= 8 else { return nil }
      defer { rest = rest.dropFirst(8) }
      return Int(exactly: rest.bigEndian(at: 0, UInt64.self))
    }

    mutating func part() -> ArraySlice<UInt8>? {
      guard let length = number(), length <= rest.count else { return nil }
      defer { rest = rest.dropFirst(length) }
      return rest.prefix(length)
    }

    mutating func table(_ width: Int) -> SortedTable? {
      part().flatMap { SortedTable(width: width, bytes: $0) }
    }
  }
}
