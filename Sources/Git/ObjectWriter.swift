package import PKI
import Parallel

/// New objects of one run, gathered in memory and written as one pack.
///
/// Nothing reaches the disk before ``Repository/write(_:)``. Objects are made and hashed here
/// instead of in libgit2, whose in-memory store packs the whole reachable history for one changed
/// file.
package struct ObjectWriter: ~Copyable {
  private var pack = Pack()
  private let level: Int32
  /// Hashed and not yet compressed.
  private var waiting: [NewObject] = []
  private var waitingBytes = 0

  /// So much waits at most: enough for all cores, and little beside what is packed.
  private static let mostWaiting = (objects: 4_096, bytes: 1 << 23)

  /// - Parameter compression: zlib's level, 0 (store) to 9 (smallest). Certificates hardly
  ///   compress; low levels are enough.
  package init(compression: Int = 1) {
    level = Int32(truncatingIfNeeded: min(max(compression, 0), 9))
  }

  /// How many objects are waiting to be written.
  package var count: Int { pack.count }

  package var isEmpty: Bool { pack.count == 0 }

  /// Adds a file's content and returns its id.
  package mutating func blob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
    try add(bytes, as: .blob)
  }

  /// Adds an object and returns its id; an object that was added before costs its hash only.
  @discardableResult
  mutating func add(_ bytes: [UInt8], as kind: ObjectKind) throws(GitError) -> ObjectID {
    let id = ObjectID(hashing: bytes, as: kind)
    try add(bytes, as: kind, id: id)
    return id
  }

  /// Adds an object whose id is known.
  mutating func add(_ bytes: [UInt8], as kind: ObjectKind, id: ObjectID) throws(GitError) {
    guard pack.announce(id) else { return }
    waiting.append(NewObject(id: id, kind: kind, bytes: bytes))
    waitingBytes += bytes.count
    if waiting.count >= Self.mostWaiting.objects || waitingBytes >= Self.mostWaiting.bytes {
      try compress()
    }
  }

  /// Compresses what waits, on all cores.
  private mutating func compress() throws(GitError) {
    let (objects, level) = (waiting, level)
    let packed = try Workers.map(
      objects.count, each: { () throws(GitError) in try Deflater(level: level) },
      { deflater, range throws(GitError) in
        var packed: [PackedObject] = []
        packed.reserveCapacity(range.count)
        for object in objects[range] { packed.append(try PackedObject(object, by: &deflater)) }
        return packed
      })
    for object in packed { pack.append(object) }
    waiting.removeAll(keepingCapacity: true)
    waitingBytes = 0
  }

  func contains(_ id: ObjectID) -> Bool { pack.contains(id) }

  /// Adds a commit and returns its id. The times are the caller's; zones are UTC.
  ///
  /// - Parameter sign: makes an armoured signature of the commit's bytes, which becomes a header.
  package mutating func commit(
    tree: ObjectID, parents: [ObjectID], author: CommitInfo.Signature,
    committer: CommitInfo.Signature, message: String,
    sign: ([UInt8]) throws(GitError) -> String? = { _ throws(GitError) in nil }
  ) throws(GitError) -> ObjectID {
    var header = "tree \(tree)\n"
    for parent in parents { header += "parent \(parent)\n" }
    header += "author \(try ObjectWriter.line(author))\n"
    header += "committer \(try ObjectWriter.line(committer))\n"
    guard !message.utf8.contains(0) else {
      throw .invalidName(message, reason: "has a NUL character, which no commit message can hold")
    }
    let body = "\n" + message + (message.hasSuffix("\n") ? "" : "\n")
    let signature = try sign(Array((header + body).utf8))
    let signed = header + (signature.map(ObjectWriter.signatureHeader) ?? "") + body
    return try add(Array(signed.utf8), as: .commit)
  }

  /// The lines of a signature as one header: those after the first begin with a space.
  private static func signatureHeader(_ armored: String) -> String {
    "gpgsig " + armored.split(separator: "\n").joined(separator: "\n ") + "\n"
  }

  private static func line(_ signature: CommitInfo.Signature) throws(GitError) -> String {
    for part in [signature.name, signature.email] {
      guard part.utf8.allSatisfy({ $0 >= 32 && !"<>".utf8.contains($0) }) else {
        throw .invalidName(part, reason: "cannot be part of an author")
      }
    }
    return "\(signature.name) <\(signature.email)> \(max(0, signature.time.seconds)) +0000"
  }

  /// The pack, given up for writing.
  consuming func finish() throws(GitError) -> Pack {
    try compress()
    return pack
  }
}

/// An object that is not yet in a pack.
struct NewObject: Sendable {
  let id: ObjectID
  let kind: ObjectKind
  let bytes: [UInt8]
}
