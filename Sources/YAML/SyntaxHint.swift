/// Guesses what a person meant to write where libyaml found no YAML.
///
/// The rules only look at the lines around the mark, and the first that has an answer wins. They
/// may guess wrong: that is why they are hints and not messages.
struct SyntaxHint {
  private let problem: SyntaxProblem
  private let source: SourceText
  private let line: [Unicode.Scalar]

  private static let rules: [@Sendable (SyntaxHint) -> String?] = [
    { $0.tab() }, { $0.wildcard() }, { $0.openQuote() }, { $0.backslash() }, { $0.tag() },
    { $0.indicator() }, { $0.bracketInText() }, { $0.colonWithoutSpace() }, { $0.colonInText() },
    { $0.listBesideKey() }, { $0.keyWithoutColon() }, { $0.indentation() },
  ]

  private init(_ problem: SyntaxProblem, _ source: SourceText) {
    self.problem = problem
    self.source = source
    line = source.line(problem.mark.line)
  }

  static func hint(for problem: SyntaxProblem, in source: SourceText) -> String? {
    let situation = SyntaxHint(problem, source)
    for rule in rules {
      if let hint = rule(situation) { return hint }
    }
    return nil
  }
}

// MARK: The rules

extension SyntaxHint {
  private func tab() -> String? {
    let isInIndentation = line.prefix { $0 == " " || $0 == "\t" }.contains("\t")
    guard isInIndentation || character == "\t" else { return nil }
    return "indent with spaces, not with tabs"
  }

  /// `*.example.com` is the name of an alias to YAML.
  private func wildcard() -> String? {
    guard
      problem.context == "while scanning an alias" || problem.context == "while scanning an anchor"
    else { return nil }
    return problem.contextMark.map(quoteWord(at:))
  }

  private func openQuote() -> String? {
    guard problem.context == "while scanning a quoted scalar", let mark = problem.contextMark else {
      return nil
    }
    return "the quote at \(mark.text) is not closed"
  }

  private func backslash() -> String? {
    guard problem.problem == "found unknown escape character" else { return nil }
    return "use single quotes for a text with backslashes"
  }

  private func tag() -> String? {
    guard problem.context == "while scanning a tag" || problem.problem.contains("tag handle") else {
      return nil
    }
    return "quote the value if it is a text that begins with \"!\""
  }

  /// `@`, `` ` `` and `%` are reserved at the start of a value.
  private func indicator() -> String? {
    guard problem.problem == "found character that cannot start any token" else { return nil }
    return quoteWord(at: problem.mark)
  }

  /// `{name}` in a text is a mapping to YAML.
  private func bracketInText() -> String? {
    let before = line.prefix(problem.mark.column).last
    guard before == "}" || before == "]" || character == "{" || character == "[" else { return nil }
    return "quote a value that contains \"[\", \"]\", \"{\" or \"}\""
  }

  private func colonWithoutSpace() -> String? {
    guard isAboutKeys else { return nil }
    let context = problem.contextMark?.line ?? problem.mark.line
    for number in [context, problem.mark.line, problem.mark.line - 1] {
      if let key = Self.gluedKey(source.line(number)) {
        return "put a space after the colon of \(Excerpt.quoted(key)) in line \(number + 1)"
      }
    }
    return nil
  }

  private func colonInText() -> String? {
    guard problem.problem == "mapping values are not allowed in this context" else { return nil }
    return "quote a value that contains \": \", and check the indentation"
  }

  private func listBesideKey() -> String? {
    guard problem.problem == "block sequence entries are not allowed in this context" else {
      return nil
    }
    return "begin the list on a line of its own, or quote the value"
  }

  private func keyWithoutColon() -> String? {
    guard problem.problem == "could not find expected ':'", let mark = problem.contextMark else {
      return nil
    }
    return "there is no colon after the key at \(mark.text)"
  }

  private func indentation() -> String? {
    if problem.problem == "did not find expected <document start>" {
      return "check the indentation; documents are separated by \"---\""
    }
    guard problem.context == "while parsing a block mapping",
      let mark = problem.contextMark, mark.column != problem.mark.column,
      line.prefix(problem.mark.column).allSatisfy({ $0 == " " })
    else { return nil }
    return "this line begins in column \(problem.mark.column + 1), "
      + "line \(mark.line + 1) in column \(mark.column + 1)"
  }
}

// MARK: Looking at the text

extension SyntaxHint {
  private var character: Unicode.Scalar? { line.dropFirst(problem.mark.column).first }

  private var isAboutKeys: Bool {
    switch problem.problem {
    case "mapping values are not allowed in this context", "could not find expected ':'",
      "did not find expected key":
      true
    default: false
    }
  }

  private func quoteWord(at mark: Mark) -> String {
    let rest = source.line(mark.line).dropFirst(mark.column)
    let word = rest.prefix { !" \t,]}\"".unicodeScalars.contains($0) }
    return "quote the value: \(Excerpt.quoted(word))"
  }

  /// `key:` when the line is `key:value`, perhaps as an entry of a sequence.
  private static func gluedKey(_ line: [Unicode.Scalar]) -> String? {
    let text = line.drop { $0 == " " || $0 == "-" }
    let key = text.prefix { $0.properties.isAlphabetic || $0.properties.numericType != nil }
    let rest = text.dropFirst(key.count)
    guard !key.isEmpty, rest.first == ":", let next = rest.dropFirst().first else { return nil }
    // A second colon or a slash is a URL, a time or an address.
    guard next != " ", next != "\t", next != "/", next != ":" else { return nil }
    return String(String.UnicodeScalarView(key)) + ":"
  }
}
