import Cryptography
import PKI
import Testing

/// Every refusal is tried on a judge that has accepted a certificate of the same purpose before: from
/// then on it validates the lowest link alone.
@Suite struct IssuedJudgeTests {
  private func judge(
    _ pki: SamplePKI, _ authorities: [String] = ["edge", "root"], at time: Timestamp? = nil
  ) throws -> IssuedJudge {
    try IssuedJudge(
      JudgedAuthority(
        publicKey: try pki.key(authorities[0]).publicKey,
        certificates: try authorities.map { try pki.der($0) },
        revocationLists: try authorities.map { try pki.folder.read("\($0).crl") }),
      at: time ?? pki.now)
  }

  private func refusal(
    _ judge: inout IssuedJudge, _ der: [UInt8], _ purpose: PathPurpose = .server
  ) -> String {
    do throws(JudgementError) {
      _ = try judge.judge(der, for: purpose)
      return "valid"
    } catch {
      return error.description
    }
  }

  @Test func `many certificates of each purpose are accepted and read back`() throws {
    let pki = try SamplePKI()
    try pki.issue("caller", by: "edge", "client")
    try pki.issue("node", by: "edge", "peer")
    var judge = try judge(pki)
    let reference = try CertificateJudge(issuer: try pki.key("edge").publicKey)
    for (name, purpose) in [
      ("leaf", PathPurpose.server), ("caller", .client), ("node", .peer), ("node", .server),
      ("node", .client),
    ] {
      let der = try pki.der(name)
      for _ in 0..<3 {
        #expect(try judge.judge(der, for: purpose) == (try reference.judge(der)))
      }
    }
    #expect(refusal(&judge, try pki.der("leaf"), .client).contains("purpose"))
    #expect(refusal(&judge, try pki.der("leaf"), .peer).contains("purpose"))
    #expect(refusal(&judge, try pki.der("caller"), .server).contains("purpose"))
    #expect(refusal(&judge, try pki.der("caller"), .peer).contains("purpose"))
    #expect(refusal(&judge, try pki.der("leaf"), .authority).contains("CA"))
  }

  @Test func `a revoked certificate is refused after a good one`() throws {
    let pki = try SamplePKI()
    try pki.issue("lost", by: "edge", "leaf")
    try pki.revoke(["lost"], by: "edge")
    var judge = try judge(pki)
    for _ in 0..<2 {
      #expect(refusal(&judge, try pki.der("leaf")) == "valid")
      #expect(
        refusal(&judge, try pki.der("lost"))
          == "has no valid path: certificate revoked at depth 0")
    }
  }

  @Test func `a revoked authority is refused`() throws {
    let pki = try SamplePKI()
    try pki.revoke(["edge"], by: "root")
    var judge = try judge(pki)
    for _ in 0..<2 {
      #expect(refusal(&judge, try pki.der("leaf")).contains("certificate revoked at depth 1"))
    }
  }

  @Test(arguments: [["edge"], ["root"], []])
  func `a missing CRL is refused for every certificate`(_ present: [String]) throws {
    let pki = try SamplePKI()
    var judge = try IssuedJudge(
      JudgedAuthority(
        publicKey: try pki.key("edge").publicKey,
        certificates: [try pki.der("edge"), try pki.der("root")],
        revocationLists: try present.map { try pki.folder.read("\($0).crl") }),
      at: pki.now)
    for _ in 0..<2 { #expect(refusal(&judge, try pki.der("leaf")).contains("CRL")) }
  }

  /// The authority that issues: below a limited one, limited itself, and both.
  @Test(arguments: [("limited", "ca"), ("ca", "limited"), ("limited", "limited")])
  func `names outside the constraints of any authority are refused`(
    _ upper: String, _ lower: String
  ) throws {
    let pki = try SamplePKI()
    try pki.issue("upper", by: "root", upper)
    try pki.issue("lower", by: "upper", lower)
    for name in ["upper", "lower"] { try pki.revoke([], by: name) }
    try pki.issue("inside", by: "lower", "leaf")
    try pki.issue("outside", by: "lower", "foreign")
    var judge = try judge(pki, ["lower", "upper", "root"])
    for _ in 0..<2 {
      #expect(refusal(&judge, try pki.der("inside")) == "valid")
      #expect(refusal(&judge, try pki.der("outside")).contains("permitted subtree violation"))
    }
  }

  @Test func `a path that is longer than an authority above allows is refused`() throws {
    let pki = try SamplePKI()
    try pki.issue("upper", by: "root", "last")
    try pki.issue("lower", by: "upper", "ca")
    for name in ["upper", "lower"] { try pki.revoke([], by: name) }
    try pki.issue("inner", by: "lower", "leaf")
    var judge = try judge(pki, ["lower", "upper", "root"])
    for _ in 0..<2 {
      #expect(refusal(&judge, try pki.der("inner")).contains("path length constraint exceeded"))
    }
  }

  @Test func `dates count, those of the issuer and of its CRL too`() throws {
    let pki = try SamplePKI()
    try pki.issue("brief", by: "edge", "leaf", days: 2)
    var later = try judge(pki, at: pki.now + .days(3))
    #expect(refusal(&later, try pki.der("leaf")) == "valid")
    #expect(refusal(&later, try pki.der("brief")).contains("expired at depth 0"))
    #expect(refusal(&later, try pki.der("leaf")) == "valid")
    var stale = try judge(pki, at: pki.now + .days(8))
    for _ in 0..<2 { #expect(refusal(&stale, try pki.der("leaf")).contains("CRL has expired")) }

    try pki.issue("passing", by: "root", "ca", days: 2)
    try pki.revoke([], by: "passing")
    try pki.issue("survivor", by: "passing", "leaf")
    var expired = try judge(pki, ["passing", "root"], at: pki.now + .days(3))
    for _ in 0..<2 {
      #expect(refusal(&expired, try pki.der("survivor")).contains("expired at depth 1"))
    }
  }

  @Test func `what another key signed under the same name is refused`() throws {
    let pki = try SamplePKI()
    try pki.issue("twin", by: "root", "ca", subject: "edge")
    try pki.issue("impostor", by: "twin", "leaf")
    var judge = try judge(pki)
    for _ in 0..<2 {
      #expect(refusal(&judge, try pki.der("leaf")) == "valid")
      #expect(refusal(&judge, try pki.der("impostor")).contains("unable to get"))
    }
    // A key that is not the one in the authority's certificate vouches for nothing.
    var mixed = try IssuedJudge(
      JudgedAuthority(
        publicKey: try pki.key("twin").publicKey,
        certificates: [try pki.der("edge"), try pki.der("root")],
        revocationLists: [try pki.folder.read("root.crl"), try pki.folder.read("edge.crl")]),
      at: pki.now)
    for _ in 0..<2 {
      #expect(refusal(&mixed, try pki.der("impostor")).contains("unable to get"))
    }
  }

  @Test func `a changed byte, bytes that follow and a cut are refused`() throws {
    let pki = try SamplePKI()
    var judge = try judge(pki)
    let der = try pki.der("leaf")
    #expect(refusal(&judge, der) == "valid")
    #expect(refusal(&judge, der + [0]) != "valid")
    for index in der.indices {
      var altered = der
      altered[index] ^= 1
      #expect(refusal(&judge, altered) != "valid", "byte \(index)")
      #expect(refusal(&judge, Array(der.prefix(index))) != "valid")
    }
    #expect(refusal(&judge, der) == "valid")
  }
}
