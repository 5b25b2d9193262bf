/// The right to sign something once: proof that it passed the profile, with the bytes to be signed.
///
/// Only the lint makes permits, and the signer consumes them, so that nothing else can be signed
/// and nothing twice.
package struct SigningPermit: ~Copyable, Sendable {
  package let toBeSigned: [UInt8]
  package let signatureAlgorithm: SignatureAlgorithm
  /// The key that must sign.
  package let signer: PublicKey

  fileprivate init(_ toBeSigned: [UInt8], _ issuer: CertificateIssuer) {
    self.toBeSigned = toBeSigned
    signatureAlgorithm = SignatureAlgorithm(for: issuer.publicKey.algorithm)
    signer = issuer.publicKey
  }

  /// Uses the permit up: gives the DER of the signed object.
  package consuming func redeem(signature: [UInt8]) -> [UInt8] {
    SignedObject.assemble(toBeSigned, signatureAlgorithm, signature: signature)
  }
}

extension CertificateSpec {
  /// Checks everything that will be signed and permits it.
  ///
  /// The bytes are read again before anybody signs them, with a signature that means nothing, and
  /// compared with this specification: what is wrong with them must not be found out afterwards.
  ///
  /// - Parameter path: the certificates from the issuer to its root; nil for a root.
  package func permit(
    serial: SerialNumber, notBefore: Timestamp, publicKey: PublicKey, issuer: CertificateIssuer,
    path: IssuerPath?
  ) throws(LintError) -> SigningPermit {
    let signing = CertificateLint.Candidate.Signing(
      serial: serial, notBefore: notBefore, publicKey: publicKey, issuer: issuer, path: path)
    let violations = CertificateLint.violations(in: .init(spec: self, signing: signing))
    guard violations.isEmpty else { throw LintError(violations) }
    let bytes = toBeSigned(
      serial: serial, notBefore: notBefore, publicKey: publicKey, issuer: issuer)
    try checkEncoding(bytes, signing)
    return SigningPermit(bytes, issuer)
  }

  private func checkEncoding(
    _ bytes: [UInt8], _ signing: CertificateLint.Candidate.Signing
  ) throws(LintError) {
    func refuse(_ message: String) -> LintError {
      LintError([
        LintViolation(rule: "encoding-says-it", source: "BR 4.3.1.2", message: message)
      ])
    }
    let facts: CertificateFacts
    do {
      facts = try CertificateFacts(
        SignedObject.assemble(
          bytes, SignatureAlgorithm(for: signing.issuer.publicKey.algorithm), signature: [0]))
    } catch {
      throw refuse("the encoded certificate cannot be read: \(error)")
    }
    guard facts.serial == signing.serial, facts.notBefore == signing.notBefore,
      facts.publicKey == signing.publicKey
    else { throw refuse("the encoded certificate has another serial number, date or key") }
    if let difference = differences(from: facts, issuer: signing.issuer).first {
      throw refuse("the encoded certificate differs: \(difference)")
    }
  }
}

extension RevocationListWriter {
  /// Checks the list against itself and against the one before it, and permits it to be signed.
  ///
  /// - Parameter mayGo: whether a serial of the list before need not be in this one.
  package consuming func permit(
    _ spec: RevocationListSpec, issuer: CertificateIssuer, previous: RevocationListFacts?,
    mayGo: (SerialNumber) -> Bool
  ) throws(LintError) -> SigningPermit {
    try permit(
      spec, issuer, "list", rule: "list-never-forgets", source: "RFC 5280 5.2.3"
    ) { facts in
      RevocationListRules.violations(next: facts, previous: previous, mayGo: mayGo)
        .map(\.description)
    }
  }

  /// Checks a partition against the complete list that was signed before it, and permits it.
  ///
  /// - Parameter entries: those of the complete list that belong to the partition.
  package consuming func permit(
    _ spec: RevocationListSpec, issuer: CertificateIssuer, entries: [RevocationEntry],
    partOf complete: RevocationListFacts
  ) throws(LintError) -> SigningPermit {
    try permit(
      spec, issuer, "partition", rule: "partition-says-the-same", source: "RFC 5280 5.2.5"
    ) { facts in
      RevocationListRules.violations(
        partition: facts, points: spec.partition, entries: entries, of: complete
      ).map(\.description)
    }
  }

  /// Reads back what is to be signed, and permits it unless something is found.
  private consuming func permit(
    _ spec: RevocationListSpec, _ issuer: CertificateIssuer, _ what: String, rule: String,
    source: String, _ violations: (RevocationListFacts) -> [String]
  ) throws(LintError) -> SigningPermit {
    let bytes = toBeSigned(spec, issuer: issuer)
    let facts: RevocationListFacts
    do {
      facts = try RevocationListFacts(
        SignedObject.assemble(
          bytes, SignatureAlgorithm(for: issuer.publicKey.algorithm), signature: [0]))
    } catch {
      throw LintError([
        LintViolation(
          rule: "list-can-be-read", source: "RFC 5280 5.1",
          message: "the encoded \(what) cannot be read: \(error)")
      ])
    }
    let found = violations(facts)
    guard found.isEmpty else {
      throw LintError(found.map { LintViolation(rule: rule, source: source, message: $0) })
    }
    return SigningPermit(bytes, issuer)
  }
}
