import PKI

/// The outer form that certificates, CRLs and CSRs share: what is signed, how, and the signature
/// (RFC 5280 section 4.1.1).
struct SignedObject {
  let signed: ArraySlice<UInt8>
  let algorithm: ArraySlice<UInt8>
  let signature: [UInt8]

  init(_ der: [UInt8]) throws(JudgementError) {
    var outer = DERReader(der)
    guard var object = outer.enter(), outer.isAtEnd, let signed = object.next(),
      signed.tag == DER.sequence, let algorithm = object.next(), algorithm.tag == DER.sequence,
      let bits = object.next(DER.bitString), object.isAtEnd, bits.first == 0
    else { throw .malformed("it is not a signed SEQUENCE in DER") }
    self.signed = signed.whole
    self.algorithm = algorithm.whole
    signature = Array(bits.dropFirst())
  }
}

extension SignatureAlgorithm {
  /// The DER of the AlgorithmIdentifier: NULL parameters for RSA (RFC 4055 section 5), none for
  /// ECDSA (RFC 5758 section 3.2) and Ed25519 (RFC 8410 section 3).
  var identifier: [UInt8] {
    let ecdsa: [UInt8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03]
    let name: [UInt8] =
      switch self {
      case .sha256WithRSA: [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b]
      case .ecdsaWithSHA256: ecdsa + [2]
      case .ecdsaWithSHA384: ecdsa + [3]
      case .ecdsaWithSHA512: ecdsa + [4]
      case .ed25519: [0x2b, 0x65, 0x70]
      }
    let oid = DER.element(DER.objectIdentifier, name)
    return self == .sha256WithRSA
      ? DER.element(DER.sequence, oid, DER.element(DER.null)) : DER.element(DER.sequence, oid)
  }
}

extension DERReader {
  /// A UTCTime or GeneralizedTime in the only form that RFC 5280 section 4.1.2.5 allows.
  mutating func time() throws(JudgementError) -> Timestamp {
    let tag = nextTag
    guard tag == 0x17 || tag == 0x18, let content = next()?.content else {
      throw .malformed("a time is missing")
    }
    let text = Array(content)
    let isLong = tag == 0x18
    guard text.count == (isLong ? 15 : 13), text.last == UInt8(ascii: "Z"),
      text.dropLast().allSatisfy({ (0x30...0x39).contains($0) })
    else { throw .malformed("a time is not in whole seconds of UTC") }
    let digits = text.dropLast().map { Int($0) - 0x30 }
    let fields = digits.suffix(10)
    let pairs = stride(from: fields.startIndex, to: fields.endIndex, by: 2)
      .map { fields[$0] * 10 + fields[$0 + 1] }
    let year = digits.dropLast(10).reduce(0) { $0 * 10 + $1 }
    // RFC 5280 section 4.1.2.5.1: two digits from 50 up are of the twentieth century.
    let full = isLong ? year : year + (year >= 50 ? 1_900 : 2_000)
    let civil = CivilTime(
      year: full, month: pairs[0], day: pairs[1], hour: pairs[2], minute: pairs[3],
      second: pairs[4])
    guard civil.isValid else { throw .malformed("a time does not exist") }
    guard isLong == (full >= 2_050) else { throw .malformed("a time has the wrong type") }
    return Timestamp(civil)
  }

  /// The Extensions SEQUENCE (RFC 5280 section 4.1.2.9); each identifier may occur once.
  mutating func extensions() throws(JudgementError) -> [JudgedExtension] {
    guard var list = enter(), !list.isAtEnd else { throw .malformed("its extensions are empty") }
    var found: [JudgedExtension] = []
    while !list.isAtEnd {
      guard var item = list.enter(), let name = item.next(DER.objectIdentifier),
        let identifier = DER.dotted(name)
      else { throw .malformed("an extension cannot be read") }
      var isCritical = false
      if item.nextTag == 0x01 {
        // X.690 section 11.5: FALSE is the default and must be left out.
        guard item.next(0x01)?.elementsEqual([0xff]) == true else {
          throw .malformed("an extension's criticality is not DER")
        }
        isCritical = true
      }
      guard let value = item.next(DER.octetString), item.isAtEnd,
        !found.contains(where: { $0.identifier == identifier })
      else { throw .malformed("the extension \(identifier) cannot be read or stands twice") }
      found.append(
        JudgedExtension(identifier: identifier, isCritical: isCritical, value: Array(value)))
    }
    return found
  }

  /// The magnitude of an INTEGER that must be positive or zero and in its shortest form.
  mutating func magnitude() throws(JudgementError) -> [UInt8] {
    guard let content = next(DER.integer), let first = content.first, first < 0x80,
      content.count == 1 || first != 0 || content.dropFirst().first.map({ $0 >= 0x80 }) == true
    else { throw .malformed("a number is negative or not DER") }
    return Array(content)
  }
}
