import ArgumentParser
import PKI

struct Schema: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of the desired state, for editors.",
    discussion: """
      Save it and name it in your editor's YAML settings, or at the top of a file:
        # yaml-language-server: $schema=certwright.schema.json
      """)

  func run() throws {
    try Terminal.writeResult(DesiredStateSchema.text)
  }
}
