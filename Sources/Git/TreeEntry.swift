package import PKI

/// One line of a git tree: a name in a folder.
package struct TreeEntry: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case file
    case executable
    case folder
    case symlink
    case submodule
    /// A mode that git never writes.
    case unknown(mode: UInt32)

    init(mode: UInt32) {
      switch mode {
      // 100664 is what git wrote before 2005; it still reads as 100644.
      case 0o100644, 0o100664: self = .file
      case 0o100755: self = .executable
      case 0o40000: self = .folder
      case 0o120000: self = .symlink
      case 0o160000: self = .submodule
      default: self = .unknown(mode: mode)
      }
    }

    var isFile: Bool { self == .file || self == .executable }
  }

  package let name: String
  package let kind: Kind
  package let id: ObjectID
}

/// Something in a tree that is no plain file or folder with a safe name.
///
/// libgit2 shows such entries without complaint; whoever lists a tree decides what they mean.
package struct TreeProblem: Hashable, Sendable, CustomStringConvertible {
  package enum Kind: Hashable, Sendable {
    case symlink
    case submodule
    case unknownMode(UInt32)
    /// The end of a sentence that begins with the path.
    case unsafeName(String)
    /// A second entry with the same name.
    case duplicate
    /// Not in git's order, so that some tools find it and others do not.
    case unsorted
    case tooDeep
    /// Only in a work tree: a device, a socket, a pipe.
    case special
    /// Only in a work tree: a file of more bytes than the caller wants.
    case tooLarge(limit: Int)
  }

  /// The path below the listed folder; bytes that are not UTF-8 are replaced.
  package let path: String
  package let kind: Kind

  package init(path: String, kind: Kind) {
    self.path = path
    self.kind = kind
  }

  package var description: String {
    let rest =
      switch kind {
      case .symlink: "is a symbolic link"
      case .submodule: "is a submodule"
      case .unknownMode(let mode): "has the unknown mode \(String(mode, radix: 8))"
      case .unsafeName(let reason): reason
      case .duplicate: "appears twice"
      case .unsorted: "is out of git's order"
      case .tooDeep: "is nested too deep"
      case .special: "is not a regular file"
      case .tooLarge(let limit): "is larger than \(limit) bytes"
      }
    return "\"\(path)\" \(rest)"
  }
}

/// The files below a folder, and what there is that is none.
package struct TreeListing: Hashable, Sendable {
  /// In the order of the bytes of their paths.
  package var files: [TreeFile] = []
  package var problems: [TreeProblem] = []

  package init() {}
}
