import Crypto
import PKI

/// An object as it stands in a pack.
struct PackedObject: Sendable {
  let id: ObjectID
  /// Its header and its compressed bytes.
  let entry: [UInt8]
  /// The CRC-32 of the entry.
  let checksum: UInt32

  /// Takes an entry from another pack.
  init(id: ObjectID, entry: [UInt8], checksum: UInt32) {
    self.id = id
    self.entry = entry
    self.checksum = checksum
  }

  init(_ object: NewObject, by deflater: inout Deflater) throws(GitError) {
    id = object.id
    var entry = Pack.header(kind: object.kind, size: object.bytes.count)
    try deflater.deflate(object.bytes, to: &entry)
    self.entry = entry
    checksum = crc32(of: entry)
  }

  /// An object as what differs from another one in the same pack.
  init(
    id: ObjectID, delta: [UInt8], base: ObjectID, by deflater: inout Deflater
  ) throws(GitError) {
    self.id = id
    var entry = Pack.header(type: Pack.delta, size: delta.count)
    base.append(to: &entry)
    try deflater.deflate(delta, to: &entry)
    self.entry = entry
    checksum = crc32(of: entry)
  }
}

/// A pack file in the making: whole objects, but for old versions of folders in packs that were
/// joined (``TreeDeltas``).
///
/// Deltas between certificates save nothing and make every reader ten times slower.
struct Pack {
  /// The type of an entry that names its base by id (gitformat-pack, OBJ_REF_DELTA).
  static let delta: UInt8 = 7

  struct Entry {
    let id: ObjectID
    let offset: UInt64
    let checksum: UInt32
  }

  private(set) var entries: [Entry] = []
  private var known: Set<ObjectID> = []
  /// Many entries each: an array for every one would take half as much again.
  private var parts: [[UInt8]] = []
  private static let partSize = 1 << 20
  private var size: UInt64 = 12

  /// How many objects there are, with those that are announced only.
  var count: Int { known.count }

  func contains(_ id: ObjectID) -> Bool { known.contains(id) }

  /// Says that an object will be appended; false when that has been said before.
  mutating func announce(_ id: ObjectID) -> Bool { known.insert(id).inserted }

  /// Appends an object that was announced.
  mutating func append(_ object: PackedObject) {
    entries.append(Entry(id: object.id, offset: size, checksum: object.checksum))
    size += UInt64(object.entry.count)
    if parts.isEmpty || parts[parts.count - 1].count + object.entry.count > Self.partSize {
      parts.append([])
      parts[parts.count - 1].reserveCapacity(max(Self.partSize, object.entry.count))
    }
    parts[parts.count - 1] += object.entry
  }

  /// An entry's header: four bits of size beside the kind, then seven a byte, least first
  /// (gitformat-pack).
  static func header(kind: ObjectKind, size: Int) -> [UInt8] {
    header(type: kind.rawValue, size: size)
  }

  static func header(type: UInt8, size: Int) -> [UInt8] {
    var rest = UInt64(size)
    var byte = type << 4 | UInt8(rest & 15)
    rest >>= 4
    var bytes: [UInt8] = []
    while rest > 0 {
      bytes.append(byte | 0x80)
      byte = UInt8(rest & 0x7f)
      rest >>= 7
    }
    bytes.append(byte)
    return bytes
  }

  /// The file in order: header, entries, and the SHA-1 of both.
  func file() -> (parts: [ArraySlice<UInt8>], checksum: [UInt8]) {
    var header = Array("PACK".utf8)
    header.append(bigEndian: UInt32(2))
    header.append(bigEndian: UInt32(truncatingIfNeeded: entries.count))
    var hash = Insecure.SHA1()
    hash.update(data: header)
    var slices = [header[...]]
    for part in parts {
      hash.update(data: part)
      slices.append(part[...])
    }
    let checksum = Array(hash.finalize())
    slices.append(checksum[...])
    return (slices, checksum)
  }

  /// The index, version 2: how many ids begin with each byte or a lower one, ids, checksums,
  /// offsets, and offsets beyond 31 bits apart.
  func index(packChecksum: [UInt8]) -> [UInt8] {
    let sorted = entries.sorted { $0.id < $1.id }
    var bytes: [UInt8] = [0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]
    bytes.reserveCapacity(1_100 + sorted.count * 28)
    var counts = [UInt32](repeating: 0, count: 256)
    for entry in sorted { counts[Int(entry.id.firstByte)] += 1 }
    var total: UInt32 = 0
    for count in counts {
      total += count
      bytes.append(bigEndian: total)
    }
    for entry in sorted { entry.id.append(to: &bytes) }
    for entry in sorted { bytes.append(bigEndian: entry.checksum) }
    var large: [UInt64] = []
    for entry in sorted {
      if entry.offset < 1 << 31 {
        bytes.append(bigEndian: UInt32(entry.offset))
      } else {
        bytes.append(bigEndian: UInt32(1 << 31 | large.count))
        large.append(entry.offset)
      }
    }
    for offset in large { bytes.append(bigEndian: offset) }
    bytes += packChecksum
    bytes += Array(Insecure.SHA1.hash(data: bytes))
    return bytes
  }
}
