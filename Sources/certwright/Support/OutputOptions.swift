import ArgumentParser

/// The flag of commands that write for people or for machines.
struct OutputOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  @Option(help: "How to show it.")
  var format = EnvironmentVariable.text("format").flatMap(Format.init(rawValue:)) ?? .text
}
