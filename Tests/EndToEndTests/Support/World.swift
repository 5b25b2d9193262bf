import Foundation
import PKI
import Testing

/// A git repository with a folder of keys beside it, on which the real certwright runs.
final class World: Sendable {
  /// When simulated time begins.
  static let start = Timestamp(CivilTime(year: 2030, month: 1, day: 1))

  let folder: TemporaryFolder
  var repository: URL { folder.url("repository") }
  var keys: URL { folder.url("keys") }
  /// Where plans without changes are remembered.
  var cache: URL { folder.url("cache") }

  /// A repository whose first commit holds these files below `desired-state/`.
  init(_ files: [String: String] = Sample.files) throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(at: repository, withIntermediateDirectories: true)
    try git("init", "-q", "-b", "main")
    try commit(files)
  }

  // MARK: - Desired state

  /// Writes, or with nil removes, files below `desired-state/`, and commits.
  func commit(_ files: [String: String?]) throws {
    try write(files)
    try git("add", "-A")
    try git("commit", "-q", "--allow-empty", "-m", "change")
  }

  func write(_ files: [String: String?]) throws {
    for (path, text) in files {
      let place = "repository/desired-state/\(path)"
      if let text {
        try folder.write(place, text)
      } else {
        try FileManager.default.removeItem(at: folder.url(place))
      }
    }
  }

  // MARK: - Programs

  @discardableResult
  func git(_ arguments: String..., environment: [String: String] = [:]) throws -> String {
    let outcome = try Program.run(
      ["git"] + arguments, in: repository, environment: environment)
    guard outcome.code == 0 else {
      throw ToolFailure(description: "git \(arguments): \(outcome.errors)")
    }
    return outcome.output
  }

  /// Runs certwright in the repository with the keys of this world.
  func certwright(
    _ arguments: [String], in place: URL? = nil, environment: [String: String] = [:],
    input: String? = nil, output: String? = nil
  ) throws -> Outcome {
    try Program.run(
      [Program.certwright] + arguments, in: place ?? repository,
      environment: ["CERTWRIGHT_KEYS": keys.path, "CERTWRIGHT_CACHE": cache.path]
        .merging(environment) { $1 }, input: input, output: output)
  }

  /// Applies without asking; at a time on a branch with simulated time, or now on a normal one.
  func apply(
    at time: Timestamp? = nil, _ more: String..., environment: [String: String] = [:]
  ) throws -> Outcome {
    try certwright(
      ["apply", "--auto-approve", "--allow", "authorities=9"]
        + (time.map { ["--simulated-time", "--at", "\($0)"] } ?? []) + more,
      environment: environment)
  }

  /// Applies; what was applied must leave nothing to do at the same moment.
  func converge(
    at time: Timestamp? = nil, _ more: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try certwright(
      ["apply", "--auto-approve", "--allow", "authorities=9"]
        + (time.map { ["--simulated-time", "--at", "\($0)"] } ?? []) + more
    ).expect(sourceLocation: sourceLocation)
    let left = try plan(at: time).changes.map(\.line)
    #expect(left == [], sourceLocation: sourceLocation)
  }

  /// The plan as machines read it, whatever the exit code. Where time stands still, it must be the
  /// same plan without what earlier plans left.
  func plan(
    at time: Timestamp? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> PlanView {
    let arguments = ["plan", "--format", "json"] + (time.map { ["--at", "\($0)"] } ?? [])
    let outcome = try certwright(arguments)
    if time != nil {
      let anew = try certwright(arguments + ["--no-cache"])
      #expect(outcome.code == anew.code, sourceLocation: sourceLocation)
      #expect(outcome.output == anew.output, sourceLocation: sourceLocation)
      #expect(outcome.errors == anew.errors, sourceLocation: sourceLocation)
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let plan = try? decoder.decode(PlanView.self, from: Data(outcome.output.utf8)) else {
      throw ToolFailure(description: "no plan: \(outcome.code) \(outcome.errors)")
    }
    return plan
  }

  // MARK: - Published state

  /// The commit of the published branch; nil before there is one.
  func tip(_ branch: String = "published") throws -> String? {
    let outcome = try Program.run(
      ["git", "rev-parse", "-q", "--verify", "refs/heads/\(branch)"], in: repository)
    return outcome.code == 0 ? outcome.output.trimmingCharacters(in: .whitespacesAndNewlines) : nil
  }

  func published(_ path: String) throws -> String { try git("show", "published:\(path)") }

  func publishedPaths(_ folder: String = "") throws -> [String] {
    try git("ls-tree", "-r", "--name-only", "published", "--", folder.isEmpty ? "." : folder)
      .split(separator: "\n").map(String.init)
  }

  /// The current certificate of an identity.
  func certificate(_ name: String) throws -> CertificateFacts {
    try certificate(at: "identities/\(name).pem")
  }

  func certificate(at path: String) throws -> CertificateFacts {
    let blocks = try PEM.blocks(in: Array(try published(path).utf8))
    guard let first = blocks.first else { throw ToolFailure(description: "\(path) is empty") }
    return try CertificateFacts(first.der)
  }

  func serial(_ name: String) throws -> String { try certificate(name).serial.description }

  /// The CRL of an authority: its number, and the reasons by serial number.
  func revocationList(_ authority: String) throws -> RevocationListFacts {
    let blocks = try PEM.blocks(in: Array(try published("authorities/\(authority)/crl.pem").utf8))
    guard let first = blocks.first else { throw ToolFailure(description: "no CRL") }
    return try RevocationListFacts(first.der)
  }

  func reasons(_ authority: String) throws -> [String: String] {
    let entries = try revocationList(authority).entries.map {
      ($0.serial.description, $0.reason.rawValue)
    }
    return Dictionary(uniqueKeysWithValues: entries)
  }
}

/// `plan --format json`, as far as the tests look at it.
struct PlanView: Decodable {
  struct Certificate: Decodable {
    let renewAt: String
    let notAfter: String
    let keySource: String
  }

  struct List: Decodable {
    let number: Int
    let nextUpdate: String
  }

  struct Refusal: Decodable {
    let code: String
    let message: String
  }

  struct Cause: Decodable {
    let code: String
    let message: String
  }

  struct Change: Decodable {
    let action: String
    let kind: String
    let name: String
    let certificate: Certificate?
    let crl: List?
    let `guard`: Refusal?
    let reasons: [Cause]

    /// `renew client app1`
    var line: String { "\(action) \(kind) \(name)" }
  }

  let digest: String
  let warnings: [String]
  let changes: [Change]

  var lines: [String] { changes.map(\.line) }

  /// What is done to certificates, without what is rendered because of it.
  var deeds: [String] { changes.filter { $0.action != "publish" }.map(\.line) }

  func change(_ line: String) throws -> Change {
    guard let change = changes.first(where: { $0.line == line }) else {
      throw ToolFailure(description: "no \(line) among \(lines)")
    }
    return change
  }

  /// When the certificate of a change falls due.
  func renewal(_ line: String) throws -> Timestamp {
    guard let time = try change(line).certificate.flatMap({ Timestamp($0.renewAt) }) else {
      throw ToolFailure(description: "\(line) makes no certificate")
    }
    return time
  }
}
