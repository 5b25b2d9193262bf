import Cryptography
import Git
import PKI

/// Finds out who signed commits, each once.
struct CommitVerifier {
  /// What git signs commits for.
  static let namespace = "git"

  let allowed: AllowedSigners
  private var known: [ObjectID: Result<VerifiedSigner, SignatureRefusal>] = [:]

  init(_ allowed: AllowedSigners) {
    self.allowed = allowed
  }

  /// The signer of a commit, or why it has none that counts.
  ///
  /// Times are judged when the commit says that it was made, as git does: a key that expired later
  /// does not undo what it signed.
  mutating func signer(
    of commit: CommitInfo, in repository: borrowing Repository
  ) throws(ReconcileError) -> Result<VerifiedSigner, SignatureRefusal> {
    if let known = known[commit.id] { return known }
    let signed = try git { () throws(GitError) in try repository.signedCommit(commit.id) }
    let result = Result { () throws(SignatureRefusal) in try verify(signed, commit) }
    known[commit.id] = result
    return result
  }

  private func verify(
    _ signed: SignedCommit, _ commit: CommitInfo
  ) throws(SignatureRefusal) -> VerifiedSigner {
    guard let text = signed.signatures.first else { throw SignatureRefusal("is not signed") }
    guard signed.signatures.count == 1 else { throw SignatureRefusal("is signed twice") }
    let signature = try parse(text)
    guard signature.namespace == Self.namespace else {
      throw SignatureRefusal("has a signature that was made for something else than git")
    }
    if let securityKey = signature.securityKey, !securityKey.isUserPresent {
      throw SignatureRefusal("is signed by a security key that nobody touched")
    }
    do throws(OpenSSLError) {
      guard try signature.verifies(signed.payload) else {
        throw OpenSSLError("")
      }
    } catch {
      throw SignatureRefusal("has a signature that does not fit: it was changed, or made up")
    }
    return try allowed.signer(
      of: signature.publicKey, namespace: signature.namespace, at: commit.committer.time,
      claiming: commit.committer.email)
  }

  private func parse(_ text: [UInt8]) throws(SignatureRefusal) -> SSHSignature {
    if text.starts(with: "-----BEGIN PGP".utf8) {
      throw SignatureRefusal("is signed with OpenPGP, only SSH signatures are read")
    }
    if text.starts(with: "-----BEGIN SIGNED MESSAGE".utf8) {
      throw SignatureRefusal("is signed with X.509, only SSH signatures are read")
    }
    do throws(SSHFormatError) {
      return try SSHSignature(armored: text)
    } catch {
      throw SignatureRefusal("has a signature that \(error.reason)")
    }
  }
}
