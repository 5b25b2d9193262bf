/// One thing that is wrong in desired state.
package struct Finding: Hashable, Comparable, Sendable {
  package enum Category: Hashable, Sendable {
    /// The desired state does not say something that can be done.
    case mistake
    /// A declared policy does not permit it.
    case policy
    /// A file is not the YAML that is read here.
    case syntax
    /// A file is nothing that can be read.
    case file
  }

  package let place: Place
  /// A sentence in lower case without a full stop; values that a user wrote stand in quotes.
  package let message: String
  /// What the user could do, where that is known.
  package let hint: String?
  package let category: Category

  package init(
    _ place: Place, _ message: String, hint: String? = nil, category: Category = .mistake
  ) {
    self.place = place
    self.message = message
    self.hint = hint
    self.category = category
  }

  /// The same finding of another category.
  package func categorized(as category: Category) -> Finding {
    Finding(place, message, hint: hint, category: category)
  }

  /// Whether a policy refuses this, which the exit code tells from a mistake.
  package var isPolicyRefusal: Bool { category == .policy }

  package static func < (left: Finding, right: Finding) -> Bool {
    (left.place, left.message) < (right.place, right.message)
  }
}
