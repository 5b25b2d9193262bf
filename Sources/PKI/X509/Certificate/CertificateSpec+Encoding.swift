extension CertificateSpec {
  /// The last second of a certificate that begins at a moment. The validity counts both ends (RFC
  /// 5280 section 4.1.2.5), so the lifetime includes the last second. What X.509 cannot express
  /// ends with its time; the lint refuses that.
  package func notAfter(from notBefore: Timestamp) -> Timestamp {
    let (seconds, overflows) = notBefore.seconds.addingReportingOverflow(lifetime.seconds)
    guard !overflows, seconds > Int.min else { return .endOfTime }
    return min(Timestamp(seconds: seconds - 1), .endOfTime)
  }

  /// The DER of the TBSCertificate (RFC 5280 section 4.1): version 3, and always the same bytes for
  /// the same values.
  package func toBeSigned(
    serial: SerialNumber, notBefore: Timestamp, publicKey: PublicKey, issuer: CertificateIssuer
  ) -> [UInt8] {
    let keys = ExtensionRecipe.KeyIdentifiers(
      subject: publicKey.id.bytes, issuer: issuer.keyIdentifier)
    var writer = DERWriter()
    writer.sequence { writer in
      writer.constructed(.constructedContext(0)) { $0.count(2) }
      writer.unsignedInteger(serial.bytes)
      writer.append(SignatureAlgorithm(for: issuer.publicKey.algorithm).identifier)
      writer.append(issuer.subject.der)
      writer.sequence { writer in
        writer.time(notBefore)
        writer.time(notAfter(from: notBefore))
      }
      writer.append(subject.der)
      writer.append(publicKey.subjectPublicKeyInfo)
      writer.constructed(.constructedContext(3)) { writer in
        writer.sequence { writeExtensions(keys, &$0) }
      }
    }
    return writer.bytes
  }

  private func writeExtensions(
    _ keys: ExtensionRecipe.KeyIdentifiers, _ writer: inout DERWriter
  ) {
    for recipe in ExtensionRecipe.all where recipe.isPresent(self) {
      writer.sequence { writer in
        writer.objectIdentifier(recipe.oid)
        if recipe.isCritical(self) { writer.true() }
        writer.constructed(.octetString) { recipe.write(self, keys, &$0) }
      }
    }
  }

  /// The extensions that a certificate of this specification has, in order.
  package var expectedExtensions: [CertificateExtension] {
    ExtensionRecipe.all.filter { $0.isPresent(self) }
      .map { CertificateExtension(oid: $0.oid, isCritical: $0.isCritical(self)) }
  }
}

extension DERWriter {
  /// Appends a NameConstraints value: subtrees in the order DNS, IP, URI, mail.
  mutating func nameConstraints(_ constraints: NameConstraints) {
    sequence { writer in
      for (number, subtrees) in [(UInt8(0), constraints.permitted), (1, constraints.excluded)]
      where !subtrees.isEmpty {
        writer.constructed(.constructedContext(number)) { $0.subtrees(subtrees) }
      }
    }
  }

  /// GeneralSubtrees; minimum 0 is the default and maximum is absent (RFC 5280 section 4.2.1.10).
  private mutating func subtrees(_ subtrees: NameConstraints.Subtrees) {
    for name in subtrees.dnsNames { sequence { $0.primitive(.context(2), name.utf8) } }
    for range in subtrees.ipRanges {
      sequence { $0.primitive(.context(7), range.address.bytes + range.maskBytes) }
    }
    for domain in subtrees.uriDomains { sequence { $0.primitive(.context(6), domain.utf8) } }
    for address in subtrees.emailAddresses { sequence { $0.primitive(.context(1), address.utf8) } }
  }
}

extension IPRange {
  /// The network mask, as long as the address.
  var maskBytes: [UInt8] {
    address.bytes.indices.map { index in
      let bits = min(max(prefixLength - index * 8, 0), 8)
      return bits == 0 ? 0 : UInt8.max << UInt8(8 - bits)
    }
  }

  /// The range of an address and a mask, as name constraints have it; nil when the mask has holes.
  init?(address: [UInt8], mask: [UInt8]) {
    guard address.count == mask.count, let base = IPAddress(bytes: address) else { return nil }
    let ones = mask.reduce(0) { $0 + $1.nonzeroBitCount }
    self.init(address: base, prefixLength: ones)
    guard maskBytes == mask else { return nil }
  }
}
