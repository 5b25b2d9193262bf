import Glibc
import PKI

/// Makes few packs of many: each run writes one, and a lookup asks every pack in turn.
///
/// The smallest are joined until each pack has at least twice what is below it, so an object is
/// written again only as often as the store doubles. Entries are copied as they stand. Packs that
/// hold deltas, or that somebody marked, are git's to look after.
struct PackConsolidation {
  /// Fewer packs than this are left alone.
  static let fewest = 40
  /// Larger packs are not read into memory.
  private static let largest = 256 << 20
  /// What beside a pack says that it is special (gitformat-pack, git-repack).
  private static let marks = ["keep", "promisor", "mtimes", "bitmap"]

  let folder: PackFolder

  private struct Candidate {
    /// The path without its ending.
    let stem: String
    let size: Int
  }

  /// - Returns: whether packs were joined.
  func run() throws(GitError) -> Bool {
    let names = try DiskFile.names(in: folder.path)
    // Whoever keeps an index over several packs wants to be asked.
    guard !names.contains("multi-pack-index") else { return false }
    let candidates = try candidates(Set(names))
    guard candidates.count >= Self.fewest else { return false }
    var pack = Pack()
    var joined: [Candidate] = []
    for candidate in Self.small(among: candidates) {
      if try add(candidate, to: &pack) { joined.append(candidate) }
    }
    guard joined.count > 1 else { return false }
    let written = try folder.write(pack)
    for candidate in joined where candidate.stem != written {
      // Without its index a pack does not exist for readers.
      for ending in ["idx", "rev", "pack"] { _ = unsafe unlink("\(candidate.stem).\(ending)") }
    }
    try DiskFile.syncFolder(folder.path)
    return true
  }

  private func candidates(_ names: Set<String>) throws(GitError) -> [Candidate] {
    var candidates: [Candidate] = []
    for name in names where name.hasPrefix("pack-") && name.hasSuffix(".pack") {
      let base = name.dropLast(5)
      guard names.contains("\(base).idx"),
        !Self.marks.contains(where: { names.contains("\(base).\($0)") })
      else { continue }
      let size = try DiskFile.size(of: "\(folder.path)/\(name)")
      guard size <= Self.largest else { continue }
      candidates.append(Candidate(stem: "\(folder.path)/\(base)", size: size))
    }
    return candidates.sorted { ($0.size, $0.stem) < ($1.size, $1.stem) }
  }

  /// The smallest packs, up to the last one that has less than twice what is below it.
  private static func small(among candidates: [Candidate]) -> ArraySlice<Candidate> {
    var below = 0
    var end = 0
    for (index, candidate) in candidates.enumerated() {
      if candidate.size < 2 * below { end = index + 1 }
      below += candidate.size
    }
    return candidates.prefix(end)
  }

  /// Copies every entry of a pack, or nothing of it.
  ///
  /// - Returns: false when one is a delta, or not what the index says.
  private func add(_ candidate: Candidate, to pack: inout Pack) throws(GitError) -> Bool {
    guard let bytes = try DiskFile.read("\(candidate.stem).pack", limit: Self.largest),
      let text = try DiskFile.read("\(candidate.stem).idx", limit: Self.largest),
      let index = PackIndex(text), bytes.count > 32
    else { return false }
    var entries: [PackedObject] = []
    for (number, entry) in index.entries.enumerated() {
      let next = number + 1 < index.entries.count ? index.entries[number + 1].offset : nil
      let (start, end) = (Int(entry.offset), next.map { Int($0) } ?? bytes.count - 20)
      guard start >= 12, start < end, end <= bytes.count - 20,
        ObjectKind(rawValue: bytes[start] >> 4 & 7) != nil
      else { return false }
      let content = Array(bytes[start..<end])
      guard crc32(of: content) == entry.checksum else { return false }
      entries.append(PackedObject(id: entry.id, entry: content, checksum: entry.checksum))
    }
    for entry in entries where pack.announce(entry.id) { pack.append(entry) }
    return true
  }
}

extension Repository {
  /// Joins the packs that many runs have left.
  package func consolidatePacks() throws(GitError) {
    let folder = PackFolder(path: commonFolder + "/objects/pack")
    if try PackConsolidation(folder: folder).run() { try objects.refresh() }
  }
}
