package import Crypto

/// The identifier of a git object: the twenty bytes of its SHA-1, printed as forty lower-case
/// hexadecimal digits.
package struct ObjectID: Hashable, Comparable, Sendable, CustomStringConvertible {
  private let digest: Digest160

  package init?(hex: some StringProtocol) {
    guard let digest = Digest160(hex: hex) else { return nil }
    self.digest = digest
  }

  /// Reads twenty bytes; nil when there are not as many.
  package init?(_ bytes: some Sequence<UInt8>) {
    guard let digest = Digest160(bytes) else { return nil }
    self.digest = digest
  }

  /// Reads the twenty bytes at a place in others, as in a tree; nil when there are not as many.
  package init?(_ bytes: [UInt8], at start: Int) {
    guard let digest = Digest160(bytes, at: start) else { return nil }
    self.digest = digest
  }

  package init(sha1 hash: Insecure.SHA1Digest) {
    digest = Digest160(prefixOf: hash)
  }

  /// Takes the words that the bytes make, most significant first.
  package init(high: UInt64, middle: UInt64, low: UInt32) {
    digest = Digest160(high: high, middle: middle, low: low)
  }

  package var words: (high: UInt64, middle: UInt64, low: UInt32) { digest.words }
  package var hex: String { digest.hex }
  package var bytes: [UInt8] { digest.bytes }

  package func append(to bytes: inout [UInt8]) { digest.append(to: &bytes) }

  package static func < (left: ObjectID, right: ObjectID) -> Bool { left.digest < right.digest }

  package var description: String { hex }
}
