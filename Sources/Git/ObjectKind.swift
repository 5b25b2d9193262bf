import CLibGit2

/// The four kinds of git objects.
package enum ObjectKind: UInt8, Hashable, Sendable {
  // The raw values are the type numbers of pack entries.
  case commit = 1
  case tree = 2
  case blob = 3
  case tag = 4

  /// The word that an object's header begins with.
  var name: String {
    switch self {
    case .commit: "commit"
    case .tree: "tree"
    case .blob: "blob"
    case .tag: "tag"
    }
  }

  init?(name: some Sequence<UInt8>) {
    switch String(decoding: Array(name), as: UTF8.self) {
    case "commit": self = .commit
    case "tree": self = .tree
    case "blob": self = .blob
    case "tag": self = .tag
    default: return nil
    }
  }

  init?(_ type: git_object_t) {
    guard type.rawValue >= 0 else { return nil }
    self.init(rawValue: UInt8(truncatingIfNeeded: type.rawValue))
  }

  var libgit2: git_object_t { git_object_t(rawValue: Int32(rawValue)) }
}
