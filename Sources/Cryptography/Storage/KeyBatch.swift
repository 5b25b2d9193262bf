import PKI

/// Makes many keys on both cores and stores them durably with a fixed number of waits for the disk.
///
/// All are first written to a staging folder and made durable there, then named, then the names are
/// made durable. A file under its final name is therefore never empty or cut short, whenever the
/// power goes.
struct KeyBatch {
  let requests: [KeyRequest]
  let encryption: KeyEncryption?

  /// Up to here each file and folder is flushed by itself; above, the whole file system at once.
  /// A flush of one file costs about a millisecond, that of the file system also what others wrote.
  private static let individually = 8

  func run(in root: borrowing PrivateFolder) throws(KeyStoreError) -> [PublicKey] {
    guard !requests.isEmpty else { return [] }
    let isSmall = requests.count <= Self.individually
    let staging = try StagingFolder(in: root)
    let keys: [PublicKey]
    do throws(KeyStoreError) {
      keys = try make(in: staging.folder, synchronize: isSmall)
      if !isSmall { try root.synchronizeFileSystem() }
      for (key, request) in zip(keys, requests) {
        try Self.name(key.id, request.owner, staging.folder, root, synchronize: isSmall)
      }
      if !isSmall { try root.synchronizeFileSystem() }
    } catch {
      // The error that came first is the cause; what stays behind is swept by the next run.
      do throws(KeyStoreError) { try staging.discard(from: root) } catch {}
      throw error
    }
    try staging.discard(from: root)
    return keys
  }

  /// Stores the text of one key that exists already.
  static func store(
    _ text: borrowing SecretBytes, _ id: KeyID, _ owner: Name, in root: borrowing PrivateFolder
  ) throws(KeyStoreError) {
    let staging = try StagingFolder(in: root)
    do throws(KeyStoreError) {
      try staging.folder.write(KeyIndex.fileName(id), text, synchronize: true)
      try name(id, owner, staging.folder, root, synchronize: true)
    } catch {
      do throws(KeyStoreError) { try staging.discard(from: root) } catch {}
      throw error
    }
    try staging.discard(from: root)
  }

  /// Makes and writes all keys, each worker a stretch of them.
  private func make(
    in folder: borrowing PrivateFolder, synchronize: Bool
  ) throws(KeyStoreError) -> [PublicKey] {
    try Workers.map(requests.count) { range throws(KeyStoreError) in
      var made: [PublicKey] = []
      made.reserveCapacity(range.count)
      var generator: KeyGenerator? = nil
      for request in requests[range] {
        do throws(OpenSSLError) {
          if generator?.algorithm != request.algorithm {
            generator = try KeyGenerator(request.algorithm)
          }
        } catch {
          throw .unusable("\(request.owner)", error)
        }
        let key = try Self.make(&generator, request)
        let text: SecretBytes
        do throws(OpenSSLError) { text = try key.encoded(encryption) } catch {
          throw .unusable("\(request.owner)", error)
        }
        try folder.write(KeyIndex.fileName(key.publicKey.id), text, synchronize: synchronize)
        made.append(key.publicKey)
      }
      return made
    }
  }

  private static func make(
    _ generator: inout KeyGenerator?, _ request: KeyRequest
  ) throws(KeyStoreError) -> PrivateKey {
    do throws(OpenSSLError) {
      if let key = try generator?.next() { return key }
    } catch {
      throw .unusable("\(request.owner)", error)
    }
    throw .unusable("\(request.owner)", OpenSSLError("make a key"))
  }

  /// Gives a staged key its place below the owner's folders, which are made where missing.
  private static func name(
    _ id: KeyID, _ owner: Name, _ staging: borrowing PrivateFolder,
    _ folder: borrowing PrivateFolder, synchronize: Bool
  ) throws(KeyStoreError) {
    try name(id, owner.segments[...], staging, folder, synchronize)
  }

  private static func name(
    _ id: KeyID, _ segments: ArraySlice<Substring>, _ staging: borrowing PrivateFolder,
    _ folder: borrowing PrivateFolder, _ synchronize: Bool
  ) throws(KeyStoreError) {
    if let segment = segments.first {
      let child = try folder.makingFolder(String(segment))
      try name(id, segments.dropFirst(), staging, child, synchronize)
    } else {
      let file = KeyIndex.fileName(id)
      try staging.move(file, to: folder, as: file)
    }
    if synchronize { try folder.synchronize() }
  }
}
