import PKI
import Testing

struct FindingReportTests {
  private let finding = Finding(
    Place(file: "a b/ü#.yaml", line: 3, column: 9), "issuer \"isuing\" is not declared",
    hint: "did you mean \"issuing\"?")

  private func location(_ path: String) -> JSON? {
    FindingReport([finding], below: path).sarif(version: "1")["runs"]?.elements.first?["results"]?
      .elements.first?["locations"]?.elements.first?["physicalLocation"]?["artifactLocation"]
  }

  @Test func `paths count from the repository's root and are escaped where they are addresses`() {
    #expect(location("desired-state")?["uri"]?.text == "desired-state/a%20b/%C3%BC%23.yaml")
    #expect(location("./pki//lab/")?["uri"]?.text == "pki/lab/a%20b/%C3%BC%23.yaml")
    #expect(location(".")?["uri"]?.text == "a%20b/%C3%BC%23.yaml")
    #expect(location(".")?["uriBaseId"]?.text == "%SRCROOT%")
    #expect(location("/srv/pki")?["uri"]?.text == "file:///srv/pki/a%20b/%C3%BC%23.yaml")
    #expect(location("/srv/pki")?["uriBaseId"] == nil)
    let issue = FindingReport([finding], below: "pki/").codeQuality.elements.first
    #expect(issue?["location"]?["path"]?.text == "pki/a b/ü#.yaml")
  }

  @Test func `a fingerprint stays when lines move and tells equal findings apart`() {
    func fingerprints(_ findings: [Finding]) -> [String] {
      FindingReport(findings, below: "d").codeQuality.elements.compactMap {
        $0["fingerprint"]?.text
      }
    }
    let moved = Finding(
      Place(file: finding.place.file, line: 30, column: 1), finding.message, hint: nil)
    #expect(fingerprints([finding]) == fingerprints([moved]))
    #expect(Set(fingerprints([finding, moved])).count == 2)
    let policy = Finding(moved.place, moved.message, category: .policy)
    #expect(fingerprints([policy]) != fingerprints([moved]))
  }

  @Test func `a code scanner's message has no link that the file made`() {
    let evil = Finding(Place(file: "a", line: 1, column: 1), "x \"[click](https://example.com)\"")
    let message = FindingReport([evil], below: "d").sarif(version: "1")["runs"]?.elements.first?[
      "results"]?.elements.first?["message"]?["text"]?.text
    #expect(message?.contains("](") == false)
    #expect(message?.contains("click") == true)
  }

  @Test func `what a code scanner has no room for is counted`() {
    let many = (0..<20_005).map { Finding(Place(file: "a", line: $0 + 1, column: 1), "x") }
    let run = FindingReport(many, below: "d").sarif(version: "1")["runs"]?.elements.first
    #expect(run?["results"]?.elements.count == 20_000)
    let notification = run?["invocations"]?.elements.first?["toolExecutionNotifications"]?.elements
    #expect(notification?.first?["message"]?["text"]?.text == "5 more findings are left out.")
  }
}
