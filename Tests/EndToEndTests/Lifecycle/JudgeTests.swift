import Foundation
import PKI
import Testing

/// What OpenSSL, GnuTLS and pkilint say about everything that is published for rich desired states.
struct JudgeTests {
  private static func leaves(_ issuer: String) -> String {
    let by = "issuer: \(issuer)"
    return Sample.server(
      "\(issuer)/web", by, "dnsNames: [www.example.com, \"*.www.example.com\"]",
      "ipAddresses: [192.0.2.7, \"2001:db8::7\"]")
      + Sample.server("\(issuer)/rsa", by, "dnsNames: [rsa.example.com]", "key: rsa-2048")
      + Sample.server("\(issuer)/p521", by, "dnsNames: [p.example.com]", "key: ecdsa-p521")
      + Sample.server("\(issuer)/ed", by, "dnsNames: [e.example.com]", "key: ed25519")
      + Sample.client(
        "\(issuer)/spiffe", by, "uris: [\"spiffe://example.com/{name}\"]", "key: ecdsa-p384")
      + Sample.client(
        "\(issuer)/person", by, "emailAddresses: [ada@example.com]",
        "subject: {commonName: Ada Lovelace, organization: \"Ünïcode \\\"& Söhne\\\"\", country: GB}"
      )
      + Sample.client("\(issuer)/rsa-client", by, "key: rsa-3072")
  }

  /// Issuing authorities of four kinds of keys, with all that a certificate can carry.
  private static let rich: [String: String] = {
    let extras = [
      "p256": [
        "key: ecdsa-p256", "pathLength: 0",
        "nameConstraints: {permitted: {dnsNames: [example.com], ipRanges: [192.0.2.0/24, \"2001:db8::/32\"]}}",
      ],
      "p384": ["key: ecdsa-p384", "issuerUrl: http://ca.example.com/p384.der"],
      "rsa": ["key: rsa-2048"], "ed": ["key: ed25519"],
    ]
    var files = ["root.yaml": Sample.root]
    for (name, lines) in extras {
      let crl =
        "crl: {lifetime: 7d, refreshBefore: 3d, distributionPoints: [\"http://crl.example.com/\(name).crl\"]}"
      files["\(name).yaml"] =
        "---\nkind: Authority\nname: \(name)\nissuer: root\nsubject: {commonName: Example \(name) CA, organization: Example, country: US}\nlifetime: 1095d\n\(crl)\n"
        + lines.map { $0 + "\n" }.joined() + leaves(name)
    }
    files["r.yaml"] =
      Sample.revocation("identity: p256/rsa-client", "reason: keyCompromise")
      + Sample.revocation("identity: rsa/rsa-client")
    return files
  }()

  /// The rich state applied, its certificates first and then its revocations.
  private static let world = Result { () throws -> World in
    var files = rich
    let revocations = files.removeValue(forKey: "r.yaml")
    let world = try World(files)
    try world.converge(at: World.start)
    try world.commit(["r.yaml": revocations])
    try world.converge(at: World.start + .days(1))
    return world
  }

  private let time = World.start + .days(1)

  /// Runs a shell script for every line of `find`, all in one process.
  private func judge(_ world: World, _ script: String) throws -> Outcome {
    try Program.run(["bash", "-c", "set -u; \(script)"], in: try Judge.export(world))
  }

  @Test func `OpenSSL verifies every certificate for its purpose, and refuses the revoked`() throws
  {
    let world = try Self.world.get()
    let outcome = try judge(
      world,
      """
      find authorities -name crl.pem -exec cat {} + > crls.pem
      for leaf in $(find identities -name '*.pem'); do
        case $leaf in */web.pem|*/rsa.pem|*/p521.pem|*/ed.pem) purpose=sslserver;; *) purpose=sslclient;; esac
        openssl verify -x509_strict -crl_check_all -purpose $purpose -attime \(time.seconds) \
          -CAfile authorities/root/ca.pem -untrusted $leaf -CRLfile crls.pem $leaf 2>&1
      done
      """
    ).expect()
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 26)
    #expect(lines.allSatisfy { $0.hasSuffix(": OK") }, "\(outcome.output)")
    for serial in try world.publishedPaths("ledger/revoked").compactMap({
      $0.split(separator: "/").last?.dropLast(5)
    }) {
      let path = try #require(
        try world.publishedPaths("ledger/issued").first { $0.contains(serial) })
      let issuer = try world.certificate(at: path).issuer.rfc4514
      let name = issuer.contains("rsa") ? "rsa" : "p256"
      try Judge.verify(
        world, path, "authorities/\(name)", "client", at: time, complaint: "certificate revoked")
    }
  }

  @Test func `GnuTLS reads every certificate and verifies every chain`() throws {
    let outcome = try judge(
      try Self.world.get(),
      """
      find authorities -name crl.pem -exec cat {} + > crls.pem
      for leaf in $(find identities -name '*.pem'); do
        cat $leaf authorities/root/ca.pem > chain.pem
        certtool -i --infile $leaf > out.txt 2>&1 || { echo "unreadable $leaf"; cat out.txt; }
        TZ=UTC faketime '\(time.date) 12:00:00' certtool --verify --verify-profile low --load-ca-certificate authorities/root/ca.pem \
          --load-crl crls.pem --infile chain.pem > out.txt 2>&1
        grep -q 'Verified\\.' out.txt || { echo "$leaf"; cat out.txt; }
      done
      for list in $(find authorities -name crl.pem); do
        certtool --crl-info --infile $list > out.txt 2>&1 || { echo "$list"; cat out.txt; }
      done
      """
    ).expect()
    #expect(outcome.output == "")
  }

  @Test func `pkilint finds no error in certificates and CRLs`() throws {
    try lint(try Self.world.get())
  }

  private func lint(_ world: World) throws {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let tools = package.appending(path: ".build/test-python/bin").path
    let outcome = try judge(
      world,
      """
      for file in $(find identities -name '*.pem' -not -path '*/rsa/*' -not -path '*/p384/*' -not -path '*/ed/*' -not -name 'client*' -not -name 'app[2-9]*') $(find authorities -name ca.pem -path '*/*/*/*'); do
        awk '/BEGIN/ {on = 1} on {print} /END/ {exit}' $file > one.pem
        '\(tools)/lint_pkix_cert' lint -s ERROR one.pem 2>&1 | sed "s|^|$file: |"
      done
      for list in $(find authorities -name crl.pem -path '*/*/*/*'); do
        '\(tools)/lint_crl' lint -t CRL -p PKIX -s ERROR $list 2>&1 | sed "s|^|$list: |"
      done
      """)
    // pkilint takes names by RFC 5280's letter, which knows no wildcards (RFC 6125 does), wants two
    // labels in every domain, and does not know the scheme of SPIFFE.
    let accepted = [
      "domain name syntax: \"*.", "domain name syntax: \"internal\"",
      "domain name syntax: \"localhost\"", "URI syntax: \"spiffe://",
    ]
    let findings = outcome.output.split(separator: "\n").filter { line in
      (line.contains("(ERROR)") || line.contains("(FATAL)") || line.contains("Traceback"))
        && !accepted.contains { line.contains($0) }
    }
    #expect(outcome.output.contains(".pem: "))
    #expect(findings == [])
  }

  @Test func `the sample desired state passes every judge`() throws {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let world = try World([:])
    try Program.run(
      ["cp", "-r", package.appending(path: "desired-state").path, world.repository.path],
      in: world.repository
    ).expect()
    try world.commit([:])
    try world.converge(at: World.start)
    try world.converge(at: time)
    try lint(world)
    let outcome = try judge(
      world,
      """
      find authorities -name crl.pem -exec cat {} + > crls.pem
      for root in $(find authorities -name ca.pem); do
        openssl verify -no_check_time -CAfile $root $root > /dev/null 2>&1 && cat $root
      done > roots.pem
      for leaf in $(find identities -name '*.pem'); do
        openssl verify -x509_strict -crl_check_all -attime \(time.seconds) \
          -CAfile roots.pem -untrusted $leaf -CRLfile crls.pem $leaf 2>&1 | grep -v ': OK$'
      done
      """)
    #expect(outcome.output == "")
  }
}
