import Foundation
import Testing

/// `scripts/bench`, on fleets that are too small to say anything about speed.
@Suite struct BenchmarkTests {
  private static let script = Example.root.appending(path: "../scripts/bench").standardizedFileURL

  private static let options = [
    "--sizes", "40", "--no-peers", "--only", "validate,apply,plan,change,crl,limits,year,bundles",
    "--year-size", "20", "--year-days", "3", "--proxies", "4", "--allowed", "20", "--lists", "2",
  ]

  /// What the table names, each at the beginning of a line.
  private static let work = [
    "limit: keys and signatures", "validate", "limit: apply", "limit: read all of desired state",
    "limit: CRL", "apply", "limit: read desired state and ledger", "apply, revokes all",
    "apply, nothing to do, all revoked", "apply, refreshes the CRL of all", "plan, nothing to do",
    "plan, changed 1", "apply, changed 1", "plan, changed 20", "apply, changed 20",
    "year: first run with nothing to do", "year: last run with nothing to do",
    "first apply of 40", "plan, nothing to do, 40", "new CRL of 40 entries",
    "repository after the year, 20", "bundles: apply", "bundles: plan, nothing to do",
    "bundles: nginx checks", "bundles: haproxy starts", "bundles: apache reloads",
  ]

  private static let parse = """
    import sys, xml.dom.minidom
    for path in sys.argv[1:]: xml.dom.minidom.parse(path)
    """

  private func bench(_ arguments: [String], in folder: TemporaryFolder) throws -> Outcome {
    try Program.run(
      [Self.script.path] + arguments, in: folder.root, environment: ["PATH": Tool.searchPath],
      limit: 300)
  }

  @Test func `the benchmark measures a small fleet, in a table and in charts`() throws {
    let folder = try TemporaryFolder()
    let (out, place) = (folder.url("out"), folder.url("work"))
    let outcome = try bench(
      ["--binary", Program.certwright, "--out", out.path, "--work", place.path] + Self.options,
      in: folder
    ).expect()
    let table = try out.appending(path: "table.md").text()
    #expect(outcome.output.contains(table))
    for name in Self.work { #expect(table.contains("\n| \(name) | "), "\(name)") }
    let figures = try Data(contentsOf: out.appending(path: "results.json"))
    _ = try JSONSerialization.jsonObject(with: figures)
    let charts = ["apply", "plan", "memory", "crl", "year"].map { "\($0).svg" }
    for chart in charts { #expect(table.contains("](\(chart))"), "\(chart)") }
    try Tool.check(["python3", "-c", Self.parse] + charts.map { out.appending(path: $0).path })
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == [])
  }

  @Test func `the benchmark refuses what it does not know, before it does anything`() throws {
    let folder = try TemporaryFolder()
    try bench(["--help"], in: folder).expect(says: "usage: scripts/bench")
    try bench(["--fast"], in: folder).expect(64, says: "what is --fast?")
    try bench(["--sizes"], in: folder).expect(64, says: "--sizes needs a value")
    try bench(["--sizes", "0", "--binary", Program.certwright], in: folder)
      .expect(64, says: "0 is less than one")
    try bench(["--binary", folder.url("none").path], in: folder)
      .expect(64, says: "there is no file")
  }
}
