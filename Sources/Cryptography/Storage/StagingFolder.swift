import Glibc
import PKI

/// A folder of one run inside the store, where keys are written before they get their names.
///
/// It is locked for as long as the run lives, and the lock goes with the process: a staging folder
/// that can be locked was left by a crash.
struct StagingFolder: ~Copyable {
  let folder: PrivateFolder
  private let name: String

  private static let prefix = ".staging-"
  private static let ending = ".tmp"

  init(in root: borrowing PrivateFolder) throws(KeyStoreError) {
    // Another process that sweeps may take the folder between making and locking it.
    for _ in 0..<16 {
      let random: [UInt8]
      do { random = try Random.bytes(8) } catch { throw .unusable("a staging folder", error) }
      let name = Self.prefix + Hex.encode(random) + Self.ending
      guard let folder = try root.makingPassingFolder(name) else { continue }
      guard folder.lock(), try root.folder(name) != nil else {
        try root.remove(name, isFolder: true)
        continue
      }
      self.folder = folder
      self.name = name
      return
    }
    throw .system(operation: "lock a folder in", path: root.path, code: EAGAIN, reason: "in use")
  }

  /// Removes the folder with whatever is left in it.
  func discard(from root: borrowing PrivateFolder) throws(KeyStoreError) {
    try Self.remove(folder, name, from: root)
  }

  /// Removes what crashed runs have left. Keys in there were never given to anybody.
  static func sweep(_ root: borrowing PrivateFolder) throws(KeyStoreError) {
    // Beside it may lie a folder for each of a hundred thousand owners.
    var left: [String] = []
    try root.visit { name throws(KeyStoreError) in
      if name.hasPrefix(prefix), name.hasSuffix(ending) { left.append(name) }
      return true
    }
    for name in left.sorted() {
      guard let folder = try root.folder(name), folder.lock() else { continue }
      try remove(folder, name, from: root)
    }
  }

  private static func remove(
    _ folder: borrowing PrivateFolder, _ name: String, from root: borrowing PrivateFolder
  ) throws(KeyStoreError) {
    for file in try folder.names() { try folder.remove(file) }
    try root.remove(name, isFolder: true)
  }
}
