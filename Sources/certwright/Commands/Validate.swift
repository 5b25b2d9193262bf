import ArgumentParser
import PKI
import Reconciler

struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check desired state alone.",
    discussion: """
      Reads every YAML file of the desired-state folder and every request that it names, and reports \
      everything that is wrong, each with file, line and column. Needs no keys and no network.

      The formats for machines go to standard output, also when there are findings: sarif for code \
      scanning, gitlab for GitLab's Code Quality report.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case sarif
    case gitlab
  }

  @OptionGroup var global: GlobalOptions

  @Option(help: "How to report.")
  var format = EnvironmentVariable.text("format").flatMap(Format.init(rawValue:)) ?? .text

  @Flag(help: "Read the files of the work tree instead of a commit.")
  var worktree = false

  func validate() throws { try EnvironmentVariable.require(Format.self, "format") }

  func run() throws {
    let options = global.options()
    try Run.withRepository(global, options) { repository, options in
      let source =
        worktree
        ? try DesiredSource.workTree(path: options.path, base: options.base, in: repository)
        : try DesiredSource.commit(
          options.revision, path: options.path, base: options.base, in: repository)
      let report = FindingReport(source.decoded.findings, below: options.path)
      let summary = source.decoded.state?.summary
      switch format {
      case .text:
        if let note = source.policyNote { Terminal.writeError("warning: \(note)") }
        if let summary { try Terminal.writeResult("\(summary): no findings\n") }
      case .json: try Terminal.writeResult(report.json(summary: summary).pretty)
      case .sarif:
        let version = Certwright.configuration.version
        try Terminal.writeResult(report.sarif(version: version).pretty)
      case .gitlab: try Terminal.writeResult(report.codeQuality.pretty)
      }
      _ = try source.state()
    }
  }
}

extension DesiredState {
  /// `2 authorities, 12 identities, 1 trust bundle, 3 proxies, 1 revocation`
  var summary: String {
    [
      Reason.count(authorities.count, "authority"),
      Reason.count(identities.count, "identity"),
      Reason.count(trustBundles.count, "trust bundle"),
      Reason.count(proxies.count, "proxy"),
      Reason.count(revocations.count, "revocation"),
    ].joined(separator: ", ")
  }
}
