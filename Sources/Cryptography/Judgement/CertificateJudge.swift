import COpenSSL
package import PKI

/// Checks what one authority has signed, many times over. Belongs to one thread.
///
/// ``judge(_:)`` takes the certificate apart with a reader of its own and verifies the signature
/// with OpenSSL: OpenSSL's own `d2i_X509` costs more than making the key and signing together,
/// because it decodes the public key. ``judgeFully(_:)`` does that in addition.
package struct CertificateJudge: ~Copyable {
  private let issuer: PublicKey
  private let verifier: Verifier
  private let algorithm: [UInt8]

  package init(issuer: PublicKey) throws(OpenSSLError) {
    self.issuer = issuer
    verifier = try Verifier(issuer)
    algorithm = SignatureAlgorithm(for: issuer.algorithm).identifier
  }

  /// Reads a certificate back and checks the issuer's signature.
  package borrowing func judge(_ der: [UInt8]) throws(JudgementError) -> JudgedCertificate {
    let object = try SignedObject(der)
    let certificate = try JudgedCertificate(object, algorithm: algorithm)
    try check(object)
    return certificate
  }

  private borrowing func check(_ object: SignedObject) throws(JudgementError) {
    let isSigned: Bool
    do throws(OpenSSLError) {
      isSigned = try verifier.accepts(object.signature, of: object.signed)
    } catch {
      throw .failed(error)
    }
    guard isSigned else { throw .signedBySomebodyElse }
  }

  /// The same, and OpenSSL's own reading: the certificate decodes to its last byte, encodes again
  /// to the same bytes, has extensions that OpenSSL understands, and verifies.
  package borrowing func judgeFully(_ der: [UInt8]) throws(JudgementError) -> JudgedCertificate {
    let certificate = try judge(der)
    do throws(OpenSSLError) {
      let decoded = try Decoded.certificate(der)
      let key = try issuer.load()
      try OpenSSL.check("verify the certificate") {
        unsafe X509_verify(decoded.pointer, key.pointer)
      }
      try Decoded.requireReadableExtensions(of: decoded)
    } catch {
      throw .failed(error)
    }
    return certificate
  }

  /// Reads a CRL back and checks the issuer's signature. OpenSSL decodes it too, up to 1 MiB: above,
  /// its decoder takes seconds and ten times the memory.
  package borrowing func judge(
    revocationList der: [UInt8]
  ) throws(JudgementError) -> JudgedRevocationList {
    let object = try SignedObject(der)
    let list = try JudgedRevocationList(object, algorithm: algorithm)
    try check(object)
    guard der.count <= 1 << 20 else { return list }
    do throws(OpenSSLError) {
      let decoded = try Decoded.revocationList(der)
      let key = try issuer.load()
      try OpenSSL.check("verify the CRL") {
        unsafe X509_CRL_verify(decoded.pointer, key.pointer)
      }
    } catch {
      throw .failed(error)
    }
    return list
  }
}

extension JudgedCertificate {
  /// Reads a TBSCertificate (RFC 5280 section 4.1) of version 3.
  init(_ object: SignedObject, algorithm: [UInt8]) throws(JudgementError) {
    var outer = DERReader(object.signed)
    guard var fields = outer.enter(), fields.next(0xa0)?.elementsEqual([2, 1, 2]) == true else {
      throw .malformed("it is not of version 3")
    }
    guard let serial = SerialNumber(magnitude: try fields.magnitude()) else {
      throw .malformed("its serial number is zero or too long")
    }
    guard let inner = fields.next(), inner.whole == object.algorithm,
      inner.whole.elementsEqual(algorithm)
    else { throw .wrongAlgorithm }
    guard let issuer = fields.next(), issuer.tag == DER.sequence, var validity = fields.enter()
    else { throw .malformed("its issuer or validity cannot be read") }
    self.serial = serial
    self.issuer = Array(issuer.whole)
    notBefore = try validity.time()
    notAfter = try validity.time()
    guard validity.isAtEnd, let subject = fields.next(), subject.tag == DER.sequence,
      let key = fields.next(), key.tag == DER.sequence, var list = fields.enter(0xa3),
      fields.isAtEnd
    else { throw .malformed("its subject, key or extensions cannot be read") }
    self.subject = Array(subject.whole)
    subjectPublicKeyInfo = Array(key.whole)
    extensions = try list.extensions()
    guard list.isAtEnd else { throw .malformed("something follows its extensions") }
  }
}

extension JudgedRevocationList {
  private static let numberIdentifier = "2.5.29.20"

  /// Reads a TBSCertList (RFC 5280 section 5.1) of version 2.
  init(_ object: SignedObject, algorithm: [UInt8]) throws(JudgementError) {
    var outer = DERReader(object.signed)
    guard var fields = outer.enter(), fields.next(DER.integer)?.elementsEqual([1]) == true else {
      throw .malformed("it is not of version 2")
    }
    guard let inner = fields.next(), inner.whole == object.algorithm,
      inner.whole.elementsEqual(algorithm)
    else { throw .wrongAlgorithm }
    guard let issuer = fields.next(), issuer.tag == DER.sequence else {
      throw .malformed("its issuer cannot be read")
    }
    self.issuer = Array(issuer.whole)
    thisUpdate = try fields.time()
    nextUpdate = try fields.time()
    entryCount = try Self.count(&fields)
    guard var list = fields.enter(0xa0), fields.isAtEnd else {
      throw .malformed("its extensions cannot be read")
    }
    extensions = try list.extensions()
    guard list.isAtEnd else { throw .malformed("something follows its extensions") }
    let number = extensions.first { $0.identifier == Self.numberIdentifier }
    guard let number else { throw .malformed("it has no number") }
    var reader = DERReader(number.value)
    self.number = try reader.magnitude()
    guard reader.isAtEnd, self.number.count <= 20 else {
      throw .malformed("its number is too long")
    }
  }

  /// Counts revokedCertificates, which must be left out when empty (RFC 5280 section 5.1.2.6).
  private static func count(_ fields: inout DERReader) throws(JudgementError) -> Int {
    guard fields.nextTag == DER.sequence else { return 0 }
    guard var entries = fields.enter(), !entries.isAtEnd else {
      throw .malformed("its list of revoked certificates is empty")
    }
    var count = 0
    while !entries.isAtEnd {
      guard var entry = entries.enter(), let serial = entry.next(DER.integer),
        let first = serial.first, first < 0x80, let date = entry.next(),
        date.tag == 0x17
          || date.tag == 0x18
      else { throw .malformed("entry \(count + 1) cannot be read") }
      if !entry.isAtEnd {
        guard entry.enter() != nil, entry.isAtEnd else {
          throw .malformed("entry \(count + 1) cannot be read")
        }
      }
      count += 1
    }
    return count
  }
}
