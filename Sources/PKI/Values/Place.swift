/// A place in a file of the desired state. Lines and columns count from 1; columns count Unicode
/// scalars, as editors do.
package struct Place: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The path below the desired-state folder, with `/` between segments.
  package let file: String
  package let line: Int
  package let column: Int

  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  package static func < (left: Place, right: Place) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }

  package var description: String { "\(file):\(line):\(column)" }
}
