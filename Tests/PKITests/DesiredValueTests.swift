import PKI
import Testing

/// The texts of addresses and names, and their canonical forms.
@Suite struct DesiredValueTests {
  @Test func `a text is a name when nothing is wrong with it, at first glance or the second`() {
    let parts = ["a", "z9", "-", "_", ".", "/", "A", " ", "é", "pem", "lock", ".key", "\0"]
    var random = SystemRandomNumberGenerator()
    for _ in 0..<5_000 {
      let count = Int.random(in: 0...6, using: &random)
      let text = (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
      #expect((Name(text) == nil) == (Name.problem(in: text) != nil), "\(text)")
    }
    for count in [62, 63, 64, 1_023, 1_024, 1_025] {
      let long = String(repeating: "a", count: count)
      #expect((Name(long) == nil) == (count > 63))
      let folders = String((0..<count).map { $0 % 2 == 0 ? "a" : "/" })
      #expect((Name(folders) == nil) == (Name.problem(in: folders) != nil))
    }
  }

  @Test(arguments: [
    ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"), ("::1", "::1"),
    ("1::", "1::"), ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("0:0:0:0:0:ffff:10.0.0.1", "::ffff:10.0.0.1"),
    ("::ffff:a00:1", "::ffff:10.0.0.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
  ])
  func `an address has one canonical form`(text: String, canonical: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.description == canonical)
    #expect(IPAddress(canonical) == address)
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.+4", " 1.2.3.4", "1.2.3.4 ", ":",
    ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4:5:6:7:8::", "::12345", "::g",
    "fe80::1%eth0", "1.2.3.4::", "::1.2.3", "::1.2.3.4:5", "1:", ":1", "::+1", "[::1]", "١.1.1.1",
    "1:2:3:4:5:6:7::8:",
  ])
  func `a text that is no address is refused`(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test(
    arguments: [
      ("10.0.0.0/8", nil), ("0.0.0.0/0", nil), ("2001:db8::/32", nil), ("10.0.0.1/32", nil),
      ("10.0.0.1/8", "has host bits that are not zero did you mean \"10.0.0.0/8\"?"),
      ("10.0.0.1", "has no prefix length for this one address write \"10.0.0.1/32\""),
      ("10.0.0.0/33", "has no prefix length between 0 and 32"),
      ("10.0.0.0/08", "has no prefix length between 0 and 32"),
      ("ten/8", "is not a block of addresses write CIDR, as in \"10.0.0.0/8\""),
    ] as [(String, String?)])
  func `a block of addresses has zero host bits`(text: String, problem: String?) {
    do throws(ValueProblem) {
      #expect(try IPRange(parsing: text).description == text)
      #expect(problem == nil)
    } catch {
      #expect([error.message, error.hint].compactMap { $0 }.joined(separator: " ") == problem)
    }
  }

  @Test func `a block holds its addresses and narrower blocks`() throws {
    let block = try IPRange(parsing: "10.16.0.0/12")
    #expect(block.contains(try #require(IPAddress("10.31.255.255"))))
    #expect(!block.contains(try #require(IPAddress("10.32.0.0"))))
    #expect(!block.contains(try #require(IPAddress("::ffff:10.16.0.1"))))
    #expect(block.contains(try IPRange(parsing: "10.17.0.0/16")))
    #expect(!block.contains(try IPRange(parsing: "10.0.0.0/8")))
  }

  @Test(arguments: [
    (SubjectAlternativeName.Kind.dns, "API.Example.COM", "api.example.com"),
    (.dns, "*.api.example.com", "*.api.example.com"), (.dns, "internal", "internal"),
    (.dns, "xn--bcher-kva.example", "xn--bcher-kva.example"),
    (.ip, "2001:DB8::0001", "2001:db8::1"),
    (.uri, "HTTPS://Example.com:8443/A?b=%2F", "https://example.com:8443/A?b=%2F"),
    (.uri, "spiffe://example.com/ns/Prod", "spiffe://example.com/ns/Prod"),
    (
      .uri, "urn:uuid:F81D4FAE-7dec-11d0-a765-00a0c91e6bf6",
      "urn:uuid:F81D4FAE-7dec-11d0-a765-00a0c91e6bf6"
    ),
    (.uri, "https://[2001:DB8::1]/", "https://[2001:db8::1]/"),
    (.email, "Ops.Team+x@Example.COM", "Ops.Team+x@example.com"),
  ])
  func `a name has one canonical form`(
    kind: SubjectAlternativeName.Kind, text: String, canonical: String
  ) throws {
    let name = try SubjectAlternativeName(kind, parsing: text)
    #expect(name.value == canonical)
    #expect(try SubjectAlternativeName(kind, parsing: canonical) == name)
  }

  @Test(arguments: [
    (SubjectAlternativeName.Kind.dns, "bücher.example"), (.dns, ""), (.dns, "a..b"), (.dns, "a."),
    (.dns, "-a.b"), (.dns, "a-.b"), (.dns, "a_b.c"), (.dns, "*.com"), (.dns, "*"),
    (.dns, "a.*.example.com"), (.dns, "a*.example.com"), (.dns, "*.*.example.com"),
    (.dns, "10.0.0.1"), (.dns, "a b.c"), (.dns, "a\u{0}.b"),
    (.dns, String(repeating: "a", count: 64) + ".b"),
    (.dns, String(repeating: "aaa.", count: 64) + "b"), (.dns, "\u{212A}.example"),
    (.uri, "example.com/a"), (.uri, "//example.com"), (.uri, "https:"), (.uri, "https://"),
    (.uri, "https://user@example.com/"), (.uri, "https://example.com:0/"),
    (.uri, "https://example.com:99999/"), (.uri, "https://exa mple.com/"), (.uri, "https://é.com/"),
    (.uri, "https://example.com/%zz"), (.uri, "https://example.com/%2"), (.uri, "https://a/#b"),
    (.uri, "https://a_b/"), (.uri, "https://a/{b}"), (.uri, "https://a/\"b"),
    (.uri, "https://[10.0.0.1]/"), (.uri, "1a:b"), (.uri, ":b"),
    (.uri, "spiffe://example.com"), (.uri, "spiffe://example.com/"), (.uri, "spiffe://EXAMPLE/a"),
    (.uri, "SPIFFE://example/a"), (.uri, "spiffe://example/a//b"), (.uri, "spiffe://example/../b"),
    (.uri, "spiffe://example:8080/a"), (.uri, "spiffe://example/a%20b"),
    (.uri, "spiffe://example/a?b"), (.uri, "spiffe:example/a"),
    (.email, "ops"), (.email, "@example.com"), (.email, "ops@"), (.email, "a@b@c"),
    (.email, "\"a b\"@example.com"), (.email, "a..b@example.com"), (.email, "é@example.com"),
    (.email, "a@bücher.example"), (.email, "a@*.example.com"), (.ip, "10.0.0.0/8"),
  ])
  func `a text that is no name is refused`(kind: SubjectAlternativeName.Kind, text: String) {
    #expect(throws: ValueProblem.self) { try SubjectAlternativeName(kind, parsing: text) }
  }

  @Test func `an internationalised name is refused with the spelling to use`() {
    #expect(
      throws: ValueProblem(
        "is not in ASCII",
        hint: "write an internationalised name as A-labels, as in \"xn--bcher-kva.example\"")
    ) { try SubjectAlternativeName(.dns, parsing: "bücher.example") }
  }
}
