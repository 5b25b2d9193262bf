package import Cryptography
package import PKI

/// What the command line says about where things are and what time it is.
package struct Options: Sendable {
  package var repository: String
  /// The folder of desired state below the repository's root.
  package var path: String
  /// The revision that desired state is read from.
  package var revision: String
  /// nil takes the settings' branch, or `published`.
  package var publishedBranch: String?
  package var keys: String
  /// The system clock when the run began.
  package var clock: Timestamp
  /// The time to decide with, when it is not the clock's.
  package var at: Timestamp?
  package var isSimulated: Bool
  /// Whose signatures desired state needs; nil demands none.
  package var signers: SignerRequirement?
  /// What published commits are signed with.
  package var signingKey: SSHSigningKey?
  /// The revision whose policies judge desired state besides its own.
  package var base: String?
  /// The remotes that are read and written through certwright's own clone; nil where the repository
  /// itself is.
  package var upstream: Upstream?
  /// Where plans without changes are remembered; nil remembers none.
  package var cache: PlanCache?

  package init(
    repository: String, path: String, revision: String, publishedBranch: String?, keys: String,
    clock: Timestamp, at: Timestamp?, isSimulated: Bool,
    base: String? = nil
  ) {
    self.base = base
    self.repository = repository
    self.path = path
    self.revision = revision
    self.publishedBranch = publishedBranch
    self.keys = keys
    self.clock = clock
    self.at = at
    self.isSimulated = isSimulated
  }

  package var now: Timestamp { at ?? clock }
}
