/// How values are written in HAProxy's configuration language.
enum HAProxyText {
  /// A word in strong quotes, within which nothing has a meaning but their end.
  static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }

  /// A file of strings for `-f`, one a line. Entries begin with a digit: HAProxy skips leading
  /// blanks and lines that begin with `#`.
  static func list(_ entries: [String]) -> String { entries.map { $0 + "\n" }.joined() }

  /// An anonymous condition that a variable of this request equals one of some plain words.
  static func equals(_ variable: String, _ words: String...) -> String {
    "{ var(txn.cw_\(variable)) -m str \(words.joined(separator: " ")) }"
  }

  static func matches(_ sample: String, _ pattern: String, ignoringCase: Bool = false) -> String {
    "{ \(sample) -m reg \(ignoringCase ? "-i " : "")-- \(quoted(pattern)) }"
  }
}
