import Crypto

/// The id that git gives to a file's content.
package enum BlobID {
  /// The SHA-1 of git's header and the bytes, which names the object and protects nothing.
  package static func of(_ bytes: [UInt8]) -> ObjectID {
    var hash = Insecure.SHA1()
    hash.update(data: Array("blob \(bytes.count)\u{0}".utf8))
    hash.update(data: bytes)
    return ObjectID(sha1: hash.finalize())
  }
}
