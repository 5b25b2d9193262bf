import PKI

/// Finds older versions of folders among the trees of a pack in the making, and says them as what
/// differs from the next newer one.
///
/// A run that renews a few certificates makes new versions of folders in which hardly an entry
/// differs; whole, they are most of what a repository grows by. Trees are given newest first, so
/// that the newest version stays whole and whoever reads the tip pays nothing.
struct TreeDeltas {
  /// Readers walk a chain to its end; git makes chains of 50.
  static let longestChain = 50
  /// Larger folders change seldom and take much memory.
  private static let largest = 1 << 20

  /// The newest version so far of some folder.
  private struct Version {
    let id: ObjectID
    let bytes: [UInt8]
    /// How many deltas it takes to read it.
    let depth: Int
  }

  private var versions: [Version] = []
  /// By the entries that tell a folder from others, the version that was last seen with it.
  private var folders: [ObjectID: Int] = [:]

  /// - Parameter height: how many deltas at most stand on this tree.
  /// - Returns: the tree that it differs little from, and how; nil when it has to stay whole.
  mutating func delta(
    of id: ObjectID, _ bytes: [UInt8], height: Int
  ) -> (base: ObjectID, delta: [UInt8])? {
    guard bytes.count <= Self.largest, let tree = try? RawTree(bytes), !tree.entries.isEmpty else {
      return nil
    }
    let marks = Self.marks(of: tree)
    let place = likeliest(marks)
    let base = place.map { versions[$0] }
    let delta = base.flatMap { Self.delta(bytes, from: $0.bytes) }
    guard let place, let base, let delta else {
      remember(Version(id: id, bytes: bytes, depth: 0), at: versions.count, marks)
      return nil
    }
    let isDelta = base.depth + 1 + height <= Self.longestChain
    remember(
      Version(id: id, bytes: bytes, depth: isDelta ? base.depth + 1 : 0), at: place, marks)
    return isDelta ? (base.id, delta) : nil
  }

  private mutating func remember(_ version: Version, at place: Int, _ marks: ArraySlice<ObjectID>) {
    if place < versions.count { versions[place] = version } else { versions.append(version) }
    for mark in marks { folders[mark] = place }
  }

  /// The pack that holds the tree whole is removed afterwards, so what is written is read first.
  private static func delta(_ bytes: [UInt8], from base: [UInt8]) -> [UInt8]? {
    guard let delta = TreeDelta.encode(bytes, from: base), delta.count <= bytes.count / 2,
      TreeDelta.apply(delta, to: base) == bytes
    else { return nil }
    return delta
  }

  /// A few entries that versions of one folder are likely to share: those with the least ids.
  private static func marks(of tree: RawTree) -> ArraySlice<ObjectID> {
    tree.entries.map(\.id).sorted().prefix(4)
  }

  private func likeliest(_ marks: ArraySlice<ObjectID>) -> Int? {
    var votes: [Int: Int] = [:]
    for mark in marks {
      if let place = folders[mark] { votes[place, default: 0] += 1 }
    }
    return votes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }
}

/// The difference of two trees in git's delta format (gitformat-pack): runs of entries that both
/// have are copied, all others are written out.
enum TreeDelta {
  private static let longestInsert = 127
  private static let longestCopy = 0xff_ffff

  /// - Returns: nil for bytes that are no trees.
  static func encode(_ target: [UInt8], from base: [UInt8]) -> [UInt8]? {
    guard let entries = Self.entries(of: target), let known = Self.entries(of: base) else {
      return nil
    }
    let places = Dictionary(
      known.map { (base[$0], $0.lowerBound) }, uniquingKeysWith: { first, _ in first })
    var delta: [UInt8] = []
    append(size: base.count, to: &delta)
    append(size: target.count, to: &delta)
    var copied = 0..<0
    var written = 0..<0
    for entry in entries {
      if let place = places[target[entry]] {
        append(insert: target[written], to: &delta)
        written = entry.upperBound..<entry.upperBound
        if copied.upperBound == place, copied.count + entry.count <= longestCopy {
          copied = copied.lowerBound..<place + entry.count
        } else {
          append(copy: copied, to: &delta)
          copied = place..<place + entry.count
        }
      } else {
        append(copy: copied, to: &delta)
        copied = 0..<0
        written =
          written.isEmpty ? entry : written.lowerBound..<entry.upperBound
      }
    }
    append(insert: target[written], to: &delta)
    append(copy: copied, to: &delta)
    return delta
  }

  /// Where each `MODE SP NAME NUL ID` stands.
  private static func entries(of tree: [UInt8]) -> [Range<Int>]? {
    var entries: [Range<Int>] = []
    entries.reserveCapacity(tree.count / 32)
    var start = 0
    while start < tree.count {
      guard let end = tree[start...].firstIndex(of: 0), end + 21 <= tree.count else { return nil }
      entries.append(start..<end + 21)
      start = end + 21
    }
    return entries
  }

  /// Seven bits a byte, least first.
  private static func append(size: Int, to delta: inout [UInt8]) {
    var rest = size
    while rest >= 0x80 {
      delta.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    delta.append(UInt8(truncatingIfNeeded: rest))
  }

  /// The bits of the first byte say which bytes of offset and length follow: zeros are left out.
  private static func append(copy range: Range<Int>, to delta: inout [UInt8]) {
    guard !range.isEmpty else { return }
    let place = delta.count
    delta.append(0x80)
    for (bit, value) in [
      (0, range.lowerBound), (1, range.lowerBound >> 8), (2, range.lowerBound >> 16),
      (3, range.lowerBound >> 24), (4, range.count), (5, range.count >> 8),
      (6, range.count >> 16),
    ] {
      let byte = UInt8(truncatingIfNeeded: value)
      guard byte != 0 else { continue }
      delta[place] |= 1 << UInt8(bit)
      delta.append(byte)
    }
  }

  private static func append(insert bytes: ArraySlice<UInt8>, to delta: inout [UInt8]) {
    var rest = bytes
    while !rest.isEmpty {
      let part = rest.prefix(longestInsert)
      delta.append(UInt8(part.count))
      delta += part
      rest = rest.dropFirst(part.count)
    }
  }

  /// What a delta makes of its base; nil when it does not fit it.
  static func apply(_ delta: [UInt8], to base: [UInt8]) -> [UInt8]? {
    var place = 0
    func next() -> Int? {
      guard place < delta.count else { return nil }
      defer { place += 1 }
      return Int(delta[place])
    }
    func size() -> Int? {
      var (value, shift) = (0, 0)
      while let byte = next(), shift < 56 {
        value |= (byte & 0x7f) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
      return nil
    }
    guard size() == base.count, let length = size() else { return nil }
    var target: [UInt8] = []
    while let code = next() {
      if code & 0x80 == 0 {
        guard code > 0, place + code <= delta.count else { return nil }
        target += delta[place..<place + code]
        place += code
        continue
      }
      var (offset, count) = (0, 0)
      for bit in 0..<7 where code >> bit & 1 == 1 {
        guard let byte = next() else { return nil }
        if bit < 4 { offset |= byte << (bit * 8) } else { count |= byte << ((bit - 4) * 8) }
      }
      if count == 0 { count = 0x1_0000 }
      guard offset + count <= base.count else { return nil }
      target += base[offset..<offset + count]
    }
    return target.count == length ? target : nil
  }
}
