import PKI

/// Which owner each stored key lies under, read from the names of folders and files alone.
struct KeyIndex {
  private(set) var keys: [StoredKey] = []

  /// Walks the store. Names that the store does not write are left alone: `lost+found`, notes.
  init(_ root: borrowing PrivateFolder, below prefix: String = "") throws(KeyStoreError) {
    try walk(root, prefix)
    keys.sort()
  }

  private mutating func walk(
    _ folder: borrowing PrivateFolder, _ prefix: String
  ) throws(KeyStoreError) {
    for name in try folder.names() {
      if let id = KeyIndex.id(fileName: name) {
        if let owner = Name(prefix) { keys.append(StoredKey(owner: owner, id: id)) }
      } else if Name.problem(in: name) == nil, !folder.isFile(name),
        let child = try folder.folder(name)
      {
        try walk(child, prefix.isEmpty ? name : "\(prefix)/\(name)")
      }
    }
  }

  static func fileName(_ id: KeyID) -> String { "\(id.hex).pem" }

  static func id(fileName name: String) -> KeyID? {
    name.hasSuffix(".pem") ? KeyID(hex: name.dropLast(4)) : nil
  }
}
