import PKI

/// A tree object, taken apart without libgit2, which normalises or hides hostile entries.
struct RawTree {
  struct Entry {
    let name: String
    let mode: UInt32
    let id: ObjectID

    var kind: TreeEntry.Kind { TreeEntry.Kind(mode: mode) }
    var isFolder: Bool { mode == 0o40000 }
  }

  struct Damage: Error {
    let reason: String
  }

  /// Entries with safe names, each name once, in git's order.
  private(set) var entries: [Entry] = []
  /// What was left out, or found out of order.
  private(set) var problems: [TreeProblem] = []

  /// The tree without entries.
  init() {}

  /// Reads `MODE SP NAME NUL ID` until the end.
  init(_ bytes: [UInt8]) throws(Damage) {
    var position = 0
    // A file and a folder of one name need not be neighbours, so neighbours are not enough.
    var seen: Set<String> = []
    var sorted = true
    seen.reserveCapacity(bytes.count / 40)
    entries.reserveCapacity(bytes.count / 40)
    while position < bytes.count {
      let (mode, nameStart) = try RawTree.mode(bytes, at: position)
      guard let nameEnd = bytes[nameStart...].firstIndex(of: 0),
        let id = ObjectID(bytes, at: nameEnd + 1)
      else { throw Damage(reason: "the tree ends in the middle of an entry") }
      position = nameEnd + 21
      let nameBytes = bytes[nameStart..<nameEnd]
      let entry = Entry(name: String(decoding: nameBytes, as: UTF8.self), mode: mode, id: id)
      if let reason = PathName.problem(in: nameBytes) {
        problems.append(TreeProblem(path: entry.name, kind: .unsafeName(reason)))
        continue
      }
      guard seen.insert(entry.name).inserted else {
        problems.append(TreeProblem(path: entry.name, kind: .duplicate))
        continue
      }
      if let last = entries.last, !RawTree.precedes(last, entry) {
        problems.append(TreeProblem(path: entry.name, kind: .unsorted))
        sorted = false
      }
      entries.append(entry)
    }
    if !sorted { entries.sort(by: RawTree.precedes) }
  }

  /// Octal digits and a space. The values that fit are far above any mode.
  private static func mode(
    _ bytes: [UInt8], at start: Int
  ) throws(Damage) -> (mode: UInt32, nameStart: Int) {
    var mode: UInt32 = 0
    var position = start
    while position < bytes.count, position - start <= 8 {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: " "), position > start + 1 { return (mode, position) }
      guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) else { break }
      mode = mode << 3 | UInt32(byte & 7)
    }
    throw Damage(reason: "an entry of the tree has no valid mode")
  }

  /// git's order: bytes, with a folder compared as if its name ended in a slash.
  static func precedes(_ left: Entry, _ right: Entry) -> Bool {
    var left = (bytes: left.name.utf8.makeIterator(), isFolder: left.isFolder)
    var right = (bytes: right.name.utf8.makeIterator(), isFolder: right.isFolder)
    func next(_ side: inout (bytes: String.UTF8View.Iterator, isFolder: Bool)) -> UInt8? {
      if let byte = side.bytes.next() { return byte }
      guard side.isFolder else { return nil }
      side.isFolder = false
      return UInt8(ascii: "/")
    }
    while true {
      switch (next(&left), next(&right)) {
      case (nil, nil), (_?, nil): return false
      case (nil, _?): return true
      case (let a?, let b?) where a != b: return a < b
      default: continue
      }
    }
  }

  /// The entry with this name.
  func entry(named name: some StringProtocol) -> Entry? {
    entries.first { $0.name == name }
  }
}

/// The rules for one segment of a path in a tree that is to be written or read.
enum PathName {
  /// What is wrong with a name, as the end of a sentence; nil when nothing is.
  static func problem(in name: some Collection<UInt8>) -> String? {
    guard let first = name.first else { return "has an empty name" }
    var ascii = true
    for byte in name {
      if byte == UInt8(ascii: "/") { return "has a slash in its name" }
      if byte < 32 || byte == 127 { return "has a control character in its name" }
      ascii = ascii && byte < 128
    }
    if !ascii, String(validating: name, as: UTF8.self) == nil {
      return "has a name that is not UTF-8"
    }
    // "git~1" is ".git" on file systems with short names.
    guard first == UInt8(ascii: ".") || first | 32 == UInt8(ascii: "g") else { return nil }
    switch String(decoding: Array(name), as: UTF8.self).lowercased() {
    case ".", "..": return "has a name that means another folder"
    case ".git", "git~1": return "has a name that git reserves"
    default: return nil
    }
  }
}
