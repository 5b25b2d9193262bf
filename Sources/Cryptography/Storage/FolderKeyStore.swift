package import PKI
import Synchronization

/// Private keys as PEM files in a folder of the local disk: `OWNER/KEYID.pem`, where an owner of
/// several segments has as many folders.
///
/// Folders are 0700 and files 0600, and what others can use is refused rather than repaired: a key
/// that was readable may have been read. Keys reach their place as whole, durable files or not at
/// all; what a crash leaves in a staging folder is swept when a store is next opened for writing.
///
/// A key that is not where its hint says costs a walk over all folders; to ask for many, use
/// ``list()``.
package final class FolderKeyStore: KeyStore {
  package enum Access: Sendable {
    case reading
    case writing
  }

  /// Absolute or relative to the working folder.
  package let directory: String
  let access: Access
  let encryption: KeyEncryption?
  /// Filled by the first search that its hint did not end, then kept.
  private let index = Mutex<[KeyID: Name]?>(nil)
  /// Whether the passphrase has been tried on a key that is stored already.
  let isPassphraseProven = Mutex(false)

  /// Opens a store. Writing makes the folder when it is missing; reading leaves all as it is, and
  /// a missing folder is an empty store.
  package convenience init(
    _ directory: String, passphrase: Passphrase?, _ access: Access
  ) throws(KeyStoreError) {
    try self.init(directory, encryption: passphrase.map { KeyEncryption($0) }, access)
  }

  init(
    _ directory: String, encryption: KeyEncryption?, _ access: Access
  ) throws(KeyStoreError) {
    self.directory = directory
    self.access = access
    self.encryption = encryption
    switch access {
    case .reading: _ = try PrivateFolder.existing(directory)?.path
    case .writing: try StagingFolder.sweep(try PrivateFolder.make(directory))
    }
  }

  package func withKey<Result>(
    _ id: KeyID, owner: Name?, _ body: (borrowing PrivateKey) throws -> Result
  ) throws -> Result {
    guard var file = try find(id, owner) else {
      throw KeyStoreError.absent(id, directory: directory)
    }
    defer { file.text.wipe() }
    let key = try decode(id, file)
    return try body(key)
  }

  package func contains(_ id: KeyID, owner: Name?) throws(KeyStoreError) -> Bool {
    guard var file = try find(id, owner) else { return false }
    defer { file.text.wipe() }
    guard !file.text.isEmpty else {
      throw .key(path: path(id, file.owner), .damaged("it is empty"))
    }
    return true
  }

  package func list() throws(KeyStoreError) -> [StoredKey] {
    guard let root = try PrivateFolder.existing(directory) else { return [] }
    return try KeyIndex(root).keys
  }

  private typealias File = (owner: Name, text: [UInt8])

  /// The file of a key: where the hint says if it is right, else where a search finds it.
  private func find(_ id: KeyID, _ hint: Name?) throws(KeyStoreError) -> File? {
    if let hint, let text = try read(id, hint) { return (hint, text) }
    if let known = index.withLock({ $0?[id] }), let text = try read(id, known) {
      return (known, text)
    }
    // Not known: another process may have stored it since the last search.
    let keys = try list()
    let owners = Dictionary(keys.map { ($0.id, $0.owner) }, uniquingKeysWith: { first, _ in first })
    index.withLock { $0 = owners }
    guard let owner = owners[id], let text = try read(id, owner) else { return nil }
    return (owner, text)
  }

  private func path(_ id: KeyID, _ owner: Name) -> String {
    "\(directory)/\(owner)/\(KeyIndex.fileName(id))"
  }

  /// The file's bytes; nil when there is no such file.
  private func read(_ id: KeyID, _ owner: Name) throws(KeyStoreError) -> [UInt8]? {
    guard var folder = try PrivateFolder.existing(directory) else { return nil }
    for segment in owner.segments {
      guard let child = try folder.folder(String(segment)) else { return nil }
      folder = child
    }
    return try folder.read(KeyIndex.fileName(id))
  }

  /// The key that the owner has under this identifier; nil when there is none.
  func open(_ id: KeyID, _ owner: Name) throws(KeyStoreError) -> PrivateKey? {
    guard var text = try read(id, owner) else { return nil }
    defer { text.wipe() }
    return try decode(id, (owner, text))
  }

  private func decode(_ id: KeyID, _ file: File) throws(KeyStoreError) -> PrivateKey {
    let key: PrivateKey
    do { key = try PrivateKey(pem: file.text, encryption) } catch {
      throw .key(path: path(id, file.owner), error)
    }
    guard key.publicKey.id == id else {
      throw .key(path: path(id, file.owner), .damaged("it holds the key \(key.publicKey.id)"))
    }
    return key
  }
}
