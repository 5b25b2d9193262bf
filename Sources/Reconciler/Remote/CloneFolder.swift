import Git
import Glibc
import PKI

/// Where certwright keeps its own clone of one pair of repositories.
package struct CloneFolder: Sendable {
  private static let mostWaits = 200
  private static let wait: UInt32 = 50_000

  /// The folder of all clones.
  let parent: String
  package let path: String

  init(parent: String, desired: RemoteURL, published: RemoteURL) {
    let name = BlobID.of(Array("\(desired.text)\n\(published.text)".utf8)).hex.prefix(20)
    self.parent = parent
    path = "\(parent)/\(name)"
  }

  var exists: Bool {
    get throws(ReconcileError) {
      try git { () throws(GitError) in try HostFile.kind(of: path) != nil }
    }
  }

  /// Makes the clone, empty, when there is none.
  func create(at now: Timestamp) throws(ReconcileError) {
    if try exists { return }
    try createParents()
    let lock = try lock(at: now)
    try git { () throws(GitError) in try Repository.createBare(at: path) }
    withExtendedLifetime(lock) {}
  }

  private func createParents() throws(ReconcileError) {
    var folder = ""
    for part in parent.split(separator: "/") {
      folder += "/\(part)"
      try git { () throws(GitError) in
        guard try HostFile.kind(of: folder) == nil else { return }
        do throws(GitError) {
          try HostFile.createFolder(folder, mode: 0o700)
        } catch {
          // Another process was faster.
          guard try HostFile.kind(of: folder) == .folder else { throw error }
        }
      }
    }
  }

  /// Two first runs at once must not both make it.
  private func lock(at now: Timestamp) throws(ReconcileError) -> RunLock {
    var holder = ""
    for _ in 0..<Self.mostWaits {
      let outcome = try git { () throws(GitError) in
        try RunLock.take(file: "\(parent)/setup.lock", at: now)
      }
      switch consume outcome {
      case .taken(let lock): return lock
      case .held(let by): holder = by
      }
      usleep(Self.wait)
    }
    throw .locked(by: holder)
  }
}
