import Foundation
import PKI
import Testing

/// Certification requests: whose private key stays with its owner, and what else people send.
struct RequestTests {
  private let later = World.start + .days(1)

  /// Makes a request with openssl.
  static func request(
    _ key: [String] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], _ more: String...
  ) throws -> String {
    let folder = try TemporaryFolder()
    try Program.run(
      ["openssl", "req", "-new", "-nodes", "-keyout", "key", "-out", "csr", "-subj", "/CN=a"] + key
        + more, in: folder.root
    ).expect()
    return String(decoding: try folder.bytes("csr"), as: UTF8.self)
  }

  private static let client = Sample.client("a", "request: a.csr")

  private func world(_ request: String) throws -> World {
    try World(["all.yaml": Sample.authorities, "c/a.yaml": Self.client, "c/a.csr": request])
  }

  @Test func `a request gives its key and nothing else, and no key is stored for it`() throws {
    let text = try Self.request()
    let world = try world(text)
    try world.converge(at: World.start)
    let wanted = try Program.run(
      ["openssl", "req", "-noout", "-pubkey"], in: world.repository, input: text
    ).expect().output
    let given = try Program.run(
      ["openssl", "x509", "-noout", "-pubkey"], in: world.repository,
      input: try world.published("identities/a.pem")
    ).expect().output
    #expect(given == wanted)
    #expect(!FileManager.default.fileExists(atPath: world.keys.appending(path: "a").path))
    let key = try world.certificate("a").keyID
    try world.converge(at: later + .days(85))
    #expect(try world.certificate("a").keyID == key)
  }

  @Test func `a new request replaces, and a dropped one makes a managed key`() throws {
    let world = try world(try Self.request())
    try world.converge(at: World.start)
    try world.commit(["c/a.csr": try Self.request()])
    let plan = try world.plan(at: later)
    #expect(plan.deeds == ["replace client a"])
    #expect(try plan.change("replace client a").reasons.first?.code == "newRequest")
    try world.converge(at: later)
    try world.commit(["c/a.yaml": Sample.client("a")])
    let dropped = try world.plan(at: later + .days(1))
    #expect(try dropped.change("replace client a").reasons.first?.code == "requestDropped")
    #expect(try dropped.change("replace client a").certificate?.key_source == "new")
    try world.converge(at: later + .days(1))
    #expect(FileManager.default.fileExists(atPath: world.keys.appending(path: "a").path))
  }

  @Test func `a compromised request is never certified again, and the others go on`() throws {
    let world = try world(try Self.request())
    try world.converge(at: World.start)
    let serial = try world.serial("a")
    let moment = World.start + .days(1)
    try world.commit([
      "r.yaml": Sample.revocation(
        "identity: a", "issuedBefore: \(moment)", "reason: keyCompromise"),
      "b.yaml": Sample.client("b"),
    ])
    let plan = try world.plan(at: moment)
    #expect(try plan.change("blocked client a").guard?.code == "compromised-key")
    try world.apply(at: moment).expect(says: "1 issued")
    #expect(try world.reasons("issuing") == [serial: "keyCompromise"])
    #expect(try world.publishedPaths("identities") == ["identities/b.pem"])
    try world.apply(at: moment + .days(85)).expect()
    #expect(try world.publishedPaths("identities") == ["identities/b.pem"])
    try world.commit(["c/a.csr": try Self.request()])
    try world.converge(at: moment + .days(86))
    #expect(
      try world.publishedPaths("identities") == ["identities/a.pem", "identities/b.pem"])
  }

  @Test func `one key belongs to one identity`() throws {
    let text = try Self.request()
    let world = try world(text)
    try world.converge(at: World.start)
    try world.commit(["c/b.yaml": Sample.client("b", "request: b.csr"), "c/b.csr": text])
    try world.apply(at: later).expect(1)
    #expect(try world.publishedPaths("identities") == ["identities/a.pem"])
  }

  @Test func `a request that asks for more than YAML grants is refused`() throws {
    let world = try world(
      try Self.request([
        "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
        "-addext", "subjectAltName=DNS:admin.example.com",
      ]))
    try world.apply(at: World.start).expect(1, says: "admin.example.com")
    #expect(try world.tip() == nil)
  }

  @Test(arguments: [
    ["-newkey", "rsa:512"], ["-newkey", "rsa:1024"],
    ["-newkey", "rsa:2048", "-pkeyopt", "rsa_keygen_pubexp:3"],
    ["-newkey", "rsa:2048", "-md5"], ["-newkey", "rsa:2048", "-sha1"],
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime192v1"],
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:explicit"],
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-sha1"],
    ["-newkey", "ed448"], ["-newkey", "dsa:params"],
  ])
  func `a weak or foreign key or signature is refused`(_ key: [String]) throws {
    let folder = try TemporaryFolder()
    if key.contains("dsa:params") {
      try Program.run(
        ["openssl", "dsaparam", "-out", "params", "1024"], in: folder.root
      ).expect()
    }
    try Program.run(
      ["openssl", "req", "-new", "-nodes", "-keyout", "key", "-out", "csr", "-subj", "/CN=a"]
        + key.map { $0.replacing("dsa:params", with: "dsa:\(folder.url("params").path)") },
      in: folder.root
    ).expect()
    let world = try world(String(decoding: try folder.bytes("csr"), as: UTF8.self))
    let outcome = try world.apply(at: World.start).expect(1, says: "c/a.yaml:")
    #expect(outcome.errors.contains("a.csr"), "\(outcome.errors)")
    #expect(try world.tip() == nil)
  }

  @Test func `a file that is not one clean request is refused`() throws {
    let good = try Self.request()
    let der = try #require(try PEM.blocks(in: Array(good.utf8)).first).der
    var flipped = der
    flipped[flipped.count - 1] ^= 1
    var indefinite = [0x30, 0x80] + der.dropFirst(der[1] == 0x81 ? 3 : 4) + [0, 0]
    if der[1] < 0x80 { indefinite = [0x30, 0x80] + der.dropFirst(2) + [0, 0] }
    func pem(_ bytes: [UInt8], _ label: String = "CERTIFICATE REQUEST") -> String {
      String(decoding: PEM.encode(label, bytes), as: UTF8.self)
    }
    let folder = try TemporaryFolder()
    let key = try Program.run(
      ["openssl", "genpkey", "-algorithm", "ed25519"], in: folder.root
    ).expect().output
    let bad: [String: String] = [
      "empty": "", "text": "hello\n", "two": good + good, "key": key, "request and key": good + key,
      "flipped signature": pem(flipped), "indefinite length": pem(indefinite),
      "trailing byte": pem(der + [0]), "truncated": pem(Array(der.dropLast(5))),
      "certificate": pem(der, "CERTIFICATE"), "huge": String(repeating: "A", count: 100_000),
      "bad base64": good.replacing("MI", with: "M!"),
    ]
    for (name, text) in bad.sorted(by: { $0.key < $1.key }) {
      let world = try world(text)
      let outcome = try world.apply(at: World.start)
      #expect(outcome.code == 1, "\(name): \(outcome.output)\(outcome.errors)")
      #expect(outcome.errors.contains("c/a.yaml:"), "\(name): \(outcome.errors)")
      #expect(!outcome.errors.contains("PRIVATE KEY"), "\(name): \(outcome.errors)")
      #expect(try world.tip() == nil, "\(name)")
    }
  }

  @Test func `a request that is missing is a finding`() throws {
    let world = try World(["all.yaml": Sample.authorities, "c/a.yaml": Self.client])
    try world.certwright(["validate"]).expect(1, says: "c/a.yaml:5:10: ")
  }
}
