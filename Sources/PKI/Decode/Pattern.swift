/// A pattern of paths or names: `*` stands for any run of characters but `/`, `**` for any run, and
/// `**/` for any number of folders, even none.
struct Pattern: Sendable {
  private enum Token: Hashable {
    case byte(UInt8)
    case run
    case anyRun
    case folders
  }

  private let tokens: [Token]
  /// What every match begins with, which refuses most texts at once.
  private let prefix: [UInt8]

  init(_ text: String) {
    let bytes = Array(text.utf8)
    let star = UInt8(ascii: "*")
    let slash = UInt8(ascii: "/")
    var tokens: [Token] = []
    var index = 0
    while index < bytes.count {
      let stars = bytes[index...].prefix { $0 == star }.count
      let beginsSegment = index == 0 || bytes[index - 1] == slash
      if stars == 0 {
        tokens.append(.byte(bytes[index]))
        index += 1
      } else if stars == 1 {
        tokens.append(.run)
        index += 1
      } else if beginsSegment, index + stars < bytes.count, bytes[index + stars] == slash {
        tokens.append(.folders)
        index += stars + 1
      } else {
        tokens.append(.anyRun)
        index += stars
      }
    }
    self.tokens = tokens
    var prefix: [UInt8] = []
    for token in tokens {
      guard case .byte(let byte) = token else { break }
      prefix.append(byte)
    }
    self.prefix = prefix
  }

  /// Whether the whole text fits. Takes time in proportion to pattern times text, whatever they
  /// are: the set of places that the pattern can have reached moves along the text.
  func matches(_ text: String) -> Bool {
    guard text.utf8.starts(with: prefix) else { return false }
    var reached = [Bool](repeating: false, count: tokens.count + 1)
    enter(0, &reached)
    for byte in text.utf8 {
      var next = [Bool](repeating: false, count: tokens.count + 1)
      for (index, token) in tokens.enumerated() where reached[index] {
        step(token, index, byte, &next)
      }
      reached = next
    }
    return reached[tokens.count]
  }

  private func step(_ token: Token, _ index: Int, _ byte: UInt8, _ next: inout [Bool]) {
    let slash = UInt8(ascii: "/")
    switch token {
    case .byte(let expected): if byte == expected { enter(index + 1, &next) }
    case .run: if byte != slash { enter(index, &next) }
    case .anyRun: enter(index, &next)
    case .folders:
      // Inside a folder's name: only its slash leads on.
      next[index] = true
      if byte == slash { enter(index + 1, &next) }
    }
  }

  /// Marks a place in the pattern, and those behind it that need no text.
  private func enter(_ index: Int, _ reached: inout [Bool]) {
    var index = index
    while index < tokens.count {
      reached[index] = true
      if case .byte = tokens[index] { return }
      index += 1
    }
    reached[index] = true
  }
}
