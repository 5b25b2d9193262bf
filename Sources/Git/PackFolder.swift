import Glibc
import PKI

/// The `objects/pack` folder of a repository.
struct PackFolder {
  let path: String

  /// Writes a pack and its index; both are durable when this returns.
  ///
  /// The index comes last, because a pack exists for readers when its index does. Until then the
  /// files have the names that git's own garbage collection sweeps after a crash.
  ///
  /// - Returns: the path of the pack without its ending.
  @discardableResult
  func write(_ pack: Pack) throws(GitError) -> String {
    if unsafe mkdir(path, 0o777) != 0, errno != EEXIST { throw systemError("create", path) }
    let file = pack.file()
    let name = "\(path)/pack-\(Hex.encode(file.checksum))"
    // The same objects in the same order were written before.
    if unsafe access(name + ".idx", F_OK) == 0 { return name }
    let suffix = "\(getpid())_\(Hex.encode(file.checksum.prefix(6)))"
    try place(file.parts, at: name + ".pack", by: "\(path)/tmp_pack_\(suffix)")
    let index = pack.index(packChecksum: file.checksum)
    try place([index[...]], at: name + ".idx", by: "\(path)/tmp_idx_\(suffix)")
    try DiskFile.syncFolder(path)
    return name
  }

  /// Whether a file of the folder is one that a run of ours was writing; git's own have other names.
  static func isTemporary(_ name: String) -> Bool {
    let parts = name.split(separator: "_", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "tmp" && ["pack", "idx"].contains(parts[1])
      && Int(parts[2]) != nil && parts[3].utf8.count == 12 && Hex.decode(parts[3]) != nil
  }

  private func place(
    _ parts: [ArraySlice<UInt8>], at name: String, by temporary: String
  ) throws(GitError) {
    // What a crashed run with this process id left; the name is ours alone otherwise.
    _ = unsafe unlink(temporary)
    try DiskFile.create(temporary, mode: 0o444, parts: parts)
    guard unsafe rename(temporary, name) == 0 else {
      let error = systemError("write", name)
      _ = unsafe unlink(temporary)
      throw error
    }
  }
}
