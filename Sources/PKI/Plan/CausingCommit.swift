/// The commit that brought what a reason names into desired state.
///
/// Information for people, like the reasons themselves: merges and squashes make new commits, so
/// no digest covers it.
package struct CausingCommit: Hashable, Sendable {
  private static let longestAuthor = 80

  package let id: ObjectID
  /// The name that the author gave; anybody may write anything into it.
  package let author: String
  package let time: Timestamp

  package init(id: ObjectID, author: String, time: Timestamp) {
    self.id = id
    self.author = String(author.visible.split(separator: " ").joined(separator: " ")).clipped(
      to: Self.longestAuthor)
    self.time = time
  }

  package var json: JSON {
    .members([
      ("id", .string(id.hex)), ("author", .string(author)), ("time", .string(time.description)),
    ])
  }
}

extension Reason {
  /// The file of desired state whose change is the cause.
  package var causingFile: String? {
    if case .newRequest(let file, _) = self { return file }
    return place?.file
  }
}
