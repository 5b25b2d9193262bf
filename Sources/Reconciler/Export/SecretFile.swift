import Git

/// Writes a file with a secret in it: for its owner alone, whole or not at all.
package enum SecretFile {
  private static let mode: UInt32 = 0o600

  /// - Parameter replaces: whether a file that is there may be replaced; a link never is followed.
  package static func write(
    _ bytes: [UInt8], to path: String, replaces: Bool
  ) throws(ReconcileError) {
    let isThere = try git { () throws(GitError) in try HostFile.kind(of: path) != nil }
    guard isThere else {
      return try git { () throws(GitError) in try HostFile.create(path, mode: mode, bytes) }
    }
    guard replaces else {
      throw .invalid("\"\(path)\" is there already", hint: "--force replaces it")
    }
    // Under a name of its own first, so that a full disk leaves what was there before.
    let staging = path + ".new"
    try git { () throws(GitError) in
      try HostFile.create(staging, mode: mode, bytes)
      try HostFile.rename(staging, to: path)
    }
  }
}
