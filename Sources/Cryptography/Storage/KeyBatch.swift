import PKI
import Parallel

/// Makes many keys on both cores and stores them durably with a fixed number of waits for the disk.
///
/// All are first written to a staging folder and made durable there, then named, then the names are
/// made durable. A file under its final name is therefore never empty or cut short, whenever the
/// power goes.
struct KeyBatch {
  let requests: [KeyRequest]
  let encryption: KeyEncryption?
  /// Told how many keys are made.
  let progress: @Sendable (Int) -> Void

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
      let staged = zip(keys, requests).map { StagedKey(id: $0.id, path: $1.owner.segments[...]) }
      try Self.name(staged[...], staging.folder, root, synchronize: isSmall)
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
      let staged = StagedKey(id: id, path: owner.segments[...])
      try name([staged], staging.folder, root, synchronize: true)
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
    try Workers.map(
      requests.count, each: { () throws(KeyStoreError) in KeyMaker() }, progress: progress,
      { maker, range throws(KeyStoreError) in
        var made: [PublicKey] = []
        made.reserveCapacity(range.count)
        for request in requests[range] {
          let key = try maker.key(for: request)
          let text: SecretBytes
          do throws(OpenSSLError) { text = try key.encoded(encryption) } catch {
            throw .unusable("\(request.owner)", error)
          }
          try folder.write(KeyIndex.fileName(key.publicKey.id), text, synchronize: synchronize)
          made.append(key.publicKey)
        }
        return made
      })
  }

  /// A key in the staging folder, and the rest of the way to its place.
  private struct StagedKey {
    let id: KeyID
    let path: ArraySlice<Substring>
  }

  /// Gives staged keys their places below a folder; folders are made where missing. Each is opened
  /// once for all keys below it that stand together.
  private static func name(
    _ keys: ArraySlice<StagedKey>, _ staging: borrowing PrivateFolder,
    _ folder: borrowing PrivateFolder, synchronize: Bool
  ) throws(KeyStoreError) {
    var rest = keys
    while let first = rest.first {
      guard let segment = first.path.first else {
        let file = KeyIndex.fileName(first.id)
        try staging.move(file, to: folder, as: file)
        rest = rest.dropFirst()
        continue
      }
      let end = rest.firstIndex { $0.path.first != segment } ?? rest.endIndex
      let below = rest[..<end].map { StagedKey(id: $0.id, path: $0.path.dropFirst()) }
      rest = rest[end...]
      try name(below, in: String(segment), staging, folder, synchronize)
    }
    if synchronize { try folder.synchronize() }
  }

  private static func name(
    _ keys: [StagedKey], in segment: String, _ staging: borrowing PrivateFolder,
    _ folder: borrowing PrivateFolder, _ synchronize: Bool
  ) throws(KeyStoreError) {
    // Most owners have one key, and a folder of our own making need not be opened to be trusted.
    if !synchronize, keys.count == 1, let key = keys.first, key.path.isEmpty,
      try folder.makeFolder(segment)
    {
      let file = KeyIndex.fileName(key.id)
      return try staging.move(file, to: folder, as: "\(segment)/\(file)")
    }
    try name(keys[...], staging, try folder.makingFolder(segment), synchronize: synchronize)
  }
}

/// Makes keys with one generator for as long as they are of one algorithm.
private struct KeyMaker: ~Copyable {
  private var generator: KeyGenerator?

  mutating func key(for request: KeyRequest) throws(KeyStoreError) -> PrivateKey {
    do throws(OpenSSLError) {
      if generator?.algorithm != request.algorithm {
        generator = try KeyGenerator(request.algorithm)
      }
      if let key = try generator?.next() { return key }
    } catch {
      throw .unusable("\(request.owner)", error)
    }
    throw .unusable("\(request.owner)", OpenSSLError("make a key"))
  }
}
