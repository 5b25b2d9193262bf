/// The identifier of a git object: forty lower-case hexadecimal digits of its SHA-1.
package struct ObjectID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let hex: String

  package init?(hex: some StringProtocol) {
    guard hex.utf8.count == 40, Hex.decode(hex) != nil, hex == hex.lowercased() else { return nil }
    self.hex = String(hex)
  }

  /// Takes the twenty bytes of a SHA-1.
  init(sha1 bytes: some Sequence<UInt8>) {
    hex = Hex.encode(bytes)
  }

  package static func < (left: ObjectID, right: ObjectID) -> Bool { left.hex < right.hex }

  package var description: String { hex }
}

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
  /// An object that exists already: a blob, or a whole folder.
  case blob(ObjectID)
  case tree(ObjectID)
}
