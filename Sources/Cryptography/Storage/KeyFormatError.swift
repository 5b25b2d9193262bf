/// Why a text is not the private key that it should be: the end of a sentence that begins with the
/// file's name, in lower case without a full stop.
package enum KeyFormatError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The bytes are not what any tool writes: cut short, altered, or something else.
  case damaged(String)
  /// Well-formed, but of a kind that is not accepted; the text says how to convert it.
  case unsupported(String)
  case passphraseNeeded
  /// The passphrase does not open it, which looks the same as an altered ciphertext.
  case wrongPassphrase
  case failed(OpenSSLError)

  package var description: String {
    switch self {
    case .damaged(let what): "is damaged: \(what)"
    case .unsupported(let what): "is not accepted: \(what)"
    case .passphraseNeeded: "is encrypted and no passphrase was given"
    case .wrongPassphrase: "cannot be decrypted: the passphrase is wrong, or the file is damaged"
    case .failed(let error): "cannot be used: \(error)"
    }
  }
}
