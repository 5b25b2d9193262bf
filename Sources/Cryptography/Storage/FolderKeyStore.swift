package import PKI
import Synchronization

/// Private keys as PEM files in a folder of the local disk: `OWNER/KEYID.pem`, where an owner of
/// several segments has as many folders.
///
/// Folders are 0700 and files 0600, and what others can use is refused rather than repaired: a key
/// that was readable may have been read. Keys reach their place as whole, durable files or not at
/// all; what a crash leaves in a staging folder is swept when a store is next opened for writing.
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
    guard let place = try locate(id, owner) else {
      throw KeyStoreError.absent(id, directory: directory)
    }
    let key = try open(id, place)
    return try body(key)
  }

  package func contains(_ id: KeyID, owner: Name?) throws(KeyStoreError) -> Bool {
    guard let place = try locate(id, owner) else { return false }
    guard var text = try read(id, place) else { return false }
    defer { text.wipe() }
    guard !text.isEmpty else { throw .key(path: path(id, place), .damaged("it is empty")) }
    return true
  }

  package func list() throws(KeyStoreError) -> [StoredKey] {
    guard let root = try PrivateFolder.existing(directory) else { return [] }
    return try KeyIndex(root).keys
  }

  /// The owner under whom a key lies: the hint if it is right, else whoever a search finds.
  private func locate(_ id: KeyID, _ hint: Name?) throws(KeyStoreError) -> Name? {
    if let hint, var text = try read(id, hint) {
      text.wipe()
      return hint
    }
    if let known = index.withLock({ $0?[id] }), known != hint, var text = try read(id, known) {
      text.wipe()
      return known
    }
    // Not known: another process may have stored it since the last search.
    let keys = try list()
    let owners = Dictionary(keys.map { ($0.id, $0.owner) }, uniquingKeysWith: { first, _ in first })
    index.withLock { $0 = owners }
    return owners[id]
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

  func open(_ id: KeyID, _ owner: Name) throws(KeyStoreError) -> PrivateKey {
    guard var text = try read(id, owner) else { throw .absent(id, directory: directory) }
    defer { text.wipe() }
    let key: PrivateKey
    do { key = try PrivateKey(pem: text, encryption) } catch {
      throw .key(path: path(id, owner), error)
    }
    guard key.publicKey.id == id else {
      throw .key(path: path(id, owner), .damaged("it holds the key \(key.publicKey.id)"))
    }
    return key
  }
}
