internal import CLibYAML
import PKI

/// A position as libyaml counts it: lines and columns from 0, columns in Unicode scalars.
struct Mark: Equatable {
  let line: Int
  let column: Int

  init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  init(_ mark: yaml_mark_t) {
    line = Int(clamping: mark.line)
    column = Int(clamping: mark.column)
  }

  func place(in file: String) -> Place {
    // Both numbers are at most the size of the file, which is capped.
    Place(file: file, line: line &+ 1, column: column &+ 1)
  }

  /// The position as people write it.
  var text: String { "\(line &+ 1):\(column &+ 1)" }
}
