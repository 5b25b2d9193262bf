import Testing

@testable import PKI

/// Walks over entries where they stand, beside the simple way over sets and arrays.
@Suite struct RevocationWalkTests {
  private static let publicKey = PublicKey(
    algorithm: .ecdsaP256, subjectPublicKeyInfo: [0x30, 0],
    id: KeyID(sha256: [UInt8](repeating: 9, count: 32)))

  private func randomSerial(_ random: inout Seeded) -> SerialNumber {
    // Short ones meet often, so that lists overlap; long ones fill all words.
    let length = Bool.random(using: &random) ? 1 : Int.random(in: 1...19, using: &random)
    let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
    return SerialNumber(magnitude: bytes) ?? Sample.serial(1)
  }

  private func signed(_ entries: [RevocationEntry]) throws -> PublishedRevocationList {
    var writer = RevocationListWriter(capacity: entries.count)
    for entry in entries { writer.append(entry) }
    let key = Self.publicKey
    let bytes = writer.toBeSigned(
      RevocationListSpec(number: Sample.serial(1), thisUpdate: Sample.now, lifetime: .days(7)),
      issuer: CertificateIssuer(
        subject: Sample.name("Edge"), keyIdentifier: key.id.bytes, publicKey: key))
    return try PublishedRevocationList(
      RevocationListFacts(
        SignedObject.assemble(bytes, SignatureAlgorithm(for: key.algorithm), signature: [1])),
      issuer: key.id)
  }

  private func revoked(_ serial: SerialNumber, _ random: inout Seeded) throws -> LedgerEvent {
    let date = Sample.now - .days(Int.random(in: 1...40, using: &random))
    return LedgerEvent(
      id: CertificateID(issuer: Self.publicKey.id, serial: serial),
      owner: try #require(Name("a/b")),
      publicKey: Self.publicKey.id,
      notAfter: Sample.now + .days(Int.random(in: 0...9, using: &random)),
      at: date,
      action: .revoked(.superseded, date: date, cause: .document), sequence: 0)
  }

  @Test func `a serial is the same read in place, and is written as its bytes`() throws {
    var random = Seeded(3)
    for _ in 0..<500 {
      let serial = randomSerial(&random)
      let bytes = [7, 0] + serial.bytes + [9]
      #expect(SerialNumber(in: bytes, at: 2..<bytes.count - 1) == serial)
      #expect(SerialNumber(in: bytes, at: 1..<bytes.count - 1) == serial)
      #expect(serial.byteCount == serial.bytes.count)
      #expect(serial.needsZeroByte == (serial.bytes[0] >= 0x80))
      var written: [UInt8] = []
      serial.append(to: &written)
      #expect(written == serial.bytes)
    }
    #expect(SerialNumber(in: [0, 0], at: 0..<2) == nil)
    #expect(SerialNumber(in: [UInt8](repeating: 0xff, count: 20), at: 0..<20) == nil)
    #expect(SerialNumber(in: [UInt8](repeating: 1, count: 21), at: 0..<21) == nil)
    #expect(SerialNumber(in: [1], at: 0..<2) == nil)
  }

  @Test func `what a list lacks and what is shown of it are what sets and sorting say`() throws {
    var random = Seeded(11)
    for round in 0..<60 {
      let known = Set(
        (0..<Int.random(in: 0...80, using: &random)).map { _ in randomSerial(&random) })
      var events: [CertificateID: [LedgerEvent]] = [:]
      for serial in known.sorted() {
        let event = try revoked(serial, &random)
        events[event.id] = [event]
      }
      var listed = known.sorted().filter { _ in
        round.isMultiple(of: 3) || Int.random(in: 0..<4, using: &random) > 0
      }
      // Lists that others made are in any order, and may have a serial twice or a foreign one.
      if round.isMultiple(of: 2) {
        listed += [randomSerial(&random)] + listed.prefix(2)
        listed.shuffle(using: &random)
      }
      let list = try signed(
        listed.map { RevocationEntry(serial: $0, revocationDate: Sample.now, reason: .superseded) })
      let state = PublishedState(
        certificates: [:], events: events, revocationLists: [Self.publicKey.id: list],
        isSimulated: true, newestSigningTime: nil)
      let moment = Sample.now + .days(3)
      #expect(
        Set(state.unlisted(in: list, expiring: moment).map(\.id.serial))
          == known.filter { serial in
            let id = CertificateID(issuer: Self.publicKey.id, serial: serial)
            return !listed.contains(serial) && (events[id]?[0].notAfter ?? moment) >= moment
          })
      let index = SerialIndex(list.facts)
      for serial in known { #expect(index.contains(serial) == listed.contains(serial)) }
      let all = listed.compactMap {
        state.revocations[CertificateID(issuer: Self.publicKey.id, serial: $0)]
      }.sorted { ($1.date, $0.id) < ($0.date, $1.id) }
      let (latest, count) = state.latestListed(7)
      #expect(count == all.count)
      #expect(latest == Array(all.prefix(7)))
    }
  }
}
