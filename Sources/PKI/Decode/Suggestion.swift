/// Finds the word that somebody may have meant.
package enum Suggestion {
  /// The candidate that is nearest by edits, if one is near enough to be meant; the first in order
  /// of several.
  package static func nearest(to text: String, in candidates: some Sequence<String>) -> String? {
    let word = Array(text.unicodeScalars)
    guard word.count <= 64 else { return nil }
    let limit = max(1, min(3, word.count / 3))
    var best: (word: String, distance: Int)?
    for candidate in candidates where candidate != text {
      let other = Array(candidate.unicodeScalars)
      let bound = (best?.distance).map { $0 - 1 } ?? limit
      guard abs(other.count - word.count) <= bound else { continue }
      let distance = distance(word, other)
      if distance <= bound { best = (candidate, distance) }
    }
    return best?.word
  }

  /// "did you mean", or else the words that there are.
  static func hint(for text: String, in candidates: [String], what: String) -> String? {
    if let near = nearest(to: text, in: candidates) { return "did you mean \(quoted(near))?" }
    return candidates.isEmpty ? "there are no \(what)" : "\(what) are \(listed(candidates))"
  }

  /// Insertions, deletions, replacements and swaps of neighbours.
  static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
        var cost = min(replaced, last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
