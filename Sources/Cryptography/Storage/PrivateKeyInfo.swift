import COpenSSL
import PKI

/// PKCS#8 PrivateKeyInfo (RFC 5208 section 5), written and read by hand for elliptic keys.
enum PrivateKeyInfo {
  static func encode(_ key: borrowing PrivateKey) throws(OpenSSLError) -> SecretBytes {
    guard let form = KeyForm.of(key.algorithm) else { return try encodeByOpenSSL(key) }
    var info = SecretBytes(capacity: form.privateInfoLength)
    info.append(form.privatePrefix)
    try appendPrivateBytes(of: key, form, to: &info)
    if let middle = form.privateMiddle {
      info.append(middle)
      info.append(key.publicKey.subjectPublicKeyInfo.suffix(form.publicLength))
    }
    return info
  }

  private static func appendPrivateBytes(
    of key: borrowing PrivateKey, _ form: KeyForm, to info: inout SecretBytes
  ) throws(OpenSSLError) {
    let operation = "read the private half of a key"
    let length = form.privateLength
    ERR_clear_error()
    guard form.group != nil else {
      var written = length
      let answer = unsafe info.appendUninitialized(length) { room, answer in
        answer = unsafe EVP_PKEY_get_raw_private_key(key.handle.pointer, room.baseAddress, &written)
        return written
      }
      guard answer == 1, written == length else { throw OpenSSLError(draining: operation) }
      return
    }
    let scalar = try unsafe Handle(operation, free: BN_clear_free) {
      var scalar: OpaquePointer?
      let name = unsafe certwright_private()
      return unsafe EVP_PKEY_get_bn_param(key.handle.pointer, name, &scalar) == 1 ? scalar : nil
    }
    let answer = unsafe info.appendUninitialized(length) { room, answer in
      answer = unsafe BN_bn2binpad(scalar.pointer, room.baseAddress, Int32(length))
      return length
    }
    guard Int(answer) == length else { throw OpenSSLError(draining: operation) }
  }

  /// RSA keys cost a hundred milliseconds to make: OpenSSL's encoder does not matter.
  private static func encodeByOpenSSL(
    _ key: borrowing PrivateKey
  ) throws(OpenSSLError) -> SecretBytes {
    let info = try unsafe Handle("encode a private key", free: PKCS8_PRIV_KEY_INFO_free) {
      unsafe EVP_PKEY2PKCS8(key.handle.pointer)
    }
    var start: UnsafeMutablePointer<UInt8>?
    let length = try OpenSSL.check("encode a private key") {
      unsafe i2d_PKCS8_PRIV_KEY_INFO(info.pointer, &start)
    }
    defer { unsafe CRYPTO_clear_free(start, Int(length), nil, 0) }
    return unsafe SecretBytes(UnsafeBufferPointer(start: start, count: Int(length)))
  }

  /// Reads PKCS#8, or the older encodings of RSA and elliptic keys, from DER.
  static func decode(_ der: borrowing SecretBytes) throws(KeyFormatError) -> PrivateKey {
    do throws(OpenSSLError) {
      if let form = KeyForm.all.first(where: { fits($0, der) }) { return try decode(der, form) }
    } catch {
      throw .failed(error)
    }
    return try adopt(try decodeByOpenSSL(der))
  }

  /// Takes a key that OpenSSL has read, if it is of a kind that is certified.
  static func adopt(_ handle: consuming Handle) throws(KeyFormatError) -> PrivateKey {
    guard let algorithm = handle.keyAlgorithm else {
      throw .unsupported("only RSA, ECDSA and Ed25519 keys are certified")
    }
    do throws(OpenSSLError) {
      return try PrivateKey(adopting: handle, algorithm)
    } catch {
      throw .failed(error)
    }
  }

  private static func fits(_ form: KeyForm, _ der: borrowing SecretBytes) -> Bool {
    unsafe der.withBytes { bytes in
      let middle = unsafe bytes.dropFirst(form.privatePrefix.count + form.privateLength)
      return unsafe bytes.count == form.privateInfoLength
        && bytes.starts(with: form.privatePrefix) && middle.starts(with: form.privateMiddle ?? [])
    }
  }

  private static func decode(
    _ der: borrowing SecretBytes, _ form: KeyForm
  ) throws(OpenSSLError) -> PrivateKey {
    let start = form.privatePrefix.count
    let privateBytes = unsafe der.withBytes { bytes in
      unsafe SecretBytes(bytes[start..<start + form.privateLength])
    }
    let publicBytes =
      form.privateMiddle == nil
      ? [] : unsafe der.withBytes { unsafe Array($0.suffix(form.publicLength)) }
    let handle = try KeyParameters.elliptic(
      form, publicBytes: publicBytes, privateBytes: privateBytes)
    return try PrivateKey(adopting: handle, form.algorithm)
  }

  private static func decodeByOpenSSL(
    _ der: borrowing SecretBytes
  ) throws(KeyFormatError) -> Handle {
    var isWhole = false
    do throws(OpenSSLError) {
      let handle = try unsafe Handle("read a private key", free: EVP_PKEY_free) {
        unsafe der.withBytes { bytes in
          var position = bytes.baseAddress
          let key = unsafe d2i_AutoPrivateKey(nil, &position, bytes.count)
          let start = UInt(bitPattern: bytes.baseAddress)
          isWhole = UInt(bitPattern: position) == start + UInt(bytes.count)
          return unsafe key
        }
      }
      if isWhole { return handle }
    } catch {
      throw .damaged("\(error)")
    }
    throw .damaged("bytes follow the key")
  }
}

extension Handle {
  /// The kind of a key that OpenSSL has read; nil for kinds that certwright does not use.
  var keyAlgorithm: KeyAlgorithm? {
    if unsafe EVP_PKEY_is_a(pointer, "RSA") == 1 {
      return unsafe KeyAlgorithm(modulusBits: Int(EVP_PKEY_get_bits(pointer)))
    }
    if unsafe EVP_PKEY_is_a(pointer, "ED25519") == 1 { return .ed25519 }
    guard unsafe EVP_PKEY_is_a(pointer, "EC") == 1 else { return nil }
    var name = [CChar](repeating: 0, count: 64)
    var length = 0
    let isNamed = OpenSSL.asks {
      unsafe EVP_PKEY_get_group_name(pointer, &name, name.count, &length)
    }
    let text = String(decoding: name.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
    switch isNamed ? text : "" {
    case "prime256v1", "P-256": return .ecdsaP256
    case "secp384r1", "P-384": return .ecdsaP384
    case "secp521r1", "P-521": return .ecdsaP521
    default: return nil
    }
  }
}
