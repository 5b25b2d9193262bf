/// That a run carried out what nobody had reviewed yet, loudly: who, where it can be reviewed, and
/// on top of which reviewed commit.
package struct Emergency: Hashable, Sendable {
  package let by: String
  /// The branch of the desired repository that holds the change.
  package let branch: String
  package let commit: ObjectID
  /// The commit last applied. It stays the one that later commits must descend from: a review may
  /// end in a squashed commit, and what must not be lost is guarded by itself.
  package let base: ObjectID

  package init(by: String, branch: String, commit: ObjectID, base: ObjectID) {
    self.by = by
    self.branch = branch
    self.commit = commit
    self.base = base
  }

  var json: JSON {
    .members([
      ("by", .string(by)), ("branch", .string(branch)), ("commit", .string(commit.hex)),
      ("base", .string(base.hex)),
    ])
  }
}
