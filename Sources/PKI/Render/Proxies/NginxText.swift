/// How values are written in nginx's configuration language.
enum NginxText {
  /// A quoted parameter. Inside quotes nginx gives a meaning to the backslash and the quote alone
  /// (`ngx_conf_read_token`); variables are a matter of the directive, and the directives that
  /// take values from users here do not look for them.
  static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// The whole of a text, case-sensitively: a `map` compares its strings ignoring case.
  static func exactly(_ text: String) -> String { quoted("~^" + RoutePattern.literal(text) + "$") }

  static func regex(_ pattern: String, ignoringCase: Bool = false) -> String {
    quoted((ignoringCase ? "~*" : "~") + pattern)
  }

  /// nginx refuses parameters that do not fit its buffer of 4096 bytes.
  static let longestParameter = 4_000

  /// A `map` block; entries are complete lines without the semicolon.
  static func map(_ source: String, to variable: String, _ entries: [String]) -> String {
    let lines = entries.map { "  \($0);\n" }.joined()
    return "map \(source) $\(variable) {\n\(lines)}\n"
  }
}
