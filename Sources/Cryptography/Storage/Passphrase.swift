import COpenSSL

/// A passphrase. It is never printed, and wiped when its last owner lets go of it.
package final class Passphrase: Sendable {
  /// Its bytes and a final NUL, which OpenSSL's older calls want.
  private let bytes: SecretBytes

  /// OpenSSL's tools read no longer passphrase.
  package static let longest = 1_023

  /// Takes 1 to ``longest`` bytes without NUL; nil for anything else. The caller strips the line
  /// ending of a passphrase that was read from a file.
  package init?(_ bytes: some Collection<UInt8>) {
    guard (1...Self.longest).contains(bytes.count), !bytes.contains(0) else { return nil }
    var copy = SecretBytes(capacity: bytes.count + 1)
    copy.append(bytes)
    copy.append(CollectionOfOne(0))
    self.bytes = copy
  }

  /// Lends the bytes; the NUL follows the last one.
  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<CChar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe bytes.withBytes { bytes throws(Failure) in
      let text = unsafe UnsafeRawBufferPointer(bytes).assumingMemoryBound(to: CChar.self)
      return try unsafe body(UnsafeBufferPointer(rebasing: text.dropLast()))
    }
  }
}

extension Passphrase: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<redacted>" }
  package var debugDescription: String { "<redacted>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
