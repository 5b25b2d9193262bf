import CLibGit2
import Crypto
import PKI

/// The twenty bytes of an object id, as trees, packs and libgit2 hold them.
struct RawID: Hashable, Comparable, Sendable {
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  /// Reads twenty bytes; nil when there are not as many.
  init?(_ bytes: some Sequence<UInt8>) {
    var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
    var count = 0
    for byte in bytes {
      switch count {
      case 0..<8: words.0 = words.0 << 8 | UInt64(byte)
      case 8..<16: words.1 = words.1 << 8 | UInt64(byte)
      case 16..<20: words.2 = words.2 << 8 | UInt32(byte)
      default: return nil
      }
      count += 1
    }
    guard count == 20 else { return nil }
    (high, middle, low) = words
  }

  init(_ id: git_oid) {
    (high, middle, low) = unsafe withUnsafeBytes(of: id.id) { bytes in
      (
        UInt64(bigEndian: unsafe bytes.loadUnaligned(as: UInt64.self)),
        UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        UInt32(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
      )
    }
  }

  static func < (left: RawID, right: RawID) -> Bool {
    (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
  }

  /// The twenty bytes, most significant first.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(20)
    append(to: &bytes)
    return bytes
  }

  func append(to bytes: inout [UInt8]) {
    bytes.append(bigEndian: high)
    bytes.append(bigEndian: middle)
    bytes.append(bigEndian: low)
  }

  var firstByte: UInt8 { UInt8(truncatingIfNeeded: high >> 56) }

  var libgit2: git_oid {
    func byte(_ word: UInt64, _ index: UInt64) -> UInt8 {
      UInt8(truncatingIfNeeded: word >> (56 - 8 * index))
    }
    let tail = UInt64(low) << 32
    return git_oid(
      id: (
        byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3), byte(high, 4), byte(high, 5),
        byte(high, 6), byte(high, 7), byte(middle, 0), byte(middle, 1), byte(middle, 2),
        byte(middle, 3), byte(middle, 4), byte(middle, 5), byte(middle, 6), byte(middle, 7),
        byte(tail, 0), byte(tail, 1), byte(tail, 2), byte(tail, 3)
      ))
  }
}

extension RawID {
  /// The id that git gives an object with these bytes.
  init(hashing bytes: [UInt8], as kind: ObjectKind) throws(GitError) {
    var hash = Insecure.SHA1()
    hash.update(data: Array("\(kind.name) \(bytes.count)\u{0}".utf8))
    hash.update(data: bytes)
    guard let id = RawID(hash.finalize()) else {
      throw .library(operation: "hash an object", code: -1, reason: "no SHA-1")
    }
    self = id
  }

  init(_ id: ObjectID) throws(GitError) {
    guard let bytes = Hex.decode(id.hex), let raw = RawID(bytes) else {
      throw .invalidName(id.hex, reason: "is not an object id")
    }
    self = raw
  }

  init?(optional id: ObjectID?) throws(GitError) {
    guard let id else { return nil }
    try self.init(id)
  }

  func objectID() throws(GitError) -> ObjectID {
    guard let id = ObjectID(hex: Hex.encode(bytes)) else {
      throw .invalidName(Hex.encode(bytes), reason: "is not an object id")
    }
    return id
  }
}

extension [UInt8] {
  mutating func append(bigEndian value: some FixedWidthInteger) {
    for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}
