import ArgumentParser
import PKI
import Reconciler

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a saved plan again.",
    discussion: """
      Renders a plan that was saved with plan --out, also one that no longer fits. Needs neither the \
      repository nor keys.
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: "The saved plan.")
  var file: String

  @Option(help: "How to show it.")
  var format = EnvironmentVariable.text("format").flatMap(PlanFormat.init(rawValue:)) ?? .text

  func validate() throws { try EnvironmentVariable.require(PlanFormat.self, "format") }

  func run() throws {
    try Run.reporting {
      let document = try PlanFile.read(file)
      try Terminal.writeResult(format.render(document, isColored: global.isResultColored))
    }
  }
}
