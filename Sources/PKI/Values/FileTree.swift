/// One file of a git tree that has been listed, not read.
package struct TreeFile: Hashable, Sendable {
  /// The path below the listed folder, with `/` between segments.
  package let path: String
  package let id: ObjectID

  package init(path: String, id: ObjectID) {
    self.path = path
    self.id = id
  }
}

/// What a tree shall hold at a path: the currency between rendering and git.
package enum TreeContent: Hashable, Sendable {
  case bytes([UInt8])
  /// The same bytes at several paths.
  case shared(SharedContent)
  /// An object that exists already: a blob, or a whole folder.
  case blob(ObjectID)
  case tree(ObjectID)

  /// The id of the object that the path will name.
  package var id: ObjectID {
    switch self {
    case .bytes(let bytes): BlobID.of(bytes)
    case .shared(let content): content.id
    case .blob(let id), .tree(let id): id
    }
  }
}
