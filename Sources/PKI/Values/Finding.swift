/// One thing that is wrong in desired state.
package struct Finding: Hashable, Comparable, Sendable {
  package let place: Place
  /// A sentence in lower case without a full stop; values that a user wrote stand in quotes.
  package let message: String
  /// What the user could do, where that is known.
  package let hint: String?

  package init(_ place: Place, _ message: String, hint: String? = nil) {
    self.place = place
    self.message = message
    self.hint = hint
  }

  package static func < (left: Finding, right: Finding) -> Bool {
    (left.place, left.message) < (right.place, right.message)
  }
}
