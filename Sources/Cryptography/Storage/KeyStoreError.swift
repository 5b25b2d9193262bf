package import PKI

/// What a key store cannot do. Paths are quoted, keys and passphrases never appear.
package enum KeyStoreError: Error, Hashable, Sendable, CustomStringConvertible {
  case absent(KeyID, directory: String)
  /// Somebody other than the owner may read or write.
  case exposed(path: String, mode: UInt32, isFolder: Bool)
  case foreignOwner(path: String, owner: UInt32)
  /// A symbolic link, a pipe or anything else that is not the folder or file that it should be.
  case notRegular(path: String, expected: String)
  case key(path: String, KeyFormatError)
  case input(KeyFormatError)
  case refused(PublicKeyRefusal)
  case unusable(String, OpenSSLError)
  case system(operation: String, path: String, code: Int32, reason: String)
  case readOnly(directory: String)

  package var description: String {
    switch self {
    case .absent(let id, let directory): "no private key \(id) in \"\(directory)\""
    case .exposed(let path, let mode, let isFolder):
      "\(isFolder ? "the key folder" : "the private key") \"\(path)\" is open to other users "
        + "(mode 0\(String(mode, radix: 8)))"
    case .foreignOwner(let path, let owner):
      "\"\(path)\" belongs to another user (id \(owner))"
    case .notRegular(let path, let expected): "\"\(path)\" is not \(expected)"
    case .key(let path, let error): "the private key \"\(path)\" \(error)"
    case .input(let error): "the private key \(error)"
    case .refused(let refusal): "\(refusal)"
    case .unusable(let subject, let error): "the key of \"\(subject)\": \(error)"
    case .system(let operation, let path, _, let reason):
      "cannot \(operation) \"\(path)\": \(reason)"
    case .readOnly(let directory): "the key store \"\(directory)\" was opened for reading alone"
    }
  }

  /// What the user could do, where that is known.
  package var hint: String? {
    switch self {
    case .exposed(let path, _, let isFolder): "chmod \(isFolder ? "0700" : "0600") \"\(path)\""
    case .foreignOwner(let path, _): "chown it to the user that runs certwright: \"\(path)\""
    case .notRegular(let path, _):
      "symbolic links are not followed; name the real place of \"\(path)\""
    case .key(_, .passphraseNeeded), .input(.passphraseNeeded): "name a file with the passphrase"
    case .absent, .key, .input, .refused, .unusable, .system, .readOnly: nil
    }
  }
}
