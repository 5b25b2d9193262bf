import Synchronization

/// Gathers findings while documents are read and compared, so that people see all of them at once.
///
/// A class, because readers nest: a field's reader reports into the same list as its document's.
final class FindingCollector: Sendable {
  private let gathered = Mutex<[Finding]>([])

  var findings: [Finding] { gathered.withLock { $0 } }
  var count: Int { gathered.withLock { $0.count } }

  func add(_ place: Place, _ message: String, hint: String? = nil) {
    gathered.withLock { $0.append(Finding(place, message, hint: hint)) }
  }

  func refuse(_ place: Place, _ message: String, hint: String? = nil) {
    gathered.withLock { $0.append(Finding(place, message, hint: hint, category: .policy)) }
  }

  func add(_ others: FindingCollector) {
    let findings = others.findings
    gathered.withLock { $0 += findings }
  }

  /// In order of place, each once.
  var sorted: [Finding] {
    var sorted: [Finding] = []
    for finding in findings.sorted() where finding != sorted.last { sorted.append(finding) }
    return sorted
  }
}

/// A text that a person wrote, in quotes for a message: control characters escaped, so that a file
/// cannot write to a terminal, and long ones cut.
func quoted(_ text: some StringProtocol) -> String {
  var result = "\""
  for (index, scalar) in text.unicodeScalars.enumerated() {
    if index == 120 {
      result += "…"
      break
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    default:
      result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

/// Words as people list them: `"a", "b" and "c"`, at most eight of them.
func listed(_ words: some Sequence<String>, _ conjunction: String = "and") -> String {
  let words = Array(words)
  let shown = words.prefix(8).map { quoted($0) }
  if words.count > shown.count {
    return shown.joined(separator: ", ") + " \(conjunction) \(words.count - shown.count) more"
  }
  guard let last = shown.last, shown.count > 1 else { return shown.joined() }
  return shown.dropLast().joined(separator: ", ") + " \(conjunction) " + last
}
