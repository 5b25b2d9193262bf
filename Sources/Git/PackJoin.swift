import PKI

/// The packs that are joined, newest first, in one pack in the making.
///
/// No chain of deltas ends in itself: a delta that is copied has its base in its own pack, from which
/// both come unless a newer pack has them, and a new one leads from a tree that was whole to one
/// that was whole in a newer pack, or before it in the same.
struct PackJoin: ~Copyable {
  private(set) var pack = Pack()
  private var trees = TreeDeltas()
  private var deflater: Deflater

  init() throws(GitError) {
    deflater = try Deflater(level: 1)
  }

  /// An entry of a pack that is there.
  private struct Entry {
    let object: PackedObject
    /// What it is a delta of.
    let base: ObjectID?
    /// Where the compressed bytes begin, and what comes of them, if it is a whole tree.
    let tree: (start: Int, size: Int)?
  }

  /// Adds every entry of a pack, or nothing of it.
  ///
  /// - Parameter stem: the path without its ending.
  /// - Returns: false when one is not what the index says, or of a form that is git's alone.
  mutating func add(_ stem: String) throws(GitError) -> Bool {
    guard let entries = try Self.entries(of: stem) else { return false }
    let heights = Self.heights(of: entries)
    for entry in entries where pack.announce(entry.object.id) {
      pack.append(try packed(entry, height: heights[entry.object.id] ?? 0))
    }
    return true
  }

  private mutating func packed(_ entry: Entry, height: Int) throws(GitError) -> PackedObject {
    let object = entry.object
    guard let tree = entry.tree,
      let bytes = try Inflater.inflated(object.entry[tree.start...], size: tree.size),
      let (base, delta) = trees.delta(of: object.id, bytes, height: height)
    else { return object }
    let packed = try PackedObject(id: object.id, delta: delta, base: base, by: &deflater)
    return packed.entry.count < object.entry.count ? packed : object
  }

  private static func entries(of stem: String) throws(GitError) -> [Entry]? {
    let limit = PackConsolidation.largest
    guard let bytes = try DiskFile.read("\(stem).pack", limit: limit),
      let text = try DiskFile.read("\(stem).idx", limit: limit), let index = PackIndex(text),
      bytes.count > 32
    else { return nil }
    var entries: [Entry] = []
    entries.reserveCapacity(index.entries.count)
    for (number, entry) in index.entries.enumerated() {
      let next = number + 1 < index.entries.count ? index.entries[number + 1].offset : nil
      let (start, end) = (Int(entry.offset), next.map { Int($0) } ?? bytes.count - 20)
      guard start >= 12, start < end, end <= bytes.count - 20 else { return nil }
      let content = Array(bytes[start..<end])
      guard crc32(of: content) == entry.checksum,
        let known = self.entry(
          PackedObject(id: entry.id, entry: content, checksum: entry.checksum))
      else { return nil }
      entries.append(known)
    }
    let ids = Set(entries.map(\.object.id))
    guard entries.allSatisfy({ $0.base.map(ids.contains) ?? true }) else { return nil }
    return entries
  }

  private static func entry(_ object: PackedObject) -> Entry? {
    guard let first = object.entry.first else { return nil }
    let type = first >> 4 & 7
    var size = Int(first & 15)
    var (place, shift) = (1, 4)
    var byte = first
    while byte & 0x80 != 0 {
      guard place < object.entry.count, shift < 56 else { return nil }
      byte = object.entry[place]
      size |= Int(byte & 0x7f) << shift
      place += 1
      shift += 7
    }
    if type == Pack.delta {
      return ObjectID(object.entry, at: place).map { Entry(object: object, base: $0, tree: nil) }
    }
    guard let kind = ObjectKind(rawValue: type) else { return nil }
    return Entry(object: object, base: nil, tree: kind == .tree ? (place, size) : nil)
  }

  /// How many deltas stand on each object, one on the other.
  private static func heights(of entries: [Entry]) -> [ObjectID: Int] {
    var bases: [ObjectID: ObjectID] = [:]
    for entry in entries { bases[entry.object.id] = entry.base }
    var heights: [ObjectID: Int] = [:]
    for id in bases.keys {
      var (next, height) = (bases[id], 1)
      while let base = next, height <= TreeDeltas.longestChain {
        heights[base] = max(heights[base] ?? 0, height)
        (next, height) = (bases[base], height + 1)
      }
    }
    return heights
  }
}
