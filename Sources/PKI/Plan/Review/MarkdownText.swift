/// Texts that others wrote, for Markdown as GitHub and GitLab read it.
///
/// A comment is made by a job that may do more than who opened the pull request: no name, file or
/// author in it may become a link, a mention, HTML or structure.
enum MarkdownText {
  /// Stands between a sigil and what follows, so that no mention, reference or address is made of
  /// it: forges look for those after Markdown is rendered, where a backslash is gone.
  private static let breaker = "&#8203;"

  /// Text within a line.
  static func prose(_ text: String) -> String {
    var result = ""
    var before = ""
    for scalar in text.visible.unicodeScalars {
      result += prose(scalar, after: before)
      before = String(before.suffix(2)) + String(scalar).lowercased()
    }
    return result
  }

  /// - Parameter before: the three letters before it, in lower case.
  private static func prose(_ scalar: Unicode.Scalar, after before: String) -> String {
    switch scalar {
    case "&": "&amp;" + breaker
    case "<": "&lt;"
    case ">": "&gt;"
    case "@", "#", "!", "~", "%", "$", "^": "\\" + String(scalar) + breaker
    // Addresses are linked without any markup, from "://" or "www." on.
    case "/" where before.hasSuffix(":"): breaker + "/"
    case "." where before == "www": breaker + "\\."
    // Within a line these mean nothing, and dates are full of them.
    case "-", ":", "/", "'", ",", ";", "?": before.isEmpty ? "\\" + String(scalar) : String(scalar)
    default: isPunctuation(scalar) ? "\\" + String(scalar) : String(scalar)
    }
  }

  /// What a backslash takes the meaning of (CommonMark 0.31, section 2.4).
  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "!"..."/", ":"..."@", "["..."`", "{"..."~": true
    default: false
    }
  }

  /// A code span. Nothing in it is looked at, so only its end must not be found in it.
  static func code(_ text: String) -> String {
    let text = text.visible
    guard !text.isEmpty else { return "" }
    let mark = String(repeating: "`", count: longestRun(of: "`", in: text) + 1)
    let pad = text.hasPrefix("`") || text.hasSuffix("`") || text.hasPrefix(" ") ? " " : ""
    return mark + pad + text + pad + mark
  }

  /// A block of lines that are shown as they are, coloured by their first letter.
  ///
  /// - Parameter lines: none may begin with a backtick, or it could end the block.
  static func block(_ lines: [String]) -> String {
    ([fence + "diff"] + lines + [fence]).joined(separator: "\n") + "\n"
  }

  static let fence = "````"

  private static func longestRun(of mark: Character, in text: String) -> Int {
    var (longest, run) = (0, 0)
    for character in text {
      run = character == mark ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}
