import PKI
import Testing

@Suite struct PartitionTests {
  private static let points = [
    "http://crl.example.com/edge/0003.crl", "http://two.example.com/0003.crl",
  ]

  private func list(
    _ serials: [Int], _ number: Int = 1, partition: [String] = [], by key: TestKey,
    reason: RevocationReason = .unspecified
  ) throws -> RevocationListFacts {
    var writer = RevocationListWriter()
    for serial in serials {
      writer.append(
        RevocationEntry(
          serial: Sample.serial(serial), revocationDate: Sample.now, reason: reason))
    }
    let bytes = writer.toBeSigned(
      RevocationListSpec(
        number: Sample.serial(number), thisUpdate: Sample.now, lifetime: .days(7),
        partition: partition), issuer: key.issuer(Sample.authority("Edge").subject))
    return try RevocationListFacts(
      SignedObject.assemble(bytes, .ecdsaWithSHA256, signature: try key.sign(bytes)))
  }

  @Test func `openssl reads the critical distribution point of a partition`() throws {
    let facts = try list([1, 2], partition: Self.points, by: try TestKey())
    let text = try OpenSSL.run(["crl", "-inform", "DER", "-noout", "-text"], input: facts.der).text
    #expect(text.contains("X509v3 Issuing Distribution Point: critical"), "\(text)")
    for point in Self.points { #expect(text.contains("URI:\(point)"), "\(text)") }
    #expect(facts.partitionPoints == Self.points)
    #expect(facts.problems(partition: Self.points).isEmpty)
    #expect(facts.problems == [.notComplete("issuingDistributionPoint")])
    #expect(facts.problems(partition: [Self.points[0]]) == [.otherDistributionPoint])
  }

  @Test func `the names are the bytes that certificates have`() throws {
    let key = try TestKey()
    let point = Self.points[0]
    let spec = CertificateSpec(
      subject: Sample.name("app"), authority: nil, keyUsage: [.digitalSignature],
      extendedKeyUsage: [.clientAuth], alternativeNames: [], nameConstraints: nil,
      distributionPoints: [point], issuerURLs: [], lifetime: .days(30))
    let certificate = try spec.signed(by: key, as: Sample.name("Edge"))
    // A distribution point of one name is encoded as the value of the list's extension is.
    #expect(Hex.encode(certificate).contains(Hex.encode(IssuingDistributionPoint.der([point]))))
  }

  @Test func `a partition says what the complete list says, and nothing else`() throws {
    let key = try TestKey()
    let complete = try list([1, 2, 3, 4, 5], by: key)
    let own = complete.entries.filter { [1, 3, 5].map(Sample.serial).contains($0.serial) }
    func violations(
      _ serials: [Int], _ number: Int = 1, reason: RevocationReason = .unspecified,
      partition: [String] = PartitionTests.points
    ) throws -> [PartitionViolation] {
      RevocationListRules.violations(
        partition: try list(serials, number, partition: partition, by: key, reason: reason),
        points: Self.points, entries: own, of: complete)
    }
    #expect(try violations([1, 3, 5]).isEmpty)
    #expect(try violations([1, 5]) == [.lacks(Sample.serial(3))])
    #expect(try violations([1, 2, 3, 5]) == [.foreign(Sample.serial(2))])
    #expect(try violations([]).count == 3)
    #expect(try violations([1, 3, 5], 2) == [.differs("cRLNumber")])
    #expect(try violations([1, 3, 5], reason: .keyCompromise).count == 3)
    #expect(
      try violations([1, 3, 5], partition: []) == [.unsound(.otherDistributionPoint)])
  }

  @Test(arguments: [
    ("partitions: 4", "8:38 partitions need \"distributionPoints\""),
    ("partitions: 1, distributionPoints: [\"http://a.b/{partition}.crl\"]", "8:38 "),
    ("partitions: 4, distributionPoints: [\"http://a.b/x.crl\"]", "\"{partition}\" is missing"),
    (
      "partitions: 4, distributionPoints: [\"http://a.b/{partition}/{partition}.crl\"]",
      "stands there 2 times"
    ),
    ("partitions: 4, distributionPoints: [\"http://{partition}.b/x.crl\"]", "in the host"),
    ("partitions: 4, distributionPoints: [\"http://a.b/{partition}\"]", "does not end in \".crl\""),
    ("partitions: 4, distributionPoints: [\"http://a.b/../{partition}.crl\"]", "begins with a dot"),
    ("partitions: 4, distributionPoints: [\"http://a.b/c?{partition}.crl\"]", "other characters"),
    ("distributionPoints: [\"http://a.b/{partition}.crl\"]", "means nothing without"),
  ])
  func `what does not fit together is found`(_ fields: String, _ message: String) throws {
    let found = try findings(
      """
      kind: Authority
      name: root
      subject: {commonName: Root}
      lifetime: 3650d
      ---
      kind: Authority
      name: edge
      crl: {refreshBefore: 1d, \(fields)}
      subject: {commonName: Edge}
      issuer: root
      lifetime: 365d
      """)
    #expect(found.count == 1 && found[0].contains(message), "\(found)")
  }

  @Test func `an owner keeps its partition, and partitions are used alike`() throws {
    let settings = RevocationListSettings(
      lifetime: .days(7), refreshBefore: .days(3),
      distributionPoints: ["http://a.b/{partition}.crl"], partitions: 8)
    var counts: [[String]: Int] = [:]
    for number in 0..<4_000 {
      counts[settings.distributionPoints(of: try name("app\(number)")), default: 0] += 1
    }
    #expect(Set(counts.keys) == Set(settings.partitionPoints))
    #expect(counts.values.allSatisfy { (400...600).contains($0) }, "\(counts)")
    // The place of a name is part of certificates that exist: it must never change.
    #expect(
      settings.distributionPoints(of: try name("payments/billing")) == ["http://a.b/0001.crl"])
  }
}
