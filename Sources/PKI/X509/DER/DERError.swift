/// Why bytes are not the DER that they should be.
package struct DERError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A sentence in lower case without a full stop.
  package let message: String
  /// Where in the bytes, from 0; nil where no single place is to blame.
  package let offset: Int?

  package init(_ message: String, at offset: Int? = nil) {
    self.message = message
    self.offset = offset
  }

  package var description: String {
    guard let offset else { return message }
    return "\(message), at byte \(offset)"
  }
}
