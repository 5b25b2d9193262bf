import PKI

/// What certificates, requests and CRLs say.
struct FileInspector {
  /// Longer lists of CRL entries are cut, and the cut is said aloud.
  private static let mostEntries = 50

  let now: Timestamp
  let view: PublishedView?

  func block(_ block: PEM.Block) throws -> Inspected {
    switch block.label {
    case PEM.certificate, "X509 CERTIFICATE", "TRUSTED CERTIFICATE":
      return certificate(try CertificateFacts(block.der))
    case PEM.revocationList: return list(try RevocationListFacts(block.der))
    case PEM.certificationRequest, "NEW CERTIFICATE REQUEST":
      return try request(block.der)
    default:
      var shown = Inspected("PEM block \"\(block.label)\"", kind: "unknown")
      shown.add("Size", .number(block.der.count))
      return shown
    }
  }

  /// Takes DER for the first of the three that it can be.
  func der(_ bytes: [UInt8], path: String) throws(ReconcileError) -> Inspected {
    let problem: DERError
    do throws(DERError) {
      return certificate(try CertificateFacts(bytes))
    } catch {
      problem = error
    }
    if let facts = try? RevocationListFacts(bytes) { return list(facts) }
    if let shown = try? request(bytes) { return shown }
    throw .invalid("\"\(path)\" is no certificate, CRL or request: \(problem)", hint: nil)
  }

  // MARK: - Certificates

  func certificate(_ facts: CertificateFacts) -> Inspected {
    let kind = facts.isAuthority ? "authority certificate" : "certificate"
    let name = facts.subject.isEmpty ? facts.alternativeNames.first?.value : facts.subject.rfc4514
    var shown = Inspected("\(kind) \"\(name ?? "")\"", kind: "certificate")
    shown.add("Subject", facts.subject.rfc4514)
    shown.add("Issuer", facts.issuer.rfc4514 + (facts.isSelfIssued ? " (itself)" : ""))
    shown.add("Serial", facts.serial.description)
    addValidity(facts, to: &shown)
    shown.add("Key", facts.subjectPublicKeyInfo.algorithmDescription)
    shown.add("Key ID", facts.keyID.hex)
    shown.add("Signature", facts.signatureAlgorithm.description)
    shown.add("Names", facts.alternativeNames.map(\.description))
    addExtensions(facts, to: &shown)
    shown.add("SHA-256 fingerprint", facts.fingerprint)
    view?.addState(of: facts, to: &shown)
    return shown
  }

  private func addValidity(_ facts: CertificateFacts, to shown: inout Inspected) {
    shown.add(
      "Not before",
      facts.notBefore > now
        ? .annotated(
          facts.notBefore.description,
          remark: "begins \(TimeRemark.moment(facts.notBefore, at: now))")
        : .text(facts.notBefore.description))
    shown.add(
      "Not after",
      .annotated(
        facts.notAfter.description, remark: TimeRemark.end(facts.notAfter, at: now)))
  }

  private func addExtensions(_ facts: CertificateFacts, to shown: inout Inspected) {
    if facts.isAuthority {
      shown.add("Path length", facts.pathLength.map(String.init) ?? "not limited")
    }
    shown.add("Usage", facts.keyUsage.map { .text($0.names.joined(separator: ", ")) })
    shown.add(
      "Purposes",
      facts.extendedKeyUsage.map { .text($0.map(\.description).joined(separator: ", ")) })
    shown.add("Permitted", facts.nameConstraints?.permitted.texts ?? [])
    shown.add("Excluded", facts.nameConstraints?.excluded.texts ?? [])
    shown.add("CRL points", facts.distributionPoints)
    shown.add("Issuer URLs", facts.issuerURLs)
    shown.add("OCSP URLs", facts.ocspURLs)
    shown.add("Others", facts.values.others)
    shown.add("Extensions", facts.extensions.map(\.description).joined(separator: ", "))
  }

  // MARK: - Requests and CRLs

  private func request(_ der: [UInt8]) throws -> Inspected {
    let facts = try RequestFacts(file: PEM.encode(PEM.certificationRequest, der))
    var shown = Inspected("request \"\(facts.subject.rfc4514)\"", kind: "request")
    shown.add("Subject", facts.subject.rfc4514)
    shown.add("Key", facts.publicKey.algorithm.rawValue)
    shown.add("Key ID", facts.publicKey.id.hex)
    shown.add("Names", facts.alternativeNames.map(\.description))
    shown.add("Asks for", facts.requestedExtensions.map(\.name))
    switch RequestCheck.check(PEM.encode(PEM.certificationRequest, der), file: "") {
    case .success: shown.add("Signature", "made with its own key")
    case .failure(let problem): shown.add("Signature", "refused: \(problem)")
    }
    return shown
  }

  private func list(_ facts: RevocationListFacts) -> Inspected {
    var shown = Inspected("CRL of \"\(facts.issuer.rfc4514)\"", kind: "crl")
    shown.add("Issuer", facts.issuer.rfc4514)
    shown.add("Number", facts.number.map { "0x\($0)" })
    shown.add("This update", facts.thisUpdate.description)
    if let next = facts.nextUpdate {
      let remark = next >= now ? "fresh, \(TimeRemark.end(next, at: now))" : "stale"
      shown.add("Next update", .annotated(next.description, remark: remark))
    }
    shown.add("Signature", facts.signatureAlgorithm.description)
    shown.add("Authority key", facts.authorityKeyIdentifier.map(Hex.encode))
    shown.add("Problems", facts.problems.map(\.description))
    shown.add("Revoked", .number(facts.count))
    var entries: [String] = []
    facts.forEachEntry { entry in
      let serial = Hex.encode(facts.der[entry.serial])
      entries.append("\(serial) since \(entry.revocationDate), \(entry.reason.rawValue)")
      return entries.count < Self.mostEntries
    }
    if facts.count > entries.count { entries.append("and \(facts.count - entries.count) more") }
    shown.add("Entries", entries)
    return shown
  }
}
