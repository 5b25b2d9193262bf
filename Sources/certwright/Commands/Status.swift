import ArgumentParser
import PKI
import Reconciler

struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what expires, what is due, and whether CRLs are fresh.",
    discussion: """
      Exits with 0 when all is well, with 2 when something wants attention (due, drifted, not \
      applied yet, blocked), and with 1 when a CRL is stale or a current certificate has expired.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case prometheus
  }

  @OptionGroup var global: GlobalOptions

  @Option(help: "How to show it.")
  var format = EnvironmentVariable.text("format").flatMap(Format.init(rawValue:)) ?? .text

  func run() throws {
    let options = global.options()
    try Run.withRepository(global, options) { repository, options in
      let report = try StatusRun(options).report(in: repository)
      switch format {
      case .text: try Terminal.writeResult(report.text)
      case .json: try Terminal.writeResult(report.json.pretty)
      case .prometheus: try Terminal.writeResult(report.prometheus)
      }
      switch report.health {
      case .healthy: break
      case .attention: throw ExitStatus.attention
      case .error: throw ExitStatus.error
      }
    }
  }
}
