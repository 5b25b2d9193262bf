/// Rows of text in columns that line up, without rules or frames.
package struct TextTable {
  private let rows: [[String]]
  private let rightAligned: Set<Int>

  /// - Parameter rightAligned: columns of numbers, counted from 0.
  package init(_ rows: [[String]], rightAligned: Set<Int> = []) {
    self.rows = rows
    self.rightAligned = rightAligned
  }

  /// One line a row, two spaces between columns, nothing at the end.
  package var lines: [String] {
    let widths = widths
    return rows.map { row in
      let cells = row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: max(0, widths[column] - text.count))
        return rightAligned.contains(column) ? padding + text : text + padding
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  package var text: String { lines.map { $0 + "\n" }.joined() }

  private var widths: [Int] {
    var widths: [Int] = []
    for row in rows {
      for (column, text) in row.enumerated() {
        if column < widths.count {
          widths[column] = max(widths[column], text.count)
        } else {
          widths.append(text.count)
        }
      }
    }
    return widths
  }
}
