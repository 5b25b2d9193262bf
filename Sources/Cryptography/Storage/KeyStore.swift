package import PKI

/// A key to be made for an owner.
package struct KeyRequest: Hashable, Sendable {
  package let owner: Name
  package let algorithm: KeyAlgorithm

  package init(owner: Name, algorithm: KeyAlgorithm) {
    self.owner = owner
    self.algorithm = algorithm
  }
}

/// Where a stored key lies.
package struct StoredKey: Hashable, Comparable, Sendable {
  package let owner: Name
  package let id: KeyID

  package init(owner: Name, id: KeyID) {
    self.owner = owner
    self.id = id
  }

  package static func < (left: StoredKey, right: StoredKey) -> Bool {
    (left.owner, left.id) < (right.owner, right.id)
  }
}

/// Keeps private keys. A key is found by its identifier; the owner is where to look first.
///
/// Stores never replace or remove a key. Safe to use from several threads.
package protocol KeyStore: Sendable {
  /// Makes keys, all of which are durable when this returns; the answers are in the order of the
  /// requests. After an error, keys that nobody knows of may be left behind.
  ///
  /// - Parameter progress: told how many are made, by one thread at a time.
  func create(
    _ requests: [KeyRequest], progress: @escaping @Sendable (Int) -> Void
  ) throws(KeyStoreError) -> [PublicKey]

  /// Takes in a private key that exists, in PEM; it becomes encrypted with the store's own
  /// passphrase. Taking in again what the owner already has changes nothing.
  func adopt(
    _ pem: [UInt8], passphrase: Passphrase?, owner: Name
  ) throws(KeyStoreError) -> PublicKey

  /// Lends a key. Throws ``KeyStoreError``, or what the closure throws.
  func withKey<Result>(
    _ id: KeyID, owner: Name?, _ body: (borrowing PrivateKey) throws -> Result
  ) throws -> Result

  /// Whether the store has a key. Damage is an error, never a "no".
  func contains(_ id: KeyID, owner: Name?) throws(KeyStoreError) -> Bool

  /// All keys by name and identifier, in order, without opening them.
  func list() throws(KeyStoreError) -> [StoredKey]
}

extension KeyStore {
  package func create(_ requests: [KeyRequest]) throws(KeyStoreError) -> [PublicKey] {
    try create(requests, progress: { _ in })
  }

  package func create(
    _ algorithm: KeyAlgorithm, owner: Name
  ) throws(KeyStoreError) -> PublicKey {
    let made = try create([KeyRequest(owner: owner, algorithm: algorithm)])
    guard let key = made.first else { throw .unusable("\(owner)", .init("make a key")) }
    return key
  }

  /// The public half of a stored key, read from the private one.
  package func publicKey(_ id: KeyID, owner: Name?) throws -> PublicKey {
    try withKey(id, owner: owner) { $0.publicKey }
  }
}
