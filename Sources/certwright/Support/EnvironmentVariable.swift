import ArgumentParser
import Foundation

/// The defaults of flags: every flag `--some-flag` has the variable `CERTWRIGHT_SOME_FLAG`. Flags on
/// the command line win.
enum EnvironmentVariable {
  static func text(_ flag: String) -> String? {
    let name = "CERTWRIGHT_" + flag.uppercased().replacing("-", with: "_")
    guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else { return nil }
    return value
  }

  /// A value that no flag would take must not pass as if it were not there.
  static func require<Choice: ExpressibleByArgument>(_: Choice.Type, _ flag: String) throws {
    guard let text = text(flag), Choice(argument: text) == nil else { return }
    throw ValidationError(
      "the variable for --\(flag) holds \"\(text)\", which is none of its values")
  }

  static func list(_ flag: String) -> [String] {
    text(flag)?.split(separator: ",").map(String.init) ?? []
  }

  static func isSet(_ flag: String) -> Bool {
    guard let value = text(flag)?.lowercased() else { return false }
    return !["0", "false", "no", "off"].contains(value)
  }
}
