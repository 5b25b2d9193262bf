import PKI
import Testing

@Suite struct PEMTests {
  private let block = Array(
    "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n".utf8)

  private func blocks(_ text: String) throws -> [PEM.Block] {
    try PEM.blocks(in: Array(text.utf8))
  }

  @Test(arguments: Array(0...130))
  func `bytes of every length come back`(_ count: Int) throws {
    let der = (0..<count).map { UInt8($0 * 37 % 256) }
    let text = PEM.encode("CERTIFICATE", der, preamble: ["Identity: api"])
    guard count > 0 else {
      #expect(throws: DERError.self) { try PEM.blocks(in: text) }
      return
    }
    #expect(
      try PEM.blocks(in: text) == [
        PEM.Block(label: "CERTIFICATE", der: der, preamble: ["Identity: api"])
      ])
  }

  @Test func `openssl reads what is written, with a line before it`() throws {
    let der = try Sample.server().signed(by: try TestKey(), as: Sample.name("Root"))
    let text = PEM.encode(PEM.certificate, der, preamble: ["Identity: payments/billing"])
    let back = try OpenSSL.run(["x509", "-outform", "DER"], input: text)
    #expect(back.output == der)
    let theirs = try OpenSSL.run(["x509", "-text"], input: text)
    let block = try #require(try PEM.blocks(in: theirs.output).first)
    #expect(block.der == der && block.preamble.first == "Certificate:")
    #expect(PEM.encode(PEM.certificate, der) == (try OpenSSL.run(["x509"], input: text)).output)
  }

  @Test func `several blocks keep their order and their preambles`() throws {
    let text =
      "one\n" + String(decoding: block, as: UTF8.self) + "\ntwo\nthree\r\n"
      + "-----BEGIN EC PRIVATE KEY-----\r\nAQ==\r\n-----END EC PRIVATE KEY-----"
    let blocks = try blocks(text)
    #expect(blocks.map(\.preamble) == [["one"], ["two", "three"]])
    #expect(blocks.map(\.isPrivateKey) == [false, true])
    #expect(throws: DERError.self) { try PEM.single(PEM.certificate, in: Array(text.utf8)) }
  }

  @Test(arguments: [
    "-----BEGIN A-----\nAQID\n", "-----BEGIN A-----\nAQID\n-----END B-----\n",
    "-----BEGIN A-----\nAQ=D\n-----END A-----\n", "-----BEGIN A-----\nAQI\n-----END A-----\n",
    "-----BEGIN A-----\nAQJ=\n-----END A-----\n", "-----BEGIN A-----\nAR==\n-----END A-----\n",
    "-----BEGIN A-----\nAQ==\nAQID\n-----END A-----\n", "-----BEGIN A----\nAQID\n-----END A-----\n",
    "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nAQID\n-----END A-----\n",
    "-----BEGIN A-----\nAQID\n-----END A-----\ntail", "-----BEGIN A-----\n-----END A-----\n",
    "-----BEGIN A-----\nAQID\n-----BEGIN A-----\nAQID\n-----END A-----\n",
    "-----END A-----\n", "-----BEGIN -----\nAQID\n-----END -----\n",
    "-----BEGIN A-----\nAQ ID\n-----END A-----\n", "-----BEGIN A-----\nAQID\n\n-----END A-----\n",
  ])
  func `text that two readers could take differently is refused`(_ text: String) {
    #expect(throws: DERError.self) { try blocks(text) }
  }

  @Test func `no truncation or changed byte is a trap`() {
    for length in block.indices { _ = try? PEM.blocks(in: Array(block[..<length])) }
    for index in block.indices {
      for value: UInt8 in [0, 10, 13, 45, 61, 255] {
        var mutated = block
        mutated[index] = value
        _ = try? PEM.blocks(in: mutated)
      }
    }
  }
}
