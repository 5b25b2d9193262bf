import COpenSSL
import PKI

/// OpenSSH's own format of private keys (PROTOCOL.key), not encrypted.
enum OpenSSHPrivateKey {
  private static let begin = Array("-----BEGIN OPENSSH PRIVATE KEY-----".utf8)
  private static let end = Array("-----END OPENSSH PRIVATE KEY-----".utf8)
  private static let magic = Array("openssh-key-v1\u{0}".utf8)
  private static let longest = 1 << 16

  static func isBegun(_ text: [UInt8]) -> Bool { text.starts(with: begin) }

  static func decode(_ text: [UInt8]) throws(KeyFormatError) -> PrivateKey {
    var blob = try blob(text)
    defer { blob.wipe() }
    do throws(SSHFormatError) {
      return try key(blob)
    } catch {
      throw error == encrypted ? SSHSigningKey.encrypted : .damaged("it \(error.reason)")
    }
  }

  private static let encrypted = SSHFormatError("is encrypted")

  private static func blob(_ text: [UInt8]) throws(KeyFormatError) -> [UInt8] {
    guard text.count <= longest else { throw .damaged("it is too long") }
    var lines = text.split { $0 == 0x0a || $0 == 0x0d }
    guard lines.count >= 3, lines.removeFirst().elementsEqual(begin),
      lines.removeLast().elementsEqual(end)
    else { throw .damaged("its block does not end") }
    var letters = lines.flatMap(\.self)
    defer { letters.wipe() }
    let padding = letters.suffix(2).count { $0 == UInt8(ascii: "=") }
    guard letters.count.isMultiple(of: 4) else { throw .damaged("its base64 is cut short") }
    var bytes = [UInt8](repeating: 0, count: letters.count / 4 * 3)
    let count = unsafe EVP_DecodeBlock(&bytes, letters, Int32(letters.count))
    guard Int(count) == bytes.count else {
      throw .damaged("its base64 has other characters in it")
    }
    // In place: shortening would leave a copy behind.
    bytes.removeLast(padding)
    return bytes
  }

  private static func key(_ blob: [UInt8]) throws(SSHFormatError) -> PrivateKey {
    var reader = SSHReader(blob)
    guard try reader.bytes(magic.count).elementsEqual(magic) else {
      throw SSHFormatError("is of another version")
    }
    let cipher = try reader.name()
    let derivation = try reader.name()
    _ = try reader.string()
    guard cipher == "none", derivation == "none" else { throw encrypted }
    guard try reader.uint32() == 1 else { throw SSHFormatError("holds several keys") }
    let publicBlob = try reader.string()
    var secret = SSHReader(try reader.string())
    try reader.requireEnd()
    guard try secret.uint32() == secret.uint32() else {
      throw SSHFormatError("has two check numbers that differ")
    }
    let key = try key(&secret)
    // The comment, then padding that counts.
    _ = try secret.string()
    guard secret.rest.count < 256, zip(secret.rest, 1...).allSatisfy({ Int($0) == $1 & 0xff })
    else { throw SSHFormatError("ends in a padding that is not one") }
    try requireHalf(publicBlob, of: key)
    return key
  }

  private static func requireHalf(
    _ blob: ArraySlice<UInt8>, of key: borrowing PrivateKey
  ) throws(SSHFormatError) {
    let declared = try SSHPublicKey(blob: blob)
    let own: SSHPublicKey
    do throws(OpenSSLError) { own = try SSHPublicKey(of: key) } catch {
      throw SSHFormatError("cannot be used: \(error)")
    }
    guard own == declared else { throw SSHFormatError("has another public half outside") }
  }

  private static func key(_ reader: inout SSHReader) throws(SSHFormatError) -> PrivateKey {
    let type = try reader.name()
    switch type {
    case "ssh-ed25519":
      let point = Array(try reader.string())
      let secret = try reader.string()
      guard secret.count == 64, point.count == 32, secret.suffix(32).elementsEqual(point) else {
        throw SSHFormatError("has an Ed25519 key of the wrong length")
      }
      return try elliptic(.ed25519, point, SecretBytes(secret.prefix(32)))
    case "ssh-rsa": return try rsa(&reader)
    default:
      guard
        let curve = SSHPublicKey.Curve.allCases.first(where: {
          type == "ecdsa-sha2-\($0.rawValue)"
        })
      else { throw SSHFormatError("is a key of the kind \"\(type)\", which cannot sign here") }
      return try elliptic(curve, &reader)
    }
  }

  private static func elliptic(
    _ curve: SSHPublicKey.Curve, _ reader: inout SSHReader
  ) throws(SSHFormatError) -> PrivateKey {
    guard try reader.name() == curve.rawValue else {
      throw SSHFormatError("names two different curves")
    }
    let point = Array(try reader.string())
    let scalar = try reader.string().drop { $0 == 0 }
    let length = curve.form.privateLength
    guard point.count == curve.pointLength, point.first == 4, scalar.count <= length else {
      throw SSHFormatError("does not hold numbers of its curve")
    }
    var padded = SecretBytes(capacity: length)
    padded.append([UInt8](repeating: 0, count: length - scalar.count))
    padded.append(scalar)
    return try elliptic(curve.form, point, padded)
  }

  private static func elliptic(
    _ form: KeyForm, _ point: [UInt8], _ secret: borrowing SecretBytes
  ) throws(SSHFormatError) -> PrivateKey {
    do throws(OpenSSLError) {
      let handle = try KeyParameters.elliptic(form, publicBytes: point, privateBytes: secret)
      return try PrivateKey(adopting: handle, form.algorithm)
    } catch {
      throw SSHFormatError("cannot be used: \(error)")
    }
  }

  /// RSA's three numbers are enough; the others only make it faster.
  private static func rsa(_ reader: inout SSHReader) throws(SSHFormatError) -> PrivateKey {
    let modulus = try reader.magnitude()
    let exponent = try reader.magnitude()
    let secret = SecretBytes(try reader.string().drop { $0 == 0 })
    for _ in 0..<3 { _ = try reader.string() }
    let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
    guard let algorithm = KeyAlgorithm(modulusBits: bits), secret.count <= modulus.count else {
      throw SSHFormatError("has \(bits) bits of RSA; 2048, 3072 and 4096 can sign here")
    }
    do throws(OpenSSLError) {
      let handle = try KeyParameters.rsa(modulus: modulus, exponent: exponent, secret: secret)
      return try PrivateKey(adopting: handle, algorithm)
    } catch {
      throw SSHFormatError("cannot be used: \(error)")
    }
  }
}

extension KeyParameters {
  /// An RSA private key without its factors.
  static func rsa(
    modulus: [UInt8], exponent: [UInt8], secret: borrowing SecretBytes
  ) throws(OpenSSLError) -> Handle {
    var modulus = Array(modulus.reversed())
    var exponent = Array(exponent.reversed())
    var reversed = SecretBytes(capacity: secret.count)
    unsafe secret.withBytes { unsafe reversed.append($0.reversed()) }
    let context = try context("RSA")
    return try unsafe Handle("load a key", free: EVP_PKEY_free) {
      unsafe reversed.withBytes { secret in
        unsafe modulus.withUnsafeMutableBufferPointer { modulus in
          unsafe exponent.withUnsafeMutableBufferPointer { exponent in
            let start = unsafe UnsafeMutablePointer(mutating: secret.baseAddress)
            let parameters = unsafe [
              OSSL_PARAM_construct_BN(certwright_modulus(), modulus.baseAddress, modulus.count),
              OSSL_PARAM_construct_BN(certwright_exponent(), exponent.baseAddress, exponent.count),
              OSSL_PARAM_construct_BN(certwright_rsa_secret(), start, secret.count),
            ]
            return unsafe make(context, true, parameters)
          }
        }
      }
    }
  }
}
