/// The references of certwright's own clone.
enum CloneReferences {
  /// The branches of the desired repository.
  static let desiredMirror = "refs/remotes/desired"
  static let tags = "refs/certwright/tags"
  /// The branches of the published repository, where that is another one.
  static let publishedMirror = "refs/remotes/published"
  /// The desired commit of the run that holds the lock.
  static let desired = "refs/certwright/desired"

  static let knownFolder = "refs/certwright/published/"
  static let pendingFolder = "refs/certwright/pending/"

  static let unsentFolder = "refs/certwright/unsent/"

  /// The newest commit that this host saw published.
  static func known(_ branch: String) -> String { knownFolder + branch }

  /// A commit made here of which nobody knows whether it is published.
  static func pending(_ branch: String) -> String { pendingFolder + branch }

  /// A branch of an emergency that the desired repository has still to be given.
  static func unsent(_ branch: String) -> String { unsentFolder + branch }

  /// What this host takes for published: the pending commit once a run has ended with it.
  static func local(_ branch: String) -> String { "refs/heads/\(branch)" }
}
