import Foundation
import PKI
import Testing

@testable import Cryptography

/// What every key store promises, whatever it is made of.
struct KeyStoreContract {
  /// Opens the same store again, as a later run would.
  let open: () throws -> any KeyStore

  func verify() throws {
    let first = try #require(Name("web"))
    let second = try #require(Name("clients/eu/app1"))
    let store = try open()
    #expect(try store.list().isEmpty)
    let made = try store.create([
      KeyRequest(owner: first, algorithm: .ecdsaP256),
      KeyRequest(owner: second, algorithm: .ed25519),
      KeyRequest(owner: first, algorithm: .ecdsaP384),
    ])
    #expect(made.map(\.algorithm) == [.ecdsaP256, .ed25519, .ecdsaP384])
    let later = try open()
    let expected = zip([first, second, first], made).map { StoredKey(owner: $0, id: $1.id) }
    #expect(try later.list() == expected.sorted())
    for (owner, key) in zip([first, second, first], made) {
      for hint in [owner, nil, Name("wrong/hint")] {
        #expect(try later.contains(key.id, owner: hint))
        #expect(try later.publicKey(key.id, owner: hint) == key)
      }
      let message: [UInt8] = [1, 2, 3]
      let signature = try later.withKey(key.id, owner: owner) { try $0.sign(message) }
      #expect(try Cryptography.verify(signature: signature, of: message, by: key))
    }
    try verifyAbsence(later)
    try verifyAdoption(later, first)
  }

  private func verifyAbsence(_ store: any KeyStore) throws {
    let absent = try #require(KeyID(hex: String(repeating: "ab", count: 20)))
    #expect(try !store.contains(absent, owner: Name("web")))
    let error = #expect(throws: KeyStoreError.self) {
      _ = try store.publicKey(absent, owner: nil)
    }
    #expect("\(try #require(error))".contains(absent.hex))
  }

  private func verifyAdoption(_ store: any KeyStore, _ owner: Name) throws {
    let key = try PrivateKey.generate(.rsa2048)
    let text = try key.pem(nil)
    #expect(try store.adopt(text, passphrase: nil, owner: owner) == key.publicKey)
    let count = try store.list().count
    #expect(try store.adopt(text, passphrase: nil, owner: owner) == key.publicKey)
    #expect(try store.list().count == count)
    #expect(try open().publicKey(key.publicKey.id, owner: owner) == key.publicKey)
  }
}

@Suite struct KeyStoreTests {
  private let folder: TemporaryFolder
  private let owner: Name

  init() throws {
    folder = try TemporaryFolder()
    owner = try #require(Name("web"))
  }

  private var directory: String { "\(folder.path)/keys" }

  private func encryption(_ text: String) throws -> KeyEncryption {
    KeyEncryption(try #require(Passphrase(Array(text.utf8))), iterations: 1_000)
  }

  private func store(_ passphrase: String? = nil) throws -> FolderKeyStore {
    try FolderKeyStore(directory, encryption: try passphrase.map { try encryption($0) }, .writing)
  }

  private func file(_ key: PublicKey) -> String { "keys/\(owner)/\(key.id).pem" }

  @Test func `a folder store keeps the contract`() throws {
    try KeyStoreContract { try store() }.verify()
  }

  @Test func `an encrypted folder store keeps the contract`() throws {
    try KeyStoreContract { try store("secret") }.verify()
    let text = try folder.run("/bin/grep", ["-rL", "BEGIN ENCRYPTED PRIVATE KEY", "keys"])
    #expect(text.output.isEmpty)
  }

  @Test(arguments: [nil, "secret"])
  func `a thousand keys are whole, private, and read by openssl`(_ passphrase: String?) throws {
    let requests = (0..<1_000).compactMap { Name("clients/app\($0)") }
      .map { KeyRequest(owner: $0, algorithm: .ecdsaP256) }
    let keys = try store(passphrase).create(requests)
    #expect(Set(keys.map(\.id)).count == 1_000)
    let listed = try store(passphrase).list()
    #expect(listed == zip(requests, keys).map { StoredKey(owner: $0.owner, id: $1.id) }.sorted())
    for place in listed.prefix(5) {
      let outcome = try folder.openssl(
        "pkey", "-in", "keys/\(place.owner)/\(place.id).pem", "-passin", "pass:secret", "-check",
        "-noout")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let open = try folder.run(
      "/usr/bin/find",
      ["keys", "(", "-type", "f", "-not", "-perm", "0600", ")", "-o", "("]
        + ["-type", "d", "-not", "-perm", "0700", ")", "-o", "-name", "*.tmp"])
    #expect(open.output.isEmpty)
    let derivations = try folder.run("/bin/grep", ["-rLc", "PRIVATE KEY", "keys"])
    #expect(derivations.output.isEmpty)
  }

  @Test func `a wrong or forgotten passphrase is refused before anything is written`() throws {
    let key = try store("right").create(.ecdsaP256, owner: owner)
    for attempt in ["wrong", nil] {
      let error = #expect(throws: KeyStoreError.self) {
        _ = try store(attempt).create(.ecdsaP256, owner: owner)
      }
      let sentence = "\(try #require(error))"
      #expect(sentence.contains("passphrase"))
      #expect(!sentence.contains("wrong\""))
      #expect(throws: KeyStoreError.self) { try store(attempt).publicKey(key.id, owner: owner) }
    }
    #expect(try store("right").list().count == 1)
  }

  @Test func `what others can use is refused with the command that closes it`() throws {
    let key = try store().create(.ecdsaP256, owner: owner)
    for (path, mode, good) in [
      (file(key), 0o640, 0o600), (file(key), 0o606, 0o600), ("keys/web", 0o750, 0o700),
      ("keys", 0o701, 0o700),
    ] {
      let full = "\(folder.path)/\(path)"
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: full)
      let error = #expect(throws: KeyStoreError.self) {
        _ = try FolderKeyStore(directory, passphrase: nil, .reading)
          .contains(key.id, owner: owner)
      }
      #expect(error?.hint == "chmod 0\(String(good, radix: 8)) \"\(full)\"")
      try FileManager.default.setAttributes([.posixPermissions: good], ofItemAtPath: full)
    }
    #expect(try store().contains(key.id, owner: owner))
  }

  @Test func `a file of another user is refused`() throws {
    let key = try store().create(.ecdsaP256, owner: owner)
    try #require(geteuid() == 0, "this test gives a file away, which root alone can do")
    #expect(unsafe chown("\(folder.path)/\(file(key))", 12_345, 12_345) == 0)
    #expect(
      throws: KeyStoreError.foreignOwner(path: "\(folder.path)/\(file(key))", owner: 12_345)
    ) { try store().contains(key.id, owner: owner) }
  }

  @Test func `symbolic links are never followed`() throws {
    let key = try store().create(.ecdsaP256, owner: owner)
    let manager = FileManager.default
    for path in [file(key), "keys/web", "keys"] {
      let full = "\(folder.path)/\(path)"
      try manager.moveItem(atPath: full, toPath: "\(full)-real")
      try manager.createSymbolicLink(atPath: full, withDestinationPath: "\(full)-real")
      let error = #expect(throws: KeyStoreError.self) {
        _ = try FolderKeyStore(directory, passphrase: nil, .reading).contains(key.id, owner: owner)
      }
      guard case .notRegular = error else {
        return #expect(Bool(false), "\(String(describing: error))")
      }
      try manager.removeItem(atPath: full)
      try manager.moveItem(atPath: "\(full)-real", toPath: full)
    }
  }

  @Test func `an empty, damaged or exchanged file is damage and not absence`() throws {
    let keys = try store().create([
      KeyRequest(owner: owner, algorithm: .ecdsaP256),
      KeyRequest(owner: owner, algorithm: .ecdsaP256),
    ])
    let other = try folder.read(file(keys[1]))
    for content in [[], Array("nonsense".utf8), Array(other.prefix(100)), other] {
      let handle = try #require(FileHandle(forWritingAtPath: "\(folder.path)/\(file(keys[0]))"))
      try handle.truncate(atOffset: 0)
      try handle.write(contentsOf: Data(content))
      try handle.close()
      let error = #expect(throws: KeyStoreError.self) {
        try store().publicKey(keys[0].id, owner: owner)
      }
      guard case .key(_, .damaged) = error else {
        return #expect(Bool(false), "\(String(describing: error))")
      }
      if content.isEmpty {
        #expect(throws: KeyStoreError.self) { try store().contains(keys[0].id, owner: nil) }
      }
    }
  }

  @Test func `what a crash left is swept, what a living run holds is not`() throws {
    let key = try store().create(.ecdsaP256, owner: owner)
    let dead = "\(directory)/.staging-0011223344556677.tmp"
    try FileManager.default.createDirectory(
      atPath: dead, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    try folder.write("keys/.staging-0011223344556677.tmp/\(key.id).pem", [])
    let root = try PrivateFolder.make(directory)
    let living = try StagingFolder(in: root)
    _ = try FolderKeyStore(directory, passphrase: nil, .reading).list()
    #expect(FileManager.default.fileExists(atPath: dead))
    #expect(try store().list().map(\.id) == [key.id])
    #expect(!FileManager.default.fileExists(atPath: dead))
    #expect(FileManager.default.fileExists(atPath: living.folder.path))
    try living.discard(from: root)
  }

  @Test func `a key that exists is never written over`() throws {
    let key = try PrivateKey.generate(.ecdsaP256)
    _ = try store().adopt(try key.pem(nil), passphrase: nil, owner: owner)
    let before = try folder.read(file(key.publicKey))
    let root = try PrivateFolder.make(directory)
    #expect(throws: KeyStoreError.self) {
      try KeyBatch.store(SecretBytes([1]), key.publicKey.id, owner, in: root)
    }
    #expect(try folder.read(file(key.publicKey)) == before)
    #expect(try root.names() == ["web"])
  }

  @Test func `files that are not the store's are left alone`() throws {
    let key = try store().create(.ecdsaP256, owner: owner)
    try folder.write("keys/notes", [])
    try folder.write("keys/web/README", [])
    #expect(try store().list().map(\.id) == [key.id])
    _ = try store().create(.ecdsaP256, owner: owner)
    #expect(FileManager.default.fileExists(atPath: "\(directory)/notes"))
  }

  @Test func `a missing store is made with the folders above it`() throws {
    let deep = "\(folder.path)/state/certwright/keys"
    let key = try FolderKeyStore(deep, passphrase: nil, .writing).create(.ed25519, owner: owner)
    #expect(try FolderKeyStore(deep, passphrase: nil, .reading).contains(key.id, owner: nil))
  }

  @Test func `reading makes nothing and refuses to write`() throws {
    let reader = try FolderKeyStore(directory, passphrase: nil, .reading)
    #expect(try reader.list().isEmpty)
    #expect(throws: KeyStoreError.readOnly(directory: directory)) {
      try reader.create(.ecdsaP256, owner: owner)
    }
    #expect(!FileManager.default.fileExists(atPath: directory))
  }
}
