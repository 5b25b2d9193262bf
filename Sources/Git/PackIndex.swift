import Crypto
import PKI

/// The index of a pack, version 2, taken apart: which objects there are, and where (gitformat-pack).
struct PackIndex {
  struct Entry {
    let id: ObjectID
    let offset: UInt64
    let checksum: UInt32
  }

  /// In the order in which they stand in the pack.
  let entries: [Entry]

  /// nil for any other file, and for one whose checksum is wrong.
  init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: [0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]), bytes.count >= 1_072,
      Insecure.SHA1.hash(data: bytes.dropLast(20)).elementsEqual(bytes.suffix(20))
    else { return nil }
    let count = Int(Self.number(bytes, 8 + 255 * 4))
    let ids = 8 + 1_024
    let checksums = ids + count * 20
    let offsets = checksums + count * 4
    let large = offsets + count * 4
    guard count <= bytes.count / 28, bytes.count >= large + 40 else { return nil }
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    for index in 0..<count {
      var offset = UInt64(Self.number(bytes, offsets + index * 4))
      if offset >= 1 << 31 {
        let place = large + Int(offset - 1 << 31) * 8
        guard place <= bytes.count - 48 else { return nil }
        offset =
          UInt64(Self.number(bytes, place)) << 32 | UInt64(Self.number(bytes, place + 4))
      }
      guard let id = ObjectID(bytes, at: ids + index * 20) else { return nil }
      entries.append(
        Entry(
          id: id, offset: offset, checksum: Self.number(bytes, checksums + index * 4)))
    }
    self.entries = entries.sorted { $0.offset < $1.offset }
  }

  private static func number(_ bytes: [UInt8], _ start: Int) -> UInt32 {
    bytes[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
