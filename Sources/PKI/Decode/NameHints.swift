/// Hints for names that lead nowhere. A search looks at every declared name, so among many names
/// only the first searches are made: nobody reads the hints of a thousand findings.
final class NameHints {
  private let names: [String]
  private let what: String
  private var searches = 0

  init(_ names: some Sequence<Name>, what: String) {
    self.names = names.map(\.text).sorted()
    self.what = what
  }

  func hint(for name: Name) -> String? {
    searches += 1
    if names.count > 1_000, searches > 20 { return nil }
    return Suggestion.hint(for: name.text, in: names, what: what)
  }
}
