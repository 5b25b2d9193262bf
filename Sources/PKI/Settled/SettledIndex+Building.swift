extension SettledIndex {
  /// - Parameters:
  ///   - commonFiles: those that declare something else than identities.
  ///   - fileCount: of the whole folder.
  package init(
    desired: DesiredState, published: PublishedState, commonFiles: Set<String>, fileCount: Int,
    now: Timestamp
  ) {
    var files = Numbering<String>()
    var claims: [[UInt8]] = []
    var due: [[UInt8]] = []
    var deciding: Set<Int> = []
    let deciders = desired.renewalDeciders
    for identity in desired.identities.values {
      let file = files.number(identity.place.file)
      for claim in identity.claims { claims.append(.row(StableHash.of(claim), UInt32(file))) }
      if deciders.contains(identity.name) { deciding.insert(file) }
      guard let current = published.current(of: identity.name) else { continue }
      let date = RenewalDate.due(
        name: identity.name, validity: current.facts.validity, renewBefore: identity.renewBefore)
      due.append(.row(UInt64(clamping: date.seconds), UInt32(file)))
    }
    let common = Set(commonFiles.map { files.number($0) }).union(deciding)
    for authority in desired.authorities.values {
      let file = UInt32(files.number(authority.place.file))
      claims.append(.row(StableHash.of(Claim.name(authority.name.text)), file))
    }
    var issuers = Numbering<KeyID>()
    var certificates: [[UInt8]] = []
    var holders: [[UInt8]] = []
    var ends: [[UInt8]] = []
    for certificate in published.certificates.values {
      let owner = StableHash.of(published.owner(of: certificate).text)
      certificates.append(
        .certificate(owner, issuers.number(certificate.id.issuer), certificate))
      for text in [
        Claim.holder(certificate.facts.subject), Claim.key(certificate.facts.keyID),
      ] {
        holders.append(.row(StableHash.of(text), owner))
      }
      guard !certificate.facts.isAuthority, !certificate.isExpired(at: now),
        !published.isRevoked(certificate.id)
      else { continue }
      ends.append(.row(UInt64(clamping: certificate.facts.notAfter.seconds)))
    }
    self.claims = SortedTable(width: 12, rows: claims)
    self.certificates = SortedTable(width: 40, rows: certificates)
    self.holders = SortedTable(width: 16, rows: holders)
    self.due = SortedTable(width: 12, rows: due)
    self.ends = SortedTable(width: 8, rows: ends)
    paths = files.values
    self.issuers = issuers.values
    self.common = common.sorted()
    self.deciding = deciding
    self.fileCount = fileCount
    largestFolder = Self.largestFolder(desired)
  }

  private static func largestFolder(_ desired: DesiredState) -> Int {
    var counts: [Substring: Int] = [:]
    for name in [Name](desired.identities.keys) + desired.authorities.keys {
      let folder = name.text.lastIndex(of: "/").map { name.text[..<$0] } ?? ""
      counts[folder, default: 0] += 1
    }
    return counts.values.max() ?? 0
  }
}

/// Numbers for values that repeat, from 0.
private struct Numbering<Value: Hashable> {
  private(set) var values: [Value] = []
  private var numbers: [Value: Int] = [:]

  mutating func number(_ value: Value) -> Int {
    if let number = numbers[value] { return number }
    numbers[value] = values.count
    values.append(value)
    return values.count - 1
  }
}

extension [UInt8] {
  fileprivate static func row(_ key: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: key)
    return bytes
  }

  fileprivate static func row(_ key: UInt64, _ value: some FixedWidthInteger) -> [UInt8] {
    var bytes = row(key)
    bytes.append(bigEndian: value)
    return bytes
  }

  fileprivate static func certificate(
    _ owner: UInt64, _ issuer: Int, _ certificate: IssuedCertificate
  ) -> [UInt8] {
    var bytes = row(owner, UInt32(issuer))
    bytes.append(bigEndian: UInt64(clamping: certificate.facts.notAfter.seconds))
    let serial = certificate.id.serial.bytes
    bytes += [UInt8](repeating: 0, count: 20 - serial.count)
    return bytes + serial
  }
}
