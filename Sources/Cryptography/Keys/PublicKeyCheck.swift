import COpenSSL
package import PKI

/// Why a public key that came in from outside is not certified: the end of a sentence that begins
/// with "the public key", in lower case without a full stop.
package struct PublicKeyRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  package let reason: String

  package var description: String { "the public key \(reason)" }

  init(_ reason: String) { self.reason = reason }
}

extension PublicKey {
  /// Reads a SubjectPublicKeyInfo that somebody else made, and refuses everything that would be
  /// weak, ambiguous or unreadable to peers.
  ///
  /// Accepted are RSA of 2048, 3072 or 4096 bits with an odd exponent from 65537 below 2^256
  /// (Baseline Requirements section 6.1.6), the named curves P-256, P-384 and P-521 with
  /// uncompressed points (RFC 5480 section 2), and Ed25519, each in DER.
  package init(checking subjectPublicKeyInfo: [UInt8]) throws(PublicKeyRefusal) {
    let parts = try PublicKeyParts(subjectPublicKeyInfo)
    let algorithm = try parts.algorithm()
    do throws(OpenSSLError) {
      self.init(
        algorithm: algorithm, subjectPublicKeyInfo: subjectPublicKeyInfo,
        id: try KeyID(bits: parts.bits))
      try check()
    } catch {
      throw PublicKeyRefusal("is not a valid key: \(error)")
    }
  }

  /// OpenSSL's own check, where it has one: a point on the curve, a modulus that could be RSA's.
  private func check() throws(OpenSSLError) {
    guard algorithm != .ed25519 else { return }
    let key = try load()
    let context = try unsafe Handle("check the key", free: EVP_PKEY_CTX_free) {
      unsafe EVP_PKEY_CTX_new_from_pkey(nil, key.pointer, nil)
    }
    try OpenSSL.check("check the key") { unsafe EVP_PKEY_public_check(context.pointer) }
  }

  /// The key as OpenSSL wants it.
  func load() throws(OpenSSLError) -> Handle {
    if let form = KeyForm.of(algorithm) {
      let bytes = Array(subjectPublicKeyInfo.dropFirst(form.publicPrefix.count))
      return try KeyParameters.elliptic(
        form, publicBytes: bytes, privateBytes: SecretBytes(capacity: 0))
    }
    let operation = "load an RSA key"
    let parts: PublicKeyParts
    do { parts = try PublicKeyParts(subjectPublicKeyInfo) } catch {
      throw OpenSSLError(operation, reasons: [error.description])
    }
    guard let numbers = parts.rsaNumbers() else {
      throw OpenSSLError(operation, reasons: ["it is not the DER of an RSA key"])
    }
    return try KeyParameters.rsa(modulus: numbers.modulus, exponent: numbers.exponent)
  }
}

/// A SubjectPublicKeyInfo (RFC 5280 section 4.1) taken apart.
private struct PublicKeyParts {
  let identifier: ArraySlice<UInt8>
  /// What follows the algorithm's identifier inside the AlgorithmIdentifier, with its tag.
  let parameters: ArraySlice<UInt8>
  /// The content of the BIT STRING without the count of unused bits.
  let bits: ArraySlice<UInt8>
  private let whole: [UInt8]

  init(_ subjectPublicKeyInfo: [UInt8]) throws(PublicKeyRefusal) {
    var outer = DERReader(subjectPublicKeyInfo)
    guard var info = outer.enter(), outer.isAtEnd, var algorithm = info.enter(),
      let identifier = algorithm.next(DER.objectIdentifier), let bits = info.next(DER.bitString),
      info.isAtEnd, bits.first == 0
    else { throw PublicKeyRefusal("is not the DER of a SubjectPublicKeyInfo") }
    self.identifier = identifier
    self.parameters = algorithm.rest
    self.bits = bits.dropFirst()
    whole = subjectPublicKeyInfo
  }

  func algorithm() throws(PublicKeyRefusal) -> KeyAlgorithm {
    if identifier.elementsEqual(KeyForm.ecPublicKey) { return try curve() }
    if identifier.elementsEqual(KeyForm.rsaEncryption) { return try rsa() }
    let form = KeyForm.ed25519
    if whole.starts(with: form.publicPrefix), bits.count == form.publicLength {
      try refuseSmallOrder()
      return .ed25519
    }
    let name = DER.dotted(identifier) ?? "unreadable"
    throw PublicKeyRefusal(
      "has the algorithm \(name); only RSA, ECDSA and Ed25519 keys are certified")
  }

  private func curve() throws(PublicKeyRefusal) -> KeyAlgorithm {
    var reader = DERReader(parameters)
    guard reader.nextTag == DER.objectIdentifier, let curve = reader.next(DER.objectIdentifier),
      reader.isAtEnd
    else { throw PublicKeyRefusal("spells out its curve instead of naming it") }
    guard let form = KeyForm.all.first(where: { curve.elementsEqual($0.curve) })
    else {
      let name = DER.dotted(curve) ?? "unreadable"
      throw PublicKeyRefusal("is on the curve \(name); only P-256, P-384 and P-521 are certified")
    }
    if let first = bits.first, first == 2 || first == 3 {
      throw PublicKeyRefusal("has a compressed point, which many peers cannot read")
    }
    guard bits.first == 4, bits.count == form.publicLength, whole.starts(with: form.publicPrefix)
    else { throw PublicKeyRefusal("does not hold a point of its curve") }
    return form.algorithm
  }

  private func rsa() throws(PublicKeyRefusal) -> KeyAlgorithm {
    guard parameters.elementsEqual([DER.null, 0]), let numbers = rsaNumbers() else {
      throw PublicKeyRefusal("is not the DER of an RSA key")
    }
    let size = bitCount(numbers.modulus)
    guard let algorithm = KeyAlgorithm(modulusBits: size) else {
      throw PublicKeyRefusal(
        "has \(size) bits of RSA; only 2048, 3072 and 4096 are certified")
    }
    guard let last = numbers.exponent.last, last & 1 == 1, bitCount(numbers.exponent) >= 17 else {
      throw PublicKeyRefusal("has an RSA exponent that is even or less than 65537")
    }
    guard bitCount(numbers.exponent) <= 256 else {
      throw PublicKeyRefusal("has an RSA exponent of more than 256 bits")
    }
    guard let lowest = numbers.modulus.last, lowest & 1 == 1 else {
      throw PublicKeyRefusal("has an even RSA modulus")
    }
    return algorithm
  }

  /// The two numbers of an RSAPublicKey (RFC 8017 appendix A.1.1), which must be positive and in
  /// their shortest form.
  func rsaNumbers() -> (modulus: [UInt8], exponent: [UInt8])? {
    var outer = DERReader(bits)
    guard var numbers = outer.enter(), outer.isAtEnd, let modulus = numbers.next(DER.integer),
      let exponent = numbers.next(DER.integer), numbers.isAtEnd,
      DER.unsigned(Array(modulus)).count == DER.header(DER.integer, modulus.count).count
        + modulus.count,
      DER.unsigned(Array(exponent)).suffix(exponent.count) == exponent,
      let first = modulus.first, let second = exponent.first, first < 0x80, second < 0x80
    else { return nil }
    return (Array(modulus.drop { $0 == 0 }), Array(exponent.drop { $0 == 0 }))
  }

  private func bitCount(_ magnitude: [UInt8]) -> Int {
    guard let first = magnitude.first else { return 0 }
    return magnitude.count * 8 - first.leadingZeroBitCount
  }

  /// Points whose order divides eight: a "signature" under them proves nothing, since one fits many
  /// messages. The last bit of a point is a sign and not compared.
  private func refuseSmallOrder() throws(PublicKeyRefusal) {
    var point = Array(bits)
    guard let last = point.last else { return }
    point[point.count - 1] = last & 0x7f
    guard !SmallOrderPoints.all.contains(point) else {
      throw PublicKeyRefusal("is an Ed25519 point of small order")
    }
  }
}

/// The encodings of y for the points of order 1, 2, 4 and 8 on Ed25519's curve, with those that
/// exceed the field's prime.
private enum SmallOrderPoints {
  private static let filler = [UInt8](repeating: 0xff, count: 30)
  static let all: [[UInt8]] = [
    [UInt8](repeating: 0, count: 32),
    [1] + [UInt8](repeating: 0, count: 31),
    Hex.decode("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05") ?? [],
    Hex.decode("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a") ?? [],
    [0xec] + filler + [0x7f],
    [0xed] + filler + [0x7f],
    [0xee] + filler + [0x7f],
  ]
}
