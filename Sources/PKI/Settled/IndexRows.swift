/// What a part of two settled states contributes to the tables of an index: a function of each
/// identity and each certificate alone, so that a part can be taken out and another one put in.
struct IndexRows {
  private(set) var claims = RowList(width: 12)
  private(set) var certificates = RowList(width: 40)
  private(set) var holders = RowList(width: 16)
  private(set) var due = RowList(width: 12)
  private(set) var ends = RowList(width: 8)

  /// - Parameters:
  ///   - now: certificates that have expired by then do not count; nil counts them.
  ///   - file: the number of a file.
  ///   - issuer: the number of a key.
  init(
    _ desired: DesiredState, _ published: PublishedState, unexpiredAt now: Timestamp?,
    file: (String) -> Int, issuer: (KeyID) -> Int
  ) {
    for identity in desired.identities.values {
      let file = UInt32(file(identity.place.file))
      for claim in identity.claims { claims.append(StableHash.of(claim), file) }
      guard let current = published.current(of: identity.name) else { continue }
      let date = RenewalDate.due(
        name: identity.name, validity: current.facts.validity, renewBefore: identity.renewBefore)
      due.append(UInt64(clamping: date.seconds), file)
    }
    for authority in desired.authorities.values {
      claims.append(
        StableHash.of(Claim.name(authority.name.text)), UInt32(file(authority.place.file)))
    }
    for certificate in published.certificates.values {
      add(certificate, of: published, unexpiredAt: now, issuer)
    }
  }

  private mutating func add(
    _ certificate: IssuedCertificate, of published: PublishedState, unexpiredAt now: Timestamp?,
    _ issuer: (KeyID) -> Int
  ) {
    let owner = StableHash.of(published.owner(of: certificate).text)
    certificates.append(owner, UInt32(issuer(certificate.id.issuer)), certificate)
    for text in [
      Claim.holder(certificate.facts.subject), Claim.key(certificate.facts.keyID),
    ] {
      holders.append(StableHash.of(text), owner)
    }
    guard !certificate.facts.isAuthority, !published.isRevoked(certificate.id) else { return }
    if let now, certificate.isExpired(at: now) { return }
    ends.append(UInt64(clamping: certificate.facts.notAfter.seconds))
  }
}

extension RowList {
  fileprivate mutating func append(
    _ owner: UInt64, _ issuer: UInt32, _ certificate: IssuedCertificate
  ) {
    bytes.append(bigEndian: owner)
    bytes.append(bigEndian: issuer)
    bytes.append(bigEndian: UInt64(clamping: certificate.facts.notAfter.seconds))
    let serial = certificate.id.serial.bytes
    for _ in serial.count..<20 { bytes.append(0) }
    bytes += serial
  }
}
