import ArgumentParser
import PKI
import Reconciler

struct Lock: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock",
    abstract: "Show which run is at work on this host, and what waits to be pushed.",
    discussion: """
      Reports, and breaks nothing: the lock of a run that was killed is gone with it. Asks no server.
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    try Run.withRepository(global, global.options(), .offline) { repository, options in
      let report = try LockReport.make(options, in: repository)
      switch output.format {
      case .text: try Terminal.writeResult(report.text)
      case .json: try Terminal.writeResult(report.json.pretty)
      }
    }
  }
}
