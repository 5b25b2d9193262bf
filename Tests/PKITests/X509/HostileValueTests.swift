import PKI
import Testing

/// What swift-asn1 traps on, prints wrongly or refuses must not reach a reader of certificates.
@Suite struct HostileValueTests {
  /// Identifiers with first components at and beyond the sizes of machine words; the last is of the
  /// kind that X.667 makes from UUIDs.
  static let identifiers: [[UInt8]] = [
    [0x88, 0x37],  // 2.999
    [UInt8](repeating: 0xff, count: 8) + [0x7f],
    [0xc0] + [UInt8](repeating: 0x80, count: 8) + [0x00],
    [UInt8](repeating: 0xff, count: 30) + [0x7f],
    [0x69] + [UInt8](repeating: 0xff, count: 18) + [0x01],
  ]

  private func values(_ oid: OID, _ write: (inout DERWriter) -> Void) throws -> ExtensionValues {
    var writer = DERWriter()
    write(&writer)
    var values = ExtensionValues()
    try values.read(oid, DERReader(writer.bytes))
    return values
  }

  @Test(arguments: identifiers)
  func `identifiers of every size are read wherever they stand`(_ content: [UInt8]) throws {
    let oid = try #require(OID(content: content))
    let purposes = try values(.extendedKeyUsage) { $0.sequence { $0.objectIdentifier(oid) } }
    #expect(purposes.extendedKeyUsage == [ExtendedKeyUsage(oid: oid.description)])
    let names = try values(.subjectAlternativeName) { writer in
      writer.sequence { names in
        names.primitive(.context(8), content)
        names.constructed(.constructedContext(0)) { $0.objectIdentifier(oid) }
      }
    }
    #expect(names.others.count == 2 && names.others[0].hasSuffix(Hex.encode(content)))
    let access = try values(.authorityInfoAccess) { writer in
      writer.sequence { list in
        list.sequence { one in
          one.objectIdentifier(oid)
          one.primitive(.context(6), "http://a/".utf8)
        }
      }
    }
    #expect(access.others.count == 1 && access.issuerURLs.isEmpty)
    var name = DERWriter()
    name.sequence { names in
      names.constructed(.set) { set in
        set.sequence { attribute in
          attribute.objectIdentifier(oid)
          attribute.primitive(.utf8String, "x".utf8)
        }
      }
    }
    let read = try DistinguishedName(parsing: name.bytes)
    #expect(read.rfc4514 == "\(oid)=x")
  }

  @Test(
    arguments: [
      (OID.keyUsage, [0x03, 0x02, 0x07, 0x00]), (.keyUsage, [0x03, 0x01, 0x01]),
      (.keyUsage, [0x03, 0x02, 0x08, 0x80]), (.keyUsage, [0x03, 0x03, 0x07, 0x80, 0x00]),
      (.keyUsage, [0x03, 0x00]), (.keyUsage, [0x03, 0x05, 0, 1, 1, 1, 1]),
      (.basicConstraints, [0x30, 0x03, 0x01, 0x01, 0x00]),
      (.basicConstraints, [0x30, 0x03, 0x02, 0x01, 0x00]),
      (.basicConstraints, [0x30, 0x06, 0x01, 0x01, 0xff, 0x02, 0x01, 0xff]),
      (
        .basicConstraints, [0x30, 0x0f, 0x01, 0x01, 0xff, 0x02, 0x0a, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
      ),
      (.basicConstraints, [0x30, 0x00, 0x30, 0x00]), (.extendedKeyUsage, [0x30, 0x00]),
      (.extendedKeyUsage, [0x30, 0x02, 0x06, 0x00]),
      (.subjectKeyIdentifier, [0x24, 0x03, 0x04, 0x01, 0x61]),
      (.subjectAlternativeName, [0x30, 0x00]),
      (.subjectAlternativeName, [0x30, 0x03, 0x82, 0x01, 0x80]),
      (.subjectAlternativeName, [0x30, 0x05, 0xa2, 0x03, 0x16, 0x01, 0x61]),
      (.subjectAlternativeName, [0x30, 0x03, 0x89, 0x01, 0x61]),
      (.subjectAlternativeName, [0x30, 0x03, 0x16, 0x01, 0x61]),
      (.authorityKeyIdentifier, [0x30, 0x04, 0x82, 0x02, 0x00, 0x01]),
      (.nameConstraints, [0x30, 0x02, 0xa0, 0x00]),
      (.nameConstraints, [0x30, 0x0a, 0xa0, 0x08, 0x30, 0x06, 0x82, 1, 0x61, 0x80, 1, 0]),
      (.crlDistributionPoints, [0x30, 0x80, 0x00, 0x00]),
    ] as [(OID, [UInt8])])
  func `values in a form that DER or RFC 5280 forbids are refused`(
    _ oid: OID, _ value: [UInt8]
  ) {
    var values = ExtensionValues()
    #expect(throws: DERError.self) { try values.read(oid, DERReader(value)) }
  }

  @Test func `changed certificates of every shape are refused or read, never a trap`() throws {
    var random = Seeded(5)
    let key = try TestKey(.ed25519).publicKey
    var read = 0
    for _ in 0..<60 {
      let spec = RandomSpec.make(&random)
      let issuer = CertificateIssuer(
        subject: spec.subject, keyIdentifier: [1], publicKey: key)
      let der = SignedObject.assemble(
        spec.toBeSigned(
          serial: Sample.serial(), notBefore: Sample.now, publicKey: key, issuer: issuer),
        .ed25519, signature: [1])
      for _ in 0..<200 {
        var mutated = der
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let index = Int.random(in: mutated.indices, using: &random)
          mutated[index] =
            [0xff, 0x80, 0x7f, 0x00, .random(in: 0...255, using: &random)]
            .randomElement(using: &random) ?? 0
        }
        guard let facts = try? CertificateFacts(mutated) else { continue }
        read += 1
        _ = (spec.differences(from: facts), facts.subject.caseFolded, facts.fingerprint)
      }
    }
    #expect(read > 100)
  }
}
