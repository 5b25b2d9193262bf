import Cryptography
import Git
import PKI
import Parallel

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
  /// - Parameters:
  ///   - others: parents after the tip.
  ///   - certificates: What is added to the ledger.
  func make(
    _ files: [String: TreeContent], certificates: [IssuedCertificate] = [],
    removing removals: Set<String> = [], onto tip: CommitInfo?, also others: [ObjectID] = [],
    at time: Timestamp, message: String, in repository: borrowing Repository
  ) throws(ReconcileError) -> ObjectID {
    try git { () throws(GitError) in
      var writer = ObjectWriter(compression: Self.compression)
      let files = try files.merging(Self.add(certificates, to: &writer)) { _, record in record }
      let tree = try writer.tree(
        from: tip?.tree, setting: files, removing: removals, in: repository)
      let commit = try writer.commit(
        tree: tree, parents: (tip.map { [$0.id] } ?? []) + others, author: Self.signature(at: time),
        committer: Self.signature(at: time), message: message, sign: sign)
      try repository.write(writer)
      return commit
    }
  }

  /// Adds certificates as files of the ledger, some at a time: all of them as text would take more
  /// memory than anything else in a run.
  ///
  /// - Returns: what lies where.
  private static func add(
    _ certificates: [IssuedCertificate], to writer: inout ObjectWriter
  ) throws(GitError) -> [String: TreeContent] {
    var files: [String: TreeContent] = [:]
    files.reserveCapacity(certificates.count)
    for start in stride(from: 0, to: certificates.count, by: mostEncoded) {
      let some = certificates[start..<min(start + mostEncoded, certificates.count)]
      let texts = Workers.map(some.count) { range in
        range.map { LedgerCertificate.encode(some[start + $0]) }
      }
      for (certificate, text) in zip(some, texts) {
        let path = LedgerPath.certificate(certificate.id, notAfter: certificate.facts.notAfter)
        files[path] = .blob(try writer.blob(text))
      }
    }
    return files
  }

  private static let mostEncoded = 4_096

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
