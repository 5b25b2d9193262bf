import Crypto

/// A detached signature as `ssh-keygen -Y sign` makes it (OpenSSH's PROTOCOL.sshsig).
package struct SSHSignature: Hashable, Sendable {
  package enum Hash: String, Hashable, Sendable {
    case sha256, sha512

    package func of(_ bytes: [UInt8]) -> [UInt8] {
      switch self {
      case .sha256: Array(SHA256.hash(data: bytes))
      case .sha512: Array(SHA512.hash(data: bytes))
      }
    }
  }

  package enum Value: Hashable, Sendable {
    case ed25519([UInt8])
    case ecdsa(r: [UInt8], s: [UInt8])
    case rsa(Hash, [UInt8])
  }

  /// What a security key adds to a signature.
  package struct SecurityKeyData: Hashable, Sendable {
    package let flags: UInt8
    package let counter: UInt32

    /// Somebody touched the key (PROTOCOL.u2f).
    package var isUserPresent: Bool { flags & 1 == 1 }
  }

  package let publicKey: SSHPublicKey
  /// What the signature is for; git's commits are signed for `git`.
  package let namespace: String
  package let hash: Hash
  package let value: Value
  package let securityKey: SecurityKeyData?

  static let preamble = Array("SSHSIG".utf8)
  private static let version: UInt32 = 1
  static let begin = "-----BEGIN SSH SIGNATURE-----"
  static let end = "-----END SSH SIGNATURE-----"
  /// A signature of RSA-16384 and its key are 4 kB.
  private static let longestText = 1 << 15

  /// Reads the armoured form.
  package init(armored text: [UInt8]) throws(SSHFormatError) {
    guard text.count <= Self.longestText else { throw SSHFormatError("is too long") }
    var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)[...]
      .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }[...]
    guard let first = lines.popFirst(), first.elementsEqual(Self.begin.utf8) else {
      throw SSHFormatError("does not begin as an SSH signature does")
    }
    guard let last = lines.popLast(), last.elementsEqual(Self.end.utf8) else {
      throw SSHFormatError("does not end as an SSH signature does")
    }
    var decoder = Base64.Decoder(capacity: text.count)
    for line in lines {
      guard decoder.append(line) else { throw SSHFormatError("is not base64") }
    }
    guard let blob = decoder.finish() else { throw SSHFormatError("is not whole base64") }
    try self.init(blob: blob)
  }

  init(blob: [UInt8]) throws(SSHFormatError) {
    var reader = SSHReader(blob)
    guard try reader.bytes(Self.preamble.count).elementsEqual(Self.preamble) else {
      throw SSHFormatError("does not hold an SSH signature")
    }
    let version = try reader.uint32()
    guard version == Self.version else {
      throw SSHFormatError("has the version \(version), which is unknown")
    }
    let key: SSHPublicKey
    do throws(SSHFormatError) {
      key = try SSHPublicKey(blob: try reader.string())
    } catch {
      throw SSHFormatError("was made with a key that \(error.reason)")
    }
    namespace = String(decoding: try reader.string(), as: UTF8.self)
    // Reserved: to be ignored, and empty in what is signed.
    _ = try reader.string()
    let hashName = try reader.name()
    guard let hash = Hash(rawValue: hashName) else {
      throw SSHFormatError("hashes with \(quoted(hashName)), which is neither sha256 nor sha512")
    }
    self.hash = hash
    var signature = SSHReader(try reader.string())
    try reader.requireEnd()
    (value, securityKey) = try Self.value(&signature, key)
    try signature.requireEnd()
    publicKey = key
  }

  /// The innermost part: the algorithm's name, which must go with the key, and its numbers.
  private static func value(
    _ reader: inout SSHReader, _ key: SSHPublicKey
  ) throws(SSHFormatError) -> (Value, SecurityKeyData?) {
    let algorithm = try reader.name()
    if case .rsa = key.material {
      switch algorithm {
      case "rsa-sha2-256": return (.rsa(.sha256, Array(try reader.string())), nil)
      case "rsa-sha2-512": return (.rsa(.sha512, Array(try reader.string())), nil)
      case "ssh-rsa": throw SSHFormatError("is made with RSA and SHA-1, which is broken")
      default: throw SSHFormatError("has an algorithm that does not go with its key")
      }
    }
    guard algorithm == key.type else {
      throw SSHFormatError("has an algorithm that does not go with its key")
    }
    switch key.material {
    case .ed25519, .securityKeyEd25519:
      let bytes = try reader.string()
      guard bytes.count == 64 else { throw SSHFormatError("has the wrong length") }
      return (.ed25519(Array(bytes)), try securityKey(&reader, key))
    case .ecdsa, .securityKeyECDSA, .rsa:
      var numbers = SSHReader(try reader.string())
      let value = Value.ecdsa(r: try numbers.magnitude(), s: try numbers.magnitude())
      try numbers.requireEnd()
      return (value, try securityKey(&reader, key))
    }
  }

  private static func securityKey(
    _ reader: inout SSHReader, _ key: SSHPublicKey
  ) throws(SSHFormatError) -> SecurityKeyData? {
    switch key.material {
    case .securityKeyEd25519, .securityKeyECDSA:
      SecurityKeyData(flags: try reader.byte(), counter: try reader.uint32())
    case .ed25519, .ecdsa, .rsa: nil
    }
  }
}

// MARK: - What is signed

extension SSHSignature {
  /// The bytes that the key has signed when the signature is one of this message.
  package func signedBytes(of message: [UInt8]) -> [UInt8] {
    let bytes = Self.signedBytes(of: message, namespace: namespace, hash: hash)
    guard let securityKey else { return bytes }
    let application: [UInt8] =
      switch publicKey.material {
      case .securityKeyEd25519(_, let application): application
      case .securityKeyECDSA(_, let application): application
      case .ed25519, .ecdsa, .rsa: []
      }
    var writer = SSHWriter()
    writer.append(raw: Hash.sha256.of(application))
    writer.append(raw: [securityKey.flags])
    writer.append(securityKey.counter)
    writer.append(raw: Hash.sha256.of(bytes))
    return writer.bytes
  }

  package static func signedBytes(
    of message: [UInt8], namespace: String, hash: Hash
  ) -> [UInt8] {
    var writer = SSHWriter()
    writer.append(raw: preamble)
    writer.append(namespace)
    writer.append("")
    writer.append(hash.rawValue)
    writer.append(string: hash.of(message))
    return writer.bytes
  }

  /// The armoured form of a signature that was just made, ended by a line feed.
  ///
  /// - Parameters:
  ///   - algorithm: such as `rsa-sha2-512`.
  ///   - value: its bytes, as they stand behind the algorithm's name.
  package static func armor(
    key: SSHPublicKey, namespace: String, hash: Hash, algorithm: String, value: [UInt8]
  ) -> String {
    var signature = SSHWriter()
    signature.append(algorithm)
    signature.append(string: value)
    var writer = SSHWriter()
    writer.append(raw: preamble)
    writer.append(version)
    writer.append(string: key.blob)
    writer.append(namespace)
    writer.append("")
    writer.append(hash.rawValue)
    writer.append(string: signature.bytes)
    var lines = [begin]
    var rest = Base64.encode(writer.bytes)[...]
    while !rest.isEmpty {
      lines.append(String(rest.prefix(70)))
      rest = rest.dropFirst(70)
    }
    return (lines + [end]).joined(separator: "\n") + "\n"
  }
}
