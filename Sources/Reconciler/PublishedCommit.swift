import Cryptography
import Git
import PKI

/// Makes commits of the published branch. They are the program's, not of whoever runs it.
struct PublishedCommit {
  private static let authorName = "certwright"
  private static let authorEmail = "certwright@localhost"
  /// zlib's level for what is written: certificates hardly compress.
  private static let compression = 1

  /// What commits are signed with, if they are.
  let signingKey: SSHSigningKey?

  /// Makes a commit that no branch has yet.
  ///
  /// - Parameter others: parents after the tip.
  func make(
    _ files: [String: TreeContent], removing removals: Set<String> = [], onto tip: CommitInfo?,
    also others: [ObjectID] = [], at time: Timestamp, message: String,
    in repository: borrowing Repository
  ) throws(ReconcileError) -> ObjectID {
    try git { () throws(GitError) in
      var writer = ObjectWriter(compression: Self.compression)
      let tree = try writer.tree(
        from: tip?.tree, setting: files, removing: removals, in: repository)
      let commit = try writer.commit(
        tree: tree, parents: (tip.map { [$0.id] } ?? []) + others, author: Self.signature(at: time),
        committer: Self.signature(at: time), message: message, sign: sign)
      try repository.write(writer)
      return commit
    }
  }

  static func signature(at time: Timestamp) -> CommitInfo.Signature {
    CommitInfo.Signature(name: authorName, email: authorEmail, time: time)
  }

  /// An OpenSSH signature, when there is a key for it.
  private func sign(_ commit: [UInt8]) throws(GitError) -> String? {
    do throws(OpenSSLError) {
      return try signingKey?.signature(of: commit, namespace: CommitVerifier.namespace)
    } catch {
      throw .library(operation: "sign the commit", code: -1, reason: error.description)
    }
  }
}
