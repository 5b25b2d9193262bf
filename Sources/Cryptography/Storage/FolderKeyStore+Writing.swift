package import PKI
import Synchronization

extension FolderKeyStore {
  package func create(_ requests: [KeyRequest]) throws(KeyStoreError) -> [PublicKey] {
    guard access == .writing else { throw .readOnly(directory: directory) }
    try provePassphrase()
    let batch = KeyBatch(requests: requests, encryption: encryption)
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

  /// Tries the passphrase on the first key of the store, so that keys of two passphrases, or of
  /// none and one, never lie side by side by mistake.
  private func provePassphrase() throws(KeyStoreError) {
    guard !isPassphraseProven.withLock({ $0 }) else { return }
    if let root = try PrivateFolder.existing(directory), let first = try Self.firstKey(root, "") {
      _ = try open(first.id, first.owner)?.publicKey
    }
    isPassphraseProven.withLock { $0 = true }
  }

  private static func firstKey(
    _ folder: borrowing PrivateFolder, _ prefix: String
  ) throws(KeyStoreError) -> StoredKey? {
    for name in try folder.names() {
      if let id = KeyIndex.id(fileName: name) {
        if let owner = Name(prefix) { return StoredKey(owner: owner, id: id) }
      } else if Name.problem(in: name) == nil, !folder.isFile(name),
        let child = try folder.folder(name),
        let found = try firstKey(child, prefix.isEmpty ? name : "\(prefix)/\(name)")
      {
        return found
      }
    }
    return nil
  }
}
