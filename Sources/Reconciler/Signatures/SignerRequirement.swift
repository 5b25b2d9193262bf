import Foundation
package import Git
package import PKI
import YAML

/// Whose signatures a host demands, read from its own files.
package struct SignerRequirement: Sendable {
  package let allowed: AllowedSigners
  /// nil is content with any allowed signer.
  package let rules: SignerRules?

  /// - Parameters:
  ///   - file: an allowed-signers file.
  ///   - policy: a file of rules, if there is one.
  package static func read(
    _ file: String, policy: String?, _ options: Options, for repository: borrowing Repository
  ) throws(ReconcileError) -> SignerRequirement {
    let allowed = try allowedSigners(file, options, for: repository)
    guard let policy else { return SignerRequirement(allowed: allowed, rules: nil) }
    let bytes = try bytes(of: policy, options, for: repository)
    let documents: [Node]
    do throws(YAMLError) {
      documents = try YAMLReader.documents(in: bytes, file: policy)
    } catch {
      throw .hostFile(path: policy, error.findings)
    }
    let (rules, findings) = SignerRules.decode(documents, file: policy)
    guard findings.isEmpty else { throw .hostFile(path: policy, findings) }
    return SignerRequirement(allowed: allowed, rules: rules)
  }

  package static func allowedSigners(
    _ file: String, _ options: Options, for repository: borrowing Repository
  ) throws(ReconcileError) -> AllowedSigners {
    let (allowed, findings) = AllowedSigners.read(
      try bytes(of: file, options, for: repository), file: file)
    guard findings.isEmpty else { throw .hostFile(path: file, findings) }
    return allowed
  }

  /// What says who may change the repository must not be changed with it.
  private static func bytes(
    of file: String, _ options: Options, for repository: borrowing Repository
  ) throws(ReconcileError) -> [UInt8] {
    let named = URL(fileURLWithPath: file).standardizedFileURL
    // A link inside the repository could be pointed elsewhere, one outside could point into it.
    let places = [
      named,
      named.deletingLastPathComponent().resolvingSymlinksInPath()
        .appending(path: named.lastPathComponent), named.resolvingSymlinksInPath(),
    ]
    var folders = [repository.workFolder, repository.commonFolder]
    // A run in a clone of its own was started in another repository.
    if options.upstream != nil, let named = try? Repository(at: options.repository) {
      folders += [named.workFolder, named.commonFolder]
    }
    for folder in folders.compactMap(\.self) {
      let root = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
      for place in places where place.path == root || place.path.hasPrefix(root + "/") {
        throw .invalid(
          "\"\(file)\" lies in the repository whose commits it shall judge",
          hint: "keep it on the host, where a commit cannot change it")
      }
    }
    let bytes = try git { () throws(GitError) in
      try HostFile.read(file, limit: AllowedSigners.sizeLimit)
    }
    guard let bytes else { throw .invalid("there is no file \"\(file)\"", hint: nil) }
    return bytes
  }
}
