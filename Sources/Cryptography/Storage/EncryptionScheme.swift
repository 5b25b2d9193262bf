import COpenSSL
import PKI

/// The AlgorithmIdentifier of PBES2 (RFC 8018 appendix A.4) with PBKDF2 and a block cipher.
struct EncryptionScheme {
  let derivation: KeyEncryption.Derivation
  let cipher: BlockCipher
  let vector: [UInt8]

  init(derivation: KeyEncryption.Derivation, cipher: BlockCipher, vector: [UInt8]) {
    self.derivation = derivation
    self.cipher = cipher
    self.vector = vector
  }

  private static let pbes2: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d]
  private static let pbkdf2: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c]
  /// The pseudorandom functions hmacWithSHA1, SHA224, SHA256, SHA384 and SHA512 differ in the last
  /// byte.
  private static let hmac: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02]
  private static let digests: [UInt8: String] = [
    7: "SHA1", 8: "SHA224", 9: "SHA256", 10: "SHA384", 11: "SHA512",
  ]

  private static let unsupported = KeyFormatError.unsupported(
    "only PBES2 with PBKDF2 is; \"openssl pkcs8 -topk8 -v2 aes-256-cbc\" converts it")

  /// Writes HMAC-SHA256 whatever the derivation's digest: nothing else is written.
  var der: [UInt8] {
    let null = DER.element(DER.null)
    let function = DER.element(
      DER.sequence, DER.element(DER.objectIdentifier, Self.hmac + [9]), null)
    let derivation = DER.element(
      DER.sequence, DER.element(DER.objectIdentifier, Self.pbkdf2),
      DER.element(
        DER.sequence, DER.element(DER.octetString, derivation.salt),
        DER.unsigned(derivation.iterations), function))
    let encryption = DER.element(
      DER.sequence, DER.element(DER.objectIdentifier, cipher.identifier),
      DER.element(DER.octetString, vector))
    return DER.element(
      DER.sequence, DER.element(DER.objectIdentifier, Self.pbes2),
      DER.element(DER.sequence, derivation, encryption))
  }

  /// Reads the content of the AlgorithmIdentifier.
  init(reading algorithm: DERReader) throws(KeyFormatError) {
    var algorithm = algorithm
    guard let identifier = algorithm.next(DER.objectIdentifier) else {
      throw .damaged("it does not say how it is encrypted")
    }
    guard identifier.elementsEqual(Self.pbes2) else { throw Self.unsupported }
    guard var parameters = algorithm.enter(), var derivation = parameters.enter(),
      var encryption = parameters.enter(),
      let function = derivation.next(DER.objectIdentifier),
      let cipherName = encryption.next(DER.objectIdentifier)
    else { throw .damaged("its PBES2 parameters cannot be read") }
    guard function.elementsEqual(Self.pbkdf2) else { throw Self.unsupported }
    guard let cipher = BlockCipher.all.first(where: { cipherName.elementsEqual($0.identifier) })
    else { throw .unsupported("its cipher is not AES-CBC") }
    guard let vector = encryption.next(DER.octetString), vector.count == cipher.vectorLength,
      let values = derivation.enter()
    else { throw .damaged("its PBES2 parameters cannot be read") }
    self.cipher = cipher
    self.vector = Array(vector)
    self.derivation = try Self.derivation(values, cipher.keyLength)
  }

  private static func derivation(
    _ parameters: DERReader, _ length: Int
  ) throws(KeyFormatError) -> KeyEncryption.Derivation {
    var reader = parameters
    guard let salt = reader.next(DER.octetString), salt.count <= 1_024,
      let iterations = reader.small()
    else { throw .damaged("its PBKDF2 parameters cannot be read") }
    let accepted = KeyEncryption.acceptedIterations
    guard accepted.contains(iterations) else {
      throw .unsupported(
        "its key is derived in \(iterations) iterations, not \(accepted.lowerBound) to "
          + "\(accepted.upperBound)")
    }
    if reader.nextTag == DER.integer, reader.small() != length {
      throw .damaged("its key length is not its cipher's")
    }
    // RFC 8018 appendix A.2: HMAC-SHA1 is the default and then left out.
    var digest = "SHA1"
    if var function = reader.enter() {
      guard let name = function.next(DER.objectIdentifier), name.starts(with: hmac),
        name.count == hmac.count + 1, let known = name.last.flatMap({ digests[$0] })
      else { throw unsupported }
      digest = known
    }
    return KeyEncryption.Derivation(
      digest: digest, salt: Array(salt), iterations: iterations, length: length)
  }
}

/// A block cipher in CBC mode, as encrypted private keys use it.
struct BlockCipher: Hashable, Sendable {
  /// OpenSSL's name.
  let name: String
  /// The content of its OBJECT IDENTIFIER.
  let identifier: [UInt8]
  let keyLength: Int
  let vectorLength: Int

  private static let aes: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01]
  static let aes128 = BlockCipher(
    name: "AES-128-CBC", identifier: aes + [2], keyLength: 16, vectorLength: 16)
  static let aes192 = BlockCipher(
    name: "AES-192-CBC", identifier: aes + [22], keyLength: 24, vectorLength: 16)
  static let aes256 = BlockCipher(
    name: "AES-256-CBC", identifier: aes + [42], keyLength: 32, vectorLength: 16)
  static let all = [aes128, aes192, aes256]

  func run(
    encrypt: Bool, _ input: borrowing SecretBytes, key: borrowing SecretBytes, vector: [UInt8]
  ) throws(OpenSSLError) -> SecretBytes {
    let operation = encrypt ? "encrypt a private key" : "decrypt a private key"
    let context = try unsafe Handle(operation, free: EVP_CIPHER_CTX_free) {
      unsafe EVP_CIPHER_CTX_new()
    }
    try OpenSSL.check(operation) {
      unsafe key.withBytes {
        unsafe EVP_CipherInit_ex(
          context.pointer, EVP_get_cipherbyname(name), nil, $0.baseAddress, vector,
          encrypt ? 1 : 0)
      }
    }
    var output = SecretBytes(capacity: input.count + 32)
    var length: Int32 = 0
    var final: Int32 = 0
    ERR_clear_error()
    let answer = unsafe output.appendUninitialized(input.count + 32) { room, answer in
      answer = unsafe input.withBytes {
        unsafe EVP_CipherUpdate(
          context.pointer, room.baseAddress, &length, $0.baseAddress, Int32(clamping: $0.count))
      }
      guard answer == 1 else { return 0 }
      let rest = unsafe room.baseAddress.map { unsafe $0 + Int(length) }
      answer = unsafe EVP_CipherFinal_ex(context.pointer, rest, &final)
      return Int(length) + Int(final)
    }
    guard answer == 1 else { throw OpenSSLError(draining: operation) }
    return output
  }
}
