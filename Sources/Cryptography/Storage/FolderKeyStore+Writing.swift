package import PKI
import Synchronization

extension FolderKeyStore {
  package func create(
    _ requests: [KeyRequest], progress: @escaping @Sendable (Int) -> Void
  ) throws(KeyStoreError) -> [PublicKey] {
    guard access == .writing else { throw .readOnly(directory: directory) }
    try provePassphrase()
    let batch = KeyBatch(requests: requests, encryption: encryption, progress: progress)
    return try batch.run(in: try PrivateFolder.make(directory))
  }

  package func adopt(
    _ pem: [UInt8], passphrase: Passphrase?, owner: Name
  ) throws(KeyStoreError) -> PublicKey {
    guard access == .writing else { throw .readOnly(directory: directory) }
    try provePassphrase()
    let key: PrivateKey
    do { key = try PrivateKey(pem: pem, passphrase.map { KeyEncryption($0) }) } catch {
      throw .input(error)
    }
    let publicKey = key.publicKey
    do { _ = try PublicKey(checking: publicKey.subjectPublicKeyInfo) } catch {
      throw .refused(error)
    }
    // What lies there already must be this very key, and readable.
    if try open(publicKey.id, owner) != nil { return publicKey }
    let text: SecretBytes
    do { text = try key.encoded(encryption) } catch { throw .unusable("\(owner)", error) }
    try KeyBatch.store(text, publicKey.id, owner, in: try PrivateFolder.make(directory))
    return publicKey
  }

  /// Tries the passphrase on one key of the store, so that keys of two passphrases, or of
  /// none and one, never lie side by side by mistake.
  private func provePassphrase() throws(KeyStoreError) {
    guard !isPassphraseProven.withLock({ $0 }) else { return }
    if let root = try PrivateFolder.existing(directory), let first = try Self.anyKey(root, "") {
      _ = try open(first.id, first.owner)?.publicKey
    }
    isPassphraseProven.withLock { $0 = true }
  }

  /// The first key that is found: a store of a hundred thousand is not listed for it.
  private static func anyKey(
    _ folder: borrowing PrivateFolder, _ prefix: String
  ) throws(KeyStoreError) -> StoredKey? {
    var found: StoredKey?
    var folders: [String] = []
    try folder.visit { name throws(KeyStoreError) in
      if let id = KeyIndex.id(fileName: name) {
        found = Name(prefix).map { StoredKey(owner: $0, id: id) }
      } else if Name.problem(in: name) == nil {
        folders.append(name)
      }
      return found == nil && folders.count < mostFolders
    }
    if let found { return found }
    for name in folders where !folder.isFile(name) {
      guard let child = try folder.folder(name) else { continue }
      let below = try anyKey(child, prefix.isEmpty ? name : "\(prefix)/\(name)")
      if let below { return below }
    }
    // All of these were empty, which a crash between a folder and its key leaves a few of.
    return folders.count < mostFolders ? nil : try KeyIndex(folder, below: prefix).keys.first
  }

  private static let mostFolders = 64
}
