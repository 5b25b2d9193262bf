import Git
import PKI

/// Finds the commits behind the reasons of a plan.
enum Causes {
  /// The newest commit since the last apply that changed each file that a reason names.
  ///
  /// There is none for the work tree, for upkeep, and where history ends or is damaged: a cause is
  /// told to people and nothing is decided by it, so the lack of one stops no plan.
  static func commits(
    for changes: [Change], from start: CommitInfo?, path: String, lastApplied: ObjectID?,
    in repository: borrowing Repository
  ) -> [String: CausingCommit] {
    let files = Set(changes.lazy.flatMap(\.reasons).compactMap(\.causingFile))
    guard let start, !files.isEmpty else { return [:] }
    let found = try? repository.newestChanges(
      ofFiles: files, below: path, from: start.id, stop: lastApplied)
    return (found ?? [:]).mapValues {
      CausingCommit(id: $0.id, author: $0.author.name, time: $0.author.time)
    }
  }
}
