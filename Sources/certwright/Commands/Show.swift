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
  var format = PlanCommand.Format.text

  func run() throws {
    try Run.reporting {
      let document = try PlanFile.read(file)
      switch format {
      case .text:
        try Terminal.writeResult(PlanText(isColored: global.isResultColored).render(document))
      case .json: try Terminal.writeResult(document.json.pretty)
      }
    }
  }
}
