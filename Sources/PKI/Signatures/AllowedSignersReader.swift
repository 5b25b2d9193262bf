extension AllowedSigners {
  package static let sizeLimit = 1 << 20
  static let lineLimit = 1 << 14
  private static let findingLimit = 100

  /// Reads a file.
  ///
  /// OpenSSH passes over lines that it cannot read; here they are findings, because a line that
  /// does nothing is not what its writer meant.
  ///
  /// - Parameter file: how findings name it.
  /// - Returns: the signers, or everything that is wrong with the file.
  package static func read(
    _ bytes: [UInt8], file: String
  ) -> (signers: AllowedSigners, findings: [Finding]) {
    var entries: [Entry] = []
    var findings: [Finding] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() where findings.count < findingLimit {
      var scanner = SignerLine(line, file: file, number: number + 1)
      do throws(SignerLine.Problem) {
        if let entry = try scanner.entry() { entries.append(entry) }
      } catch {
        findings.append(Finding(scanner.place(error.column), error.message, hint: error.hint))
      }
    }
    if entries.isEmpty, findings.isEmpty {
      findings.append(
        Finding(
          Place(file: file, line: 1, column: 1), "the file allows nobody to sign",
          hint: "write lines such as: ada@example.com ssh-ed25519 AAAA..."))
    }
    return (AllowedSigners(entries), findings)
  }
}

/// One line on its way to an entry.
struct SignerLine {
  struct Problem: Error {
    let column: Int
    let message: String
    let hint: String?
  }

  private let file: String
  private let number: Int
  private let scalars: [Unicode.Scalar]
  private let isText: Bool
  private let isTooLong: Bool
  private var index = 0

  init(_ line: ArraySlice<UInt8>, file: String, number: Int) {
    self.file = file
    self.number = number
    isTooLong = line.count > AllowedSigners.lineLimit
    let text = isTooLong ? nil : String(validating: line, as: UTF8.self)
    isText = isTooLong || text != nil
    scalars = Array((text ?? "").unicodeScalars)
  }

  func place(_ column: Int) -> Place { Place(file: file, line: number, column: column) }

  func problem(_ message: String, at column: Int? = nil, hint: String? = nil) -> Problem {
    Problem(column: column ?? index + 1, message: message, hint: hint)
  }

  /// - Returns: nil for an empty line or a comment.
  mutating func entry() throws(Problem) -> AllowedSigners.Entry? {
    guard !isTooLong else {
      throw problem("the line is longer than \(AllowedSigners.lineLimit) bytes")
    }
    guard isText else { throw problem("the line is not UTF-8") }
    skipSpace()
    guard let first = peek, first != "#" else { return nil }
    let start = index + 1
    let principals = try self.principals()
    skipSpace()
    var options = SignerOptions()
    if !SSHPublicKey.isType(wordAhead) {
      guard peek != nil else { throw problem("the key is missing") }
      options = try self.options()
      skipSpace()
    }
    guard !options.isAuthority else {
      throw problem(
        "cert-authority is not supported: SSH certificates are not read", at: start,
        hint: "list the key of each signer")
    }
    return AllowedSigners.Entry(
      principals: principals, namespaces: options.namespaces, validAfter: options.validAfter,
      validBefore: options.validBefore, key: try key(), place: place(start))
  }

  // MARK: - Fields

  private mutating func principals() throws(Problem) -> SSHPatternList {
    let start = index + 1
    let text: String
    if peek == "\"" {
      index += 1
      text = take { $0 != "\"" }
      guard peek == "\"" else { throw problem("the quote has no end", at: start) }
      index += 1
      guard peek.map(Self.isSpace) ?? true else { throw problem("text follows the quote") }
    } else {
      text = take { !Self.isSpace($0) && $0 != "\"" }
      guard peek != "\"" else { throw problem("a quote stands inside the principals") }
    }
    let patterns = text.split(separator: ",", omittingEmptySubsequences: false)
    guard patterns.allSatisfy({ !$0.isEmpty && $0 != "!" }) else {
      throw problem("a principal is empty", at: start)
    }
    guard patterns.contains(where: { !$0.hasPrefix("!") }) else {
      throw problem("the principals only exclude", at: start, hint: "name who may sign first")
    }
    return SSHPatternList(commaSeparated: text)
  }

  private mutating func key() throws(Problem) -> SSHPublicKey {
    let start = index + 1
    let type = take { !Self.isSpace($0) }
    guard SSHPublicKey.isType(type) else {
      throw problem(
        type.isEmpty ? "the key is missing" : "\(quoted(type)) is not a kind of key", at: start)
    }
    skipSpace()
    let column = index + 1
    let text = take { !Self.isSpace($0) }
    var decoder = Base64.Decoder(capacity: text.utf8.count)
    guard decoder.append(Array(text.utf8)[...]), let blob = decoder.finish(), !blob.isEmpty else {
      throw problem("the key is not base64", at: column)
    }
    do throws(SSHFormatError) {
      let key = try SSHPublicKey(blob: blob)
      guard key.type == type else {
        throw SSHFormatError("is of the kind \(key.type), not \(quoted(type))")
      }
      return key
    } catch {
      throw problem("the key \(error.reason)", at: column)
    }
  }

  private mutating func options() throws(Problem) -> SignerOptions {
    var options = SignerOptions()
    while true {
      let start = index + 1
      let name = take { !Self.isSpace($0) && !",=\"".unicodeScalars.contains($0) }
      var value: String?
      if peek == "=" {
        index += 1
        value = try quotedValue()
      }
      do throws(ValueProblem) {
        try options.set(name, value)
      } catch {
        throw problem(error.message, at: start, hint: error.hint)
      }
      guard peek == "," else { break }
      index += 1
    }
    guard peek.map(Self.isSpace) ?? false else {
      throw problem(peek == nil ? "the key is missing" : "a comma or a space is missing")
    }
    if let after = options.validAfter, let before = options.validBefore, before <= after {
      throw problem("valid-before is not later than valid-after")
    }
    return options
  }

  /// A value in quotes, in which `\"` stands for a quote.
  private mutating func quotedValue() throws(Problem) -> String {
    let start = index + 1
    guard peek == "\"" else { throw problem("the value must stand in quotes") }
    index += 1
    var text = String.UnicodeScalarView()
    while let scalar = peek, scalar != "\"" {
      if scalar == "\\", index + 1 < scalars.count, scalars[index + 1] == "\"" { index += 1 }
      text.append(scalars[index])
      index += 1
    }
    guard peek == "\"" else { throw problem("the quote has no end", at: start) }
    index += 1
    return String(text)
  }

  // MARK: - Characters

  private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  private var wordAhead: String {
    String(String.UnicodeScalarView(scalars[index...].prefix { !Self.isSpace($0) }))
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\r"
  }

  private mutating func skipSpace() { _ = take(Self.isSpace) }

  private mutating func take(_ fits: (Unicode.Scalar) -> Bool) -> String {
    let taken = scalars[index...].prefix(while: fits)
    index += taken.count
    return String(String.UnicodeScalarView(taken))
  }
}
