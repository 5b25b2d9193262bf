import CLibGit2
import Crypto
import PKI

extension ObjectID {
  init(_ id: git_oid) {
    self = unsafe withUnsafeBytes(of: id.id) { bytes in
      ObjectID(
        high: UInt64(bigEndian: unsafe bytes.loadUnaligned(as: UInt64.self)),
        middle: UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        low: UInt32(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
    }
  }

  var libgit2: git_oid {
    let (high, middle, low) = words
    var id = git_oid()
    unsafe withUnsafeMutableBytes(of: &id.id) { bytes in
      unsafe bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
      unsafe bytes.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
      unsafe bytes.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
    }
    return id
  }

  var firstByte: UInt8 { UInt8(truncatingIfNeeded: words.high >> 56) }
}

extension ObjectID {
  /// The id that git gives an object with these bytes.
  init(hashing bytes: [UInt8], as kind: ObjectKind) {
    var hash = Insecure.SHA1()
    hash.update(data: Array("\(kind.name) \(bytes.count)\u{0}".utf8))
    hash.update(data: bytes)
    self.init(sha1: hash.finalize())
  }
}
