import Crypto

/// A public key as OpenSSH writes it (RFC 4253 section 6.6, RFC 5656, RFC 8709, PROTOCOL.u2f).
package struct SSHPublicKey: Hashable, Sendable {
  package enum Curve: String, Hashable, Sendable, CaseIterable {
    case nistp256, nistp384, nistp521

    /// The length of an uncompressed point.
    package var pointLength: Int {
      switch self {
      case .nistp256: 65
      case .nistp384: 97
      case .nistp521: 133
      }
    }
  }

  package enum Material: Hashable, Sendable {
    case ed25519([UInt8])
    case ecdsa(Curve, point: [UInt8])
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// Keys in hardware, which sign together with the application's name.
    case securityKeyEd25519([UInt8], application: [UInt8])
    case securityKeyECDSA(point: [UInt8], application: [UInt8])
  }

  package let material: Material

  package static let leastModulusBits = 2_048

  package init(_ material: Material) { self.material = material }

  package init(blob: some Collection<UInt8>) throws(SSHFormatError) {
    var reader = SSHReader(Array(blob))
    let type = try reader.name()
    switch type {
    case "ssh-ed25519": material = .ed25519(try Self.edwards(&reader))
    case "ssh-rsa": material = try Self.rsa(&reader)
    case "sk-ssh-ed25519@openssh.com":
      material = .securityKeyEd25519(
        try Self.edwards(&reader), application: Array(try reader.string()))
    case "sk-ecdsa-sha2-nistp256@openssh.com":
      let point = try Self.point(&reader, .nistp256)
      material = .securityKeyECDSA(point: point, application: Array(try reader.string()))
    default:
      guard let curve = Curve.allCases.first(where: { type == "ecdsa-sha2-\($0.rawValue)" }) else {
        throw Self.unknown(type)
      }
      material = .ecdsa(curve, point: try Self.point(&reader, curve))
    }
    try reader.requireEnd()
  }

  /// Whether a word of a file is the name of a kind of key, accepted or not.
  static func isType(_ word: String) -> Bool {
    ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-", "rsa-sha2-", "webauthn-sk-"].contains {
      word.hasPrefix($0)
    }
  }

  static func unknown(_ type: String) -> SSHFormatError {
    if type == "ssh-dss" { return SSHFormatError("is a DSA key, which is too weak") }
    if type.contains("-cert-v") {
      return SSHFormatError("is an SSH certificate, which is not read: list the key itself")
    }
    return SSHFormatError("is a key of the unknown kind \(quoted(type))")
  }

  private static func edwards(_ reader: inout SSHReader) throws(SSHFormatError) -> [UInt8] {
    let point = try reader.string()
    guard point.count == 32 else { throw SSHFormatError("is an Ed25519 key of the wrong length") }
    return Array(point)
  }

  private static func point(
    _ reader: inout SSHReader, _ curve: Curve
  ) throws(SSHFormatError) -> [UInt8] {
    guard try reader.name() == curve.rawValue else {
      throw SSHFormatError("names two different curves")
    }
    let point = try reader.string()
    guard point.count == curve.pointLength, point.first == 4 else {
      throw SSHFormatError("does not hold an uncompressed point of its curve")
    }
    return Array(point)
  }

  private static func rsa(_ reader: inout SSHReader) throws(SSHFormatError) -> Material {
    let exponent = try reader.magnitude()
    let modulus = try reader.magnitude()
    let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
    guard bits >= leastModulusBits else {
      throw SSHFormatError("has \(bits) bits of RSA, at least \(leastModulusBits) are needed")
    }
    guard let last = exponent.last, last & 1 == 1, exponent.count <= 8, exponent != [1] else {
      throw SSHFormatError("has an RSA exponent that is even, 1 or over 64 bits")
    }
    return .rsa(modulus: modulus, exponent: exponent)
  }
}

extension SSHPublicKey {
  /// The kind of key as files name it.
  package var type: String {
    switch material {
    case .ed25519: "ssh-ed25519"
    case .ecdsa(let curve, _): "ecdsa-sha2-\(curve.rawValue)"
    case .rsa: "ssh-rsa"
    case .securityKeyEd25519: "sk-ssh-ed25519@openssh.com"
    case .securityKeyECDSA: "sk-ecdsa-sha2-nistp256@openssh.com"
    }
  }

  /// The key in its one canonical form.
  package var blob: [UInt8] {
    var writer = SSHWriter()
    writer.append(type)
    switch material {
    case .ed25519(let point): writer.append(string: point)
    case .ecdsa(let curve, let point):
      writer.append(curve.rawValue)
      writer.append(string: point)
    case .rsa(let modulus, let exponent):
      writer.append(magnitude: exponent)
      writer.append(magnitude: modulus)
    case .securityKeyEd25519(let point, let application):
      writer.append(string: point)
      writer.append(string: application)
    case .securityKeyECDSA(let point, let application):
      writer.append(Curve.nistp256.rawValue)
      writer.append(string: point)
      writer.append(string: application)
    }
    return writer.bytes
  }

  /// As `ssh-keygen -l` prints it.
  package var fingerprint: String {
    "SHA256:" + Base64.encode(Array(SHA256.hash(data: blob))).filter { $0 != "=" }
  }
}
