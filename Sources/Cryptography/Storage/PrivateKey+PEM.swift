import COpenSSL
import PKI

extension PrivateKey {
  /// Reads the one private key of a PEM text: PKCS#8, encrypted or not, or the older encodings
  /// that `openssl genrsa` and `openssl ecparam` write.
  package init(pem text: [UInt8], _ encryption: KeyEncryption?) throws(KeyFormatError) {
    let key = try Self.read(text, encryption)
    let fits: Bool
    do { fits = try key.isConsistent() } catch { throw .failed(error) }
    guard fits else { throw .damaged("its private half does not belong to its public half") }
    self = key
  }

  private static func read(
    _ text: [UInt8], _ encryption: KeyEncryption?
  ) throws(KeyFormatError) -> PrivateKey {
    let block = try KeyPEM(in: text)
    guard block.isEncryptedByHeader || block.label == .encrypted else {
      return try PrivateKeyInfo.decode(block.der)
    }
    guard let encryption else { throw .passphraseNeeded }
    guard block.isEncryptedByHeader else {
      return try PrivateKeyInfo.decode(try encryption.decrypt(block.der))
    }
    return try PrivateKeyInfo.adopt(try encryption.decryptByHeader(text))
  }

  /// The key as PKCS#8 in PEM, to be handed to its owner. The array is the caller's to wipe.
  package borrowing func pem(_ encryption: KeyEncryption?) throws(OpenSSLError) -> [UInt8] {
    let text = try encoded(encryption)
    return unsafe text.withBytes { unsafe Array($0) }
  }

  borrowing func encoded(_ encryption: KeyEncryption?) throws(OpenSSLError) -> SecretBytes {
    let info = try PrivateKeyInfo.encode(self)
    guard let encryption else { return KeyPEM.encode(.plain, info) }
    return KeyPEM.encode(.encrypted, try encryption.encrypt(info))
  }
}

extension [UInt8] {
  /// Overwrites bytes that were secret. Reaches only this array: a copy that shares its storage
  /// keeps them.
  package mutating func wipe() {
    unsafe withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
  }
}
