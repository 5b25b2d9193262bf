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
  static let largest = 256 << 20
  /// What beside a pack says that it is special (gitformat-pack, git-repack).
  private static let marks = ["keep", "promisor", "mtimes", "bitmap"]

  let folder: PackFolder

  private struct Candidate {
    /// The path without its ending.
    let stem: String
    let size: Int
    let modified: (seconds: Int, nanoseconds: Int)
  }

  /// - Returns: whether packs were joined.
  func run() throws(GitError) -> Bool {
    let names = try DiskFile.names(in: folder.path)
    // Whoever keeps an index over several packs wants to be asked.
    guard !names.contains("multi-pack-index") else { return false }
    let candidates = try candidates(Set(names))
    guard candidates.count >= Self.fewest else { return false }
    var join = try PackJoin()
    var joined: [Candidate] = []
    // Of a folder's versions the newest stays whole.
    let small = Self.small(among: candidates).sorted { $1.modified < $0.modified }
    for candidate in small where try join.add(candidate.stem) { joined.append(candidate) }
    guard joined.count > 1 else { return false }
    let written = try folder.write(join.pack)
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
      let (size, modified) = try DiskFile.status(of: "\(folder.path)/\(name)")
      guard size <= Self.largest else { continue }
      candidates.append(
        Candidate(stem: "\(folder.path)/\(base)", size: size, modified: modified))
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
}

extension Repository {
  /// Joins the packs that many runs have left.
  package func consolidatePacks() throws(GitError) {
    let folder = PackFolder(path: commonFolder + "/objects/pack")
    if try PackConsolidation(folder: folder).run() { try objects.refresh() }
  }
}
