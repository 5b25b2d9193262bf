import Crypto
import PKI
import Testing

/// Bytes that were signed once must be written the same way for ever: a plan compares with them.
@Suite struct EncodingPinTests {
  /// A public key whose structure alone matters.
  private func key(_ last: UInt8 = 9) throws -> PublicKey {
    try PublicKey(
      subjectPublicKeyInfo: [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0]
        + [UInt8](repeating: 7, count: 31) + [last])
  }

  private func hex(_ spec: CertificateSpec, serial: String = "80ff") throws -> String {
    let issuer = CertificateIssuer(
      subject: Sample.name("Root"), keyIdentifier: [1, 2, 3], publicKey: try key(8))
    return Hex.encode(
      spec.toBeSigned(
        serial: try #require(SerialNumber(hex: serial)), notBefore: Sample.now,
        publicKey: try key(), issuer: issuer))
  }

  @Test func `a server's certificate keeps its bytes`() throws {
    let names = [
      Sample.dns("*.example.com"), Sample.ip("10.0.0.1"), Sample.ip("2001:db8::1"),
      Sample.uri("spiffe://a/b"), Sample.email("a@b.c"),
    ]
    let written = try hex(Sample.server(names: names))
    #expect(
      written
        == "308201e6a00302010202030080ff300506032b65703033310b3009060355040613025553311530130603"
        + "55040a0c0c4578616d706c652c20496e63310d300b06035504030c04526f6f74301e170d323631313233"
        + "3135303030305a170d3237303232313134353935395a3032310b30090603550406130255533115301306"
        + "0355040a0c0c4578616d706c652c20496e63310c300a06035504030c03617069302a300506032b657003"
        + "21000707070707070707070707070707070707070707070707070707070707070709a382011c30820118"
        + "300c0603551d130101ff04023000300e0603551d0f0101ff04040302078030130603551d25040c300a06"
        + "082b06010505070301301d0603551d0e0416041465b26a0d3f6857247150b53d7bdff327ead0ea20300e"
        + "0603551d2304073005800301020330450603551d11043e303c820d2a2e6578616d706c652e636f6d8704"
        + "0a000001871020010db8000000000000000000000001860c7370696666653a2f2f612f6281056140622e"
        + "6330300603551d1f042930273025a023a021861f687474703a2f2f63726c2e6578616d706c652e636f6d"
        + "2f656467652e63726c303b06082b06010505070101042f302d302b06082b06010505073002861f687474"
        + "703a2f2f63726c2e6578616d706c652e636f6d2f656467652e646572")
  }

  @Test func `a constrained authority's certificate keeps its bytes`() throws {
    let range = try #require(IPAddress("10.0.0.0")).bytes
    let constraints = NameConstraints(
      permitted: .init(
        dnsNames: ["example.com"],
        ipRanges: [IPAddress(bytes: range).flatMap { IPRange(address: $0, prefixLength: 12) }]
          .compactMap(\.self)),
      excluded: .init(uriDomains: [".b"], emailAddresses: ["a@b"]))
    let written = try hex(
      Sample.authority(pathLength: 300, constraints: constraints), serial: "7f")
    #expect(
      written
        == "3082015fa00302010202017f300506032b65703033310b30090603550406130255533115301306035504"
        + "0a0c0c4578616d706c652c20496e63310d300b06035504030c04526f6f74301e170d3236313132333135"
        + "303030305a170d3336313132303134353935395a3039310b300906035504061302555331153013060355"
        + "040a0c0c4578616d706c652c20496e633113301106035504030c0a4578616d706c65204341302a300506"
        + "032b65700321000707070707070707070707070707070707070707070707070707070707070709a38191"
        + "30818e30130603551d130101ff040930070101ff0202012c300e0603551d0f0101ff040403020106301d"
        + "0603551d0e0416041465b26a0d3f6857247150b53d7bdff327ead0ea20300e0603551d23040730058003"
        + "01020330380603551d1e0101ff042e302ca01b300d820b6578616d706c652e636f6d300a87080a000000"
        + "fff00000a10d300486022e6230058103614062")
  }

  @Test func `a certificate without a subject keeps its bytes`() throws {
    let spec = CertificateSpec(
      subject: .empty, authority: nil, keyUsage: [.keyAgreement, .decipherOnly],
      extendedKeyUsage: [.clientAuth, .init(oid: "2.999.4611686018427387")],
      alternativeNames: [Sample.ip("::ffff:1.2.3.4")], nameConstraints: nil,
      distributionPoints: ["http://c/1", "http://c/2"], issuerURLs: ["http://i/1", "http://i/2"],
      lifetime: .days(10_000))
    let written = try hex(spec)
    #expect(
      written
        == "3082019ba00302010202030080ff300506032b65703033310b3009060355040613025553311530130603"
        + "55040a0c0c4578616d706c652c20496e63310d300b06035504030c04526f6f743020170d323631313233"
        + "3135303030305a180f32303534303431303134353935395a3000302a300506032b657003210007070707"
        + "07070707070707070707070707070707070707070707070707070709a38201013081fe300c0603551d13"
        + "0101ff04023000300f0603551d0f0101ff04050303070880301f0603551d250418301606082b06010505"
        + "070302060a88378898c9dd97c6d37b301d0603551d0e0416041465b26a0d3f6857247150b53d7bdff327"
        + "ead0ea20300e0603551d23040730058003010203301e0603551d110101ff041430128710000000000000"
        + "00000000ffff01020304302d0603551d1f042630243010a00ea00c860a687474703a2f2f632f313010a0"
        + "0ea00c860a687474703a2f2f632f32303e06082b0601050507010104323030301606082b060105050730"
        + "02860a687474703a2f2f692f31301606082b06010505073002860a687474703a2f2f692f32")
  }

  @Test func `a subject of every field keeps its bytes`() {
    let subject = Subject(
      Subject.Field.allCases.map { .init($0, $0 == .country ? "DE" : "x\u{fc}".prefixed($0)) })
    let written = Hex.encode(DistinguishedName(subject).der)
    #expect(
      written
        == "3081ad310b3009060355040613024445311c301a06035504080c1373746174654f7250726f76696e6365"
        + "2078c3bc3115301306035504070c0c6c6f63616c6974792078c3bc31193017060355040a0c106f726761"
        + "6e697a6174696f6e2078c3bc311f301d060355040b0c166f7267616e697a6174696f6e616c556e697420"
        + "78c3bc3117301506035504030c0e636f6d6d6f6e4e616d652078c3bc3114301206092a864886f70d0109"
        + "0116056140622e63")
  }

  @Test func `a thousand random certificates keep their bytes`() throws {
    var random = Seeded(77)
    var digest = SHA256()
    for _ in 0..<1_000 {
      let (spec, other) = (RandomSpec.make(&random), RandomSpec.make(&random))
      let issuer = CertificateIssuer(
        subject: other.subject, keyIdentifier: [4, 5], publicKey: try key())
      let serial = SerialNumber(random: .init { _ in UInt8.random(in: 0...255, using: &random) })
      let notBefore = Timestamp(seconds: Int.random(in: 0...4_000_000_000, using: &random))
      digest.update(
        data: spec.toBeSigned(
          serial: serial, notBefore: notBefore, publicKey: try key(), issuer: issuer))
    }
    let written = Hex.encode(digest.finalize())
    #expect(written == "c66190a3990ce010d35943764395aff4a8568818ca7541fe888e64ac37934751")
  }
}

extension String {
  /// Mail addresses are ASCII; all other fields hold any text.
  fileprivate func prefixed(_ field: Subject.Field) -> String {
    field == .emailAddress ? "a@b.c" : "\(field) \(self)"
  }
}
