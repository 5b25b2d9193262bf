import Foundation
import PKI
import Testing

/// A file below `examples/jobs/`.
struct JobFile: Sendable, CustomTestStringConvertible {
  static let root = Example.root.appending(path: "jobs")

  let path: String

  var place: URL { Self.root.appending(path: path) }
  var testDescription: String { path }
  var text: String { get throws { try place.text() } }

  static let workflows = ["plan", "apply", "reconcile"].map {
    JobFile(path: "github/certwright-\($0).yml")
  }
  static let gitlab = JobFile(path: "gitlab/certwright.gitlab-ci.yml")
  static let cluster = JobFile(path: "kubernetes/cronjob.yaml")
  static let framework = JobFile(path: "pre-commit/.pre-commit-config.yaml")
  static let hook = JobFile(path: "pre-commit/pre-commit")
  static let service = JobFile(path: "systemd/certwright.service")
  static let timer = JobFile(path: "systemd/certwright.timer")
  static let cron = JobFile(path: "cron/certwright")

  static let all =
    workflows + [gitlab, cluster, framework, hook, service, timer, cron]

  /// The documents of a YAML file, read by another reader than certwright's.
  func documents() throws -> [JSON] {
    let package = Example.root.appending(path: "..").standardizedFileURL
    let script = """
      import json, sys, yaml
      def plain(value):
          if isinstance(value, dict): return {str(k).lower(): plain(v) for k, v in value.items()}
          if isinstance(value, list): return [plain(v) for v in value]
          return value
      json.dump([plain(d) for d in yaml.safe_load_all(open(sys.argv[1]))], sys.stdout)
      """
    let json = try Tool.check([
      package.appending(path: ".build/test-python/bin/python3").path, "-c", script, place.path,
    ])
    return try JSONDecoder().decode(JSON.self, from: Data(json.utf8)).elements
  }

  func document() throws -> JSON { try #require(try documents().first) }

  /// Every command line of certwright in the file: the command and its flags.
  func commandLines() throws -> [[String]] {
    let joined = try text.replacing("\\\n", with: " ")
    return joined.split(separator: "\n").flatMap { line -> [[String]] in
      guard !line.drop(while: { $0 == " " }).hasPrefix("#") else { return [] }
      let plain = line.replacing("command: [certwright, ", with: "certwright ")
      let calls = /(?:^|[\/(\s])certwright ([a-z]+(?![a-z=])[^|>;&)\]]*)/
      return plain.matches(of: calls).map { match in
        match.1.split(separator: " ").map(String.init).enumerated()
          .filter { $0.offset == 0 || $0.element.hasPrefix("--") }.map(\.element)
      }.filter { Self.commands.contains($0.first ?? "") }
    }
  }

  private static let commands = ["plan", "apply", "reconcile", "validate", "show", "status"]
}

extension JSON {
  /// The members of an object by name.
  var table: [String: JSON] {
    guard case .object(let members) = self else { return [:] }
    return Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
  }
}
