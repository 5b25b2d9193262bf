import Cryptography
import Foundation
import PKI
import Parallel
import Testing

/// A root, an intermediate and a leaf with their CRLs, made by the real `openssl`.
struct SamplePKI {
  let folder: TemporaryFolder
  let now: Timestamp

  init(rootKey: [String] = ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]) throws {
    folder = try TemporaryFolder()
    now = Timestamp(seconds: Int(Date().timeIntervalSince1970) + 60)
    let settings = """
      [ca]
      basicConstraints=critical,CA:TRUE
      keyUsage=critical,keyCertSign,cRLSign
      subjectKeyIdentifier=hash
      authorityKeyIdentifier=keyid
      \(Self.leaf("leaf", for: "serverAuth", named: "www.example.com"))
      \(Self.leaf("client", for: "clientAuth"))
      \(Self.leaf("peer", for: "serverAuth,clientAuth", named: "www.example.com"))
      \(Self.leaf("foreign", for: "serverAuth", named: "www.example.org"))
      [limited]
      basicConstraints=critical,CA:TRUE
      keyUsage=critical,keyCertSign,cRLSign
      nameConstraints=critical,permitted;DNS:example.com
      subjectKeyIdentifier=hash
      authorityKeyIdentifier=keyid
      [last]
      basicConstraints=critical,CA:TRUE,pathlen:0
      keyUsage=critical,keyCertSign,cRLSign
      subjectKeyIdentifier=hash
      authorityKeyIdentifier=keyid
      [crl]
      authorityKeyIdentifier=keyid
      """
    try folder.write("settings", Array(settings.utf8))
    try run(
      ["req", "-x509", "-newkey"] + rootKey
        + ["-noenc", "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Root", "-days", "99"]
        + ["-config", "settings", "-extensions", "ca"])
    try issue("edge", by: "root", "ca")
    try issue("leaf", by: "edge", "leaf")
    try run(["x509", "-in", "root.pem", "-outform", "DER", "-out", "root.der"])
    for name in ["root", "edge"] { try revoke([], by: name) }
  }

  private static func leaf(
    _ section: String, for usage: String, named name: String? = nil
  ) -> String {
    """
    [\(section)]
    basicConstraints=critical,CA:FALSE
    keyUsage=critical,digitalSignature
    extendedKeyUsage=\(usage)
    \(name.map { "subjectAltName=DNS:\($0)" } ?? "")
    subjectKeyIdentifier=hash
    authorityKeyIdentifier=keyid
    """
  }

  private func run(_ arguments: [String]) throws {
    let outcome = try folder.openssl(arguments)
    try #require(outcome.status == 0, "\(arguments): \(outcome.errors)")
  }

  func issue(
    _ name: String, by issuer: String, _ section: String, subject: String? = nil, days: Int = 30
  ) throws {
    try run([
      "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout",
      "\(name).key", "-out", "\(name).csr", "-subj", "/O=Example/CN=\(subject ?? name)",
      "-config", "settings",
    ])
    try run([
      "x509", "-req", "-in", "\(name).csr", "-CA", "\(issuer).pem", "-CAkey", "\(issuer).key",
      "-days", "\(days)", "-extfile", "settings", "-extensions", section, "-out", "\(name).pem",
    ])
    try run(["x509", "-in", "\(name).pem", "-outform", "DER", "-out", "\(name).der"])
  }

  /// Signs a CRL with these certificates on it.
  func revoke(_ names: [String], by issuer: String) throws {
    let database = """
      [ca]
      default_ca=x
      [x]
      database=index.txt
      crlnumber=number
      default_md=sha256
      default_crl_days=7
      crl_extensions=crl
      unique_subject=no
      [crl]
      authorityKeyIdentifier=keyid
      """
    try folder.write("ca.cnf", Array(database.utf8))
    try folder.write("index.txt", [])
    try folder.write("number", Array("0BEE\n".utf8))
    let ca = ["ca", "-config", "ca.cnf", "-cert", "\(issuer).pem", "-keyfile", "\(issuer).key"]
    for name in names { try run(ca + ["-revoke", "\(name).pem"]) }
    try run(ca + ["-gencrl", "-out", "\(issuer).crl.pem"])
    try run([
      "crl", "-in", "\(issuer).crl.pem", "-outform", "DER", "-out", "\(issuer).crl",
    ])
  }

  func der(_ name: String) throws -> [UInt8] { try folder.read("\(name).der") }

  func key(_ name: String) throws -> PrivateKey {
    try PrivateKey(pem: try folder.read("\(name).key"), nil)
  }

  func paths() throws -> PathJudge {
    try PathJudge(
      roots: [try der("root")], intermediates: [try der("edge")],
      revocationLists: [try folder.read("root.crl"), try folder.read("edge.crl")])
  }
}

@Suite struct JudgeTests {
  @Test(arguments: [
    ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"], ["rsa:2048"], ["ed25519"],
    ["ec", "-pkeyopt", "ec_paramgen_curve:P-521", "-sha512"],
  ])
  func `what openssl signed is read back and accepted`(_ rootKey: [String]) throws {
    let pki = try SamplePKI(rootKey: rootKey)
    guard rootKey != ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"] else {
      // `openssl req` signs with SHA-256 unless told otherwise, which is not the curve's digest.
      let judge = try CertificateJudge(issuer: try pki.key("root").publicKey)
      #expect(throws: JudgementError.wrongAlgorithm) { try judge.judgeFully(try pki.der("root")) }
      return
    }
    let root = try CertificateJudge(issuer: try pki.key("root").publicKey)
    _ = try root.judgeFully(try pki.der("root"))
  }

  @Test func `every field of a certificate is read back`() throws {
    let pki = try SamplePKI()
    let key = try pki.key("leaf").publicKey
    let judge = try CertificateJudge(issuer: try pki.key("edge").publicKey)
    let leaf = try judge.judge(try pki.der("leaf"))
    #expect(try judge.judgeFully(try pki.der("leaf")) == leaf)
    #expect(leaf.subjectPublicKeyInfo == key.subjectPublicKeyInfo)
    #expect(
      leaf.extensions.map(\.identifier) == [
        "2.5.29.19", "2.5.29.15", "2.5.29.37", "2.5.29.17", "2.5.29.14", "2.5.29.35",
      ])
    #expect(leaf.extensions.map(\.isCritical) == [true, true, false, false, false, false])
    #expect(leaf.extensions[0].value == [0x30, 0])
    #expect(leaf.notAfter.seconds - leaf.notBefore.seconds == 30 * 86_400)
    let text = try pki.folder.openssl(
      "x509", "-in", "leaf.pem", "-noout", "-serial", "-subject", "-issuer", "-dateopt", "iso_8601",
      "-startdate")
    #expect(text.output.lowercased().contains("serial=\(leaf.serial)"))
    let start = leaf.notBefore.description.replacing("T", with: " ")
    #expect(text.output.contains("notBefore=\(start)"))
    #expect(String(decoding: leaf.subject, as: UTF8.self).hasSuffix("leaf"))
    #expect(String(decoding: leaf.issuer, as: UTF8.self).hasSuffix("edge"))
  }

  @Test func `another issuer, a changed byte and trailing bytes are refused`() throws {
    let pki = try SamplePKI()
    let judge = try CertificateJudge(issuer: try pki.key("edge").publicKey)
    let stranger = try CertificateJudge(issuer: try pki.key("leaf").publicKey)
    let der = try pki.der("leaf")
    #expect(throws: JudgementError.signedBySomebodyElse) { try stranger.judge(der) }
    #expect(throws: JudgementError.self) { try judge.judge(der + [0]) }
    for index in der.indices {
      var altered = der
      altered[index] ^= 1
      #expect(throws: JudgementError.self) { try judge.judge(altered) }
      #expect(throws: JudgementError.self) { try judge.judge(Array(der.prefix(index))) }
    }
  }

  @Test func `a CRL is read back with its number and entries`() throws {
    let pki = try SamplePKI()
    try pki.revoke(["leaf"], by: "edge")
    let judge = try CertificateJudge(issuer: try pki.key("edge").publicKey)
    let list = try judge.judge(revocationList: try pki.folder.read("edge.crl"))
    #expect(list.entryCount == 1)
    #expect(list.number == [0x0b, 0xee])
    #expect(list.nextUpdate.seconds - list.thisUpdate.seconds == 7 * 86_400)
    let empty = try CertificateJudge(issuer: try pki.key("leaf").publicKey)
    #expect(throws: JudgementError.signedBySomebodyElse) {
      try empty.judge(revocationList: try pki.folder.read("edge.crl"))
    }
  }

  @Test func `a path holds for its purpose and time alone`() throws {
    let pki = try SamplePKI()
    let paths = try pki.paths()
    let leaf = try pki.der("leaf")
    #expect(try paths.verdict(on: leaf, at: pki.now, for: .server) == .valid)
    #expect(try paths.verdict(on: try pki.der("edge"), at: pki.now, for: .authority) == .valid)
    #expect(try reason(paths, leaf, pki.now, .client).contains("purpose"))
    #expect(try reason(paths, leaf, pki.now, .peer).contains("purpose"))
    #expect(try reason(paths, leaf, pki.now, .authority).contains("CA"))
    let late = pki.now + .days(31)
    #expect(try reason(paths, leaf, late, .server).contains("expired"))
    let early = pki.now - .days(1)
    #expect(try reason(paths, leaf, early, .server).contains("not yet valid"))
  }

  @Test func `two threads sign with one key and judge with a judge each`() throws {
    let pki = try SamplePKI()
    let der = try pki.der("leaf")
    let key = try pki.key("edge")
    let issuer = key.publicKey
    let serials = try Workers.map(200) { range in
      let signer = try Signer(key)
      let verifier = try Verifier(issuer)
      let judge = try CertificateJudge(issuer: issuer)
      return try range.map { number in
        let message = [UInt8(number)]
        guard try verifier.accepts(try signer.sign(message), of: message) else {
          throw JudgementError.signedBySomebodyElse
        }
        return try judge.judgeFully(der).serial
      }
    }
    #expect(serials.count == 200)
    #expect(Set(serials).count == 1)
  }

  @Test func `a revoked certificate and a missing CRL are named`() throws {
    let pki = try SamplePKI()
    let bare = try PathJudge(
      roots: [try pki.der("root")], intermediates: [try pki.der("edge")], revocationLists: [])
    #expect(try reason(bare, try pki.der("leaf"), pki.now, .server).contains("CRL"))
    try pki.revoke(["leaf"], by: "edge")
    let paths = try pki.paths()
    #expect(
      try paths.verdict(on: try pki.der("leaf"), at: pki.now, for: .server)
        == .refused(code: 23, reason: "certificate revoked", depth: 0))
  }

  private func reason(
    _ paths: borrowing PathJudge, _ certificate: [UInt8], _ time: Timestamp, _ purpose: PathPurpose
  ) throws -> String {
    switch try paths.verdict(on: certificate, at: time, for: purpose) {
    case .valid: "valid"
    case .refused(_, let reason, _): reason
    }
  }

  @Test(arguments: [PKCS12Protection.modern, .legacy])
  func `openssl opens a PKCS#12 file with the key and the whole chain`(
    _ protection: PKCS12Protection
  ) throws {
    let pki = try SamplePKI()
    let passphrase = try #require(Passphrase(Array("pässword".utf8)))
    let bytes = try pki.key("leaf").pkcs12(
      certificates: [try pki.der("leaf"), try pki.der("edge")], name: "leaf of example",
      passphrase: passphrase, protection)
    try pki.folder.write("leaf.p12", bytes)
    let opened = try pki.folder.openssl(
      "pkcs12", "-in", "leaf.p12", "-passin", "pass:pässword", "-noenc", "-info")
    #expect(opened.status == 0, "\(opened.errors)")
    #expect(opened.output.components(separatedBy: "BEGIN CERTIFICATE").count == 3)
    #expect(opened.output.contains("friendlyName: leaf of example"))
    let key = try PrivateKey(pem: Array(opened.output.utf8), nil)
    #expect(key.publicKey == (try pki.key("leaf").publicKey))
    let isModern = protection == .modern
    #expect(opened.errors.contains(isModern ? "MAC: sha256" : "MAC: sha1"))
    #expect(opened.errors.contains(isModern ? "AES-256-CBC" : "pbeWithSHA1And3-KeyTripleDES-CBC"))
    let wrong = try pki.folder.openssl("pkcs12", "-in", "leaf.p12", "-passin", "pass:x", "-noenc")
    #expect(wrong.status != 0)
    #expect(throws: OpenSSLError.self) {
      try pki.key("edge").pkcs12(
        certificates: [try pki.der("leaf")], name: "x", passphrase: passphrase, protection)
    }
  }
}
