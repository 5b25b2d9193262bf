/// Lets flags stand before the command as well as after it.
enum ArgumentOrder {
  /// Flags that every command has and that take a value.
  static let globalOptions: Set<String> = [
    "--repository", "--path", "--ref", "--published", "--keys", "--at", "--push", "--clones",
    "--network-timeout", "--ssh-key",
  ]

  /// Moves global flags that stand before the command behind it; everything else stays as it is, so
  /// that the parser can say what is wrong with it.
  static func commandFirst(_ arguments: [String], commands: Set<String>) -> [String] {
    var leading: [String] = []
    var rest = arguments[...]
    while let first = rest.first, first.hasPrefix("--"), !commands.contains(first) {
      let name = first.split(separator: "=", maxSplits: 1).first.map(String.init) ?? first
      let takesValue = globalOptions.contains(name) && !first.contains("=")
      guard globalOptions.contains(name) || first == "--no-color" else { return arguments }
      leading += rest.prefix(takesValue ? 2 : 1)
      rest = rest.dropFirst(takesValue ? 2 : 1)
    }
    guard let command = rest.first, commands.contains(command) else { return arguments }
    return [command] + leading + rest.dropFirst()
  }
}
