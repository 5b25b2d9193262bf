extension SettledIndex {
  /// The index as a file: counts, then each part with its length.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: UInt64(fileCount))
    bytes.append(bigEndian: UInt64(largestFolder))
    let numbers = [common, deciding.sorted()].map { list in
      list.flatMap { number -> [UInt8] in
        var bytes: [UInt8] = []
        bytes.append(bigEndian: UInt32(number))
        return bytes
      }
    }
    let texts = Array(paths.joined(separator: "\u{0}").utf8)
    for part in [texts, issuers.flatMap(\.bytes)] + numbers {
      bytes.append(bigEndian: UInt64(part.count))
      bytes += part
    }
    for table in [claims, certificates, holders, due, ends] {
      bytes.append(bigEndian: UInt64(table.bytes.count))
      bytes += table.bytes
    }
    return bytes
  }

  /// Reads what ``bytes`` wrote; nil for anything else.
  package init?(_ bytes: [UInt8]) {
    var parts = Parts(bytes[...])
    guard let fileCount = parts.number(), let largestFolder = parts.number(),
      let texts = parts.part(), let keys = parts.part(), let common = parts.part(),
      let deciding = parts.part(), let claims = parts.table(12),
      let certificates = parts.table(40), let holders = parts.table(16), let due = parts.table(12),
      let ends = parts.table(8), parts.isAtEnd, keys.count.isMultiple(of: 20)
    else { return nil }
    self.fileCount = fileCount
    self.largestFolder = largestFolder
    paths = String(decoding: texts, as: UTF8.self).split(
      separator: "\u{0}", omittingEmptySubsequences: false
    ).map(String.init)
    issuers = stride(from: keys.startIndex, to: keys.endIndex, by: 20).map {
      KeyID(sha256: keys[$0..<$0 + 20])
    }
    self.common = Self.numbers(common)
    self.deciding = Set(Self.numbers(deciding))
    self.claims = claims
    self.certificates = certificates
    self.holders = holders
    self.due = due
    self.ends = ends
  }

  private static func numbers(_ bytes: ArraySlice<UInt8>) -> [Int] {
    stride(from: 0, to: bytes.count - bytes.count % 4, by: 4).map {
      Int(bytes.bigEndian(at: $0, UInt32.self))
    }
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
